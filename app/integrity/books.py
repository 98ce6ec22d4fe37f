# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each bound register: its endorsement, and the records chained to it in order."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from app.audit import Action
from app.domain.book import additional_pages_hash, endorsement_hash, page_hash
from app.domain.chain import canonical, moment_text
from app.domain.vocabulary import RecordKind
from app.integrity.facts import DEED, LESSON, RECORD, SHEET, opened
from app.integrity.findings import Finding, Tick
from app.models import AdditionalPages, AttendanceRegister, Edition

BATCH = 500  # records fetched at once

REGISTER = AttendanceRegister.__table__
MORE = AdditionalPages.__table__

# Who and when, in the words of each kind of record.
SIGNED = {
    RecordKind.CLOSED: ("closed_by", "closed_at"),
    RecordKind.REOPENED: ("reopened_by", "at"),
    RecordKind.CORRECTED: ("decided_by", "at"),
}


def check_books(connection: Connection, tick: Tick) -> Iterator[Finding]:
    """The registers and records that do not hold."""
    begun = yield from check_endorsements(connection)
    yield from check_additional_pages(connection, begun)
    yield from check_records(connection, begun, tick)


def check_endorsements(connection: Connection) -> Iterator[Finding]:
    """Each endorsement's hash made anew; gives back the hash each register begins with."""
    said = _endorsements_said(connection)
    begun: dict[int, str | None] = {}
    edition = Edition.__table__
    rows = connection.execute(
        select(REGISTER, edition.c.code)
        .outerjoin(edition, edition.c.id == REGISTER.c.edition_id)
        .order_by(REGISTER.c.id)
    )
    for row in rows:
        begun[row.id] = row.endorsement_hash
        if fault := _endorsement_fault(row, said.pop(row.id, None)):
            yield Finding(REGISTER.name, row.id, fault)
    for register_id in said:
        yield Finding(REGISTER.name, register_id, "manca: la traccia dice che fu vidimato")
    return begun


def _endorsements_said(connection: Connection) -> dict[int, dict[str, Any]]:
    wanted = (
        select(DEED.c.target_id, DEED.c.account_id, DEED.c.details)
        .where(DEED.c.action == Action.REGISTER_ENDORSED, DEED.c.target_type == REGISTER.name)
        .order_by(DEED.c.sequence)
    )
    return {
        row.target_id: {"account": row.account_id, **opened(row.details)}
        for row in connection.execute(wanted)
    }


def _endorsement_fault(row: Row[Any], said: dict[str, Any] | None) -> str:
    if row.endorsed_at is None:
        return "non risulta vidimato, ma la traccia lo dice" if said else ""
    own = endorsement_hash(
        edition=row.code or "",
        number=row.number,
        pages=row.pages,
        endorsed_at=row.endorsed_at,
        endorsed_by=row.endorsed_by_id,
    )
    if own != row.endorsement_hash:
        return "la vidimazione non corrisponde alla sua impronta"
    if said and (
        (said.get("pages"), said["account"]) != (row.pages, row.endorsed_by_id)
        or said.get("hash", own) != own
    ):
        return "la vidimazione non è quella della traccia"
    return ""


def check_additional_pages(
    connection: Connection, begun: dict[int, str | None]
) -> Iterator[Finding]:
    """Pages endorsed later follow the endorsement and each other, as the trail has them."""
    said = {
        row.target_id: {"account": row.account_id, **opened(row.details)}
        for row in connection.execute(
            select(DEED.c.target_id, DEED.c.account_id, DEED.c.details).where(
                DEED.c.action == Action.REGISTER_EXTENDED, DEED.c.target_type == MORE.name
            )
        )
    }
    previous, added = dict(begun), dict[int, int]()
    rows = connection.execute(
        select(MORE, REGISTER.c.number, REGISTER.c.pages)
        .join(REGISTER, REGISTER.c.id == MORE.c.register_id)
        .order_by(MORE.c.register_id, MORE.c.first_page)
    )
    for row in rows:
        follows = row.pages + added.get(row.register_id, 0) + 1
        fault = _additional_fault(row, said.pop(row.id, None), previous[row.register_id], follows)
        if fault:
            yield Finding(MORE.name, row.id, fault)
        previous[row.register_id] = row.hash
        added[row.register_id] = row.last_page - row.pages
    for pages_id in said:
        yield Finding(MORE.name, pages_id, "mancano: la traccia dice che furono vidimate")
    for register_id, now in connection.execute(select(REGISTER.c.id, REGISTER.c.added_pages)):
        if now != added.get(register_id, 0):
            yield Finding(
                REGISTER.name, register_id, "le pagine aggiuntive non sono quelle vidimate"
            )


def _additional_fault(
    row: Row[Any], said: dict[str, Any] | None, previous: str | None, follows: int
) -> str:
    own = additional_pages_hash(
        row.previous_hash,
        number=row.number,
        first_page=row.first_page,
        last_page=row.last_page,
        endorsed_at=row.endorsed_at,
        endorsed_by=row.endorsed_by_id,
    )
    if own != row.hash:
        return "la vidimazione aggiuntiva non corrisponde alla sua impronta"
    if row.previous_hash != previous or row.first_page != follows:
        return "non segue la vidimazione che la precede"
    if said and (said.get("hash"), said["account"]) != (row.hash, row.endorsed_by_id):
        return "la vidimazione aggiuntiva non è quella della traccia"
    return ""


def check_records(
    connection: Connection, begun: dict[int, str | None], tick: Tick
) -> Iterator[Finding]:
    """Records follow each other from the endorsement on, and say what their hash covers."""
    rows = connection.execute(
        select(RECORD, SHEET.c.lesson_id, REGISTER.c.id.label("bound_in"))
        .outerjoin(SHEET, SHEET.c.id == RECORD.c.sheet_id)
        .outerjoin(LESSON, LESSON.c.id == SHEET.c.lesson_id)
        .outerjoin(REGISTER, REGISTER.c.edition_id == LESSON.c.edition_id)
        .order_by(RECORD.c.register_id, RECORD.c.position)
        .execution_options(yield_per=BATCH)
    )
    register, position, previous = 0, 0, ""
    for batch in rows.partitions():
        for row in batch:
            if row.register_id != register:
                register, position = row.register_id, 0
                previous = begun.get(register) or ""
            if row.position != position + 1:
                yield Finding(
                    RECORD.name,
                    f"(registro {register}, posizione {position + 1})",
                    "manca: le annotazioni sono in fila",
                )
            elif fault := record_fault(row, previous):
                yield Finding(RECORD.name, row.id, fault)
            position, previous = row.position, row.hash
        tick(len(batch))


def record_fault(row: Row[Any], previous: str) -> str:
    """What is wrong with a record, or nothing."""
    try:
        content = json.loads(row.content)
        own, text = page_hash(content, row.previous_hash), canonical(content).decode()
    except (TypeError, ValueError, RecursionError):
        return "non ha più una forma leggibile"
    if own != row.hash or text != row.content:
        return "il contenuto non corrisponde alla sua impronta"
    if row.previous_hash != previous:
        return "non segue l'annotazione che la precede"
    by, at = SIGNED[row.kind]
    said = [content.get(key) for key in ("lesson", "version", by, at)]
    if said != [row.lesson_id, row.version, row.account_id, moment_text(row.at)]:
        return "foglio, versione, mano o ora non sono quelli del contenuto"
    if row.bound_in != row.register_id:
        return "il foglio è di un altro registro"
    return ""
