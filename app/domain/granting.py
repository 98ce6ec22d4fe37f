# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may give and take away which roles. Source: permission matrix, row «Users and roles»."""

from datetime import date

from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Role
from app.domain.vocabulary import AccountState

# None is a command of the system, on the machine itself.
GIVES: dict[Role | None, tuple[Role, ...]] = {
    None: tuple(Role),
    Role.PROGRAMME_COORDINATOR: tuple(role for role in Role if role is not Role.SYSTEM_ADMIN),
    Role.ORGANISER: (Role.TRAINER, Role.TUTOR),
    Role.SYSTEM_ADMIN: tuple(Role),
}
FOR_A_BODY = (Role.ORGANISER, Role.BODY_REPRESENTATIVE, Role.PARTICIPANT)
AS_A_PERSON = (Role.TRAINER, Role.TUTOR, Role.PARTICIPANT)
PROPOSABLE = (Role.PARTICIPANT, Role.BODY_REPRESENTATIVE)
SHORTEST_REASON = 10  # characters


def givable(giver: Role | None) -> tuple[Role, ...]:
    """The roles that somebody acting in this role may give and take away."""
    return GIVES.get(giver, ())


def check_giver(giver: Role | None, role: Role, *, to_self: bool) -> None:
    """Whether the giver's role may give this one. Raises RuleViolation."""
    if role not in givable(giver):
        raise RuleViolation(
            Sentence("Il ruolo con cui si agisce non può assegnare questo incarico.")
        )
    if to_self and giver is Role.SYSTEM_ADMIN:
        raise RuleViolation(
            Sentence("Chi amministra il sistema non assegna ruoli alla propria utenza.")
        )


def check_scope(
    role: Role, *, body_id: int | None, of_giver: int | None, giver: Role | None
) -> None:
    """Whether the role has the body it needs, and an organiser keeps to hers. Raises RuleViolation."""
    if role in FOR_A_BODY and body_id is None:
        raise RuleViolation(Sentence("Per questo ruolo occorre indicare l'ente."))
    if giver is Role.ORGANISER and body_id != of_giver:
        raise RuleViolation(Sentence("Si assegnano docenti e tutor soltanto per il proprio ente."))


def check_period(starts_on: date, ends_on: date | None) -> None:
    """Raises RuleViolation for an end before the beginning."""
    if ends_on is not None and ends_on < starts_on:
        raise RuleViolation(Sentence("La fine non può venire prima dell'inizio."))


def check_end(giver: Role | None, role: Role, *, own: bool, others_left: int) -> None:
    """Whether the role may be ended. ``others_left``: other roles of coordinator of the account

    in force. Raises RuleViolation.
    """
    if role not in givable(giver):
        raise RuleViolation(
            Sentence("Il ruolo con cui si agisce non può togliere questo incarico.")
        )
    if own and role is Role.PROGRAMME_COORDINATOR and others_left == 0:
        raise RuleViolation(
            Sentence(
                "È l'ultimo incarico di coordinamento della propria utenza: lo termina un altro "
                "coordinatore o chi amministra il sistema."
            )
        )


def check_open(state: AccountState) -> None:
    """Raises RuleViolation for an account that is closed already."""
    if state is AccountState.DISABLED:
        raise RuleViolation(Sentence("L'utenza è già disattivata."))


def check_disable(*, own: bool, outside: bool) -> None:
    """Whether the account may be closed, or opened again.

    ``outside``: it has roles in which whoever acts has no say. Raises RuleViolation.
    """
    if own:
        raise RuleViolation(Sentence("Nessuno disattiva la propria utenza."))
    if outside:
        raise RuleViolation(
            Sentence(
                "L'utenza ha anche altri incarichi: qui si possono terminare i ruoli che si "
                "possono assegnare, l'utenza la disattiva chi amministra il sistema."
            )
        )


def check_reactivate(state: AccountState) -> None:
    """Raises RuleViolation for an account that is not closed."""
    if state is not AccountState.DISABLED:
        raise RuleViolation(Sentence("L'utenza non è disattivata."))


def check_invited(state: AccountState) -> None:
    """Whether an invitation may be sent again or withdrawn. Raises RuleViolation."""
    if state is not AccountState.INVITED:
        raise RuleViolation(Sentence("L'utenza non aspetta un invito."))


def check_reason(reason: str) -> None:
    """Raises RuleViolation for a reason that says nothing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(
            Sentence(
                "Scrivere il motivo, almeno %(number)d caratteri.", {"number": SHORTEST_REASON}
            )
        )
