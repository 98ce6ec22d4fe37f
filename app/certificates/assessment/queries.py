# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who sits the final test of an edition."""

from app.hours import EXPECTED
from app.models import Edition, Enrolment
from app.standings import Standing, all_standings


def candidates(edition: Edition) -> list[Standing]:
    """Everybody expected in the edition, by surname; their case tells the result so far."""
    return all_standings(Enrolment.edition_id == edition.id, EXPECTED)
