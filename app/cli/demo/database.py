# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's database: whether the story is all there, and how to start it afresh."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import flask_migrate
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DatabaseError

from app.audit import Action
from app.cli.demo.agenda import Agenda
from app.cli.demo.scenarios import scenario
from app.cli.demo.story import story
from app.cli.serving import MIGRATIONS, CannotStart, migrate_database
from app.extensions import db
from app.integrity.heads import keep_head
from app.models import AuditEvent, UserAccount

REMEDY = "avviarla, correggere DATABASE_URL o ricominciare con --reset"
RESERVED = ".example"  # RFC 2606: nobody real has an address there


def prepare(reset: bool) -> None:
    """A complete demonstration in the database, whatever was there of it before."""
    with _alone():
        if reset:
            _refuse_foreign()
            _drop()
        migrate_database(REMEDY)
        _refuse_foreign()
        if not is_complete():
            if _has_rows():
                click.echo("Un caricamento precedente si era interrotto: si ricomincia.", err=True)
                _drop()
                migrate_database(REMEDY)
            load()


@contextmanager
def _alone() -> Iterator[None]:
    """Of two that start together, one loads and the other waits for it."""
    with (Path(current_app.instance_path) / "demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_complete() -> bool:
    """Whether the story's last deed was done: deeds are done in order, so all were."""
    last = scenario("running_today")
    found = db.session.scalar(
        select(func.count())
        .select_from(AuditEvent)
        .where(
            AuditEvent.action == Action.SHEET_OPENED.value,
            AuditEvent.target_label == f"{last.edition}, {last.lesson}",
        )
    )
    db.session.remove()
    return bool(found)


def _has_rows() -> bool:
    found = db.session.scalar(select(func.count()).select_from(AuditEvent))
    db.session.remove()
    return bool(found)


def _refuse_foreign() -> None:
    """Never touch a database in which somebody real has an account."""
    try:
        if not inspect(db.engine).has_table(UserAccount.__tablename__):
            return
        logins = list(db.session.scalars(select(UserAccount.login)))
    except DatabaseError:
        return  # not readable as ours: --reset replaces it, migrating says what is wrong
    finally:
        db.session.remove()
    if any(not login.endswith(RESERVED) for login in logins):
        raise CannotStart(
            "La base dati contiene utenze vere e la dimostrazione non la tocca: indicarne "
            "un'altra con DATABASE_URL."
        )


def _drop() -> None:
    db.session.remove()
    Path(current_app.config["HEADS_FILE"]).unlink(missing_ok=True)
    if db.engine.dialect.name != "sqlite":
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
        return
    file = db.engine.url.database or ""
    db.engine.dispose()
    for suffix in ("", "-wal", "-shm"):
        Path(file + suffix).unlink(missing_ok=True)


def load() -> None:
    """Tell the story into an empty database, showing how far it is."""
    agenda = story()
    with force_locale("it"):
        if sys.stderr.isatty():
            with click.progressbar(
                length=len(agenda.deeds), label="Dimostrazione", file=sys.stderr
            ) as bar:
                for _ in agenda.perform():
                    bar.update(1)
        else:
            _load_quietly(agenda)
    keep_head()
    db.session.remove()


def _load_quietly(agenda: Agenda) -> None:
    """One short line for each month told."""
    month = ""
    for moment in agenda.perform():
        if f"{moment:%m/%Y}" != month:
            month = f"{moment:%m/%Y}"
            click.echo(f"· {month}", err=True)
