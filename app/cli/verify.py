# SPDX-License-Identifier: AGPL-3.0-or-later
"""``flask verify``: whether anything changed behind the application's back."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app.cli.serving import CannotStart
from app.integrity.findings import Report, Tick
from app.integrity.heads import Head, from_text, noted
from app.integrity.verification import snapshot
from app.integrity.verification import verify as verify_all


class NotedHead(click.ParamType):
    """A head as this command printed it."""

    name = "ATTO:IMPRONTA"

    def convert(self, value: object, param: object, ctx: object) -> Head:
        try:
            return from_text(str(value))
        except ValueError:
            self.fail("scrivere il numero dell'atto, due punti e le 64 cifre dell'impronta")


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Elenca ogni riga che non torna.")
@click.option("--head", "heads", type=NotedHead(), multiple=True, help="Impronta annotata altrove.")
@with_appcontext
def verify(show_all: bool, heads: Sequence[Head]) -> None:
    """Ricalcola registri, fogli, attestati e pista di controllo; legge soltanto."""
    started = perf_counter()
    config = current_app.config
    try:
        with snapshot() as connection:
            report = verify_all(
                connection,
                config["CHAIN_KEY"].encode(),
                [*noted(Path(config["HEADS_FILE"])), *heads],
                _watch if sys.stderr.isatty() else _silently,
            )
    except DatabaseError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise CannotStart(f"La base dati non si può leggere ({reason}).") from None
    if not report.whole:
        _say_findings(report, show_all)
        raise SystemExit(1)
    counts = ", ".join(f"{count} {name}" for name, count in report.checked.items())
    click.echo(f"Tutto torna: {counts}, in {perf_counter() - started:.1f} s.")
    if report.head:
        click.echo(f"Ultimo atto, da annotare: {report.head[0]}:{report.head[1]}")


def _say_findings(report: Report, show_all: bool) -> None:
    shown = report.findings if show_all else report.findings[:1]
    for finding in shown:
        click.echo(str(finding))
    others = report.found - len(shown)
    if others:
        hint = "" if show_all else " (tutte: ./run verify --all)"
        click.echo(f"Non tornano altre righe: {others}{hint}")


def _silently(_name: str, _count: int) -> Tick:
    return lambda _n: None


def _watch(name: str, count: int) -> Callable[[int], object]:
    """How far the part is, on one line of the terminal."""
    done = 0

    def tick(n: int) -> None:
        nonlocal done
        done += n
        click.echo(f"\r\033[K· {name} {done}/{count}", nl=False, err=True)
        if done >= count:
            click.echo("\r\033[K", nl=False, err=True)

    return tick
