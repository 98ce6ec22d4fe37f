# SPDX-License-Identifier: AGPL-3.0-or-later
"""The register book: every page, every person, and everything that was ever changed."""

import re
import time
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from app.documents.fonts import MissingGlyph
from app.documents.register_book import (
    BookLine,
    BookPage,
    RegisterBookContent,
    render_register_book,
)
from app.documents.register_content import BookChange
from app.documents.typesetting import TextTooLong
from tests.documents import reading
from tests.documents.register_specimens import (
    BOOK,
    CORRECTED_PAGE,
    CORRECTION,
    OPEN_PAGE,
    book_page,
    moment,
)

EDGES = (35.0, 20.0, 561.0, 824.0)  # points: the margins of the leaf
LONG_NAME = "Castelvento Pietrachiara della Roccalta Montelieve Maria Francesca Guglielmina A"


def _with(*pages: BookPage) -> RegisterBookContent:
    return replace(BOOK, pages=pages)


def _of_lesson(content: RegisterBookContent, number: int) -> list[tuple[int, str]]:
    """Numbers and texts of the leaves of one lesson's page."""
    return [
        (leaf, text)
        for leaf, text in enumerate(reading.pages(render_register_book(content)), start=1)
        if f"pagina {number} di 4 del registro" in text
    ]


EXTREMES = [
    replace(
        BOOK,
        course_title="Accoglienza e integrazione dei cittadini " * 6,
        venues=("Palazzo dei Priori, Sala della Vaccara, Perugia",) * 6,
        trainers=(LONG_NAME,) * 30,
        pages=(
            replace(
                CORRECTED_PAGE,
                lines=(
                    BookLine(1, LONG_NAME, "Ente " * 40, "assente giustificato"),
                    BookLine(2, "W" * 80, "M" * 80, "presente",
                             ((moment(11, 13, 9), moment(11, 13, 10)),
                              (moment(11, 13, 11), None)), 60, "recupero dall'edizione C02-02"),
                ),
                topic_done="Argomento " * 30,
                note="Nota del docente " * 17,
                trainers=(LONG_NAME,) * 3,
                venue="Palazzo dei Priori, Sala della Vaccara " * 4,
                corrections=(
                    replace(CORRECTION, old_value="vecchio " * 50, new_value="nuovo " * 60,
                            reason="motivo " * 55, asked_by=LONG_NAME, decided_by=LONG_NAME,
                            decision_note="nota " * 70),
                ) * 3,
            ),
        ),
    ),
    _with(book_page(1, 60)),
    replace(_with(replace(OPEN_PAGE, lines=(), present=0, enrolled=0)), people=(), months=()),
    replace(_with(), people=(), months=(), trainers=(), endorsement=None),
]  # fmt: skip


def test_the_cover_names_the_register_and_its_endorsement() -> None:
    cover = reading.pages(render_register_book(BOOK))[0]
    assert BOOK.endorsement is not None
    endorsed = BOOK.endorsement.hash

    for part in (
        "Registro didattico e delle presenze n. 7/2014",
        "Comunicazione interculturale al front office corso C02, edizione C02-01",
        "dall'11 novembre 2014 al 27 novembre 2014",
        "Aris Formazione",
        "Anci Umbria, Via Alessi 1, Perugia",
        "Ore previste 16 h",
        "4, una per incontro",
        "Vidimazione Vidimato il 10/11/2014, ore 12:00",
        "Irene Valfonda",
        "Pagine vidimate 4",
        f"{endorsed[:4]} {endorsed[4:8]} {endorsed[8:12]} {endorsed[12:16]} SHA-256 {endorsed}",
        "Docenti Marta Olmi Piero Sassi",
    ):
        assert part in cover


def test_a_register_that_is_not_endorsed_says_so() -> None:
    cover = reading.pages(render_register_book(replace(BOOK, endorsement=None)))[0]

    assert "Registro non vidimato" in cover
    assert "Vidimato il" not in cover


def test_the_index_lists_every_page_with_its_state() -> None:
    index = reading.pages(render_register_book(BOOK))[1]

    assert re.findall(r"(\d) (\d\d/11/2014) 09:00–13:00", index) == [
        ("1", "11/11/2014"),
        ("2", "13/11/2014"),
        ("3", "25/11/2014"),
        ("4", "27/11/2014"),
    ]
    assert index.count("Chiusa") == 3
    assert "Aperta" in index
    assert f"{CORRECTED_PAGE.hash[:4]} {CORRECTED_PAGE.hash[4:8]}" in index


def test_a_page_says_who_was_there_and_who_answers_for_it() -> None:
    page = book_page(1)
    ((_, text),) = _of_lesson(_with(page), 1)

    for part in (
        "Incontro 1 di 4 – martedì 11 novembre 2014",
        "Argomento svolto La prima accoglienza allo sportello: ascolto e domande",
        "1 Castelvento Lucia 001 Comune di Città di Castello assente 0 h",
        "2 Roccalta Lucia 002 Provincia di Perugia presente 09:20–13:00 3 h 40 min",
        "3 Pietrachiara Lucia 003 Comune di Gubbio presente 09:00–13:00 4 h",
        "24 su 25 iscritti",
        "Persone contate in aula 24",
        "Ore del giorno 4 h",
        "Marta Olmi (docente)",
        "11/11/2014, ore 13:05",
        f"{page.hash[:4]} {page.hash[4:8]} {page.hash[8:12]} {page.hash[12:16]}",
        f"SHA-256 {page.hash}",
        f"pagina precedente: {page.previous_hash}",
    ):
        assert part in text
    assert "PAGINA NON CHIUSA" not in text


def test_a_page_that_is_not_closed_says_so_on_every_leaf() -> None:
    crowded = replace(book_page(4, 60), state="Aperta", closed=False, closed_at=None, hash="")
    leaves = [text for _, text in _of_lesson(_with(crowded), 4)]

    assert len(leaves) > 1
    assert "PAGINA NON CHIUSA" in leaves[0]
    assert all("pagina non chiusa" in text for text in leaves[1:])
    assert "SHA-256" not in " ".join(leaves)
    assert "Ore del giorno –" in " ".join(leaves)


def test_a_reopened_page_shows_its_latest_closing_as_such() -> None:
    page = replace(CORRECTED_PAGE, state="Riaperta", closed=False)
    text = " ".join(text for _, text in _of_lesson(_with(page), 2))

    assert "PAGINA NON CHIUSA" in text
    assert "Ultima chiusura: da Marta Olmi (docente)" in text
    assert f"SHA-256 {page.hash}" in text
    assert "Ore del giorno –" in text


def test_flags_and_note_stay_with_the_page() -> None:
    text = " ".join(text for _, text in _of_lesson(_with(CORRECTED_PAGE), 2))

    assert "chiuso oltre il termine; chiuso prima della fine dell'incontro" in text
    assert "Lezione sospesa dieci minuti per una prova di evacuazione." in text


def test_corrections_leave_the_old_words_struck_and_legible() -> None:
    content = _with(CORRECTED_PAGE)
    data = render_register_book(content)
    leaves = _of_lesson(content, 2)
    text = " ".join(text for _, text in leaves)
    struck = [word for leaf, _ in leaves for word in reading.struck(data, leaf)]

    assert struck == ["assente", "La", "seconda", "accoglienza"]
    for part in (
        "presente 10:00–13:00, 3 h",
        "Aveva firmato il foglio",
        "chiesta da Marta Olmi 26/11/2014, ore 10:00",
        "26/11/2014, ore 15:30",
        "«Visto il foglio firme.»",
        "in attesa di decisione",
        "rettifica 1",
        "rettifica 3",
    ):
        assert part in text
    assert "rettifica 2" not in text


def test_a_line_that_is_not_there_is_not_seen() -> None:
    content = _with(replace(CORRECTED_PAGE, corrections=(replace(CORRECTION, approved=None),)))
    data = render_register_book(content)

    assert [word for leaf, _ in _of_lesson(content, 2) for word in reading.struck(data, leaf)] == []


def test_reopenings_and_earlier_versions_are_listed() -> None:
    text = " ".join(text for _, text in _of_lesson(_with(CORRECTED_PAGE), 2))
    (earlier,) = CORRECTED_PAGE.earlier

    assert "Riaperture" in text
    assert "14/11/2014, ore 09:00 15/11/2014, ore 09:00 Il docente non aveva annotato" in text
    assert "Versioni precedenti" in text
    assert f"{earlier.hash[:32]} {earlier.hash[32:]}" in text


def test_what_a_later_version_changed_is_struck_and_legible() -> None:
    (earlier,) = CORRECTED_PAGE.earlier
    changes = (
        BookChange("Roccalta Lucia 002", "presente 09:00–13:00", "presente 09:20–13:00"),
        BookChange("Montelieve Lucia 004", "assente", ""),
    )
    content = _with(
        replace(CORRECTED_PAGE, corrections=(), earlier=(replace(earlier, changes=changes),))
    )
    data = render_register_book(content)
    leaves = _of_lesson(content, 2)
    text = " ".join(text for _, text in leaves)
    struck = [word for leaf, _ in leaves for word in reading.struck(data, leaf)]

    assert "1 alla 2 Roccalta Lucia 002 presente 09:00–13:00 presente 09:20–13:00" in text
    assert "1 alla 2 Montelieve Lucia 004 assente non più sulla pagina" in text
    assert struck == ["presente", "09:00–13:00", "assente"]


def test_the_row_of_who_withdrew_is_struck() -> None:
    page = book_page(1, 3)
    gone = replace(page.lines[2], withdrawn=True, status="ritirata", stays=(), counted_minutes=None)
    content = _with(replace(page, lines=(*page.lines[:2], gone)))
    ((leaf, _),) = _of_lesson(content, 1)

    struck = reading.struck(render_register_book(content), leaf)

    assert struck == ["3", "Pietrachiara", "Lucia", "003", "Comune", "di", "Gubbio", "ritirata"]


def test_two_hundred_people_are_all_on_the_page() -> None:
    page = book_page(1, 200)
    leaves = [text for _, text in _of_lesson(_with(page), 1)]
    shown = " ".join(leaves)

    assert [n.number for n in page.lines if f"{n.number} {n.name} {n.body}" not in shown] == []
    with_rows = [text for text in leaves if re.search(r"Lucia \d{3}", text)]
    assert len(with_rows) >= 4
    assert all("N. Cognome e nome Ente Presenza" in text for text in with_rows)
    assert all("Incontro 1 di 4" in text for text in leaves)


def test_totals_stand_at_the_end() -> None:
    data = render_register_book(BOOK)
    last = reading.pages(data)[-1]

    assert reading.struck(data, 8)[:4] == ["5", "Fontebella", "Lucia", "005"]
    assert "1 Castelvento Lucia 001 Comune di Città di Castello 11 h 59 min 12 h 100 %" in last
    assert "25 Fontebella Lucia 025 Comune di Città di Castello 11 h 35 min 12 h 97 %" in last
    assert "novembre 2014 3 12 h 287 h 20 min" in last
    assert "Totale 3 12 h 287 h 20 min" in last
    people = [replace(person, share_percent=None) for person in BOOK.people[:1]]
    nothing = reading.pages(render_register_book(replace(BOOK, people=tuple(people))))[-1]
    assert "12 h –" in nothing


def test_every_leaf_is_numbered() -> None:
    pages = reading.pages(render_register_book(BOOK))

    assert len(pages) == 8
    for number, text in enumerate(pages, start=1):
        assert text.endswith(f"pagina {number} di 8")


@pytest.mark.parametrize("content", EXTREMES)
def test_nothing_is_clipped_or_printed_over(content: RegisterBookContent) -> None:
    data = render_register_book(content)

    pages = reading.pages(data)
    for number in range(1, len(pages) + 1):
        assert reading.overprinted(data, number) == []
        assert reading.outside(data, number, EDGES) == []
    assert reading.structure_faults(data) == []
    assert reading.archive_faults(data) == []
    shown = "".join(" ".join(pages).split())
    for page in content.pages:
        for line in page.lines:
            assert "".join(line.name.split()) in shown


def test_an_empty_book_says_what_it_lacks() -> None:
    shown = " ".join(reading.pages(render_register_book(EXTREMES[-1])))

    for part in (
        "Nessun docente incaricato",
        "Il registro non ha ancora pagine",
        "Nessuna persona iscritta",
        "Nessun incontro svolto",
    ):
        assert part in shown


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    """A lesson of summer, two hours ahead of UTC; in winter it is one."""
    page = book_page(1, 1)
    start, end = (at.replace(month=7) for at in page.planned)
    ((_, text),) = _of_lesson(_with(replace(page, planned=(start, end), real=None)), 1)

    assert "10:00–14:00" in text


def test_it_is_read_aloud_once_and_in_order() -> None:
    pages = tuple(replace(page, lines=page.lines[:2]) for page in BOOK.pages)
    content = replace(BOOK, pages=pages, people=BOOK.people[:2])
    heard = reading.spoken(render_register_book(content))
    parts = ["Registro didattico", "Vidimazione", "Indice", "Incontro 1 di 4", "Incontro 2 di 4",
             "Rettifiche", "Riaperture", "Incontro 3 di 4", "Riepilogo per persona",
             "Riepilogo per mese"]  # fmt: skip

    places = [heard.index(part) for part in parts]

    assert places == sorted(places)
    assert heard.count("Incontro 2 di 4") == 1
    assert heard.count("MINISTERO DELL'INTERNO") == 1


def test_headings_of_tables_say_what_they_head() -> None:
    with pikepdf.open(BytesIO(render_register_book(BOOK))) as pdf:
        scopes = [
            str(item.A.Scope)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
        ]

    assert len(scopes) == 7 + 4 * 6 + 6 + 4 + 4 + 6 + 4
    assert set(scopes) == {"/Column"}


def test_what_no_font_can_write_is_refused() -> None:
    line = replace(book_page(1).lines[0], name="中")
    for content in (
        replace(BOOK, course_title="中"),
        _with(replace(book_page(1), lines=(line,))),
        _with(replace(book_page(1), corrections=(replace(CORRECTION, reason="中"),))),
    ):
        with pytest.raises(MissingGlyph, match="中"):
            render_register_book(content)


def test_a_text_beyond_all_measure_is_refused() -> None:
    with pytest.raises(TextTooLong):
        render_register_book(_with(replace(book_page(1), note="Nota " * 1_000)))


def test_four_lessons_of_twenty_five_people_are_drawn_in_a_moment() -> None:
    render_register_book(BOOK)
    started = time.process_time()
    render_register_book(BOOK)

    assert time.process_time() - started < 0.5
