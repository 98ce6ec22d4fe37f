# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening a page of the register again: written in the book, and told to who answers for it."""

from flask import current_app
from sqlalchemy import select

from app import audit, clock, mail
from app.actor import Actor
from app.audit import Action
from app.domain import endorsement
from app.domain.book import additional_pages_hash, reopening_content
from app.domain.edition import EditionState
from app.domain.edition import check_transition as check_edition
from app.domain.enrolment import EnrolmentState
from app.domain.enrolment import check_transition as check_enrolment
from app.domain.register import REOPEN_WINDOW, SheetState
from app.domain.reopening import check_reason
from app.domain.vocabulary import RecordKind
from app.extensions import db
from app.models import AdditionalPages, AttendanceRegister, Edition, Enrolment
from app.registers.binding import bind, hold
from app.registers.book.reopening import ReopeningCase
from app.registers.queries import pages_of

KIND = "sheet_reopened"


def reopen(actor: Actor, case: ReopeningCase, reason: str) -> None:
    """Let the page take marks for 24 hours more. RuleViolation where a rule forbids it.

    In a closed edition the edition runs again, and its outcomes are open until it is
    closed anew.
    """
    case.check()
    check_reason(reason)
    sheet, lesson, register = case.sheet, case.lesson, case.register
    assert register is not None  # noqa: S101 - the rule wants it endorsed
    hold(register)
    now = (
        clock.now()
    )  # asked while the register is held: records follow in the order of their times
    until = now + REOPEN_WINDOW
    content = reopening_content(
        lesson=lesson.id,
        version=sheet.page_version,
        reason=reason,
        reopened_by=actor.account_id or 0,
        at=now,
        until=until,
    )
    record = bind(actor, register, sheet, RecordKind.REOPENED, content, now)
    sheet.state, sheet.reopened_until = SheetState.REOPENED, until
    audit.record(
        actor,
        Action.SHEET_REOPENED,
        sheet,
        f"{case.edition.code}, {lesson.seq}",
        body_id=case.edition.delivering_body_id,
        version=sheet.page_version,
        reason=reason,
        until=until,
        hash=record.hash,
    )
    _resume(actor, case)
    _tell(actor, case, reason)


def endorse_more(actor: Actor, edition: Edition, register: AttendanceRegister) -> AdditionalPages:
    """Endorse the pages that lessons added since the endorsement need. RuleViolation.

    Kept beside the endorsement, never in its place: the first hash stays what it was,
    and each later one covers the one before.
    """
    hold(register)
    db.session.refresh(register)
    last_page, _written = pages_of(edition.id)
    first, last = endorsement.check_endorse_more(
        endorsed=register.endorsed_at is not None,
        endorsed_pages=register.all_pages,
        last_page=last_page,
    )
    before = db.session.scalar(
        select(AdditionalPages.hash)
        .where(AdditionalPages.register_id == register.id)
        .order_by(AdditionalPages.first_page.desc())
        .limit(1)
    )
    previous, now = before or register.endorsement_hash or "", clock.now()
    pages = AdditionalPages(
        register_id=register.id,
        first_page=first,
        last_page=last,
        endorsed_at=now,
        endorsed_by_id=actor.account_id,
        previous_hash=previous,
        hash=additional_pages_hash(
            previous,
            number=register.number,
            first_page=first,
            last_page=last,
            endorsed_at=now,
            endorsed_by=actor.account_id,
        ),
    )
    register.added_pages = last - register.pages
    db.session.add(pages)
    db.session.flush()
    audit.record(
        actor,
        Action.REGISTER_EXTENDED,
        pages,
        edition.code,
        body_id=edition.delivering_body_id,
        first_page=first,
        last_page=last,
        hash=pages.hash,
    )
    return pages


def _resume(actor: Actor, case: ReopeningCase) -> None:
    """The edition is in progress: a page of it is open."""
    edition = case.edition
    if not case.edition_ended:
        if edition.state in (EditionState.OPEN, EditionState.CONFIRMED):
            edition.state = EditionState.RUNNING
        return
    check_edition(edition.state, EditionState.RUNNING)
    edition.state = EditionState.RUNNING
    assert case.register is not None  # noqa: S101 - checked before
    case.register.closed_at = None
    decided = (EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
    people = db.session.scalars(
        select(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.state.in_(decided))
    ).all()
    for enrolment in people:
        check_enrolment(enrolment.state, EnrolmentState.CONFIRMED)
        enrolment.state = EnrolmentState.CONFIRMED
    audit.record(
        actor,
        Action.EDITION_REOPENED,
        edition,
        edition.code,
        body_id=edition.delivering_body_id,
        enrolments=len(people),
    )


def _tell(actor: Actor, case: ReopeningCase, reason: str) -> None:
    code, seq = case.edition.code, case.lesson.seq
    for to in case.told:
        body = mail.draw(
            "sheet_reopened.txt",
            name=to.name,
            case=case,
            reason=reason,
            by=actor.name,
            base_url=current_app.config["BASE_URL"],
        )
        mail.queue(
            KIND,
            to,
            f"Riaperto il foglio presenze {code}, lezione {seq}",
            body,
            about=case.sheet,
            programme_id=case.programme.id,
        )
