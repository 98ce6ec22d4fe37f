# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a change of the timetable is called, and what it needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.edition import EditionState
from app.domain.errors import RuleViolation
from app.domain.timetable import Window
from app.domain.variation_words import Names, change_lines
from app.domain.variations import (
    Change,
    LessonFacts,
    VariationKind,
    check_plannable,
    check_reason,
    facts_of,
    makes_variations,
    variation_kind,
)

START = datetime(2015, 2, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(START, START + 4 * HOUR)
PAUSE = Window(START + HOUR, START + 1.25 * HOUR)
FACTS = LessonFacts(WINDOW, (), 7, (1, 2), (3,))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (FACTS, FACTS, None),
        (FACTS, None, VariationKind.CANCELLED),
        (None, FACTS, VariationKind.ADDED),
        (FACTS, replace(FACTS, window=Window(START + HOUR, START + 5 * HOUR)), VariationKind.MOVED),
        (FACTS, replace(FACTS, breaks=(PAUSE,), venue=8), VariationKind.MOVED),
        (FACTS, replace(FACTS, venue=8, trainers=()), VariationKind.VENUE),
        (FACTS, replace(FACTS, trainers=(2, 1)), VariationKind.STAFF),
        (FACTS, replace(FACTS, tutors=()), VariationKind.STAFF),
    ],
)
def test_a_change_has_the_name_of_its_first_difference(old, new, kind) -> None:
    assert variation_kind(old, new) is kind


def test_what_is_kept_is_read_again() -> None:
    facts = replace(FACTS, breaks=(PAUSE,))
    assert facts_of(facts.as_kept()) == facts


def test_from_the_opening_on_changes_are_variations() -> None:
    assert [s for s in EditionState if not makes_variations(s)] == [EditionState.DRAFT]


@pytest.mark.parametrize("state", EditionState)
def test_what_is_over_is_not_planned(state: EditionState) -> None:
    over = (EditionState.CLOSED, EditionState.ARCHIVED, EditionState.CANCELLED)
    if state not in over:
        check_plannable(state)
        return
    with pytest.raises(RuleViolation, match="il calendario non cambia più"):
        check_plannable(state)


def test_a_reason_has_ten_characters() -> None:
    check_reason("Neve a C.C")
    with pytest.raises(RuleViolation, match="almeno 10 caratteri"):
        check_reason("   Neve      ")


def test_whoever_takes_a_place_has_it_and_nothing_else_changes() -> None:
    assert FACTS.with_substitute(2, 9) == replace(FACTS, trainers=(1, 9))
    assert FACTS.with_substitute(3, 9) == replace(FACTS, tutors=(9,))
    assert Change(VariationKind.STAFF, 1, "", FACTS, FACTS.with_substitute(2, 9)).staff == {1, 2, 3, 9}  # fmt: skip
    assert Change(VariationKind.ADDED, None, "", None, FACTS).staff == {1, 2, 3}


def test_each_side_says_what_differs() -> None:
    names = Names({1: "Rossa Ada", 9: "Bruna Ida"}, {7: "Todi, Sala", 8: "Todi, Aula"})
    other = replace(FACTS, breaks=(PAUSE,), venue=8, trainers=(1, 9), tutors=())
    lines = change_lines(
        [
            Change(VariationKind.MOVED, 3, "", FACTS, other),
            Change(VariationKind.ADDED, None, "", None, other),
            Change(VariationKind.STAFF, 1, "", FACTS, FACTS.with_substitute(1, 9)),
        ],
        names,
    )
    when = "04/02/2015, 09:00–13:00"
    assert lines == [
        ("Lezione 3", f"{when}; Todi, Sala; docente Rossa Ada, –; tutor –",
         f"{when}; pausa 10:00–10:15; Todi, Aula; docente Rossa Ada, Bruna Ida; tutor –"),
        ("Lezione in più", "", f"{when}; pausa 10:00–10:15; Todi, Aula; docente Rossa Ada, Bruna Ida"),
        ("Lezione 1", f"{when}; docente Rossa Ada, –", f"{when}; docente Bruna Ida, –"),
    ]  # fmt: skip
