# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each passage of an edition wants, each thing missing in turn."""

from dataclasses import replace

import pytest

from app.domain.edition import EditionState
from app.domain.edition_guards import (
    Facts,
    Need,
    check_cancelling,
    check_deletable,
    check_editable,
    check_seats,
    check_step,
    guards,
    is_frozen,
    next_states,
)
from app.domain.errors import RuleViolation

S = EditionState
READY = Facts(
    state=S.DRAFT,
    wants_threshold=True,
    threshold=80,
    has_organiser=True,
    lessons=2,
    lesson_minutes=480,
    planned_minutes=480,
    seats_min=5,
    seats_max=20,
    capacity=30,
    venue_active=True,
    confirmed=5,
    endorsed=True,
    begun=True,
)
REASON = "Una lezione è stata abbreviata."


def missing(target: EditionState, **over) -> list[Need]:
    return [g.need for g in guards(target, replace(READY, **over)) if not g.satisfied]


@pytest.mark.parametrize(
    ("over", "need", "words"),
    [
        ({"lessons": 0}, Need.LESSONS, "almeno una lezione"),
        ({"has_organiser": False}, Need.ORGANISER, "referente"),
        ({"venue_active": False}, Need.VENUE, "non è più in uso"),
        ({"capacity": 19}, Need.VENUE, "I posti sono 20, la sede ne ha 19"),
        ({"threshold": 0}, Need.THRESHOLD, "soglia"),
        ({"lesson_minutes": 479}, Need.MINUTES, "7 h 59 min, ne sono previste 8 h"),
    ],
)
def test_opening_wants_each_of_these(over, need, words) -> None:
    assert missing(S.OPEN, **over) == [need]
    with pytest.raises(RuleViolation, match=words):
        check_step(S.OPEN, replace(READY, **over))


def test_an_edition_with_everything_opens() -> None:
    assert missing(S.OPEN) == []
    check_step(S.OPEN, READY)
    check_step(S.OPEN, replace(READY, wants_threshold=False, threshold=0))


def test_a_reason_stands_in_for_the_minutes_and_for_nothing_else() -> None:
    check_step(S.OPEN, replace(READY, lesson_minutes=500), REASON)
    with pytest.raises(RuleViolation, match="almeno 10 caratteri"):
        check_step(S.OPEN, replace(READY, lesson_minutes=500), "  corta     ")
    with pytest.raises(RuleViolation, match="referente"):
        check_step(S.OPEN, replace(READY, has_organiser=False), REASON)


def test_confirming_wants_the_least_of_people_or_a_reason() -> None:
    open_now = replace(READY, state=S.OPEN)
    check_step(S.CONFIRMED, open_now)
    few = replace(open_now, confirmed=4)
    with pytest.raises(RuleViolation, match="ne servono almeno 5"):
        check_step(S.CONFIRMED, few)
    check_step(S.CONFIRMED, few, REASON)


@pytest.mark.parametrize(
    ("over", "need"),
    [({"endorsed": False}, Need.ENDORSED), ({"begun": False}, Need.BEGUN)],
)
def test_running_wants_register_and_first_lesson(over, need) -> None:
    assert missing(S.RUNNING) == []
    assert missing(S.RUNNING, **over) == [need]


def test_closing_and_archiving_leave_nothing_open() -> None:
    assert missing(S.CLOSED) == missing(S.ARCHIVED) == []
    assert missing(S.CLOSED, open_sheets=1) == [Need.SHEETS]
    assert missing(S.ARCHIVED, pending=1) == [Need.PENDING]
    with pytest.raises(RuleViolation, match="in verifica: 1"):
        check_step(S.ARCHIVED, replace(READY, state=S.CLOSED, pending=1))


def test_no_passage_from_a_state_that_does_not_lead_there() -> None:
    with pytest.raises(RuleViolation, match="ricaricare"):
        check_step(S.CONFIRMED, READY)


def test_which_states_may_follow() -> None:
    assert next_states(S.DRAFT) == [S.OPEN, S.CANCELLED]
    assert next_states(S.CLOSED) == [S.ARCHIVED]
    assert next_states(S.CANCELLED) == []
    assert guards(S.CANCELLED, READY) == ()


def test_cancelling_wants_a_reason_and_an_edition_not_begun() -> None:
    check_cancelling(S.OPEN, REASON)
    with pytest.raises(RuleViolation, match="Scrivere il motivo"):
        check_cancelling(S.OPEN, "no")
    with pytest.raises(RuleViolation):
        check_cancelling(S.RUNNING, REASON)


def test_only_a_draft_without_enrolments_is_deleted() -> None:
    check_deletable(S.DRAFT, 0)
    with pytest.raises(RuleViolation, match="iscrizioni"):
        check_deletable(S.DRAFT, 1)
    with pytest.raises(RuleViolation, match="in preparazione"):
        check_deletable(S.OPEN, 0)


def test_what_may_still_be_changed() -> None:
    for state in (S.DRAFT, S.OPEN, S.CONFIRMED, S.RUNNING):
        check_editable(state)
    for state in (S.CLOSED, S.ARCHIVED, S.CANCELLED):
        with pytest.raises(RuleViolation):
            check_editable(state)
    assert {state for state in S if not is_frozen(state)} == {S.DRAFT}


@pytest.mark.parametrize(
    ("seats", "words"),
    [
        ({"least": 6, "most": 5, "capacity": 9}, "minimi"),
        ({"least": 1, "most": 10, "capacity": 9}, "La sede ha 9 posti"),
        ({"least": 1, "most": 5, "capacity": 9, "taken": 6}, "già il posto sono 6"),
        ({"least": 1, "most": 5, "capacity": 9, "allotted": 6}, "agli enti sono già 6"),
    ],
)
def test_seats(seats, words) -> None:
    check_seats(least=1, most=9, capacity=9, taken=9, allotted=9)
    with pytest.raises(RuleViolation, match=words):
        check_seats(**seats)
