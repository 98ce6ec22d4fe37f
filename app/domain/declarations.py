# SPDX-License-Identifier: AGPL-3.0-or-later
"""Declarations: when somebody may have one of the hours attended, or of one day's presence.

A declaration has no number of the repertory and recognises nothing learnt: it says
what the closed pages say, for an employer.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.attendance import Interval, Presence
from app.domain.edition import has_ended
from app.domain.eligibility import Case, has_enough_hours
from app.domain.enrolment import expected
from app.domain.errors import RuleViolation, Sentence
from app.domain.register import SheetState
from app.domain.timetable import ROME


def why_no_hours(case: Case) -> Sentence | None:
    """Why the hours of this enrolment are not declared (now), or None when they are.

    Source: the programme's manual, below the threshold no certificate: the person may
    have a declaration of the hours attended. Minutes as in ``Case``.
    """
    if case.certificate_exists:
        return Sentence("C'è già l'attestato, che dice le stesse ore.")
    if not has_ended(case.edition_state):
        return Sentence("Le ore si dichiarano quando l'edizione è chiusa.")
    if case.open_sheets:
        return Sentence("Le ore si dichiarano quando tutti i fogli presenze sono chiusi.")
    if case.counted <= 0:
        return Sentence("Nessuna presenza registrata: non c'è nulla da dichiarare.")
    if _certificate_due(case):
        return Sentence("Le ore bastano per l'attestato: la dichiarazione non serve.")
    return None


def _certificate_due(case: Case) -> bool:
    """Enough hours, and nothing lost for good: what else is missing may still come."""
    return (
        expected(case.enrolment_state)
        and has_enough_hours(case)
        and case.assessment_passed is not False
    )


def check_presence(page: SheetState, status: Presence, stays: Sequence[Interval]) -> None:
    """Whether one day's presence may be declared. Raises RuleViolation.

    Possible on the day itself, as soon as the page is closed: until then it may change.
    """
    if page is not SheetState.CLOSED:
        raise RuleViolation(
            Sentence("La presenza si dichiara quando il foglio della lezione è chiuso.")
        )
    if status is not Presence.PRESENT or not stays:
        raise RuleViolation(
            Sentence("Per questa lezione non risulta la presenza: non c'è nulla da dichiarare.")
        )


def stays_text(stays: Sequence[Interval], zone: ZoneInfo = ROME) -> str:
    """ "dalle 9:00 alle 10:30 e dalle 11:00 alle 13:00", for paper, which is Italian.

    The stays are those of a closed page: each has its end.
    """
    parts = [
        f"dalle {_hour(stay.entered, zone)} alle {_hour(stay.left, zone)}"
        for stay in stays
        if stay.left is not None
    ]
    return " e ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _hour(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.hour}:{local.minute:02d}"
