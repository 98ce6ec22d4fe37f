# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers to an edition's questionnaire: anonymous from the start."""

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Table
from app.models.types import CleanText


class QuestionnaireAnswer(Table):
    """What somebody thought of an edition. Nothing here leads to who, or when.

    Its id is drawn at random: the order of the rows would tell who answered.
    """

    __tablename__ = "questionnaire_answer"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    ratings: Mapped[dict[str, int]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(CleanText(1000), default="")
