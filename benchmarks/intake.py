# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seconds to import 5,000 officials: read, checked, written, undone.

    .venv/bin/python -m benchmarks.intake [--rows 5000]

On a scratch database of SQLite in a file; where TEST_POSTGRESQL_URL names a server, on a
database of its own there as well. What holds a transaction that writes is told apart.
"""

import argparse
import os
import resource
import tempfile
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import select

from app.actor import Actor
from app.application import Application
from app.assignments import actor_of
from app.domain.intake.columns import Field
from app.domain.intake.life import IntakeState
from app.extensions import db
from app.models import PersonImport, RoleAssignment
from app.people.imports import actions, undoing, work
from app.uploads import read_people
from benchmarks.sheet import scratch
from tests import world as worlds
from tests.conftest import new_postgresql
from tests.intake import HEAD, many, workbook


def timed(what: str, deed: Callable[[], Any]) -> Any:
    """What the deed gives; its seconds are printed under this name."""
    begun, spent = perf_counter(), process_time()
    result = deed()
    took = perf_counter() - begun
    print(f"  {what:34}{took:8.2f} s, of which{process_time() - spent:7.2f} s of the processor")
    return result


def furnish() -> tuple[Actor, int]:
    upgrade()
    world = worlds.build_world()
    account = world.accounts["coordinator"]
    assignment = db.session.scalars(
        select(RoleAssignment).where(RoleAssignment.account_id == account.id)
    ).one()
    return actor_of(account, assignment), world.a.home.id


def run(app: Application, rows: int) -> None:
    """The whole way of one list."""
    lines = [line.split(";") for line in many(rows).splitlines()[1:]]
    raw = workbook(HEAD, *lines)
    with app.app_context():
        actor, body_id = furnish()
        table = timed(f"reading the XLSX ({len(raw) // 1000} KB)", lambda: read_people(raw))
        found = actions.read_list(table)
        intake_id = timed("keeping its rows", lambda: _kept(actor, found, raw, body_id))
        timed("checking every row", work.advance_imports)
        _ask(actor, intake_id)
        timed("writing (with its transaction)", work.advance_imports)
        intake = db.session.get_one(PersonImport, intake_id)
        assert (intake.state, intake.created) == (IntakeState.APPLIED, rows)  # noqa: S101
        timed("undoing", lambda: (undoing.undo(actor, intake), db.session.commit()))
        db.session.remove()
        db.engine.dispose()


def _kept(actor: Actor, found: actions.ReadList, raw: bytes, body_id: int) -> int:
    intake = actions.upload(actor, found, raw, "elenco.xlsx", body_id)
    mapping = {int(index): Field(one) for index, one in intake.mapping.items()}
    actions.map_columns(actor, intake, mapping, update_known=True)
    db.session.commit()
    return intake.id


def _ask(actor: Actor, intake_id: int) -> None:
    intake = db.session.get_one(PersonImport, intake_id, populate_existing=True)
    actions.ask_apply(actor, intake, intake.digest)
    db.session.commit()


def main() -> None:
    """Print the seconds of each step on each engine, and the memory of this process at most."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        print(f"{rows} rows, SQLite")
        run(scratch(folder), rows)
    if os.environ.get("TEST_POSTGRESQL_URL"):
        with tempfile.TemporaryDirectory() as folder, new_postgresql("intake") as url:
            print(f"{rows} rows, PostgreSQL")
            run(scratch(folder, url), rows)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
