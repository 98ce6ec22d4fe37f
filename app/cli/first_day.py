# SPDX-License-Identifier: AGPL-3.0-or-later
"""``flask serve`` and ``flask create-coordinator``: the first steps of real work."""

from dataclasses import replace
from datetime import date

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock
from app.accounts.actions import create_account, send_invitation
from app.accounts.granting import grant_role
from app.actor import SYSTEM
from app.auth.queries import account_by_login
from app.cli.serving import CannotStart, become_server, check_before_start, migrate_database
from app.domain.roles import Role
from app.extensions import db
from app.models import Programme, UserAccount
from app.programmes.actions import found_programme


@click.command()
@with_appcontext
def serve() -> None:
    """Avvia il lavoro vero sulla propria base dati."""
    check_before_start()
    migrate_database()
    if db.session.scalar(select(UserAccount.id).limit(1)) is None:
        click.echo("Nessuna utenza: ./run create-coordinator EMAIL NOME")
    click.echo(f"FOR PA: {current_app.config['BASE_URL']} (Ctrl+C per fermare)")
    become_server(current_app.config["CLOCK_OFFSET"])


@click.command("create-coordinator")
@click.argument("email")
@click.argument("name")
@click.option("--programme", "code", required=True, help="Codice del progetto, ad esempio 105920.")
@click.option("--acronym", default="", help="Nome breve, se il progetto è nuovo.")
@click.option("--title", default="", help="Titolo, se il progetto è nuovo.")
@click.option("--fund", default="", help="Fondo, se il progetto è nuovo.")
@with_appcontext
def create_coordinator(
    email: str, name: str, code: str, acronym: str, title: str, fund: str
) -> None:
    """Crea l'utenza di un coordinatore (e il progetto, se è nuovo)."""
    migrate_database()
    login = _address(email)
    if account_by_login(login) is not None:
        raise CannotStart(f"C'è già un'utenza {login}.")
    programme = db.session.scalars(select(Programme).where(Programme.code == code)).first()
    if programme is None:
        programme = _found(code, acronym, title, fund)
    actor = replace(SYSTEM, programme_id=programme.id)
    account = create_account(actor, login=login, display_name=name, person_id=None, password=None)
    grant_role(
        actor,
        account,
        Role.PROGRAMME_COORDINATOR,
        starts_on=clock.today(),
        programme_id=programme.id,
    )
    link = send_invitation(actor, account)
    db.session.commit()
    click.echo(
        f"Utenza: {login}\n"
        f"Per scegliere la password, entro 72 ore e una volta sola (anche nella posta): {link}"
    )


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        raise CannotStart(f"«{text}» non è un indirizzo e-mail.") from None


def _found(code: str, acronym: str, title: str, fund: str) -> Programme:
    if not (acronym and title and fund):
        raise CannotStart(
            f"Il progetto {code} non c'è ancora: aggiungere --acronym, --title e --fund."
        )
    year = clock.today().year
    return found_programme(
        SYSTEM,
        code=code,
        acronym=acronym,
        title=title,
        fund_name=fund,
        annual_programme=str(year),
        starts_on=clock.today(),
        ends_on=date(year + 1, 12, 31),
        ministry_line="",
        targets={},
    )
