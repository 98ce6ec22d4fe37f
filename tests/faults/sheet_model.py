# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of the register as its rules say it lives, written without a look at the application.

Times within a lesson are whole minutes from its start; a stay is (in, out), out None
while the person is still there. Each deed answers whether it is done, and a deed
refused changes nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

COORDINATOR, ORGANISER, TRAINER, TUTOR, OFFICIAL, OTHER = range(6)
MAY = {
    "endorse": {COORDINATOR, ORGANISER},
    "mark": {COORDINATOR, ORGANISER, TRAINER, TUTOR},
    "close": {ORGANISER, TRAINER},
    "reopen": {COORDINATOR, ORGANISER},
    "ask": {COORDINATOR, ORGANISER, TRAINER, TUTOR, OFFICIAL},
    "decide": {COORDINATOR, ORGANISER},
    "end": {COORDINATOR, ORGANISER},
}
LENGTH = 240
BREAK = range(90, 105)
PLANNED = LENGTH - len(BREAK)
THRESHOLD = 80
WITHDRAWN = 3  # the fourth on the page has gone: nobody writes in that row
PEOPLE = (0, 1, 2)
TOPIC, HEADS = "topic", "heads"

Stays = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True)
class Who:
    """A person who signs in. ``row`` is the own row on the page, ``staff``: teaches or assists."""

    name: str
    role: int
    row: int | None = None
    staff: bool = False


@dataclass
class Mark:
    status: str
    stays: Stays
    minutes: int
    by: str
    revision: int

    @property
    def value(self) -> tuple[str, Stays]:
        return self.status, self.stays


@dataclass
class Request:
    """A correction asked for: of a person's mark (``about`` is the row), of topic or heads."""

    about: int | str
    old: object
    new: object
    by: str
    state: str = "asked"


def fit(status: str, stays: Stays) -> bool:
    """Present with stays inside the lesson, one after the other; anything else without."""
    if status != "present":
        return not stays
    ends = [LENGTH if out is None else out for _, out in stays]
    inside = all(0 <= came < end <= LENGTH for (came, _), end in zip(stays, ends, strict=True))
    following = all(out is not None and out <= again for (_, out), (again, _) in pairwise(stays))
    return bool(stays) and inside and following


def minutes(stays: Stays, first: int, last: int, grace: int) -> int:
    """The minutes between first and last in which the person was there, the break left out."""
    there = set()
    for came, out in stays:
        there.update(range(max(came, first), min(last if out is None else out, last)))
    if there and min(there) <= first + grace:
        there.update(range(first, min(there)))
    return len(there - set(BREAK))


@dataclass
class Page:
    start: datetime
    day: datetime  # when the lesson's day begins
    deadline: datetime  # the last second of the next working day
    grace: int
    endorsed: bool
    state: str = "not_open"
    version: int = 0
    late: bool = False
    until: datetime | None = None
    topic: str = ""
    heads: int | None = None
    taught: tuple[int, int] = (0, LENGTH)
    reported: bool = False
    ended: bool = False
    marks: dict[int, Mark] = field(default_factory=dict)
    book: list[tuple[str, int]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    revision: int = 0

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=LENGTH)

    @property
    def term(self) -> datetime:
        return max(self.deadline, self.until) if self.until else self.deadline

    @property
    def writable(self) -> bool:
        return self.state in ("open", "reopened")

    @property
    def seen(self) -> tuple[int, ...]:
        """What a hand that looks at the page now has seen."""
        return tuple(self.revision_of(row) for row in PEOPLE)

    def revision_of(self, row: int) -> int:
        return self.marks[row].revision if row in self.marks else 0

    def outcome(self, row: int) -> str:
        """Where the enrolment stands."""
        if not self.ended:
            return "confirmed"
        counted = self.marks[row].minutes
        enough = counted and counted * 100 >= THRESHOLD * PLANNED
        return "completed" if enough else "not_completed"

    # Deeds

    def endorse(self, who: Who) -> bool:
        if who.role not in MAY["endorse"] or self.endorsed or self.state != "not_open":
            return False
        self.endorsed = True
        return True

    def open(self, who: Who, now: datetime) -> bool:
        if who.role not in MAY["mark"] or self.state == "closed":
            return False
        if self.writable:
            return True  # open already: nothing to do
        if not self.endorsed or not self.day <= now <= self.deadline:
            return False
        self.state = "open"
        return True

    def mark(
        self, who: Who, now: datetime, row: int, status: str, stays: Stays, seen: int | None
    ) -> bool:
        """``seen`` is the revision of the row the hand looked at."""
        if who.role not in MAY["mark"] or not self.writable or now > self.term:
            return False
        if who.row == row or row == WITHDRAWN:
            return False
        if status == "clear":
            if self.version:
                return False
        elif not fit(status, stays):
            return False
        old = self.marks.get(row)
        if seen != self.revision_of(row):
            return bool(old and old.value == (status, stays) and old.by == who.name)
        self._write(who, row, status, stays)
        return True

    def _write(self, who: Who, row: int, status: str, stays: Stays) -> None:
        self.revision += 1
        if status == "clear":
            self.marks.pop(row, None)
            return
        counted = minutes(stays, 0, LENGTH, self.grace)
        self.marks[row] = Mark(status, stays, counted, who.name, self.revision)

    def mark_all(self, who: Who, now: datetime, came: int) -> bool:
        stays: Stays = ((came, None),)
        if who.role not in MAY["mark"] or not fit("present", stays):
            return False
        empty = [row for row in PEOPLE if row not in self.marks and row != who.row]
        if not empty:
            return True  # nobody to mark: nothing to do
        if not self.writable or now > self.term:
            return False
        for row in empty:
            self._write(who, row, "present", stays)
        return True

    def close(
        self,
        who: Who,
        now: datetime,
        seen: tuple[int, ...],
        topic: str,
        first: int,
        last: int,
        heads: int,
        note: str,
    ) -> bool:
        if who.role not in MAY["close"] or not self.writable or set(self.marks) != set(PEOPLE):
            return False
        if seen != self.seen or len(topic) < 3 or not -60 <= first < last <= LENGTH + 60:
            return False
        present = sum(mark.status == "present" for mark in self.marks.values())
        if heads < 0 or (heads != present and len(note) < 3):
            return False
        self_taught = (max(first, 0), min(last, LENGTH))
        still_there = [m.stays[-1] for m in self.marks.values() if m.stays and not m.stays[-1][1]]
        if any(came >= self_taught[1] for came, _ in still_there):
            return False
        for mark in self.marks.values():
            mark.stays = tuple((i, self_taught[1] if o is None else o) for i, o in mark.stays)
            mark.minutes = minutes(mark.stays, *self_taught, self.grace)
        self.late = self.late or now > (self.term if self.version else self.deadline)
        self.state, self.version = "closed", self.version + 1
        self.topic, self.heads, self.taught = topic, heads, self_taught
        self.book.append(("closed", self.version))
        return True

    def reopen(self, who: Who, now: datetime, reason: str) -> bool:
        if who.role not in MAY["reopen"] or self.reported or not self.endorsed:
            return False
        if len(reason.strip()) < 10 or (self.state != "closed" and now <= self.term):
            return False
        if who.role == ORGANISER and (self.ended or now > self.end + timedelta(days=10)):
            return False
        self.state, self.until, self.ended = "reopened", now + timedelta(hours=24), False
        self.book.append(("reopened", self.version))
        return True

    def finish(self, who: Who) -> bool:
        """Close the edition, whose only lesson this is."""
        if who.role not in MAY["end"] or self.ended or self.state != "closed":
            return False
        self.ended = True
        return True

    def value(self, about: int | str) -> object:
        if about == TOPIC:
            return self.topic
        return self.heads if about == HEADS else self.marks[about].value

    def ask(self, who: Who, about: int | str, new: object, reason: str) -> bool:
        if who.role not in MAY["ask"] or about == WITHDRAWN or self.state != "closed":
            return False
        if who.role == OFFICIAL and about != who.row:
            return False
        if self.reported or len(reason.strip()) < 10:
            return False
        if isinstance(about, int):
            status, stays = new
            new = (status, tuple((i, self.taught[1] if o is None else o) for i, o in stays))
            if not fit(*new):
                return False
        waiting = any(r.about == about and r.state == "asked" for r in self.requests)
        if waiting or new == self.value(about):
            return False
        self.requests.append(Request(about, self.value(about), new, who.name))
        return True

    def decide(self, who: Who, number: int, approves: bool, note: str) -> bool:
        request = self.requests[number]
        if who.role not in MAY["decide"] or request.state != "asked":
            return False
        if who.staff or who.name == request.by or who.row == request.about:
            return False
        if self.reported and who.role != COORDINATOR:
            return False
        if not approves:
            if len(note.strip()) >= 10:
                request.state = "rejected"
            return request.state == "rejected"
        if self.state != "closed" or self.value(request.about) != request.old:
            return False
        request.state = "approved"
        self._correct(request)
        self.book.append(("corrected", self.version))
        return True

    def _correct(self, request: Request) -> None:
        if request.about == TOPIC:
            self.topic = request.new
        elif request.about == HEADS:
            self.heads = request.new
        else:
            self.revision += 1
            status, stays = request.new
            self.marks[request.about] = replace(
                self.marks[request.about],
                status=status,
                stays=stays,
                minutes=minutes(stays, *self.taught, self.grace),
                revision=self.revision,
            )
