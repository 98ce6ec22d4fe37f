# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate says what it was told, to the eye, to the ear and to a telephone."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from io import BytesIO

import pikepdf
import pytest
from PIL import ImageDraw

from app.documents.certificate import CertificateContent, render_certificate
from app.documents.fonts import MissingGlyph
from app.domain.errors import RuleViolation
from tests.documents import reading
from tests.documents.certificate_specimens import (
    BARE,
    CERTIFICATE,
    FULL,
    IMAGES,
    PARTICIPATION,
    TEACHING,
    TUTORING,
    WITH_ASSESSMENT,
)

NAMES = [
    "Noè D'Ombrasecca",
    "Đorđe Ćosić",
    "Łukasz Żółć",
    "Ștefan Țâră",
    "İbrahim Çağlayan",
    "Ölçer Győző",
    "Rossi <b>Maria</b>",
    'Maria <img src="/etc/passwd">',
    "{family_name} %s %(name)s {{ x }}",
    "O’Brien – “la” «Rossa» & Figli",
    "Back\\slash (parenthesis) ]]> -->",
    "Παπαδόπουλος Ελένη",
    "Иванова Мария Щукина",
    "Nguyễn Thị Ặng",
]
TEXT_FIELDS = [
    field.name
    for field in fields(CertificateContent)
    if isinstance(getattr(CERTIFICATE, field.name), str)
    and field.name not in {"verification_url", "kind"}
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_reads_back_as_it_was_written(name: str) -> None:
    data = render_certificate(replace(CERTIFICATE, given_name=name))

    assert f"{name} Fontebella" in reading.text_by_poppler(data).splitlines()
    assert f"Si attesta che\n{name} Fontebella" in reading.text_by_pypdf(data)
    assert f'"{name} Fontebella"' in reading.spoken(data)


def test_a_decomposed_name_is_composed() -> None:
    decomposed = "Noe\u0300 Citta\u0300"

    shown = reading.text_by_poppler(render_certificate(replace(CERTIFICATE, given_name=decomposed)))

    assert "Noè Città Fontebella" in shown


def test_a_name_altered_on_the_way_is_noticed() -> None:
    shown = reading.text_by_poppler(render_certificate(replace(CERTIFICATE, given_name="Noe")))

    assert "Noè Fontebella" not in shown.splitlines()


def _shown(content: CertificateContent) -> str:
    return " ".join(reading.text_by_poppler(render_certificate(content, IMAGES)).split())


def test_it_says_everything_a_certificate_must_say() -> None:
    shown = " ".join(reading.text_by_poppler(render_certificate(CERTIFICATE)).split())

    for part in (
        "ATTESTATO DI FREQUENZA",
        "n. 12/2015",
        "nato/a a Perugia (PG) il 12 marzo 1978 – codice fiscale FNTLCU78C52G478B",
        "ente di appartenenza: Comune di Gubbio",
        "ha frequentato il corso",
        "Comunicazione interculturale al front office",
        "codice C02, edizione C02-01",
        "12 h 30 min su 16 h",
        "pari al 78 %",
        "dall'11 novembre 2014",
        "al 25 novembre 2014",
        "in presenza",
        "Anci Umbria, Via Alessi 1, Perugia",
        "Aris Formazione",
        "Comune di Perugia",
        "Perugia, 14 maggio 2015",
        "Il Segretario Generale",
        "Nome di esempio",
        CERTIFICATE.verification_code,
        CERTIFICATE.verification_url,
        "Il presente certificato non può essere prodotto agli organi della pubblica "
        "amministrazione o ai privati gestori di pubblici servizi",
        "Imposta di bollo: nota dell'ente.",
        "Crediti formativi: 12, di cui 4 deontologici",
        "pagina 1 di 1",
    ):
        assert part in shown


def test_what_does_not_apply_is_not_printed() -> None:
    shown = reading.text_by_poppler(render_certificate(BARE))

    for part in ("codice fiscale", "Il presente certificato", "bollo", "Crediti", "dal "):
        assert part not in shown
    assert "ha partecipato al workshop" in shown


def test_a_certificate_of_participation_says_so() -> None:
    shown = _shown(PARTICIPATION)

    assert "ATTESTATO DI PARTECIPAZIONE n. 12/2015" in shown
    assert "ha partecipato al workshop Comunicazione interculturale" in shown
    assert "Ore frequentate" in shown
    assert "12 h 30 min su 16 h" in shown


def test_a_certificate_with_assessment_says_everything_at_once() -> None:
    shown = _shown(WITH_ASSESSMENT)

    for part in (
        "ATTESTATO DI FREQUENZA CON PROFITTO",
        "ha frequentato con profitto il corso",
        "Prova finale superata – Crediti formativi: 12, di cui 4 deontologici",
        "Nome di esempio",
        "Altro nome di esempio",
        "La Responsabile del progetto FOR PA",
        "Il presente certificato non può essere prodotto",
        WITH_ASSESSMENT.stamp_duty_note,
        WITH_ASSESSMENT.note,
        WITH_ASSESSMENT.seal_note,
    ):
        assert part in shown


@pytest.mark.parametrize(("content", "deed", "label"), [
    (TEACHING, "ha svolto attività di docenza nel corso", "Ore di docenza"),
    (TUTORING, "ha svolto attività di tutoraggio d'aula nel corso", "Ore di tutoraggio"),
])  # fmt: skip
def test_teaching_is_told_in_hours_and_not_in_shares(
    content: CertificateContent, deed: str, label: str
) -> None:
    shown = _shown(content)

    assert f"{content.kind_title} n. 12/2015" in shown
    assert f"{deed} Comunicazione interculturale" in shown
    assert f"{label} 12 h 30 min Svolgimento" in " ".join(
        reading.pages(render_certificate(content, IMAGES))
    )
    for part in ("%", " su ", "Ore frequentate", "ha frequentato"):
        assert part not in shown


def test_what_is_not_known_leaves_no_gap() -> None:
    unknown = replace(CERTIFICATE, birth_place="", home_body="", venues=(), signatory_quality="")

    shown = _shown(unknown)

    assert "nato/a il 12 marzo 1978" in shown
    assert "ente di appartenenza" not in shown
    assert "Sed" not in shown


def test_it_is_read_aloud_in_the_order_of_the_page() -> None:
    heard = reading.spoken(render_certificate(CERTIFICATE))
    parts = [
        "UNIONE EUROPEA",
        "MINISTERO",
        "ATTESTATO DI FREQUENZA",
        "12/2015",
        "Lucia Fontebella",
        "ha frequentato",
        "Comunicazione interculturale",
        "12 h 30 min",
        "7QK2-M9TD-4XWB-H3RF-8ZPC-6VNA",
        "14 maggio 2015",
        "Nome di esempio",
        "Il presente certificato",
        "Progetto co-finanziato",
    ]

    places = [heard.index(part) for part in parts]

    assert places == sorted(places)
    assert "Ore frequentate 12 h 30 min su 16 h pari al 78 %" in heard
    assert "pagina 1" not in heard


@pytest.mark.parametrize("dots_per_inch", [72, 100, 150])
@pytest.mark.parametrize("content", [CERTIFICATE, FULL, BARE])
def test_a_telephone_reads_the_address(content: CertificateContent, dots_per_inch: int) -> None:
    image = reading.picture(render_certificate(content), dots_per_inch)

    assert reading.codes_read(image) == [content.verification_url]


def test_a_code_that_cannot_be_read_is_noticed() -> None:
    image = reading.picture(render_certificate(CERTIFICATE))
    ImageDraw.Draw(image).rectangle((0, 600, 140, 720), fill=255)

    assert reading.codes_read(image) == []


def test_metadata_names_the_document_and_its_content() -> None:
    with pikepdf.open(BytesIO(render_certificate(CERTIFICATE))) as pdf:
        metadata = pdf.open_metadata()
        assert metadata["dc:title"] == "Attestato di frequenza n. 12/2015 – Lucia Fontebella"
        assert metadata["dc:creator"] == ["Comune di Perugia"]
        assert metadata["dc:identifier"] == CERTIFICATE.verification_url
        assert metadata["xmpMM:VersionID"] == "attestato 1"
        assert metadata["xmpMM:DocumentID"].startswith("urn:sha256:")
        assert str(pdf.docinfo["/CreationDate"]) == "D:20150514000000Z"


def test_any_change_of_content_changes_the_bytes() -> None:
    assert render_certificate(CERTIFICATE) != render_certificate(
        replace(CERTIFICATE, counted_minutes=751)
    )


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_character_no_font_has_is_refused_wherever_it_stands(field: str) -> None:
    signed_twice = replace(CERTIFICATE, second_signatory_name="Altro nome di esempio")
    content = replace(signed_twice, **{field: f"{getattr(signed_twice, field)} 中 😀"})

    with pytest.raises(MissingGlyph) as refused:
        render_certificate(content)

    assert set(refused.value.characters) == {"中", "😀"}
    assert isinstance(refused.value, RuleViolation)
    assert "中 (U+4E2D)" in str(refused.value.sentence)


@pytest.mark.parametrize(
    "sign", ["م", "א", "\u200b", "\u202e", "\t", "\n", "\x00", "\ufffe", "\U0001d4d0"]
)
def test_scripts_we_cannot_shape_and_invisible_signs_are_refused(sign: str) -> None:
    with pytest.raises(MissingGlyph):
        render_certificate(replace(CERTIFICATE, family_name=f"Fonte{sign}bella"))


def test_threads_do_not_disturb_each_other() -> None:
    contents = [replace(CERTIFICATE, number_text=f"{number}/2015") for number in range(40)]
    alone = [render_certificate(content) for content in contents]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render_certificate, contents))

    assert together == alone


_touched: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _touched is not None and event in {"open", "socket.connect", "subprocess.Popen"}:
        _touched.append(f"{event} {arguments[0]}")


def test_drawing_touches_neither_files_nor_network() -> None:
    global _touched
    payload = '<img src="/etc/passwd"/><a href="https://x.example">x</a>'
    content = replace(CERTIFICATE, family_name=payload, home_body=payload)
    render_certificate(content)
    sys.addaudithook(_watch)

    _touched = []
    render_certificate(content)
    first, _touched = _touched, []
    with open("/dev/null"):
        pass
    control, _touched = _touched, None

    assert first == []
    assert control == ["open /dev/null"]
