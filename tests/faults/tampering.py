# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody with the database in hand may do to it: each changes it at a random place.

A manipulation gives back the row a verification must name.
"""

import hashlib
import json
from datetime import timedelta
from random import Random
from types import SimpleNamespace

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.audit import payload
from app.domain.attendance import Presence
from app.domain.book import page_hash
from app.domain.chain import canonical, link, seal
from app.models import (
    AttendanceEntry,
    AttendanceRegister,
    AuditEvent,
    BookRecord,
    Certificate,
    CertificateFile,
    Correction,
    EvidenceFile,
    Person,
    PresenceInterval,
    RegisterSheet,
    SelfCheckIn,
)

PERSON = Person.__table__
EVENT, RECORD, SHEET, ENTRY, STAY, PDF, EVIDENCE, CERTIFICATE, CHECK_IN, CORRECTION, REGISTER = (
    model.__table__
    for model in (
        AuditEvent, BookRecord, RegisterSheet, AttendanceEntry, PresenceInterval, CertificateFile,
        EvidenceFile, Certificate, SelfCheckIn, Correction, AttendanceRegister,
    )
)  # fmt: skip
LONG_AGO = timedelta(days=30)
Named = tuple[str, int | str]


class Intruder:
    """A hand in the database, with what it may know: the key, and which heads are noted."""

    def __init__(self, connection: Connection, random: Random, key: bytes, heads: list[int]):
        self.connection, self.random, self.key, self.heads = connection, random, key, heads

    def rows(self, table, *where, order=None):
        wanted = select(table).where(*where).order_by(*(order or table.primary_key.columns))
        return self.connection.execute(wanted).all()

    def pick(self, table, *where):
        return self.random.choice(self.rows(table, *where))

    def change(self, row, table, **values):
        key = next(iter(table.primary_key.columns))
        self.connection.execute(update(table).where(key == getattr(row, key.name)).values(**values))

    def take_out(self, row, table):
        key = next(iter(table.primary_key.columns))
        self.connection.execute(delete(table).where(key == getattr(row, key.name)))

    def put(self, table, row, **values):
        """A new row like this one."""
        same = {c.name: getattr(row, c.name) for c in table.columns if c.name != "id"}
        self.connection.execute(insert(table).values(**{**same, **values}))

    def last(self, column):
        return self.connection.scalar(select(func.max(column)))

    def chain_anew(self, rows, *, seals: bytes | None = None):
        """Make the hashes of these events anew, from the first on."""
        previous = rows[0].previous_hash
        for row in rows:
            row.previous_hash, row.hash = previous, link(previous, payload(row))
            previous = row.hash
            if seals is not None:
                row.seal = seal(seals, row.hash)
        key = EVENT.c.sequence == bindparam("place")
        values = [{**vars(row), "place": row.sequence} for row in rows]
        names = {name: bindparam(name) for name in vars(rows[0])}
        self.connection.execute(update(EVENT).where(key).values(**names), values)


def loose(row) -> SimpleNamespace:
    """A copy that can be written on."""
    return SimpleNamespace(**row._mapping)


def another(row, hand: Intruder) -> SimpleNamespace:
    """The event with something else in it."""
    changed, word = loose(row), hand.random.choice
    column = word(["details", "actor_label", "role", "target_label", "action", "account_id"])
    if column == "account_id":
        changed.account_id = None if row.account_id else 1
    elif column == "details":
        changed.details = canonical({**json.loads(row.details), "new": "absent "}).decode()
    else:
        setattr(changed, column, getattr(row, column) + "x")
    return changed


# 1. Values


def status_changed(hand: Intruder) -> Named:
    entry = hand.pick(ENTRY)
    status = hand.random.choice([one for one in Presence if one != entry.status])
    minutes = entry.counted_minutes if status is Presence.PRESENT else 0
    hand.change(entry, ENTRY, status=status, counted_minutes=minutes)
    return ENTRY.name, entry.id


def topic_changed(hand: Intruder) -> Named:
    sheet = hand.pick(SHEET, SHEET.c.closed_at.is_not(None))
    column, value = hand.random.choice([("topic_done", "Altro"), ("heads_counted", 999)])
    hand.change(sheet, SHEET, **{column: value})
    return SHEET.name, sheet.id


def issued_content_changed(hand: Intruder) -> Named:
    certificate = hand.pick(CERTIFICATE)
    content = {**certificate.content, "counted_minutes": 9_999}
    hand.change(certificate, CERTIFICATE, content=content)
    return CERTIFICATE.name, certificate.id


def life_changed(hand: Intruder) -> Named:
    """A certificate that holds again, or for another hand or reason than the trail's."""
    certificate = hand.pick(CERTIFICATE, CERTIFICATE.c.revoked_at.is_not(None))
    other = hand.random.choice(
        [
            {"state": "issued" if certificate.state == "revoked" else "revoked"},
            {"revoked_reason": "Altro motivo"},
            {"revoked_at": certificate.revoked_at - LONG_AGO}, {"revoked_by_id": None},
        ]
    )  # fmt: skip
    hand.change(certificate, CERTIFICATE, **other)
    return CERTIFICATE.name, certificate.id


def holder_changed(hand: Intruder) -> Named:
    """A certificate that is somebody else's, or takes another's place."""
    certificate = hand.pick(CERTIFICATE)
    holders = {row.person_id for row in hand.rows(CERTIFICATE)}
    somebody = hand.pick(PERSON, PERSON.c.id.not_in(holders)).id
    taken = {row.replaces_id for row in hand.rows(CERTIFICATE)}
    others = [row.id for row in hand.rows(CERTIFICATE) if row.id not in {*taken, certificate.id}]
    other = hand.random.choice(
        [
            {"person_id": somebody}, {"kind": "participation"},
            {"replaces_id": hand.random.choice(others)},
        ]
    )  # fmt: skip
    hand.change(certificate, CERTIFICATE, **other)
    return CERTIFICATE.name, certificate.id


def correction_changed(hand: Intruder) -> Named:
    correction = hand.pick(CORRECTION)
    hand.change(correction, CORRECTION, new_value=f"{correction.new_value} altro")
    return CORRECTION.name, correction.id


# 2. Hours


def minutes_changed(hand: Intruder) -> Named:
    entry = hand.pick(ENTRY, ENTRY.c.status == Presence.PRESENT)
    minutes = hand.random.choice([n for n in range(700) if n != entry.counted_minutes])
    hand.change(entry, ENTRY, counted_minutes=minutes)
    return ENTRY.name, entry.id


def stay_changed(hand: Intruder) -> Named:
    stay = hand.pick(STAY)
    earlier = timedelta(minutes=hand.random.randint(1, 300))
    hand.change(stay, STAY, entered_at=stay.entered_at - earlier)
    return ENTRY.name, stay.entry_id


def delivered_changed(hand: Intruder) -> Named:
    sheet = hand.pick(SHEET, SHEET.c.closed_at.is_not(None))
    hand.change(sheet, SHEET, delivered_minutes=sheet.delivered_minutes + 1)
    return SHEET.name, sheet.id


# 3. Rows taken out


def event_taken_out(hand: Intruder) -> Named:
    event = hand.pick(EVENT)
    hand.take_out(event, EVENT)
    return EVENT.name, event.sequence


def record_taken_out(hand: Intruder) -> Named:
    record = hand.pick(RECORD, RECORD.c.position < 3)
    following = RECORD.c.register_id == record.register_id, RECORD.c.position > record.position
    is_last = not hand.rows(RECORD, *following)
    hand.take_out(record, RECORD)
    if is_last:
        return RECORD.name, f"(foglio {record.sheet_id}, version {record.version})"
    return RECORD.name, f"(registro {record.register_id}, posizione {record.position})"


def entry_taken_out(hand: Intruder) -> Named:
    entry = hand.pick(ENTRY)
    hand.connection.execute(delete(STAY).where(STAY.c.entry_id == entry.id))
    hand.take_out(entry, ENTRY)
    return ENTRY.name, f"(foglio {entry.sheet_id}, iscrizione {entry.enrolment_id})"


def stay_taken_out(hand: Intruder) -> Named:
    stay = hand.pick(STAY)
    hand.take_out(stay, STAY)
    return ENTRY.name, stay.entry_id


def row_taken_out(hand: Intruder) -> Named:
    """Of the tables whose rows the trail knows by their number."""
    table = hand.random.choice([CERTIFICATE, PDF, CORRECTION, SHEET])
    row = hand.pick(table, *([SHEET.c.opened_at.is_not(None)] if table is SHEET else []))
    hand.take_out(row, table)
    return table.name, row[0]


def check_in_taken_out(hand: Intruder) -> Named:
    row = hand.pick(CHECK_IN)
    hand.take_out(row, CHECK_IN)
    return CHECK_IN.name, f"(foglio {row.sheet_id}, iscrizione {row.enrolment_id})"


# 4. Rows put in


def event_put_in(hand: Intruder) -> Named:
    row = loose(hand.rows(EVENT)[-1])
    row.sequence, row.previous_hash = row.sequence + 1, row.hash
    row.hash = link(row.previous_hash, payload(row))
    hand.connection.execute(insert(EVENT).values(**vars(row)))
    return EVENT.name, row.sequence


def entry_put_in(hand: Intruder) -> Named:
    entry = hand.pick(ENTRY)
    sheet = hand.pick(SHEET, SHEET.c.id != entry.sheet_id)
    taken = {row.enrolment_id for row in hand.rows(ENTRY, ENTRY.c.sheet_id == sheet.id)}
    others = [row for row in hand.rows(ENTRY) if row.enrolment_id not in taken]
    hand.put(ENTRY, hand.random.choice(others), sheet_id=sheet.id)
    return ENTRY.name, hand.last(ENTRY.c.id)


def stay_put_in(hand: Intruder) -> Named:
    stay = hand.pick(STAY)
    hand.put(STAY, stay, entered_at=stay.entered_at + timedelta(minutes=1))
    return ENTRY.name, stay.entry_id


def record_put_in(hand: Intruder) -> Named:
    record = hand.rows(RECORD, RECORD.c.register_id == hand.pick(RECORD).register_id)[-1]
    content = {**json.loads(record.content), "version": record.version + 1}
    hand.put(
        RECORD, record, position=record.position + 1, version=record.version + 1,
        previous_hash=record.hash, hash=page_hash(content, record.hash),
        content=canonical(content).decode(),
    )  # fmt: skip
    return RECORD.name, hand.last(RECORD.c.id)


def certificate_put_in(hand: Intruder) -> Named:
    certificate = hand.pick(CERTIFICATE)
    number = hand.last(CERTIFICATE.c.number) + 1
    fresh = {"number": number, "code": "A" * 32, "state": "revoked", "replaces_id": None}
    hand.put(CERTIFICATE, certificate, **fresh)
    return CERTIFICATE.name, hand.last(CERTIFICATE.c.id)


def check_in_put_in(hand: Intruder) -> Named:
    row = hand.pick(CHECK_IN)
    hand.put(CHECK_IN, row, kind="exit")
    return CHECK_IN.name, hand.last(CHECK_IN.c.id)


# 5. Two swapped


def events_swapped(hand: Intruder) -> Named:
    """Everything but the place in the chain."""
    one, other = sorted(hand.random.sample(hand.rows(EVENT), 2))
    own = ("sequence", "previous_hash", "hash", "seal")
    for here, there in ((one, other), (other, one)):
        said = {name: value for name, value in there._mapping.items() if name not in own}
        hand.change(here, EVENT, **said)
    return EVENT.name, one.sequence


def whole_events_swapped(hand: Intruder) -> Named:
    """Only the place in the chain."""
    one, other = sorted(hand.random.sample(hand.rows(EVENT), 2))
    for row, sequence in ((one, 1_000_000), (other, one.sequence)):
        hand.change(row, EVENT, sequence=sequence)
    moved = SimpleNamespace(sequence=1_000_000)
    hand.change(moved, EVENT, sequence=other.sequence)
    return EVENT.name, one.sequence


def marks_swapped(hand: Intruder) -> Named:
    """Two people of a sheet change places."""
    absent = hand.pick(ENTRY, ENTRY.c.status != Presence.PRESENT)
    same = ENTRY.c.sheet_id == absent.sheet_id, ENTRY.c.status == Presence.PRESENT
    present = hand.random.choice(hand.rows(ENTRY, *same))
    hand.change(absent, ENTRY, enrolment_id=1_000_000)
    hand.change(present, ENTRY, enrolment_id=absent.enrolment_id)
    hand.change(absent, ENTRY, enrolment_id=present.enrolment_id)
    return ENTRY.name, absent.id


def files_swapped(hand: Intruder) -> Named:
    one, other = sorted(hand.random.sample(hand.rows(PDF), 2))
    for here, there in ((one, other), (other, one)):
        hand.change(here, PDF, pdf=there.pdf, sha256=there.sha256)
    return PDF.name, one.certificate_id


# 6. Backdated


def event_backdated(hand: Intruder) -> Named:
    event = hand.pick(EVENT)
    hand.change(event, EVENT, at=event.at - LONG_AGO)
    return EVENT.name, event.sequence


def record_backdated(hand: Intruder) -> Named:
    record = hand.pick(RECORD)
    hand.change(record, RECORD, at=record.at - LONG_AGO)
    return RECORD.name, record.id


def closing_backdated(hand: Intruder) -> Named:
    sheet = hand.pick(SHEET, SHEET.c.closed_at.is_not(None))
    hand.change(sheet, SHEET, closed_at=sheet.closed_at - LONG_AGO)
    return SHEET.name, sheet.id


def mark_backdated(hand: Intruder) -> Named:
    opened = select(SHEET.c.id).where(SHEET.c.opened_at.is_not(None))
    entry = hand.pick(ENTRY, ENTRY.c.sheet_id.in_(opened))
    hand.change(entry, ENTRY, marked_at=entry.marked_at - LONG_AGO)
    return ENTRY.name, entry.id


def row_backdated(hand: Intruder) -> Named:
    table, column = hand.random.choice(
        [
            (CERTIFICATE, "issued_at"), (CHECK_IN, "at"),
            (CORRECTION, "asked_at"), (REGISTER, "endorsed_at"),
        ]
    )  # fmt: skip
    row = hand.pick(table)
    hand.change(row, table, **{column: getattr(row, column) - LONG_AGO})
    return table.name, row.id


# 7 to 11. The trail


def payload_edited(hand: Intruder) -> Named:
    row = hand.pick(EVENT)
    hand.change(row, EVENT, **vars(another(row, hand)))
    return EVENT.name, row.sequence


def payload_and_hash_edited(hand: Intruder) -> Named:
    row = another(hand.pick(EVENT), hand)
    hand.chain_anew([row])
    return EVENT.name, row.sequence


def trail_cut_short(hand: Intruder) -> Named:
    first = hand.pick(EVENT).sequence
    hand.connection.execute(delete(EVENT).where(EVENT.c.sequence >= first))
    return EVENT.name, first


def book_cut_short(hand: Intruder) -> Named:
    first = hand.pick(RECORD)
    same = RECORD.c.register_id == first.register_id
    hand.connection.execute(delete(RECORD).where(same, RECORD.c.position >= first.position))
    word = {"closed": "version", "reopened": "version", "corrected": "correction"}[first.kind]
    content = json.loads(first.content)
    return RECORD.name, f"(foglio {first.sheet_id}, {word} {content[word]})"


def rewritten_without_key(hand: Intruder) -> Named:
    rows = [loose(row) for row in hand.rows(EVENT)]
    place = hand.random.randrange(len(rows))
    rows[place] = another(hand.rows(EVENT)[place], hand)
    seals = hand.random.choice([None, b"guessed"])
    hand.chain_anew(rows[place:], seals=seals)
    return EVENT.name, rows[place].sequence


def rewritten_with_key(hand: Intruder) -> Named:
    """The first head noted elsewhere that no longer stands gives it away."""
    rows = [loose(row) for row in hand.rows(EVENT)]
    place = hand.random.randrange(len(rows))
    rows[place] = another(hand.rows(EVENT)[place], hand)
    hand.chain_anew(rows[place:], seals=hand.key)
    return EVENT.name, min(head for head in hand.heads if head >= rows[place].sequence)


# 12. Files


def one_byte(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content))
    other = bytes([(content[place] + random.randint(1, 255)) % 256])
    return content[:place] + other + content[place + 1 :]


def pdf_replaced(hand: Intruder) -> Named:
    row = hand.pick(PDF)
    pdf = one_byte(row.pdf, hand.random)
    known = {} if hand.random.random() < 0.5 else {"sha256": hashlib.sha256(pdf).hexdigest()}
    hand.change(row, PDF, pdf=pdf, **known)
    return PDF.name, row.certificate_id


def evidence_replaced(hand: Intruder) -> Named:
    row = hand.pick(EVIDENCE)
    hand.change(row, EVIDENCE, content=one_byte(row.content, hand.random))
    return EVIDENCE.name, row.sha256


TWELVE = {
    "change a value": (
        status_changed, topic_changed, issued_content_changed, correction_changed, life_changed,
        holder_changed,
    ),
    "change hours": (minutes_changed, stay_changed, delivered_changed),
    "delete a row": (
        event_taken_out, record_taken_out, entry_taken_out, stay_taken_out, row_taken_out,
        check_in_taken_out,
    ),
    "insert a row": (
        event_put_in, entry_put_in, stay_put_in, record_put_in, certificate_put_in,
        check_in_put_in,
    ),
    "swap two": (events_swapped, whole_events_swapped, marks_swapped, files_swapped),
    "backdate": (
        event_backdated, record_backdated, closing_backdated, mark_backdated, row_backdated,
    ),
    "edit a payload": (payload_edited,),
    "edit a payload and its hash": (payload_and_hash_edited,),
    "cut the tail": (trail_cut_short, book_cut_short),
    "rewrite the chain without the key": (rewritten_without_key,),
    "rewrite the chain with the key": (rewritten_with_key,),
    "replace a byte of a file": (pdf_replaced, evidence_replaced),
}  # fmt: skip
