# SPDX-License-Identifier: AGPL-3.0-or-later
"""The worker's side of an issue: one certificate, one number, one transaction.

The paper is drawn and sealed outside any transaction, for the number that comes
next. Then the counter is held, everything is read once more, and only if the
certificate would still say the same is it kept: so nothing slow happens while
the counter is held, a failure takes no number, and no number is given twice.
Who is overtaken again and again draws while holding the counter, unless a time
stamp would have to be waited for.
"""

import logging
from dataclasses import replace
from typing import TypeVar

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import audit, clock, jobs, seals, transaction
from app.audit import Action
from app.certificates import contents, keeping
from app.certificates.frames import Frame, frame, images
from app.certificates.keeping import Draft
from app.certificates.numbers import hold_counter, next_number
from app.certificates.queries import EDITION_PAGE
from app.certificates.teaching import Teaching, teachings
from app.documents.certificate import CertificateContent, render_certificate
from app.domain import eligibility
from app.domain.certificates import BatchItemState, CertificateKind, new_code, number_text
from app.domain.errors import RuleViolation, Sentence
from app.errors import OUTAGES, explain
from app.extensions import db
from app.models import CertificateBatch, CertificateBatchItem, Edition, Enrolment, Person
from app.review import hold_book, hold_people
from app.standings import Standing, one_standing

AT_ONCE = 200  # certificates in one go, before other jobs have their turn
OVERTAKEN = 2  # times that others may be quicker before the counter is held for the drawing
TRIES = 20  # and before the item waits for the next round
POSTPONED = 3  # items that could not be tried, after which the job tries no more for now

Claim = TypeVar("Claim", Standing, Teaching)

log = logging.getLogger(__name__)


class Overtaken(Exception):  # noqa: N818 - no error: it is tried again
    """What was drawn is not what would be issued now."""


def issue_waiting() -> int:
    """A job: issue what the batches ask for, in the order they ask; how many were tried."""
    postponed: list[int] = []
    for tried in range(AT_ONCE):
        item_id = _first_waiting(postponed)
        if item_id is None:
            return tried
        if not issue_item(item_id):
            postponed.append(item_id)
            if len(postponed) == POSTPONED:
                return tried + 1
    jobs.ask_for(issue_waiting.__name__)
    return AT_ONCE


def _first_waiting(but: list[int]) -> int | None:
    with transaction.unit():
        return db.session.scalar(
            select(CertificateBatchItem.id)
            .join(CertificateBatch, CertificateBatch.id == CertificateBatchItem.batch_id)
            .where(
                CertificateBatch.finished_at.is_(None),
                CertificateBatchItem.state == BatchItemState.WAITING,
                CertificateBatchItem.id.not_in(but),
            )
            .order_by(CertificateBatch.id, CertificateBatchItem.seq)
            .limit(1)
        )


def issue_item(item_id: int) -> bool:
    """Issue one certificate asked for, or note why not; False when it must wait."""
    with force_locale("it"):  # the language of the paper; the worker has no reader of its own
        try:
            return _issue_item(item_id)
        except (*OUTAGES, seals.SealUnavailable):
            log.warning("certificate of item %d postponed", item_id, exc_info=True)
            return False


def _issue_item(item_id: int) -> bool:
    quick = not current_app.config["SEAL_TSA_URL"]
    clashed = False
    for lost in range(TRIES):
        try:
            if quick and lost >= OVERTAKEN:
                return _issue_holding(item_id)
            return _issue_in_steps(item_id)
        except Overtaken:
            continue
        except RuleViolation as violation:
            return _refuse(item_id, explain(violation.sentence))
        except IntegrityError:
            clashed = True  # somebody was quicker, or what is stored does not fit together
        except (*OUTAGES, seals.SealUnavailable):
            raise
        except Exception:  # one that cannot be drawn must not stop those behind it
            log.exception("certificate of item %d not issued", item_id)
            return _refuse(item_id, "Il documento non si è potuto comporre.")
    if not clashed:
        return False
    log.error("certificate of item %d clashes with what is stored", item_id)
    return _refuse(item_id, "Il repertorio non lo accetta: va verificato con chi lo amministra.")


def _issue_in_steps(item_id: int) -> bool:
    """Read, draw, keep: each by itself. Raises Overtaken when somebody was quicker."""
    with transaction.unit():
        draft = _draft(item_id)
    if draft is None:
        return True
    pdf = _paper(draft)
    with transaction.unit():
        now = _draft(item_id, code=draft.code, hold=True)
        if now is None:
            return True
        if (now.content, now.body_id) != (draft.content, draft.body_id):
            raise Overtaken  # nothing of this transaction stays, not even a new counter
        _keep(item_id, draft, pdf)
    return True


def _issue_holding(item_id: int) -> bool:
    """All of it while the counter is held."""
    with transaction.unit():
        draft = _draft(item_id, hold=True)
        if draft is not None:
            _keep(item_id, draft, _paper(draft))
    return True


def _paper(draft: Draft) -> bytes:
    pdf = render_certificate(draft.content, draft.logos)
    seal = seals.seal()
    return seal.apply(pdf, clock.now()) if seal else pdf


def _draft(item_id: int, *, code: str = "", hold: bool = False) -> Draft | None:
    """What the item would give now; None when it does not wait any more.

    With ``hold`` the counter, the person's hours and the item stay as they are read.
    """
    item = _item(item_id, hold)
    if item is None:
        return None
    batch = db.session.get_one(CertificateBatch, item.batch_id)
    edition = db.session.get_one(Edition, batch.edition_id, options=EDITION_PAGE)
    common = frame(edition)
    body_id, year = common.issuing_body.id, clock.today().year
    if hold:
        number = hold_counter(body_id, year).last_number + 1
        _hold_hours(item, edition.id)
    else:
        number = next_number(body_id, year)
    code = code or new_code()
    return Draft(
        content=_content(item, common, code, number_text(number, year)),
        code=code,
        body_id=body_id,
        year=year,
        number=number,
        edition_id=edition.id,
        person_id=item.person_id,
        enrolment_id=item.enrolment_id,
        kind=item.kind,
        logos=images(common.template),
    )


def _hold_hours(item: CertificateBatchItem, edition_id: int) -> None:
    if item.kind is CertificateKind.TEACHING:
        hold_book(edition_id)
    else:
        hold_people(Enrolment.id == item.enrolment_id)


def _item(item_id: int, hold: bool) -> CertificateBatchItem | None:
    query = select(CertificateBatchItem).where(
        CertificateBatchItem.id == item_id, CertificateBatchItem.state == BatchItemState.WAITING
    )
    return db.session.scalars(query.with_for_update() if hold else query).one_or_none()


def _content(
    item: CertificateBatchItem, common: Frame, code: str, number: str
) -> CertificateContent:
    """What the certificate would say; RuleViolation with the condition that is missing."""
    person = db.session.get_one(Person, item.person_id)
    if item.kind is CertificateKind.TEACHING:
        claims = (one for one in teachings(common.edition) if one.person.id == item.person_id)
        return contents.taught(common, _due(item, next(claims, None)), person, code, number)
    standing = one_standing(item.enrolment_id or 0, common.edition.id)
    return contents.attended(common, _due(item, standing), person, code, number)


def _due(item: CertificateBatchItem, claim: Claim | None) -> Claim:
    """What the certificate is asked on, if it gives a right to one. Raises RuleViolation."""
    if claim is None:
        raise RuleViolation(Sentence("La persona non risulta più nell'edizione."))
    if claim.case.kind is not item.kind:
        raise RuleViolation(Sentence("Il corso rilascia ora un altro tipo di attestato."))
    case = replace(claim.case, certificate_exists=False) if item.replaces_id else claim.case
    if not eligibility.is_eligible(case):
        raise RuleViolation(eligibility.why(case))
    return claim


def _keep(item_id: int, draft: Draft, pdf: bytes) -> None:
    """Take the number from the counter, which is held, and write the certificate."""
    item = db.session.get_one(CertificateBatchItem, item_id)
    batch = db.session.get_one(CertificateBatch, item.batch_id)
    hold_counter(draft.body_id, draft.year).last_number = draft.number or 0
    keeping.keep(batch, item, draft, pdf)


def _refuse(item_id: int, reason: str) -> bool:
    """Note why this one was not issued; those behind it go on."""
    with transaction.unit():
        item = _item(item_id, hold=True)
        if item is None:
            return True
        item.state, item.reason = BatchItemState.REFUSED, reason[:400]
        batch = db.session.get_one(CertificateBatch, item.batch_id)
        actor = keeping.actor_of_batch(batch, checked=False)
        audit.record(actor, Action.CERTIFICATE_REFUSED, item, str(item.seq), reason=item.reason)
        keeping.finish(batch.id)
    return True
