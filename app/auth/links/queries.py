# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands behind a link: whose account, who invited to what, whether it is still good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import joinedload

from app import clock
from app.account_tokens import TokenState, find, state_of
from app.auth.queries import RoleChoice, role_choices
from app.domain.vocabulary import AccountState, TokenPurpose
from app.models import AccountToken

BOTH = (joinedload(AccountToken.account), joinedload(AccountToken.created_by))


@dataclass(frozen=True)
class Opened:
    """A link that was once sent. ``by``: who sent it, whom to ask for another."""

    name: str
    login: str
    state: TokenState
    expires_at: datetime
    by: str
    by_login: str
    roles: list[RoleChoice]

    @property
    def living(self) -> bool:
        return self.state is TokenState.LIVING


def opened(purpose: TokenPurpose, token: str) -> Opened | None:
    """The link with this secret; None for one that never was, or is of another purpose."""
    row = find(purpose, token, *BOTH)
    if row is None:
        return None
    account, by = row.account, row.created_by
    state = state_of(row, account.login, clock.now())
    if state is TokenState.LIVING and account.state != WANTED[purpose]:
        state = TokenState.VOID
    return Opened(
        name=account.display_name,
        login=account.login,
        state=state,
        expires_at=row.expires_at,
        by=by.display_name if by else "",
        by_login=by.login if by else "",
        roles=role_choices(account.id, also_later=True) if state is TokenState.LIVING else [],
    )


# In which state an account must be for its link to open it.
WANTED = {
    TokenPurpose.INVITATION: AccountState.INVITED,
    TokenPurpose.RESET: AccountState.ACTIVE,
}
