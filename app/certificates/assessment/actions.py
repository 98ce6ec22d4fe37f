# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a certificate may want beside the hours: the test's result, the questionnaire."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.certificates import CertificateKind
from app.domain.edition import has_ended
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.hours import EXPECTED, VALID
from app.models import Certificate, Edition, Enrolment


class Result(NamedTuple):
    """What the page showed of somebody, and what was chosen."""

    was: bool | None
    now: bool | None


def record_results(actor: Actor, edition: Edition, results: Mapping[int, Result]) -> int:
    """Note who passed the final test; how many results changed.

    Nobody records her own; a result on which a valid certificate rests does not change;
    what another hand recorded meanwhile is not written over.
    """
    if edition.course.certificate_kind is not CertificateKind.WITH_ASSESSMENT:
        raise RuleViolation(Sentence("Questo corso non prevede una prova finale."))
    people = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.edition_id == edition.id, EXPECTED, Enrolment.id.in_(results))
        .order_by(Enrolment.id)
        .with_for_update()
    ).all()
    chosen = {i: result for i, result in results.items() if result.was != result.now}
    changed = [e for e in people if e.id in chosen and e.assessment_passed != chosen[e.id].now]
    if any(enrolment.assessment_passed != chosen[enrolment.id].was for enrolment in changed):
        raise RuleViolation(
            Sentence("Nel frattempo qualcun altro ha registrato un esito: ricaricare la pagina.")
        )
    if any(enrolment.person_id == actor.person_id for enrolment in changed):
        raise RuleViolation(Sentence("Nessuno registra l'esito della propria prova."))
    if _certified([enrolment.id for enrolment in changed]):
        raise RuleViolation(
            Sentence("Su uno di questi esiti poggia un attestato valido: prima va revocato.")
        )
    for enrolment in changed:
        enrolment.assessment_passed = chosen[enrolment.id].now
    if changed:
        audit.record(
            actor,
            Action.ASSESSMENT_RECORDED,
            edition,
            edition.code,
            results=[f"{e.id}: {e.assessment_passed}" for e in changed],
        )
    return len(changed)


def _certified(enrolment_ids: list[int]) -> bool:
    query = select(Certificate.id).where(
        Certificate.enrolment_id.in_(enrolment_ids), Certificate.number.is_not(None), VALID
    )
    return db.session.scalar(query.limit(1)) is not None


def ask_questionnaire(actor: Actor, edition: Edition, *, wanted: bool) -> None:
    """Ask for the questionnaire before the certificate, or not any more; until the edition ends."""
    if has_ended(edition.state):
        raise RuleViolation(Sentence("L'edizione è chiusa: le sue condizioni non cambiano più."))
    if edition.asks_questionnaire is not wanted:
        edition.asks_questionnaire = wanted
        audit.record(actor, Action.QUESTIONNAIRE_ASKED, edition, edition.code, wanted=wanted)
