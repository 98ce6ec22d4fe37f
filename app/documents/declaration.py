# SPDX-License-Identifier: AGPL-3.0-or-later
"""The declaration of hours or presence, for the employer: a sober A4 page, not a certificate.

It has no number of the repertory; the verification code is that of any document.
"""

from collections.abc import Mapping

from app.documents.archive import Properties, content_urn
from app.documents.certificate_content import CertificateContent
from app.documents.certificate_foot import (
    QR_SIDE,
    draw_notices,
    draw_signatures,
    draw_verification,
    notices_height,
    set_notices,
)
from app.documents.fonts import REGULAR, SEMIBOLD
from app.documents.leaves import BOTTOM, LEFT, MEASURE, RIGHT, Fact, Leaves, Words
from app.documents.logos import draw_logos, set_logos
from app.documents.page import DEEP_BLUE, INK, Style
from app.documents.publicity import BAND_EMBLEM_HEIGHT
from app.documents.typesetting import Step, fit
from app.documents.wording import born, dated
from app.domain.attendance import hours_text

__all__ = ["render_declaration"]

NOT_A_CERTIFICATE = (
    "La presente dichiarazione non è un attestato e non dà diritto a crediti formativi."
)
_INDENT = 30.0  # points inside of the margins
_TEXT = Style(REGULAR, 11, INK)
_SIGNATURES = 78.0  # points
_NOTICES_BASE = BOTTOM + 10


def render_declaration(
    content: CertificateContent, images: Mapping[str, bytes] | None = None
) -> bytes:
    """The declaration as PDF/A-2b, tagged; equal contents give equal bytes.

    With ``presence_lines`` it tells when the person was present, without them
    how many hours were attended. Raises MissingGlyph, TextTooLong, FontsMissingError;
    ValueError when the bytes of a logo are missing or are not those of its hash.
    """
    notices = set_notices(content, MEASURE - 2 * _INDENT)
    foot = _NOTICES_BASE + notices_height(notices) + QR_SIDE + 8
    leaves = Leaves(_properties(content), content.publicity)
    leaves.begin(f"{_title(content)} – edizione {content.edition_code}")
    with leaves.inset(_INDENT):
        _draw_issuer(leaves, content, images or {})
        leaves.heading("H1", content.kind_title, Style(SEMIBOLD, 17, DEEP_BLUE), above=24)
        _draw_text(leaves, content)
        _draw_facts(leaves, content)
        leaves.paragraph(Words(NOT_A_CERTIFICATE, _TEXT), above=14)
    leaves.need(foot + _SIGNATURES + 10 - BOTTOM)
    left, right = LEFT + _INDENT, RIGHT - _INDENT
    top = max(leaves.y - 30, foot + _SIGNATURES)
    draw_signatures(leaves.paper, content, right, top)
    draw_verification(leaves.paper, content, left, right, foot)
    draw_notices(leaves.paper, notices, (left + right) / 2, _NOTICES_BASE)
    return leaves.paper.finish()


def _title(content: CertificateContent) -> str:
    return content.kind_title.capitalize()


def _name(content: CertificateContent) -> str:
    return f"{content.given_name} {content.family_name}".strip()


def _properties(content: CertificateContent) -> Properties:
    return Properties(
        title=f"{_title(content)} – {_name(content)}",
        author=content.issuing_body,
        subject=content.course_title,
        day=content.issue_date,
        identifier=content.verification_url,
        content=content_urn(content.canonical()),
        version=f"dichiarazione {content.template_version}",
    )


def _draw_issuer(leaves: Leaves, content: CertificateContent, images: Mapping[str, bytes]) -> None:
    row = set_logos(content.logos, images, BAND_EMBLEM_HEIGHT)
    leaves.y -= 22
    draw_logos(leaves.paper, content.names, row, LEFT + _INDENT, leaves.y)
    leaves.y -= row.height
    issuer = Words(content.issuing_body, Style(SEMIBOLD, 13, INK))
    leaves.paragraph(issuer, above=6 if content.logos else 0)


def _draw_text(leaves: Leaves, content: CertificateContent) -> None:
    steps = (Step(1, 17, 12), Step(2, 13, 8))
    name = fit(_name(content), SEMIBOLD, MEASURE - 2 * _INDENT, *steps, balanced=True)
    leaves.paragraph(Words("Si dichiara che", _TEXT), above=14)
    leaves.paragraph(
        *(Words(line, Style(SEMIBOLD, name.size, INK)) for line in name.lines), above=8
    )
    if person := _person(content):
        leaves.paragraph(Words(person, _TEXT), above=4)
    leaves.paragraph(Words(_enrolment(content), _TEXT), above=10)
    if content.presence_lines:
        leaves.paragraph(Words("è stato/a presente", _TEXT), above=10)
        for line in content.presence_lines:
            leaves.paragraph(Words(line, Style(SEMIBOLD, 11, INK)), above=3)
    else:
        leaves.paragraph(Words(_hours(content), Style(SEMIBOLD, 11, INK)), above=10)


def _person(content: CertificateContent) -> str:
    parts = (
        born(content.birth_place, content.birth_date),
        f"codice fiscale {content.tax_code}" if content.tax_code else "",
        f"in servizio presso: {content.home_body}" if content.home_body else "",
    )
    return "".join(f"{part}, " for part in parts if part).rstrip()


def _enrolment(content: CertificateContent) -> str:
    return (
        f"iscritto/a all'edizione {content.edition_code} di «{content.course_title}» (codice "
        f"{content.course_code}), progetto {content.programme_acronym} "
        f"«{content.programme_title}» – {content.programme_code},"
    )


def _hours(content: CertificateContent) -> str:
    counted, planned = hours_text(content.counted_minutes), hours_text(content.planned_minutes)
    attended = f"ha frequentato {counted} su {planned} (pari al {content.share_percent} %)"
    if content.first_day == content.last_day:
        return f"{attended} {dated('il', content.first_day)}."
    return f"{attended} {dated('dal', content.first_day)} {dated('al', content.last_day)}."


def _draw_facts(leaves: Leaves, content: CertificateContent) -> None:
    leaves.y -= 12
    venues = "; ".join(content.venues)
    leaves.facts(
        Fact("Modalità", content.mode_label, 1.0),
        Fact("Sede" if len(content.venues) == 1 else "Sedi", venues, 2.6),
        Fact("Ente attuatore", content.delivering_body, 1.4),
        size=10,
    )
