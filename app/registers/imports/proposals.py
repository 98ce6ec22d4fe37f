# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a file would write for one person, beside what the sheet says now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.actor import Actor
from app.domain.attendance import Interval, Presence, counted_minutes, ended
from app.domain.book import mark_words
from app.registers.closing import breaks
from app.registers.marks import Mark
from app.registers.queries import SheetPage, SheetRow


@dataclass(frozen=True)
class Proposal:
    """The row as it is and as it would be; ``own``: the reader's, which another hand marks."""

    now: SheetRow
    after: SheetRow
    own: bool

    @property
    def enrolment_id(self) -> int:
        return self.now.enrolment_id

    @property
    def mark(self) -> Mark:
        return Mark(self.after.status, self.after.stays)

    @property
    def changes(self) -> bool:
        """Whether the sheet would say something else than now."""
        return not self.own and _words(self.now) != _words(self.after)

    @property
    def rewrites(self) -> bool:
        """Whether a mark that somebody wrote would become another."""
        return self.changes and self.now.status is not None


def propose(
    actor: Actor, page: SheetPage, row: SheetRow, status: Presence, stays: Sequence[Interval] = ()
) -> Proposal:
    """The mark with the minutes it would count by the lesson's calendar."""
    counted = counted_minutes(
        ended(stays, page.window.end), page.window, breaks(page.lesson), page.grace_minutes
    )
    after = replace(row, status=status, stays=stays, counted=counted)
    return Proposal(row, after, row.standing.person_id == actor.person_id)


def marks_of(proposals: Iterable[Proposal]) -> dict[int, Mark]:
    """What is to be written, by enrolment: only what changes the sheet."""
    return {one.enrolment_id: one.mark for one in proposals if one.changes}


def _words(row: SheetRow) -> str:
    return mark_words(row.status, row.stays) if row.status else ""
