# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who signed a PDF, whether it holds, and whether a signed copy is a copy of ours.

Intact means that the bytes are those signed. Whether the certificate was issued by
someone to be trusted, and was not revoked, is for a qualified verification service:
nothing is fetched from here.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from app.documents.seal import DEMO_NAME
from app.domain.errors import RuleViolation, Sentence

MAX_BYTES = 10_000_000  # of a file
WAIT = 20  # seconds for a file to be read

_READER = Path(__file__).with_name("signature_reader.py")
# Each reading may take a processor and much memory: at most two at once per process.
_turns = BoundedSemaphore(2)

_REASONS = {
    "damaged": Sentence("Il PDF firmato è danneggiato o incompleto, o non si lascia leggere."),
    "unsigned": Sentence(
        "Il file non ha una firma aggiunta: firmarlo in formato PAdES e riprovare."
    ),
    "broken": Sentence(
        "Una firma del file non è integra, o usa un metodo non più sicuro: firmare di nuovo "
        "il documento scaricato da qui."
    ),
    "partial": Sentence(
        "Dopo la firma il file è stato ancora modificato: la firma deve coprirlo tutto. "
        "Firmare di nuovo il documento scaricato da qui (PAdES, livello B-B o B-T)."
    ),
    "changed": Sentence(
        "Oltre alla firma il file contiene altre modifiche (annotazioni, testo, proprietà): "
        "firmare di nuovo il documento scaricato da qui, senza cambiarlo."
    ),
    "visible": Sentence(
        "La firma ha un riquadro visibile, che copre una parte del documento: firmare di nuovo "
        "scegliendo la firma invisibile."
    ),
}


@dataclass(frozen=True)
class SealReport:
    """What one signature of a PDF says, and whether it holds.

    ``said`` is the moment the signer's clock gave, ``stamped`` the one a time
    stamp vouches for. ``later`` is what came after: ``nothing``, ``signatures``
    (and what goes with them) or ``other``. A file that cannot be read has one
    report that is not ``readable``.
    """

    readable: bool = False
    kind: str = "signature"  # or "stamp", a time stamp of the whole document
    field: str = ""
    signer: str = ""  # the common name of the certificate
    fingerprint: str = ""  # SHA-256 of the certificate, hexadecimal
    said: datetime | None = None
    stamped: datetime | None = None
    intact: bool = False
    whole: bool = False  # it reaches the end of the file
    later: str = "other"

    @property
    def sound(self) -> bool:
        """Intact, and nothing but signatures came after."""
        return self.readable and self.intact and self.later != "other"

    @property
    def demonstration(self) -> bool:
        """The self-made seal without legal value."""
        return self.signer == DEMO_NAME


def examine(pdf: bytes) -> tuple[SealReport, ...]:
    """The signatures in the order of signing; none for a PDF without signatures.

    Never raises, takes at most ``WAIT`` seconds: what cannot be read in that time
    has one report that says so.
    """
    if len(pdf) > MAX_BYTES:
        return (SealReport(),)
    return reports(_ask(pdf, "examine"))


def covers(stored: bytes, signed: bytes) -> tuple[SealReport, ...]:
    """The signatures of ``signed``, if it is ``stored`` with signatures added and no more.

    Its first bytes must be the stored ones; every signature added must be intact and
    invisible, the last must cover the whole file, and nothing else may have changed
    (pyHanko's analysis of the differences; title, author and identifier as well).
    Raises RuleViolation, with what to do, for everything else.
    """
    if len(signed) > MAX_BYTES:
        raise RuleViolation(Sentence("Il file supera i 10 MB."))
    if not signed.startswith(b"%PDF-"):
        raise RuleViolation(
            Sentence(
                "Il file non è un PDF: la firma deve stare nel PDF (PAdES), non in una busta P7M."
            )
        )
    if not signed.startswith(stored):
        raise RuleViolation(
            Sentence(
                "Il file non contiene il documento conservato: scaricarlo da qui, firmarlo in "
                "formato PAdES senza modificarlo o stamparlo, e caricarlo di nuovo."
            )
        )
    if len(signed) == len(stored):
        raise RuleViolation(_REASONS["unsigned"])
    answer = _ask(signed, "covers", str(len(stored)))
    if "refused" in answer:
        raise RuleViolation(_REASONS[answer["refused"]])
    return reports(answer)


def reports(answer: dict[str, Any]) -> tuple[SealReport, ...]:
    """The reader's answer as reports."""
    if "refused" in answer:
        return (SealReport(),)
    return tuple(_report(**found) for found in answer["signatures"])


def _report(said: str | None, stamped: str | None, **rest: Any) -> SealReport:
    moments = [datetime.fromisoformat(text) if text else None for text in (said, stamped)]
    return SealReport(readable=True, said=moments[0], stamped=moments[1], **rest)


def _ask(pdf: bytes, *question: str) -> dict[str, Any]:
    """Ask the reader; no answer, or none in time, means that the file is not sound."""
    command = [sys.executable, "-I", str(_READER), *question]
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, its words are ours
                command, input=pdf, capture_output=True, timeout=WAIT, env={}, check=True
            )
        except subprocess.SubprocessError:
            return {"refused": "damaged"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
