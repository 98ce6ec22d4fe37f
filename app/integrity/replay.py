# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page must say, told again from its book and from the trail."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.audit import Action
from app.domain.attendance import Interval, Presence
from app.domain.book import mark_words
from app.domain.chain import moment_text
from app.domain.register import SheetState
from app.domain.vocabulary import CorrectionSubject, RecordKind
from app.integrity.facts import Deed, PageFacts

STATES = {
    Action.SHEET_OPENED: SheetState.OPEN,
    Action.SHEET_CLOSED: SheetState.CLOSED,
    Action.SHEET_REOPENED: SheetState.REOPENED,
}


@dataclass
class Expected:
    """What is expected of one mark: as written at closing, or only in the trail's words."""

    words: str
    row: dict[str, Any] | None = None
    counted: int | None = None
    deed: Deed | None = None
    source: str | None = None


@dataclass
class Replay:
    """What the page must be now."""

    state: SheetState = SheetState.NOT_OPEN
    closing: tuple[Row[Any], dict[str, Any]] | None = None
    marks: dict[int, Expected] = field(default_factory=dict)
    until: str | None = None
    topic: str | None = None
    heads: int | None = None


def replay(facts: PageFacts) -> Replay:
    """Begin with the last closing, then what was corrected and marked after it."""
    now = Replay()
    marked: dict[int, Deed] = {}
    since: list[Deed] = []
    for deed in facts.deeds:
        if deed.action == Action.SHEET_MARKED:
            since.append(deed)
            marked.update((enrolment, deed) for enrolment, _ in changes(deed))
        now.state = STATES.get(deed.action, now.state)  # type: ignore[call-overload]
        if deed.action == Action.SHEET_CLOSED:
            since.clear()
    _begin_with_closing(now, facts)
    for record, content in facts.records:
        if record.kind == RecordKind.REOPENED:
            now.until = content["until"]
    for enrolment, deed in marked.items():
        if enrolment in now.marks:
            now.marks[enrolment].deed = deed
    _correct(now, facts)
    for deed in since:
        for enrolment, words in changes(deed):
            now.marks[enrolment] = Expected(words, deed=deed)
    now.marks = {enrolment: one for enrolment, one in now.marks.items() if one.words}
    return now


def _begin_with_closing(now: Replay, facts: PageFacts) -> None:
    closings = [one for one in facts.records if one[0].kind == RecordKind.CLOSED]
    if not closings:
        return
    now.closing = closings[-1]
    content = now.closing[1]
    now.topic, now.heads = content.get("topic"), content.get("heads")
    for row in content.get("entries", ()):
        now.marks[row["enrolment"]] = Expected(
            _row_words(row), row, row.get("counted_minutes"), source=row["source"]
        )


def _correct(now: Replay, facts: PageFacts) -> None:
    for record, content in facts.records:
        late_enough = now.closing and record.position > now.closing[0].position
        if record.kind != RecordKind.CORRECTED or not late_enough:
            continue
        match content.get("subject"):
            case CorrectionSubject.MARK:
                before = now.marks.get(content["enrolment"])
                now.marks[content["enrolment"]] = Expected(
                    content["new"],
                    counted=content["counted_minutes"],
                    # The hand stays the one that marked.
                    deed=before.deed if before else None,
                    source=before.source if before else None,
                )
            case CorrectionSubject.TOPIC:
                now.topic = content["new"]
            case CorrectionSubject.HEADS:
                now.heads = int(content["new"])


def changes(deed: Deed) -> Iterator[tuple[int, str]]:
    """The enrolments a deed marked, each with the mark in words; none takes it away."""
    details = deed.details
    if "changes" in details:
        yield from ((enrolment, new) for enrolment, _old, new in details["changes"])
    elif "enrolments" in details:  # how several marks were noted at first
        yield from ((enrolment, details["new"]) for enrolment in details["enrolments"])
    elif "enrolment" in details:
        yield details["enrolment"], details["new"]


def _row_words(row: dict[str, Any]) -> str:
    ends = [[datetime.fromisoformat(moment) for moment in stay] for stay in row["stays"]]
    stays = [Interval(stay[0], stay[1] if len(stay) > 1 else None) for stay in ends]
    return mark_words(Presence(row["status"]), stays)


def stays_text(stays: list[Interval]) -> list[list[str]]:
    """Stays as the content of a page has them."""
    return [
        [moment_text(moment) for moment in (stay.entered, stay.left) if moment is not None]
        for stay in stays
    ]
