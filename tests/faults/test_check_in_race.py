# SPDX-License-Identifier: AGPL-3.0-or-later
"""Five hundred people come in at the same moment, and each taps twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from itsdangerous import URLSafeTimedSerializer

from app.auth.queries import token_hash
from app.domain.roles import Role
from app.models import Edition, LoginSession, Organisation, Programme, SelfCheckIn
from app.registers.check_in import actions
from app.registers.check_in.code import give_pass
from tests import world as worlds
from tests.ledger import arranging, ask, one
from tests.pages import Hand

CROWD = 500
HANDS_OF_THE_SERVER = 16  # requests it works on at the same time; the others queue


@pytest.fixture
def crowd(app, visit, world, request) -> list:
    """A tap for each of so many people, signed in, with the code framed a moment ago."""
    size = request.param
    Hand(visit("trainer_alfa"), world.a.lesson_id).open()
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        home = session.get_one(Organisation, world.a.home_id)
        programme = session.get_one(Programme, world.programme_id)
        edition.seats_max = 2 * CROWD
        for number in range(size):
            person = worlds.make_person(f"Folla {number}")
            worlds.make_enrolment(edition, person, home)
            account = worlds.make_account(f"folla.{number}", person)
            role = worlds.give_role(account, Role.PARTICIPANT, programme)
            worlds.add(
                LoginSession(
                    token_hash=token_hash(f"token-{number}"),
                    account_id=account.id,
                    assignment_id=role.id,
                    created_at=worlds.NOW,
                    last_seen_at=worlds.NOW,
                )
            )
    with app.test_request_context():
        page = f"/check-in/{give_pass(world.a.lesson_id, None)}"
    return [_tap(app, f"token-{number}", page) for number in range(size)]


def _tap(app, token: str, page: str):
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    form = {"csrf_token": signer.dumps("the same for all"), "kind": "entry"}

    def tap() -> int:
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"], session["csrf_token"] = token, "the same for all"
        return browser.post(page, data=form).status_code

    return tap


def all_tap_twice(taps) -> Counter:
    """How often each status was answered."""
    with ThreadPoolExecutor(HANDS_OF_THE_SERVER) as server:
        return Counter(server.map(lambda tap: tap(), chain(*zip(taps, taps, strict=True))))


@pytest.mark.parametrize("crowd", [CROWD], indirect=True)
def test_everybody_is_in_once_and_nobody_is_refused(app, crowd):
    assert all_tap_twice(crowd) == {302: 2 * CROWD}
    assert one(app, "SELECT count(*) FROM self_check_in") == CROWD
    assert one(app, "SELECT count(DISTINCT enrolment_id) FROM self_check_in") == CROWD
    assert ask(app, "SELECT count(*) FROM audit_event WHERE action = 'check_in.confirmed'") == [
        (CROWD,)
    ]


@pytest.mark.parametrize("crowd", [20], indirect=True)
def test_an_entry_noted_without_looking_would_be_noticed(app, crowd, monkeypatch):
    def note_blindly(_actor, attendee, kind) -> bool:
        row = SelfCheckIn(
            sheet_id=attendee.sheet.id,
            enrolment_id=attendee.enrolment_id,
            kind=kind,
            at=worlds.NOW,
        )
        worlds.add(row)
        actions.audit.record(_actor, actions.Action.CHECK_IN_CONFIRMED, row, "")
        return True

    monkeypatch.setattr(actions, "confirm", note_blindly)
    assert all_tap_twice(crowd)[302] < 40
