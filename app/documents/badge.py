# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an Open Badge says of a certificate, before it is signed.

Source: 1EdTech Open Badges 3.0 (OpenBadgeCredential) on the W3C Verifiable
Credentials Data Model 2.0. The holder is the name given and, where the address
is known, its salted hash; birth, tax code and home body stay out. Whether the
certificate still holds is said by the page of verification alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from app.documents.certificate_content import CertificateContent
from app.documents.wording import dated, italian_date
from app.domain.attendance import hours_text

JsonObject = dict[str, Any]

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
KINDS = frozenset({"participation", "frequency", "with_assessment", "teaching"})


@dataclass(frozen=True)
class Issuer:
    """The body that issued, and the address at which it and its key are described."""

    address: str
    name: str


def describe_badge(
    content: CertificateContent, issued_by: Issuer, issued_at: datetime, email: str | None
) -> JsonObject:
    """The OpenBadgeCredential, not yet signed; its ``id`` is the address of verification."""
    address = content.verification_url
    return {
        "@context": list(CONTEXTS),
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{content.kind_title.capitalize()} n. {content.number_text}",
        "issuer": profile(issued_by),
        "validFrom": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": _subject(content, issued_by, email),
        "evidence": [
            {
                "id": address,
                "type": ["Evidence"],
                "name": "Pagina di verifica",
                "description": "Dice se l’attestato è valido, revocato o sostituito.",
            }
        ],
    }


def profile(issued_by: Issuer) -> JsonObject:
    return {"id": issued_by.address, "type": ["Profile"], "name": issued_by.name}


def _subject(content: CertificateContent, issued_by: Issuer, email: str | None) -> JsonObject:
    address = content.verification_url
    achievement = _achievement(content, issued_by)
    values = (hours_text(content.counted_minutes), str(content.share_percent))
    described = achievement["resultDescription"]
    return {
        "id": f"{address}#holder",
        "type": ["AchievementSubject"],
        "identifier": _identities(content, email),
        "licenseNumber": content.number_text,
        "achievement": achievement,
        "result": [
            {"type": ["Result"], "resultDescription": result["id"], "value": value}
            for result, value in zip(described, values, strict=False)  # no share of one's teaching
        ],
    }


def _identities(content: CertificateContent, email: str | None) -> list[JsonObject]:
    """The name as given; the address as a hash, salted with the code that only this badge has."""
    named = {"hashed": False, "identityHash": f"{content.given_name} {content.family_name}"}
    found = [{"type": "IdentityObject", **named, "identityType": "name"}]
    if email:
        salt = content.verification_code
        digest = hashlib.sha256(f"{email.strip().lower()}{salt}".encode()).hexdigest()
        hashed = {"hashed": True, "identityHash": f"sha256${digest}", "salt": salt}
        found.append({"type": "IdentityObject", **hashed, "identityType": "emailAddress"})
    return found


def _achievement(content: CertificateContent, issued_by: Issuer) -> JsonObject:
    """What every holder of this kind of certificate of the edition has in common."""
    hours = hours_text(content.planned_minutes)
    if content.first_day == content.last_day:
        days = italian_date(content.first_day)
    else:
        days = f"{dated('dal', content.first_day)} {dated('al', content.last_day)}"
    description = (
        f"{content.course_title} (edizione {content.edition_code}), {hours}, {days}. "
        f"Programma {content.programme_title}, {content.programme_code}."
    )
    earned = f"Chi riceve questo attestato {content.deed_text} «{content.course_title}»"
    family = uuid5(NAMESPACE_URL, f"{issued_by.address}#{content.kind} {earned} {description}")
    return {
        "id": family.urn,
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "creator": profile(issued_by),
        "name": content.course_title,
        "humanCode": content.course_code,
        "description": description,
        "criteria": {
            "narrative": f"{earned}: ore previste {hours}, presenze annotate nel registro "
            f"didattico e delle presenze. {content.assessment_line}".strip()
        },
        "resultDescription": _results(family, content),
    }


def _results(family: UUID, content: CertificateContent) -> list[JsonObject]:
    """Hours, and their share unless they were spent teaching."""
    hours = _result(family, content.hours_label, "Result")
    if content.kind == "teaching":
        return [hours]
    share = _result(family, "Quota delle ore, in percentuale", "Percent")
    return [hours, share | {"valueMin": "0", "valueMax": "100"}]


def _result(family: UUID, name: str, kind: str) -> JsonObject:
    return {
        "id": uuid5(family, kind).urn,
        "type": ["ResultDescription"],
        "name": name,
        "resultType": kind,
    }
