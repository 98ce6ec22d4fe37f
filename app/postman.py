# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a message leaves, by MAIL_URL: to a mail server, or as a file where there is none."""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
SECONDS = 20  # that a mail server may take for each answer
HINT = (
    "MAIL_URL: file:CARTELLA oppure smtp://, smtp+starttls://, smtps:// con [utente:password@]"
    "server[:porta]."
)


class Postponed(Exception):  # noqa: N818 - says what happened
    """Not delivered this time; ``str`` is the reason."""


class Refused(Exception):  # noqa: N818 - says what happened
    """The server will never take this message; ``str`` is the reason."""


@dataclass(frozen=True)
class Route:
    """Where messages go. ``folder`` only where they become files."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    folder: Path | None = None


def route(url: str) -> Route:
    """The route an address names. Raises SystemExit, in one line, for one that is none."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "file" and parts.path and not parts.netloc:
            return Route("file", folder=Path(parts.path))
        return _to_server(parts)
    except (ValueError, KeyError):
        raise SystemExit(HINT) from None


def _to_server(parts: SplitResult) -> Route:
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(parts.scheme)
    return Route(
        parts.scheme,
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def send(way: Route, message: EmailMessage, file_name: str) -> None:
    """Hand the message over. Raises Postponed or Refused when nobody took it."""
    try:
        if way.folder is not None:
            _write(way.folder, message, file_name)
            return
        with _connection(way) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(error.recipients) from None
    except smtplib.SMTPDataError as error:
        raise _judge(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPResponseException as error:
        # Greeting, password, sender: the fault of the settings, not of this message.
        raise Postponed(_words(error.smtp_code, error.smtp_error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Postponed(f"{type(error).__name__}: {error}") from None


@contextlib.contextmanager
def _connection(way: Route) -> Iterator[smtplib.SMTP]:
    trusted = ssl.create_default_context()
    if way.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            way.host, way.port, timeout=SECONDS, context=trusted
        )
    else:
        server = smtplib.SMTP(way.host, way.port, timeout=SECONDS)
    try:
        if way.scheme == "smtp+starttls":
            server.starttls(context=trusted)
        if way.user:
            server.login(way.user, way.password)
        yield server
        # The message is theirs already: what goes wrong at the goodbye changes nothing.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _refusal(recipients: Mapping[str, tuple[int, bytes]]) -> Exception:
    code, words = next(iter(recipients.values()))
    return _judge(code, words)


def _judge(code: int, words: bytes | str) -> Exception:
    """5xx is for ever, anything else for now (RFC 5321, 4.2.1)."""
    return Refused(_words(code, words)) if code >= 500 else Postponed(_words(code, words))


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _write(folder: Path, message: EmailMessage, name: str) -> None:
    """A file per message, whole or not at all, for the owner's eyes; written again, the same."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
