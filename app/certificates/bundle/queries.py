# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificates of an edition that its archive holds, and the bytes of one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from app.actor import Actor
from app.certificates.bundle.names import Names
from app.database import reading
from app.domain.certificates import CertificateState
from app.extensions import db
from app.hours import VALID
from app.models import Certificate, CertificateFile, Edition, SignedCopy
from app.scope import clause

BYTES = {"issued": CertificateFile, "signed": SignedCopy}


@dataclass(frozen=True)
class Member:
    """A file of the archive: ``which`` of the two copies, of which certificate."""

    name: str
    certificate_id: int
    which: str
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A certificate of the repertory. Only a valid one has files in the archive."""

    number: int
    year: int
    holder: str
    kind: str
    state: CertificateState
    members: tuple[Member, ...]


def entries(actor: Actor, edition: Edition) -> list[Entry]:
    """Every numbered certificate of the edition the actor may see, by number."""
    rows = db.session.execute(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.year,
            Certificate.holder_family_name,
            Certificate.holder_given_name,
            Certificate.content["kind_title"].as_string().label("kind"),
            Certificate.state,
            VALID.label("valid"),
            CertificateFile.sha256,
            SignedCopy.sha256.label("signed"),
        )
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .outerjoin(SignedCopy, SignedCopy.certificate_id == Certificate.id)
        .where(
            clause(Certificate, actor),
            Certificate.edition_id == edition.id,
            Certificate.number.is_not(None),
        )
        .order_by(Certificate.year, Certificate.number, Certificate.id)
    )
    names = Names()
    return [
        Entry(
            row.number,
            row.year,
            f"{row.holder_family_name} {row.holder_given_name}",
            row.kind,
            row.state,
            tuple(_members(row, names)) if row.valid else (),
        )
        for row in rows
    ]


def _members(row: object, names: Names) -> Iterator[Member]:
    stem = f"{row.number:04d}-{row.year} {row.holder_family_name} {row.holder_given_name}"
    yield Member(names.give(stem, ".pdf"), row.id, "issued", row.sha256)
    if row.signed:
        yield Member(names.give(stem, " - firmato.pdf"), row.id, "signed", row.signed)


def bytes_of(app: Flask, member: Member) -> bytes:
    """The file, in a short transaction of its own: it is asked for after the request has ended."""
    model = BYTES[member.which]
    with app.app_context(), reading():
        return db.session.execute(
            select(model.pdf).where(model.certificate_id == member.certificate_id)
        ).scalar_one()
