# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts that bodies have proposed, and what was decided."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import aliased, joinedload

from app import labels
from app.actor import Actor
from app.domain.roles import Role
from app.domain.vocabulary import AccountState, ProposalState
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import Organisation, UserAccount, UserProposal
from app.scope import clause, get_visible

PAGE = (joinedload(UserProposal.organisation), joinedload(UserProposal.proposed_by))


@dataclass(frozen=True)
class ProposalRow:
    """A proposal; ``account_state`` tells whether who was accepted has begun."""

    id: int
    given_name: str
    family_name: str
    email: str
    role: Role
    state: ProposalState
    proposed_at: datetime
    decision_note: str
    body: str
    proposed_by: str
    account_id: int | None
    account_state: AccountState | None


def proposal_list(actor: Actor) -> Listing:
    """Those to decide first, then the latest."""
    proposer, account = aliased(UserAccount), aliased(UserAccount)
    waiting_first = case((UserProposal.state == ProposalState.PROPOSED, 0), else_=1)
    own = [getattr(UserProposal, n) for n in list(ProposalRow.__dataclass_fields__)[:8]]
    return paginate(
        select(
            *own, Organisation.name, proposer.display_name, UserProposal.account_id, account.state
        )
        .join(Organisation, Organisation.id == UserProposal.organisation_id)
        .join(proposer, proposer.id == UserProposal.proposed_by_id)
        .outerjoin(account, account.id == UserProposal.account_id)
        .where(clause(UserProposal, actor)),
        Plan(
            sorts={
                "waiting": [waiting_first, UserProposal.id.desc()],
                "name": [UserProposal.family_name, UserProposal.given_name, UserProposal.id],
                "body": [Organisation.name, UserProposal.id],
                "proposed": [UserProposal.id],
            },
            search=folded(
                UserProposal.family_name
                + " "
                + UserProposal.given_name
                + " "
                + UserProposal.email
                + " "
                + Organisation.name
            ),
            filters=[
                Filter("state", _("Stato"), labels.choices(*ProposalState), UserProposal.state)
            ],
        ),
        lambda row: ProposalRow(*row),
    )


def proposal_page(actor: Actor, proposal_id: int) -> UserProposal:
    """The proposal, with its body and who made it."""
    return get_visible(UserProposal, proposal_id, actor, *PAGE)
