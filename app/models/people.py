# SPDX-License-Identifier: AGPL-3.0-or-later
"""People, and the bodies they work for over time. Only what the programme needs."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import PolicyOffice, ServiceArea, TargetGroup
from app.models.base import Table, related
from app.models.bodies import Organisation
from app.models.types import CleanText, Id, choice


class Person(Table):
    """A natural person. Birth data and tax code are asked only when a certificate needs them.

    One that turned out to be somebody known already stays as a pointer
    (``merged_into_id``): nothing shows it, old addresses lead on. ``name_key`` and
    ``tax_key`` are how two writings of one name or code are found (``app.persons``).
    """

    __tablename__ = "person"

    id: Mapped[Id]
    given_name: Mapped[str] = mapped_column(CleanText(80))
    family_name: Mapped[str] = mapped_column(CleanText(80))
    search_key: Mapped[str] = mapped_column(CleanText(340), index=True)
    name_key: Mapped[str] = mapped_column(CleanText(500), default="", index=True)
    sex: Mapped[str | None] = mapped_column(CleanText(1))
    birth_date: Mapped[date | None]
    birth_place: Mapped[str | None] = mapped_column(CleanText(120))
    birth_place_code: Mapped[str | None] = mapped_column(CleanText(4))
    tax_code: Mapped[str | None] = mapped_column(CleanText(16), unique=True)
    tax_key: Mapped[str | None] = mapped_column(CleanText(20), index=True)
    work_email: Mapped[str | None] = mapped_column(CleanText(254), unique=True)
    is_social_worker: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    incomplete: Mapped[bool] = mapped_column(default=False)
    registered_by_body_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    affiliations: Mapped[list["Affiliation"]] = related(
        back_populates="person", order_by="Affiliation.starts_on"
    )

    __table_args__ = (
        CheckConstraint("sex IN ('F', 'M')", name="sex_letter"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        # Only of pointers: one of all would tempt the planner away from the index of names.
        Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_person_incomplete",
            "id",
            sqlite_where=text("incomplete"),
            postgresql_where=text("incomplete"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


def _only(condition: str) -> dict[str, Any]:
    """Of an index: that of these rows alone."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_OPEN, _ENDED = _only("ends_on IS NULL"), _only("ends_on IS NOT NULL")


class Affiliation(Table):
    """Where a person works, in which office, since when. At most one open per body."""

    __tablename__ = "affiliation"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    office: Mapped[str] = mapped_column(CleanText(120), default="")
    job_title: Mapped[str] = mapped_column(CleanText(120), default="")
    service_area: Mapped[ServiceArea | None] = mapped_column(choice(ServiceArea))
    target_group: Mapped[TargetGroup | None] = mapped_column(choice(TargetGroup))
    policy_office: Mapped[PolicyOffice | None] = mapped_column(choice(PolicyOffice))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = related(back_populates="affiliations")
    organisation: Mapped[Organisation] = related()

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("uq_affiliation_open", "person_id", "organisation_id", unique=True, **_OPEN),
        # What lists of people are narrowed by: groups and areas of today, those who left.
        Index("ix_affiliation_group", "target_group", "person_id", **_OPEN),
        Index("ix_affiliation_area", "service_area", "person_id", **_OPEN),
        Index("ix_affiliation_ended", "person_id", **_ENDED),
    )
