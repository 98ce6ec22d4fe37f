# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the signatures of files nobody vouches for, in a process of its own.

``app.documents.signatures`` runs it by its path with ``examine`` or ``covers LENGTH``,
the file on standard input; a line of JSON comes on standard output. Time and memory
are bounded, nothing is fetched: whether the issuer of a certificate deserves trust is
not asked here.
"""

import io
import json
import logging
import resource
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from defusedxml import ElementTree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import extract_signer_info, find_unique_cms_attribute
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.utils import DEFAULT_ALGORITHM_USAGE_POLICY

MEMORY = 1_000_000_000  # bytes of addresses, the libraries themselves included
SECONDS = 10  # of a processor
MOST = 20  # signatures of a file

# What a signing program may say anew of the file; everything else it says stays.
_RENEWED = {"/ModDate", "/Producer"}
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


class Refused(Exception):  # noqa: N818 - says what happened
    """The word of the reason; ``signatures`` has the sentence."""


def examine(pdf: bytes) -> list[dict[str, Any]]:
    """What each signature says and whether it holds, in the order of signing."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return [_report(pdf, found) for found in _signatures(reader)]


def covers(signed: bytes, length: int) -> list[dict[str, Any]]:
    """The same, if the file is its first bytes, a document, with signatures added; or Refused."""
    stored, reader = (PdfFileReader(io.BytesIO(data)) for data in (signed[:length], signed))
    base = stored.xrefs.total_revisions
    if (
        reader.xrefs.total_revisions < base
        or reader.xrefs.get_startxref_for_revision(base - 1) != stored.last_startxref
    ):
        raise Refused("changed")  # what was added does not build on the document
    before = {name for name, _value, _field in enumerate_sig_fields(stored)}
    found = _signatures(reader)
    reports = [_report(signed, one) for one in found]
    added = [report for report in reports if report["field"] not in before]
    if not any(report["kind"] == "signature" for report in added):
        raise Refused("unsigned")
    if not all(report["intact"] for report in added):
        raise Refused("broken")
    if _added_since(reader, base - 1) == "other" or _said(stored) != _said(reader):
        raise Refused("changed")
    if any(
        name not in before and _visible(field) for name, _v, field in enumerate_sig_fields(reader)
    ):
        raise Refused("visible")
    if not added[-1]["whole"]:
        raise Refused("partial")
    return reports


def _signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    fields = list(enumerate_sig_fields(reader, filled_status=True))
    if len(fields) > MOST:
        raise Refused("damaged")
    found = [EmbeddedPdfSignature(reader, field, name) for name, _value, field in fields]
    return sorted(found, key=lambda one: one.signed_revision)


def _report(pdf: bytes, one: EmbeddedPdfSignature) -> dict[str, Any]:
    whole, tight = _coverage(pdf, one)
    one.compute_integrity_info()  # type: ignore[no-untyped-call]
    stamp = _stamp_of(one)
    is_stamp = one.sig_object_type == "/DocTimeStamp"
    held = _holds(one.signed_data, one.compute_digest(one.md_algorithm))
    if is_stamp:
        stamp = _moment_stamped(one.signed_data, one.compute_digest)
        held = stamp is not None
    said = one.self_reported_timestamp
    certificate = one.signer_cert
    name = certificate.subject.native.get("common_name") or certificate.subject.human_friendly
    return {
        "kind": "stamp" if is_stamp else "signature",
        "field": one.field_name,
        "signer": str(name),
        "fingerprint": certificate.sha256.hex(),
        "said": said.isoformat() if said and said.tzinfo else None,
        "stamped": stamp.isoformat() if stamp else None,
        "intact": bool(tight and held),
        "whole": whole and tight,
        "later": "nothing" if whole else _level(one.diff_result),
    }


def _coverage(pdf: bytes, one: EmbeddedPdfSignature) -> tuple[bool, bool]:
    """Whether the bytes signed reach the end, and leave out the signature itself and no more."""
    start, length, after, rest = (int(number) for number in one.byte_range)
    gap = pdf[length:after]
    tight = start == 0 and gap[:1] == b"<" and gap[-1:] == b">" and 0 <= after + rest <= len(pdf)
    try:
        tight = tight and bytes.fromhex(gap[1:-1].decode("ascii")) == one.pkcs7_content
    except ValueError:
        tight = False
    return after + rest == len(pdf), tight and rest >= 0


def _added_since(reader: PdfFileReader, revision: int) -> str:
    """What was added after a revision that need not have been signed."""
    base = reader.get_historical_resolver(revision)
    if "/AcroForm" not in base.root:  # two forms are compared: give it an empty one
        flags = reader.root["/AcroForm"]["/SigFlags"]
        form: Any = {"/Fields": generic.ArrayObject(), "/SigFlags": flags}
        named = {generic.NameObject(name): value for name, value in form.items()}
        base.root["/AcroForm"] = generic.DictionaryObject(named)  # type: ignore[no-untyped-call]
    return _level(DEFAULT_DIFF_POLICY.review_file(reader, base))


def _level(result: Any) -> str:
    """What was added after a revision: nothing, signatures and what goes with them, or other."""
    if not isinstance(result, DiffResult):
        return "other"
    if result.modification_level == ModificationLevel.NONE:
        return "nothing"
    allowed = result.modification_level <= ModificationLevel.FORM_FILLING
    return "signatures" if allowed else "other"


def _holds(signed_data: cms.SignedData, digest: bytes, kind: str = "data") -> bool:
    """Whether the signature is right for the digest, with algorithms still worth something."""
    info = extract_signer_info(signed_data)
    certificate = extract_certs_for_validation(signed_data).signer_cert
    policy = DEFAULT_ALGORITHM_USAGE_POLICY
    if not policy.signature_algorithm_allowed(
        info["signature_algorithm"], moment=None, public_key=certificate.public_key
    ) or not policy.digest_algorithm_allowed(info["digest_algorithm"], moment=None):
        return False
    return all(validate_sig_integrity(info, certificate, kind, digest))


def _stamp_of(one: EmbeddedPdfSignature) -> datetime | None:
    """The moment of the time stamp over the signature, if there is one and it is right."""
    unsigned = one.signer_info["unsigned_attrs"]
    if not isinstance(unsigned, cms.CMSAttributes):
        return None
    try:
        token = find_unique_cms_attribute(unsigned, "signature_time_stamp_token")
    except LookupError:
        return None
    signature = one.signer_info["signature"].native
    return _moment_stamped(token["content"], lambda name: _digest(name, signature))


def _moment_stamped(token: cms.SignedData, digest_by: Any) -> datetime | None:
    """The moment a time stamp gives, if it is right and stands over that digest."""
    content = token["encap_content_info"]["content"]
    said, imprint = content.parsed, content.parsed["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in ("sha256", "sha384", "sha512"):
        return None
    own = extract_signer_info(token)["digest_algorithm"]["algorithm"].native
    right = imprint["hashed_message"].native == digest_by(name)
    held = _holds(token, _digest(own, bytes(content)), "tst_info")
    moment: datetime = said["gen_time"].native
    return moment if right and held else None


def _digest(name: str, data: bytes) -> bytes:
    known = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    counted = hashes.Hash(known[name])
    counted.update(data)
    return counted.finalize()


def _visible(field: Any) -> bool:
    """Whether the signature's field, or one of its widgets, covers a part of a page."""
    own = field.get_object()
    widgets = [own, *(kid.get_object() for kid in _entry(own, "/Kids", []))]
    boxes = [[float(side) for side in _entry(widget, "/Rect", [])] for widget in widgets]
    return any(box and box[0] != box[2] and box[1] != box[3] for box in boxes)


def _entry(dictionary: Any, key: str, default: Any) -> Any:
    """A value looked up through its reference; ``get`` of pyHanko gives the reference."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def _said(reader: PdfFileReader) -> tuple[dict[str, str], dict[str, str]]:
    """What a file says of itself, but for who wrote it last and when."""
    info = _entry(reader.trailer, "/Info", {})
    told = {key: str(info[key]) for key in info if key not in _RENEWED}
    metadata = _entry(reader.root, "/Metadata", None)
    packet = b"<nothing/>" if metadata is None else metadata.data
    return told, dict(_properties(packet))


def _properties(packet: bytes) -> Iterator[tuple[str, str]]:
    """Title, authors, identifier, level of PDF/A ... of an XMP packet, in either of its notations."""
    for element in ElementTree.fromstring(packet).iter():
        for name, value in element.attrib.items():
            if name.startswith((_DUBLIN_CORE, _PDFA)):
                yield name, value.strip()
        if element.tag.startswith((_DUBLIN_CORE, _PDFA)):
            words = [*element.itertext(), *element.attrib.values()]
            yield element.tag, " ".join(" ".join(words).split())


def answer(pdf: bytes, words: list[str]) -> dict[str, Any]:
    """The reports, or the word of what is wrong; whatever fails means a file that is not sound."""
    try:
        if words[0] == "examine":
            return {"signatures": examine(pdf)}
        return {"signatures": covers(pdf, int(words[1]))}
    except Refused as refused:
        return {"refused": str(refused)}
    except Exception:  # the file is to blame, whichever way the libraries say so
        return {"refused": "damaged"}


def main(words: list[str]) -> None:
    """Answer one question on one file; a file that starves the process gets no answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    json.dump(answer(sys.stdin.buffer.read(), words), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
