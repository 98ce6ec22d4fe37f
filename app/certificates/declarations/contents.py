# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a declaration says: the hours of an edition, or one day's presence."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.certificates.contents import DEEDS, common_part
from app.certificates.frames import Frame
from app.clock import ROME
from app.documents.certificate_content import CertificateContent
from app.domain.attendance import share
from app.domain.certificates import CertificateKind
from app.models import Person
from app.standings import Standing


@dataclass(frozen=True)
class DayOfPresence:
    """A person at a lesson, from its closed page. Minutes ``counted`` of those ``planned``."""

    enrolment_id: int
    edition_id: int
    lesson_id: int
    person_id: int
    home_body_name: str
    venue: str
    day: date
    line: str
    counted: int
    planned: int


def declared_hours(
    common: Frame, standing: Standing, person: Person, code: str
) -> CertificateContent:
    """The declaration of the hours attended; of the person what is known."""
    return CertificateContent(
        **_declared(common, person, code),
        kind_title="DICHIARAZIONE DELLE ORE FREQUENTATE",
        deed_text=DEEDS[CertificateKind.FREQUENCY],
        home_body=standing.home_body_name,
        counted_minutes=standing.counted,
        planned_minutes=standing.held,
        share_percent=standing.share,
        first_day=standing.first_at.astimezone(ROME).date(),
        last_day=standing.last_at.astimezone(ROME).date(),
    )


def declared_presence(
    common: Frame, presence: DayOfPresence, person: Person, code: str
) -> CertificateContent:
    """The declaration of one day's presence, for the employer."""
    return CertificateContent(
        **_declared(common, person, code) | {"venues": (presence.venue,)},
        kind_title="DICHIARAZIONE DI PRESENZA",
        deed_text="è stato/a presente alla lezione",
        home_body=presence.home_body_name,
        counted_minutes=presence.counted,
        planned_minutes=presence.planned,
        share_percent=share(presence.counted, presence.planned),
        first_day=presence.day,
        last_day=presence.day,
        presence_lines=(presence.line,),
    )


def _declared(common: Frame, person: Person, code: str) -> dict[str, Any]:
    """Neither number nor credits nor the notices of certificates."""
    return common_part(common, person, code, "") | {
        "kind": CertificateKind.DECLARATION.value,
        "art40_notice": False,
        "credits_line": None,
    }
