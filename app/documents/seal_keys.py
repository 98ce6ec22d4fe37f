# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the key of the seal comes from: a file, a device (PKCS #11), or the demonstration.

Only RSA: with an elliptic curve pyHanko must declare PDF 2.0, which PDF/A-2 forbids.
What cannot be used raises KeyFault, in one line for whoever configures.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

import pkcs11
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from app.documents.seal import DEMO_NAME, SealKey, SealUnavailable

SHORTEST_KEY = 2048  # bits
DEMO_BITS = 3072  # good until 2030 and beyond (AgID, ENISA); made in about 0.3 s, signs in 3 ms
DEMO_VALID = (datetime(2014, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))

_SAMPLE = b"whose key is this"
_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


class KeyFault(Exception):  # noqa: N818 - says what happened
    """The key of the seal cannot be used; the text says why, in Italian and in one line."""


def from_file(key_file: Path, certificate_file: Path | None, passphrase: str | None) -> SealKey:
    """The key of a PKCS #12 file, or of a PEM file with its certificate there or beside it.

    Certificates that do not belong to the key are taken for those of its issuers.
    Raises KeyFault.
    """
    raw = _read(key_file)
    secret = passphrase.encode() if passphrase else None
    if b"-----BEGIN" in raw:
        private, found = _private_key(key_file, raw, secret), certificates_of(raw)
    else:
        private, found = _container(key_file, raw, secret)
    if certificate_file:
        found += certificates_of(_read(certificate_file))
    if not isinstance(private, RSAPrivateKey):
        raise KeyFault(f"{key_file}: serve una chiave RSA.")
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    certificate, chain = _sorted(key_file, found, public)

    def sign(data: bytes) -> bytes:
        return private.sign(data, PKCS1v15(), hashes.SHA256())

    return SealKey(certificate, chain, sign)


def certificates_of(raw: bytes) -> list[asn1.Certificate]:
    """The certificates of a PEM file, or the only one of a DER file; none in anything else."""
    try:
        if not pem.detect(raw):
            return [asn1.Certificate.load(raw)]
        return [
            asn1.Certificate.load(der)
            for kind, _headers, der in pem.unarmor(raw, multiple=True)
            if kind == "CERTIFICATE"
        ]
    except ValueError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFault(f"{path}: {error.strerror}.") from None


def _private_key(path: Path, raw: bytes, secret: bytes | None) -> Any:
    try:
        return serialization.load_pem_private_key(raw, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFault(f"{path}: nessuna chiave leggibile con questa passphrase.") from None


def _container(path: Path, raw: bytes, secret: bytes | None) -> tuple[Any, list[asn1.Certificate]]:
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(raw, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFault(f"{path}: non è PEM né PKCS #12, o la passphrase è sbagliata.") from None
    found = [certificate, *others] if certificate else others
    encoded = (one.public_bytes(serialization.Encoding.DER) for one in found)
    return private, [asn1.Certificate.load(der) for der in encoded]


def _sorted(
    where: object, found: Iterable[asn1.Certificate], public: bytes
) -> tuple[asn1.Certificate, tuple[asn1.Certificate, ...]]:
    """The certificate of the public key (DER), and the others."""
    own = [one for one in found if one.public_key.dump() == public]
    if not own:
        raise KeyFault(f"{where}: manca il certificato della chiave.")
    if own[0].public_key.algorithm != "rsa" or own[0].public_key.bit_size < SHORTEST_KEY:
        raise KeyFault(f"{where}: serve una chiave RSA di almeno {SHORTEST_KEY} bit.")
    return own[0], tuple(one for one in found if one not in own)


def from_device(
    module: str, token: str, label: str, pin: str | None, certificate_file: Path | None
) -> SealKey:
    """The key with this label on the token with this label, reached through a PKCS #11 module.

    The certificate is the one of the same label on the token, unless a file is given.
    The session stays open, one signature at a time. Raises KeyFault; the key's
    ``sign`` raises SealUnavailable when the device does not answer.
    """
    where = f"{module}, {token}, {label}"
    try:
        held = pkcs11.lib(module).get_token(token_label=token)
        private, found = _objects(_session(held, pin), label)
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise KeyFault(f"{where}: {type(error).__name__} {error}".strip()) from None
    if certificate_file:
        found = certificates_of(_read(certificate_file)) + found
    turns = Lock()

    def sign(data: bytes) -> bytes:
        try:
            with turns:
                return bytes(private.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        except pkcs11.PKCS11Error as error:
            raise SealUnavailable("the device of the key does not answer") from error

    try:
        sample = sign(_SAMPLE)
    except SealUnavailable as error:
        raise KeyFault(f"{where}: {type(error.__cause__).__name__}") from None
    public = next((one.public_key.dump() for one in found if _made(sample, one)), b"")
    certificate, chain = _sorted(where, found, public)
    return SealKey(certificate, chain, sign)


def _session(token: pkcs11.Token, pin: str | None) -> pkcs11.Session:
    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:  # the PIN counts for the whole process
        return token.open()


def _objects(session: pkcs11.Session, label: str) -> tuple[Any, list[asn1.Certificate]]:
    """The private key of this label, and the certificates of the same label."""
    kept = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.LABEL: label,
    }
    try:
        private = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        values = [found[pkcs11.Attribute.VALUE] for found in session.get_objects(kept)]
    except pkcs11.PKCS11Error:
        session.close()  # which also signs out
        raise
    return private, [asn1.Certificate.load(value) for value in values]


def _made(signature: bytes, certificate: asn1.Certificate) -> bool:
    """Whether the key of this certificate signed the sample."""
    public = serialization.load_der_public_key(certificate.public_key.dump())
    if not isinstance(public, RSAPublicKey):
        return False
    try:
        public.verify(signature, _SAMPLE, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def demo_key(path: Path) -> SealKey:
    """The demonstration's key, made at the first need: all who start together use the same one.

    The file (PEM, readable by its owner only) appears whole or not at all. Raises KeyFault.
    """
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, prefix=path.name) as file:  # made with 0600
                file.write(_demo_pem())
                file.flush()
                os.fsync(file.fileno())
                os.link(file.name, path)  # unlike a renaming, it fails where the name is taken
        except FileExistsError:
            pass  # another process was quicker: its key is the key
        except OSError as error:
            raise KeyFault(f"{path}: {error.strerror}.") from None
    return from_file(path, None, None)


def _demo_pem() -> bytes:
    """A fresh key and a certificate that says, to whoever looks, that it is worth nothing."""
    key = generate_private_key(65537, DEMO_BITS)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "FOR PA, dimostrazione"),
            x509.NameAttribute(NameOID.COMMON_NAME, DEMO_NAME),
        ]
    )
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(DEMO_VALID[0])
        .not_valid_after(DEMO_VALID[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoding = serialization.Encoding.PEM
    return key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, plain
    ) + certificate.public_bytes(encoding)
