# SPDX-License-Identifier: AGPL-3.0-or-later
"""A certificate of nobody, to see what a template makes of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import current_app

from app import clock, seals
from app.documents.certificate import CertificateContent, render_certificate
from app.documents.certificate_content import Logo
from app.documents.proof import proof_picture
from app.funding import publicity_words
from app.models import CertificateTemplate, Programme

WORDS = "ANTEPRIMA – senza valore"
WIDTH = 1_400  # pixels

SPECIMEN: dict[str, Any] = {
    "kind_title": "ATTESTATO DI FREQUENZA",
    "number_text": "non assegnato",
    "given_name": "Nome",
    "family_name": "Cognome di Esempio",
    "birth_place": "Luogo di nascita (PG)",
    "birth_date": date(1980, 1, 31),
    "tax_code": "XXXXXX00X00X000X",
    "home_body": "Comune di esempio",
    "course_title": "Titolo del corso, lungo quanto lo sono di solito i titoli",
    "course_code": "C00",
    "edition_code": "C00-00",
    "counted_minutes": 900,
    "planned_minutes": 960,
    "share_percent": 93,
    "venues": ("Sala di esempio, Perugia",),
    "mode_label": "in presenza",
    "delivering_body": "Ente attuatore di esempio",
    "verification_code": WORDS,
    "credits_line": None,
}

TEXTS = (
    "issue_place", "intro_text", "signatory_name", "signatory_quality", "second_signatory_name",
    "second_signatory_quality", "art40_notice", "stamp_duty_note", "note",
)  # fmt: skip


def texts_of(template: CertificateTemplate) -> dict[str, Any]:
    """What a version says, by the name of its column."""
    return {name: getattr(template, name) for name in TEXTS}


def draw(
    programme: Programme,
    issuing_body: str,
    texts: Mapping[str, Any],
    logos: Sequence[tuple[Logo, bytes]],
) -> bytes:
    """The certificate as PDF, with nobody's name, number and code.

    Raises MissingGlyph and TextTooLong (both RuleViolation).
    """
    today = clock.today()
    content = CertificateContent(
        **SPECIMEN,
        **{name: texts[name] for name in TEXTS},
        programme_acronym=programme.acronym,
        programme_title=programme.title,
        programme_code=f"PROG {programme.code}",
        first_day=today,
        last_day=today,
        issuing_body=issuing_body,
        issue_date=today,
        verification_url=str(current_app.config["BASE_URL"]),
        logos=tuple(logo for logo, _content in logos),
        seal_note=seals.note(),
        publicity=publicity_words(programme),
        template_version=0,
    )
    return render_certificate(content, {logo.sha256: raw for logo, raw in logos})


def picture(pdf: bytes) -> bytes:
    """The certificate as WebP, with the words across it that say it is none."""
    return proof_picture(pdf, WORDS, WIDTH)
