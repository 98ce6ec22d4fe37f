# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page everybody may open, and the answers that refuse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from app import clock
from app.access import PUBLIC, SIGNED_IN
from app.domain.check_in import check_in_slot, token
from app.domain.roles import Permission, Role, permits
from app.extensions import db
from app.registers.check_in.code import give_pass
from tests.whole_app.grounds import (
    EIGHT,
    ROLELESS,
    Grounds,
    Watch,
    get_rules,
    kind_of,
    role_of,
    write_rules,
)
from tests.whole_app.policy import ROUTES, Route

# What an address may carry; unknown names and values are ignored.
QUERIES = {
    "accounts.index": [
        "?q=zzz",
        "?sort=last&desc=1",
        "?role=trainer&state=invited",
        "?notable=expiring",
    ],
    "auditing.index": ["?q=session", "?q=zzz", "?action=session.started"],
    "book.show": ["?pages=open", "?pages=notes", "?pages=zzz"],
    "bodies.index": ["?q=zzz", "?kind=municipality&sort=enrolled&desc=1"],
    "calendar.lessons": ["?q=zzz", "?when=past&sort=venue&desc=1", "?day=2015-05-14"],
    "calendar.month": ["?month=2015-03", "?month=zzz", "?body=1"],
    "calendar.week": ["?day=2015-03-29"],
    "certificates.index": ["?q=zzz", "?state=issued"],
    "corrections.index": ["?q=zzz", "?state=asked", "?sort=person&desc=1"],
    "courses.editions": ["?q=zzz", "?state=closed"],
    "courses.index": ["?q=zzz", "?page=99"],
    "dashboard.figure": ["?q=zzz"],
    "dashboard.people": ["?body=1&course=1", "?q=zzz"],
    "intake.index": ["?q=zzz", "?state=applied", "?sort=rows&desc=1"],
    "mailbox.index": ["?q=zzz", "?state=failed", "?sort=to&desc=1"],
    "trainers.index": ["?q=zzz", "?role=tutor&sort=held&desc=1"],
    "trainers.own": ["?month=2015-03"],
    "trainers.show": ["?month=2015-03", "?month=zzz"],
    "duplicates.incomplete": ["?q=zzz"],
    "people.edit": ["?certificate=1"],
    "people.index": ["?q=zzz", "?sort=hours&desc=1", "?sort=body", "?data=incomplete&work=open"],
    "proposals.index": ["?q=zzz", "?state=accepted"],
    "venues.index": ["?q=zzz", "?use=no", "?sort=editions&desc=1"],
}
FIGURES = ["OUT1", "OUT2", "OUT3", "OUT4", "OUT5", "OUT6", "RES1", "RES2"]

# A field for a number gives back what was typed, whatever that was.
NUMBERS = {"heads"}


@dataclass(frozen=True)
class Page:
    """An address somebody may open."""

    who: str
    endpoint: str
    path: str

    def __str__(self) -> str:
        return f"{self.who}: {self.path} ({self.endpoint})"


@dataclass(frozen=True)
class Visit:
    """A page opened: the answer, the tables it changed, how many statements it sent."""

    page: Page
    answer: Any
    changed: frozenset[str]
    statements: int


# Words that begin or end a transaction ask nothing; that a session is in use is noted by
# whichever page comes when a minute has passed.
NOT_ASKED = (
    *("BEGIN", "PRAGMA", "SET ", "COMMIT", "ROLLBACK", "SAVEPOINT"),
    "UPDATE LOGIN_SESSION SET LAST_SEEN_AT",
)
EVERY_READER = ("anonymous", *EIGHT, *ROLELESS)


@contextmanager
def statements(app: Any) -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.upper().startswith(NOT_ASKED):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def crawl(grounds: Grounds, people: tuple[str, ...] = EVERY_READER) -> Iterator[Visit]:
    """Open every page that these people may open."""
    for who in people:
        grounds.client(who)
    with Watch(grounds.app) as watch, statements(grounds.app) as sent:
        for page in pages(grounds, people):
            sent.clear()
            answer = grounds.client(page.who).ask("GET", page.path)
            asked = len(sent)
            yield Visit(page, answer, frozenset(watch.changed()), asked)


def pages(grounds: Grounds, people: tuple[str, ...]) -> Iterator[Page]:
    """Every address that answers GET, for everybody who may ask it, with an object of their own."""
    for rule in get_rules(grounds.app):
        route = ROUTES[rule.endpoint]
        for who in people:
            if may(who, route) and sees_own(who, rule):
                for path in _paths(grounds, who, rule.endpoint):
                    yield Page(who, rule.endpoint, path)


def may(who: str, route: Route) -> bool:
    """Whether the table lets this person in."""
    if route.access == PUBLIC:
        return True
    if who == "anonymous":
        return False
    return route.access == SIGNED_IN or permits(role_of(who), Permission(route.access))


def sees_own(who: str, rule: Any) -> bool:
    """Whether the object of one's side is also in one's scope: some see only what is theirs alone."""
    kind = kind_of(rule)
    return kind is None or "own" in ROUTES[rule.endpoint].visible_to(kind, role_of(who))


def _paths(grounds: Grounds, who: str, endpoint: str) -> list[str]:
    if endpoint in ("check_in.frame", "check_in.confirm"):
        plain = [_framed(grounds, who, endpoint)]
    elif endpoint == "dashboard.figure":
        plain = [f"/dashboard/{figure}" for figure in FIGURES]
    else:
        plain = [grounds.own_path(who, endpoint)]
    if endpoint == "registers.sheet":
        side = grounds.side_of(who)
        plain += [f"/lessons/{n}/sheet" for n in (side.marking_lesson, side.full_lesson)]
    if endpoint == "duplicates.merge":
        plain.append(f"{plain[0]}?other={grounds.side_of(who).double_twin}")
    if endpoint == "book.show":
        side = grounds.side_of(who)
        editions = (side.closed_edition, side.ready_edition, side.unendorsed_edition)
        plain += [f"/editions/{n}/register" for n in editions]
    if endpoint == "corrections.ask":
        own = f"/lessons/{grounds.side_of(who).past_lesson}/corrections/new"
        plain += [own] if role_of(who) is Role.PARTICIPANT else [own, f"{own}?subject=topic"]
    if endpoint == "imports.index":
        plain.append(f"/lessons/{grounds.side_of(who).import_lesson}/import")
    if endpoint == "imports.show":
        plain.append(f"/imports/{grounds.side_of(who).spare_import}")
    if endpoint == "intake.show":
        side = grounds.side_of(who)
        ready = f"/people/imports/{side.ready_intake}"
        plain += [ready, f"{ready}?severity=stops", f"/people/imports/{side.applied_intake}"]
    if endpoint == "courses.edition" and role_of(who) in (
        Role.ORGANISER,
        Role.PROGRAMME_COORDINATOR,
    ):
        side = grounds.side_of(who)
        plain += [f"/editions/{n}" for n in (side.plan_draft, side.plan_open, side.past_edition)]
    if endpoint == "courses.edition":
        side = grounds.side_of(who)
        plain += [f"/editions/{n}" for n in (side.closed_edition, side.ready_edition)]
    return [*plain, *(plain[0] + query for query in QUERIES.get(endpoint, []))]


def _framed(grounds: Grounds, who: str, endpoint: str) -> str:
    """The code on the wall, or the pass of whoever framed it: good for this moment only."""
    lesson = grounds.side_of(who).marking_lesson
    with grounds.app.app_context():
        if endpoint == "check_in.confirm":
            return f"/check-in/{give_pass(lesson, None)}"
        key = grounds.app.config["SECRET_KEY"].encode()
        return f"/c/{lesson}/{token(key, lesson, check_in_slot(clock.now()))}"


def refusals(grounds: Grounds) -> Iterator[tuple[str, Callable[[], Any]]]:
    """A request for each kind of refusal: a name, and how to provoke it."""
    trainer, anonymous = grounds.client("trainer_alfa"), grounds.client("anonymous")
    side = grounds.sides["alfa"]
    marks = f"/lessons/{side.marking_lesson}/sheet/marks"
    yield "400", lambda: trainer.ask("POST", marks, token=False)
    yield "401", lambda: anonymous.ask("GET", "/today", headers={"HX-Request": "true"})
    yield "403", lambda: trainer.ask("GET", "/audit")
    yield "404", lambda: trainer.ask("GET", "/lessons/987654/sheet")
    yield "404", lambda: anonymous.ask("GET", "/no-such-page")
    yield "405", lambda: trainer.ask("POST", "/today")
    yield (
        "409",
        lambda: trainer.ask(
            "POST",
            marks,
            {"enrolment": side.enrolments[0], "version": 7, "mark": "present"},
        ),
    )
    yield "410", lambda: anonymous.ask("GET", "/c/1/expired")
    yield "413", lambda: anonymous.ask("POST", "/login", {"login": "x" * 1_100_000})
    yield "422", lambda: anonymous.ask("POST", "/login", {"login": "", "password": ""})


def invalid_forms(grounds: Grounds) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every form, empty and with nonsense in every field, sent by somebody who may send it."""
    for rule, method in write_rules(grounds.app):
        write = ROUTES[rule.endpoint].write
        client = grounds.client(write.by)
        path = grounds.own_path(write.by, rule.endpoint, method)
        names = grounds.body(write.by, ROUTES[rule.endpoint])
        for label, value in (
            ("empty", ""),
            ("nonsense", "<b>'%\u202e" * 90),
            ("control", "a\x00b"),
        ):
            body = {name: value for name in names if label != "control" or name not in NUMBERS}
            if names:
                yield f"{rule.endpoint} ({label})", _sender(client, method, path, body)


def _sender(client: Any, method: str, path: str, body: dict[str, str]) -> Callable[[], Any]:
    return lambda: client.ask(method, path, body)
