# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be declared of a person: the hours of an enrolment, the presence at a lesson."""

from typing import Any

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from app.actor import Actor
from app.certificates.declarations.contents import DayOfPresence
from app.clock import ROME
from app.documents.wording import weekday_date
from app.domain.attendance import Interval
from app.domain.certificates import CertificateKind, CertificateState
from app.domain.declarations import check_presence, stays_text, why_no_hours
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db
from app.models import (
    AttendanceEntry,
    Certificate,
    Edition,
    Enrolment,
    Lesson,
    Organisation,
    RegisterSheet,
    Venue,
)
from app.scope import clause, get_visible
from app.standings import Standing, one_standing


def hours_of(actor: Actor, enrolment_id: int) -> Standing:
    """The hours of the enrolment; 404 outside the scope, RuleViolation when not to be declared."""
    enrolment = get_visible(Enrolment, enrolment_id, actor)
    standing = one_standing(enrolment.id, enrolment.edition_id)
    if standing is None:
        abort(404)
    if refusal := why_no_hours(standing.case):
        raise RuleViolation(refusal)
    return standing


def presence_of(actor: Actor, lesson_id: int) -> DayOfPresence:
    """The actor's presence at the lesson, as her own or as a guest who recovers another.

    404 for a lesson she cannot see, RuleViolation where there is nothing to declare.
    """
    row = db.session.execute(_presences(actor).where(Lesson.id == lesson_id)).unique().first()
    if row is None:
        get_visible(Lesson, lesson_id, actor)
        raise RuleViolation(
            Sentence("Per questa lezione non risulta la presenza: non c'è nulla da dichiarare.")
        )
    entry, lesson, enrolment, venue = row.AttendanceEntry, row.Lesson, row.Enrolment, row.Venue
    stays = [Interval(one.entered_at, one.left_at) for one in entry.intervals]
    check_presence(row.page, entry.status, stays)
    day = lesson.starts_at.astimezone(ROME).date()
    line = f"{weekday_date(day)}, {stays_text(stays)}"
    if lesson.edition_id != enrolment.edition_id:
        line += f" (lezione recuperata nell'edizione {row.edition_code})"
    return DayOfPresence(
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        lesson_id=lesson.id,
        person_id=enrolment.person_id,
        home_body_name=row.home_body_name,
        venue=venue.name if venue.town in venue.name else f"{venue.name}, {venue.town}",
        day=day,
        line=line,
        counted=entry.counted_minutes,
        planned=lesson.planned_minutes,
    )


def _presences(actor: Actor) -> Select[Any]:
    there = aliased(Edition)
    return (
        select(
            AttendanceEntry,
            Lesson,
            Enrolment,
            Venue,
            RegisterSheet.state.label("page"),
            Organisation.name.label("home_body_name"),
            there.code.label("edition_code"),
        )
        .join(RegisterSheet, RegisterSheet.id == AttendanceEntry.sheet_id)
        .join(Lesson, Lesson.id == RegisterSheet.lesson_id)
        .join(there, there.id == Lesson.edition_id)
        .join(Venue, Venue.id == func.coalesce(Lesson.venue_id, there.venue_id))
        .join(Enrolment, Enrolment.id == AttendanceEntry.enrolment_id)
        .join(Organisation, Organisation.id == Enrolment.home_body_id)
        .where(clause(Enrolment, actor), Enrolment.person_id == actor.person_id)
        .options(joinedload(AttendanceEntry.intervals))
    )


def in_force(enrolment_id: int | None, lesson_id: int | None) -> Certificate | None:
    """The declaration of these hours, or of this day, that no later one has replaced."""
    return db.session.scalars(
        select(Certificate).where(
            Certificate.enrolment_id == enrolment_id,
            Certificate.kind == CertificateKind.DECLARATION,
            Certificate.lesson_id.is_(None)
            if lesson_id is None
            else Certificate.lesson_id == lesson_id,
            Certificate.state.in_([CertificateState.ISSUED, CertificateState.UNDER_REVIEW]),
        )
    ).one_or_none()
