# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a body's representative learns nothing of another body, be it only a number.

She reads everything she may open; then 37 people of another body come into every edition of
hers, with all that can hang on a person. She reads it again, and nothing may have changed: no
word of theirs, and no sum that counts them.
"""

import difflib
import re

import pytest
import time_machine
from sqlalchemy import select, true

from app import scope
from app.auth.links.actions import answer_reset_requests
from app.domain.enrolment import EnrolmentState
from app.extensions import db
from app.models import (
    Affiliation,
    Certificate,
    Course,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    OutboxAttachment,
    OutboxMessage,
    Person,
    PersonImport,
    UserProposal,
)
from tests import world as worlds
from tests.whole_app import canary
from tests.whole_app.canary import readable, words
from tests.whole_app.crawl import may, pages
from tests.whole_app.grounds import Grounds, get_rules, ids_in, kind_of
from tests.whole_app.policy import ROUTES, Kind

READER = "representative_alfa"
MODELS = {
    Kind.AFFILIATION: Affiliation,
    Kind.CERTIFICATE: Certificate,
    Kind.COURSE: Course,
    Kind.EDITION: Edition,
    Kind.ENROLMENT: Enrolment,
    Kind.INTAKE: PersonImport,
    Kind.LESSON: Lesson,
    Kind.ORGANISATION: Organisation,
    Kind.PERSON: Person,
}
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What differs from one request to the next, whoever is planted.
CHANGING = re.compile(
    r'(name="(csrf_token|idempotency_key|nonce)"[^>]*value="[^"]*")|nonce="[^"]*"'
    r"|(Set-Cookie|X-Request-Id): .*"
)
LAST = 12  # numbers of each kind asked for: those planted come last


def read(grounds: Grounds, *extra: str) -> dict[str, str]:
    """What every page she may open says at one moment, its file, and a search for what is planted."""
    found: dict[str, str] = {}
    with time_machine.travel(worlds.NOW, tick=False):
        for path in [*(str(page.path) for page in pages(grounds, (READER,))), *extra]:
            found[path] = _ask(grounds, path)
            mark = "&" if "?" in path else "?"
            if "format=csv" in found[path]:
                found[f"{path}{mark}format=csv"] = _ask(grounds, f"{path}{mark}format=csv")
            if 'name="q"' in found[path]:
                found[f"{path}{mark}q=canari"] = _ask(grounds, f"{path}{mark}q=canari")
    return found


def _ask(grounds: Grounds, path: str) -> str:
    answer = grounds.client(READER).ask("GET", path)
    return f"{answer.status_code}\n{CHANGING.sub('', readable(answer))}"


def by_number(grounds: Grounds, *kinds: Kind, last: int | None = None) -> list[str]:
    """The addresses she may ask for with the numbers of these kinds."""
    found = []
    with grounds.app.app_context():
        known = {
            kind: sorted(db.session.scalars(select(MODELS[kind].id)))[-(last or 0) :]
            for kind in kinds
        }
    for rule in get_rules(grounds.app):
        if may(READER, ROUTES[rule.endpoint]):
            numbers = known.get(kind_of(rule), [])
            found += [grounds.path(rule, ids_in(rule, number)) for number in numbers]
    return found


def told(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Planted words anywhere, and whatever else is not as it was."""
    found = [f"{path}: {sorted(words(text))}" for path, text in after.items() if words(text)]
    for path in before:
        if path in after and before[path] != after[path]:
            lines = difflib.unified_diff(
                before[path].splitlines(), after[path].splitlines(), lineterm="", n=0
            )
            found.append(f"{path} has changed: {[line.strip() for line in lines][3:9]}")
    return found


@pytest.fixture(scope="module")
def planted(new_grounds):
    """The grounds with everything planted, and what she read before."""
    grounds = new_grounds()
    canary.prepare(grounds)
    before = read(grounds, *by_number(grounds, Kind.EDITION))
    assert not [path for path, text in before.items() if words(text)]
    canary.plant(grounds)
    return grounds, before


def test_nothing_of_another_body_is_read_anywhere(planted):
    grounds, before = planted
    every = by_number(grounds, Kind.EDITION)
    others = by_number(grounds, *(kind for kind in MODELS if kind is not Kind.EDITION), last=LAST)
    after = read(grounds, *every, *others)
    assert before.keys() <= after.keys()
    kinds = {re.search("Content-Type: ([^;\n]+)", text)[1] for text in after.values()}
    assert {"text/html", "text/csv", "text/calendar", SPREADSHEET} <= kinds
    assert told(before, after) == []


def test_whom_she_picks_or_registers_tells_nothing(planted):
    """People of the other body among those chosen; somebody new with the marks of one of them."""
    grounds, _before = planted
    client, side = grounds.client(READER), grounds.sides["alfa"]
    with grounds.app.app_context():
        there = Affiliation.organisation_id == grounds.sides["beta"].body
        people = db.session.scalars(
            select(Affiliation.id).where(there, Affiliation.ends_on.is_(None))
        )
        picks = "&".join(f"pick={number}" for number in people)
        theirs = Enrolment.home_body_id == grounds.sides["beta"].body
        here = Enrolment.edition_id == side.open_edition
        rows = db.session.scalars(select(Enrolment.id).where(theirs, here))
        requests = "&".join(f"pick={number}" for number in rows)
        namesake = db.session.scalars(select(Person).where(Person.family_name == "Omonima")).one()
        address = namesake.work_email
    edition = f"/editions/{side.open_edition}"
    nothing = [
        client.ask("GET", f"{edition}/nominations/choice?{picks}"),
        client.ask("GET", f"{edition}/enrolments/approval?decision=approve&{requests}"),
    ]
    assert [answer.status_code for answer in nothing] == [302, 302]
    new = {
        "given_name": "Anna", "family_name": "Omonima", "body": side.body,
        "starts_on": "2015-01-01", "idempotency_key": "c" * 32,
    }  # fmt: skip
    answers = [
        client.ask("POST", "/people/new", {**new, "work_email": address}),
        client.ask("POST", "/people/new", {**new, "family_name": "Canarinocognome"}),
    ]
    told_back = [words(readable(answer)) - {address.partition("@")[0]} for answer in answers]
    assert told_back[0] <= {"canarinosito"}  # the address that she wrote herself
    assert answers[0].status_code == 422
    assert answers[1].status_code == 302


def test_messages_to_her_and_her_people_tell_nothing(planted):
    grounds, _before = planted
    side = grounds.sides["alfa"]
    with grounds.app.app_context():
        here = select(Enrolment.id).where(
            Enrolment.edition_id == side.open_edition,
            Enrolment.state == EnrolmentState.CONFIRMED,
        )
        people = list(db.session.scalars(here))
    organiser = grounds.client("organiser_alfa")
    messages = f"/editions/{side.open_edition}/messages/convocation"
    page = organiser.ask("GET", messages)
    seal = re.search(r'name="seen"[^>]*value="([^"]+)"', page.text)[1]
    sent = {"pick": people, "seen": seal, "with_calendar": "y"}
    assert organiser.ask("POST", f"{messages}/send", sent).status_code == 302
    login = {"login": grounds.logins[READER]}
    assert grounds.client("anonymous").ask("POST", "/forgotten-password", login).status_code == 200
    with grounds.app.app_context():
        answer_reset_requests()
        db.session.commit()
    ours, theirs = _messages(grounds)
    assert any(words(text) for text in theirs)
    assert len(ours) >= 2
    assert [text for text in ours if words(text)] == []


def _messages(grounds: Grounds) -> tuple[list[str], list[str]]:
    """The messages to the reader and to her people, and those to the others."""
    with grounds.app.app_context():
        works = select(Affiliation.person_id).where(
            Affiliation.organisation_id == grounds.sides["alfa"].body,
            Affiliation.ends_on.is_(None),
        )
        addresses = set(db.session.scalars(select(Person.work_email).where(Person.id.in_(works))))
        addresses.add(grounds.logins[READER])
        found: tuple[list[str], list[str]] = ([], [])
        for message in db.session.scalars(select(OutboxMessage)):
            files = db.session.scalars(
                select(OutboxAttachment).where(OutboxAttachment.message_id == message.id)
            )
            parts = [message.to_name, message.subject, message.body]
            parts += [f"{file.name} {file.content.decode()}" for file in files]
            found[message.to_address not in addresses].append("\n".join(parts))
        return found


def test_she_has_no_calendar_address(planted):
    """What she may subscribe to is nothing; the feeds of others are theirs."""
    grounds, _before = planted
    assert grounds.client(READER).ask("GET", "/my/calendar").status_code == 403


# --- planted faults ----------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Enrolment, "/editions/{closed_edition}/enrolments"),
        (Organisation, "/bodies"),
        (Person, "/people"),
        (PersonImport, "/people/imports"),
        (UserProposal, "/proposals"),
    ],
)
def test_a_scope_that_lets_everything_through_shows_a_word(planted, monkeypatch, model, path):
    grounds, before = planted
    monkeypatch.setitem(scope.CLAUSES, model, lambda actor: true())
    path = path.format_map(vars(grounds.sides["alfa"]))
    found = told(before, {path: _ask(grounds, path)})
    assert any("canarino" in line for line in found), found


def test_a_sum_that_counts_others_is_told_where_no_word_is(planted, monkeypatch):
    grounds, before = planted
    monkeypatch.setitem(scope.CLAUSES, Enrolment, lambda actor: true())
    after = {"/editions": _ask(grounds, "/editions")}
    assert not words(after["/editions"])
    assert told(before, after)
