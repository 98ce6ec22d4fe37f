# SPDX-License-Identifier: AGPL-3.0-or-later
"""The times of a platform's log."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.log_times import read_moment
from app.domain.timetable import ROME

SIX_NOVEMBER = date(2014, 11, 6)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2014-11-06 09:05:07",
        "2014-11-06T09:05:07",
        "2014-11-06T09:05:07+01:00",
        "2014-11-06T08:05:07Z",
        "2014-11-06t08:05:07.123456z",
        "2014-11-06 08:05:07 UTC",
        "2014-11-06 08:05:07 GMT",
        "2014-11-06 10:05:07 GMT+0200",
        "2014-11-06 04:35:07 -03:30",
        "2014/11/06 09:05:07",
        "06/11/2014 09:05:07",
        "6/11/2014 9:05:07",
        "6/11/14, 9:05:07",
        "06-11-2014 09.05.07",
        "06.11.2014 09:05:07",
        "11/06/2014 09:05:07 AM",
        "11/6/2014, 9:05:07 AM",
        "11/6/14, 9:05:07\u202fAM",
        "06/11/2014 09:05:07 AM",
        "11/6/2014, 9:05:07 a.m.",
        "\u200e11\u200e/\u200e6\u200e/\u200e2014\u200e 9:05:07 AM",
        "9:05:07",
        "09.05.07",
        "9:05:07 am",
        "  09:05:07\t",
    ],
)
def test_one_moment_in_many_ways(text: str) -> None:
    found = read_moment(text, SIX_NOVEMBER, ROME)
    assert found == utc("2014-11-06T08:05:07")
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("12:00 AM", "2014-11-05T23:00"),
        ("12:30 AM", "2014-11-05T23:30"),
        ("12:00 PM", "2014-11-06T11:00"),
        ("1:00 PM", "2014-11-06T12:00"),
        ("11:59 PM", "2014-11-06T22:59"),
        ("13:00 PM", "2014-11-06T12:00"),
        ("00:15 AM", "2014-11-05T23:15"),
    ],
)
def test_halves_of_the_day(text: str, clock: str) -> None:
    assert read_moment(text, SIX_NOVEMBER, ROME) == utc(clock)


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("05/06/2015 10:00", date(2015, 6, 5), "2015-06-05T08:00"),
        ("05/06/2015 10:00", date(2015, 5, 6), "2015-05-06T08:00"),
        ("05/06/2015 10:00 AM", date(2015, 6, 5), "2015-06-05T08:00"),
        ("06/06/2015 10:00", date(2015, 6, 6), "2015-06-06T08:00"),
        ("13/05/2015 10:00", date(2015, 5, 13), "2015-05-13T08:00"),
        ("05/13/2015 10:00", date(2015, 5, 13), "2015-05-13T08:00"),
        # the night after and the evening before
        ("07/11/2014 00:10", SIX_NOVEMBER, "2014-11-06T23:10"),
        ("05/11/2014 23:55", SIX_NOVEMBER, "2014-11-05T22:55"),
        ("01/12/2014 00:10", date(2014, 11, 30), "2014-11-30T23:10"),
    ],
)
def test_the_lesson_tells_day_from_month(text: str, day: date, moment: str) -> None:
    assert read_moment(text, day, ROME) == utc(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "presente",
        "=NOW()",
        "9",
        "24:00",
        "9:60",
        "9:00:60",
        "13:00 AM",
        "31/02/2014 09:00",
        "99/99/2014 09:00",
        "2014-13-45 09:00",
        "06/11-2014 09:00",
        "٠٩:٠٠",
        "09:00 domani",
        "9" * 400,
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(RuleViolation, match="non è una data e ora riconoscibile"):
        read_moment(text, SIX_NOVEMBER, ROME)


@pytest.mark.parametrize(
    "text", ["08/11/2014 09:00", "2014-11-04 23:59", "06/11/2015 09:00", "0001-01-01 00:00"]
)
def test_another_day_is_another_lesson(text: str) -> None:
    with pytest.raises(RuleViolation, match=r"non è del giorno della lezione \(06/11/2014\)"):
        read_moment(text, SIX_NOVEMBER, ROME)


@pytest.mark.parametrize(
    ("text", "day", "after", "moment"),
    [
        # an exit after midnight, with the time alone
        ("00:10", SIX_NOVEMBER, "2014-11-06T22:00", "2014-11-06T23:10"),
        ("23:30", SIX_NOVEMBER, "2014-11-06T22:00", "2014-11-06T22:30"),
        ("23:00", SIX_NOVEMBER, "2014-11-06T22:00", "2014-11-06T22:00"),
        # winter time comes back on 26 October 2014: 02:30 is twice
        ("02:30", date(2014, 10, 26), "2014-10-25T23:00", "2014-10-26T00:30"),
        ("02:30", date(2014, 10, 26), "2014-10-26T00:45", "2014-10-26T01:30"),
        ("26/10/2014 02:30", date(2014, 10, 26), "2014-10-26T00:45", "2014-10-26T01:30"),
        ("03:30", date(2014, 10, 26), "2014-10-25T23:00", "2014-10-26T02:30"),
        # summer time begins on 29 March 2015: from 02:00 to 03:00
        ("03:00", date(2015, 3, 29), "2015-03-29T00:30", "2015-03-29T01:00"),
    ],
)
def test_exits_come_after_entries(text: str, day: date, after: str, moment: str) -> None:
    assert read_moment(text, day, ROME, after=utc(after)) == utc(moment)


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(RuleViolation, match=r"Le 02:30 del 29/03/2015 non esistono"):
        read_moment("02:30", date(2015, 3, 29), ROME)


@given(
    st.integers(0, 63_000_000).map(lambda s: utc("2014-01-01") + timedelta(seconds=s)),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%H.%M.%S"]),
)
def test_every_moment_is_read_back(moment: datetime, form: str) -> None:
    local = moment.astimezone(ROME)
    after = moment - timedelta(minutes=1)  # tells the second 02:30 of October from the first
    assert read_moment(local.strftime(form), local.date(), ROME, after=after) == moment
