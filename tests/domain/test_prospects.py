# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can she still make it: states, the lesson that decides, and a brute-force oracle."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import meets
from app.domain.enrolment import EnrolmentState, outcome
from app.domain.prospects import LessonOutlook, Prospect, ProspectState, prospect, why

FIRST = datetime(2015, 5, 5, 7, tzinfo=UTC)
REACHED, ON_TRACK = ProspectState.REACHED, ProspectState.ON_TRACK
AT_RISK, IMPOSSIBLE = ProspectState.AT_RISK, ProspectState.IMPOSSIBLE


def course(text: str) -> list[LessonOutlook]:
    """``240:200`` held, 200 counted; ``240`` still to come; ``240+60`` to come, 60 recovered."""
    lessons = []
    for number, part in enumerate(text.split(), 1):
        closed = ":" in part
        planned, _, counted = part.replace("+", ":").partition(":")
        lessons.append(
            LessonOutlook(
                number + 100,
                number,
                FIRST + timedelta(days=7 * (number - 1)),
                int(planned),
                closed,
                int(counted or 0),
            )
        )
    return lessons


@pytest.mark.parametrize(
    ("text", "threshold", "state", "number"),
    [
        # 80 % of 960 is 768
        ("240:240 240:240 240:240 240:48", 80, REACHED, 4),
        ("240:240 240:240 240:240 240:47", 80, IMPOSSIBLE, 4),
        ("240:240 240:240 240:240 240", 80, ON_TRACK, 4),
        ("240:240 240:239 240:240 240", 80, AT_RISK, 4),
        ("240:240 240:240 240 240", 80, ON_TRACK, 3),
        ("240 240 240 240", 80, ON_TRACK, 1),
        ("240:0 240 240 240", 80, IMPOSSIBLE, 1),
        ("240:48 240 240 240", 80, AT_RISK, 2),
        ("240:47 240:240 240:0 240", 80, IMPOSSIBLE, 1),
        ("240:200 240:120 240:206 240", 80, IMPOSSIBLE, 3),
        ("192:192 192:192 192:192 192:192 192", 80, REACHED, 4),
        ("192 192 192 192 192", 80, ON_TRACK, None),
        ("192:0 192 192 192 192", 80, AT_RISK, 2),
        ("192:191 192 192 192 192", 80, AT_RISK, 2),
        ("60:59 60 60 60 60 60 60 240", 80, AT_RISK, 8),
        # the ends of the scale
        ("240 240", 0, ON_TRACK, None),
        ("240:0 240", 0, AT_RISK, 2),
        ("240:1 240", 0, REACHED, 1),
        ("240:0 240:0", 0, IMPOSSIBLE, 2),
        ("240:240 240", 100, ON_TRACK, 2),
        ("240:239 240", 100, IMPOSSIBLE, 1),
        ("240:240 240:240", 100, REACHED, 2),
        ("", 80, IMPOSSIBLE, None),
        ("", 0, IMPOSSIBLE, None),
        # recovered before the page is closed, and more than planned
        ("240:240 240:240 240:240 240+60", 80, REACHED, 4),
        ("100:0 100+100 100:30 100+20", 50, AT_RISK, 4),
        ("100:120 100:40", 80, REACHED, 2),
        ("100:0 100:150", 80, IMPOSSIBLE, 1),
    ],
)
def test_prospects(text: str, threshold: int, state: ProspectState, number: int | None) -> None:
    found = prospect(course(text), threshold)
    assert (found.state, found.deciding and found.deciding.number) == (state, number)


@pytest.mark.parametrize(
    ("text", "missing", "spare", "short"),
    [
        ("240:240 240:240 240:240 240:47", 1, 0, 1),
        ("240:240 240:240 240:240 240", 48, 192, 0),
        ("240:240 240:240 240:240 240:48", 0, 0, 0),
        ("240:0 240:0 240 240", 768, 0, 288),
        ("192 192 192 192 192", 768, 192, 0),
        ("960:800 240", 160, 80, 0),
    ],
)
def test_minutes(text: str, missing: int, spare: int, short: int) -> None:
    found = prospect(course(text), 80)
    assert (found.missing, found.spare, found.short) == (missing, spare, short)


@pytest.mark.parametrize(
    ("text", "threshold", "words"),
    [
        ("192 192 192 192 192", 80, "Può ancora assentarsi per 3 h 12 min al massimo."),
        ("240:240 240", 50, "Soglia raggiunta con la lezione 1 del 05/05/2015."),
        (
            "240:240 240:240 240:240 240",
            80,
            "Non deve mancare alla lezione 4 del 26/05/2015: può assentarsi per 3 h 12 min al massimo.",
        ),
        (
            "240:48 240 240 240",
            80,
            "Non può più perdere neanche un minuto, a cominciare dalla lezione 2 del 12/05/2015.",
        ),
        (
            "240:0 240 240 240",
            80,
            "Soglia non più raggiungibile dopo la lezione 1 del 05/05/2015: senza altre assenze "
            "resterebbe comunque sotto di 48 min.",
        ),
        (
            "240:240 240:0",
            80,
            "Soglia mancata di 2 h 24 min: non era più raggiungibile dopo la lezione 2 del "
            "12/05/2015.",
        ),
        ("", 80, "Nessuna lezione in calendario: la soglia non si può calcolare."),
    ],
)
def test_the_sentence(text: str, threshold: int, words: str) -> None:
    assert str(why(prospect(course(text), threshold))) == words


PARTS = st.tuples(st.integers(1, 5), st.booleans(), st.integers(0, 5))
COURSES = st.lists(PARTS, max_size=5)


def lessons_of(parts: list[tuple[int, bool, int]]) -> list[LessonOutlook]:
    return [
        LessonOutlook(n, n, FIRST, planned, closed, min(counted, planned) if closed else 0)
        for n, (planned, closed, counted) in enumerate(parts, 1)
    ]


def passes(lessons: list[LessonOutlook], attended: list[int], threshold: int) -> bool:
    counted = sum(attended)
    planned = sum(lesson.planned for lesson in lessons)
    return outcome(counted, planned, threshold) is EnrolmentState.COMPLETED


def by_hand(lessons: list[LessonOutlook], threshold: int) -> Prospect | ProspectState:
    """Every way of attending the remaining lessons, minute by minute."""
    ways = [[lesson.counted] if lesson.closed else range(lesson.planned + 1) for lesson in lessons]
    results = [(way, passes(lessons, list(way), threshold)) for way in product(*ways)]
    if all(passed for _, passed in results):
        return REACHED
    if not any(passed for _, passed in results):
        return IMPOSSIBLE
    for index, lesson in enumerate(lessons):
        without = [passed for way, passed in results if way[index] == 0]
        if not lesson.closed and not any(without):
            lost = any(one.closed and one.counted < one.planned for one in lessons)
            return AT_RISK if lost else ON_TRACK
    return ON_TRACK


@given(COURSES, st.integers(0, 100))
def test_states_agree_with_trying_everything(
    parts: list[tuple[int, bool, int]], threshold: int
) -> None:
    lessons = lessons_of(parts)
    assert prospect(lessons, threshold).state is by_hand(lessons, threshold)


@given(COURSES, st.integers(0, 100))
def test_the_deciding_lesson_is_the_turning_point(
    parts: list[tuple[int, bool, int]], threshold: int
) -> None:
    lessons = lessons_of(parts)
    found = prospect(lessons, threshold)
    if found.deciding is None:
        assert found.state is ON_TRACK or not lessons
        return
    place = found.deciding.number

    def seen(up_to: int) -> list[LessonOutlook]:
        """The same course with every lesson after the one named still to come."""
        return [
            lesson
            if lesson.number <= up_to
            else LessonOutlook(lesson.number, lesson.number, FIRST, lesson.planned, False)
            for lesson in lessons
        ]

    if found.state in {AT_RISK, ON_TRACK}:
        missed = [
            LessonOutlook(place, place, FIRST, lesson.planned, True, 0)
            if lesson.number == place
            else lesson
            for lesson in lessons
        ]
        assert not found.deciding.closed
        assert prospect(missed, threshold).state is IMPOSSIBLE
    else:
        assert prospect(seen(place), threshold).state is found.state
        assert prospect(seen(place - 1), threshold).state is not found.state


@given(COURSES, st.integers(0, 100))
def test_the_sentence_always_has_its_values(
    parts: list[tuple[int, bool, int]], threshold: int
) -> None:
    lessons = lessons_of(parts)
    found = prospect(lessons, threshold)
    assert "%" not in str(why(found))
    if not any(lesson.still_open for lesson in lessons) and found.counted:
        assert (found.state is REACHED) is meets(found.counted, found.planned, threshold)
