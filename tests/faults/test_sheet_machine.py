# SPDX-License-Identifier: AGPL-3.0-or-later
"""Model and application live the same life of a page, over random sequences of deeds.

``FORPA_SEQUENCES`` says how many, on each engine; the suite runs fewer than a release does.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain import corrections, register
from app.domain.book import page_hash
from app.domain.enrolment import EnrolmentState
from app.domain.roles import Role
from app.domain.vocabulary import StaffRole
from app.models import (
    Course,
    LessonBreak,
    Organisation,
    Person,
    Programme,
    UserAccount,
    Venue,
)
from app.registers import actions as marking
from app.registers.book import actions as reopening
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults import sheet_model as model
from tests.faults.sheet_model import HEADS, LENGTH, PEOPLE, TOPIC, WITHDRAWN, Page, Who
from tests.ledger import arranging, connection
from tests.pages import form

SEQUENCES = int(os.environ.get("FORPA_SEQUENCES", "120"))
STEPS = 14
DEEDS = 9
ROME = ZoneInfo("Europe/Rome")

# The day of a lesson, and the next working day as a calendar on the wall shows it.
DAYS = {
    date(2015, 5, 14): date(2015, 5, 15),  # a Thursday
    date(2015, 5, 15): date(2015, 5, 18),  # a Friday
    date(2015, 4, 30): date(2015, 5, 4),  # before the first of May, a Friday
    date(2015, 6, 1): date(2015, 6, 3),  # before the second of June
}

TRAINER = Who("trainer_alfa", model.TRAINER, staff=True)
TUTOR = Who("tutor_alfa", model.TUTOR, row=1, staff=True)
ORGANISER = Who("organiser_alfa", model.ORGANISER)
TEACHING = Who("teaching_organiser", model.ORGANISER, staff=True)
COORDINATOR = Who("coordinator", model.COORDINATOR)
ENROLLED = Who("enrolled_coordinator", model.COORDINATOR, row=2)
OFFICIAL = Who("participant_alfa", model.OFFICIAL, row=0)
OTHERS = [
    Who(name, model.OTHER)
    for name in ("auditor", "admin", "representative_alfa", "organiser_beta", "trainer_beta")
]
EVERYBODY = [TRAINER, TUTOR, ORGANISER, TEACHING, COORDINATOR, ENROLLED, OFFICIAL, *OTHERS]


BEFORE = datetime(2015, 4, 1, 9, tzinfo=ROME)  # when everybody signs in


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), ROME)


def by(*fit: Who) -> st.SearchStrategy[Who]:
    """Mostly somebody fit for the deed, at times anybody."""
    return st.sampled_from([*fit * (24 // len(fit)), *EVERYBODY])


def mostly(usual, *rare) -> st.SearchStrategy:
    return st.sampled_from([usual] * 10 + list(rare))


MINUTE = st.integers(-2, 18).map(lambda n: n * 15) | st.sampled_from([5, 10, 11, 91, 104, 239, 240])
STAY = st.tuples(MINUTE, st.none() | MINUTE)
STAYS = st.lists(STAY, min_size=1, max_size=2).map(lambda s: tuple(sorted(s, key=lambda x: x[0])))
MARKS = st.one_of(
    st.sampled_from([("present", ((0, None),)), ("absent", ()), ("justified", ()), ("clear", ())]),
    STAYS.map(lambda stays: ("present", stays)),
)
REASONS = mostly("Un segno dimenticato.", "dieci car.", "nove car.", "          ", "")


class Stage:
    """The application, and everybody signed in to it."""

    def __init__(self, app, world, clock) -> None:
        self.app, self.world, self.clock = app, world, clock
        self.deeds: Counter = Counter()
        app.config.update(SESSION_IDLE_MINUTES=10**6, SESSION_ABSOLUTE_HOURS=10**5)
        app.permanent_session_lifetime = timedelta(days=1000)
        with arranging(app) as session:
            programme = session.get_one(Programme, world.programme_id)
            body = session.get_one(Organisation, world.a.delivering_id)
            teacher, enrolled = worlds.make_person("Docente terza"), worlds.make_person("Iscritta")
            teaching = worlds.make_account("docente.terza", teacher)
            worlds.give_role(teaching, Role.ORGANISER, programme, body)
            coordinating = worlds.make_account("iscritta", enrolled)
            worlds.give_role(coordinating, Role.PROGRAMME_COORDINATOR, programme)
            tutor = session.get_one(UserAccount, world.account_ids["tutor_alfa"]).person_id
            gone = worlds.make_person("Ritirata")
            self.trainers = (_person(session, world, "trainer_alfa"), teacher.id)
            self.people = (world.a.person_id, tutor, enrolled.id, gone.id)
            own = {"teaching_organiser": teaching.login, "enrolled_coordinator": coordinating.login}
        logins = {**world.logins, **own}
        self.visitors = {who.name: Visitor(app, logins[who.name]) for who in EVERYBODY}
        self.tokens = {name: visitor.token() for name, visitor in self.visitors.items()}
        self.cookies = {
            name: visitor.client.get_cookie("forpa").value
            for name, visitor in self.visitors.items()
        }

    def restart(self) -> None:
        """Back to the morning of the first signing in: a cookie of later days would not hold."""
        self.clock.move_to(BEFORE)
        for name, visitor in self.visitors.items():
            visitor.client.set_cookie("forpa", self.cookies[name])

    def lesson(self, day: date, grace: int, endorsed: bool) -> tuple[int, int, list[int]]:
        """An edition with one lesson and four people: its id, the lesson's, the enrolments'."""
        with arranging(self.app) as session:
            programme = session.get_one(Programme, self.world.programme_id)
            programme.late_grace_minutes, programme.reported_at = grace, None
            course = session.get_one(Course, self.world.a.course_id)
            body = session.get_one(Organisation, self.world.a.delivering_id)
            home = session.get_one(Organisation, self.world.a.home_id)
            venue = session.query(Venue).first()
            edition = worlds.make_edition(course, body, venue)
            worlds.make_register(edition, endorsed=endorsed)
            start = at(day, 9)
            lesson = worlds.make_lesson(edition, 1, start, planned_minutes=model.PLANNED)
            first, last = model.BREAK.start, model.BREAK.stop
            worlds.add(
                LessonBreak(
                    lesson_id=lesson.id,
                    starts_at=start + timedelta(minutes=first),
                    ends_at=start + timedelta(minutes=last),
                )
            )
            trainer, teacher = (session.get_one(Person, number) for number in self.trainers)
            people = [session.get_one(Person, number) for number in self.people]
            worlds.make_staff(lesson, trainer)
            worlds.make_staff(lesson, teacher, StaffRole.CO_TRAINER)
            worlds.make_staff(lesson, people[1], StaffRole.TUTOR)
            states = {WITHDRAWN: EnrolmentState.WITHDRAWN}
            enrolments = [
                worlds.make_enrolment(
                    edition, person, home, state=states.get(row, EnrolmentState.CONFIRMED)
                ).id
                for row, person in enumerate(people)
            ]
            return edition.id, lesson.id, enrolments

    def send(self, who: Who, path: str, **fields) -> int:
        """Send a form; the status of the answer."""
        sent = {"csrf_token": self.tokens[who.name], **fields}
        return self.visitors[who.name].client.post(path, data=sent).status_code

    def seen(self, lesson_id: int) -> str:
        """What the closing form knows of the marks, as the page has it now; nothing without one."""
        page = self.visitors[TRAINER.name].get(f"/lessons/{lesson_id}/sheet")
        try:
            return form(page, f"/lessons/{lesson_id}/sheet/close")["seen"]
        except AssertionError:
            return "0"


def _person(session, world, name: str) -> int:
    return session.get_one(UserAccount, world.account_ids[name]).person_id


SHEET = text(
    "SELECT s.id, s.state, s.page_version, s.closed_late, s.topic_done, s.heads_counted, "
    "e.state, r.endorsed_at IS NOT NULL, r.endorsement_hash FROM register_sheet s "
    "JOIN lesson l ON l.id = s.lesson_id JOIN edition e ON e.id = l.edition_id "
    "JOIN attendance_register r ON r.edition_id = e.id WHERE l.id = :id"
)
MARKS_STORED = text(
    "SELECT e.enrolment_id, e.status, e.counted_minutes, e.version, i.entered_at, i.left_at "
    "FROM attendance_entry e LEFT JOIN presence_interval i ON i.entry_id = e.id "
    "WHERE e.sheet_id = :id ORDER BY i.entered_at"
)
BOOK = text(
    "SELECT position, kind, version, content, previous_hash, hash FROM book_record "
    "WHERE sheet_id = :id ORDER BY position"
)
REQUESTS = text("SELECT id, state FROM correction WHERE sheet_id = :id ORDER BY id")
OUTCOMES = text("SELECT id, state FROM enrolment WHERE edition_id = :id ORDER BY id")


def deed(**draws: st.SearchStrategy) -> Callable:
    """A deed of the machine, and what is drawn for it."""

    def tag(method: Callable) -> Callable:
        method.draws = st.fixed_dictionaries(draws)
        return method

    return tag


class Machine:
    """One page, from an empty one on, and the deeds done to it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @deed(
        day=st.sampled_from(list(DAYS)),
        grace=st.sampled_from([0, 0, 10]),
        endorsed=st.sampled_from([True] * 4 + [False]),
        come=st.integers(0, 5),
        minute=st.integers(-600, 300),
    )
    def begin(self, day, grace, endorsed, come, minute):
        """The lesson, and how far its page has come when the deeds begin."""
        self.stage.restart()
        self.edition, self.lesson, self.ids = self.stage.lesson(day, grace, endorsed)
        self.path = f"/lessons/{self.lesson}/sheet"
        start = at(day, 9)
        last = at(DAYS[day], 23, 59, 59)
        self.page = Page(start, at(day, 0), last, grace, endorsed)
        self.stored: dict[int, int] = {}
        self.drawn = {row: [(0, 0)] for row in (*PEOPLE, WITHDRAWN)}
        self._go(start + timedelta(minutes=minute))
        if come >= 1:
            self._go(max(self.now, start + timedelta(minutes=5)))
            self.open(TRAINER)
        if come >= 2:
            self.mark_all(ORGANISER, 0)
        if come >= 3:
            self.close(TRAINER, False, "Argomento svolto", (0, LENGTH), 3, "")
        if come >= 4:
            self.ask(TUTOR, 2, ("absent", ()), "Un segno dimenticato.")
        if come >= 5:
            self.finish(ORGANISER)

    @property
    def likely(self) -> list[str]:
        """The deeds to draw the next one from, those that fit the page's state more often."""
        page = self.page
        names = ["endorse", "open", "mark", "mark_all", "close", "reopen", "reach", "reach", "wait"]
        if page.state == "not_open":
            names += ["open"] * 4 if page.endorsed else ["endorse"] * 6
        if page.writable:
            names += ["mark"] * 6 + ["close"] * 4
        if page.state == "closed":
            names += ["reopen"] * 4 + ["ask"] * 5 + ["finish", "finish", "ask_of_page"]
        if page.version:
            names += ["ask", "ask_of_page", "finish"]
            names += [] if page.reported else ["report"]
        if any(request.state == "asked" for request in page.requests):
            names += ["decide"] * 12
        return [*names, "decide"] if page.requests else names

    def _go(self, moment: datetime) -> None:
        self.now = moment
        self.stage.clock.move_to(moment)

    def _agree(self, done: bool, status: int) -> None:
        """A deed done is answered with a redirect, one refused with words."""
        assert status < 500, status
        assert done == (status == 302), f"model {done}, application {status}"

    def _post(self, done: bool, who: Who, path: str, **fields) -> None:
        deed = path.partition("?")[0].strip("/").split("/")
        self.stage.deeds[deed[0], deed[-1], done] += 1
        self._agree(done, self.stage.send(who, path, **fields))

    def _clock(self, minute: int) -> str:
        return f"{self.page.start + timedelta(minutes=minute):%H:%M}"

    # Deeds

    @deed(who=by(ORGANISER, COORDINATOR))
    def endorse(self, who):
        done = self.page.endorse(who)
        self._post(done, who, f"/editions/{self.edition}/register/endorse")

    @deed(who=by(TRAINER, TUTOR, ORGANISER))
    def open(self, who):
        self._post(self.page.open(who, self.now), who, f"{self.path}/open")

    @deed(
        who=by(TRAINER, TUTOR, ORGANISER, ENROLLED),
        row=st.sampled_from([*PEOPLE, *PEOPLE, WITHDRAWN]),
        mark=MARKS,
        stale=st.sampled_from([False, False, False, True]),
    )
    def mark(self, who, row, mark, stale):
        """Looked at just now, or before somebody's last mark."""
        status, stays = mark
        seen, version = self.page.revision_of(row), self.stored.get(row, 0)
        if stale:
            seen, version = self.drawn[row][-2:][0]
        times = _times(self._clock, stays, ("entered", "left", "entered_again", "left_again"))
        word = "times" if stays else status
        sent = {"enrolment": self.ids[row], "version": version, "mark": word, **times}
        done = self.page.mark(who, self.now, row, status, stays, seen)
        self._post(done, who, f"{self.path}/marks", **sent)

    @deed(who=by(TRAINER, TUTOR, ORGANISER), came=mostly(0, 20, 240, -15))
    def mark_all(self, who, came):
        done = self.page.mark_all(who, self.now, came)
        self._post(done, who, f"{self.path}/all-present", entered=self._clock(came))

    @deed(
        who=by(TRAINER, ORGANISER, TUTOR),
        stale=mostly(False, True),
        topic=mostly("Argomento svolto", "ab"),
        taught=mostly(
            (0, LENGTH), (30, 200), (-60, 300), (-61, 240), (0, 301), (60, 60), (-50, -5)
        ),
        heads=mostly(None, 0, 1, 9),
        note=mostly("", "no", "una è uscita"),
    )
    def close(self, who, stale, topic, taught, heads, note):
        """``heads`` None: as many as are marked present."""
        seen = self.page.seen
        drawn = self.stage.seen(self.lesson) if self.page.writable else "0"
        present = sum(mark.status == "present" for mark in self.page.marks.values())
        heads = present if heads is None else heads
        if stale:
            seen, drawn = (-1, -1, -1), "1"
        first, last = taught
        done = self.page.close(who, self.now, seen, topic, first, last, heads, note)
        times = {"start": self._clock(first), "end": self._clock(last)}
        sent = {"seen": drawn, "topic": topic, "heads": heads, "note": note, **times}
        self._post(done, who, f"{self.path}/close", **sent)

    @deed(who=by(ORGANISER, COORDINATOR), reason=REASONS)
    def reopen(self, who, reason):
        done = self.page.reopen(who, self.now, reason)
        self._post(done, who, f"{self.path}/reopen", reason=reason)

    @deed(who=by(ORGANISER, COORDINATOR))
    def finish(self, who):
        done = self.page.finish(who)
        self._post(done, who, f"/editions/{self.edition}/close")

    @deed(
        who=by(TRAINER, TUTOR, ORGANISER, COORDINATOR, OFFICIAL),
        about=st.sampled_from([*PEOPLE, *PEOPLE, WITHDRAWN]),
        mark=MARKS.filter(lambda mark: mark[0] != "clear"),
        reason=REASONS,
    )
    def ask(self, who, about, mark, reason):
        done = self.page.ask(who, about, mark, reason)
        names = ("entered_0", "left_0", "entered_1", "left_1")
        times = _times(self._clock, mark[1], names)
        path = f"/lessons/{self.lesson}/corrections/new?enrolment={self.ids[about]}"
        self._post(done, who, path, status=mark[0], reason=reason, **times)

    @deed(
        who=by(TRAINER, ORGANISER),
        change=st.sampled_from(
            [(TOPIC, "Altro argomento"), (TOPIC, "ab"), (HEADS, 2), (HEADS, -1)]
        ),
        reason=REASONS,
    )
    def ask_of_page(self, who, change, reason):
        about, new = change
        fit = len(str(new)) > 2 if about == TOPIC else new >= 0
        done = fit and who.role != model.OFFICIAL and self.page.ask(who, about, new, reason)
        path = f"/lessons/{self.lesson}/corrections/new?subject={about}"
        self._post(done, who, path, **{about: new}, reason=reason)

    @deed(
        who=by(ORGANISER, COORDINATOR, COORDINATOR, TEACHING, ENROLLED),
        back=mostly(1, 2, 3),
        approves=mostly(True, False, False),
        note=mostly("Risulta dal foglio firmato.", "breve", ""),
    )
    def decide(self, who, back, approves, note):
        """The last request, or one before it."""
        number = len(self.page.requests) - min(back, len(self.page.requests))
        done = self.page.decide(who, number, approves, note)
        decision = "approve" if approves else "reject"
        path = f"/corrections/{self._corrections()[number][0]}/decide"
        self._post(done, who, path, decision=decision, note=note)

    @deed(
        to=st.sampled_from(["day", "term", "term", "ten days"]),
        after=st.sampled_from([0, 1]),
    )
    def reach(self, to, after):
        """To the last second that a rule allows, or to the one after it."""
        moments = {
            "day": self.page.day,
            "term": self.page.term,
            "ten days": self.page.end + timedelta(days=10),
        }
        moment = moments[to] + timedelta(seconds=after)
        self._go(max(moment, self.now))

    @deed(ahead=st.sampled_from([timedelta(minutes=7), timedelta(hours=3), timedelta(days=1)]))
    def wait(self, ahead):
        self._go(self.now + ahead)

    @deed()
    def report(self):
        """The programme is reported: from now on the coordinator reopens nothing either."""
        self.page.reported = True
        with connection(self.stage.app) as found:
            sql = text("UPDATE programme SET reported_at = :now WHERE id = :id")
            now = self.now.astimezone(UTC).replace(tzinfo=None)
            found.execute(sql, {"now": now, "id": self.stage.world.programme_id})
            found.commit()

    def _corrections(self) -> list[tuple]:
        with connection(self.stage.app) as found:
            return [tuple(row) for row in found.execute(REQUESTS, {"id": self.sheet})]

    # What is stored is what the model says

    def stored_as_modelled(self) -> None:
        with connection(self.stage.app) as found:
            sheet = found.execute(SHEET, {"id": self.lesson}).one()
            self.sheet = sheet[0]
            ours = {"id": self.sheet}
            marks = found.execute(MARKS_STORED, ours).all()
            book = found.execute(BOOK, ours).all()
            requests = found.execute(REQUESTS, ours).all()
            outcomes = found.execute(OUTCOMES, {"id": self.edition}).all()
        self._same_sheet(sheet)
        self._same_marks(marks)
        self._same_book(book, sheet[-1] or "")
        assert [state for _, state in requests] == [r.state for r in self.page.requests]
        assert [state for _, state in outcomes][:3] == [self.page.outcome(row) for row in PEOPLE]

    def _same_sheet(self, sheet) -> None:
        page = self.page
        _, state, version, late, topic, heads, edition, endorsed, _ = sheet
        assert (state, version, bool(late)) == (page.state, page.version, page.late)
        assert bool(endorsed) == page.endorsed
        assert edition == ("closed" if page.ended else "running")
        if page.version:
            assert (topic, heads) == (page.topic, page.heads)

    def _same_marks(self, rows) -> None:
        found: dict[int, tuple[str, int, list]] = {}
        self.stored = {}
        for number, status, counted, version, came, out in rows:
            row = self.ids.index(number)
            self.stored[row] = version
            stays = found.setdefault(row, (status, counted, []))[2]
            if came is not None:
                stays.append((self._minute(came), None if out is None else self._minute(out)))
        modelled = {r: (m.status, m.minutes, list(m.stays)) for r, m in self.page.marks.items()}
        assert found == modelled
        for row, drawn in self.drawn.items():
            now = (self.page.revision_of(row), self.stored.get(row, 0))
            drawn += [now] if drawn[-1] != now else []

    def _minute(self, stored) -> int:
        moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - self.page.start) // timedelta(minutes=1)

    def _same_book(self, rows, previous: str) -> None:
        assert [(kind, version) for _, kind, version, *_ in rows] == self.page.book
        assert [position for position, *_ in rows] == list(range(1, len(rows) + 1))
        for _, _, _, content, before, own in rows:
            assert before == previous
            assert own == page_hash(json.loads(content), before)
            previous = own
        closed = [json.loads(row[3]) for row in rows if row[1] == "closed"]
        if closed and self.page.book[-1][0] == "closed":
            counted = {
                entry["enrolment"]: entry["counted_minutes"] for entry in closed[-1]["entries"]
            }
            assert counted == {self.ids[r]: m.minutes for r, m in self.page.marks.items()}
            assert closed[-1]["late"] == self.page.late


def _times(clock_text, stays, names) -> dict[str, str]:
    """The times of one or two stays as the fields of a form."""
    moments = [moment for stay in stays for moment in stay]
    pairs = zip(names, moments, strict=False)
    return {name: clock_text(moment) for name, moment in pairs if moment is not None}


@pytest.fixture
def stage(app, world):
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield Stage(app, world, clock)


def live(stage: Stage, sequences: int, *phases: Phase) -> None:
    """Model and application side by side; the first disagreement is raised."""

    @settings(
        max_examples=sequences,
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, *phases],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def sequence(data) -> None:
        machine = Machine(stage)
        name = "begin"
        for _ in range(STEPS):
            method = getattr(machine, name)
            method(**data.draw(method.draws, label=name))
            machine.stored_as_modelled()
            name = data.draw(st.sampled_from(machine.likely))

    sequence()


def test_a_page_lives_as_its_rules_say(stage):
    live(stage, SEQUENCES, Phase.shrink)
    assert len(stage.deeds) == 2 * DEEDS, "some deed was never done, or never refused"
    assert min(stage.deeds.values()) >= SEQUENCES / 30, stage.deeds


MARK = marking.mark
FAULTS = {
    "a reopening without reason": (reopening, "check_reason", lambda _reason: None),
    "a mark after the deadline": (register, "_check_in_time", lambda *_args: None),
    "a closing never late": (register, "is_late", lambda *_args: False),
    "a second key in the first hand": (corrections, "check_four_eyes", lambda **_who: None),
    "a mark by whoever looked before": (marking, "mark", lambda *args: MARK(*args[:4], None)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_rule_taken_away_would_be_noticed(stage, monkeypatch, fault):
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(AssertionError):
        live(stage, 150)
