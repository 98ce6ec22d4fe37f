# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who of an office list is known already, and what the list would change."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.chain import canonical
from app.domain.errors import Sentence
from app.domain.intake.columns import Field
from app.domain.intake.rows import Official, Problem, RowRead, Severity
from app.domain.vocabulary import ServiceArea

PERSONAL = ("tax_code", "work_email", "birth_date", "birth_place", "sex")
_FIELD = {"tax_code": Field.TAX_CODE, "work_email": Field.EMAIL, "birth_date": Field.BIRTH_DATE,
          "birth_place": Field.BIRTH_PLACE, "sex": Field.SEX}  # fmt: skip
OF_OFFICE = ("office", "job_title", "service_area")

ANOTHER = Sentence(
    "Con questo codice fiscale o questa e-mail non si può registrare: ricontrollarli, o chiedere al "
    "coordinatore di progetto."
)


class Outcome(StrEnum):
    """What a row does: a person new to the body, one changed, one left as she is."""

    CREATED = "created"
    JOINED = "joined"  # known elsewhere to others only: to whoever imports, as if she were new
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Office:
    """Where somebody works now, by the id of the affiliation."""

    id: int
    office: str
    job_title: str
    service_area: ServiceArea | None


@dataclass(frozen=True)
class Known:
    """Somebody in the programme; ``seen``: whoever imports may know of her."""

    id: int
    name_key: str
    tax_code: str | None
    work_email: str | None
    birth_date: date | None
    birth_place: str | None
    sex: str | None
    is_social_worker: bool
    seen: bool
    offices: Mapping[int, Office]


@dataclass(frozen=True)
class Planned:
    """What row ``number`` would do, its problems included."""

    number: int
    official: Official
    outcome: Outcome | None
    problems: tuple[Problem, ...]
    person_id: int | None = None
    affiliation_id: int | None = None
    person_changes: Mapping[str, object] = field(default_factory=dict)
    office_changes: Mapping[str, object] = field(default_factory=dict)

    @property
    def affiliates(self) -> bool:
        """Whether a new affiliation comes of it."""
        return self.outcome not in (None, Outcome.UNCHANGED) and self.affiliation_id is None


class _Stops(Exception):  # noqa: N818 - says what happened
    def __init__(self, one: Field | None, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.field, self.sentence = one, sentence


class Matching:
    """The people known, looked up by tax code, e-mail, and name within a body."""

    def __init__(self, known: Iterable[Known], *, update: bool, tells: bool) -> None:
        """``update``: people known are brought up to date. ``tells``: other bodies may be spoken of."""
        self.update, self.tells = update, tells
        self.by_code: dict[str, Known] = {}
        self.by_email: dict[str, Known] = {}
        self.by_name: dict[tuple[int, str], list[Known]] = defaultdict(list)
        for one in known:
            if one.tax_code:
                self.by_code[one.tax_code] = one
            if one.work_email:
                self.by_email[one.work_email] = one
            for body_id in one.offices:
                self.by_name[body_id, one.name_key].append(one)

    def plan(self, rows: Sequence[tuple[int, RowRead]]) -> list[Planned]:
        """What every row would do; a person who stands in two rows stops the second."""
        seen: dict[object, tuple[int, Official]] = {}
        planned = []
        for number, read in rows:
            told = list(read.problems)
            found: Planned | None = None
            try:
                self._check_twice(number, read.official, seen)
                found = self._one(number, read.official, told)
                self._check_known_twice(found, seen)
            except _Stops as stop:
                told.append(Problem(stop.field, Severity.STOPS, stop.sentence))
                found = None
            stops = any(one.severity is not Severity.WARNS for one in told)
            if found is None or stops:
                planned.append(Planned(number, read.official, None, tuple(told)))
            else:
                planned.append(found)
        return planned

    def _check_twice(
        self, number: int, one: Official, seen: dict[object, tuple[int, Official]]
    ) -> None:
        keys: list[tuple[Field | None, object]] = []
        if one.tax_code:
            keys.append((Field.TAX_CODE, ("code", one.tax_code)))
        if one.work_email:
            keys.append((Field.EMAIL, ("email", one.work_email)))
        if one.name_key and one.body_id:
            keys.append((None, ("name", one.body_id, one.name_key)))
        for column, key in keys:
            first, other = seen.setdefault(key, (number, one))
            if first != number and (column or not _two_people(one, other)):
                raise _Stops(
                    column,
                    Sentence(
                        "La stessa persona è già alla riga %(row)d: tenerne una.", {"row": first}
                    ),
                )

    def _check_known_twice(self, found: Planned, seen: dict[object, tuple[int, Official]]) -> None:
        if found.person_id is None:
            return
        first, _one = seen.setdefault(("person", found.person_id), (found.number, found.official))
        if first != found.number:
            raise _Stops(
                None,
                Sentence("La stessa persona è già alla riga %(row)d: tenerne una.", {"row": first}),
            )

    def _one(self, number: int, one: Official, told: list[Problem]) -> Planned:
        known = self._find(one, told)
        if known is None:
            return Planned(number, one, Outcome.CREATED, tuple(told))
        office = known.offices.get(one.body_id or 0)
        if not known.seen:
            return Planned(number, one, Outcome.JOINED, tuple(told), known.id)
        personal, of_office = self._changes(one, known, office, told)
        if office is None and self.update:
            if known.offices and self.tells:
                told.append(_warning(Field.BODY, Sentence("Lavora già in un altro ente, e vi resta: avrà due appartenenze.")))  # fmt: skip
            return Planned(number, one, Outcome.UPDATED, tuple(told), known.id, None, personal)
        changed = bool(personal or of_office)
        return Planned(
            number,
            one,
            Outcome.UPDATED if changed else Outcome.UNCHANGED,
            tuple(told),
            known.id,
            office.id if office else None,
            personal,
            of_office,
        )

    def _find(self, one: Official, told: list[Problem]) -> Known | None:
        by_code = self.by_code.get(one.tax_code or "")
        by_email = self.by_email.get(one.work_email or "")
        found = by_code or by_email
        if found is None:
            return self._find_by_name(one, told)
        if any(hit and not hit.seen for hit in (by_code, by_email)):
            return self._find_unseen(one, found, by_code, by_email)
        if by_code and by_email and by_code.id != by_email.id:
            raise _Stops(Field.EMAIL, Sentence("L'e-mail è già di una persona con un altro codice fiscale."))  # fmt: skip
        if by_code is None:
            if one.tax_code and found.tax_code:
                raise _Stops(Field.EMAIL, Sentence("L'e-mail è già di una persona con un altro codice fiscale."))  # fmt: skip
            if found.name_key != one.name_key:
                raise _Stops(
                    Field.EMAIL, Sentence("L'e-mail è già di una persona con un altro nome.")
                )
        elif found.name_key != one.name_key:
            told.append(_warning(Field.FAMILY, Sentence("Il codice fiscale è già noto con un altro nome: resta quello.")))  # fmt: skip
        return found

    def _find_unseen(
        self, one: Official, found: Known, by_code: Known | None, by_email: Known | None
    ) -> Known:
        """Somebody whoever imports may not know of: only where nothing of her would show."""
        same = by_code is None or by_email is None or by_code.id == by_email.id
        contradicted = by_code is None and one.tax_code and found.tax_code
        if not same or contradicted or found.name_key != one.name_key:
            raise _Stops(None, ANOTHER)
        return found

    def _find_by_name(self, one: Official, told: list[Problem]) -> Known | None:
        namesakes = self.by_name.get((one.body_id or 0, one.name_key), [])
        alike = [known for known in namesakes if not _contradicts(one, known)]
        if not alike:
            if namesakes:
                told.append(_warning(None, Sentence("Nell'ente c'è già una persona con lo stesso nome: questa è un'altra.")))  # fmt: skip
            return None
        if len(alike) > 1:
            raise _Stops(None, Sentence("Nell'ente ci sono più persone con questo nome: aggiungere il codice fiscale o l'e-mail."))  # fmt: skip
        if one.work_email and alike[0].work_email:  # and they are not the same
            raise _Stops(
                Field.EMAIL,
                Sentence(
                    "Nell'ente c'è già una persona con questo nome e un'altra e-mail: se è la stessa, "
                    "togliere l'e-mail dalla riga; se è un'altra, aggiungere a tutte e due il codice "
                    "fiscale."
                ),
            )
        return alike[0]

    def _changes(
        self, one: Official, known: Known, office: Office | None, told: list[Problem]
    ) -> tuple[dict[str, object], dict[str, object]]:
        """What is not known yet is added; what is known otherwise stays, and that is said."""
        if not self.update:
            return {}, {}
        personal: dict[str, object] = {}
        for name in PERSONAL:
            new, old = getattr(one, name), getattr(known, name)
            if new and not old:
                personal[name] = new
            elif new and new != old:
                told.append(_warning(_FIELD[name], Sentence("È noto un dato diverso, e resta quello: si corregge dalla pagina della persona.")))  # fmt: skip
        if one.is_social_worker and not known.is_social_worker:
            personal["is_social_worker"] = True
        of_office = {
            name: getattr(one, name)
            for name in OF_OFFICE
            if office and getattr(one, name) and getattr(one, name) != getattr(office, name)
        }
        return personal, of_office


def _two_people(one: Official, other: Official) -> bool:
    """Namesakes of a file are two people where tax code, e-mail or birth say so."""
    return any(
        getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
        for name in ("tax_code", "work_email", "birth_date")
    )


def _contradicts(one: Official, known: Known) -> bool:
    return any(
        getattr(one, name) and getattr(known, name) and getattr(one, name) != getattr(known, name)
        for name in ("tax_code", "birth_date")
    )


def _warning(one: Field | None, sentence: Sentence) -> Problem:
    return Problem(one, Severity.WARNS, sentence)


def digest(planned: Iterable[Planned]) -> str:
    """What was shown and is confirmed: the same only while every row would do the same."""
    lines = [
        [one.number, one.outcome or "", one.person_id or 0, one.affiliation_id or 0,
         sorted(one.person_changes), {k: str(v) for k, v in one.office_changes.items()}]
        for one in planned
    ]  # fmt: skip
    return hashlib.sha256(canonical(lines)).hexdigest()
