# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of a list of officials: sent, looked at, imported all or nothing, undone for a day."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import RuleViolation, Sentence

WAITS = timedelta(days=7)  # then what the rows say is removed
UNDO_WITHIN = timedelta(days=1)


class IntakeState(StrEnum):
    COLUMNS = "columns"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


WAITING = (IntakeState.COLUMNS, IntakeState.CHECKING, IntakeState.CHECKED, IntakeState.APPLYING)
WORKING = (IntakeState.CHECKING, IntakeState.APPLYING)
OPEN = (IntakeState.COLUMNS, IntakeState.CHECKED)


def check_open(state: IntakeState) -> None:
    """Whether columns and names may still be chosen, or the list thrown away."""
    if state in WORKING:
        raise RuleViolation(Sentence("Il controllo del file è in corso: attendere che finisca."))
    if state not in OPEN:
        raise RuleViolation(Sentence("Questa importazione è già conclusa."))


def check_apply(state: IntakeState, *, wrong: int, asking: int, created: int, updated: int) -> None:
    """Whether the list may be imported now: nothing is while a row is wrong."""
    check_open(state)
    if state is IntakeState.COLUMNS:
        raise RuleViolation(Sentence("Confermare prima che cosa dice ogni colonna."))
    if wrong or asking:
        raise RuleViolation(
            Sentence("Finché una riga è da correggere o da confermare non si importa nulla.")
        )
    if not created + updated:
        raise RuleViolation(Sentence("Non c'è nulla da importare: è già tutto noto."))


def undo_ends(applied_at: datetime) -> datetime:
    return applied_at + UNDO_WITHIN


def check_undo(state: IntakeState, applied_at: datetime | None, now: datetime) -> None:
    """Whether what was imported may be taken back: for a day, once."""
    if state is IntakeState.UNDONE:
        raise RuleViolation(Sentence("Questa importazione è già stata annullata."))
    if state is not IntakeState.APPLIED or applied_at is None:
        raise RuleViolation(Sentence("Non c'è nulla da annullare: il file non è stato importato."))
    if now > undo_ends(applied_at):
        raise RuleViolation(Sentence("Si può annullare entro un giorno, che è passato."))
