# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the story has put in the database so far, by the names the story uses."""

from dataclasses import dataclass, field, replace
from typing import Any

from app.actor import SYSTEM, Actor
from app.assignments import actor_of
from app.cli.demo.staff import COORDINATOR, ORGANISERS
from app.domain.roles import Role
from app.extensions import db
from app.models import (
    Affiliation,
    Edition,
    Lesson,
    Organisation,
    Person,
    Programme,
    RoleAssignment,
    UserAccount,
)
from app.scope import get_visible


@dataclass
class Stage:
    """Ids, because rows belong to the transaction that read them."""

    programme_id: int = 0
    bodies: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    affiliations: dict[str, int] = field(default_factory=dict)
    actors: dict[tuple[str, Role], Actor] = field(default_factory=dict)
    editions: dict[str, int] = field(default_factory=dict)
    lessons: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def system(self) -> Actor:
        return replace(SYSTEM, programme_id=self.programme_id or None)

    @property
    def coordinator(self) -> Actor:
        return self.actors[COORDINATOR, Role.PROGRAMME_COORDINATOR]

    def organiser(self, delivering_body: str) -> Actor:
        """Who plans what the body delivers; the coordinator for Anci Umbria."""
        login = ORGANISERS.get(delivering_body)
        return self.actors[login, Role.ORGANISER] if login else self.coordinator

    def enter(self, account: UserAccount, assignment: RoleAssignment, body: str | None) -> None:
        """The account can act in the role from now on."""
        actor = actor_of(account, assignment, body)
        self.actors[account.login, assignment.role] = actor

    @property
    def programme(self) -> Programme:
        return db.session.get_one(Programme, self.programme_id)

    def body(self, name: str) -> Organisation:
        return db.session.get_one(Organisation, self.bodies[name])

    def person(self, who: str) -> Person:
        return db.session.get_one(Person, self.people[who])

    def affiliation(self, who: str) -> Affiliation:
        return db.session.get_one(Affiliation, self.affiliations[who])

    def edition(self, code: str, actor: Actor, *load: Any) -> Edition:
        return get_visible(Edition, self.editions[code], actor, *load)

    def lesson(self, code: str, seq: int, actor: Actor, *load: Any) -> Lesson:
        return get_visible(Lesson, self.lessons[code, seq], actor, *load)
