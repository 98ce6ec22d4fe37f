# SPDX-License-Identifier: AGPL-3.0-or-later
"""A table of bodies read as a dry run: one line for each problem, or the bodies it would add."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.bodies.adding.candidates import Candidate, Known, candidate_of, of_municipality
from app.bodies.forms import check_email
from app.domain import body_codes
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key
from app.domain.tax_code import normalise
from app.domain.vocabulary import BodyKind
from app.municipalities import by_istat, named

MOST_ROWS = 300
LONGEST = {"name": 200, "tax_code": 16, "certified_email": 254}

# Headings as they are written, without case and accents.
COLUMNS = {
    "nome": "name", "ente": "name", "denominazione": "name",
    "tipo": "kind",
    "provincia": "province_code", "prov": "province_code",
    "codice istat": "istat_code", "istat": "istat_code",
    "codice fiscale": "tax_code",
    "pec": "certified_email", "posta certificata": "certified_email",
}  # fmt: skip
KINDS = {
    "": None, "comune": BodyKind.MUNICIPALITY, "provincia": BodyKind.PROVINCE,
    "associazione": BodyKind.ASSOCIATION, "ente di formazione": BodyKind.TRAINING_PROVIDER,
    "ministero": BodyKind.MINISTRY, "altro ente": BodyKind.OTHER, "altro": BodyKind.OTHER,
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row of the file, counted as the spreadsheet counts it."""

    row: int
    sentence: Sentence


@dataclass(frozen=True)
class Run:
    """The dry run: problems, or the bodies that would be added."""

    problems: list[Problem]
    candidates: list[Candidate]


def dry_run(table: Sequence[Sequence[str]], known: Known) -> Run:
    """Read the table. RuleViolation where it is none of bodies, or too long."""
    columns = _columns(table[0])
    rows = [(number, row) for number, row in enumerate(table[1:], 2) if any(row)]
    if not rows:
        raise RuleViolation(Sentence("Sotto le intestazioni non c'è alcun ente."))
    if len(rows) > MOST_ROWS:
        raise RuleViolation(
            Sentence("Al massimo %(rows)d enti per volta: dividere il file.", {"rows": MOST_ROWS})
        )
    problems, candidates, places = [], [], {}
    for number, row in rows:
        values = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        try:
            one = _candidate(values, known)
            _check_once(one, number, places)
            known.check(one)
        except RuleViolation as violation:
            problems.append(Problem(number, violation.sentence))
        else:
            candidates.append(one)
    return Run(problems, candidates)


def as_text(table: Sequence[Sequence[str]]) -> str:
    """What of the table counts, as a CSV that is read as the same again."""
    places = list(_columns(table[0]).values())
    out = io.StringIO()
    out.write("sep=;\n")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for row in table:
        if any(row):
            writer.writerow([row[at] if at < len(row) else "" for at in places])
    return out.getvalue()


def _columns(heading: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(heading):
        name = COLUMNS.get(search_key(cell))
        if name in found:
            raise RuleViolation(
                Sentence("La colonna «%(name)s» compare due volte.", {"name": cell})
            )
        if name:
            found[name] = at
    if "name" not in found:
        raise RuleViolation(
            Sentence("Nella prima riga manca l'intestazione «nome»: le altre sono facoltative.")
        )
    return found


def _check_once(one: Candidate, number: int, places: dict[str, int]) -> None:
    key = search_key(one.name)
    if key in places:
        raise RuleViolation(Sentence("È lo stesso ente della riga %(row)d.", {"row": places[key]}))
    places[key] = number


def _candidate(values: dict[str, str], known: Known) -> Candidate:
    """The body of a row. Raises RuleViolation with the first thing that is wrong."""
    name = " ".join(values["name"].split())
    if not name:
        raise RuleViolation(Sentence("Manca il nome dell'ente."))
    for column, longest in LONGEST.items():
        if len(values.get(column, "")) > longest:
            raise RuleViolation(
                Sentence("Un testo supera i %(characters)d caratteri.", {"characters": longest})
            )
    kind = _kind(values.get("kind", ""), name)
    codes = {
        "tax_code": _checked(values.get("tax_code", ""), body_codes.check_tax_code),
        "certified_email": _email(values.get("certified_email", "")),
    }
    if kind is BodyKind.MUNICIPALITY:
        return _municipality(name, normalise(values.get("istat_code", "")), codes, known)
    codes["province_code"] = _checked(values.get("province_code", ""), body_codes.check_province)
    return candidate_of(kind, name, codes, known)


def _kind(text: str, name: str) -> BodyKind:
    key = search_key(text)
    if key not in KINDS:
        raise RuleViolation(
            Sentence(
                "Il tipo «%(kind)s» non c'è: Comune, Provincia, Associazione, Ente di formazione, "
                "Ministero, Altro ente.",
                {"kind": text[:60]},
            )
        )
    is_one = named(name) is not None or search_key(name).startswith("comune di ")
    return KINDS[key] or (BodyKind.MUNICIPALITY if is_one else BodyKind.OTHER)


def _municipality(name: str, istat: str, codes: dict[str, Any], known: Known) -> Candidate:
    found = named(name)
    if istat:
        body_codes.check_istat(istat.zfill(6) if len(istat) == 5 else istat)
        istat = istat.zfill(6)
        if istat not in by_istat():
            raise RuleViolation(
                Sentence("Nessun Comune dell'Umbria ha il codice Istat %(code)s.", {"code": istat})
            )
        if found and found.istat_code != istat:
            raise RuleViolation(
                Sentence("Il codice Istat è di %(name)s.", {"name": by_istat()[istat].body_name})
            )
        found = by_istat()[istat]
    if found is None:
        raise RuleViolation(
            Sentence("«%(name)s» non è un Comune dell'Umbria.", {"name": name[:80]})
        )
    return of_municipality(found, known, codes)


def _checked(text: str, check: Callable[[str], None]) -> str | None:
    code = normalise(text)
    if code:
        check(code)
    return code or None


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        return check_email(text)
    except ValueError:
        raise RuleViolation(Sentence("La PEC non è un indirizzo e-mail.")) from None
