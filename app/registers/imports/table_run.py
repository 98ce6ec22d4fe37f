# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dry run of a spreadsheet of marks, and the template it is filled in from."""

from dataclasses import dataclass

from app.actor import Actor
from app.domain.mark_table import Heading, OnSheet, TableProblem, read_marks
from app.registers.imports.proposals import Proposal, marks_of, propose
from app.registers.imports.queries import ImportCase
from app.registers.marks import Mark
from app.registers.queries import SheetPage
from app.spreadsheets import read_table, write_template


@dataclass(frozen=True)
class TableRun:
    """What a spreadsheet would do to the sheet: nothing while it has a problem."""

    proposals: tuple[Proposal, ...]
    problems: tuple[TableProblem, ...]
    blank: int

    @property
    def changing(self) -> list[Proposal]:
        return [one for one in self.proposals if one.changes]

    @property
    def own(self) -> bool:
        """Whether the reader's own row is among those filled in."""
        return any(one.own for one in self.proposals)

    @property
    def marks(self) -> dict[int, Mark]:
        return {} if self.problems else marks_of(self.proposals)


def dry_run(actor: Actor, case: ImportCase) -> TableRun:
    """Read the table beside the sheet. Raises RuleViolation when the file is no such table."""
    page = case.page
    rows = {row.enrolment_id: row for row in page.rows}
    people = [
        OnSheet(number, row.standing.given_name, row.standing.family_name, row.expected)
        for number, row in rows.items()
    ]
    table = read_marks(read_table(case.content), people, page.window)
    proposals = tuple(
        propose(actor, page, rows[mark.id], mark.status, mark.stays) for mark in table.marks
    )
    return TableRun(proposals, table.problems, table.blank)


def template(page: SheetPage) -> bytes:
    """A workbook with a row for each person expected, marks and times left to fill in."""
    rows = [
        [
            str(row.enrolment_id),
            row.standing.family_name,
            row.standing.given_name,
            row.standing.home_body,
            *[""] * (len(Heading) - 4),
        ]
        for row in page.rows
        if row.expected
    ]
    return write_template([heading.value for heading in Heading], rows)
