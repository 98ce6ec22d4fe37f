# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys, signers outside the application and a time stamping service, all made up for the tests."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.seal import SealKey

AT = datetime(2015, 5, 14, 10, 30, tzinfo=UTC)
SECRETARY = "Segretario di prova"
_DER, _PEM = serialization.Encoding.DER, serialization.Encoding.PEM
_PKCS8 = serialization.PrivateFormat.PKCS8


def private_key(kind: str = "rsa") -> Any:
    """One key of each kind for the whole run: rsa, other (rsa as well), short, ec."""
    return _made(kind)


@cache
def _made(kind: str) -> Any:
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "short" else 2048)


@cache
def certificate(
    name: str = "Comune di prova", kind: str = "rsa", first: int = 2014, last: int = 2040
) -> x509.Certificate:
    """A certificate signed by its own key, valid for whole years."""
    key = private_key(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    serial = 1 + sum(name.encode())
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return (
        x509.CertificateBuilder(subject, subject, key.public_key(), serial)
        .not_valid_before(datetime(first, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(last, 12, 31, tzinfo=UTC))
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )


def key_pem(kind: str = "rsa", passphrase: str | None = None) -> bytes:
    """The private key as a PEM file."""
    locked = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return private_key(kind).private_bytes(_PEM, _PKCS8, locked)


def certificate_pem(*names: str, **options: Any) -> bytes:
    """The certificates as a PEM file."""
    return b"".join(certificate(name, **options).public_bytes(_PEM) for name in names)


def _parsed(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(_DER))


def seal_key(**options: Any) -> SealKey:
    """A key for a seal, without going through a file."""
    key = private_key()
    return SealKey(
        _parsed(certificate(**options)),
        (),
        lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()),
    )


def sign(pdf: bytes, name: str = SECRETARY, kind: str = "other", **options: Any) -> bytes:
    """The PDF signed by a person with a program of their own, here pyHanko as it comes."""
    box = options.pop("box", None)
    field = options.pop("field", "Firma")
    raw = private_key(kind).private_bytes(_DER, _PKCS8, serialization.NoEncryption())
    signer = SimpleSigner(
        signing_cert=_parsed(certificate(name, kind)),
        signing_key=keys.PrivateKeyInfo.load(raw),
        cert_registry=SimpleCertificateStore(),
    )
    meta = PdfSignatureMetadata(
        field_name=field,
        **{"subfilter": SigSeedSubFilter.PADES, "md_algorithm": "sha256"} | options,
    )
    spec = fields.SigFieldSpec(field, on_page=0, box=box) if box else None
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signed: bytes = PdfSigner(meta, signer, new_field_spec=spec).sign_pdf(writer).getvalue()
    return signed


def changed(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The PDF with an increment that changes it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@contextmanager
def stamping_service(*, honest: bool = True, answers: bool = True) -> Iterator[str]:
    """The address of a time stamping service (RFC 3161) on the loopback."""
    raw = private_key().private_bytes(_DER, _PKCS8, serialization.NoEncryption())
    stamper = DummyTimeStamper(
        _parsed(certificate("Marche temporali di prova")),
        keys.PrivateKeyInfo.load(raw),
        fixed_dt=AT,
    )

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if not honest:
                asked["message_imprint"]["hashed_message"] = bytes(32)
            answer = asyncio.run(stamper.async_request_tsa_response(asked)).dump()
            self.send_response(200 if answers else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
