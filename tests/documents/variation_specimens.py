# SPDX-License-Identifier: AGPL-3.0-or-later
"""The variations of an edition, small."""

from datetime import UTC, datetime

from app.documents.variations import VariationEntry, VariationsContent
from tests.documents.funding import PUBLICITY
from tests.documents.record_specimens import LONG_NAME, PRINTED_AT

DECIDED = datetime(2015, 2, 3, 15, 0, tzinfo=UTC)


def variation(number: int, **over: object) -> VariationEntry:
    """A lesson moved, told from the others by its number."""
    values = {
        "number": number, "lesson": number, "kind": "Data o orario",
        "old": "04/02/2015, 09:00–13:00", "new": "11/02/2015, 09:00–13:00",
        "reason": "Neve: sede non raggiungibile", "decided_by": "Teresa Prataverde",
        "decided_at": DECIDED, "told": 19,
    }  # fmt: skip
    return VariationEntry(**values | over)


VARIATIONS = VariationsContent(
    edition_code="C02-02",
    course_title="Comunicazione interculturale al front office",
    delivering_body="Trust Us",
    entries=(
        variation(1),
        variation(
            2, kind="Lezione annullata", new="", reason="Sede chiusa per neve. " * 13, told=1
        ),
        variation(3, kind="Docente o tutor", old=f"docente {LONG_NAME}", decided_by=LONG_NAME),
    ),
    printed_at=PRINTED_AT,
    publicity=PUBLICITY,
)
