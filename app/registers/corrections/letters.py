# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is told by e-mail of a correction: those who may decide it, then who asked."""

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, or_, select

from app import clock, labels, mail
from app.actor import Actor
from app.domain.roles import Role
from app.domain.vocabulary import AccountState
from app.extensions import db
from app.models import Correction, LessonStaff, Person, RoleAssignment, UserAccount
from app.registers.corrections.cases import ClosedPage, CorrectionCase, PersonOnPage
from app.registers.corrections.queries import in_local_words

ASKED, DECIDED = "correction_asked", "correction_decided"


def tell_deciders(
    actor: Actor, page: ClosedPage, correction: Correction, person: PersonOnPage | None
) -> None:
    """A message to everybody who may decide it now."""
    for to in _deciders(actor, page, person):
        mail.queue(
            ASKED,
            to,
            f"Rettifica da decidere: {page.edition.code}, lezione {page.lesson.seq}",
            _text("correction_asked.txt", to.name, page, correction, person, asked_by=actor.name),
            about=correction,
            once_key=f"{ASKED}:{correction.id}:{to.address.casefold()}"[:120],
            programme_id=page.programme.id,
        )


def tell_asker(case: CorrectionCase) -> None:
    """A message to who asked: what was decided, and why."""
    page, correction = case.page, case.correction
    address = func.coalesce(Person.work_email, UserAccount.login)
    to = db.session.execute(
        select(address, UserAccount.display_name)
        .outerjoin(Person, Person.id == UserAccount.person_id)
        .where(UserAccount.id == correction.asked_by_id)
    ).one()
    with force_locale("it"):
        outcome = labels.label(correction.state).lower()
    text = _text("correction_decided.txt", to[1], page, correction, case.person, outcome=outcome)
    mail.queue(
        DECIDED,
        mail.Recipient(*to),
        f"Rettifica {outcome}: {page.edition.code}, lezione {page.lesson.seq}",
        text,
        about=correction,
        once_key=f"{DECIDED}:{correction.id}",
        programme_id=page.programme.id,
    )


def _text(
    template: str,
    name: str,
    page: ClosedPage,
    correction: Correction,
    person: PersonOnPage | None,
    **more: str,
) -> str:
    start = page.lesson.starts_at
    with force_locale("it"):
        old = in_local_words(correction.subject, correction.old_value, start)
        new = in_local_words(correction.subject, correction.new_value, start)
        what = labels.label(correction.subject)
    return mail.draw(
        template,
        name=name,
        lesson=page.lesson,
        edition=page.edition,
        person=person.name if person else "",
        what=what,
        old=old,
        new=new,
        correction=correction,
        address=f"{current_app.config['BASE_URL']}/corrections/{correction.id}",
        **more,
    )


def _deciders(actor: Actor, page: ClosedPage, person: PersonOnPage | None) -> list[mail.Recipient]:
    """Organisers of the body and coordinators, but for who asked, who teaches, who is marked."""
    today = clock.today()
    staff = select(LessonStaff.person_id).where(LessonStaff.lesson_id == page.lesson.id)
    barred = [actor.person_id or 0, person.person_id if person else 0]
    rows = db.session.execute(
        select(
            func.coalesce(Person.work_email, UserAccount.login),
            UserAccount.display_name,
        )
        .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
        .outerjoin(Person, Person.id == UserAccount.person_id)
        .where(
            RoleAssignment.programme_id == page.programme.id,
            or_(
                RoleAssignment.role == Role.PROGRAMME_COORDINATOR,
                (RoleAssignment.role == Role.ORGANISER)
                & (RoleAssignment.organisation_id == page.edition.delivering_body_id),
            ),
            RoleAssignment.revoked_by_id.is_(None),
            RoleAssignment.starts_on <= today,
            func.coalesce(RoleAssignment.ends_on, today) >= today,
            UserAccount.state == AccountState.ACTIVE,
            UserAccount.id != actor.account_id,
            or_(
                UserAccount.person_id.is_(None),
                UserAccount.person_id.notin_(staff) & UserAccount.person_id.notin_(barred),
            ),
        )
        .order_by(UserAccount.id)
    )
    return list(
        {address.casefold(): mail.Recipient(address, name) for address, name in rows}.values()
    )
