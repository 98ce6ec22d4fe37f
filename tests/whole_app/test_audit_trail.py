# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: no change without an entry, and all entries in one unbroken chain.

Whatever way rows are changed, the commit without an entry is refused; what
people do in the application leaves a chain that holds; fifty hands at once
leave one chain without fork or gap.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import audit, create_app, database
from app.actor import Actor
from app.audit import Action, UnauditedChange
from app.domain.chain import first_broken
from app.extensions import db
from app.models import AuditEvent, Programme, Venue
from tests import world as worlds
from tests.conftest import config_for
from tests.whole_app.grounds import write_rules
from tests.whole_app.policy import ROUTES

HANDS = 50


def broken() -> list[str]:
    """What is wrong with the chain as it stands in the database."""
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    found = []
    if [row.sequence for row in rows] != list(range(1, len(rows) + 1)):
        found.append("gap in the sequence")
    first = first_broken((r.sequence, audit.payload(r), r.previous_hash, r.hash) for r in rows)
    return found if first is None else [*found, f"entry {first} does not follow the one before"]


def append_together(app, hands: int = HANDS) -> list[str]:
    """What goes wrong when so many hands append one entry each at the same moment."""
    together = threading.Barrier(hands)

    def append(number: int) -> str | None:
        together.wait()
        with app.app_context():
            try:
                programme = db.session.scalars(select(Programme)).first()
                audit.record(
                    Actor(name=f"Mano {number}"), Action.COURSE_CREATED, programme, "insieme"
                )
                db.session.commit()
            except SQLAlchemyError as error:
                return type(error).__name__
        return None

    with ThreadPoolExecutor(hands) as pool:
        lost = [error for error in pool.map(append, range(hands)) if error]
    with app.app_context():
        written = db.session.query(AuditEvent).filter_by(target_label="insieme").count()
        found = [f"{len(lost)} entries lost: {lost[0]}"] if lost else []
        return found + ([] if written == hands else [f"{written} of {hands}"]) + broken()


@pytest.fixture
def programme(app):
    """An empty programme; the context stays open."""
    with app.app_context():
        programme = worlds.make_programme()
        worlds.commit(programme)
        yield programme


def _add(_programme):
    db.session.add(Venue(name="Sala", town="Perugia", capacity=10))


def _dirty(programme):
    programme.acronym = "ALTRO"


def _flushed(programme):
    programme.acronym = "ALTRO"
    db.session.flush()


def _delete(programme):
    db.session.delete(programme)


def _bulk_update(_programme):
    db.session.execute(update(Programme).values(acronym="ALTRO"))


def _bulk_delete(_programme):
    db.session.execute(delete(Programme))


def _bulk_insert(_programme):
    db.session.execute(insert(Venue), [{"name": "Sala", "town": "Perugia", "capacity": 10}])


def _core_update(_programme):
    db.session.execute(Programme.__table__.update().values(acronym="ALTRO"))


def _query_update(_programme):
    db.session.query(Programme).update({"acronym": "ALTRO"})


CHANGES = [
    _add,
    _dirty,
    _flushed,
    _delete,
    _bulk_update,
    _bulk_delete,
    _bulk_insert,
    _core_update,
    _query_update,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_commit_without_an_entry_is_refused(programme, change):
    before = programme.acronym
    change(programme)
    with pytest.raises(UnauditedChange):
        db.session.commit()
    with pytest.raises(UnauditedChange):  # and it stays refused
        db.session.commit()
    db.session.rollback()
    assert db.session.scalars(select(Programme.acronym)).all() == [before]
    assert db.session.query(Venue).count() == 0


def test_an_entry_without_a_commit_leaves_nothing(programme):
    audit.record(Actor(name="prove"), Action.COURSE_CREATED, programme, "mai avvenuto")
    db.session.rollback()
    worlds.commit(programme, "avvenuto")
    labels = set(db.session.scalars(select(AuditEvent.target_label)))
    assert "avvenuto" in labels
    assert "mai avvenuto" not in labels


def test_what_people_do_leaves_a_chain_that_holds(new_grounds):
    grounds = new_grounds()
    for rule, method in write_rules(grounds.app):
        write = ROUTES[rule.endpoint].write
        path = grounds.own_path(write.by, rule.endpoint, method)
        body = grounds.body(write.by, ROUTES[rule.endpoint])
        grounds.fresh(write.by).ask(method, path, body)
    with grounds.app.app_context():
        actions = set(db.session.scalars(select(AuditEvent.action)))
        assert {"sheet.closed", "certificate.issued", "edition.closed", "session.ended"} <= actions
        assert broken() == []


def test_many_hands_write_one_chain(app, programme):
    db.session.commit()
    assert append_together(app) == []


# --- planted faults ----------------------------------------------------------


def test_a_change_to_an_entry_is_reported(app, programme, engine):
    for label in ("uno", "due", "tre"):
        worlds.commit(programme, label)
    assert broken() == []
    _unguard(engine)
    db.session.execute(text("UPDATE audit_event SET actor_label = 'altri' WHERE sequence = 2"))
    db.session.commit()
    assert broken() == ["entry 2 does not follow the one before"]


def test_an_entry_taken_away_is_reported(app, programme, engine):
    for label in ("uno", "due", "tre"):
        worlds.commit(programme, label)
    _unguard(engine)
    db.session.execute(text("DELETE FROM audit_event WHERE sequence = 2"))
    db.session.commit()
    assert broken() == ["gap in the sequence", "entry 3 does not follow the one before"]


def _unguard(engine: str) -> None:
    for deed in ("update", "delete"):
        where = " ON audit_event" if engine == "postgresql" else ""
        db.session.execute(text(f"DROP TRIGGER audit_event_no_{deed}{where}"))
    db.session.commit()


def test_hands_that_do_not_take_turns_are_reported(database_url, engine, monkeypatch):
    """Without the advisory lock, or BEGIN IMMEDIATE, entries are lost."""
    if engine == "postgresql":
        monkeypatch.setattr(audit, "text", lambda _lock: text("SELECT CAST(:key AS bigint)"))
    else:
        monkeypatch.setattr(
            database, "_begin_sqlite", lambda connection: connection.exec_driver_sql("BEGIN")
        )
    app = create_app(config_for(database_url))
    with app.app_context():
        worlds.commit(worlds.make_programme())
    found = append_together(app) or append_together(app)
    assert any("entries lost" in line for line in found)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("table", "column"), [("audit_event", "role"), ("certificate_file", "sha256")]
)
def test_evidence_refuses_change_by_raw_sql(grounds, engine, table, column):
    deeds = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]  # noqa: S608
    if engine == "postgresql":
        deeds.append(f"TRUNCATE {table} CASCADE")
    assert _refused(grounds, table, deeds) == deeds


@pytest.mark.parametrize("table", ["certificate", "attendance_register", "register_sheet"])
def test_what_was_registered_is_never_deleted(grounds, table):
    deeds = [f"DELETE FROM {table}"]  # noqa: S608
    assert _refused(grounds, table, deeds) == deeds


def _refused(grounds, table: str, deeds: list[str]) -> list[str]:
    """The statements that the database itself refuses, there being rows to change."""
    found = []
    with grounds.app.app_context():
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
        for deed in deeds:
            try:
                db.session.execute(text(deed))
            except DBAPIError as error:
                found += [deed] if "append-only" in str(error) else []
            db.session.rollback()
    return found


def test_a_table_that_refuses_nothing_is_noticed(grounds):
    assert _refused(grounds, "venue", ["UPDATE venue SET capacity = 1"]) == []
