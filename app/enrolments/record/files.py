# SPDX-License-Identifier: AGPL-3.0-or-later
"""The training record as files: paper, table, and plain JSON (``docs/training-record.md``)."""

import json
from datetime import datetime
from typing import Any

from flask import Response, current_app
from flask_babel import gettext as _

from app import clock, labels
from app.clock import ROME
from app.documents.record import (
    RecordCertificate,
    RecordContent,
    RecordCourse,
    RecordYear,
    render_record,
)
from app.domain.certificates import CertificateState, format_code
from app.domain.enrolment import EnrolmentState
from app.domain.record import YEARLY_REFERENCE
from app.enrolments.record.queries import Course, Paper, Record
from app.labels import label
from app.listing import csv_file
from app.pages import publicity

NAME = "percorso-formativo"
VERSION = 1  # of the JSON: another one when a field changes its meaning or goes away

OUTCOMES = {
    EnrolmentState.COMPLETED: "completato",
    EnrolmentState.NOT_COMPLETED: "non completato",
    EnrolmentState.WITHDRAWN: "ritirato",
}
STATES = {
    CertificateState.ISSUED: "valido",
    CertificateState.UNDER_REVIEW: "in verifica",
    CertificateState.REVOKED: "revocato",
    CertificateState.REPLACED: "sostituito",
}


def pdf(record: Record) -> Response:
    """On paper, which is Italian. RuleViolation when a name cannot be printed."""
    return _attached(render_record(content(record)), "application/pdf", "pdf")


def content(record: Record) -> RecordContent:
    """What the paper says."""
    days = [day for course in record.courses for day in _days(course) if day]
    return RecordContent(
        name=record.name,
        body=record.body,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        years=tuple(RecordYear(y.year, y.courses, y.minutes) for y in reversed(record.years)),
        courses=tuple(_course(course) for course in record.courses),
        certificates=tuple(_paper(paper) for paper in record.certificates),
        declarations=tuple(_paper(paper) for paper in record.declarations),
        verify_url=f"{current_app.config['BASE_URL']}/verify",
        printed_at=clock.now(),
        publicity=publicity(),
        goal_minutes=YEARLY_REFERENCE,
    )


def _course(course: Course) -> RecordCourse:
    found = course.standing
    first, last = _days(course)
    return RecordCourse(
        title=found.course_title,
        edition_code=found.edition_code,
        delivering_body=course.delivering_body,
        first_day=first,
        last_day=last,
        attended_minutes=found.counted,
        held_minutes=found.held,
        share_percent=found.share if found.held else None,
        outcome=_outcome(course),
    )


def _outcome(course: Course) -> str:
    state = course.standing.state
    if course.under_way:
        return "in corso" if course.standing.held else "non ancora iniziato"
    return OUTCOMES.get(state) or f"iscrizione: {labels.italian(state).lower()}"


def _paper(paper: Paper) -> RecordCertificate:
    meeting = f", {paper.presence}" if paper.presence else ""
    return RecordCertificate(
        number_text=paper.number,
        kind=paper.title,
        course_title=f"{paper.course_title}{meeting}",
        day=paper.issued_at.astimezone(ROME).date(),
        state=_state(paper),
        code=format_code(paper.code),
        holds=paper.holds,
    )


def _state(paper: Paper) -> str:
    said = STATES[paper.state].capitalize()
    if paper.ended_at:
        said += f" il {paper.ended_at.astimezone(ROME):%d/%m/%Y}"
    if paper.successor and paper.successor[1]:
        said += f", vale il n. {paper.successor[1]}"
    return said


def csv(record: Record) -> Response:
    """As a table, each line with its sort in the first column; minutes and ISO dates."""
    rows = [
        *((_("Anno"), y.year, "", "", "", "", "", y.minutes) for y in record.years),
        *(_course_cells(course) for course in record.courses),
        *(_paper_cells(paper) for paper in record.papers),
    ]
    heading = [
        _("Voce"), _("Anno"), _("Titolo"), _("Edizione"), _("Ente attuatore"), _("Dal"), _("Al"),
        _("Minuti frequentati"), _("Minuti svolti"), _("Quota percentuale"), _("Stato"),
        _("Numero"), _("Rilasciato il"), _("Codice di verifica"), _("Pagina di verifica"),
    ]  # fmt: skip
    width = len(heading)
    padded = [(*row, *[""] * (width - len(row))) for row in rows]
    return csv_file(NAME, heading, padded, [publicity().statement])


def _course_cells(course: Course) -> tuple[object, ...]:
    found = course.standing
    return (
        _("Corso"), "", found.course_title, found.edition_code, course.delivering_body,
        *(day.isoformat() if day else "" for day in _days(course)),
        found.counted, found.held, found.share if found.held else "", label(found.state),
    )  # fmt: skip


def _paper_cells(paper: Paper) -> tuple[object, ...]:
    return (
        paper.title, "", ", ".join(filter(None, (paper.course_title, paper.presence))),
        paper.edition_code, "", "", "", "", "", "", label(paper.state), paper.number,
        _iso(paper.issued_at), format_code(paper.code), _verification(paper),
    )  # fmt: skip


def as_json(record: Record) -> Response:
    """As plain JSON, for another program."""
    text = json.dumps(_document(record), ensure_ascii=False, indent=2)
    return _attached(text.encode(), "application/json", "json")


def _document(record: Record) -> dict[str, Any]:
    return {
        "format": "training-record",
        "version": VERSION,
        "generated_at": clock.now().isoformat(timespec="seconds"),
        "person": {
            "given_name": record.given_name,
            "family_name": record.family_name,
            "employer": record.body or None,
        },
        "yearly_reference_minutes": YEARLY_REFERENCE,
        "years": [
            {"year": y.year, "courses": y.courses, "attended_minutes": y.minutes}
            for y in record.years
        ],
        "courses": [_course_object(course) for course in record.courses],
        "certificates": [_paper_object(paper) for paper in record.certificates],
        "declarations": [_paper_object(paper) for paper in record.declarations],
    }


def _course_object(course: Course) -> dict[str, Any]:
    found = course.standing
    first, last = _days(course)
    return {
        "title": found.course_title,
        "edition": found.edition_code,
        "delivering_body": course.delivering_body,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "attended_minutes": found.counted,
        "held_minutes": found.held,
        "planned_minutes": found.planned,
        "share_percent": found.share if found.held else None,
        "threshold_percent": found.threshold,
        "state": found.state.value,
    }


def _paper_object(paper: Paper) -> dict[str, Any]:
    return {
        "kind": paper.kind.value,
        "title": paper.title,
        "number": paper.number or None,
        "course_title": paper.course_title,
        "edition": paper.edition_code,
        "presence": paper.presence or None,
        "issued_on": _iso(paper.issued_at),
        "state": paper.state.value,
        "ended_on": _iso(paper.ended_at) if paper.ended_at else None,
        "replaced_by": (paper.successor[1] or None) if paper.successor else None,
        "verification_code": format_code(paper.code),
        "verification_url": _verification(paper),
    }


def _days(course: Course) -> tuple[Any, Any]:
    """First and last day of the lessons; None before they are planned."""
    found = course.standing
    return tuple(
        moment.astimezone(ROME).date() if moment else None
        for moment in (found.first_at, found.last_at)
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(ROME).date().isoformat()


def _verification(paper: Paper) -> str:
    return f"{current_app.config['BASE_URL']}/v/{paper.code}"


def _attached(content: bytes, kind: str, ending: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{ending}"'
    return response
