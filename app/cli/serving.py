# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a command to a running server: what must be in order before, then gunicorn in its place."""

import errno
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click
import flask_migrate
from flask import current_app
from sqlalchemy.exc import DatabaseError

from app.cli.worker import start_beside
from app.extensions import db

ROOT = Path(__file__).parent.parent.parent
MIGRATIONS = ROOT / "migrations"
WORKERS, THREADS = 2, 4
LAST_PORT = 65_535


class CannotStart(click.ClickException):
    """What is wrong and what to do, in one line."""

    def show(self, file: object = None) -> None:
        click.echo(self.format_message(), err=True)


def check_before_start() -> None:
    """The folder for the data can be written and the port is free. Raises CannotStart."""
    _check_instance(Path(current_app.instance_path))
    _check_port(current_app.config["HOST"], current_app.config["PORT"])


def _check_instance(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"Non si può scrivere in {folder} ({error.strerror}): cambiarne il proprietario "
            "(chown) o indicare un'altra cartella con FORPA_INSTANCE."
        ) from None


def _check_port(host: str, port: int) -> None:
    try:
        if not 0 < port <= LAST_PORT:
            raise OSError(errno.EINVAL, f"le porte vanno da 1 a {LAST_PORT}")
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"Non si può ascoltare su {host}, porta {port} ({error.strerror}): fermare chi la usa "
            f"o cambiare PORT (ad esempio PORT={8001 if port == 8000 else 8000}) o HOST."
        ) from None


def migrate_database(remedy: str = "avviarla o correggere DATABASE_URL") -> None:
    """Bring the schema up to date. Raises CannotStart when the database cannot be used."""
    try:
        flask_migrate.upgrade(directory=str(MIGRATIONS))
    except DatabaseError as error:
        address = db.engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise CannotStart(f"La base dati {address} non va ({reason}): {remedy}.") from None


def become_server(clock_offset: int = 0) -> NoReturn:
    """Give this process to gunicorn, a worker beside it. The clock is moved by so many seconds."""
    db.session.remove()
    db.engine.dispose()
    config = current_app.config
    host = f"[{config['HOST']}]" if ":" in config["HOST"] else config["HOST"]
    os.environ["CLOCK_OFFSET"] = str(clock_offset)
    start_beside()
    sys.stdout.flush()
    os.execvp(  # noqa: S606 - our own interpreter, no shell
        sys.executable,
        [
            sys.executable, "-m", "gunicorn",
            "--chdir", str(ROOT),
            "--workers", str(WORKERS),
            "--worker-class", "gthread",
            "--threads", str(THREADS),
            "--no-control-socket",
            "--log-level", "warning",
            "--bind", f"{host}:{config['PORT']}",
            "wsgi:app",
        ],
    )  # fmt: skip
