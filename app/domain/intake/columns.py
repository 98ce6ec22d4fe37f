# SPDX-License-Identifier: AGPL-3.0-or-later
"""The columns of an office list: recognised by how they are headed and by what they hold."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum

from app.domain import tax_code as tax_codes
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key

HEADER_WITHIN = 20  # rows, above which titles may stand
SAMPLE = 50  # values by which a column shows what it holds
MOSTLY = 0.8  # of them
SHOWN = 3  # examples


class Field(StrEnum):
    """What a column may tell of a person."""

    FAMILY = "family"
    GIVEN = "given"
    WHOLE = "whole"
    WHOLE_REVERSED = "whole_reversed"
    NAMED = "named"
    TAX_CODE = "tax_code"
    EMAIL = "email"
    BODY = "body"
    OFFICE = "office"
    JOB_TITLE = "job_title"
    SERVICE_AREA = "service_area"
    BIRTH_DATE = "birth_date"
    BIRTH_PLACE = "birth_place"
    SEX = "sex"
    SOCIAL_WORKER = "social_worker"


WHOLE_NAMES = (Field.WHOLE, Field.WHOLE_REVERSED, Field.NAMED)
# Sector and office may stand in two columns; anything else in one.
SEVERAL = (Field.OFFICE, Field.JOB_TITLE)

_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.FAMILY: ("cognome", "cognome dipendente", "cognome partecipante", "surname"),
    Field.GIVEN: ("nome", "nome dipendente", "nome partecipante", "nome proprio"),
    Field.WHOLE: ("cognome e nome", "cognome nome", "cognome ed nome", "cogn e nome", "cognome e nome dipendente"),
    Field.WHOLE_REVERSED: ("nome e cognome", "nome cognome"),
    Field.NAMED: ("nominativo", "nominativi", "dipendente", "partecipante", "nome completo", "personale"),
    Field.TAX_CODE: ("codice fiscale", "cod fiscale", "cod fisc", "c f", "cf", "codicefiscale", "codice fisc"),
    Field.EMAIL: ("e mail", "email", "mail", "posta elettronica", "indirizzo e mail", "indirizzo email", "indirizzo mail",
                  "e mail istituzionale", "email istituzionale", "mail istituzionale", "e mail di lavoro", "mail ufficio"),
    Field.BODY: ("ente", "comune", "ente di appartenenza", "amministrazione", "comune di appartenenza", "ente comune",
                 "ente datore di lavoro", "denominazione ente"),
    Field.OFFICE: ("ufficio", "servizio", "settore", "ufficio servizio", "servizio ufficio", "area settore", "unita operativa",
                   "u o", "uo", "ufficio di appartenenza", "servizio di appartenenza", "settore servizio", "direzione", "area"),
    Field.JOB_TITLE: ("qualifica", "profilo", "profilo professionale", "ruolo", "mansione", "qualifica professionale", "categoria"),
    Field.SERVICE_AREA: ("area di servizio", "ambito", "ambito di servizio"),
    Field.BIRTH_DATE: ("data di nascita", "data nascita", "nato il", "nata il", "nato a il", "nascita", "data nasc"),
    Field.BIRTH_PLACE: ("luogo di nascita", "luogo nascita", "comune di nascita", "nato a", "nata a", "citta di nascita"),
    Field.SEX: ("sesso", "genere", "m f", "sesso m f"),
    Field.SOCIAL_WORKER: ("assistente sociale", "ass sociale", "a s", "assistente sociale si no", "iscritto ordine assistenti sociali"),
}  # fmt: skip
_FIELD_OF = {text: one for one, texts in _HEADINGS.items() for text in texts}

_DATE = re.compile(
    r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-]([0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)


def heading_key(text: str) -> str:
    """A heading without signs, case and accents: «C.F.» and «c. f.» are one."""
    return re.sub(r"[^a-z0-9]+", " ", search_key(text[:80])).strip()


def field_of(heading: str) -> Field | None:
    """What a column headed so tells; None for a heading nobody knows."""
    return _FIELD_OF.get(heading_key(heading))


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row of headings, -1 where the table begins with people at once.

    Of two rows above each other, because cells were merged, the lower. Raises RuleViolation
    when nothing is like a list of people.
    """
    known = [_known(row) for row in rows[: HEADER_WITHIN + 1]]
    best = max(range(len(known[:HEADER_WITHIN])), key=lambda index: known[index])
    if known[best] > 1:
        return best + 1 if known[best + 1 : best + 2] > [1] else best
    first = next((row for row in rows if any(row)), [])
    if any(is_email(cell) or is_tax_code(cell) for cell in first):
        return -1
    raise RuleViolation(
        Sentence(
            "Non si riconosce la riga con i nomi delle colonne: servono almeno il nome e un'altra, "
            "come nel modello."
        )
    )


def _known(row: Sequence[str]) -> int:
    """How many different headings a row has."""
    return len({field_of(cell) for cell in row if cell} - {None})


def headings(rows: Sequence[Sequence[str]], header: int) -> list[str]:
    """The heading of every column; one left empty by merged cells has that of the row above."""
    width = max(len(row) for row in rows)
    own = list(rows[header]) if header >= 0 else []
    above = list(rows[header - 1]) if header > 0 else []
    if not any(field_of(cell) for cell in above):
        above = []  # a title, not headings
    own += [""] * (width - len(own))
    above += [""] * (width - len(above))
    return [cell or high for cell, high in zip(own, above, strict=True)]


def recognise(
    names: Sequence[str], values: Sequence[Sequence[str]], hidden: Collection[int] = ()
) -> dict[int, Field]:
    """What each column tells: by its heading first, then by what it holds. Hidden ones nothing."""
    found: dict[int, Field] = {}
    for index, name in enumerate(names):
        one = field_of(name)
        if one and index not in hidden and (one in SEVERAL or one not in found.values()):
            found[index] = one
    for index in range(len(names)):
        if index not in found and index not in hidden:
            told = _by_content(values[index], found.values())
            if told:
                found[index] = told
    return found


def _by_content(values: Sequence[str], taken: Collection[Field]) -> Field | None:
    filled = [value for value in values if value][:SAMPLE]
    for one, looks in LOOKS.items():
        if one not in taken and filled and sum(map(looks, filled)) >= MOSTLY * len(filled):
            return one
    return None


def check_mapping(mapping: Mapping[int, Field]) -> None:
    """Whether people can be read by these columns. Raises RuleViolation."""
    fields = list(mapping.values())
    for one in Field:
        if one not in SEVERAL and fields.count(one) > 1:
            raise RuleViolation(Sentence("Due colonne dicono la stessa cosa: sceglierne una."))
    whole = [one for one in WHOLE_NAMES if one in fields]
    apart = {Field.FAMILY, Field.GIVEN} & set(fields)
    if len(whole) > 1 or (whole and apart):
        raise RuleViolation(
            Sentence("Il nome si prende o da una colonna sola, o da cognome e nome separati.")
        )
    if not whole and len(apart) < 2:
        raise RuleViolation(
            Sentence("Indicare la colonna del cognome e quella del nome, o quella di entrambi.")
        )


def is_email(text: str) -> bool:
    """Whether the text has the shape of one address."""
    name, at, host = text.rpartition("@")
    labels = host.split(".")
    return bool(
        at and name and len(text) <= 254 and text.isprintable() and len(labels) > 1 and all(labels)
        and not any(sign in text for sign in " ,;<>()\"'|\\") and "@" not in name
        and not name.startswith(".") and not name.endswith(".") and ".." not in name
        and all(re.fullmatch(r"[^\W_]([\w-]{0,61}[^\W_])?", label) for label in labels)
    )  # fmt: skip


def is_tax_code(text: str) -> bool:
    return bool(re.fullmatch("[A-Z]{6}[0-9A-Z]{10}", tax_codes.normalise(text[:40])))


LOOKS: dict[Field, Callable[[str], bool]] = {
    Field.EMAIL: is_email,
    Field.TAX_CODE: is_tax_code,
    Field.BIRTH_DATE: lambda text: bool(_DATE.fullmatch(text)),
    Field.SEX: lambda text: text.upper() in ("M", "F"),
}
