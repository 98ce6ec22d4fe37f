# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of a certificate says, line by line: what was printed, its state, its seals."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.documents import signature_reader, signatures
from app.documents.signatures import SealReport
from app.domain.attendance import hours_text
from app.domain.certificates import CertificateKind, CertificateState
from app.pages import clock_time, day
from app.public.queries import Verified

TONES = {
    CertificateState.ISSUED: "success",
    CertificateState.UNDER_REVIEW: "warning",
    CertificateState.REPLACED: "warning",
    CertificateState.REVOKED: "danger",
}


def title(found: Verified) -> str:
    """The heading: kind and number; a declaration has no number."""
    if found.number:
        return _("Attestato n. %(number)s", number=found.number)
    return found.content.kind_title.capitalize()


def facts(found: Verified, *, named: bool) -> list[tuple[str, str]]:
    """Labels and values of what was printed; the holder by name only to whoever wrote it."""
    content = found.content
    name = f"{content.given_name} {content.family_name}".strip()
    lines = [
        (_("Intestatario"), name if named else found.holder),
        (_("Attesta che"), content.deed_text),
        (_("Corso"), content.course_title),
        (_("Edizione"), content.edition_code),
        *_hours(found),
        (_("Svolgimento"), _days(found)),
        (_("Modalità"), content.mode_label.capitalize()),
        (_("Sedi") if len(content.venues) > 1 else _("Sede"), "; ".join(content.venues)),
        (_("Ente attuatore"), content.delivering_body),
        (_("Prova finale"), content.assessment_line),
        (_("Crediti"), content.credits_line or ""),
        (_("Rilasciato da"), content.issuing_body),
        (_("Luogo e data di rilascio"), f"{content.issue_place}, {day(content.issue_date)}"),
        (_("Firmatario"), f"{content.signatory_name}, {content.signatory_quality}"),
        (_("Secondo firmatario"), _second(found)),
        (_("Progetto"), f"{content.programme_acronym}, {content.programme_code}"),
        (_("Note"), content.note),
    ]
    return [(label, value) for label, value in lines if value]


def _hours(found: Verified) -> list[tuple[str, str]]:
    """Hours as that kind prints them: of teaching without a share, of a declaration by the day."""
    content = found.content
    counted = hours_text(content.counted_minutes)
    if found.kind is CertificateKind.TEACHING:
        return [(content.hours_label, counted)]
    if found.kind is CertificateKind.DECLARATION and content.presence_lines:
        return [(_("Presenza"), "; ".join(content.presence_lines))]
    held = hours_text(content.planned_minutes)
    share = _(
        "%(counted)s di %(held)s (%(share)s %%)",
        counted=counted,
        held=held,
        share=content.share_percent,
    )
    return [(_("Ore frequentate"), share)]


def _days(found: Verified) -> str:
    first, last = found.content.first_day, found.content.last_day
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _second(found: Verified) -> str:
    content = found.content
    return ", ".join(
        filter(None, (content.second_signatory_name, content.second_signatory_quality))
    )


def state_lines(found: Verified) -> list[str]:
    """The state with its date; why a certificate was revoked is nobody else's business."""
    lines = [
        _(
            "Documento rilasciato %(day)s (%(body)s).",
            day=day(found.issued_at, "long"),
            body=found.content.issuing_body,
        )
    ]
    if found.state is CertificateState.UNDER_REVIEW:
        if found.review_since:
            lines.append(_("In verifica da %(day)s.", day=day(found.review_since, "long")))
        lines.append(_("I dati su cui si basa si stanno ricontrollando: l’esito comparirà qui."))
    elif found.state is CertificateState.REPLACED:
        if found.revoked_at:
            lines.append(_("Sostituito %(day)s.", day=day(found.revoked_at, "long")))
        lines.append(_("Al suo posto ne vale un altro."))
    elif found.state is CertificateState.REVOKED:
        if found.revoked_at:
            lines.append(_("Revocato %(day)s.", day=day(found.revoked_at, "long")))
        lines.append(_("Non è più valido."))
    return lines


@dataclass(frozen=True)
class SealLine:
    """What one signature of the file issued is worth, in words."""

    text: str
    tone: str
    demonstration: bool


def seals(found: Verified) -> list[SealLine]:
    """The signatures of the file issued, examined now.

    The bytes are ours: they are read here, in some 15 ms, and not in the process kept
    for strangers' files.
    """
    reports = signatures.reports(signature_reader.answer(found.pdf, ["examine"]))
    return [_line(report) for report in reports]


def _line(report: SealReport) -> SealLine:
    if not report.readable:
        return SealLine(_("Le firme del file rilasciato non si leggono."), "danger", False)
    who = (
        _("Marca temporale di %(name)s", name=report.signer)
        if report.kind == "stamp"
        else _("Sigillato da %(name)s", name=report.signer)
    )
    if when := report.stamped or report.said:
        who = _(
            "%(who)s, %(day)s alle %(time)s",
            who=who,
            day=day(when, "long"),
            time=clock_time(when),
        )
    if report.stamped and report.kind != "stamp":
        who = _("%(who)s, con marca temporale", who=who)
    if report.sound:
        tone = "note" if report.demonstration else "success"
        return SealLine(_("%(who)s: integro.", who=who), tone, report.demonstration)
    return SealLine(_("%(who)s: non integro.", who=who), "danger", report.demonstration)
