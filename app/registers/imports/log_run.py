# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dry run of a platform's log: who is who, what it would write, and what is left over."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.actor import Actor
from app.clock import ROME
from app.domain.attendance import Presence
from app.domain.attendance_log import LoggedPerson, LogProblem, decode, people_of, read_log
from app.domain.book import mark_words
from app.domain.log_matching import Certainty, Expected, match
from app.domain.log_stays import stays_within
from app.registers.imports.proposals import Proposal, marks_of, propose
from app.registers.imports.queries import ImportCase
from app.registers.marks import Mark
from app.registers.queries import SheetRow


@dataclass(frozen=True)
class Recognised:
    """Somebody of the sheet who is in the log.

    Without a proposal she was connected outside the lesson's hours only. ``chosen``: a
    person said that one of the log is she.
    """

    row: SheetRow
    people: tuple[LoggedPerson, ...]
    likely: bool
    chosen: bool
    proposal: Proposal | None

    @property
    def enrolment_id(self) -> int:
        return self.row.enrolment_id

    @property
    def united(self) -> bool:
        """Whether more than one of the log was taken for her."""
        return len(self.people) > 1


@dataclass(frozen=True)
class Stranger:
    """Somebody of the log whom nobody of the sheet matches; ``line`` is her first in the file."""

    line: int
    person: LoggedPerson
    candidates: tuple[SheetRow, ...]


@dataclass(frozen=True)
class LogRun:
    """What a log would do to the sheet, given who the strangers were said to be."""

    recognised: tuple[Recognised, ...]
    strangers: tuple[Stranger, ...]
    missing: tuple[Proposal, ...]
    problems: tuple[LogProblem, ...]
    lines: int

    @property
    def certain(self) -> list[Recognised]:
        return [one for one in self.recognised if one.proposal and not one.likely]

    @property
    def likely(self) -> list[Recognised]:
        return [one for one in self.recognised if one.proposal and one.likely]

    @property
    def outside(self) -> list[Recognised]:
        """Those connected outside the hours of the lesson only."""
        return [one for one in self.recognised if one.proposal is None]

    @property
    def unmarked(self) -> list[Proposal]:
        """Those not in the log whose row of the sheet is empty: they may be marked absent."""
        return [one for one in self.missing if one.now.status is None and one.changes]

    @property
    def drawn(self) -> str:
        """Changes with everything the reader was shown: nothing is written unseen."""
        shown = [
            (
                one.enrolment_id,
                one.likely,
                mark_words(one.proposal.mark.status, one.proposal.mark.stays)
                if one.proposal and one.proposal.mark.status
                else "",
            )
            for one in self.recognised
        ]
        return str(zlib.crc32(repr(sorted(shown)).encode()))

    def marks(self, confirmed: Iterable[int], absent: bool) -> dict[int, Mark]:
        """What is to be written: the certain, the likely that are confirmed, perhaps the absent."""
        said = set(confirmed)
        written = [one.proposal for one in self.certain if one.proposal]
        written += [
            one.proposal for one in self.likely if one.proposal and one.enrolment_id in said
        ]
        return marks_of(written + (self.unmarked if absent else []))


def dry_run(actor: Actor, case: ImportCase, who: Mapping[int, int]) -> LogRun:
    """Read the log beside the sheet. ``who``: line of a stranger -> enrolment.

    Raises RuleViolation when the file is no log.
    """
    page = case.page
    log = read_log(decode(case.content), page.lesson.starts_at.astimezone(ROME).date())
    rows = {row.enrolment_id: row for row in page.rows if row.expected}
    people: dict[int, list[LoggedPerson]] = {}
    likely: set[int] = set()
    strangers = []
    for found in match(people_of(log.lines), [_expected(case, row) for row in rows.values()]):
        if found.expected is None:
            near = tuple(rows[one] for one in found.candidates)
            strangers.append(Stranger(found.people[0].numbers[0], found.people[0], near))
            continue
        people[found.expected] = list(found.people)
        if found.certainty is not Certainty.CERTAIN:
            likely.add(found.expected)
    chosen = {one.line: who[one.line] for one in strangers if who.get(one.line) in rows}
    for stranger in strangers:
        if stranger.line in chosen:
            people.setdefault(chosen[stranger.line], []).append(stranger.person)
    by_hand = set(chosen.values())
    recognised = tuple(
        _recognised(actor, case, row, people[number], number in likely, number in by_hand)
        for number, row in rows.items()
        if number in people
    )
    present = {one.enrolment_id for one in recognised if one.proposal}
    unseen = {one.enrolment_id for one in recognised if one.likely}
    missing = tuple(
        propose(actor, page, row, Presence.ABSENT)
        for number, row in rows.items()
        if number not in present | unseen
    )
    strangers.sort(key=lambda one: (not one.candidates, one.line))
    return LogRun(recognised, tuple(strangers), missing, log.problems, len(log.lines))


def _recognised(
    actor: Actor,
    case: ImportCase,
    row: SheetRow,
    people: list[LoggedPerson],
    likely: bool,
    chosen: bool,
) -> Recognised:
    connections = [stay for person in people for stay in person.stays]
    stays = stays_within(connections, case.page.window)
    proposal = propose(actor, case.page, row, Presence.PRESENT, stays) if stays else None
    return Recognised(row, tuple(people), likely, chosen, proposal)


def _expected(case: ImportCase, row: SheetRow) -> Expected:
    one = row.standing
    return Expected(
        row.enrolment_id, one.given_name, one.family_name, case.emails.get(row.enrolment_id, "")
    )
