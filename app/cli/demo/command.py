# SPDX-License-Identifier: AGPL-3.0-or-later
"""``flask demo``: the demonstration prepared, its accounts printed, its server started."""

import math
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app import clock
from app.cli.demo.agenda import moment
from app.cli.demo.database import prepare
from app.cli.demo.scenarios import TODAY, TODAY_AT
from app.cli.demo.staff import PASSWORD
from app.cli.serving import CannotStart, become_server, check_before_start
from app.extensions import db
from app.models import AuditEvent

ACCOUNTS = (
    ("coordinatore@anci.example", "coordinatore di progetto, Anci Umbria"),
    ("coordinatrice@anci.example", "coordinatrice di due progetti"),
    ("referente@aris.example", "referente di Aris Formazione"),
    ("referente@trustus.example", "referente di Trust Us"),
    ("referente@provincia.example", "referente della Provincia di Perugia"),
    ("capofila@perugia.example", "referente del Comune di Perugia, capofila"),
    ("docente@trustus.example", "docente, oggi in aula a Perugia"),
    ("docente@aris.example", "docente"),
    ("docente@anci.example", "docente e tutor: due ruoli"),
    ("tutor@aris.example", "tutor d'aula"),
    ("funzionario@perugia.example", "funzionaria con attestato"),
    ("funzionario@terni.example", "funzionario a un minuto dalla soglia"),
    ("ente@foligno.example", "referente del Comune di Foligno"),
    ("ente@todi.example", "referente del Comune di Todi"),
    ("controllo@interno.example", "controllore"),
    ("admin@forpa.example", "amministratore di sistema"),
)


@click.command()
@click.option("--reset", is_flag=True, help="Ricomincia la dimostrazione da capo.")
@with_appcontext
def demo(reset: bool) -> None:
    """Mostra il progetto FOR PA com'era giovedì 14 maggio 2015 alle 9:20."""
    if current_app.config["NAME"] != "demo":
        raise CannotStart("La dimostrazione vuole la propria configurazione: ./run demo.")
    check_before_start()
    prepare(reset)
    offset = clock_offset()
    _announce()
    become_server(offset)


def clock_offset() -> int:
    """Seconds from the machine's clock to the demonstration's.

    It stands at its morning, or where the last deed left it: time never goes back.
    """
    latest: datetime | None = db.session.scalar(select(func.max(AuditEvent.at)))
    start = moment(TODAY, f"{TODAY_AT:%H:%M}")
    target = max(start, latest) if latest else start
    here = (target - clock.now()).total_seconds() + current_app.config["CLOCK_OFFSET"]
    return math.ceil(here)


def _announce() -> None:
    width = max(len(login) for login, _ in ACCOUNTS)
    click.echo(f"\nFOR PA, dimostrazione: {current_app.config['BASE_URL']}")
    click.echo(f"È giovedì 14 maggio 2015. Password di tutti: {PASSWORD}\n")
    for login, who in ACCOUNTS:
        click.echo(f"  {login.ljust(width)}  {who}")
    click.echo("\nCtrl+C per fermare.")
