# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the book says of a page against what the trail says, and the corrections between them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from app.audit import Action
from app.domain.chain import moment_text
from app.domain.vocabulary import CorrectionState, RecordKind
from app.integrity.facts import AT_ONCE, CORRECTION, RECORD, Deed, PageFacts
from app.integrity.findings import Finding
from app.integrity.replay import Replay

# The entry of the trail for each kind of record, and the words both have.
RECORDED = {
    RecordKind.CLOSED: (Action.SHEET_CLOSED, ("version",)),
    RecordKind.REOPENED: (Action.SHEET_REOPENED, ("version", "reason", "until")),
    RecordKind.CORRECTED: (Action.CORRECTION_APPROVED, ("correction", "subject", "old", "new")),
}
UNKNOWN = "annotazione di cui la traccia non sa"
DECIDED = {
    Action.CORRECTION_ASKED: CorrectionState.ASKED,
    Action.CORRECTION_APPROVED: CorrectionState.APPROVED,
    Action.CORRECTION_REJECTED: CorrectionState.REJECTED,
}


def check_records(facts: PageFacts, _now: Replay) -> Iterator[Finding]:
    """Each record of the book has its entry in the trail, and each entry its record."""
    for kind, (action, words) in RECORDED.items():
        said = defaultdict(list)
        for deed, details in _said(facts):
            if deed.action == action:
                said[tuple(details.get(word) for word in words)].append((deed, details))
        for row, content in facts.records:
            if row.kind == kind:
                deeds = said[tuple(content.get(word) for word in words)]
                fault = _record_fault(row, *deeds.pop(0)) if deeds else UNKNOWN
                if fault:
                    yield Finding(RECORD.name, row.id, fault)
        for key, deeds in said.items():
            for deed, _ in deeds:
                yield Finding(
                    RECORD.name,
                    f"(foglio {facts.sheet_id}, {words[0]} {key[0]})",
                    f"manca dal registro: la dice l'atto {deed.sequence}",
                )


def _said(facts: PageFacts) -> Iterator[tuple[Deed, dict[str, Any]]]:
    for deed in facts.deeds:
        yield deed, deed.details
    for number, deeds in facts.decisions.items():
        for deed in deeds:
            yield deed, {"correction": number, **deed.details}


def _record_fault(row: Row[Any], deed: Deed, details: dict[str, Any]) -> str:
    if details.get("hash", row.hash) != row.hash:
        return f"non è quella dell'atto {deed.sequence}"
    if deed.account_id != row.account_id or abs(deed.at - row.at) > AT_ONCE:
        return f"mano o ora non sono quelle dell'atto {deed.sequence}"
    return ""


def check_corrections(facts: PageFacts, _now: Replay) -> Iterator[Finding]:
    """A correction says what was asked and decided; the trail and the book know both."""
    written = {
        content["correction"]: content
        for row, content in facts.records
        if row.kind == RecordKind.CORRECTED
    }
    for row in facts.corrections:
        deeds = facts.decisions.get(row.id, [])
        fault = _asked_fault(row, deeds) or _decided_fault(row, deeds[-1], written.get(row.id))
        if fault:
            yield Finding(CORRECTION.name, row.id, fault)
    for number in facts.decisions.keys() - {row.id for row in facts.corrections}:
        yield Finding(CORRECTION.name, number, "manca: la traccia dice che fu chiesta")


def _asked_fault(row: Row[Any], deeds: list[Deed]) -> str:
    if not deeds or deeds[0].action != Action.CORRECTION_ASKED:
        return "rettifica che nessuno ha chiesto"
    said = [deeds[0].details.get(word) for word in ("subject", "old", "new")]
    if said != [row.subject, row.old_value, row.new_value]:
        return "non chiede più ciò che fu chiesto"
    if deeds[0].account_id != row.asked_by_id or abs(deeds[0].at - row.asked_at) > AT_ONCE:
        return f"mano o ora non sono quelle dell'atto {deeds[0].sequence}"
    return ""


def _decided_fault(row: Row[Any], last: Deed, written: dict[str, Any] | None) -> str:
    decided = DECIDED.get(last.action)  # type: ignore[call-overload]
    if decided != row.state:
        return f"è {row.state}, secondo la traccia {decided}"
    if row.state == CorrectionState.ASKED:
        return ""
    if last.account_id != row.decided_by_id or abs(last.at - row.decided_at) > AT_ONCE:
        return f"mano o ora non sono quelle dell'atto {last.sequence}"
    if row.state == CorrectionState.REJECTED:
        return ""
    if written is None:
        return "approvata, ma il registro non lo dice"
    said = [written.get(word) for word in ("reason", "asked_by", "at", "counted_minutes")]
    now = [row.reason, row.asked_by_id, moment_text(row.decided_at), row.counted_after]
    return "" if said == now else "non è quella annotata nel registro"
