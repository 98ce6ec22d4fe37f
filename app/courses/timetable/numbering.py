# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which number, and so which page of the register, each row of a timetable has."""

from app.courses.timetable.queries import TimetableCase
from app.courses.timetable.table import Table
from app.domain.variations import makes_variations


def numbers(case: TimetableCase, table: Table) -> list[int]:
    """The numbers of the rows, in their order.

    Until the register is endorsed numbers follow the order of the rows, around those of
    the lessons that stay; an endorsed page keeps its number, and new lessons come after.
    """
    taken = {now.lesson.seq for now in table.fixed}
    if makes_variations(case.edition.state):
        taken |= {now.lesson.seq for now in table.removed}
    if case.endorsed:
        kept = [row.now.lesson.seq if row.now else None for row in table.rows]
        after = max([0, *taken, *(number for number in kept if number)])
        found = []
        for number in kept:
            if number is None:
                after += 1
                number = after
            found.append(number)
        return found
    free = (number for number in range(1, 1001) if number not in taken)
    return [next(free) for _row in table.rows]
