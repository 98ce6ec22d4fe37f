# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the Foglio firme of a lesson, or of a whole edition, has to say."""

from collections import defaultdict
from collections.abc import Callable

from flask import abort
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.actor import Actor
from app.documents.publicity import PublicityBlock
from app.documents.sign_sheet import ExpectedPerson, SignSheetContent
from app.domain.vocabulary import StaffRole
from app.extensions import db
from app.hours import EXPECTED, TAKES_PLACE
from app.models import (
    AttendanceRegister,
    Edition,
    Enrolment,
    Lesson,
    LessonStaff,
    Organisation,
    Person,
    Recovery,
)
from app.scope import visible

Address = Callable[[int], str]  # of the page where the lesson's scans are attached

EDITION = (
    joinedload(Lesson.edition).joinedload(Edition.course),
    joinedload(Lesson.edition).joinedload(Edition.venue),
    joinedload(Lesson.edition).joinedload(Edition.delivering_body),
    joinedload(Lesson.breaks),
    joinedload(Lesson.venue),
    joinedload(Lesson.staff).joinedload(LessonStaff.person),
)


def of_lesson(
    actor: Actor, lesson_id: int, publicity: PublicityBlock, address: Address
) -> list[SignSheetContent]:
    """The sheet of one lesson; 404 outside the actor's scope."""
    return _sheets(actor, Lesson.id == lesson_id, publicity, address)


def of_edition(
    actor: Actor, edition: Edition, publicity: PublicityBlock, address: Address
) -> list[SignSheetContent]:
    """The sheets of the lessons that take place and that the actor may see; 404 without any."""
    wanted = (Lesson.edition_id == edition.id) & TAKES_PLACE
    return _sheets(actor, wanted, publicity, address)


def _sheets(
    actor: Actor, wanted: ColumnElement[bool], publicity: PublicityBlock, address: Address
) -> list[SignSheetContent]:
    lessons = (
        db.session.scalars(
            visible(Lesson, actor).where(wanted).options(*EDITION).order_by(Lesson.seq)
        )
        .unique()
        .all()
    )
    if not lessons:
        abort(404)
    edition = lessons[0].edition
    enrolled, guests = _people(edition.id), _guests([lesson.id for lesson in lessons])
    seqs = db.session.scalars(select(Lesson.seq).where(Lesson.edition_id == edition.id)).all()
    pages = db.session.scalar(
        select(AttendanceRegister.pages + AttendanceRegister.added_pages).where(
            AttendanceRegister.edition_id == edition.id
        )
    )
    return [
        _sheet(
            lesson,
            enrolled + guests[lesson.id],
            max(seqs),
            max(pages or 0, *seqs),
            publicity,
            address(lesson.id),
        )
        for lesson in lessons
    ]


def _sheet(
    lesson: Lesson,
    people: list[tuple[str, str, str]],
    lessons: int,
    pages: int,
    publicity: PublicityBlock,
    address: str,
) -> SignSheetContent:
    edition = lesson.edition
    venue = lesson.venue or edition.venue
    return SignSheetContent(
        delivering_body=edition.delivering_body.name,
        course_title=edition.course_title,
        course_code=edition.course.code,
        edition_code=edition.code,
        lesson_number=lesson.seq,
        lesson_count=lessons,
        topic=lesson.topic,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        venue=f"{venue.name}, {venue.town}",
        page_number=lesson.seq,
        page_count=pages,
        page_url=address,
        page_id=f"{edition.code}/{lesson.seq}",
        people=tuple(ExpectedPerson(name, body) for _key, name, body in sorted(people)),
        publicity=publicity,
        breaks=tuple((pause.starts_at, pause.ends_at) for pause in lesson.breaks),
        trainers=_staff(lesson, StaffRole.TRAINER, StaffRole.CO_TRAINER),
        tutors=_staff(lesson, StaffRole.TUTOR),
    )


def _staff(lesson: Lesson, *roles: StaffRole) -> tuple[str, ...]:
    names = [
        f"{s.person.given_name} {s.person.family_name}" for s in lesson.staff if s.role in roles
    ]
    return tuple(sorted(names))


# The order of the list, and no more of a person than a room may read.
PERSON = (Person.search_key, Person.family_name, Person.given_name, Organisation.name)


def _people(edition_id: int) -> list[tuple[str, str, str]]:
    found = db.session.execute(
        select(*PERSON)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(Enrolment.edition_id == edition_id, EXPECTED)
    )
    return [(key, f"{family} {given}", body) for key, family, given, body in found]


def _guests(lesson_ids: list[int]) -> dict[int, list[tuple[str, str, str]]]:
    """Those of other editions who recover here a lesson they missed."""
    found = db.session.execute(
        select(Recovery.lesson_id, *PERSON)
        .join(Enrolment, Enrolment.id == Recovery.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(Recovery.lesson_id.in_(lesson_ids), EXPECTED)
    )
    guests: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for lesson_id, key, family, given, body in found:
        guests[lesson_id].append((key, f"{family} {given}", body))
    return guests
