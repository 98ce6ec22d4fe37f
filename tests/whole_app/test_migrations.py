# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the migrations lead to the models, down and up again, with data in place.

One line of numbered migrations, one head; what alembic does not compare
(checks, triggers) is compared by name.
"""

import re
import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, inspect, text
from sqlalchemy.exc import SAWarning

from app import create_app
from app.extensions import db
from tests import world as worlds
from tests.conftest import config_for, new_postgresql

TRIGGERS = {
    f"{table}_no_{deed}"
    for table, deeds in {
        "audit_event": ("update", "delete"),
        "certificate_file": ("update", "delete"),
        "certificate": ("delete",),
        "attendance_register": ("delete",),
        "register_sheet": ("delete",),
        "correction": ("delete",),
        "book_record": ("update", "delete"),
        "enrolment_move": ("update", "delete"),
        "evidence_file": ("update", "delete"),
        "self_check_in": ("update", "delete"),
        "scanned_evidence": ("delete",),
        "attendance_import": ("delete",),
        "additional_pages": ("update", "delete"),
        "variation": ("update", "delete"),
    }.items()
    for deed in deeds
}


@pytest.fixture
def empty(engine, tmp_path):
    """An application on a database without any table; its context stays open."""
    if engine == "sqlite":
        yield from _open(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    with new_postgresql("empty") as url:
        yield from _open(url)


def _open(url: str):
    app = create_app(config_for(url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def revisions(root) -> list:
    """The migrations, the oldest first."""
    script = ScriptDirectory(str(root / "migrations"))
    return list(reversed(list(script.walk_revisions())))


def differences(metadata: MetaData = db.metadata) -> list[str]:
    """How the database differs from the models."""
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # expressions in indexes are not reflected
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(one) for one in compare_metadata(context, metadata)] + _other_checks(
            connection, metadata
        )


def _other_checks(connection, metadata: MetaData) -> list[str]:
    inspector, found = inspect(connection), []
    for table in metadata.sorted_tables:
        wanted = {
            constraint.name
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint) and constraint.name
        }
        there = {one["name"] for one in inspector.get_check_constraints(table.name)}
        found += [f"{table.name}: check {name}" for name in sorted(wanted ^ there)]
    return found


def triggers() -> set[str]:
    """The triggers of the database."""
    ask = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    return set(db.session.scalars(text(ask)))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_one_line_of_numbered_migrations(root):
    script = ScriptDirectory(str(root / "migrations"))
    assert len(script.get_heads()) == 1
    found = revisions(root)
    assert [one.revision for one in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    names = [one.path.rpartition("/")[2] for one in found]
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z_]+\.py", name)] == []
    assert all(one.doc for one in found)


def test_the_head_is_what_the_models_say(empty):
    upgrade()
    assert differences() == []
    assert tables() == set(db.metadata.tables)


def test_evidence_is_guarded_at_the_head(empty, engine):
    upgrade()
    expected = TRIGGERS
    if engine == "postgresql":
        expected = expected | {"audit_event_no_truncate", "certificate_file_no_truncate"}
    assert expected <= triggers()


def test_every_migration_goes_up_down_and_up_again(empty, root):
    for one in revisions(root):
        upgrade(revision=one.revision)
        before = tables(), triggers()
        db.session.rollback()
        downgrade(revision=one.down_revision or "base")
        upgrade(revision=one.revision)
        assert (tables(), triggers()) == before
        db.session.rollback()


def test_the_last_migration_goes_down_and_up_with_data(empty, root):
    upgrade()
    worlds.build_world()
    rows = db.session.scalar(text("SELECT count(*) FROM audit_event"))
    assert rows
    db.session.remove()
    last = revisions(root)[-1]
    downgrade(revision=last.down_revision or "base")
    if not last.down_revision:
        assert tables() == set()
    upgrade()
    assert differences() == []
    if last.down_revision:
        assert db.session.scalar(text("SELECT count(*) FROM audit_event")) == rows
    else:
        worlds.build_world()


# --- planted faults ----------------------------------------------------------


def test_a_model_without_its_migration_is_reported(empty):
    upgrade()
    planted = MetaData(naming_convention=db.metadata.naming_convention)
    for table in db.metadata.sorted_tables:
        table.to_metadata(planted)
    planted.tables["venue"].append_column(Column("floor", Integer))
    planted.tables["venue"].append_constraint(CheckConstraint("capacity < 9", name="small"))
    found = differences(planted)
    assert any("add_column" in line and "floor" in line for line in found)
    assert "venue: check ck_venue_small" in found
