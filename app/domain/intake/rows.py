# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one row of an office list says of one person, and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from app.domain import tax_code as tax_codes
from app.domain.errors import RuleViolation, Sentence
from app.domain.intake.columns import WHOLE_NAMES, Field, heading_key, is_email
from app.domain.intake.dates import read_birth_date
from app.domain.intake.names import Split, read_whole_name, tidy
from app.domain.people import search_key
from app.domain.text import clean
from app.domain.vocabulary import ServiceArea

T = TypeVar("T")

LONGEST = {
    Field.FAMILY: 80,
    Field.GIVEN: 80,
    Field.OFFICE: 120,
    Field.JOB_TITLE: 120,
    Field.BIRTH_PLACE: 120,
}
EXCEL_ERRORS = (
    "#n/a",
    "#n/d",
    "#rif!",
    "#ref!",
    "#valore!",
    "#value!",
    "#div/0!",
    "#nome?",
    "#name?",
    "#num!",
    "#null!",
    "#nullo!",
)
YES = frozenset(["si", "s", "x", "1", "vero", "true", "y", "yes"])
NO = frozenset(["no", "n", "0", "falso", "false"])
SEXES = {
    "m": "M",
    "maschio": "M",
    "uomo": "M",
    "maschile": "M",
    "f": "F",
    "femmina": "F",
    "donna": "F",
    "femminile": "F",
}
AREAS = {
    "urp": ServiceArea.FRONT_OFFICE, "front office": ServiceArea.FRONT_OFFICE, "urp e front office": ServiceArea.FRONT_OFFICE,
    "anagrafe": ServiceArea.REGISTRY, "anagrafe e stato civile": ServiceArea.REGISTRY, "stato civile": ServiceArea.REGISTRY,
    "servizi demografici": ServiceArea.REGISTRY, "servizi sociali": ServiceArea.SOCIAL_SERVICES, "sociale": ServiceArea.SOCIAL_SERVICES,
    "servizi educativi": ServiceArea.EDUCATION, "scuola": ServiceArea.EDUCATION, "polizia locale": ServiceArea.LOCAL_POLICE,
    "polizia municipale": ServiceArea.LOCAL_POLICE, "sportello immigrati": ServiceArea.IMMIGRATION_DESK, "casa": ServiceArea.HOUSING,
    "lavoro": ServiceArea.EMPLOYMENT, "cultura": ServiceArea.CULTURE_YOUTH, "cultura e giovani": ServiceArea.CULTURE_YOUTH,
    "giovani": ServiceArea.CULTURE_YOUTH,
}  # fmt: skip
_OF_BODIES = ("comune di ", "comune ", "provincia di ", "citta di ")


class Severity(StrEnum):
    STOPS = "stops"
    CONFIRM = "confirm"
    WARNS = "warns"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row, in which column, and what is written there."""

    field: Field | None
    severity: Severity
    sentence: Sentence
    value: str = ""


@dataclass(frozen=True)
class Official:
    """What a row says of a person; None and empty text: it says nothing of that."""

    family_name: str = ""
    given_name: str = ""
    tax_code: str | None = None
    work_email: str | None = None
    body_id: int | None = None
    office: str = ""
    job_title: str = ""
    service_area: ServiceArea | None = None
    birth_date: date | None = None
    birth_place: str | None = None
    sex: str | None = None
    is_social_worker: bool | None = None

    @property
    def name_key(self) -> str:
        return search_key(f"{self.family_name} {self.given_name}")


@dataclass(frozen=True)
class Reader:
    """How the rows of one file are read.

    ``bodies``: the ids of those that may be named, by what they are called. ``body_id``: whose
    list it is, None where every row names its body. ``family_first``: the order of a column
    of whole names that does not say.
    """

    mapping: Mapping[int, Field]
    bodies: Mapping[str, int]
    body_id: int | None
    today: date
    family_first: bool = True


@dataclass(frozen=True)
class RowRead:
    """A row read: the person, the problems, and the ways to read a name nobody is sure of."""

    official: Official
    problems: tuple[Problem, ...] = ()
    options: tuple[Split, ...] = field(default=())

    @property
    def stops(self) -> bool:
        return any(one.severity is not Severity.WARNS for one in self.problems)


def body_key(name: str) -> str:
    """What a body is called, without «Comune di»."""
    key = heading_key(name)
    return next((key[len(part) :] for part in _OF_BODIES if key.startswith(part)), key)


def read_row(cells: Sequence[str], reader: Reader, choice: int | None = None) -> RowRead:
    """The person of a row. ``choice``: the way to read her name that somebody confirmed.

    Every problem of the row is told, not the first alone.
    """
    reading = _Reading(_texts(cells, reader.mapping), reader)
    return reading.read(choice)


def _texts(cells: Sequence[str], mapping: Mapping[int, Field]) -> dict[Field, str]:
    """What stands under each field; of several columns one after the other."""
    found: dict[Field, list[str]] = {}
    for index, one in sorted(mapping.items()):
        text = " ".join(cells[index].split()) if index < len(cells) else ""
        parts = found.setdefault(one, [])
        if text and text not in parts:
            parts.append(text)
    return {one: ", ".join(parts) for one, parts in found.items()}


class _Reading:
    """One row while it is read."""

    def __init__(self, texts: dict[Field, str], reader: Reader) -> None:
        self.texts, self.reader = texts, reader
        self.problems: list[Problem] = []
        self.options: tuple[Split, ...] = ()

    def read(self, choice: int | None) -> RowRead:
        for one, text in list(self.texts.items()):
            if text.casefold() in EXCEL_ERRORS:
                self.stop(one, Sentence("Il foglio di calcolo qui segnala un errore: correggerlo."))
                self.texts[one] = ""
        official = Official(
            tax_code=self.take(Field.TAX_CODE, self.tax_code),
            work_email=self.take(Field.EMAIL, self.email),
            body_id=self.body(),
            office=self.plain(Field.OFFICE),
            job_title=self.plain(Field.JOB_TITLE),
            service_area=self.take(Field.SERVICE_AREA, self.area),
            birth_date=self.take(Field.BIRTH_DATE, self.birth_date),
            birth_place=self.plain(Field.BIRTH_PLACE) or None,
            sex=self.take(Field.SEX, self.sex),
            is_social_worker=self.take(Field.SOCIAL_WORKER, self.social_worker),
        )
        family, given = self.names(official.tax_code or "", choice)
        official = replace(official, family_name=family, given_name=given)
        self.agreement(official)
        return RowRead(official, tuple(self.problems), self.options)

    def stop(self, one: Field | None, sentence: Sentence) -> None:
        self.problem(one, Severity.STOPS, sentence)

    def warn(self, one: Field | None, sentence: Sentence) -> None:
        self.problem(one, Severity.WARNS, sentence)

    def problem(self, one: Field | None, severity: Severity, sentence: Sentence) -> None:
        text = self.texts.get(one, "") if one else ""
        self.problems.append(Problem(one, severity, sentence, text[:120]))

    def take(self, one: Field, read: Callable[[str], T]) -> T | None:
        """What stands there, or nothing; a rule it breaks is a problem of the row."""
        text = self.texts.get(one, "")
        if not text:
            return None
        try:
            return read(text)
        except RuleViolation as violation:
            self.stop(one, violation.sentence)
            return None

    def plain(self, one: Field) -> str:
        text = self.texts.get(one, "")
        if len(text) > LONGEST[one]:
            self.stop(one, Sentence("Al massimo %(most)d caratteri.", {"most": LONGEST[one]}))
            return ""
        return text

    # --- names -------------------------------------------------------------------

    def names(self, code: str, choice: int | None) -> tuple[str, str]:
        whole = next((one for one in WHOLE_NAMES if one in self.texts), None)
        if whole is None:
            return self.name(Field.FAMILY), self.name(Field.GIVEN)
        text = self.texts[whole]
        if not text:
            self.stop(whole, Sentence("Manca il nome."))
            return "", ""
        first = whole is Field.WHOLE or (whole is Field.NAMED and self.reader.family_first)
        reading = read_whole_name(text, family_first=first, tax_code=code)
        if not reading.options:
            self.stop(whole, Sentence("Cognome e nome non si distinguono: scriverli separati."))
            return "", ""
        chosen = reading.options[
            choice if choice is not None and choice < len(reading.options) else 0
        ]
        if not reading.sure:
            self.options = reading.options
            if choice is None:
                self.problem(
                    whole,
                    Severity.CONFIRM,
                    Sentence(
                        "Non è sicuro dove finisce il cognome: confermare «%(family)s» «%(given)s».",
                        {"family": chosen.family, "given": chosen.given},
                    ),
                )
        return self.fit(whole, chosen.family), self.fit(whole, chosen.given)

    def name(self, one: Field) -> str:
        text = self.texts.get(one, "")
        if not text:
            self.stop(one, Sentence("Manca il cognome.") if one is Field.FAMILY else Sentence("Manca il nome."))  # fmt: skip
            return ""
        name = tidy(text)
        if text.rstrip("'’`´") != text and name != text:
            self.warn(one, Sentence("Inteso «%(name)s».", {"name": name}))
        return self.fit(one, name)

    def fit(self, one: Field, name: str) -> str:
        if len(name) > LONGEST[Field.FAMILY]:
            self.stop(
                one, Sentence("Al massimo %(most)d caratteri.", {"most": LONGEST[Field.FAMILY]})
            )
        elif not any(c.isalpha() for c in name) or any(c.isdigit() or c == "@" for c in name):
            self.stop(one, Sentence("Non sembra il nome di una persona."))
        else:
            return name
        return ""

    # --- the rest ----------------------------------------------------------------

    def tax_code(self, text: str) -> str:
        code = tax_codes.normalise(text)
        tax_codes.check(code)
        return code

    def email(self, text: str) -> str:
        address = text.removeprefix("mailto:").rstrip(";,").strip()
        if not is_email(address):
            raise RuleViolation(
                Sentence("Non è un indirizzo e-mail: scriverne uno, come nome@ente.it.")
            )
        return clean(address.casefold())

    def body(self) -> int | None:
        """The body of the row. Another's name stops the row, and tells nothing of that body."""
        text, own = self.texts.get(Field.BODY, ""), self.reader.body_id
        if not text:
            if own is None:
                self.stop(Field.BODY, Sentence("Manca l'ente: scriverne il nome, o sceglierlo per tutto il file."))  # fmt: skip
            return own
        found = self.reader.bodies.get(body_key(text[:200]))
        if own is not None and found != own:
            self.stop(
                Field.BODY, Sentence("La riga è di un altro ente: toglierla, o correggere il nome.")
            )
            return own
        if found is None:
            self.stop(
                Field.BODY,
                Sentence("L'ente non è tra quelli del progetto: scriverne il nome per esteso."),
            )
        return found

    def area(self, text: str) -> ServiceArea | None:
        found = AREAS.get(heading_key(text))
        if found is None:
            self.warn(
                Field.SERVICE_AREA, Sentence("L'area di servizio non si riconosce: resta vuota.")
            )
        return found

    def birth_date(self, text: str) -> date:
        born, guessed = read_birth_date(text, self.reader.today)
        if guessed:
            self.warn(Field.BIRTH_DATE, guessed)
        return born

    def sex(self, text: str) -> str:
        found = SEXES.get(heading_key(text))
        if found is None:
            raise RuleViolation(Sentence("Scrivere F o M."))
        return found

    def social_worker(self, text: str) -> bool:
        key = heading_key(text)
        if key not in YES | NO:
            raise RuleViolation(Sentence("Scrivere sì o no."))
        return key in YES

    def agreement(self, one: Official) -> None:
        """A code that differs from the person is kept: it may be right (omocodia, changed data)."""
        if one.tax_code and one.family_name and not tax_codes.agrees(
            one.tax_code, family=one.family_name, given=one.given_name, sex=one.sex,
            birth_date=one.birth_date,
        ):  # fmt: skip
            self.warn(
                Field.TAX_CODE,
                Sentence(
                    "Il codice fiscale non corrisponde a nome, data di nascita o sesso: può essere "
                    "giusto, ma conviene ricontrollarlo."
                ),
            )
