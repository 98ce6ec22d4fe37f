# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a programme must say of its funding before any of its documents may be drawn.

Source: publicity rules annexed to the Ministry's grant agreement: every document of the
project declares that it was co-financed by the Fund and carries the emblem of the Union.
The emblem itself is drawn by the program, with its alternative text.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.domain.errors import RuleViolation, Sentence


class PublicityPart(StrEnum):
    """A part of the block that no document may lack."""

    UNION_LINE = "union_line"
    FUND_LINE = "fund_line"
    STATEMENT = "statement"
    CODE = "code"
    LOGO_TEXTS = "logo_texts"


def missing(
    *,
    union_line: str,
    fund_line: str,
    statement: str,
    code: str,
    logos: Sequence[Mapping[str, str]],
) -> tuple[PublicityPart, ...]:
    """The parts that are not there, in the order of the block; none when it is complete.

    ``logos``: those beside the emblem, each with its ``name``, which is what is heard
    where it is not seen (Reg. EU 2016/2102: an image has an alternative text).
    """
    there = {
        PublicityPart.UNION_LINE: bool(union_line.strip()),
        PublicityPart.FUND_LINE: bool(fund_line.strip()),
        PublicityPart.STATEMENT: bool(statement.strip()),
        PublicityPart.CODE: bool(code.strip()),
        PublicityPart.LOGO_TEXTS: all(logo.get("name", "").strip() for logo in logos),
    }
    return tuple(part for part, satisfied in there.items() if not satisfied)


LACKS = {
    PublicityPart.UNION_LINE: Sentence("la riga dell'Unione europea"),
    PublicityPart.FUND_LINE: Sentence("la riga del fondo"),
    PublicityPart.STATEMENT: Sentence("la frase sul cofinanziamento"),
    PublicityPart.CODE: Sentence("il codice del progetto"),
    PublicityPart.LOGO_TEXTS: Sentence("il testo alternativo dei loghi"),
}


def check(parts: Sequence[PublicityPart]) -> None:
    """Raises RuleViolation naming the parts that are missing, if any is."""
    if parts:
        raise RuleViolation(
            Sentence(
                "I documenti del progetto non si compongono finché all'intestazione di pubblicità "
                "manca: %(parts)s.",
                {"parts": _list(parts)},
            )
        )


def _list(parts: Sequence[PublicityPart]) -> Sentence:
    """The parts as one sentence, so that each is translated by itself."""
    first, *others = parts
    if not others:
        return LACKS[first]
    return Sentence("%(first)s, %(others)s", {"first": LACKS[first], "others": _list(others)})
