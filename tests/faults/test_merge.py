# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two tabs join the same records; books, certificates and trail hold after a merge."""

import shutil
from contextlib import contextmanager
from time import sleep

import pytest
import time_machine

from app import create_app
from app.extensions import db
from app.integrity.verification import snapshot, verify
from app.models import Organisation
from app.people.duplicates import merging
from tests import world as worlds
from tests.conftest import Visitor, config_for, new_postgresql
from tests.faults.lived_in import build
from tests.faults.together import at_once, statuses, without_locks
from tests.ledger import arranging, ask, do, one, trail_is_whole
from tests.pages import form, main

KEPT = dict.fromkeys(
    ("given_name", "family_name", "work_email", "birth_date", "birth_place", "tax_code", "sex"),
    "kept",
)


def somebody(app, body_id: int, family: str) -> int:
    with arranging(app):
        person = worlds.make_person(family, tax_code=None, birth_date=None, birth_place=None)
        worlds.make_affiliation(person, db.session.get_one(Organisation, body_id))
        return person.id


def preview(visitor: Visitor, kept: int, merged: int) -> dict[str, str]:
    """The form of the second yes, as the page has it."""
    url = f"/people/{kept}/merge"
    drawn = form(visitor.get(f"{url}?other={merged}"), "")
    answer = visitor.client.post(url, data={**drawn, **KEPT, "step": "preview"})
    assert answer.status_code == 200, main(answer)
    return {**form(answer, ""), "sure": "y", "step": "merge"}


def test_two_tabs_join_two_records_once(app, visit, world):
    one_id, other_id = (somebody(app, world.a.home_id, name) for name in ("Uno", "Due"))
    tabs = [visit("coordinator") for _ in range(2)]
    # Each tab keeps another one of the two.
    pairs = [(one_id, other_id), (other_id, one_id)]
    sent = [preview(tab, *pair) for tab, pair in zip(tabs, pairs, strict=True)]
    answers = at_once(
        *(
            lambda tab=tab, pair=pair, data=data: tab.client.post(
                f"/people/{pair[0]}/merge", data=data
            )
            for tab, pair, data in zip(tabs, pairs, sent, strict=True)
        )
    )
    assert statuses(answers) == [302, 409]
    assert one(app, "SELECT count(*) FROM person_merge") == 1
    joined = ask(
        app, "SELECT merged_into_id FROM person WHERE id IN (:a, :b)", a=one_id, b=other_id
    )
    assert sorted(row[0] is None for row in joined) == [False, True]
    assert trail_is_whole(app)


def test_the_loser_is_noticed_even_without_locks(app, visit, world, monkeypatch):
    """Planted fault: the version and the one pointer per record still let one tab win."""
    ids = [somebody(app, world.a.home_id, name) for name in ("Uno", "Due")]
    tabs = [visit("coordinator") for _ in range(2)]
    sent = [preview(tab, *ids) for tab in tabs]
    without_locks(app, monkeypatch)
    found = merging.facts

    def slow(*people):
        result = found(*people)
        sleep(0.2)
        return result

    monkeypatch.setattr(merging, "facts", slow)
    answers = at_once(
        *(
            lambda tab=tab, data=data: tab.client.post(f"/people/{ids[0]}/merge", data=data)
            for tab, data in zip(tabs, sent, strict=True)
        )
    )
    assert statuses(answers)[0] == 302
    assert statuses(answers)[1] in (409, 503)
    assert one(app, "SELECT count(*) FROM person_merge") == 1


@contextmanager
def working(url: str, folder):
    application = create_app(config_for(url))
    application.config["HEADS_FILE"] = folder / "heads.log"
    try:
        yield application
    finally:
        with application.app_context():
            db.session.remove()
            db.engine.dispose()


def findings(app) -> list[str]:
    key = app.config["CHAIN_KEY"].encode()
    with app.app_context(), snapshot() as connection:
        return [str(finding) for finding in verify(connection, key).findings]


@pytest.fixture
def empty_url(engine, template, tmp_path):
    """A migrated database with nothing in it."""
    if engine == "sqlite":
        shutil.copy(template, tmp_path / "lived_in.db")
        yield f"sqlite:///{tmp_path / 'lived_in.db'}"
        return
    with new_postgresql("merge", template) as url:
        yield url


def test_books_certificates_and_trail_hold_after_a_merge(empty_url, tmp_path):
    """The holder of closed pages and of a certificate is joined to another record."""
    with working(empty_url, tmp_path) as app:
        ids = build(app)
        holder = one(
            app,
            "SELECT person_id FROM certificate WHERE state = 'issued' AND number IS NOT NULL LIMIT 1",
        )
        with app.app_context():
            person = worlds.make_person("Nuova", tax_code=None)
            worlds.make_affiliation(person, db.session.get_one(Organisation, ids.b.home_id))
            kept = person.id
            worlds.commit(person)
            db.session.remove()
        assert findings(app) == []
        with time_machine.travel(worlds.NOW, tick=True):
            coordinator = Visitor(app, ids.logins["coordinator"])
            sent = preview(coordinator, kept, holder)
            answer = coordinator.client.post(f"/people/{kept}/merge", data=sent)
        assert answer.status_code == 302, main(answer)
        moved = ask(app, "SELECT id FROM certificate WHERE person_id = :id", id=kept)
        assert moved
        assert findings(app) == []
        # Planted fault: a certificate given to somebody else behind the application's back.
        do(app, "UPDATE certificate SET person_id = :id WHERE id = :c", id=holder, c=moved[0][0])
        assert any("è di un'altra persona" in line for line in findings(app))
