# SPDX-License-Identifier: AGPL-3.0-or-later
"""The codes by which an Italian body is known: Istat, cadastral, tax code, province."""

import re

from app.domain import tax_code as tax_codes
from app.domain.errors import RuleViolation, Sentence

_ISTAT = re.compile("[0-9]{6}")
_BELFIORE = re.compile("[A-Z][0-9]{3}")
_PROVINCE = re.compile("[A-Z]{2}")
_TAX = re.compile("[0-9]{11}")


def check_istat(code: str) -> None:
    """Six digits: three of the province, three of the municipality. Raises RuleViolation."""
    if not _ISTAT.fullmatch(code):
        raise RuleViolation(Sentence("Il codice Istat di un Comune ha 6 cifre."))


def check_belfiore(code: str) -> None:
    """A letter and three digits (cadastral code). Raises RuleViolation."""
    if not _BELFIORE.fullmatch(code):
        raise RuleViolation(Sentence("Il codice catastale ha una lettera e 3 cifre: G478."))


def check_province(code: str) -> None:
    """The two letters of the province. Raises RuleViolation."""
    if not _PROVINCE.fullmatch(code):
        raise RuleViolation(Sentence("La provincia si scrive con la sigla: PG."))


def check_tax_code(code: str) -> None:
    """Eleven digits with their check digit (DM 23-12-1976, DPR 605/1973). Raises RuleViolation."""
    if not _TAX.fullmatch(code):
        raise RuleViolation(Sentence("Il codice fiscale di un ente ha 11 cifre."))
    try:
        tax_codes.check(code)
    except RuleViolation:
        raise RuleViolation(
            Sentence("Il codice fiscale non torna con la sua ultima cifra: ricontrollarlo.")
        ) from None
