# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates: kinds, life, numbers, codes of verification, what the public may read."""

import base64
import hashlib
import re
import secrets
import unicodedata
from enum import StrEnum

from app.domain.chain import canonical
from app.domain.errors import RuleViolation, Sentence
from app.domain.people import search_key


class CertificateKind(StrEnum):
    PARTICIPATION = "participation"
    FREQUENCY = "frequency"
    WITH_ASSESSMENT = "with_assessment"
    DECLARATION = "declaration"
    TEACHING = "teaching"


class CertificateState(StrEnum):
    ISSUED = "issued"
    UNDER_REVIEW = "under_review"
    REVOKED = "revoked"
    REPLACED = "replaced"


class BatchItemState(StrEnum):
    WAITING = "waiting"
    ISSUED = "issued"
    REFUSED = "refused"


_S = CertificateState

TRANSITIONS: dict[CertificateState, frozenset[CertificateState]] = {
    _S.ISSUED: frozenset({_S.UNDER_REVIEW, _S.REVOKED, _S.REPLACED}),
    _S.UNDER_REVIEW: frozenset({_S.ISSUED, _S.REVOKED, _S.REPLACED}),
    _S.REVOKED: frozenset(),
    _S.REPLACED: frozenset(),
}

START = 16  # characters, 80 bits, that are enough beside the number

_CODE = re.compile(r"[A-Z2-7]{32}")
_CODE_START = re.compile(rf"[A-Z2-7]{{{START},32}}")
_NUMBER = re.compile(
    r"(?:attestato\s)?\s*(?:n(?:umero|[ro])?[.°º]?\s*)?([0-9]{1,9})\s*/\s*([0-9]{4})", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−]+")
_MISREAD = str.maketrans("01", "OI")


def check_transition(current: CertificateState, target: CertificateState) -> None:
    """Whether a certificate may pass from one state to the other. Raises RuleViolation.

    A revoked or replaced certificate stays so for ever: its number is never reused.
    """
    if target not in TRANSITIONS[current]:
        raise RuleViolation(
            Sentence(
                "Nello stato in cui si trova l'attestato questo passaggio non è possibile: "
                "ricaricare la pagina."
            )
        )


def check_badge(kind: CertificateKind, state: CertificateState) -> None:
    """Whether an Open Badge of the certificate is given now. Raises RuleViolation.

    A badge says nothing of what becomes of the certificate: none leaves while it is in doubt.
    """
    if kind is CertificateKind.DECLARATION:
        raise RuleViolation(
            Sentence("Una dichiarazione non ha Open Badge: attesta una presenza, non un percorso.")
        )
    if state is CertificateState.UNDER_REVIEW:
        raise RuleViolation(
            Sentence("L'attestato è in verifica: l'Open Badge si scarica quando è confermato.")
        )
    if state is not CertificateState.ISSUED:
        raise RuleViolation(Sentence("L'attestato non vale più: il suo Open Badge non si scarica."))


def number_text(number: int, year: int) -> str:
    """The number in the repertory as it is printed: ``12/2015``.

    Source: DPR 445/2000 art. 53 c. 5, documents with a registration of their own.
    """
    return f"{number}/{year}"


def content_hash(content: dict[str, object]) -> str:
    """The hash (64 hexadecimal digits) of what a certificate says, noted in the trail at issue."""
    return hashlib.sha256(canonical(content)).hexdigest()


def new_code() -> str:
    """160 random bits as 32 characters of base32 (A-Z, 2-7): nobody guesses it."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def format_code(code: str) -> str:
    """The code in groups of four with dashes, as printed on the certificate."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def normalise_code(text: str) -> str | None:
    """The code somebody typed, as stored; None when it cannot be one.

    Case, spaces and dashes do not matter; 0 is read as O and 1 as I, because the
    alphabet of the code has neither digit.
    """
    code = _plain(text)
    return code if _CODE.fullmatch(code) else None


def codes_between(text: str, *, numbered: bool) -> tuple[str, str] | None:
    """The first and last code that what somebody typed may stand for; None when there is none.

    The whole code stands for itself; beside a number its first 16 characters are enough.
    """
    code = _plain(text)
    if not (_CODE_START if numbered else _CODE).fullmatch(code):
        return None
    return code.ljust(32, "2"), code.ljust(32, "Z")


def parse_number(text: str) -> tuple[int, int] | None:
    """Number and year of ``12/2015``, ``12 / 2015`` or ``n. 12/2015``; None for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text).upper().translate(_MISREAD)


def masked_holder(given: str, family: str) -> str:
    """The holder for the public page: initials, then as many dots for everybody.

    The number of dots is fixed so that it does not tell the length of the name.
    Source: Reg. (EU) 2016/679 art. 5 (1) c, data minimisation.
    """
    masked = []
    for name, dots in ((given, 5), (family, 9)):
        initial = unicodedata.normalize("NFC", name.strip())[:1].upper()
        if initial:
            masked.append(initial + "•" * dots)
    return " ".join(masked)


def is_holder(typed: str, given: str, family: str) -> bool:
    """Whether the visitor typed the holder's full name.

    Case, accents, apostrophes, spaces and the order of the names do not matter.
    """
    wanted = search_key(f"{given} {family}").split()
    words = search_key(typed).split()
    if not wanted or not words:
        return False
    glued = {"".join(search_key(a + " " + b).split()) for a, b in _orders(given, family)}
    return sorted(words) == sorted(wanted) or "".join(words) in glued


def _orders(given: str, family: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (given, family), (family, given)
