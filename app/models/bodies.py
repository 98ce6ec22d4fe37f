# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bodies (enti) and the part each plays in a programme."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import BodyKind, PartnershipRole, ServiceArea
from app.models.base import Table, related
from app.models.types import CleanText, Id, choice


class Organisation(Table):
    """Any body: municipality, province, association, training provider, ministry."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    kind: Mapped[BodyKind] = mapped_column(choice(BodyKind))
    name: Mapped[str] = mapped_column(CleanText(200), unique=True)
    short_name: Mapped[str] = mapped_column(CleanText(80))
    search_key: Mapped[str] = mapped_column(CleanText(300), index=True)
    istat_code: Mapped[str | None] = mapped_column(CleanText(6), unique=True)
    belfiore_code: Mapped[str | None] = mapped_column(CleanText(4), unique=True)
    province_code: Mapped[str | None] = mapped_column(CleanText(2))
    population: Mapped[int | None]
    ipa_code: Mapped[str | None] = mapped_column(CleanText(20))
    tax_code: Mapped[str | None] = mapped_column(CleanText(16))
    certified_email: Mapped[str | None] = mapped_column(CleanText(254))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    partnerships: Mapped[list["Partnership"]] = related(back_populates="organisation")

    __table_args__ = (CheckConstraint("population >= 0", name="population_not_negative"),)


class Partnership(Table):
    """The part a body plays in a programme, and since when."""

    __tablename__ = "partnership"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartnershipRole] = mapped_column(choice(PartnershipRole))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = related(back_populates="partnerships")

    __table_args__ = (
        UniqueConstraint("programme_id", "organisation_id", "role"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )


class Office(Table):
    """An office of a body and the area it serves: what is offered where people are registered."""

    __tablename__ = "office"

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(CleanText(120))
    service_area: Mapped[ServiceArea | None] = mapped_column(choice(ServiceArea))
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
