# SPDX-License-Identifier: AGPL-3.0-or-later
"""The waiting list against a simple model of it: random deeds, and never a disagreement."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, waitlist
from app.actor import SYSTEM
from app.domain.edition import EditionState
from app.domain.enrolment import Decision, EnrolmentState, WithdrawalReason
from app.domain.errors import RuleViolation
from app.enrolments import actions
from app.enrolments.deciding import decide
from app.enrolments.seats.actions import set_seats
from app.enrolments.seats.giving_back import give_back_seats
from app.extensions import db
from app.models import Course, Enrolment, EnrolmentMove, Organisation, Venue
from tests import world as worlds
from tests.ledger import arranging, trail_is_whole

S = EnrolmentState
TOTAL, BODIES = 6, 3


@dataclass
class Model:
    """Who has a seat, and a line: nothing else. People are numbers in the order they asked."""

    kept: dict[int, int] = field(default_factory=dict)
    given_back: bool = False
    body: list[int] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)

    def free(self, body: int) -> bool:
        kept = {} if self.given_back else self.kept
        seated = [b for b, s in zip(self.body, self.state, strict=True) if s in ("seat", "word")]
        if len(seated) >= TOTAL:
            return False
        beyond = sum(max(0, seated.count(b) - kept.get(b, 0)) for b in range(BODIES))
        own = seated.count(body) < kept.get(body, 0)
        return own or beyond < TOTAL - sum(kept.values())

    def forbids(self, kept: dict[int, int]) -> bool:
        """Whether a body would keep fewer than before, and fewer than its people have."""
        seated = [b for b, s in zip(self.body, self.state, strict=True) if s in ("seat", "word")]
        return any(
            number < min(self.kept.get(body, 0), seated.count(body))
            for body, number in kept.items()
        )

    def ask(self, body: int, then: str) -> None:
        self.body.append(body)
        self.state.append("asked")
        if then != "asked":
            self.settle(len(self.body) - 1, then)

    def settle(self, person: int, then: str) -> None:
        """A seat, unless those in front would take them all or there is none."""
        if self.left_behind(self.line, self.body[person]):
            self.state[person] = then
        else:
            self.queue(person)

    def queue(self, person: int) -> None:
        self.state[person] = "waits"
        behind = [i for i, other in enumerate(self.line) if other < person]
        self.line.insert(behind[-1] + 1 if behind else 0, person)

    def left_behind(self, ahead: list[int], body: int) -> bool:
        """Whether a seat is left when those ahead have taken theirs."""
        kept = list(self.state)
        for person in ahead:
            if self.free(self.body[person]):
                self.state[person] = "seat"
        left = self.free(body)
        self.state = kept
        return left

    def leave(self, person: int, word: str) -> None:
        self.state[person] = word
        self.line = [p for p in self.line if p != person]

    def refill(self, besides: int = -1) -> None:
        while found := [p for p in self.line if p != besides and self.free(self.body[p])]:
            self.leave(found[0], "seat")


WORDS = {
    S.REQUESTED: "asked", S.BODY_APPROVED: "word", S.CONFIRMED: "seat", S.WAITLISTED: "waits",
    S.REJECTED: "no", S.WITHDRAWN: "left",
}  # fmt: skip


class Field:
    """The same deeds in the application and in the model."""

    def __init__(self, world, seed: int) -> None:
        self.dice, self.model = random.Random(seed), Model()  # noqa: S311
        course = db.session.get_one(Course, world.a.course_id)
        body = db.session.get_one(Organisation, world.a.delivering_id)
        venue = db.session.get_one(Venue, 1)
        self.edition = worlds.make_edition(
            course, body, venue, seats_max=TOTAL, state=EditionState.OPEN
        )
        worlds.make_lesson(self.edition, 1, worlds.NOW + timedelta(days=30))
        self.homes = [worlds.make_body() for _ in range(BODIES)]
        self.people: list[Enrolment] = []

    def newcomer(self, how: str) -> None:
        body = self.dice.randrange(BODIES)
        person = worlds.make_person()
        affiliation = worlds.make_affiliation(person, self.homes[body])
        if how == "enrol":
            self.people.append(actions.enrol(SYSTEM, self.edition, person, affiliation))
            self.model.ask(body, "seat")
        elif how == "nominate":
            actions.nominate(SYSTEM, self.edition, [(person, affiliation)])
            mine = select(Enrolment).where(Enrolment.person_id == person.id)
            self.people.append(db.session.scalars(mine).one())
            self.model.ask(body, "word")
        else:
            self.people.append(actions.request(SYSTEM, self.edition, affiliation))
            self.model.ask(body, "asked")

    def decide(self, decision: Decision) -> None:
        wanted = {
            Decision.APPROVE: ("asked",),
            Decision.CONFIRM: ("asked", "word", "waits"),
            Decision.WAITLIST: ("asked", "word"),
            Decision.REJECT: ("asked", "word", "waits"),
        }[decision]
        if (person := self.anybody(wanted)) is None:
            return
        one = self.people[person]
        db.session.refresh(one)
        decide(SYSTEM, self.edition, [one], decision, "", {one.id: one.version})
        self.model_decides(person, decision)

    def model_decides(self, person: int, decision: Decision) -> None:
        model = self.model
        before = model.state[person]
        if decision is Decision.REJECT:
            model.leave(person, "no")
            model.refill()
        elif decision is Decision.WAITLIST:
            model.state[person] = "asked"
            model.refill()
            model.queue(person)
        elif before == "waits":
            if model.left_behind(model.line[: model.line.index(person)], model.body[person]):
                model.leave(person, "seat")
        elif before == "word":
            model.state[person] = "seat"
        else:
            model.settle(person, "seat" if decision is Decision.CONFIRM else "word")

    def anybody(self, states: tuple[str, ...]) -> int | None:
        found = [i for i, state in enumerate(self.model.state) if state in states]
        return self.dice.choice(found) if found else None

    def withdraw(self) -> None:
        if (person := self.anybody(("asked", "word", "seat", "waits"))) is not None:
            actions.withdraw(SYSTEM, self.edition, self.people[person], WithdrawalReason.OTHER)
            self.model.leave(person, "left")
            self.model.refill()

    def seats(self) -> None:
        kept = {body: self.dice.randint(0, 2) for body in range(BODIES)}
        allotted = {self.homes[body].id: number for body, number in kept.items()}
        if self.model.given_back or self.model.forbids(kept):
            with pytest.raises(RuleViolation):
                set_seats(SYSTEM, self.edition, allotted, None)
            return
        set_seats(SYSTEM, self.edition, allotted, clock.today() + timedelta(days=9))
        self.model.kept = kept
        self.model.refill()

    def give_back(self) -> None:
        self.edition.gives_back_on = clock.today()
        db.session.flush()
        give_back_seats()
        give_back_seats()
        if not self.model.given_back:
            self.model.given_back = True
            self.model.refill()

    def agrees(self) -> None:
        rows = db.session.execute(
            select(Enrolment.state, Enrolment.waitlist_position)
            .where(Enrolment.edition_id == self.edition.id)
            .order_by(Enrolment.id)
        ).all()
        assert [WORDS[state] for state, _place in rows] == self.model.state
        places = {i: place for i, (_state, place) in enumerate(rows) if place}
        assert sorted(places, key=places.__getitem__) == self.model.line
        assert sorted(places.values()) == list(range(1, len(places) + 1))
        seated = [state for state in self.model.state if state in ("seat", "word")]
        assert len(seated) <= TOTAL


DEEDS = (
    [lambda f: f.newcomer("enrol")] * 2
    + [lambda f: f.newcomer("nominate")] * 3
    + [lambda f: f.newcomer("ask")] * 4
    + [lambda f: f.decide(Decision.APPROVE)] * 3
    + [lambda f: f.decide(Decision.CONFIRM)] * 4
    + [lambda f: f.decide(Decision.WAITLIST)]
    + [lambda f: f.decide(Decision.REJECT)]
    + [lambda f: f.withdraw()] * 3
    + [lambda f: f.seats()]
)


def play(app, world, seed: int, steps: int = 60) -> None:
    with arranging(app):
        ground = Field(world, seed)
        for step in range(steps):
            if step == steps * 2 // 3:
                ground.give_back()
            else:
                ground.dice.choice(DEEDS)(ground)
            db.session.flush()
            ground.agrees()
        moves = db.session.scalars(select(EnrolmentMove).order_by(EnrolmentMove.id)).all()
        last = {move.enrolment_id: (move.to_state, move.to_position) for move in moves}
        now = {one.id: (one.state, one.waitlist_position) for one in ground.people}
        assert last == now


@pytest.mark.parametrize("seed", range(12))
def test_random_deeds_never_disagree_with_the_model(app, world, seed):
    play(app, world, seed)


def test_the_trail_of_it_is_whole(app, world):
    play(app, world, 99, steps=20)
    assert trail_is_whole(app)


def test_a_queue_that_forgets_the_order_would_be_noticed(app, world, monkeypatch):
    monkeypatch.setattr(waitlist.rules, "place_of", lambda line, asked_at: 0)
    with pytest.raises(AssertionError):
        play(app, world, seed=1)
