# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making a declaration: at once, by whom it is about, from what closed pages say.

The paper is drawn and sealed while no transaction is open; then the enrolment is held,
everything is read once more, and only what is still true is kept.
"""

from collections.abc import Callable
from dataclasses import replace

from app import clock, seals
from app.actor import Actor
from app.certificates import keeping
from app.certificates.declarations import contents, queries
from app.certificates.frames import Frame, frame, images
from app.certificates.keeping import Draft
from app.certificates.queries import EDITION_PAGE
from app.documents.certificate_content import CertificateContent
from app.documents.declaration import render_declaration
from app.domain.certificates import CertificateKind, CertificateState, new_code
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import Certificate, Edition, Enrolment, Person
from app.review import hold_people

REPLACED = "Il registro è cambiato: vale la dichiarazione rilasciata dopo."


def declare_hours(actor: Actor, enrolment_id: int) -> int:
    """The declaration of the hours of this enrolment; its id. Raises RuleViolation."""

    def read(code: str) -> Draft:
        standing = queries.hours_of(actor, enrolment_id)
        person = db.session.get_one(Person, standing.person_id)
        common = _frame(standing.edition_id)
        said = contents.declared_hours(common, standing, person, code)
        return _draft(common, said, code, person.id, standing.enrolment_id, None)

    return _declare(actor, read)


def declare_presence(actor: Actor, lesson_id: int) -> int:
    """The declaration of the actor's presence at this lesson; its id. Raises RuleViolation."""

    def read(code: str) -> Draft:
        presence = queries.presence_of(actor, lesson_id)
        person = db.session.get_one(Person, presence.person_id)
        common = _frame(presence.edition_id)
        said = contents.declared_presence(common, presence, person, code)
        return _draft(common, said, code, person.id, presence.enrolment_id, lesson_id)

    return _declare(actor, read)


def _declare(actor: Actor, read: Callable[[str], Draft]) -> int:
    draft = read(new_code())
    old = queries.in_force(draft.enrolment_id, draft.lesson_id)
    if old and _says_the_same(old, draft):
        return old.id
    db.session.rollback()  # nothing is written yet, and nobody waits while the paper is drawn
    pdf = _paper(draft)
    hold_people(Enrolment.id == draft.enrolment_id)
    if read(draft.code).content != draft.content:
        raise RuleViolation(Sentence("Nel frattempo il registro è cambiato: riprovare."))
    old = queries.in_force(draft.enrolment_id, draft.lesson_id)
    if old and _says_the_same(old, draft):
        return old.id
    if old:
        keeping.supersede(actor, old.id, REPLACED, draft)
    return keeping.insert(actor, draft, pdf, old.id if old else None).id


def _frame(edition_id: int) -> Frame:
    return frame(db.session.get_one(Edition, edition_id, options=EDITION_PAGE))


def _draft(
    common: Frame,
    said: CertificateContent,
    code: str,
    person_id: int,
    enrolment_id: int,
    lesson_id: int | None,
) -> Draft:
    return Draft(
        content=said,
        code=code,
        body_id=common.issuing_body.id,
        year=clock.today().year,
        number=None,
        edition_id=common.edition.id,
        person_id=person_id,
        enrolment_id=enrolment_id,
        kind=CertificateKind.DECLARATION,
        logos=images(common.template),
        lesson_id=lesson_id,
    )


def _says_the_same(old: Certificate, draft: Draft) -> bool:
    """Whether it still holds, and but for code and day says what would be declared now."""
    now = draft.content
    said = replace(
        CertificateContent.from_json(old.content),
        verification_url=now.verification_url,
        verification_code=now.verification_code,
        issue_date=now.issue_date,
    )
    return old.state is CertificateState.ISSUED and said == now


def _paper(draft: Draft) -> bytes:
    pdf = render_declaration(draft.content, draft.logos)
    seal = seals.seal()
    try:
        return seal.apply(pdf, clock.now()) if seal else pdf
    except seals.SealUnavailable:
        raise RuleViolation(
            Sentence("Il sigillo elettronico ora non risponde: riprovare tra qualche minuto.")
        ) from None
