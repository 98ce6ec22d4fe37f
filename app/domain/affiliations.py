# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a person works over time: from which day, to which day, for one body once at a time."""

from datetime import date, timedelta

from app.domain.errors import RuleViolation, Sentence

EARLIEST = date(1940, 1, 1)


def check_start(starts_on: date, today: date) -> None:
    """Whether work may begin on this day: it has begun, and within a working life.

    Raises RuleViolation.
    """
    if starts_on > today:
        raise RuleViolation(
            Sentence("Il giorno non può essere nel futuro: scriverlo quando è arrivato.")
        )
    if starts_on < EARLIEST:
        raise RuleViolation(Sentence("Il giorno è troppo lontano nel passato: ricontrollarlo."))


def check_end(starts_on: date, ends_on: date, today: date) -> None:
    """Whether work that began on one day may end on the other (the last day of work).

    Raises RuleViolation.
    """
    check_start(ends_on, today)
    if ends_on < starts_on:
        raise RuleViolation(
            Sentence(
                "L'ultimo giorno non può venire prima dell'inizio (%(day)s).",
                {"day": f"{starts_on:%d/%m/%Y}"},
            )
        )


def last_day_before(starts_on: date, moves_on: date, today: date) -> date:
    """The last day with the old body of who begins with a new one on ``moves_on``.

    The day before (domain rule 2: the enrolments made so far keep what they were made
    with). Raises RuleViolation for a day not after the first with the old one.
    """
    check_start(moves_on, today)
    if moves_on <= starts_on:
        raise RuleViolation(
            Sentence(
                "Il passaggio deve venire dopo l'inizio con l'ente di prima (%(day)s).",
                {"day": f"{starts_on:%d/%m/%Y}"},
            )
        )
    return moves_on - timedelta(days=1)


def check_open(already_open: bool) -> None:
    """Whether the person may begin with a body: once at a time (domain rule 2)."""
    if already_open:
        raise RuleViolation(
            Sentence("La persona lavora già per questo ente: chiudere prima quell'appartenenza.")
        )
