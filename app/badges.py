# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open Badges: a certificate as a signed credential that its holder carries elsewhere.

Source: 1EdTech Open Badges 3.0, JSON Web Token proof: RS256, the one algorithm
that every verifier must know, with the public key in the header. The key is the
installation's own, made once; it is published for whoever wants to compare.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask, current_app

from app.documents.badge import CONTEXTS, KINDS, Issuer, describe_badge, profile
from app.documents.certificate_content import CertificateContent

JsonObject = dict[str, Any]

MEDIA_TYPE = "text/plain"  # of a credential: Open Badges 3.0, "Web Resource"
ISSUER_MEDIA_TYPE = "application/json"
KEY_SET_MEDIA_TYPE = "application/jwk-set+json"  # RFC 7517
KEY_BITS = 3072  # good until 2030 and beyond (AgID, ENISA); made in about 0.3 s, once


def init_app(app: Flask) -> None:
    """Make the key at the first start; one line instead of a traceback when that fails."""
    if file := app.config["BADGE_KEY_FILE"]:
        try:
            _loaded(file)
        except (OSError, ValueError, TypeError) as error:
            raise SystemExit(f"Open Badge: chiave {file} non utilizzabile ({error}).") from None


def offered(content: CertificateContent) -> bool:
    """Whether a badge makes sense: a declaration of presence recognises nothing learnt."""
    return content.kind in KINDS


def issuer(body_id: int, name: str) -> Issuer:
    """The body as an issuer: the address is the one of the route that describes it."""
    return Issuer(f"{current_app.config['BASE_URL']}/badges/issuers/{body_id}", name)


def file_name(content: CertificateContent) -> str:
    """What the file is called when it is saved: ``open-badge-12-2015.jwt``."""
    return f"open-badge-{content.number_text.replace('/', '-')}.jwt"


def credential(
    content: CertificateContent, issued_by: Issuer, issued_at: datetime, email: str | None = None
) -> str:
    """The credential as a compact JWS: equal arguments give equal text.

    ``issued_at`` is aware; ``email`` is only ever hashed.
    """
    body = describe_badge(content, issued_by, issued_at, email)
    claims = {
        "iss": issued_by.address,
        "jti": body["id"],
        "sub": body["credentialSubject"]["id"],
        "nbf": int(issued_at.timestamp()),
    }
    return sign({**body, **claims}, _loaded(current_app.config["BADGE_KEY_FILE"]))


def issuer_document(issued_by: Issuer) -> JsonObject:
    """Who stands behind the address of an issuer: its profile and the key that signs for it.

    Source: W3C Securing Verifiable Credentials using JOSE and COSE, key discovery by a
    controlled identifier document.
    """
    jwk = public_jwk(_loaded(current_app.config["BADGE_KEY_FILE"]))
    method = f"{issued_by.address}#{jwk['kid']}"
    return {
        "@context": list(CONTEXTS),
        **profile(issued_by),
        "url": current_app.config["BASE_URL"],
        "verificationMethod": [
            {
                "id": method,
                "type": "JsonWebKey",
                "controller": issued_by.address,
                "publicKeyJwk": jwk,
            }
        ],
        "assertionMethod": [method],
    }


def key_set() -> JsonObject:
    """The public key as a JWK Set (RFC 7517), for whoever verifies with a library of JOSE."""
    return {"keys": [public_jwk(_loaded(current_app.config["BADGE_KEY_FILE"]))]}


def sign(payload: Mapping[str, Any], key: RSAPrivateKey) -> str:
    """The payload as a compact JWS, the public key in its header (Open Badges 3.0, JOSE header)."""
    jwk = {name: value for name, value in public_jwk(key).items() if name in ("kty", "n", "e")}
    parts = ({"alg": "RS256", "typ": "JWT", "jwk": jwk}, payload)
    said = ".".join(_base64(_canonical(part)) for part in parts)
    return f"{said}.{_base64(key.sign(said.encode(), PKCS1v15(), hashes.SHA256()))}"


def public_jwk(key: RSAPrivateKey) -> dict[str, str]:
    """The public half of the key, named by its thumbprint (RFC 7638)."""
    numbers = key.public_key().public_numbers()
    needed = {
        "e": _base64(numbers.e.to_bytes(3, "big")),
        "kty": "RSA",
        "n": _base64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
    }
    thumbprint = _base64(hashlib.sha256(_canonical(needed)).digest())
    return {**needed, "kid": thumbprint, "alg": "RS256", "use": "sig"}


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


@cache
def _loaded(path: Path | None) -> RSAPrivateKey:
    """The key of this file, made when it is missing; without a file one for this process only.

    The file appears whole or not at all: all who start together use the same key.
    """
    if path is None:
        return generate_private_key(65537, KEY_BITS)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            NamedTemporaryFile(dir=path.parent, prefix=path.name) as file,  # made with 0600
            suppress(FileExistsError),  # another process was quicker: its key is the key
        ):
            file.write(_pem(generate_private_key(65537, KEY_BITS)))
            file.flush()
            os.fsync(file.fileno())
            os.link(file.name, path)
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, RSAPrivateKey):
        raise TypeError("serve una chiave RSA")
    return found


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
