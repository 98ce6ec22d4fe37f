# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a rule says when it is broken, in words fit for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sentence:
    """A sentence in Italian with named places (``%(hours)s``), and what fills them.

    The text is the message id of the translation catalogue: the interface
    translates it first and fills the places afterwards.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def noted(cls, text: str, values: Mapping[str, object]) -> "Sentence":
        """A sentence that was written down with what filled it, read again."""
        return cls(text, values)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


class RuleViolation(Exception):  # noqa: N818 - the word of the glossary
    """A rule of the domain forbids this now. ``sentence`` tells the person why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
