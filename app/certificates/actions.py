# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates asked for on a list that was shown first; the worker issues them."""

from collections.abc import Collection
from dataclasses import dataclass

from app import audit, clock, jobs, transaction
from app.actor import Actor
from app.audit import Action
from app.certificates.issuing import issue_waiting
from app.certificates.preview import Preview, preview
from app.certificates.queries import trainers_of
from app.domain.certificates import BatchItemState, CertificateKind
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import CertificateBatch, CertificateBatchItem, Edition


@dataclass(frozen=True)
class Wanted:
    """Who was ticked on the previewed list: enrolments, and people who taught."""

    enrolments: Collection[int]
    teachers: Collection[int] = ()

    def __len__(self) -> int:
        return len(self.enrolments) + len(self.teachers)


def check_issue(actor: Actor, edition: Edition, wanted: Wanted) -> Preview:
    """The preview those ticked were chosen from; RuleViolation unless all are due.

    Four eyes (rules 27 and 28 of the programme): the only trainer of an edition does not
    issue its certificates, and nobody issues her own.
    """
    if not wanted:
        raise RuleViolation(Sentence("Scegliere almeno una persona."))
    if trainers_of(edition) == {actor.person_id}:
        raise RuleViolation(
            Sentence("Chi è l'unico docente dell'edizione non può rilasciarne gli attestati.")
        )
    found = preview(actor, edition)
    due = {person.enrolment_id: person.person_id for person in found.due}
    teaching = {one.person.id for one in found.teaching_due}
    if not (set(wanted.enrolments) <= due.keys() and set(wanted.teachers) <= teaching):
        raise RuleViolation(
            Sentence(
                "L'elenco è cambiato: per qualcuno tra le persone scelte l'attestato ora non si "
                "può rilasciare."
            )
        )
    people = {due[enrolment] for enrolment in wanted.enrolments} | set(wanted.teachers)
    if actor.person_id in people:
        raise RuleViolation(Sentence("Nessuno rilascia un attestato a sé."))
    return found


def ask_batch(
    actor: Actor, edition: Edition, wanted: Wanted, *, notify: bool = False
) -> CertificateBatch:
    """Ask for certificates for those chosen, in the order of the list; the worker issues them."""
    found = check_issue(actor, edition, wanted)
    items = [
        CertificateBatchItem(person_id=p.person_id, enrolment_id=p.enrolment_id, kind=p.kind)
        for p in found.due
        if p.enrolment_id in wanted.enrolments
    ] + [
        CertificateBatchItem(person_id=t.person.id, kind=CertificateKind.TEACHING)
        for t in found.teaching_due
        if t.person.id in wanted.teachers
    ]
    return start_batch(actor, edition, items, notify=notify)


def start_batch(
    actor: Actor, edition: Edition, items: list[CertificateBatchItem], *, notify: bool
) -> CertificateBatch:
    """Write the batch with its items, in their order, and wake the worker after the commit."""
    batch = CertificateBatch(
        edition_id=edition.id,
        asked_by_id=actor.account_id,
        assignment_id=actor.assignment_id,
        asked_at=clock.now(),
        notify=notify,
    )
    db.session.add(batch)
    db.session.flush()
    for seq, item in enumerate(items, start=1):
        item.batch_id, item.seq, item.state = batch.id, seq, BatchItemState.WAITING
        item.replaced_reason = item.replaced_reason or ""
        db.session.add(item)
    audit.record(actor, Action.BATCH_ASKED, batch, edition.code, wanted=len(items), notify=notify)
    transaction.after_commit(ask_to_issue)
    return batch


def ask_to_issue() -> None:
    """Have the worker look at the batches now."""
    jobs.ask_for(issue_waiting.__name__)
