# SPDX-License-Identifier: AGPL-3.0-or-later
"""The live rows of a page against what its book and the trail say of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.audit import Action
from app.domain.attendance import counted_minutes, ended
from app.domain.book import mark_words
from app.domain.chain import moment_text
from app.domain.register import SheetState
from app.domain.timetable import Window, length_minutes
from app.integrity.facts import AT_ONCE, CHECK_IN, ENTRY, SHEET, Deed, PageFacts
from app.integrity.findings import Finding
from app.integrity.records import check_corrections, check_records
from app.integrity.replay import Expected, Replay, replay, stays_text

# What a closing says of the page, and the column that says it now.
COLUMNS = {
    "lesson": "lesson_id",
    "version": "page_version",
    "start_real": "starts_at_real",
    "end_real": "ends_at_real",
    "note": "note",
    "hand": "closed_hand",
    "closed_by": "closed_by_id",
    "closed_at": "closed_at",
    "late": "closed_late",
}


def check_page(facts: PageFacts) -> Iterator[Finding]:
    """The rows of this page that do not hold."""
    if facts.sheet is None:
        yield Finding(SHEET.name, facts.sheet_id, "manca: altri scritti ne parlano ancora")
        return
    try:
        now = replay(facts)
        for check in CHECKS:
            yield from check(facts, now)
    except (AttributeError, KeyError, TypeError, ValueError):
        yield _page(facts, "ciò che registro e traccia ne dicono non si legge più")


def check_state(facts: PageFacts, now: Replay) -> Iterator[Finding]:
    """The state is the one the last deed left."""
    if facts.sheet.state != now.state:
        yield _page(facts, f"è {facts.sheet.state}, secondo la traccia {now.state}")
    elif _plain(facts.sheet.reopened_until) != now.until:
        yield _page(facts, "il termine della riapertura non è quello annotato nel registro")
    elif now.state == SheetState.CLOSED and now.closing is None:
        yield _page(facts, "chiuso senza annotazione nel registro")


def check_columns(facts: PageFacts, now: Replay) -> Iterator[Finding]:
    """What was closed says what its last closing and the corrections after it say."""
    if now.closing is None:
        return
    record, content = now.closing
    sheet = facts.sheet
    if (sheet.content_hash, sheet.previous_hash) != (record.hash, record.previous_hash):
        yield _page(facts, "l'impronta non è quella annotata nel registro")
    wrong = [
        word
        for word, column in COLUMNS.items()
        if word in content and _plain(getattr(sheet, column)) != content[word]
    ]
    if sheet.topic_done != now.topic:
        wrong.append("topic")
    if sheet.heads_counted != now.heads:
        wrong.append("heads")
    if wrong:
        yield _page(facts, f"non dice più ciò che fu chiuso ({', '.join(wrong)})")


def _plain(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value


def check_entries(facts: PageFacts, now: Replay) -> Iterator[Finding]:
    """Every mark is the one written last, and there is no other."""
    seen = set()
    for entry in facts.entries:
        expected = now.marks.get(entry.enrolment_id)
        seen.add(entry.enrolment_id)
        if expected is None:
            yield _entry(entry, "presenza che nessun atto ha scritto")
        elif fault := _mark_fault(facts, entry, expected):
            yield _entry(entry, fault)
    for enrolment in sorted(now.marks.keys() - seen):
        yield Finding(
            ENTRY.name,
            f"(foglio {facts.sheet_id}, iscrizione {enrolment})",
            f"manca: era scritto «{now.marks[enrolment].words}»",
        )


def _mark_fault(facts: PageFacts, entry: Row[Any], expected: Expected) -> str:
    stays = facts.stays.get(entry.id, [])
    words = mark_words(entry.status, stays)
    if words != expected.words:
        return f"dice «{words}», era scritto «{expected.words}»"
    row = expected.row
    if (row and row["stays"] != stays_text(stays)) or expected.source not in (None, entry.source):
        return "orari o provenienza non sono quelli chiusi"
    if expected.counted not in (None, entry.counted_minutes):
        return f"conta {entry.counted_minutes} minuti, ne furono scritti {expected.counted}"
    if expected.deed:
        return _hand_fault(entry, expected.deed)
    return ""


def _hand_fault(entry: Row[Any], deed: Deed) -> str:
    """Whose hand and when: as the trail has it."""
    said = deed.details.get("marked_at")
    on_time = (
        moment_text(entry.marked_at) == said if said else abs(entry.marked_at - deed.at) <= AT_ONCE
    )
    if not on_time:
        return f"segnata con un'ora che non è quella dell'atto {deed.sequence}"
    if entry.marked_by_id != (deed.account_id or 0):
        return f"segnata da un'altra mano che nell'atto {deed.sequence}"
    return ""


def check_minutes(facts: PageFacts, now: Replay) -> Iterator[Finding]:
    """Minutes are what the rule makes of stays, real times and breaks."""
    sheet = facts.sheet
    if sheet.starts_at is None:
        yield _page(facts, "manca la lezione")
        return
    lesson = Window(sheet.starts_at, sheet.ends_at)
    settled = sheet.starts_at_real and sheet.ends_at_real
    real = Window(
        max(sheet.starts_at_real or lesson.start, lesson.start),
        min(sheet.ends_at_real or lesson.end, lesson.end),
    )
    if settled and sheet.delivered_minutes != length_minutes(real.start, real.end, facts.breaks):
        yield _page(facts, f"minuti erogati {sheet.delivered_minutes}: non tornano con gli orari")
    for entry in facts.entries:
        stays = facts.stays.get(entry.id, [])
        # A mark counts within the lesson until the page closes, then within the real times.
        windows = {real} if sheet.state == SheetState.CLOSED else {lesson, real}
        counts = {
            counted_minutes(ended(stays, window.end), window, facts.breaks, sheet.grace or 0)
            for window in windows
        }
        if entry.counted_minutes not in counts:
            yield _entry(entry, f"{entry.counted_minutes} minuti: non tornano con gli orari")


def check_check_ins(facts: PageFacts, now: Replay) -> Iterator[Finding]:
    """Each person's own word has its entry in the trail, and each entry its row."""
    said = {
        (deed.details.get("enrolment"), deed.details.get("kind")): deed
        for deed in facts.deeds
        if deed.action == Action.CHECK_IN_CONFIRMED
    }
    rows = {(row.enrolment_id, row.kind): row for row in facts.check_ins}
    for key, row in rows.items():
        if key not in said:
            yield Finding(CHECK_IN.name, row.id, "entrata o uscita di cui la traccia non sa")
        elif abs(row.at - said[key].at) > AT_ONCE:
            yield Finding(CHECK_IN.name, row.id, "l'ora non è quella della traccia")
    for key in said.keys() - rows.keys():
        yield Finding(
            CHECK_IN.name,
            f"(foglio {facts.sheet_id}, iscrizione {key[0]})",
            f"manca: la dice l'atto {said[key].sequence}",
        )


Check = Callable[[PageFacts, Replay], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    check_state,
    check_columns,
    check_entries,
    check_minutes,
    check_records,
    check_corrections,
    check_check_ins,
)


def _page(facts: PageFacts, what: str) -> Finding:
    return Finding(SHEET.name, facts.sheet_id, what)


def _entry(entry: Row[Any], what: str) -> Finding:
    return Finding(ENTRY.name, entry.id, what)
