# SPDX-License-Identifier: AGPL-3.0-or-later
"""Column types that refuse what must never be stored."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Enum, String
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from app.domain.text import clean, is_clean

# Largest value of an INTEGER column on PostgreSQL; ids and counts stay below it everywhere.
INTEGER_MAX = 2_147_483_647


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        if moment.tzinfo is None:  # SQLite keeps no zone
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text in NFC, without control characters, at most ``length`` characters."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if len(value) > self.length:
            raise ValueError(f"text longer than {self.length} characters")
        if not is_clean(value):
            raise ValueError("text with control characters")
        return clean(value)


def choice(enum: type[StrEnum], name: str = "") -> Enum:
    """A column that holds one word of a controlled list, checked by the database.

    ``name``: of the check, where a table has two columns of the same list.
    """
    return Enum(
        enum,
        name=name or enum.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


Id = Annotated[int, mapped_column(primary_key=True)]
