# SPDX-License-Identifier: AGPL-3.0-or-later
"""What makes a file fit for the archive: PDF/A-2b metadata, colour profile, identity.

PDF/A is ISO 19005-2, level b. ReportLab lacks the output intent and writes an
Info dictionary that would contradict the XMP packet: both are replaced through
attributes of its objects, which are not a public interface. The version is
pinned and the output is tested.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from PIL import ImageCms
from reportlab.pdfbase import pdfdoc

LANGUAGE = "it-IT"
_PRODUCER = f"ReportLab {reportlab.Version}"
_CREATOR = "FOR PA"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format><dc:identifier>{identifier}</dc:identifier>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{creator}</xmp:CreatorTool><xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate>
<xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<xmpMM:DocumentID>{content}</xmpMM:DocumentID><xmpMM:VersionID>{version}</xmpMM:VersionID>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class Properties:
    """What a document says about itself; ``day`` stands for both dates of the file.

    ``identifier`` names the document to people (a number, an address),
    ``content`` is a URN over what it says, ``version`` is that of the template.
    """

    title: str
    author: str
    subject: str
    day: date
    identifier: str
    content: str
    version: str


def content_urn(canonical: bytes) -> str:
    """``urn:sha256:<hex>`` of the canonical form of what the document says."""
    return f"urn:sha256:{sha256(canonical).hexdigest()}"


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The Info dictionary, saying exactly what the XMP packet says."""

    def __init__(self, properties: Properties) -> None:
        super().__init__()
        self.title, self.author = properties.title, properties.author
        self.subject = properties.subject
        self._day = properties.day

    def format(self, document: Any) -> bytes:
        stamp = f"(D:{self._day:%Y%m%d}000000Z)"
        entries = {
            "Title": pdfdoc.PDFString(self.title),
            "Author": pdfdoc.PDFString(self.author),
            "Subject": pdfdoc.PDFString(self.subject),
            "Creator": pdfdoc.PDFString(_CREATOR),
            "Producer": pdfdoc.PDFString(_PRODUCER),
            "CreationDate": stamp,
            "ModDate": stamp,
        }
        return bytes(pdfdoc.PDFDictionary(entries).format(document))


@cache
def _srgb() -> bytes:
    """The sRGB profile, compressed, without the moment in which it was computed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # 1 January 2000
    profile[84:100] = bytes(16)  # "identifier not computed" (ICC.1, 7.2.18)
    return zlib.compress(bytes(profile), 9)


def _output_intent(document: Any) -> Any:
    profile = pdfdoc.PDFStream(pdfdoc.PDFDictionary({"N": 3, "Filter": "/FlateDecode"}), _srgb())
    return pdfdoc.PDFArray(
        [
            pdfdoc.PDFDictionary(
                {
                    "Type": "/OutputIntent",
                    "S": "/GTS_PDFA1",
                    "OutputConditionIdentifier": "(sRGB IEC61966-2.1)",
                    "Info": "(sRGB IEC61966-2.1)",
                    "DestOutputProfile": document.Reference(profile),
                }
            )
        ]
    )


def _packet(properties: Properties) -> bytes:
    values = {
        "title": properties.title,
        "author": properties.author,
        "subject": properties.subject,
        "identifier": properties.identifier,
        "content": properties.content,
        "version": properties.version,
        "language": LANGUAGE,
        "creator": _CREATOR,
        "producer": _PRODUCER,
        "day": properties.day.isoformat(),
    }
    return _XMP.format_map({name: escape(value) for name, value in values.items()}).encode()


def make_archivable(document: Any, properties: Properties) -> None:
    """Give ReportLab's document its metadata, colour profile and viewer preferences."""
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.OutputIntents = _output_intent(document)
    packet = _packet(properties)
    catalog.Metadata = pdfdoc.XMP(creator=lambda _document: packet)
    catalog.ViewerPreferences = pdfdoc.PDFDictionary({"DisplayDocTitle": "true"})
    document.info = _Info(properties)


def identify(document: Any, properties: Properties, pages: list[str]) -> None:
    """The file's identity from what it holds, so that equal input gives equal bytes."""
    seal = sha256(repr((properties, pages)).encode()).hexdigest()[:32]
    document._ID = f"[<{seal}><{seal}>]\n".encode()
