# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for a correction and deciding it: two keys, one page, nothing in between."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import Interval, Presence
from app.domain.book import mark_words
from app.domain.corrections import (
    MOST_HEADS,
    Part,
    RequestRefused,
    check_ask,
    check_decide,
    check_heads,
    check_mark,
    check_topic,
    read_mark,
)
from app.domain.errors import RuleViolation
from app.domain.register import SheetState
from app.domain.timetable import ROME, Window
from app.domain.vocabulary import CorrectionState

PRESENT, ABSENT, JUSTIFIED = Presence.PRESENT, Presence.ABSENT, Presence.JUSTIFIED
TEN = "dieci car."
NINE = "nove car."


def rome(clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(2014, 11, 6, hour, minute, tzinfo=ROME)


LESSON = Window(rome("9:00"), rome("13:00"))


def stay(entered: str, left: str | None) -> Interval:
    return Interval(rome(entered), rome(left) if left else None)


ASKED = {
    "state": SheetState.CLOSED,
    "reported": False,
    "pending": False,
    "old": "absent",
    "new": "present 08:00Z-12:00Z",
    "reason": TEN,
}


def test_a_request_with_a_reason_about_a_closed_page_is_taken():
    assert len(TEN) == 10
    check_ask(**ASKED)


@pytest.mark.parametrize(
    ("change", "part", "words"),
    [
        ({"state": SheetState.NOT_OPEN}, Part.PAGE, "non è chiuso"),
        ({"state": SheetState.OPEN}, Part.PAGE, "non è chiuso"),
        ({"state": SheetState.REOPENED}, Part.PAGE, "non è chiuso"),
        ({"reported": True}, Part.PAGE, "rendicontato"),
        ({"pending": True}, Part.PAGE, "C'è già una rettifica da decidere"),
        ({"new": "absent"}, Part.VALUE, "uguale a quello attuale"),
        ({"reason": NINE}, Part.REASON, "almeno 10 caratteri"),
        ({"reason": f"  {NINE}  "}, Part.REASON, "almeno 10 caratteri"),
        ({"reason": ""}, Part.REASON, "almeno 10 caratteri"),
    ],
)
def test_a_request_is_refused_beside_what_is_wrong_with_it(change, part, words):
    with pytest.raises(RequestRefused, match=words) as refused:
        check_ask(**{**ASKED, **change})
    assert refused.value.part is part


@pytest.mark.parametrize(
    ("status", "stays", "words"),
    [
        (PRESENT, [stay("9:00", "13:00")], None),
        (PRESENT, [stay("9:00", "11:00"), stay("11:30", "13:00")], None),
        (ABSENT, [], None),
        (JUSTIFIED, [], None),
        (ABSENT, [stay("9:00", "13:00")], "non ha orari"),
        (PRESENT, [], "almeno un'ora di entrata"),
        (PRESENT, [stay("8:59", "13:00")], "prima dell'inizio"),
        (PRESENT, [stay("9:00", "13:01")], "dopo la fine"),
        (PRESENT, [stay("9:00", "11:00"), stay("10:59", "13:00")], "prima dell'uscita"),
        (PRESENT, [stay("11:00", "11:00")], "stessa ora"),
    ],
)
def test_the_new_mark_agrees_with_itself_and_with_the_lesson(status, stays, words):
    if words is None:
        check_mark(status, stays, LESSON)
        return
    with pytest.raises(RequestRefused, match=words) as refused:
        check_mark(status, stays, LESSON)
    assert refused.value.part is Part.VALUE


@pytest.mark.parametrize(
    ("topic", "good"), [("URP", True), ("UR", False), (" UR ", False), ("", False)]
)
def test_a_topic_says_something(topic, good):
    if good:
        check_topic(topic)
        return
    with pytest.raises(RequestRefused, match="argomento"):
        check_topic(topic)


@pytest.mark.parametrize(
    ("heads", "good"),
    [(0, True), (MOST_HEADS, True), (-1, False), (MOST_HEADS + 1, False), (None, False)],
)
def test_heads_are_a_number_of_people(heads, good):
    if good:
        check_heads(heads)
        return
    with pytest.raises(RequestRefused, match="quante persone"):
        check_heads(heads)


DECIDED = {
    "state": CorrectionState.ASKED,
    "page": SheetState.CLOSED,
    "approves": True,
    "note": "",
    "asker": False,
    "staff": False,
    "concerned": False,
    "coordinator": False,
    "reported": False,
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"approves": False, "note": TEN}, None),
        ({"approves": False, "note": NINE}, "Per respingere scrivere il motivo"),
        ({"approves": False, "note": f" {NINE} "}, "Per respingere scrivere il motivo"),
        ({"state": CorrectionState.APPROVED}, "già stata decisa"),
        ({"state": CorrectionState.REJECTED}, "già stata decisa"),
        ({"page": SheetState.REOPENED}, "riaperto"),
        ({"page": SheetState.REOPENED, "approves": False, "note": TEN}, None),
        ({"asker": True}, "Chi ha chiesto"),
        ({"staff": True}, "docente o tutor della lezione"),
        ({"concerned": True}, "propria presenza"),
        ({"asker": True, "coordinator": True}, "Chi ha chiesto"),
        ({"staff": True, "coordinator": True}, "docente o tutor della lezione"),
        ({"concerned": True, "coordinator": True}, "propria presenza"),
        ({"asker": True, "approves": False, "note": TEN}, "Chi ha chiesto"),
        ({"reported": True}, "decide solo il coordinatore"),
        ({"reported": True, "coordinator": True}, None),
    ],
)
def test_the_second_key_is_somebody_else_s(change, words):
    if words is None:
        check_decide(**{**DECIDED, **change})
        return
    with pytest.raises(RuleViolation, match=words):
        check_decide(**{**DECIDED, **change})


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("absent", rome("9:00"), (ABSENT, [])),
        ("justified", rome("9:00"), (JUSTIFIED, [])),
        ("present 08:00Z-12:00Z", rome("9:00"), (PRESENT, [("9:00", "13:00")])),
        ("present 08:00Z-", rome("9:00"), (PRESENT, [("9:00", None)])),
        (
            "present 08:00Z-10:00Z 10:30Z-12:00Z",
            rome("9:00"),
            (PRESENT, [("9:00", "11:00"), ("11:30", "13:00")]),
        ),
    ],
)
def test_a_kept_mark_is_read_on_the_lesson_s_day(text, start, expected):
    status, stays = read_mark(text, start)
    assert status is expected[0]
    assert stays == [stay(*times) for times in expected[1]]


def test_a_lesson_over_midnight_in_utc_is_read_as_it_was():
    start = datetime(2015, 6, 10, 0, 30, tzinfo=ROME)  # 22:30 in UTC, the day before
    _status, stays = read_mark("present 22:30Z-02:30Z", start)
    assert stays == [Interval(start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=4))]


YEARS = (datetime(2014, 8, 1), datetime(2015, 12, 31))  # noqa: DTZ001 - hypothesis takes them so
STARTS = st.datetimes(*YEARS).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


@given(STARTS, st.lists(st.integers(0, 719), min_size=2, max_size=12, unique=True))
def test_what_is_kept_reads_back_the_same_on_every_day_of_the_year(start, minutes):
    moments = [start + timedelta(minutes=m) for m in sorted(minutes)]
    stays = [Interval(*pair) for pair in zip(moments[::2], moments[1::2], strict=False)]
    assert read_mark(mark_words(PRESENT, stays), start) == (PRESENT, stays)
