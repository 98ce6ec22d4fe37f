# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates and evidence: the bytes, their hashes, and the numbers without a gap."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.audit import Action
from app.domain.certificates import CertificateState, content_hash, format_code, number_text
from app.integrity.facts import AT_ONCE, DEED, opened
from app.integrity.findings import Finding, Tick
from app.models import (
    Certificate,
    CertificateCounter,
    CertificateFile,
    EvidenceFile,
    SignedCopy,
)

BATCH = 50  # files in memory at once
LONGEST_REASON = 300  # characters kept beside the certificate; the trail keeps all

CERTIFICATE, PDF, COUNTER, EVIDENCE, SIGNED = (
    model.__table__
    for model in (Certificate, CertificateFile, CertificateCounter, EvidenceFile, SignedCopy)
)
STATES = {
    Action.CERTIFICATE_ISSUED: CertificateState.ISSUED,
    Action.CERTIFICATE_PUT_UNDER_REVIEW: CertificateState.UNDER_REVIEW,
    Action.CERTIFICATE_CONFIRMED: CertificateState.ISSUED,
    Action.CERTIFICATE_REVOKED: CertificateState.REVOKED,
    Action.CERTIFICATE_REPLACED: CertificateState.REPLACED,
}


def check_certificates(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """Each certificate says, and its file is, what was issued."""
    said, joined = _said(connection), _joined(connection)
    rows = connection.execute(
        select(CERTIFICATE, PDF.c.pdf, PDF.c.sha256)
        .outerjoin(PDF, PDF.c.certificate_id == CERTIFICATE.c.id)
        .order_by(CERTIFICATE.c.id)
        .execution_options(yield_per=BATCH)
    )
    for batch in rows.partitions():
        for row in batch:
            told = said.pop(row.id, Said())
            _follow(told.issued, joined)
            if fault := file_fault(row, told.issued):
                yield Finding(PDF.name, row.id, fault)
            if fault := _read(row, told):
                yield Finding(CERTIFICATE.name, row.id, fault)
        tick(len(batch))
    for certificate_id in said:
        yield Finding(CERTIFICATE.name, certificate_id, "manca: la traccia dice che fu rilasciato")


@dataclass
class Said:
    """What the trail says of a certificate: at issue, and of the last deed on it."""

    issued: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)


def _joined(connection: Connection) -> dict[int, int]:
    """Records of people joined to others, as the trail has it: from which to which."""
    wanted = (
        select(DEED.c.target_id, DEED.c.details)
        .where(DEED.c.action == Action.PERSON_MERGED)
        .order_by(DEED.c.sequence)
    )
    return {opened(row.details).get("merged"): row.target_id for row in connection.execute(wanted)}


def _follow(issued: dict[str, Any], joined: dict[int, int]) -> None:
    """Whose a certificate is after the records of its holder were joined."""
    while issued.get("person") in joined:
        issued["person"] = joined[issued["person"]]


def _said(connection: Connection) -> dict[int, Said]:
    said: dict[int, Said] = defaultdict(Said)
    wanted = (
        select(DEED.c.target_id, DEED.c.action, DEED.c.details, DEED.c.at, DEED.c.account_id)
        .where(DEED.c.target_type == CERTIFICATE.name, DEED.c.action.in_(STATES))
        .order_by(DEED.c.sequence)
    )
    for row in connection.execute(wanted):
        told = {**opened(row.details), "at": row.at, "by_id": row.account_id, "deed": row.action}
        if row.action == Action.CERTIFICATE_ISSUED:
            said[row.target_id].issued = told
        said[row.target_id].last = told
    return said


def file_fault(row: Row[Any], issued: dict[str, Any]) -> str:
    """What is wrong with the bytes handed out, or nothing."""
    if row.pdf is None:
        return "manca il file rilasciato"
    own = hashlib.sha256(row.pdf).hexdigest()
    if own != row.sha256:
        return "i byte non corrispondono alla loro impronta"
    if own != issued.get("sha256"):
        return "il file non è quello che la traccia dice rilasciato"
    return ""


def _read(row: Row[Any], told: Said) -> str:
    try:
        return certificate_fault(row, told.issued) or life_fault(row, told.last)
    except (AttributeError, TypeError, ValueError):
        return "il contenuto non si legge più"


def certificate_fault(row: Row[Any], issued: dict[str, Any]) -> str:
    """What is wrong with the row the public page shows, or nothing.

    An older trail does not name holder and certificate replaced, an older content no kind.
    """
    if not issued:
        return "rilasciato senza che la traccia lo sappia"
    content = row.content
    said = {
        "number_text": number_text(row.number, row.year) if row.number else "",
        "verification_code": format_code(row.code),
        "given_name": row.holder_given_name,
        "family_name": row.holder_family_name,
    }
    if any(content.get(key) != value for key, value in said.items()):
        return "numero, codice o nome non sono quelli del contenuto"
    if content.get("kind", row.kind) != row.kind:
        return "non è del tipo che il contenuto dice"
    if issued.get("content", content_hash(content)) != content_hash(content):
        return "il contenuto non è quello rilasciato"
    if issued.get("enrolment") != row.enrolment_id:
        return "è di un'altra iscrizione"
    if issued.get("person", row.person_id) != row.person_id:
        return "è di un'altra persona"
    if issued.get("replaces", row.replaces_id) != row.replaces_id:
        return "ne sostituisce un altro da quello che la traccia dice"
    if abs(issued["at"] - row.issued_at) > AT_ONCE or issued["by_id"] != row.issued_by_id:
        return "mano o data del rilascio non sono quelle della traccia"
    return ""


def life_fault(row: Row[Any], last: dict[str, Any]) -> str:
    """Whether state, moment, hand and reason are those of the last deed on it; or nothing."""
    if not last:
        return ""  # said already, where the issue is looked for
    state = STATES[last["deed"]]
    if state != row.state:
        return f"è {row.state}, secondo la traccia {state}"
    if state is CertificateState.ISSUED:
        return ""
    reason = last.get("reason", "")[:LONGEST_REASON]
    if state is CertificateState.UNDER_REVIEW:
        same = reason == row.review_reason and _at_once(last["at"], row.review_since)
    else:
        same = (reason, last["by_id"]) == (row.revoked_reason, row.revoked_by_id)
        same = same and _at_once(last["at"], row.revoked_at)
    return "" if same else "mano, data o motivo non sono quelli della traccia"


def _at_once(told: datetime, kept: datetime | None) -> bool:
    return kept is not None and abs(told - kept) <= AT_ONCE


def check_signed_copies(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """A copy signed outside is the one the trail says, and still begins with the document."""
    said = {
        row.target_id: opened(row.details)
        for row in connection.execute(
            select(DEED.c.target_id, DEED.c.details).where(
                DEED.c.action == Action.CERTIFICATE_SIGNED
            )
        )
    }
    rows = connection.execute(
        select(SIGNED, PDF.c.pdf.label("document"))
        .outerjoin(PDF, PDF.c.certificate_id == SIGNED.c.certificate_id)
        .order_by(SIGNED.c.certificate_id)
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        own = hashlib.sha256(row.pdf).hexdigest()
        if own != row.sha256 or own != said.pop(row.certificate_id, {}).get("sha256"):
            yield Finding(SIGNED.name, row.certificate_id, "non è la copia che la traccia dice")
        elif not row.pdf.startswith(row.document or b"\0"):
            yield Finding(SIGNED.name, row.certificate_id, "non comincia con il documento")
        tick(1)
    for certificate_id in said:
        yield Finding(SIGNED.name, certificate_id, "manca: la traccia dice che fu aggiunta")


def check_numbers(connection: Connection) -> Iterator[Finding]:
    """Numbers run from 1 to the counter of body and year, without a gap."""
    given: dict[tuple[int, int], set[int]] = defaultdict(set)
    for row in connection.execute(
        select(CERTIFICATE.c.issuing_body_id, CERTIFICATE.c.year, CERTIFICATE.c.number).where(
            CERTIFICATE.c.number.is_not(None)
        )
    ):
        given[row.issuing_body_id, row.year].add(row.number)
    counters = {
        (row.issuing_body_id, row.year): row.last_number
        for row in connection.execute(select(COUNTER))
    }
    for key in sorted(given.keys() | counters.keys()):
        last = counters.get(key, 0)
        wrong = sorted(given[key] ^ set(range(1, last + 1)))
        if wrong:
            body, year = key
            yield Finding(
                COUNTER.name,
                f"(ente {body}, anno {year})",
                f"il contatore è a {last}; non torna il numero {wrong[0]}/{year}",
            )


def check_evidence(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """Files given as evidence are the bytes their hash says."""
    rows = connection.execute(
        select(EVIDENCE).order_by(EVIDENCE.c.sha256).execution_options(yield_per=1)
    )
    for row in rows:
        if hashlib.sha256(row.content).hexdigest() != row.sha256 or len(row.content) != row.size:
            yield Finding(EVIDENCE.name, row.sha256, "i byte non corrispondono alla loro impronta")
        tick(1)
