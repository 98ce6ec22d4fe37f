# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the fields of a message stand for: the edition, its lessons, one person."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import force_locale
from sqlalchemy import func, select

from app import clock
from app.calendars import MEDIA_TYPE, CalendarEntry, calendar_file
from app.domain.enrolment import EnrolmentState
from app.domain.notices import fill
from app.enrolments.notices.queries import Addressee, Words
from app.enrolments.requests.queries import lessons_of
from app.extensions import db
from app.mail import Attachment
from app.models import Edition, EnrolmentMove, Lesson, Venue
from app.pages import clock_time, day

EXAMPLE = Addressee(0, "Nome", "Cognome", "Ente di esempio", "", 1, 0)


@dataclass
class Context:
    """What is the same for everybody; ``reasons``: why somebody was refused, by enrolment."""

    edition: Edition
    lessons: list[Lesson]
    places: dict[int | None, str]
    reasons: dict[int, str] = field(default_factory=dict)

    def place(self, lesson: Lesson) -> str:
        return self.places.get(lesson.venue_id) or self.places[None]


def context_of(edition: Edition, people: Sequence[Addressee]) -> Context:
    """Three statements, whatever the number of people."""
    lessons = lessons_of(edition)
    venues = {lesson.venue_id for lesson in lessons if lesson.venue_id}
    places: dict[int | None, str] = {None: _place(edition.venue)}
    places |= {
        v.id: _place(v) for v in db.session.scalars(select(Venue).where(Venue.id.in_(venues)))
    }
    return Context(edition, lessons, places, _reasons([one.enrolment_id for one in people]))


def _place(venue: Venue) -> str:
    return ", ".join(part for part in (venue.name, venue.address, venue.town) if part)


def _reasons(enrolments: Sequence[int]) -> dict[int, str]:
    last = (
        select(func.max(EnrolmentMove.id))
        .where(
            EnrolmentMove.enrolment_id.in_(enrolments),
            EnrolmentMove.to_state == EnrolmentState.REJECTED,
        )
        .group_by(EnrolmentMove.enrolment_id)
    )
    rows = db.session.execute(
        select(EnrolmentMove.enrolment_id, EnrolmentMove.note).where(EnrolmentMove.id.in_(last))
    )
    return {enrolment: note for enrolment, note in rows}  # noqa: C416


def written(words: Words, context: Context, to: Addressee) -> tuple[str, str]:
    """Subject and body for one person; in Italian, whatever the sender reads."""
    with force_locale("it"):
        values = _values(context, to)
    return fill(words.subject, values), fill(words.body, values)


def _values(context: Context, to: Addressee) -> dict[str, str]:
    ahead = [one for one in context.lessons if one.starts_at > clock.now()]
    return {
        "nome": to.given_name,
        "cognome": to.family_name,
        "ente": to.home_body,
        "corso": context.edition.course_title,
        "edizione": context.edition.code,
        "sede": context.places[None],
        "calendario": "\n".join(f"– {_sitting(context, one)}" for one in context.lessons) or "–",
        "prossima_lezione": _when(ahead[0]) if ahead else "–",
        "posizione": str(to.position or "–"),
        "motivo": context.reasons.get(to.enrolment_id) or "–",
    }


def _when(lesson: Lesson) -> str:
    hours = f"{clock_time(lesson.starts_at)}–{clock_time(lesson.ends_at)}"
    return f"{day(lesson.starts_at, 'long')}, ore {hours}"


def _sitting(context: Context, lesson: Lesson) -> str:
    elsewhere = f" ({context.place(lesson)})" if lesson.venue_id else ""
    return f"{_when(lesson)}: {lesson.topic}{elsewhere}"


def calendar_of(context: Context) -> Attachment:
    """The lessons as a file for the diary."""
    entries = [
        CalendarEntry(
            key=f"lesson-{lesson.id}",
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            summary=f"{context.edition.course_title} ({context.edition.code})",
            changed_at=clock.now(),
            sequence=lesson.revision,
            location=context.place(lesson),
            description=lesson.topic,
        )
        for lesson in context.lessons
    ]
    content = calendar_file(entries, name=context.edition.course_title)
    return Attachment(f"{context.edition.code}.ics", MEDIA_TYPE, content)
