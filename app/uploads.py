# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that people send: judged by their content, never by their name or declared type."""

import hashlib
import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_login import current_user

from app.domain.errors import RuleViolation, Sentence
from app.domain.text import clean

View = TypeVar("View", bound=Callable[..., Any])

MAX_BYTES = 10_000_000  # of a file
MAX_LOGO_BYTES = 1_000_000
MAX_TABLE_BYTES = 5_000_000
PAGE_SIDE = 2_000  # pixels of a page shown
WAIT = 15  # seconds for a file to be read
TABLE_WAIT = 45  # for a list of thousands of rows, where others want the processor too
LONGEST_NAME = 200
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # categories of Unicode that no name needs

_READER = Path(__file__).with_name("scan_reader.py")
_TABLE_READER = Path(__file__).with_name("table_reader.py")
# Each reading may take a processor and much memory: at most two at once per worker.
_turns = BoundedSemaphore(2)

REASONS = {
    "kind": Sentence("Il file non è un PDF, né un'immagine JPEG o PNG."),
    "damaged": Sentence("Il file è danneggiato o incompleto: ripetere la scansione o la foto."),
    "encrypted": Sentence("Il PDF è protetto da password: salvarlo senza protezione e riprovare."),
    "pages": Sentence("Il PDF ha più di 50 pagine: dividerlo per lezione."),
    "pixels": Sentence(
        "L'immagine supera i 25 milioni di punti: ridurre la risoluzione e riprovare."
    ),
    "animated": Sentence("L'immagine è animata: serve una foto o una scansione."),
    "logo_kind": Sentence("Il logo non è un'immagine PNG, JPEG o SVG."),
    "logo_damaged": Sentence("Il file del logo è danneggiato o incompleto."),
    "logo_shape": Sentence("Il logo è troppo piccolo, o troppo lungo e stretto, per la stampa."),
    "logo_blank": Sentence("Il logo è tutto bianco: sulla carta non si vedrebbe."),
    "svg_complex": Sentence("L'SVG è troppo complesso: esportare il logo come PNG."),
    "svg_entities": Sentence("L'SVG dichiara entità: salvarlo come SVG semplice, o come PNG."),
    "svg_references": Sentence(
        "L'SVG richiama altri file: incorporarvi le immagini, o esportare il logo come PNG."
    ),
    "table_damaged": Sentence(
        "Il file non si legge come tabella: aprirlo, salvarlo di nuovo come XLSX o CSV e riprovare."
    ),
    "svg_text": Sentence("L'SVG contiene testo: convertirlo in tracciati, o esportarlo come PNG."),
}


@dataclass(frozen=True)
class CheckedFile:
    """A PDF as it came, or a picture drawn anew as JPEG without its metadata."""

    media_type: str
    content: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class SentTable:
    """The rows of a table as text, and the columns (from 0) its spreadsheet does not show."""

    rows: list[list[str]]
    hidden: list[int]


def takes_files(view: View) -> View:
    """This view reads files: to people signed in its requests may be as long as MAX_UPLOAD_LENGTH."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def shown_name(sent: str | None) -> str:
    """The name of a file as the sender's computer has it, for people only: fit to be shown."""
    last = clean(sent or "").replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in UNSEEN).strip()
    return seen[-LONGEST_NAME:] or _("senza nome")


def init_app(app: Flask) -> None:
    """Set the bound of the request before anything reads its body."""
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False) and current_user.is_authenticated:
        request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]


def check_scan(raw: bytes) -> CheckedFile:
    """The scan or photo, if it is one; RuleViolation says what is wrong with it."""
    if not raw:
        raise RuleViolation(Sentence("Il file è vuoto."))
    if len(raw) > MAX_BYTES:
        raise RuleViolation(Sentence("Il file supera i 10 MB: ridurre la risoluzione e riprovare."))
    answer, content = _read(raw, "check")
    return CheckedFile(answer["media_type"], content or raw, answer["pages"])


def check_logo(raw: bytes) -> CheckedFile:
    """The logo drawn anew, opaque, as PNG or JPEG; RuleViolation says what is wrong with it."""
    if not raw:
        raise RuleViolation(Sentence("Il file è vuoto."))
    if len(raw) > MAX_LOGO_BYTES:
        raise RuleViolation(Sentence("Il logo supera 1 MB: ridurlo e riprovare."))
    answer, content = _read(raw, "logo", unsound="logo_damaged")
    return CheckedFile(answer["media_type"], content, 1)


def page_image(media_type: str, content: bytes, number: int) -> bytes:
    """The page of a file already checked, as JPEG; RuleViolation when it cannot be drawn."""
    if media_type == "image/jpeg":
        return content
    return _read(content, "page", str(number), str(PAGE_SIDE))[1]


def read_people(raw: bytes) -> SentTable:
    """A list of people (CSV, XLSX), read in a process of its own; RuleViolation says what is wrong."""
    if len(raw) > MAX_TABLE_BYTES:
        raise RuleViolation(Sentence("Il file supera i 5 MB."))
    answer, content = _ask(_TABLE_READER, raw, "table_damaged", wait=TABLE_WAIT)
    if "sentence" in answer:
        raise RuleViolation(Sentence.noted(answer["sentence"], answer["values"]))
    return SentTable(json.loads(content), answer["hidden"])


def _read(raw: bytes, *question: str, unsound: str = "damaged") -> tuple[dict[str, Any], bytes]:
    """Ask the reader of scans."""
    answer, content = _ask(_READER, raw, unsound, *question)
    if "refused" in answer:
        raise RuleViolation(REASONS[answer["refused"]])
    return answer, content


def _ask(
    reader: Path, raw: bytes, unsound: str, *question: str, wait: int = WAIT
) -> tuple[dict[str, Any], bytes]:
    """Ask a reader; no answer, or none in time, means that the file is not sound."""
    command = [sys.executable, "-I", str(reader), *question]
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, its words are ours
                command, input=raw, capture_output=True, timeout=wait, env={}, check=True
            )
        except subprocess.SubprocessError:
            raise RuleViolation(REASONS[unsound]) from None
    line, _newline, content = done.stdout.partition(b"\n")
    return json.loads(line), content
