# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling those concerned what changed in a timetable, with the calendar that says it anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from app import mail
from app.calendars import MEDIA_TYPE, CalendarEntry, calendar_file
from app.domain.enrolment import EnrolmentState
from app.domain.variation_words import Names, change_lines
from app.domain.variations import Change
from app.extensions import db
from app.models import Edition, Enrolment, Lesson, Person, UserAccount, Variation

KIND = "timetable_changed"


@dataclass(frozen=True)
class Told:
    """Somebody to be told, and the changes that concern her."""

    person: int
    name: str
    address: str
    changes: tuple[Change, ...]
    attends: bool = False


@dataclass(frozen=True)
class Notice:
    """A message about to be written. ``lessons``: by the ``id`` of their change."""

    edition: Edition
    names: Names
    to: Told
    lessons: Mapping[int, Lesson]
    reason: str
    by: str
    at: datetime
    first: Variation


def concerned(edition: Edition, changes: Sequence[Change]) -> list[Told]:
    """Trainers and tutors of the lessons changed, before and after, and everybody confirmed.

    Those without an address, too: somebody tells them by other means. Two statements.
    """
    if not changes:
        return []
    staff = {person for change in changes for person in change.staff}
    confirmed = select(Enrolment.person_id).where(
        Enrolment.edition_id == edition.id, Enrolment.state == EnrolmentState.CONFIRMED
    )
    attending = set(db.session.scalars(confirmed))
    address = func.coalesce(Person.work_email, UserAccount.login)
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, func.min(address))
        .outerjoin(UserAccount, UserAccount.person_id == Person.id)
        .where(Person.id.in_(staff) | Person.id.in_(confirmed), Person.active)
        .group_by(Person.id, Person.given_name, Person.family_name, Person.search_key)
        .order_by(Person.search_key, Person.id)
    )
    return [
        Told(
            person,
            f"{given} {family}",
            to or "",
            tuple(one for one in changes if person in attending or person in one.staff),
            attends=person in attending,
        )
        for person, given, family, to in rows
    ]


def subject_of(edition: Edition) -> str:
    return f"Variazione di calendario: {edition.code}"


def text_of(edition: Edition, names: Names, to: Told, reason: str, by: str) -> str:
    """The message as it will be read."""
    return mail.draw(
        "timetable_changed.txt",
        name=to.name,
        edition=edition,
        lines=change_lines(to.changes, names),
        reason=reason,
        by=by,
        base_url=current_app.config["BASE_URL"],
    )


@dataclass(frozen=True)
class Preview:
    """Whom a message would reach, and how it would read to the first of them."""

    subject: str
    sample: str
    reached: int
    silent: int


def preview(
    edition: Edition, names: Names, changes: Sequence[Change], reason: str, by: str
) -> Preview:
    """The message before anybody decides to send it: two statements."""
    told = concerned(edition, changes)
    reached = [one for one in told if one.address]
    sample = text_of(edition, names, reached[0], reason or "…", by) if reached else ""
    return Preview(subject_of(edition), sample, len(reached), len(told) - len(reached))


def send(notice: Notice) -> None:
    """Put the message in the outbox, its calendar attached; once, however often it is asked."""
    edition, to = notice.edition, notice.to
    file = calendar_file(_entries(notice), name=f"FOR PA – {edition.code}")
    mail.queue(
        KIND,
        mail.Recipient(to.address, to.name),
        subject_of(edition),
        text_of(edition, notice.names, to, notice.reason, notice.by),
        about=notice.first,
        once_key=f"{KIND}:{notice.first.id}:{to.person}",
        programme_id=edition.course.programme_id,
        attachments=[mail.Attachment(f"{edition.code}.ics", MEDIA_TYPE, file)],
    )


def _entries(notice: Notice) -> Iterable[CalendarEntry]:
    """One for each lesson changed; called off for whoever is no longer wanted there."""
    edition, to = notice.edition, notice.to
    for change in to.changes:
        lesson = notice.lessons[id(change)]
        facts = change.new or change.old
        assert facts is not None  # noqa: S101 - a change says what was or what is
        gone = to.person not in (*facts.trainers, *facts.tutors)
        yield CalendarEntry(
            key=f"lesson-{lesson.id}",
            starts_at=facts.window.start,
            ends_at=facts.window.end,
            summary=f"{edition.course_title} – lezione {lesson.seq}",
            changed_at=notice.at,
            sequence=lesson.revision,
            location=notice.names.venues.get(facts.venue, ""),
            description=change.topic,
            address=f"{current_app.config['BASE_URL']}/editions/{edition.id}",
            cancelled=change.new is None or (gone and not to.attends),
        )
