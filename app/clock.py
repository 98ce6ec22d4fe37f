# SPDX-License-Identifier: AGPL-3.0-or-later
"""The only place that asks what time it is. The demonstration shifts it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

ROME = ZoneInfo("Europe/Rome")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=current_app.config["CLOCK_OFFSET"])


def today(zone: ZoneInfo = ROME) -> date:
    """The date people read on the wall in the programme's zone."""
    return now().astimezone(zone).date()
