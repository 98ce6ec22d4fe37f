# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the bound register of an edition says, as plain texts, moments and whole minutes.

The list of contents is that of the registers of vocational training: cover,
endorsement with date and number of pages, one page per lesson filled in day by
day, corrections that leave the old words legible, totals. Moments are aware and
printed in the zone of the book; lengths are minutes; hashes are hexadecimal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.documents.publicity import PublicityBlock
from app.domain.timetable import ROME

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Endorsement:
    """The vidimazione: who declared, and when, of how many pages the book is made."""

    at: datetime
    by: str
    pages: int
    hash: str


@dataclass(frozen=True)
class AdditionalEndorsement:
    """Pages added later, from the first to the last: who endorsed them, and when."""

    at: datetime
    by: str
    first_page: int
    last_page: int
    hash: str


@dataclass(frozen=True)
class BookLine:
    """One person on one page. ``stays`` end with None for whoever is still in the room.

    ``counted_minutes`` is None while there is no mark; ``remark`` is for what
    else the page must say (a recovered lesson, who wrote the mark).
    """

    number: int
    name: str
    body: str
    status: str
    stays: tuple[tuple[datetime, datetime | None], ...] = ()
    counted_minutes: int | None = None
    remark: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class BookCorrection:
    """A correction asked by one and decided by another; ``approved`` None: not decided yet.

    ``line_number`` is that of the person it is about, None for a matter of the page.
    """

    subject: str
    old_value: str
    new_value: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    approved: bool | None = None
    decision_note: str = ""
    line_number: int | None = None


@dataclass(frozen=True)
class BookReopening:
    """Who opened a closed page again, when, why, and until when it took marks."""

    by: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class BookChange:
    """A person about whom the next version says something else; "" where it says nothing."""

    name: str
    old_value: str
    new_value: str


@dataclass(frozen=True)
class BookVersion:
    """An earlier closing of a page, replaced by the next one, which brought ``changes``."""

    version: int
    closed_by: str
    closed_at: datetime
    hash: str
    changes: tuple[BookChange, ...] = ()


@dataclass(frozen=True)
class BookPage:
    """The page of one lesson. ``state`` is the word shown; ``closed`` whether it counts.

    ``version`` is that of the latest closing, 0 before; ``hash`` its hash and
    ``previous_hash`` that of the page closed before it. ``closed_hand`` says in
    what quality the page was closed (docente, tutor, sostituto).
    """

    number: int
    lesson_number: int
    lesson_count: int
    state: str
    closed: bool
    planned: Span
    topic_planned: str
    venue: str
    trainers: tuple[str, ...]
    lines: tuple[BookLine, ...]
    present: int
    enrolled: int
    real: Span | None = None
    topic_done: str = ""
    heads_counted: int | None = None
    delivered_minutes: int = 0
    note: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    closed_hand: str = ""
    flags: tuple[str, ...] = ()
    version: int = 0
    hash: str = ""
    previous_hash: str = ""
    corrections: tuple[BookCorrection, ...] = ()
    reopenings: tuple[BookReopening, ...] = ()
    earlier: tuple[BookVersion, ...] = ()


@dataclass(frozen=True)
class PersonTotal:
    """Hours of one person over the lessons held; ``share_percent`` whole, None when none was."""

    number: int
    name: str
    body: str
    attended_minutes: int
    held_minutes: int
    share_percent: int | None
    withdrawn: bool = False


@dataclass(frozen=True)
class MonthTotal:
    """Lessons held in a month (1 to 12), minutes delivered, and minutes times persons."""

    year: int
    month: int
    lessons: int
    delivered_minutes: int
    person_minutes: int


@dataclass(frozen=True)
class RegisterBookContent:
    """The whole book, as it stood at ``printed_at``."""

    number: str
    edition_code: str
    course_title: str
    course_code: str
    delivering_body: str
    venues: tuple[str, ...]
    first_day: date
    last_day: date
    planned_minutes: int
    page_count: int
    endorsement: Endorsement | None
    trainers: tuple[str, ...]
    pages: tuple[BookPage, ...]
    people: tuple[PersonTotal, ...]
    months: tuple[MonthTotal, ...]
    printed_at: datetime
    publicity: PublicityBlock
    additional: tuple[AdditionalEndorsement, ...] = ()
    zone: ZoneInfo = ROME
