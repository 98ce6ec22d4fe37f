# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words of messages kept, and messages put in the outbox: only when somebody says "send"."""

from collections.abc import Sequence

from sqlalchemy import select

from app import audit, clock, mail
from app.actor import Actor
from app.audit import Action
from app.domain.errors import RuleViolation, Sentence
from app.domain.notices import NoticeKind, check_fields
from app.enrolments.notices import composing, queries
from app.extensions import db
from app.models import Edition, Enrolment, NoticeText, OutboxMessage


def set_words(
    actor: Actor, edition: Edition, kind: NoticeKind, subject: str, body: str, *, everywhere: bool
) -> None:
    """Keep the words for the edition, or ``everywhere`` for the programme.

    Raises RuleViolation for a field that does not exist.
    """
    check_fields(subject)
    check_fields(body)
    programme, edition_id = edition.course.programme_id, None if everywhere else edition.id
    here = NoticeText.edition_id == edition.id
    row = db.session.scalars(
        select(NoticeText).where(
            NoticeText.kind == kind,
            NoticeText.programme_id == programme,
            NoticeText.edition_id.is_(None) if everywhere else here,
        )
    ).one_or_none()
    if row is None:
        row = NoticeText(programme_id=programme, edition_id=edition_id, kind=kind)
        db.session.add(row)
    row.subject, row.body = subject, body
    row.changed_at, row.changed_by_id = clock.now(), actor.account_id
    db.session.flush()
    audit.record(actor, Action.NOTICE_SET, row, edition.code, kind=kind, subject=subject, body=body)


def send(
    actor: Actor,
    edition: Edition,
    kind: NoticeKind,
    enrolments: Sequence[int],
    *,
    seen: str = "",
    with_calendar: bool = False,
) -> int:
    """Put the message for each in the outbox; how many were put there now.

    The same words go to the same person once a day, however often they are sent.
    ``seen``: the seal of the words as the sender saw them. Raises RuleViolation.
    """
    words = queries.words_of(edition, kind)
    if seen and seen != words.seal:
        raise RuleViolation(
            Sentence("Il testo è cambiato dopo l'apertura della pagina: rileggerlo e inviare.")
        )
    people = [
        one for one in queries.addressees(actor, edition, kind) if one.enrolment_id in enrolments
    ]
    context = composing.context_of(edition, people)
    files = [composing.calendar_of(context)] if with_calendar else []
    put = 0
    for one in people:
        subject, body = composing.written(words, context, one)
        put += mail.queue(
            queries.outbox_kind(kind),
            mail.Recipient(one.address, f"{one.given_name} {one.family_name}"),
            subject,
            body,
            about=db.session.get_one(Enrolment, one.enrolment_id),
            once_key=f"{kind}-{one.enrolment_id}-{clock.today()}-{words.seal}",
            programme_id=edition.course.programme_id,
            attachments=files,
        )
    audit.record(actor, Action.NOTICE_SENT, edition, edition.code, kind=kind, messages=put)
    return put


def resend(actor: Actor, message: OutboxMessage) -> None:
    """Send again a message that was not delivered. Raises RuleViolation for any other."""
    mail.requeue(actor, message)
