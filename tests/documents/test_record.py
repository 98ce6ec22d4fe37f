# SPDX-License-Identifier: AGPL-3.0-or-later
"""The training record and the repertory: every row once, whole, in order, on as many pages."""

import re
import time
from dataclasses import replace

import pytest

from app.documents.fonts import MissingGlyph
from app.documents.record import RecordYear, render_record
from app.documents.repertory import render_repertory, year_text
from app.documents.typesetting import TextTooLong
from tests.documents import reading
from tests.documents.record_specimens import (
    CODE,
    LONG_NAME,
    LONG_TITLE,
    PUBLICITY,
    RECORD,
    REPERTORY,
    certificate,
    course,
    entry,
)

UPRIGHT = (35.0, 20.0, 561.0, 824.0)  # points: the margins of the leaf
LYING = (35.0, 20.0, 807.0, 577.0)
MANY = replace(
    RECORD,
    courses=tuple(course(number) for number in range(1, 201)),
    certificates=tuple(certificate(number) for number in range(1, 201)),
)
THOUSANDS = replace(
    REPERTORY, first_year=2015, entries=tuple(entry(number) for number in range(2000, 0, -1))
)
LONGEST = replace(
    REPERTORY,
    issuing_body="Ente capofila del partenariato " * 4,
    entries=(
        replace(entry(1), holder="W" * 80, body="M" * 200, course_title="Corso " * 40,
                kind="Attestato di frequenza con profitto", edition_code="E" * 20,
                state="Sostituito", replaced_by="123456789/2015"),
        replace(entry(999_999_999), holder=LONG_NAME, course_title=LONG_TITLE),
    ),
)  # fmt: skip
LONG_RECORD = replace(
    RECORD,
    name="W" * 40 + " " + "M" * 40,
    body="Comune di Città della Pieve – Settore servizi sociali " * 4,
    courses=(replace(course(1), title="T" * 200, delivering_body=LONG_TITLE, outcome=LONG_NAME),),
    certificates=(
        replace(certificate(999_999_999), course_title="Corso " * 40, state="Sostituito " * 5),
    ),
)
EMPTY = replace(RECORD, years=(), courses=(), certificates=(), declarations=(), first_day=None,
                last_day=None, goal_minutes=None)  # fmt: skip


def test_the_record_says_what_was_attended_and_given() -> None:
    (page,) = reading.pages(render_record(RECORD))

    for part in (
        "Percorso formativo Lucia Fontebella",
        "Comune di Gubbio Periodo dal 11/11/2014 al 14/05/2015 Ore frequentate 56 h 30 min",
        "2014 1 12 h 30 min 40 h: mancano 27 h 30 min 2015 2 44 h 40 h: raggiunto",
        "Totale 3 56 h 30 min",
        "Comunicazione interculturale al front office Aris Formazione, edizione C02-001 "
        "12/11/2014 26/11/2014 12 h 30 min 16 h 78 % idoneo",
        "Workshop di avvio Comune di Perugia, edizione W01-01 11/11/2014 4 h 4 h 100 %",
        f"{LONG_TITLE} Provincia di Perugia, edizione C05-02 – 0 h 0 h – non ancora iniziato",
        "12/2015 Attestato di frequenza Comunicazione interculturale al front office "
        f"12/05/2015 Valido {CODE[:19]} {CODE[20:]}",
        "Sostituito dal n. 12/2015",
        "Dichiarazioni di presenza",
        "Riepilogo di quanto risultava il 14/05/2015, ore 09:30. Non sostituisce gli attestati",
        "all'indirizzo https://forpa.example.it/verify",
        "pagina 1 di 1",
    ):
        assert part in page


def test_a_record_without_goal_asks_for_none_and_an_empty_one_says_so() -> None:
    (page,) = reading.pages(render_record(EMPTY))

    for part in ("Nessuna ora di formazione.", "Nessun corso.", "Nessun attestato.", "Periodo –"):
        assert part in page
    assert "Obiettivo" not in page
    assert "Dichiarazioni" not in page
    years = replace(EMPTY, years=(RecordYear(2015, 1, 60),))
    assert "2015 1 1 h Corsi e incontri" in reading.pages(render_record(years))[0]


def test_two_hundred_courses_and_certificates_are_all_there_in_order() -> None:
    data = render_record(MANY)
    pages = reading.pages(data)
    shown = " ".join(pages)

    assert re.findall(r"edizione C02-(\d{3})", shown) == [f"{n:03d}" for n in range(1, 201)]
    assert re.findall(r"(\d+)/2015 Attestato di frequenza", shown) == [
        str(n) for n in range(1, 201)
    ]
    assert [f"pagina {n} di {len(pages)}" in page for n, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)
    assert all("Corso – Ente attuatore" in page or "Codice di verifica" in page for page in pages)
    assert sum("Corsi e incontri (segue)" in page for page in pages) > 4
    assert reading.bare_pages(data, PUBLICITY) == []


def test_the_repertory_is_in_order_of_number_with_every_state() -> None:
    (page,) = reading.pages(render_repertory(REPERTORY))

    assert re.findall(r"(\d+/201\d) \d\d/\d\d/201\d ", page) == [
        "1/2014", "2/2014", "1/2015", "2/2015", "4/2015",
    ]  # fmt: skip
    for part in (
        "Repertorio degli attestati Comune di Perugia, anni 2014–2015",
        "2014: 2 attestati, fino al n. 2; nessun numero manca.",
        "2015: 3 attestati, fino al n. 4; numeri mancanti (1): 3.",
        f"1/2015 02/02/2015 {LONG_NAME} Comune di Gubbio Attestato di frequenza con profitto "
        f"{LONG_TITLE} C05-02 Sostituito il 12/05/2015 dal n. 4/2015",
        "Revocato il 13/05/2015",
        "Come risultava il 14/05/2015, ore 09:30.",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1], "1 attestato, fino al n. 1; nessun numero manca."),
        ([1, 2, 3], "3 attestati, fino al n. 3; nessun numero manca."),
        ([2, 4], "2 attestati, fino al n. 4; numeri mancanti (2): 1, 3."),
        ([30], "1 attestato, fino al n. 30; numeri mancanti (29): 1, 2, 3,"),
        ([999_999_999], "1 attestato, fino al n. 999999999; numeri mancanti (999999998): 1, 2"),
    ],
)
def test_a_number_that_lacks_is_named(numbers: list[int], said: str) -> None:
    assert year_text(2015, numbers, whole=True).startswith(f"2015: {said}")


def test_an_extract_is_called_so_and_misses_nothing() -> None:
    (page,) = reading.pages(render_repertory(replace(REPERTORY, whole=False)))

    assert "Estratto del repertorio degli attestati Comune di Perugia" in page
    assert "2015: 3 attestati. Come risultava" in page
    assert "manca" not in page


def test_two_thousand_entries_take_seconds_and_none_is_divided() -> None:
    started = time.process_time()
    data = render_repertory(THOUSANDS)
    assert time.process_time() - started < 6

    pages = reading.pages(data)
    rows = [re.findall(r"(\d+)/2015 \d\d/\d\d/2015 \w+ Lucia (\d{4})", page) for page in pages]
    assert [int(number) for page in rows for number, _holder in page] == list(range(1, 2001))
    assert all(int(number) == int(holder) for page in rows for number, holder in page)
    whole = [len(re.findall(r"front office C02-01 Valido", page)) for page in pages]
    assert whole == [len(page) for page in rows]
    assert all("Numero Data Titolare Ente di appartenenza Tipo" in page for page in pages)
    assert f"pagina {len(pages)} di {len(pages)}" in pages[-1]
    assert reading.bare_pages(data, PUBLICITY) == []


def test_an_empty_repertory_says_so() -> None:
    assert (
        "Nessun attestato rilasciato."
        in reading.pages(render_repertory(replace(REPERTORY, entries=())))[0]
    )


@pytest.mark.parametrize("drawn", [render_repertory(LONGEST), render_repertory(REPERTORY)])
def test_long_names_stay_on_the_lying_leaf(drawn: bytes) -> None:
    for number in range(1, len(reading.pages(drawn)) + 1):
        assert reading.outside(drawn, number, LYING) == []
        assert reading.overprinted(drawn, number) == []
    assert reading.structure_faults(drawn) == []


@pytest.mark.parametrize("drawn", [render_record(LONG_RECORD), render_record(EMPTY)])
def test_long_names_stay_on_the_upright_leaf(drawn: bytes) -> None:
    for number in range(1, len(reading.pages(drawn)) + 1):
        assert reading.outside(drawn, number, UPRIGHT) == []
        assert reading.overprinted(drawn, number) == []
    assert reading.structure_faults(drawn) == []


def test_full_size_documents_are_tagged_and_fit_for_the_archive() -> None:
    for drawn in (
        render_record(MANY),
        render_repertory(replace(THOUSANDS, entries=THOUSANDS.entries[:300])),
    ):
        assert reading.structure_faults(drawn) == []
        assert reading.archive_faults(drawn) == []


def test_a_reader_hears_the_headings_once_and_each_row_in_turn() -> None:
    heard = " ".join(
        reading.spoken(render_record(replace(RECORD, courses=MANY.courses[:40]))).split()
    )

    assert heard.count("Quota") == 1
    assert heard.index("edizione C02-001") < heard.index("edizione C02-040")
    assert "(segue)" not in heard


def test_what_cannot_be_printed_is_refused() -> None:
    with pytest.raises(MissingGlyph):
        render_record(replace(RECORD, name="Lucia \U0001f600"))
    with pytest.raises(TextTooLong):
        render_repertory(replace(REPERTORY, entries=(replace(entry(1), holder="x" * 2001),)))
