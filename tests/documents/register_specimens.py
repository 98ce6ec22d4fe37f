# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet for signatures and a register book, with everything that can happen to a page."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from app.documents.register_book import (
    BookCorrection,
    BookLine,
    BookPage,
    BookReopening,
    BookVersion,
    Endorsement,
    MonthTotal,
    PersonTotal,
    RegisterBookContent,
)
from app.documents.sign_sheet import ExpectedPerson, SignSheetContent
from tests.documents.funding import PUBLICITY


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An autumn moment of 2014, the hour being that of Rome in winter."""
    return datetime(2014, month, day, hour - 1, minute, tzinfo=UTC)


def expected(count: int) -> tuple[ExpectedPerson, ...]:
    """People with made-up names, numbered so that each is told from the others."""
    families = ("Fontebella", "Castelvento", "Roccalta", "Pietrachiara", "Montelieve")
    bodies = ("Comune di Gubbio", "Comune di Città di Castello", "Provincia di Perugia")
    return tuple(
        ExpectedPerson(f"{families[n % 5]} Lucia {n:03d}", bodies[n % 3])
        for n in range(1, count + 1)
    )


SIGN_SHEET = SignSheetContent(
    delivering_body="Aris Formazione",
    course_title="Comunicazione interculturale al front office",
    course_code="C02",
    edition_code="C02-01",
    lesson_number=3,
    lesson_count=4,
    topic="La prima accoglienza allo sportello: ascolto, domande, chiusura del colloquio",
    starts_at=moment(11, 25, 9),
    ends_at=moment(11, 25, 13),
    venue="Anci Umbria, Via Alessi 1, Perugia",
    page_number=3,
    page_count=4,
    page_url="https://forpa.example.it/editions/12/register/3",
    page_id="C02-01/3",
    people=expected(25),
    publicity=PUBLICITY,
    breaks=((moment(11, 25, 11), moment(11, 25, 11, 15)),),
    trainers=("Marta Olmi",),
    tutors=("Piero Sassi",),
)


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def book_page(number: int, people: int = 25) -> BookPage:
    """A page closed on the day, one person absent, the second one late."""
    day = (11, 13, 25, 27)[number - 1]
    start, end = moment(11, day, 9), moment(11, day, 13)
    lines = [
        BookLine(n, person.name, person.body, "presente", ((start, end),), 240)
        for n, person in enumerate(expected(people), start=1)
    ]
    if people > 2:
        lines[0] = replace(lines[0], status="assente", stays=(), counted_minutes=0)
        late = ((moment(11, day, 9, 20), end),)
        lines[1] = replace(lines[1], stays=late, counted_minutes=220)
    return BookPage(
        number=number,
        lesson_number=number,
        lesson_count=4,
        state="Chiusa",
        closed=True,
        planned=(start, end),
        real=(start, end),
        topic_planned="La prima accoglienza",
        topic_done="La prima accoglienza allo sportello: ascolto e domande",
        venue="Anci Umbria, Via Alessi 1, Perugia",
        trainers=("Marta Olmi",),
        lines=tuple(lines),
        present=people - 1,
        enrolled=people,
        heads_counted=people - 1,
        delivered_minutes=240,
        closed_by="Marta Olmi",
        closed_at=moment(11, day, 13, 5),
        closed_hand="docente",
        version=1,
        hash=hash_of(f"page {number}"),
        previous_hash=hash_of(f"page {number - 1}"),
    )


CORRECTION = BookCorrection(
    subject="Castelvento Lucia 001",
    line_number=1,
    old_value="assente",
    new_value="presente 10:00–13:00, 3 h",
    reason="Aveva firmato il foglio nella riga sbagliata.",
    asked_by="Marta Olmi",
    asked_at=moment(11, 26, 10),
    decided_by="Irene Valfonda",
    decided_at=moment(11, 26, 15, 30),
    approved=True,
    decision_note="Visto il foglio firme.",
)
_page = book_page(2)
CORRECTED_PAGE = replace(
    _page,
    lines=(
        replace(
            _page.lines[0],
            status="presente",
            stays=((moment(11, 13, 10), moment(11, 13, 13)),),
            counted_minutes=180,
        ),
        *_page.lines[1:],
    ),
    present=25,
    version=2,
    note="Lezione sospesa dieci minuti per una prova di evacuazione.",
    flags=("chiuso oltre il termine", "chiuso prima della fine dell'incontro"),
    corrections=(
        CORRECTION,
        replace(
            CORRECTION,
            subject="argomento",
            line_number=None,
            old_value="La prima accoglienza",
            new_value="La seconda accoglienza",
            approved=False,
            decision_note="",
        ),
        replace(
            CORRECTION,
            subject="Roccalta Lucia 002",
            line_number=2,
            old_value="presente 09:20–13:00, 3 h 40 min",
            new_value="presente 09:00–13:00, 4 h",
            reason="Era in aula dall'inizio.",
            decided_by="",
            decided_at=None,
            approved=None,
        ),
    ),
    reopenings=(
        BookReopening(
            by="Irene Valfonda",
            at=moment(11, 14, 9),
            until=moment(11, 15, 9),
            reason="Il docente non aveva annotato le uscite anticipate.",
        ),
    ),
    earlier=(BookVersion(1, "Marta Olmi", moment(11, 13, 13, 5), hash_of("page 2, version 1")),),
)
OPEN_PAGE = replace(
    book_page(4),
    state="Aperta",
    closed=False,
    real=None,
    topic_done="",
    heads_counted=None,
    delivered_minutes=0,
    closed_by="",
    closed_at=None,
    closed_hand="",
    version=0,
    hash="",
    previous_hash="",
)


def _with_withdrawn(page: BookPage) -> BookPage:
    gone = replace(page.lines[4], status="ritirata", stays=(), counted_minutes=None, withdrawn=True)
    return replace(page, lines=(*page.lines[:4], gone, *page.lines[5:]))


BOOK = RegisterBookContent(
    number="7/2014",
    edition_code="C02-01",
    course_title="Comunicazione interculturale al front office",
    course_code="C02",
    delivering_body="Aris Formazione",
    venues=("Anci Umbria, Via Alessi 1, Perugia",),
    first_day=date(2014, 11, 11),
    last_day=date(2014, 11, 27),
    planned_minutes=960,
    page_count=4,
    endorsement=Endorsement(moment(11, 10, 12), "Irene Valfonda", 4, hash_of("endorsement")),
    trainers=("Marta Olmi", "Piero Sassi"),
    pages=(book_page(1), CORRECTED_PAGE, _with_withdrawn(book_page(3)), OPEN_PAGE),
    people=tuple(
        PersonTotal(n, person.name, person.body, 720 - n, 720, 100 - n // 7, withdrawn=n == 5)
        for n, person in enumerate(expected(25), start=1)
    ),
    months=(MonthTotal(2014, 11, 3, 720, 17_240), MonthTotal(2014, 12, 0, 0, 0)),
    printed_at=moment(11, 28, 9),
    publicity=PUBLICITY,
)
