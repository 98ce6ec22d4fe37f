# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks every route as everybody for everything, and lists the answers nobody expects."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.access import PUBLIC, SIGNED_IN
from app.domain.roles import Permission, permits
from tests.whole_app.grounds import (
    EVERYBODY,
    ROLELESS,
    SIDES,
    SPENT,
    TOKEN,
    Grounds,
    Watch,
    ids_in,
    kind_of,
    role_of,
)
from tests.whole_app.policy import CHANGE_NOTHING, ROUTES, Kind, Route

# Writes that anybody signed in, or nobody at all, may send: they spend the session that
# sends them, so each is sent from a browser of its own.
SPENDING = {"auth.logout", "auth.login", "auth.account", "auth.end_sessions", "auth.choose_role"}
TWINS = SIDES["beta"]
DRAWN_AT = re.compile(r' data-(now|time)="[^"]*"')
READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Question:
    """One request of the matrix."""

    endpoint: str
    route: Route
    kind: Kind | None
    method: str
    who: str
    case: str
    path: str

    def __str__(self) -> str:
        return f"{self.who}: {self.method} {self.path} ({self.endpoint}, {self.case or 'no id'})"


def expected(question: Question) -> str:
    """What the policy promises: welcome, login, choice of role, forbidden, not found."""
    access, who = question.route.access, question.who
    if question.case == "too large":
        return "not found"
    anonymous = who == "anonymous" or who in SPENT
    if access == PUBLIC:
        return "welcome"
    if anonymous:
        return "login"
    if access == SIGNED_IN:
        return "welcome"
    if who in ROLELESS:
        return "choice of role"
    role = role_of(who)
    if not permits(role, Permission(access)):
        return "forbidden"
    if question.kind and question.case not in question.route.visible_to(question.kind, role):
        return "welcome" if question.method == "OPTIONS" else "not found"
    return "welcome"


def given(answer: Any) -> str:
    """What the answer amounts to, in the same words."""
    if answer.status_code in (301, 302, 303):
        target = answer.headers["Location"]
        if re.match(r"/login(\?next=|$)", target):
            return "login"
        return "choice of role" if target == "/login/role" else "welcome"
    known = {401: "login", 403: "forbidden", 404: "not found", 405: "not found"}
    usual = "welcome" if answer.status_code < 500 else f"status {answer.status_code}"
    return known.get(answer.status_code, usual)


def questions(
    grounds: Grounds, people: Iterable[str] = EVERYBODY, endpoints: Iterable[str] | None = None
) -> Iterator[Question]:
    """Every rule, method, person and object."""
    wanted = set(endpoints) if endpoints is not None else None
    for rule in grounds.app.url_map.iter_rules():
        if wanted is not None and rule.endpoint not in wanted:
            continue
        route, kind = ROUTES[rule.endpoint], kind_of(rule)
        for method in sorted(rule.methods):
            for who in people:
                for case, number in (grounds.cases(who, route, kind, method) or {"": 0}).items():
                    if method in ("HEAD", "OPTIONS") and (case not in ("", "own") or who in TWINS):
                        continue
                    values = ids_in(rule, number) if case else {}
                    path = grounds.path(rule, values)
                    if method == "OPTIONS" and not _answers_options(grounds, path, rule.endpoint):
                        continue
                    yield Question(rule.endpoint, route, kind, method, who, case, path)


def _answers_options(grounds: Grounds, path: str, endpoint: str) -> bool:
    """Of several endpoints at one address one answers; static files are served before the app."""
    return endpoint in grounds.app.url_map.bind("").match(path, "OPTIONS") and endpoint != "static"


def _last(question: Question) -> tuple:
    """Reading first, what ends sessions last; of one route and person the denied writes first."""
    post = question.method == "POST"
    # The administrator last: a role given by her lets others see who has it.
    who = (question.who == "admin", question.who)
    group = (question.endpoint, *who, expected(question) == "welcome") if post else ()
    return post, question.endpoint in SPENDING, group


def ask(grounds: Grounds, question: Question) -> Any:
    """The answer to a request that is valid in all but, perhaps, the right to send it."""
    client = grounds.client(question.who)
    if question.method == "POST" and question.endpoint in SPENDING:
        if question.who in SPENT:
            client = grounds.copy(client)
        elif expected(question) == "welcome":
            client = grounds.fresh(question.who)
    body = grounds.body(question.who, question.route, twin=question.case == "other")
    answer = client.ask(question.method, question.path, body)
    if question.method == "POST" and answer.status_code == 302:
        if question.endpoint == "prospects.call_off":
            grounds.restore_recovery()
        if question.endpoint == "planning.delete":
            grounds.restore_edition()
        grounds.refresh(client)  # shows what was flashed, so that the next page does not
    return answer


def mismatches(
    grounds: Grounds,
    people: Iterable[str] = EVERYBODY,
    endpoints: Iterable[str] | None = None,
    writes: bool = True,
) -> list[str]:
    """Answers that differ from the policy, denied requests that changed something, leaks.

    ``writes=False``: only the requests that change nothing when all is well.
    """
    found: list[str] = []
    missing: dict[tuple[str, str, str], Any] = {}
    unseen: list[tuple[Question, Any]] = []
    denied: list[Question] = []
    for who in people:
        grounds.client(who)
    with Watch(grounds.app) as watch:
        for question in sorted(questions(grounds, people, endpoints), key=_last):
            wanted = expected(question)
            writing = question.method not in READING
            welcome = writing and wanted == "welcome"
            if welcome and not writes:
                continue
            if welcome or (denied and question.endpoint != denied[0].endpoint):
                found += _harm(denied, watch)
            answer = ask(grounds, question)
            if given(answer) != wanted:
                found.append(f"{question}: {wanted} expected, {answer.status_code} given")
            if writing and (not welcome or question.endpoint in CHANGE_NOTHING):
                denied.append(question)
            elif welcome:
                watch.changed()
            if wanted == "not found" and given(answer) == "not found":
                if question.case == "missing":
                    key = question.endpoint, question.method, question.who
                    missing[key] = plain(question, answer)
                elif question.case != "too large":
                    unseen.append((question, plain(question, answer)))
        found += _harm(denied, watch)
    for question, answer in unseen:
        usual = missing.get((question.endpoint, question.method, question.who), answer)
        if answer != usual:
            found.append(
                f"{question}: not the answer given for an id that does not exist: "
                f"{first_difference(answer, usual)}"
            )
    return found


def _harm(denied: list[Question], watch: Watch) -> list[str]:
    """What writes that must change nothing have changed."""
    found = []
    if denied and (changed := watch.changed()):
        found.append(f"one of {len(denied)}, {denied[0]}: changed {sorted(changed)}")
    denied.clear()
    return found


def plain(question: Question, answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, body and headers without token, moment, request id and the id asked for."""
    text = TOKEN.sub("token", answer.text).replace(question.path, "/path")
    text = DRAWN_AT.sub("", text)
    own = {"X-Request-Id", "Set-Cookie", "Content-Length"}
    headers = sorted((name, value) for name, value in answer.headers if name not in own)
    return answer.status_code, text, headers


def first_difference(one: tuple, other: tuple) -> str:
    """Where two answers first part, of each a few characters before and after."""
    one, other = repr(one), repr(other)
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), -1)
    return " / ".join(text[max(at - 60, 0) : at + 60] for text in (one, other))


def incomplete(app: Any) -> list[str]:
    """Routes the table forgets, rows without a route, declarations that differ from the table."""
    found = []
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    found += [f"{name}: not in the table" for name in sorted(endpoints - ROUTES.keys())]
    found += [f"{name}: no such route" for name in sorted(ROUTES.keys() - endpoints)]
    for endpoint in sorted(endpoints & ROUTES.keys()):
        declared = getattr(app.view_functions[endpoint], "access", None)
        if declared != ROUTES[endpoint].access:
            found.append(f"{endpoint}: declares {declared}, table says {ROUTES[endpoint].access}")
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and ROUTES.get(rule.endpoint, Route("", None)).write is None:
            found.append(f"{rule.endpoint}: no valid form in the table")
    return found
