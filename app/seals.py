# SPDX-License-Identifier: AGPL-3.0-or-later
"""The electronic seal of this installation, from its settings; without them there is none."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, current_app

from app.documents import seal_keys
from app.documents.seal import Seal, SealKey, SealUnavailable

__all__ = ["SealUnavailable", "init_app", "note", "seal"]


def init_app(app: Flask) -> None:
    """Load the key; a setting that cannot be used ends the program with one line."""
    try:
        key = _key(app)
        app.extensions["seal"] = Seal(key, _stamp_url(app)) if key else None
    except seal_keys.KeyFault as fault:
        raise SystemExit(f"Sigillo elettronico: {fault}") from None


def seal() -> Seal | None:
    """The installation's seal, or None where documents are not sealed."""
    found: Seal | None = current_app.extensions["seal"]
    return found


def note() -> str:
    """What a document that will be sealed says of it, in Italian; empty without a seal."""
    found = seal()
    if found is None:
        return ""
    if found.demonstration:
        return "Il file porta un sigillo elettronico dimostrativo, senza valore legale."
    return f"Il file porta il sigillo elettronico di {found.name}."


def _key(app: Flask) -> SealKey | None:
    file, device = app.config["SEAL_KEY_FILE"], app.config["SEAL_PKCS11"]
    beside, secret = app.config["SEAL_CERT_FILE"], app.config["SEAL_PASSPHRASE"]
    certificate_file = Path(beside) if beside else None
    if file and device:
        raise seal_keys.KeyFault("SEAL_KEY_FILE e SEAL_PKCS11 insieme, serve uno solo.")
    if file:
        return seal_keys.from_file(Path(file), certificate_file, secret)
    if device:
        return seal_keys.from_device(*_parts(device), secret, certificate_file)
    if app.config["SEAL_DEMO_FILE"]:
        return seal_keys.demo_key(app.config["SEAL_DEMO_FILE"])
    if beside or app.config["SEAL_TSA_URL"]:
        raise seal_keys.KeyFault("manca la chiave, SEAL_KEY_FILE o SEAL_PKCS11.")
    return None


def _parts(device: str) -> tuple[str, str, str]:
    """Module, token and key of ``/path/module.so?token=...&key=...``."""
    module, _mark, query = device.partition("?")
    said = dict(parse_qsl(query))
    if not module or said.keys() != {"token", "key"}:
        raise seal_keys.KeyFault(
            f"SEAL_PKCS11={device}: serve /percorso/modulo.so?token=NOME&key=NOME."
        )
    return module, said["token"], said["key"]


def _stamp_url(app: Flask) -> str | None:
    url: str | None = app.config["SEAL_TSA_URL"]
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise seal_keys.KeyFault(f"SEAL_TSA_URL={url}: serve un indirizzo http:// o https://.")
    return url
