# SPDX-License-Identifier: AGPL-3.0-or-later
"""A body proposes who may sign in; the coordinator decides, and only then somebody is invited."""

from sqlalchemy import select

from app import audit, clock
from app.accounts.actions import Invited, Invitee, invite
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.granting import PROPOSABLE, check_reason
from app.domain.roles import Role
from app.domain.vocabulary import ProposalState
from app.extensions import db
from app.models import UserProposal

OPEN_ALREADY = RuleViolation(Sentence("Questo indirizzo è già proposto e aspetta una decisione."))


def propose(
    actor: Actor, given_name: str, family_name: str, email: str, role: Role
) -> UserProposal:
    """Propose somebody for the actor's own body. Raises RuleViolation for one proposed already."""
    if role not in PROPOSABLE:
        raise RuleViolation(Sentence("Si propongono partecipanti e referenti del proprio ente."))
    address = email.casefold()
    waiting = select(UserProposal.id).where(
        UserProposal.programme_id == actor.programme_id,
        UserProposal.organisation_id == actor.organisation_id,
        UserProposal.email == address,
        UserProposal.state == ProposalState.PROPOSED,
    )
    if db.session.scalar(waiting) is not None:
        raise OPEN_ALREADY
    proposal = UserProposal(
        programme_id=actor.programme_id,
        organisation_id=actor.organisation_id,
        given_name=given_name,
        family_name=family_name,
        email=address,
        role=role,
        state=ProposalState.PROPOSED,
        proposed_by_id=actor.account_id,
        proposed_at=clock.now(),
    )
    db.session.add(proposal)
    db.session.flush()
    audit.record(actor, Action.PROPOSAL_MADE, proposal, _label(proposal), to=role.value)
    return proposal


def accept(actor: Actor, proposal: UserProposal) -> Invited:
    """The person is invited, or gets the role where she has an account. Raises RuleViolation."""
    held = _hold(proposal)
    invited = invite(
        actor,
        Invitee(
            held.given_name,
            held.family_name,
            held.email,
            held.role,
            held.programme_id,
            held.organisation_id,
        ),
    )
    _decide(actor, held, ProposalState.ACCEPTED, "")
    held.account_id = invited.account.id
    _record(actor, Action.PROPOSAL_ACCEPTED, held)
    return invited


def decline(actor: Actor, proposal: UserProposal, reason: str) -> None:
    """The person is not invited; who proposed reads why. Raises RuleViolation."""
    check_reason(reason)
    held = _hold(proposal)
    _decide(actor, held, ProposalState.DECLINED, reason)
    _record(actor, Action.PROPOSAL_DECLINED, held)


def _hold(proposal: UserProposal) -> UserProposal:
    held = db.session.scalars(
        select(UserProposal)
        .where(UserProposal.id == proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if held.state != ProposalState.PROPOSED:
        raise RuleViolation(Sentence("Su questa proposta si è già deciso."))
    return held


def _decide(actor: Actor, proposal: UserProposal, state: ProposalState, note: str) -> None:
    proposal.state = state
    proposal.decided_by_id = actor.account_id
    proposal.decided_at = clock.now()
    proposal.decision_note = note


def _record(actor: Actor, action: Action, proposal: UserProposal) -> None:
    audit.record(actor, action, proposal, _label(proposal), body_id=proposal.organisation_id)


def _label(proposal: UserProposal) -> str:
    return proposal.full_name
