# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts within reach: the list, and the page that says what one can do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from app import account_tokens, clock, labels, mail
from app.actor import Actor
from app.assignments import in_force
from app.domain.errors import Sentence
from app.domain.explained import REACH, Explained, explained
from app.domain.granting import givable
from app.domain.roles import Role
from app.domain.vocabulary import AccountState, TokenPurpose
from app.extensions import db
from app.listing import Filter, Listing, Plan, folded, paginate
from app.mail import Failure
from app.models import (
    AccountToken,
    Organisation,
    OutboxMessage,
    Programme,
    RoleAssignment,
    UserAccount,
)
from app.scope import clause, get_visible, visible

SOON = timedelta(days=30)  # a role that ends within them is shown as expiring
NEVER, EXPIRING, UNREACHED = "never", "expiring", "unreached"


@dataclass(frozen=True)
class RoleRow:
    """A role of an account, and what may be done with it."""

    id: int
    account_id: int
    role: Role
    body: str
    programme: str
    starts_on: date
    ends_on: date | None
    revoked: bool
    may_change: bool = False

    def is_over(self, today: date) -> bool:
        return self.revoked or (self.ends_on is not None and self.ends_on < today)

    def is_to_come(self, today: date) -> bool:
        return not self.revoked and self.starts_on > today

    def expires(self, today: date) -> bool:
        return not self.is_over(today) and self.ends_on is not None and self.ends_on <= today + SOON

    @property
    def reach(self) -> Sentence:
        return replace(
            REACH[self.role], values={"body": self.body or "–", "programme": self.programme}
        )

    @property
    def explained(self) -> list[Explained]:
        return explained(self.role)


@dataclass(frozen=True)
class AccountRow:
    """One account of the list."""

    id: int
    name: str
    login: str
    state: AccountState
    last_login_at: datetime | None
    roles: list[RoleRow] = field(default_factory=list)
    invited_until: datetime | None = None
    unreached: bool = False


def account_list(actor: Actor) -> Listing:
    """The accounts the actor looks after, with their roles of today."""
    listing = paginate(visible(UserAccount, actor), _plan(actor), lambda row: row[0])
    today, ids = clock.today(), [account.id for account in listing.rows]
    roles: dict[int, list[RoleRow]] = {}
    for row in _roles(RoleAssignment.account_id.in_(ids), in_force(today), _seen(actor)):
        roles.setdefault(row.account_id, []).append(row)
    unreached = mail.unreached([account.login for account in listing.rows])
    invited = _invited_until(ids)
    listing.rows = [
        AccountRow(
            a.id, a.display_name, a.login, a.state, a.last_login_at, roles.get(a.id, []),
            invited.get(a.id), a.login in unreached,
        )
        for a in listing.rows
    ]  # fmt: skip
    return listing


def _plan(actor: Actor) -> Plan:
    return Plan(
        sorts={
            "name": [UserAccount.display_name, UserAccount.id],
            "login": [UserAccount.login],
            "last": [UserAccount.last_login_at, UserAccount.id],
        },
        search=folded(UserAccount.display_name + " " + UserAccount.login),
        filters=[
            Filter("role", _("Ruolo"), labels.choices(*Role), _having(actor, "role")),
            Filter("body", _("Ente"), _bodies_of_roles(actor), _having(actor, "organisation_id")),
            Filter("state", _("Stato"), labels.choices(*STATES), UserAccount.state),
            Filter(
                "notable",
                _("Da guardare"),
                [
                    (NEVER, _("mai entrati")),
                    (EXPIRING, _("in scadenza entro 30 giorni")),
                    (UNREACHED, _("messaggio non recapitato")),
                ],
                _notable,
            ),
        ],
    )


STATES = (AccountState.INVITED, AccountState.ACTIVE, AccountState.DISABLED)


def _having(actor: Actor, column: str) -> Callable[[str], ColumnElement[bool]]:
    """Accounts with a role in force of which the column has the value."""

    def narrow(value: str) -> ColumnElement[bool]:
        wanted = getattr(RoleAssignment, column) == (int(value) if value.isdigit() else Role(value))
        return UserAccount.id.in_(
            select(RoleAssignment.account_id).where(wanted, in_force(clock.today()), _seen(actor))
        )

    return narrow


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Roles the actor has a say in, and her own."""
    return or_(clause(RoleAssignment, actor), RoleAssignment.account_id == actor.account_id)


def _notable(value: str) -> ColumnElement[bool]:
    today = clock.today()
    match value:
        case "never":
            return UserAccount.last_login_at.is_(None)
        case "expiring":
            soon = RoleAssignment.ends_on.between(today, today + SOON)
            expiring = select(RoleAssignment.account_id).where(in_force(today), soon)
            return UserAccount.id.in_(expiring)
        case _:
            return UserAccount.login.in_(mail.unreached_addresses())


def _bodies_of_roles(actor: Actor) -> list[tuple[str, str]]:
    """The bodies for which somebody within reach has a role."""
    named = select(RoleAssignment.organisation_id).where(_seen(actor))
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(named))
        .order_by(Organisation.name)
    )
    return [(str(body_id), name) for body_id, name in rows]


def _roles(*which: ColumnElement[bool], may: Iterable[int] = ()) -> list[RoleRow]:
    rows = db.session.execute(
        select(RoleAssignment, Organisation.name, Programme.acronym)
        .outerjoin(Organisation, Organisation.id == RoleAssignment.organisation_id)
        .outerjoin(Programme, Programme.id == RoleAssignment.programme_id)
        .where(*which)
        .order_by(RoleAssignment.id)
    )
    return [
        RoleRow(
            id=r.id,
            account_id=r.account_id,
            role=r.role,
            body=body or "",
            programme=acronym or "",
            starts_on=r.starts_on,
            ends_on=r.ends_on,
            revoked=r.revoked_by_id is not None,
            may_change=r.id in may,
        )
        for r, body, acronym in rows
    ]


def _invited_until(ids: list[int]) -> dict[int, datetime]:
    """Until when the link of those still invited is good, or was."""
    rows = db.session.execute(
        select(AccountToken.account_id, AccountToken.expires_at).where(
            AccountToken.account_id.in_(ids),
            AccountToken.purpose == TokenPurpose.INVITATION,
            account_tokens.unspent(),
        )
    )
    return {row.account_id: row.expires_at for row in rows}


@dataclass(frozen=True)
class AccountPage:
    """What an account can do, and what became of it."""

    account: UserAccount
    roles: list[RoleRow]
    invited_until: datetime | None
    failures: list[Failure]
    own: bool
    today: date

    @property
    def current(self) -> list[RoleRow]:
        return [r for r in self.roles if not r.is_over(self.today)]

    @property
    def past(self) -> list[RoleRow]:
        return [r for r in self.roles if r.is_over(self.today)]


def account_page(actor: Actor, account_id: int) -> AccountPage:
    """The page of an account within reach; the actor's own always is.

    An organiser sees, of somebody else's roles, those she gives.
    """
    account = get_visible(UserAccount, account_id, actor)
    may = db.session.scalars(
        visible(RoleAssignment, actor)
        .where(
            RoleAssignment.account_id == account.id,
            RoleAssignment.role.in_(givable(actor.role)),
            RoleAssignment.revoked_by_id.is_(None),
        )
        .with_only_columns(RoleAssignment.id)
    ).all()
    return AccountPage(
        account=account,
        roles=_roles(RoleAssignment.account_id == account.id, _seen(actor), may=may),
        invited_until=_invited_until([account.id]).get(account.id),
        failures=mail.failures_to(account.login),
        own=account.id == actor.account_id,
        today=clock.today(),
    )


def own_roles(actor: Actor) -> list[RoleRow]:
    """The roles the person herself may act in today."""
    return _roles(RoleAssignment.account_id == actor.account_id, in_force(clock.today()))


@dataclass(frozen=True)
class Choices:
    """What may be chosen for a role given by the actor."""

    roles: list[tuple[str, str]]
    bodies: list[tuple[int, str]]
    programmes: list[tuple[int, str]]


def choices(actor: Actor) -> Choices:
    """Roles the actor gives, bodies and programmes within her reach."""
    bodies = visible(Organisation, actor).order_by(Organisation.name)
    if actor.role is Role.ORGANISER:
        bodies = bodies.where(Organisation.id == actor.organisation_id)
    programmes = visible(Programme, actor).order_by(Programme.acronym)
    return Choices(
        labels.choices(*givable(actor.role)),
        [(body.id, body.name) for body in db.session.scalars(bodies)],
        [(programme.id, programme.acronym) for programme in db.session.scalars(programmes)],
    )


def assignment_row(actor: Actor, assignment_id: int) -> tuple[RoleAssignment, UserAccount, RoleRow]:
    """A role the actor may change, with its account and its words."""
    assignment = get_visible(RoleAssignment, assignment_id, actor)
    account = get_visible(UserAccount, assignment.account_id, actor)
    return assignment, account, _roles(RoleAssignment.id == assignment.id)[0]


def undelivered(actor: Actor) -> Listing:
    """Messages of the programme that failed, where nothing has reached their address since."""
    columns = ("id", "to_address", "to_name", "subject", "created_at", "last_error")
    return paginate(
        select(*[getattr(OutboxMessage, name) for name in columns]).where(
            clause(OutboxMessage, actor), mail.latest_failures()
        ),
        Plan(
            sorts={
                "created": [OutboxMessage.id],
                "to": [OutboxMessage.to_address, OutboxMessage.id],
            },
            descending=True,
            search=folded(
                OutboxMessage.to_address + " " + OutboxMessage.to_name + " " + OutboxMessage.subject
            ),
        ),
        lambda row: Failure(*row),
    )
