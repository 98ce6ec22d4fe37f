# SPDX-License-Identifier: AGPL-3.0-or-later
"""A platform's log read: formats, bad lines, one person's connections."""

import codecs
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import Interval
from app.domain.attendance_log import (
    Log,
    LoggedPerson,
    LogLine,
    decode,
    name_key,
    people_of,
    read_log,
)
from app.domain.errors import RuleViolation
from app.domain.log_formats import MOST_LINES
from app.domain.timetable import ROME, clock_text

DAY = date(2014, 11, 6)

ZOOM = """\
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 3456 7890,Lingua e accoglienza,11/06/2014 08:50:12 AM,11/06/2014 01:02:40 PM,aula@trustus.example,253,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
Maria Fontebella (Maria),maria.fontebella@perugia.example,11/06/2014 08:58:01 AM,11/06/2014 10:15:00 AM,77,No,
Maria Fontebella,maria.fontebella@perugia.example,11/06/2014 10:15:40 AM,11/06/2014 01:00:00 PM,165,No,
"Collechiaro, Luca (Ospite)",,11/06/2014 09:30:00 AM,11/06/2014 12:00:00 PM,150,Yes,
"""
ZOOM_ITALIAN = """\
Argomento,Digita,ID,Nome organizzatore,E-mail organizzatore,Ora di inizio,Ora di fine,Partecipanti,Durata (minuti),Nome (nome originale),E-mail,Ora di ingresso,Ora di uscita,Durata (minuti),Guest,In sala d’attesa
Lingua,Riunione,812 3456 7890,Aula,aula@trustus.example,06/11/2014 08:50:12 AM,06/11/2014 01:02:40 PM,2,253,Maria Fontebella,maria.fontebella@perugia.example,06/11/2014 08:58:01 AM,06/11/2014 10:15:00 AM,77,No,No
Lingua,Riunione,812 3456 7890,Aula,aula@trustus.example,06/11/2014 08:50:12 AM,06/11/2014 01:02:40 PM,2,253,Luca Collechiaro (Host),,06/11/2014 09:30:00 AM,06/11/2014 12:00:00 PM,150,Sì,No
"""
ZOOM_WITH_HOST = """\
Topic,Start Time,End Time,User Email,Duration (Minutes),Name (Original Name),User Email,Join Time,Leave Time
Lingua,11/06/2014 08:50:12 AM,11/06/2014 01:02:40 PM,aula@trustus.example,253,Maria Fontebella,maria.fontebella@perugia.example,11/06/2014 08:58:01 AM,11/06/2014 10:15:00 AM
Lingua,11/06/2014 08:50:12 AM,11/06/2014 01:02:40 PM,aula@trustus.example,253,Luca Collechiaro,,11/06/2014 09:30:00 AM,11/06/2014 12:00:00 PM
"""
TEAMS_EVENTS = """\
Full Name\tUser Action\tTimestamp
Maria Fontebella\tJoined\t11/6/2014, 8:58:01 AM
Maria Fontebella\tLeft\t11/6/2014, 10:15:00 AM
Maria Fontebella\tJoined\t11/6/2014, 10:15:40 AM
Luca Collechiaro (Guest)\tJoined before\t11/6/2014, 9:30:00 AM
Luca Collechiaro (Guest)\tLeft\t11/6/2014, 12:00:00 PM
"""
TEAMS_EVENTS_ITALIAN = """\
Nome completo\tAzione dell'utente\tTimestamp
Maria Fontebella\tHa partecipato\t6/11/2014, 08:58:01
Maria Fontebella\tHa abbandonato\t6/11/2014, 10:15:00
Luca Collechiaro\tÈ entrato\t6/11/2014, 09:30:00
Luca Collechiaro\tÈ uscito\t6/11/2014, 12:00:00
"""
TEAMS_SECTIONS = """\
1. Summary
Meeting title\tLingua e accoglienza
Attended participants\t2
Start time\t11/6/14, 8:50:12 AM

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Maria Fontebella\t11/6/14, 8:58:01 AM\t11/6/14, 1:00:00 PM\t4h 1m\tmaria.fontebella@perugia.example\tmaria.fontebella@perugia.example\tPresenter
Luca Collechiaro (Unverified)\t11/6/14, 9:30:00 AM\t11/6/14, 12:00:00 PM\t2h 30m\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Maria Fontebella\t11/6/14, 8:58:01 AM\t11/6/14, 10:15:00 AM\t1h 16m 59s\tmaria.fontebella@perugia.example\tPresenter
Maria Fontebella\t11/6/14, 10:15:40 AM\t11/6/14, 1:00:00 PM\t2h 44m 20s\tmaria.fontebella@perugia.example\tPresenter
Luca Collechiaro (Unverified)\t11/6/14, 9:30:00 AM\t11/6/14, 12:00:00 PM\t2h 30m\t\tAttendee

4. Reactions
thumbs up\t3
"""
MEET = """\
First name,Last name,Email,Duration,Time joined,Time exited
Maria,Fontebella,maria.fontebella@perugia.example,4 hr 2 min,8:58 AM,1:00 PM
Luca,Collechiaro,,2 hr 30 min,9:30 AM,12:00 PM
"""
WEBEX = '''\
"Attendee Name","Attendee Email","Join Time","Leave Time","Attendance Duration"
"Maria Fontebella","maria.fontebella@perugia.example",="2014-11-06 08:58:01","=""2014-11-06 13:00:00""","242 mins"
"Luca Collechiaro","","2014-11-06 09:30:00","2014-11-06 12:00:00","150 mins"
'''
GENERIC = """\
sep=;
Uscita;Cognome;E-mail;Entrata;Nome
13:00;Fontebella;maria.fontebella@perugia.example;08:58;Maria
12.00;Collechiaro;;9.30;Luca
"""
TWICE_A_DAY = """\
Data,Nome e cognome,Entrata,Uscita,Entrata,Uscita
06/11/2014,Maria Fontebella,09:00,11:00,11:30,13:00
06/11/2014,Luca Collechiaro,09:30,12:00,,
"""


def told(text: str, day: date = DAY) -> list[str]:
    """Each line as ``name email HH:MM-HH:MM``."""
    log = read_log(text, day)
    assert not log.problems
    return [
        f"{line.name} {line.email.partition('@')[0]} {clock_text(line.entered)}-"
        f"{clock_text(line.left) if line.left else ''}"
        for line in log.lines
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            ZOOM,
            [
                "Maria Fontebella maria.fontebella 08:58-10:15",
                "Maria Fontebella maria.fontebella 10:15-13:00",
                "Collechiaro, Luca  09:30-12:00",
            ],
        ),
        (
            ZOOM_ITALIAN,
            [
                "Maria Fontebella maria.fontebella 08:58-10:15",
                "Luca Collechiaro  09:30-12:00",
            ],
        ),
        (
            ZOOM_WITH_HOST,
            [
                "Maria Fontebella maria.fontebella 08:58-10:15",
                "Luca Collechiaro  09:30-12:00",
            ],
        ),
        (
            TEAMS_EVENTS,
            [
                "Maria Fontebella  08:58-10:15",
                "Maria Fontebella  10:15-",
                "Luca Collechiaro  09:30-12:00",
            ],
        ),
        (
            TEAMS_EVENTS_ITALIAN,
            ["Maria Fontebella  08:58-10:15", "Luca Collechiaro  09:30-12:00"],
        ),
        (
            TEAMS_SECTIONS,
            [
                "Maria Fontebella maria.fontebella 08:58-10:15",
                "Maria Fontebella maria.fontebella 10:15-13:00",
                "Luca Collechiaro  09:30-12:00",
            ],
        ),
        (
            MEET,
            ["Maria Fontebella maria.fontebella 08:58-13:00", "Luca Collechiaro  09:30-12:00"],
        ),
        (
            WEBEX,
            ["Maria Fontebella maria.fontebella 08:58-13:00", "Luca Collechiaro  09:30-12:00"],
        ),
        (
            GENERIC,
            ["Maria Fontebella maria.fontebella 08:58-13:00", "Luca Collechiaro  09:30-12:00"],
        ),
        (
            TWICE_A_DAY,
            [
                "Maria Fontebella  09:00-11:00",
                "Maria Fontebella  11:30-13:00",
                "Luca Collechiaro  09:30-12:00",
            ],
        ),
        ("nome,entrata\nMaria,09:00\n", ["Maria  09:00-"]),
        ("email\tentrata\nM@x.example\t09:00\n", [" M 09:00-"]),
    ],
    ids=[
        "zoom",
        "zoom-italian",
        "zoom-with-host",
        "teams-events",
        "teams-events-italian",
        "teams-sections",
        "meet",
        "webex",
        "generic",
        "twice-a-day",
        "only-names",
        "only-emails",
    ],
)
def test_formats_met_in_practice(text: str, lines: list[str]) -> None:
    assert told(text) == lines
    assert told(text.replace("\n", "\r\n")) == lines


def test_the_number_of_a_line_is_that_of_the_file() -> None:
    assert [line.number for line in read_log(ZOOM, DAY).lines] == [5, 6, 7]


def test_a_file_may_hold_several_tables() -> None:
    assert len(told(TEAMS_EVENTS + "\n" + TEAMS_EVENTS)) == 6


def test_a_summary_is_used_with_a_warning_when_nothing_better_is_there() -> None:
    log = read_log(TEAMS_SECTIONS.partition("3. In-Meeting")[0], DAY)
    assert [clock_text(line.entered) for line in log.lines] == ["08:58", "09:30"]
    assert [clock_text(line.left) for line in log.lines if line.left] == ["13:00", "12:00"]
    assert [(p.number, "interruzioni" in str(p.sentence)) for p in log.problems] == [(7, True)]


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + TEAMS_EVENTS_ITALIAN.encode(),
        codecs.BOM_UTF16_LE + TEAMS_EVENTS_ITALIAN.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEAMS_EVENTS_ITALIAN.encode("utf-16-be"),
        TEAMS_EVENTS_ITALIAN.encode(),
        TEAMS_EVENTS_ITALIAN.encode("cp1252"),
    ],
    ids=["utf-8-bom", "utf-16-le", "utf-16-be", "utf-8", "cp1252"],
)
def test_decoding(raw: bytes) -> None:
    assert decode(raw) == TEAMS_EVENTS_ITALIAN


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(raw: bytes) -> None:
    log = read_log(decode(b"nome,entrata,uscita\n" + raw), DAY)
    last = raw.count(b"\n") + raw.count(b"\r") + 2
    assert all(1 < problem.number <= last for problem in log.problems)
    with pytest.raises(RuleViolation):
        read_log(decode(raw), DAY)


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "Maria",
                    "09:00",
                    "10:00",
                    "",
                    '"',
                    "=1+1",
                    "\x00",
                    "x@y.example",
                    "Left",
                    "Joined",
                ]
            ),
            max_size=5,
        ),
        max_size=8,
    ),
    st.sampled_from(
        ["nome,email,entrata,uscita", "nome,azione,timestamp", "nome,primo accesso,ultima uscita"]
    ),
)
def test_every_line_is_used_or_explained(rows: list[list[str]], header: str) -> None:
    lines = [",".join(row) for row in rows]
    log = read_log("\n".join([header, *lines]), DAY)
    filled = {n for n, line in enumerate(lines, 2) if line.replace("\x00", "").strip(',"')}
    exits = {n for n, line in enumerate(lines, 2) if "Left" in line}
    spoken = {line.number for line in log.lines} | {p.number for p in log.problems}
    assert filled - exits <= spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "vuoto"),
        ("\ufeff\r\n \n", "vuoto"),
        ("garbage", "non si riconoscono le colonne"),
        ("nome;cognome\nMaria;Fontebella", "non si riconoscono le colonne"),
        ("entrata;uscita\n09:00;10:00", "non si riconoscono le colonne"),
        ("nome;azione\nMaria;Joined", "non si riconoscono le colonne"),
        ("%PDF-1.7\x00\x01\x02", "non si riconoscono le colonne"),
        ("nome,entrata\n" + "Maria,09:00\n" * MOST_LINES, "più di 20000 righe"),
        ("\n" * 100_000, "più di 20000 righe"),
    ],
)
def test_files_that_are_no_log(text: str, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        read_log(text, DAY)


def test_as_many_lines_as_allowed() -> None:
    text = "nome,entrata\r\n" + "Maria,09:00\r\n" * (MOST_LINES - 1)
    assert len(read_log(text, DAY).lines) == MOST_LINES - 1


HUGE = "M" * 501


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",,09:00,10:00", "Mancano il nome e l'e-mail"),
        ("(Host),,09:00,10:00", None),
        ("...,niente,09:00,10:00", "Mancano il nome e l'e-mail"),
        ("Maria,,,10:00", "Manca l'ora di entrata"),
        ("Maria,,,", "Manca l'ora di entrata"),
        ("Maria", "Manca l'ora di entrata"),
        ("Maria,,=1+1,10:00", "«=1+1» non è una data e ora"),
        ("Maria,,09:00,05/11/2014 08:00", "L'uscita viene prima dell'entrata"),
        ("Maria,,09/11/2014 09:00,", "non è del giorno della lezione"),
        (f"{HUGE},,09:00,10:00", "più di 500 caratteri"),
        ("M" * 500 + ",,09:00,10:00", None),
        ("Maria,," + "9" * 30_000 + ",", "La riga è troppo lunga"),
        ('=HYPERLINK("x"),,09:00,10:00', None),
        ("@SUM(A1),+39,09:00,10:00", None),
        ("Ma\x00ria,,09\x00:00,10:00", None),
        ('"Maria,,09:00,10:00', "Manca l'ora di entrata"),
    ],
)
def test_hostile_and_broken_lines(row: str, words: str | None) -> None:
    log = read_log(f"nome,email,entrata,uscita\n{row}\nLuca,,09:00,10:00\n", DAY)
    assert log.lines[-1].name == "Luca"
    if words is None:
        assert (len(log.lines), log.problems) == (2, ())
    else:
        assert [problem.number for problem in log.problems] == [2]
        assert words in str(log.problems[0].sentence)


def test_a_line_too_long_before_the_table_is_none_of_ours() -> None:
    assert told("x" * 30_000 + "\nnome,entrata\nMaria,09:00") == ["Maria  09:00-"]


@pytest.mark.parametrize(
    ("events", "stays", "problems"),
    [
        ("J9:00 L10:00 J11:00 L12:00", "9:00-10:00 11:00-12:00", []),
        ("J9:00 J9:10 L10:00 L10:30", "9:00-10:30", []),
        ("J9:00", "9:00-", []),
        ("J9:00 L9:00 J10:00 L11:00", "10:00-11:00", []),
        ("J9:00 J9:30 L10:00", "9:00-", []),
        ("L9:00 J9:30 L10:00", "9:30-10:00", [2]),
        ("J9:30 L9:00 L10:00", "9:30-10:00", [3]),
        ("J9:00 ?9:30 L10:00", "9:00-10:00", [3]),
        ("J9:00 Lmai L10:00", "9:00-10:00", [3]),
    ],
)
def test_pairing_events(events: str, stays: str, problems: list[int]) -> None:
    actions = {"J": "Joined", "L": "Left", "?": "Waved"}
    rows = [f"Maria\t{actions[event[0]]}\t{event[1:]}" for event in events.split()]
    log = read_log("\n".join(["Full Name\tUser Action\tTimestamp", *rows]), DAY)
    assert clocks(people_of(log.lines)[0]) == stays
    assert [problem.number for problem in log.problems] == problems


def test_an_exit_ends_the_oldest_entry() -> None:
    rows = ["Full Name\tUser Action\tTimestamp"]
    rows += [f"Maria\t{event}" for event in ("Joined\t9:00", "Joined\t9:10", "Left\t10:00")]
    assert told("\n".join(rows)) == ["Maria  09:00-10:00", "Maria  09:10-"]


def clocks(person: LoggedPerson) -> str:
    def clock(moment: datetime) -> str:
        local = moment.astimezone(ROME)
        return f"{local.hour}:{local:%M}" + (f":{local:%S}" if local.second else "")

    return " ".join(f"{clock(s.entered)}-{clock(s.left) if s.left else ''}" for s in person.stays)


@pytest.mark.parametrize(
    ("rows", "stays"),
    [
        ("9:00-10:00 10:00:01-11:00", "9:00-11:00"),
        ("9:00-10:00 10:00:59-11:00", "9:00-11:00"),
        ("9:00-10:00 10:01:00-11:00", "9:00-10:00 10:01-11:00"),
        ("9:00-11:00 9:30-12:00 9:10-9:20", "9:00-12:00"),
        ("9:00-9:00 10:00-11:00", "10:00-11:00"),
        ("22:00-23:30 23:30:30-00:30", "22:00-0:30"),
        ("9:00- 8:00-8:30", "8:00-8:30 9:00-"),
    ],
)
def test_connections_become_stays(rows: str, stays: str) -> None:
    lines = ["nome,entrata,uscita", *("Maria," + row.replace("-", ",") for row in rows.split())]
    (person,) = people_of(read_log("\n".join(lines), DAY).lines)
    assert clocks(person) == stays
    assert len(person.numbers) == len(rows.split())


@pytest.mark.parametrize(
    ("day", "row", "minutes"),
    [
        (date(2014, 10, 26), "01:00,04:00", 240),
        (date(2014, 10, 26), "02:30,02:10", 40),
        (date(2015, 3, 29), "01:00,04:00", 120),
        (date(2015, 3, 29), "01:59,03:00", 1),
        (date(2014, 11, 6), "23:30,00:30", 60),
        (date(2014, 11, 6), "06/11/2014 23:30,07/11/2014 00:30", 60),
    ],
)
def test_nights(day: date, row: str, minutes: int) -> None:
    (line,) = read_log(f"nome,entrata,uscita\nMaria,{row}", day).lines
    assert line.left is not None
    assert line.left - line.entered == timedelta(minutes=minutes)


def test_an_hour_that_does_not_exist_is_a_problem_of_the_line() -> None:
    log = read_log("nome,entrata,uscita\nMaria,02:30,04:00", date(2015, 3, 29))
    assert not log.lines
    assert "entra l'ora legale" in str(log.problems[0].sentence)


def test_people_are_told_apart_by_email_or_else_by_name() -> None:
    text = """nome,email,entrata,uscita
Maria Fontebella,Maria@perugia.example,09:00,10:00
,maria@PERUGIA.example,10:30,11:00
Nicolò D'Orto,,09:00,10:00
NICOLO\u0300 DORTO (Ospite),,09:30,10:30
Maria Fontebella,,12:00,13:00
"""
    people = people_of(read_log(text, DAY).lines)
    assert [(p.name, p.email, p.numbers, clocks(p)) for p in people] == [
        ("Maria Fontebella", "Maria@perugia.example", (2, 3), "9:00-10:00 10:30-11:00"),
        ("Nicolò D'Orto", "", (4, 5), "9:00-10:30"),
        ("Maria Fontebella", "", (6,), "12:00-13:00"),
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Maria Fontebella (Host) (Ospite)", "maria fontebella"),
        ("Fontebella, Maria", "fontebella maria"),
        ("maria.fontebella", "maria fontebella"),
        ("(iPhone)", "(iphone)"),
        ("Maria)", "maria"),
        ("Maria (x) Fontebella", "maria (x) fontebella"),
        ("Maria" + "()" * 200, "maria"),
        (" ", ""),
    ],
)
def test_names_are_compared_bare(name: str, key: str) -> None:
    assert name_key(name) == key


def test_a_log_without_lines() -> None:
    assert read_log("nome,entrata\n", DAY) == Log((), ())
    assert people_of([]) == []


SECONDS = st.integers(0, 1200)
START = datetime(2014, 11, 6, 8, tzinfo=UTC)


@given(st.lists(st.tuples(SECONDS, SECONDS), min_size=1, max_size=8))
def test_the_total_agrees_with_counting_seconds(spans: list[tuple[int, int]]) -> None:
    lines = [
        LogLine(
            n, "Maria", "", START + timedelta(seconds=min(s)), START + timedelta(seconds=max(s))
        )
        for n, s in enumerate(spans)
    ]
    seconds = sorted({t for s in spans for t in range(min(s), max(s))})
    filled = set(seconds)
    for earlier, later in pairwise(seconds):
        if later - earlier - 1 < 60:
            filled.update(range(earlier, later))
    (person,) = people_of(lines)
    total = sum((stay_length(stay) for stay in person.stays), timedelta(0))
    assert total == timedelta(seconds=len(filled))


def stay_length(stay: Interval) -> timedelta:
    assert stay.left is not None
    return stay.left - stay.entered
