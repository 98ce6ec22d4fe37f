# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bound register gathered for paper; the book it is given is read in Italian."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.clock import ROME
from app.documents.publicity import PublicityBlock
from app.documents.register_content import (
    AdditionalEndorsement,
    BookChange,
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
from app.domain.attendance import Presence, Source
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import Hand, SheetState
from app.domain.vocabulary import CorrectionState, CorrectionSubject
from app.extensions import db
from app.labels import italian
from app.models import AttendanceEntry, Lesson, PresenceInterval, RegisterSheet, Venue
from app.registers.book.history import Version
from app.registers.book.queries import Book, Page
from app.registers.corrections.queries import CorrectionRow
from app.standings import Standing

STATES = {
    SheetState.NOT_OPEN: "Non aperta",
    SheetState.OPEN: "Aperta",
    SheetState.CLOSED: "Chiusa",
    SheetState.REOPENED: "Riaperta",
}
HANDS = {Hand.TRAINER: "docente", Hand.TUTOR: "tutor", Hand.SUBSTITUTE: "sostituto"}
SUBJECTS = {CorrectionSubject.TOPIC: "argomento", CorrectionSubject.HEADS: "persone contate"}
SOURCES = {
    Source.SUBSTITUTE: "segnata da un sostituto",
    Source.PAPER_IMPORT: "dal foglio firme",
    Source.ONLINE_LOG: "dal tracciato della piattaforma",
}


@dataclass
class _Mark:
    status: Presence
    counted: int
    source: Source
    stays: list[tuple[datetime, datetime | None]] = field(default_factory=list)


# By sheet, then by enrolment.
_Marks = dict[int, dict[int, _Mark]]


def on_paper(book: Book, publicity: PublicityBlock, now: datetime) -> RegisterBookContent:
    """What the printed book says. RuleViolation while no lesson is planned."""
    register = book.register
    assert register is not None  # noqa: S101 - without one there is nothing to print
    if not book.pages:
        raise RuleViolation(
            Sentence("L'edizione non ha lezioni in calendario: il registro non ha pagine.")
        )
    marks = _marks(book.edition.id)
    days = sorted(page.lesson.starts_at for page in book.pages)
    return RegisterBookContent(
        number=register.number,
        edition_code=book.edition.code,
        course_title=book.edition.course_title,
        course_code=book.edition.course.code,
        delivering_body=book.edition.delivering_body.name,
        venues=tuple(dict.fromkeys(_venue(book, page) for page in book.pages)),
        first_day=days[0].astimezone(ROME).date(),
        last_day=days[-1].astimezone(ROME).date(),
        planned_minutes=book.edition.planned_minutes,
        page_count=register.all_pages,
        endorsement=_endorsement(book),
        additional=tuple(
            AdditionalEndorsement(
                pages.endorsed_at, by, pages.first_page, pages.last_page, pages.hash
            )
            for pages, by in book.additional
        ),
        trainers=tuple(dict.fromkeys(name for page in book.pages for name in page.trainers)),
        pages=tuple(_page(book, page, marks.get(page.sheet.id, {})) for page in book.pages),
        people=tuple(_total(n, person) for n, person in enumerate(book.people, start=1)),
        months=tuple(
            MonthTotal(*month.key, month.held, month.delivered, month.person_minutes)
            for month in book.months
        ),
        printed_at=now,
        publicity=publicity,
    )


def _marks(edition_id: int) -> _Marks:
    """Every mark of the edition's pages, guests' included: one statement."""
    found: _Marks = {}
    rows = db.session.execute(
        select(
            AttendanceEntry.sheet_id,
            AttendanceEntry.enrolment_id,
            AttendanceEntry.status,
            AttendanceEntry.counted_minutes,
            AttendanceEntry.source,
            PresenceInterval.entered_at,
            PresenceInterval.left_at,
        )
        .join(RegisterSheet, RegisterSheet.id == AttendanceEntry.sheet_id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .outerjoin(PresenceInterval, PresenceInterval.entry_id == AttendanceEntry.id)
        .where(Lesson.edition_id == edition_id)
        .order_by(AttendanceEntry.id, PresenceInterval.entered_at)
    )
    for sheet_id, enrolment_id, status, counted, source, entered, left in rows:
        on_sheet = found.setdefault(sheet_id, {})
        mark = on_sheet.setdefault(enrolment_id, _Mark(status, counted, source))
        if entered is not None:
            mark.stays.append((entered, left))
    return found


def _endorsement(book: Book) -> Endorsement | None:
    register = book.register
    if register is None or register.endorsed_at is None:
        return None
    return Endorsement(
        at=register.endorsed_at,
        by=book.endorsed_by,
        pages=register.pages,
        hash=register.endorsement_hash or "",
    )


def _venue(book: Book, page: Page) -> str:
    venue: Venue = page.lesson.venue or book.edition.venue
    return ", ".join(part for part in (venue.name, venue.address, venue.town) if part)


def _page(book: Book, page: Page, marks: Mapping[int, _Mark]) -> BookPage:
    sheet, lines = page.sheet, _lines(book, marks)
    numbers = {enrolment_id: line.number for enrolment_id, line in lines.items()}
    hand = sheet.closed_hand
    real = sheet.starts_at_real and sheet.ends_at_real
    return BookPage(
        number=page.number,
        lesson_number=page.number,
        lesson_count=len(book.pages),
        state=STATES[sheet.state] if page.takes_place else "Lezione annullata",
        closed=page.closed,
        planned=(page.lesson.starts_at, page.lesson.ends_at),
        topic_planned=page.lesson.topic,
        venue=_venue(book, page),
        trainers=page.trainers,
        lines=tuple(lines.values()),
        present=page.present,
        enrolled=sum(
            not line.withdrawn or line.counted_minutes is not None for line in lines.values()
        ),
        real=(sheet.starts_at_real, sheet.ends_at_real) if real else None,  # type: ignore[arg-type]
        topic_done=sheet.topic_done,
        heads_counted=sheet.heads_counted,
        delivered_minutes=sheet.delivered_minutes,
        note=sheet.note,
        closed_by=page.closed_by,
        closed_at=sheet.closed_at,
        closed_hand=HANDS[hand] if hand else "",
        flags=_flags(page),
        version=sheet.page_version,
        hash=sheet.content_hash or "",
        previous_hash=sheet.previous_hash or "",
        corrections=tuple(_correction(row, numbers) for row in page.corrections),
        reopenings=tuple(
            BookReopening(r.by, r.at, r.until, r.reason) for r in page.history.reopenings
        ),
        earlier=tuple(_version(version) for version in page.history.earlier),
    )


def _version(version: Version) -> BookVersion:
    changes = tuple(BookChange(c.name, c.old, c.new) for c in version.changes)
    return BookVersion(version.version, version.by, version.at, version.hash, changes)


def _flags(page: Page) -> tuple[str, ...]:
    flags = (
        (page.sheet.closed_late, "chiuso oltre il termine"),
        (page.closed_early, "chiuso prima della fine dell'incontro"),
    )
    return tuple(words for holds, words in flags if holds)


def _lines(book: Book, marks: Mapping[int, _Mark]) -> dict[int, BookLine]:
    """One line for everybody of the edition, then for the guests with a mark here."""
    guests = [p for p in book.on_it if p.edition_id != book.edition.id and p.enrolment_id in marks]
    return {
        person.enrolment_id: _line(number, book, person, marks.get(person.enrolment_id))
        for number, person in enumerate([*book.people, *guests], start=1)
    }


def _line(number: int, book: Book, person: Standing, mark: _Mark | None) -> BookLine:
    withdrawn = person.state is EnrolmentState.WITHDRAWN
    guest = person.edition_id != book.edition.id
    remarks = [f"recupera una lezione di {person.edition_code}"] if guest else []
    if mark and mark.source in SOURCES:
        remarks.append(SOURCES[mark.source])
    return BookLine(
        number=number,
        name=person.name,
        body=person.home_body_name,
        status=italian(mark.status).lower()
        if mark
        else ("iscrizione ritirata" if withdrawn else ""),
        stays=tuple(mark.stays) if mark else (),
        counted_minutes=mark.counted if mark else None,
        remark="; ".join(remarks),
        withdrawn=withdrawn,
    )


def _correction(row: CorrectionRow, numbers: Mapping[int, int]) -> BookCorrection:
    decided = {CorrectionState.APPROVED: True, CorrectionState.REJECTED: False}
    return BookCorrection(
        subject=row.person or SUBJECTS.get(row.subject, italian(row.subject).lower()),
        old_value=row.old,
        new_value=row.new,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        approved=decided.get(row.state),
        decision_note=row.decision_note,
        line_number=numbers.get(row.enrolment_id) if row.enrolment_id else None,
    )


def _total(number: int, person: Standing) -> PersonTotal:
    return PersonTotal(
        number=number,
        name=person.name,
        body=person.home_body_name,
        attended_minutes=person.counted,
        held_minutes=person.held,
        share_percent=person.share if person.held else None,
        withdrawn=person.state is EnrolmentState.WITHDRAWN,
    )
