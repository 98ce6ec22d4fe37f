# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for a correction of a closed page, and deciding it with a second key."""

from dataclasses import dataclass

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import corrections as rules
from app.domain.book import correction_content
from app.domain.corrections import read_mark
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence
from app.domain.roles import Role
from app.domain.vocabulary import CorrectionState, CorrectionSubject, RecordKind
from app.extensions import db
from app.kept_files import keep
from app.models import AttendanceEntry, BookRecord, Correction, Enrolment, PresenceInterval
from app.registers.binding import bind, hold
from app.registers.corrections import letters
from app.registers.corrections.cases import ClosedPage, CorrectionCase, PersonOnPage, pending
from app.registers.corrections.effect import Effect, effect_of
from app.registers.corrections.queries import in_local_words
from app.registers.marks import Mark, mark_in_words
from app.review import hold_people, put_under_review
from app.uploads import CheckedFile


class Overtaken(RuleViolation):
    """The page says something else now than when the correction was asked for."""


@dataclass(frozen=True)
class Wanted:
    """What the page should say instead."""

    subject: CorrectionSubject
    mark: Mark | None = None
    topic: str = ""
    heads: int | None = None

    @property
    def value(self) -> str:
        """As it is kept."""
        match self.subject:
            case CorrectionSubject.MARK:
                return mark_in_words(self.mark) if self.mark else ""
            case CorrectionSubject.TOPIC:
                return self.topic
            case _:
                return str(self.heads)


@dataclass(frozen=True)
class Attachment:
    """A file that speaks for the request, already checked."""

    name: str
    file: CheckedFile


def ask(
    actor: Actor,
    page: ClosedPage,
    person: PersonOnPage | None,
    wanted: Wanted,
    reason: str,
    attachment: Attachment | None = None,
) -> Correction:
    """Ask for a correction; the page stays as it is. Raises RequestRefused."""
    check_ask(page, person, wanted, reason)
    entry = person.entry if person else None
    correction = Correction(
        sheet_id=page.sheet.id,
        entry_id=entry.id if entry else None,
        subject=wanted.subject,
        old_value=page.present_value(wanted.subject, entry),
        new_value=wanted.value,
        reason=reason,
        state=CorrectionState.ASKED,
        asked_by_id=actor.account_id or 0,
        asked_role=actor.role or "",
        asked_at=clock.now(),
    )
    if attachment:
        correction.attachment_name = attachment.name
        correction.attachment_sha256 = keep(attachment.file.media_type, attachment.file.content)
    db.session.add(correction)
    db.session.flush()
    _record(actor, Action.CORRECTION_ASKED, page, correction)
    letters.tell_deciders(actor, page, correction, person)
    return correction


def check_page(page: ClosedPage) -> None:
    """Whether the page takes requests at all. Raises RequestRefused."""
    rules.check_page(state=page.sheet.state, reported=page.reported)


def check_ask(page: ClosedPage, person: PersonOnPage | None, wanted: Wanted, reason: str) -> None:
    """Whether this may be asked for; before the attachment is read. Raises RequestRefused."""
    check_page(page)
    match wanted.subject:
        case CorrectionSubject.MARK if wanted.mark and wanted.mark.status:
            rules.check_mark(wanted.mark.status, wanted.mark.stays, page.calendar)
        case CorrectionSubject.TOPIC:
            rules.check_topic(wanted.topic)
        case CorrectionSubject.HEADS:
            rules.check_heads(wanted.heads)
    entry = person.entry if person else None
    rules.check_ask(
        state=page.sheet.state,
        reported=page.reported,
        pending=pending(page.sheet.id, wanted.subject, entry.id if entry else None),
        old=page.present_value(wanted.subject, entry),
        new=wanted.value,
        reason=reason,
    )


def decide(actor: Actor, case: CorrectionCase, *, approves: bool, note: str) -> list[str]:
    """Approve or reject the request; the numbers of the certificates put under review.

    The page and its book are held: of two who decide at once the second finds it decided.
    Raises RuleViolation, Overtaken when the page says something else by now.
    """
    correction = case.correction
    check_decide(actor, case, approves=approves, note=note)
    hold(case.page.register)
    correction.decided_by_id, correction.decided_at = actor.account_id, clock.now()
    correction.decision_note = note
    if not approves:
        correction.state = CorrectionState.REJECTED
        _record(actor, Action.CORRECTION_REJECTED, case.page, correction)
        letters.tell_asker(case)
        return []
    correction.state = CorrectionState.APPROVED
    if case.person:
        hold_people(Enrolment.id == case.person.enrolment_id)
    effect = effect_of(case)
    _write(case)
    touched = _follow(actor, case, effect)
    record = _bind(actor, case)
    outcome = {"hash": record.hash, **_outcome(effect)}
    _record(actor, Action.CORRECTION_APPROVED, case.page, correction, **outcome)
    letters.tell_asker(case)
    return touched


def check_decide(actor: Actor, case: CorrectionCase, *, approves: bool, note: str) -> None:
    """Whether the actor may decide so. Raises RuleViolation, Overtaken."""
    rules.check_decide(
        state=case.correction.state,
        page=case.page.sheet.state,
        approves=approves,
        note=note,
        asker=case.asked_by(actor),
        staff=case.on_staff,
        concerned=case.concerns(actor),
        coordinator=actor.role is Role.PROGRAMME_COORDINATOR,
        reported=case.page.reported,
    )
    if approves and case.overtaken:
        subject, start = case.correction.subject, case.page.lesson.starts_at
        raise Overtaken(
            Sentence(
                "Quando la rettifica è stata chiesta la pagina diceva «%(old)s», ora dice "
                "«%(now)s»: respingerla e, se serve, chiederne un'altra.",
                {
                    "old": in_local_words(subject, case.correction.old_value, start),
                    "now": in_local_words(subject, case.present_value, start),
                },
            )
        )


def why_barred(actor: Actor, case: CorrectionCase) -> Sentence | None:
    """Why the second key is not the actor's to turn; None when it is."""
    try:
        rules.check_four_eyes(
            asker=case.asked_by(actor),
            staff=case.on_staff,
            concerned=case.concerns(actor),
        )
    except RuleViolation as violation:
        return violation.sentence
    return None


def _write(case: CorrectionCase) -> None:
    """Bring the present state of the page to the new value; the book keeps the old one."""
    correction, page = case.correction, case.page
    match correction.subject:
        case CorrectionSubject.MARK:
            assert case.person is not None  # noqa: S101 - asked of a mark only
            _write_mark(case.person.entry, correction, page)
        case CorrectionSubject.TOPIC:
            page.sheet.topic_done = correction.new_value
        case CorrectionSubject.HEADS:
            page.sheet.heads_counted = int(correction.new_value)


def _write_mark(entry: AttendanceEntry, correction: Correction, page: ClosedPage) -> None:
    status, stays = read_mark(correction.new_value, page.lesson.starts_at)
    correction.counted_before = entry.counted_minutes
    correction.counted_after = page.minutes(stays)
    entry.status = status
    entry.intervals = [PresenceInterval(entered_at=s.entered, left_at=s.left) for s in stays]
    entry.counted_minutes = correction.counted_after


def _follow(actor: Actor, case: CorrectionCase, effect: Effect | None) -> list[str]:
    """Fix the outcome anew and put a certificate with other hours under review; its number."""
    if effect is None or case.person is None:
        return []
    if effect.outcome_changes:
        enrolment = db.session.get_one(Enrolment, case.person.enrolment_id)
        enrolment.state = effect.after.state
    if not effect.hours_change:
        return []
    lesson = case.page.lesson
    reason = f"Rettifica {case.correction.id}: {lesson.edition.code}, {lesson.seq}"
    return put_under_review(actor, [case.person.enrolment_id], lesson, reason)


def _outcome(effect: Effect | None) -> dict[str, object]:
    if effect is None:
        return {}
    before, after = effect.before, effect.after
    told: dict[str, object] = {"hours": [before.counted, after.counted]}
    if before.state in (EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED):
        told["outcome"] = [before.state.value, after.state.value]
    return told


def _bind(actor: Actor, case: CorrectionCase) -> BookRecord:
    correction, page = case.correction, case.page
    assert correction.decided_at  # noqa: S101 - set above
    written = correction_content(
        lesson=page.lesson.id,
        version=page.sheet.page_version,
        correction=correction.id,
        subject=correction.subject.value,
        enrolment=case.person.enrolment_id if case.person else None,
        old=correction.old_value,
        new=correction.new_value,
        counted_minutes=correction.counted_after,
        reason=correction.reason,
        asked_by=correction.asked_by_id,
        decided_by=actor.account_id or 0,
        at=correction.decided_at,
    )
    at = correction.decided_at
    return bind(actor, page.register, page.sheet, RecordKind.CORRECTED, written, at)


def _record(
    actor: Actor, action: Action, page: ClosedPage, correction: Correction, **details: object
) -> None:
    audit.record(
        actor,
        action,
        correction,
        f"{page.edition.code}, {page.lesson.seq}",
        body_id=page.edition.delivering_body_id,
        subject=correction.subject.value,
        old=correction.old_value,
        new=correction.new_value,
        **details,
    )
