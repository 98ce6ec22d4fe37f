# SPDX-License-Identifier: AGPL-3.0-or-later
"""A timetable pasted from a spreadsheet."""

import pytest

from app.domain.errors import RuleViolation
from app.domain.lesson_rows import RowText
from app.domain.pasted_timetable import read_pasted


def test_columns_in_any_order_with_semicolons() -> None:
    pasted = read_pasted(
        "Sede;Docente;DATA;Ora d'inizio;Ora di fine;Pausa;Modulo;Argomenti;Tutor;N.\n"
        "Aula 1;Valfiorita Anna;lun 12 gen 2015;9.00;13;11-11.15;1;Ascolto;Campofiorito;7\n"
    )
    assert pasted.problems == ()
    assert pasted.rows == (
        RowText(
            day="12/01/2015", start="09:00", end="13:00", breaks="11-11.15", module="1",
            topic="Ascolto", trainers="Valfiorita Anna", tutors="Campofiorito", venue="Aula 1",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cell", "times"),
    [
        ("Orario", "9-13", ("09:00", "13:00")),
        ("Orario", "di mattina", ("di mattina", "")),
        ("Ora", "9-13", ("09:00", "13:00")),
        ("Orario", "", ("", "")),
    ],
)
def test_both_hours_in_one_column(heading: str, cell: str, times: tuple[str, str]) -> None:
    (row,) = read_pasted(f"Data\t{heading}\n12/01/2015\t{cell}").rows
    assert (row.start, row.end) == times


def test_what_cannot_be_read_stays_for_the_table_to_tell() -> None:
    (row,) = read_pasted("Data;Inizio;Fine\ndomani;presto;tardi").rows
    assert (row.day, row.start, row.end) == ("domani", "presto", "tardi")


def test_lines_are_told_by_their_number() -> None:
    pasted = read_pasted(
        "\nData;Orario;Data;Colore\n1/1/2015;9-10;;;x\n\n2/1/2015;9-10;" + "y" * 500
    )
    assert [(one.line, str(one.sentence)[:24]) for one in pasted.problems] == [
        (2, "La colonna «Data» non è "),
        (2, "La colonna «Colore» non "),
        (3, "Ci sono celle in più del"),
        (5, "Una cella supera i 400 c"),
    ]


def test_a_quoted_cell_may_hold_lines() -> None:
    (row,) = read_pasted('Data\tOrario\tArgomento\n1/1/2015\t9-10\t"uno\ndue"').rows
    assert row.topic == "uno due"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Incollare le righe"),
        (" \n\t\n", "Incollare le righe"),
        ("Data;Fine\n1/1/2015;9", "La prima riga deve nominare"),
        ("uno;due\n1;2", "La prima riga deve nominare"),
        ("Data;Orario\n" + "1/1/2015;9-10\n" * 201, "Le righe incollate sono 202"),
        ("x" * 100_001, "supera i 100000 caratteri"),
    ],
)
def test_texts_that_are_no_timetable(text: str, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        read_pasted(text)
