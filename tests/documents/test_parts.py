# SPDX-License-Identifier: AGPL-3.0-or-later
"""The parts documents are made of: fonts, measure, tags, emblem, words, stored content."""

import json
import math
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from unicodedata import combining, normalize

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from app.documents import fonts, publicity, typesetting
from app.documents.archive import Properties
from app.documents.certificate_content import CertificateContent
from app.documents.page import INK, Paper, Style
from app.documents.wording import dated, italian_date
from tests.documents import reading
from tests.documents.certificate_specimens import BARE, CERTIFICATE, FULL

PROPERTIES = Properties(
    title="Prova",
    author="Comune di Perugia",
    subject="Prova",
    day=date(2015, 5, 14),
    identifier="prova",
    content="urn:sha256:00",
    version="prova 1",
)
WORDS = st.text(alphabet="abcdefghilmnopqrstuvzàèì' -ABCĆĐŁ", min_size=1, max_size=200)


def _paper() -> Paper:
    return Paper((300.0, 200.0), PROPERTIES, folio=(290.0, 10.0))


def test_a_word_the_face_lacks_is_written_whole_in_the_fallback() -> None:
    drawn = [(run.font, run.text) for run in fonts.runs(fonts.SEMIBOLD, "Nguyễn di Città")]

    assert drawn == [
        ("DejaVuSans-Bold", "Nguyễn"),
        (fonts.SEMIBOLD, " "),
        (fonts.SEMIBOLD, "di"),
        (fonts.SEMIBOLD, " "),
        (fonts.SEMIBOLD, "Città"),
    ]


def test_missing_glyphs_are_named_once_and_in_order() -> None:
    assert fonts.missing_glyphs("Đặng 😀 Иванова 中😀") == ["😀", "中"]
    assert fonts.missing_glyphs("Città di Castello – n. 1º") == []


@pytest.mark.parametrize("alphabet", [
    "aàbcdeèéfghiìlmnoòpqrstuùvzAÀBCDEÈÉFGHIÌLMNOÒPQRSTUÙVZ",
    "ăâîșțĂÂÎȘȚ", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "čďěňřšťůžýÁČĎĚŇŘŠŤŮŽÝ", "ľĺŕôäĽĹŔÔÄ",
    "đžćčšĐŽĆČŠ", "őűŐŰ", "ğışİçĞŞÇ", "ßäöüÄÖÜẞ", "ëçËÇ", "ñáéíóúü¿¡", "œæÿçêîÂ",
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΩ", "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўАЯ",
    "–—‘’“”«»…·•€&@#%/()[]{}<>*+=_|\\^~`\"'!?;:",
])  # fmt: skip
def test_alphabets_of_europe_can_be_written(alphabet: str) -> None:
    assert fonts.missing_glyphs(alphabet, fonts.SEMIBOLD) == []


def test_every_character_we_accept_reads_back() -> None:
    accepted = fonts.covered(fonts.REGULAR) | fonts.covered("DejaVuSans")
    signs = [
        sign for code in sorted(accepted) if (sign := chr(code)).strip() and not combining(sign)
    ]
    lines = [normalize("NFC", f"x{''.join(signs[i : i + 20])}x") for i in range(0, len(signs), 20)]
    paper = Paper((800.0, 5000.0), PROPERTIES, folio=(790.0, 10.0))
    with paper.tagged("P"):
        for number, text in enumerate(lines):
            paper.write(20, 4950 - 18 * number, text, Style())

    shown = set(reading.text_by_poppler(paper.finish()).splitlines())

    assert len(signs) > 4000
    assert [text for text in lines if text not in shown] == []


@pytest.mark.parametrize("face", sorted(fonts.FILES))
def test_nothing_we_accept_is_printed_as_nothing(face: str) -> None:
    drawn = ImageFont.truetype(fonts.FOLDER / fonts.FILES[face], 40)
    signs = [chr(code) for code in fonts.covered(face) if not chr(code).isspace()]

    assert [sign for sign in signs if drawn.getmask(sign).getbbox() is None] == []
    assert drawn.getmask("\u2003").getbbox() is None, "what is blank is seen to be so"


def test_missing_font_files_are_a_clear_error(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    monkeypatch.setitem(fonts.FILES, "Planted", "planted.ttf")

    with pytest.raises(fonts.FontsMissingError, match=r"planted\.ttf is missing"):
        fonts.covered("Planted")


@given(WORDS, st.floats(30, 400), st.floats(5, 30))
def test_wrapped_lines_keep_the_measure_and_every_letter(
    text: str, measure: float, size: float
) -> None:
    lines = typesetting.wrap(text, fonts.REGULAR, size, measure)

    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert fonts.width(fonts.REGULAR, line, size) <= measure + 1e-6 or len(line) == 1


@given(WORDS)
def test_what_fits_fits_and_is_as_large_as_it_can_be(text: str) -> None:
    step = typesetting.Step(2, 20, 6)
    try:
        fitted = typesetting.fit(text, fonts.REGULAR, 250, step, balanced=True)
    except typesetting.TextTooLong:
        assert len(typesetting.wrap(text, fonts.REGULAR, 6, 250)) > 2
        return

    assert len(fitted.lines) <= 2
    assert all(fonts.width(fonts.REGULAR, line, fitted.size) <= 250.01 for line in fitted.lines)
    if fitted.size < 20:
        assert len(typesetting.wrap(text, fonts.REGULAR, fitted.size + 0.5, 250)) > 2


def test_balanced_lines_are_alike() -> None:
    text = "Comunicazione interculturale al front office dei Comuni"
    measure = fonts.width(fonts.REGULAR, text, 10) * 0.95

    fitted = typesetting.fit(
        text, fonts.REGULAR, measure, typesetting.Step(2, 10, 10), balanced=True
    )

    first, second = (fonts.width(fonts.REGULAR, line, 10) for line in fitted.lines)
    assert abs(first - second) < measure * 0.25


def test_painting_outside_of_a_tag_is_refused() -> None:
    paper = _paper()

    with pytest.raises(ValueError, match="outside"):
        paper.write(10, 10, "x", Style())
    with pytest.raises(ValueError, match="outside"):
        paper.paint("0 0 1 1 re f")
    with pytest.raises(ValueError, match="alternative text"), paper.tagged("Figure"):
        pass
    with pytest.raises(ValueError, match="nested"), paper.tagged("P"), paper.artifact():
        pass


def test_pages_are_numbered_and_tagged_one_by_one() -> None:
    paper = _paper()
    with paper.tagged("H1"):
        paper.write(10, 100, "Prima", Style())
    paper.next_page()
    with paper.group("Table"), paper.group("TR"), paper.tagged("TD"):
        paper.write(10, 100, "Seconda", Style())
    paper.next_page()
    with paper.tagged("Link") as element:
        paper.write(10, 100, "Terza", Style(colour=INK), "left")
        paper.link(element, "https://forpa.example.it/", (10, 95, 60, 110))
    data = paper.finish()

    shown = reading.text_by_poppler(data)
    assert [f"pagina {n} di 3" in shown for n in (1, 2, 3)] == [True] * 3
    assert reading.structure_faults(data) == []
    assert reading.archive_faults(data) == []
    heard = reading.spoken(data)
    assert heard.index("Prima") < heard.index("Seconda") < heard.index("Terza")


def test_a_link_finds_its_way_back_to_its_tag() -> None:
    with pikepdf.open(BytesIO(_with_link())) as pdf:
        key = int(pdf.pages[0].Annots[0].StructParent)
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert numbers[numbers.index(key) + 1].S == "/Link"


def _with_link() -> bytes:
    paper = _paper()
    with paper.tagged("Link") as element:
        paper.write(10, 100, "qui", Style())
        paper.link(element, "https://forpa.example.it/", (10, 95, 60, 110))
    return paper.finish()


def test_the_emblem_has_twelve_upright_stars_on_a_circle() -> None:
    """Rectangle 3:2; circle of a third of the height; stars of an eighteenth of it."""
    operators = publicity.emblem(90.0)
    assert operators.startswith("0 0.2 0.6 rg 0 0 135.000 90.000 re f 1 0.8 0 rg ")
    stars = [
        [tuple(map(float, point)) for point in re.findall(r"([\d.]+) ([\d.]+) [ml]", star)]
        for star in operators.split("rg ")[2].split("h ")[:-1]
    ]

    assert [len(star) for star in stars] == [5] * 12
    for hour, star in enumerate(stars):
        tip_x, tip_y = star[0]
        centre = (tip_x, tip_y - 5)
        assert max(y for _, y in star) == tip_y
        assert math.dist(centre, (67.5, 45)) == pytest.approx(30, abs=0.01)
        assert all(math.dist(centre, point) == pytest.approx(5, abs=0.01) for point in star)
        assert math.degrees(math.atan2(centre[0] - 67.5, centre[1] - 45)) % 360 == pytest.approx(
            hour * 30, abs=0.05
        )


@pytest.mark.parametrize(("day", "text"), [
    (date(2015, 5, 14), "14 maggio 2015"),
    (date(2015, 1, 1), "1º gennaio 2015"),
    (date(2015, 12, 31), "31 dicembre 2015"),
])  # fmt: skip
def test_dates_are_written_in_italian(day: date, text: str) -> None:
    assert italian_date(day) == text


def test_articles_are_elided_before_a_vowel() -> None:
    days = [day for day in range(1, 32) if "'" in dated("dal", date(2015, 5, day))]

    assert days == [8, 11]
    assert dated("il", date(2015, 5, 8)) == "l'8 maggio 2015"
    assert dated("al", date(2015, 5, 11)) == "all'11 maggio 2015"
    assert dated("dal", date(2015, 5, 1)) == "dal 1º maggio 2015"


@pytest.mark.parametrize("content", [CERTIFICATE, FULL, BARE])
def test_content_survives_the_database(content: CertificateContent) -> None:
    stored = json.dumps(content.to_json())

    assert CertificateContent.from_json(json.loads(stored)) == content


def test_older_content_without_later_fields_can_be_read() -> None:
    stored = CERTIFICATE.to_json()
    del stored["deed_text"]

    assert CertificateContent.from_json(stored) == CERTIFICATE


def test_foreign_content_is_refused() -> None:
    stored = CERTIFICATE.to_json()

    with pytest.raises(ValueError, match="surprise"):
        CertificateContent.from_json({**stored, "surprise": 1})
    with pytest.raises(ValueError, match="course_title"):
        CertificateContent.from_json({k: v for k, v in stored.items() if k != "course_title"})
    with pytest.raises(ValueError, match="publicity"):
        CertificateContent.from_json({**stored, "publicity": {"union_line": "UE"}})
    with pytest.raises(ValueError, match="isoformat"):
        CertificateContent.from_json({**stored, "issue_date": "14.5.2015"})


def test_the_canonical_form_depends_on_content_alone() -> None:
    again = CertificateContent.from_json(dict(reversed(CERTIFICATE.to_json().items())))

    assert again.canonical() == CERTIFICATE.canonical()
    assert replace(CERTIFICATE, share_percent=79).canonical() != CERTIFICATE.canonical()
