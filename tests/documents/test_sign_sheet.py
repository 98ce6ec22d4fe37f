# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet for signatures: everyone expected has a row, every page finds its way back."""

import re
import time
from dataclasses import fields, replace
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest

from app.documents.fonts import MissingGlyph
from app.documents.sign_sheet import ExpectedPerson, SignSheetContent, render_sign_sheets
from app.documents.typesetting import TextTooLong
from tests.documents import reading
from tests.documents.register_specimens import SIGN_SHEET, expected

NINE_MILLIMETRES = 9 / 25.4 * 72
EDGES = (35.0, 20.0, 561.0, 824.0)  # points: the margins of the leaf
FOOT_RULE = 841.89 - 66.0  # points from the top: what is written ends there
LONG_NAME = "Castelvento Pietrachiara della Roccalta Montelieve Maria Francesca Guglielmina A"
TAX_CODE = re.compile(r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b")
EXTREMES = [
    replace(
        SIGN_SHEET,
        people=(ExpectedPerson(LONG_NAME, "Ente " * 40), ExpectedPerson("W" * 80, "M" * 80)),
        course_title="Accoglienza e integrazione dei cittadini " * 6,
        topic="Argomento " * 30,
        venue="Palazzo dei Priori, Sala della Vaccara " * 4,
        trainers=(LONG_NAME, LONG_NAME),
    ),
    replace(SIGN_SHEET, people=(), trainers=(), tutors=(), topic="", breaks=()),
    replace(SIGN_SHEET, people=expected(60)),
]


def _lesson(number: int) -> SignSheetContent:
    return replace(
        SIGN_SHEET,
        lesson_number=number,
        page_number=number,
        page_url=f"https://forpa.example.it/editions/12/register/{number}",
        page_id=f"C02-01/{number}",
    )


def _level_rules(data: bytes, number: int) -> list[float]:
    """Heights of the rules that begin at the left margin, from the top of the page down."""
    with pikepdf.open(BytesIO(data)) as pdf:
        found, start = set(), (0.0, 0.0)
        for operands, operator in pikepdf.parse_content_stream(pdf.pages[number - 1]):
            if str(operator) == "m":
                start = (float(operands[0]), float(operands[1]))
            elif str(operator) == "l" and float(operands[1]) == start[1] and start[0] == 36:
                found.add(start[1])
    return sorted(found, reverse=True)


def test_it_says_what_an_inspector_looks_for() -> None:
    first, last = reading.pages(render_sign_sheets([SIGN_SHEET]))

    for part in (
        "Foglio firme",
        "Incontro 3 di 4 – martedì 25 novembre 2014",
        "Corso Comunicazione interculturale al front office (C02)",
        "C02-01",
        "09:00–13:00 (pausa 11:00–11:15)",
        "3 di 4",
        "La prima accoglienza allo sportello: ascolto, domande, chiusura del colloquio",
        "Anci Umbria, Via Alessi 1, Perugia",
        "Aris Formazione",
        "FOR PA – Formazione per le pubbliche amministrazioni – PROG 105920",
        "C02-01/3",
        "Entrata: ora Firma in entrata Uscita: ora Firma in uscita",
        "pagina 1 di 2",
    ):
        assert part in first
    for part in (
        "A cura del docente",
        "Argomento svolto",
        "Inizio effettivo",
        "Fine effettiva",
        "Presenti",
        "Assenti",
        "Persone contate in aula",
        "Note",
        "Docente: cognome e nome Marta Olmi",
        "Firma del docente",
        "Tutor d'aula: cognome e nome Piero Sassi",
        "pagina 2 di 2",
    ):
        assert part in last


def test_a_tax_code_has_no_place_on_it() -> None:
    assert {field.name for field in fields(ExpectedPerson)} == {"name", "body"}
    assert not any("tax" in field.name for field in fields(SignSheetContent))
    assert not TAX_CODE.search(reading.text_by_poppler(render_sign_sheets([SIGN_SHEET])))
    assert TAX_CODE.search("codice FNTLCU78C52G478B")


def test_two_hundred_people_all_have_a_row_under_a_heading() -> None:
    people = expected(200)
    pages = reading.pages(render_sign_sheets([replace(SIGN_SHEET, people=people)]))

    shown = " ".join(pages)
    missing = [n for n, person in enumerate(people, start=1)
               if f"{n} {person.name} {person.body}" not in shown]  # fmt: skip
    assert missing == []
    rows = [page for page in pages if re.search(r"Lucia \d{3}", page)]
    assert len(rows) >= 8
    assert all("Cognome e nome – Ente Entrata: ora" in page for page in rows)
    assert all("Incontro 3 di 4" in page and "C02-01/3" in page for page in pages)
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"pagina {number} di {len(pages)}")


@pytest.mark.parametrize("content", [SIGN_SHEET, *EXTREMES])
def test_rows_are_high_enough_to_sign(content: SignSheetContent) -> None:
    data = render_sign_sheets([content])
    people = len(content.people) or 1
    total = 0
    for number in range(1, len(reading.pages(data)) + 1):
        heights = _level_rules(data, number)
        gaps = [a - b for a, b in pairwise(heights)]
        total += sum(NINE_MILLIMETRES <= gap < 200 for gap in gaps)

    assert total >= people + content.door_rows


def test_people_at_the_door_go_on_with_the_numbers() -> None:
    shown = " ".join(reading.pages(render_sign_sheets([SIGN_SHEET])))

    assert re.findall(r"(\d+) persona alla porta", shown) == ["26", "27", "28", "29"]


def test_with_nobody_expected_there_is_still_a_sheet() -> None:
    (page,) = reading.pages(render_sign_sheets([replace(SIGN_SHEET, people=())]))

    assert "Nessuna persona attesa" in page
    assert re.findall(r"(\d+) persona alla porta", page) == ["1", "2", "3", "4"]
    assert "Firma del docente" in page


@pytest.mark.parametrize("dots_per_inch", [72, 100, 150])
def test_a_telephone_reads_the_address_on_every_page(dots_per_inch: int) -> None:
    data = render_sign_sheets([_lesson(1), _lesson(2)])

    read = [
        reading.codes_read(reading.picture(data, dots_per_inch, number)) for number in (1, 2, 3, 4)
    ]

    one, two = _lesson(1).page_url, _lesson(2).page_url
    assert read == [[one], [one], [two], [two]]


def test_each_lesson_is_numbered_on_its_own() -> None:
    pages = reading.pages(render_sign_sheets([_lesson(1), replace(_lesson(2), people=())]))

    assert [page.rsplit("pagina ", 1)[1] for page in pages] == ["1 di 2", "2 di 2", "1 di 1"]
    assert "Foglio firme C02-01/2 – edizione C02-01, incontro 2 di 4" in pages[2]


def test_a_file_of_many_sheets_is_as_sound_as_one() -> None:
    few = expected(2)
    data = render_sign_sheets([replace(_lesson(number), people=few) for number in (1, 2)])
    heard = reading.spoken(data)

    assert reading.structure_faults(data) == []
    assert reading.archive_faults(data) == []
    assert heard.index("Incontro 1") < heard.index("Incontro 2")


@pytest.mark.parametrize("content", EXTREMES)
def test_nothing_is_clipped_or_printed_over(content: SignSheetContent) -> None:
    data = render_sign_sheets([content])

    pages = reading.pages(data)
    shown = "".join(" ".join(pages).split())
    for number in range(1, len(pages) + 1):
        assert reading.overprinted(data, number) == []
        assert reading.outside(data, number, EDGES) == []
        assert reading.codes_read(reading.picture(data, 100, number)) == [content.page_url]
    for person in content.people:
        assert "".join(person.name.split()) in shown
        assert "".join(person.body.split()) in shown


def test_nothing_is_read_aloud_twice() -> None:
    heard = reading.spoken(render_sign_sheets([SIGN_SHEET]))

    assert heard.count("Firma in entrata") == 1
    assert heard.count("Incontro 3 di 4") == 1
    assert heard.count("UNIONE EUROPEA") == 1


@pytest.mark.parametrize("field", ["topic", "venue", "course_title", "delivering_body", "page_id"])
def test_a_character_no_font_has_is_refused_wherever_it_stands(field: str) -> None:
    with pytest.raises(MissingGlyph, match="中"):
        render_sign_sheets([replace(SIGN_SHEET, **{field: "Prova 中"})])


def test_a_name_no_font_can_write_is_refused() -> None:
    with pytest.raises(MissingGlyph):
        render_sign_sheets([replace(SIGN_SHEET, people=(ExpectedPerson("中", "Comune"),))])


def test_markup_in_a_name_is_only_words() -> None:
    name = 'Rossi <b>Maria</b> <img src="/etc/passwd"> {x} %s'
    data = render_sign_sheets([replace(SIGN_SHEET, people=(ExpectedPerson(name, "Comune"),))])

    assert name in " ".join(reading.pages(data))


def test_a_text_beyond_all_measure_is_refused() -> None:
    with pytest.raises(TextTooLong):
        render_sign_sheets([replace(SIGN_SHEET, topic="Integrazione " * 400)])
    endless = (ExpectedPerson("W" * 1_999, "Comune di Gubbio"),)
    with pytest.raises(TextTooLong):
        render_sign_sheets([replace(SIGN_SHEET, people=endless)])


@pytest.mark.parametrize("length", range(1_000, 1_200, 10))
def test_a_row_as_high_as_a_page_stays_above_the_foot_or_is_refused(length: int) -> None:
    people = (*expected(3), ExpectedPerson("W" * length, "Comune"), *expected(3))
    try:
        data = render_sign_sheets([replace(SIGN_SHEET, people=people)])
    except TextTooLong:
        assert length > 1_000
        return

    row = [word for word in reading.words(data, 2) if word[4].strip("W") in {"", "Comune"}]
    assert sum(len(word[4].strip("Comune")) for word in row) == length
    assert max(bottom for _, _, _, bottom, _ in row) < FOOT_RULE + 2


def test_no_sheet_is_no_file() -> None:
    with pytest.raises(ValueError, match="no sheet"):
        render_sign_sheets([])


def test_twenty_five_people_are_drawn_in_a_moment() -> None:
    render_sign_sheets([SIGN_SHEET])
    started = time.process_time()
    render_sign_sheets([SIGN_SHEET])

    assert time.process_time() - started < 0.5
