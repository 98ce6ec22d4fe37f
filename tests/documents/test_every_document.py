# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every document the package can draw, and the faults each gate must see."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from types import ModuleType

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.documents import reading
from tests.documents.certificate_specimens import CERTIFICATE
from tests.documents.funding import PUBLICITY
from tests.documents.specimens import (
    SPECIMENS,
    document_modules,
    templates,
    without_specimen,
)

every_document = pytest.mark.parametrize("name", sorted(SPECIMENS))
ALLOWED = {CERTIFICATE.verification_url}


def _altered(change: Callable[[pikepdf.Pdf], None], name: str = min(SPECIMENS)) -> bytes:
    """A specimen, the first unless named, with a fault planted in it."""
    out = BytesIO()
    with pikepdf.open(BytesIO(SPECIMENS[name]())) as pdf:
        change(pdf)
        pdf.save(out, static_id=True)
    return out.getvalue()


def _naive() -> bytes:
    """What ReportLab makes when nobody asks for more."""
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 72, "ATTESTATO")
    canvas.save()
    return out.getvalue()


def _with_content(pdf: pikepdf.Pdf, before: bytes = b"", after: bytes = b"") -> None:
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(before + page.Contents.read_bytes() + after)


def test_every_template_has_a_specimen() -> None:
    assert without_specimen(templates(document_modules()), SPECIMENS) == set()


def test_a_template_without_specimen_is_noticed() -> None:
    module = ModuleType("app.documents.planted")
    exec("def render_planted(): pass", module.__dict__)  # noqa: S102 - the fault to be found

    found = templates([*document_modules(), module])

    assert without_specimen(found, SPECIMENS) == {"app.documents.planted.render_planted"}


@every_document
def test_it_is_fit_for_the_archive(name: str) -> None:
    assert reading.archive_faults(SPECIMENS[name]()) == []


def _drop_output_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def _contradict_title(pdf: pikepdf.Pdf) -> None:
    packet = pdf.Root.Metadata.read_bytes().replace(b"pdfaid:part>2", b"pdfaid:part>9")
    pdf.Root.Metadata.write(packet)


def _unembed(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            del item.FontFile2


def _alert(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


@pytest.mark.parametrize("plant", [_drop_output_intent, _contradict_title, _unembed, _alert])
def test_a_file_unfit_for_the_archive_is_noticed(plant: Callable[[pikepdf.Pdf], None]) -> None:
    assert reading.archive_faults(_altered(plant)) != []


@every_document
def test_its_syntax_is_sound(name: str) -> None:
    assert reading.damage(SPECIMENS[name]()) == []


def test_damage_is_noticed() -> None:
    sound = SPECIMENS[min(SPECIMENS)]()

    assert reading.damage(sound.replace(b"xref", b"fexr")) != []


@every_document
def test_a_screen_reader_can_follow_it(name: str) -> None:
    assert reading.structure_faults(SPECIMENS[name]()) == []


def _paint_outside(pdf: pikepdf.Pdf) -> None:
    _with_content(pdf, after=b"\n0 0 10 10 re f\n")


def _paint_unknown(pdf: pikepdf.Pdf) -> None:
    _with_content(pdf, after=b"\n/P <</MCID 999>> BDC 0 0 10 10 re f EMC\n")


def _drop_alt(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/Alt" in item:
            del item.Alt
            return


def _drop_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _drop_title(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Title"]


def _second_heading(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/P":
            item.S = pikepdf.Name.H1
            return


@pytest.mark.parametrize(
    "plant",
    [_paint_outside, _paint_unknown, _drop_alt, _drop_language, _drop_title, _second_heading],
)
def test_a_broken_structure_is_noticed(plant: Callable[[pikepdf.Pdf], None]) -> None:
    assert len(reading.structure_faults(_altered(plant))) == 1


def test_an_untagged_file_is_noticed() -> None:
    assert "no structure tree" in reading.structure_faults(_naive())


@every_document
def test_all_its_fonts_travel_with_it(name: str) -> None:
    assert reading.font_faults(SPECIMENS[name]()) == []


def test_a_standard_font_is_noticed() -> None:
    assert "standard font /Helvetica" in reading.font_faults(_naive())


@every_document
def test_it_leads_nowhere_but_to_its_own_verification(name: str) -> None:
    assert reading.reach_faults(SPECIMENS[name](), ALLOWED) == []


def _link_elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].A.URI = pikepdf.String("https://elsewhere.example/")


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["secret.txt"] = b"secret"


@pytest.mark.parametrize("plant", [_link_elsewhere, _attach, _alert])
def test_a_way_out_is_noticed(plant: Callable[[pikepdf.Pdf], None]) -> None:
    assert reading.reach_faults(_altered(plant), ALLOWED) != []


@every_document
def test_it_carries_the_publicity_of_the_fund(name: str) -> None:
    assert reading.publicity_faults(SPECIMENS[name](), PUBLICITY) == []


def test_missing_publicity_is_noticed() -> None:
    assert len(reading.publicity_faults(_naive(), PUBLICITY)) == 7


@every_document
def test_each_of_its_pages_carries_the_publicity(name: str) -> None:
    assert reading.bare_pages(SPECIMENS[name](), PUBLICITY) == []


def _blank_last(pdf: pikepdf.Pdf) -> None:
    pdf.pages[-1].Contents = pdf.make_stream(b"")


def test_a_page_without_publicity_is_noticed() -> None:
    name = "app.documents.sign_sheet.render_sign_sheets"

    assert reading.bare_pages(_altered(_blank_last, name), PUBLICITY) == [2]


@every_document
def test_equal_input_gives_equal_bytes(name: str) -> None:
    assert SPECIMENS[name]() == SPECIMENS[name]()


@every_document
def test_another_process_gives_the_same_bytes(name: str) -> None:
    script = (
        "import sys; from tests.documents.specimens import SPECIMENS; "
        f"sys.stdout.buffer.write(SPECIMENS[{name!r}]())"
    )
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1000000000"}

    drawn = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        env=os.environ | elsewhere | {"PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
    ).stdout

    assert drawn == SPECIMENS[name]()
