# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often something was tried lately."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText, UtcDateTime


class ThrottleCount(Table):
    """Tries of one kind from one source, since the window opened. The source is kept as a hash."""

    __tablename__ = "throttle_count"

    kind: Mapped[str] = mapped_column(CleanText(40), primary_key=True)
    source: Mapped[str] = mapped_column(CleanText(64), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int]
