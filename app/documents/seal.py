# SPDX-License-Identifier: AGPL-3.0-or-later
"""The electronic seal: a PAdES signature of the body, invisible, on a finished document.

Level B-B, or B-T where a time stamping service is configured (ETSI EN 319 142-1).
Keys are found by ``seal_keys``, signatures are read by ``signatures``.

The container of the signature (CMS) differs between two documents only in a digest
and a signature of fixed lengths: pyHanko makes it once, with two marks in their
places, and each document's values are put there. Made anew it takes 25 ms.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

DEMO_NAME = "Sigillo dimostrativo FOR PA – senza valore legale"

FIELD = "Sigillo"  # the name of the form field that holds the signature
STAMP_ROOM = 16_384  # bytes kept free for a time stamp with its certificates
STAMP_WAIT = 5  # seconds for the time stamping service to answer

_DIGEST_MARK = sha256(b"the digest of a document goes here").digest()


class SealUnavailable(Exception):  # noqa: N818 - says what happened
    """The seal cannot be put now; nothing is wrong with the document, later it may go well."""


@dataclass(frozen=True)
class SealKey:
    """A certificate, those that lead to its root, and what signs with its key.

    ``sign`` gives the RSA PKCS #1 v1.5 signature over the SHA-256 of the bytes.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    sign: Callable[[bytes], bytes]


class _Template(Signer):
    """Signs with a mark as long as the signatures of the key."""

    mark: bytes

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return self.mark


class _Writer(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: title, dates and XMP stay those of the document.

    Both methods are not a public interface of pyHanko: the version is pinned and
    the output is tested.
    """

    def _update_meta(self) -> None:
        pass

    @classmethod
    def _handle_id(cls, prev: Any) -> Any:
        """The first identifier stays, the second follows from it: equal input, equal output."""
        first = prev.trailer["/ID"][0].original_bytes
        second = sha256(first + b"sealed").digest()[:16]
        return generic.ArrayObject(generic.ByteStringObject(part) for part in (first, second))


class Seal:
    """The seal of an installation: the key stays loaded, ``apply`` is quick."""

    def __init__(self, key: SealKey, stamp_url: str | None = None) -> None:
        self._key = key
        self._stamper = HTTPTimeStamper(stamp_url, timeout=STAMP_WAIT) if stamp_url else None
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(key.chain)
        template = _Template(signing_cert=key.certificate, cert_registry=store)
        template.mark = b"\xa5" * key.certificate.public_key.byte_size
        made = asyncio.run(template.async_sign(_DIGEST_MARK, "sha256", use_pades=True))
        self._container = _Gaps(made.dump(), _DIGEST_MARK, template.mark)
        signed = made["content"]["signer_infos"][0]["signed_attrs"].untag().dump()
        self._attributes = _Gaps(signed, _DIGEST_MARK)
        spare = STAMP_ROOM if stamp_url else 0
        self._room = 2 * (self._container.size + spare)  # it is written in hexadecimal
        meta = PdfSignatureMetadata(
            field_name=FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        self._signer = PdfSigner(meta, template)

    @property
    def name(self) -> str:
        """Whose seal it is: the common name of the certificate, or the whole subject."""
        return common_name(self._key.certificate)

    @property
    def demonstration(self) -> bool:
        """Whether the seal is the self-made one, without legal value."""
        return self.name == DEMO_NAME

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return bytes(self._key.certificate.sha256).hex()

    @property
    def valid_until(self) -> datetime:
        """The end of the certificate's validity, aware."""
        end: datetime = self._key.certificate.not_valid_after
        return end

    def apply(self, pdf: bytes, at: datetime) -> bytes:
        """The document sealed, declaring the aware moment ``at``; its bytes come first, unchanged.

        Equal input gives equal bytes, unless a time stamp is added. Raises
        SealUnavailable when the certificate does not hold at that moment, or the key
        or the time stamping service does not answer.
        """
        start, end = self._key.certificate.not_valid_before, self.valid_until
        if not start <= at <= end:
            raise SealUnavailable(f"the certificate is valid from {start} to {end}")
        session = self._signer.init_signing_session(_Writer(BytesIO(pdf)))
        session.system_time = at
        output = BytesIO()
        unsigned = session.prepare_tbs_document(None, self._room)
        prepared, _output = unsigned.digest_tbs_document(output=output)
        prepared.fill_with_cms(output, self._signed(prepared.document_digest))
        return output.getvalue()

    def _signed(self, digest: bytes) -> bytes:
        """The container over a document with this digest."""
        signature = self._key.sign(self._attributes.filled(digest))
        container = self._container.filled(digest, signature)
        if self._stamper is None:
            return container
        token = _token(self._stamper, sha256(signature).digest())
        message = cms.ContentInfo.load(container)
        attribute = simple_cms_attribute(  # type: ignore[no-untyped-call]
            "signature_time_stamp_token", token
        )
        message["content"]["signer_infos"][0]["unsigned_attrs"] = [attribute]
        stamped: bytes = message.dump()
        return stamped


def _token(stamper: HTTPTimeStamper, digest: bytes) -> Any:
    """A time stamp over the SHA-256 digest, by the service configured (RFC 3161)."""
    try:
        token = asyncio.run(stamper.async_timestamp(digest, "sha256"))
        said = token["content"]["encap_content_info"]["content"].parsed
        right = said["message_imprint"]["hashed_message"].native == digest
        size = len(token.dump())
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SealUnavailable(f"time stamp: {type(error).__name__} {error}") from error
    if not right or size > STAMP_ROOM - 100:
        raise SealUnavailable(f"time stamp: of something else, or too long ({size} bytes)")
    return token


class _Gaps:
    """Bytes with gaps where marks stood, each exactly once and in this order."""

    def __init__(self, whole: bytes, *marks: bytes) -> None:
        self.size = len(whole)
        self._parts: list[bytes] = []
        for mark in marks:
            before, whole = whole.split(mark)
            self._parts.append(before)
        self._parts.append(whole)

    def filled(self, *values: bytes) -> bytes:
        """The bytes with these values in the gaps."""
        pairs = zip(self._parts, (*values, b""), strict=True)
        return b"".join(part for pair in pairs for part in pair)


def common_name(certificate: x509.Certificate) -> str:
    """Whom the certificate names: the common name, or the whole subject for want of one."""
    native = certificate.subject.native.get("common_name")
    return str(native or certificate.subject.human_friendly)
