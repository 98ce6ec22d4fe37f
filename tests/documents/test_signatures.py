# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading signatures: what holds, what was touched, and which signed copies are taken."""

import random
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

from app.documents import signature_reader, signatures
from app.documents.certificate import render_certificate
from app.documents.seal import Seal
from app.domain.errors import RuleViolation
from tests.documents import reading, signers
from tests.documents.signers import AT, SECRETARY, changed, sign
from tests.documents.specimens import BARE, CERTIFICATE

Change = Callable[[IncrementalPdfFileWriter], None]
PLAIN = render_certificate(CERTIFICATE)
SEALED = Seal(signers.seal_key()).apply(PLAIN, AT)

either = pytest.mark.parametrize("stored", [PLAIN, SEALED], ids=["unsealed", "sealed"])


def _name(text: str) -> generic.NameObject:
    return generic.NameObject(text)


def _dictionary(entries: dict[str, object]) -> generic.DictionaryObject:
    return generic.DictionaryObject({_name(key): value for key, value in entries.items()})


def annotate(writer: IncrementalPdfFileWriter) -> None:
    """A note on the page."""
    note = _dictionary(
        {
            "/Type": _name("/Annot"),
            "/Subtype": _name("/Text"),
            "/Rect": generic.ArrayObject(map(generic.NumberObject, (90, 90, 120, 120))),
            "/Contents": generic.pdf_string("un'altra cosa"),
        }
    )
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(note))


def rewrite(writer: IncrementalPdfFileWriter) -> None:
    """Another word on the page."""
    content = writer.root["/Pages"]["/Kids"][0]["/Contents"]
    content._data = content.data + b"\nBT ET"
    content._encoded_data = None
    writer.update_container(content)


def retitle(writer: IncrementalPdfFileWriter) -> None:
    """Another title among the properties."""
    writer.trailer["/Info"][_name("/Title")] = generic.pdf_string("Attestato n. 99/2015")
    writer.mark_update(writer.trailer.raw_get("/Info"))


def add_page(writer: IncrementalPdfFileWriter) -> None:
    """A second page."""
    pages = writer.root["/Pages"]
    first = pages["/Kids"][0]
    copy = generic.DictionaryObject({key: first.raw_get(key) for key in first})
    pages["/Kids"].append(generic.IndirectObject(writer.add_object(copy).idnum, 0, writer))
    pages[_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def script(writer: IncrementalPdfFileWriter) -> None:
    """Something that runs when the file is opened."""
    action = {"/S": _name("/JavaScript"), "/JS": generic.pdf_string("app.alert(1)")}
    writer.root[_name("/OpenAction")] = _dictionary(action)
    writer.update_root()


CHANGES: tuple[Change, ...] = (annotate, rewrite, retitle, add_page, script)
every_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


# --- a copy signed outside -------------------------------------------------


@either
def test_a_copy_signed_outside_is_taken(stored) -> None:
    *_seal, report = signatures.covers(stored, sign(stored))

    assert report.signer == SECRETARY
    assert report.sound
    assert report.whole
    assert len(_seal) == (stored == SEALED)


@either
def test_two_signatures_are_taken_if_the_last_covers_the_file(stored) -> None:
    twice = sign(sign(stored), "Dirigente di prova", field="Seconda")

    reports = signatures.covers(stored, twice)

    assert [report.signer for report in reports[-2:]] == [SECRETARY, "Dirigente di prova"]
    assert [report.later for report in reports[-2:]] == ["signatures", "nothing"]


def test_an_older_kind_of_signature_and_an_elliptic_key_are_taken() -> None:
    old = sign(PLAIN, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)

    assert signatures.covers(PLAIN, old)[0].signer == SECRETARY
    assert signatures.covers(PLAIN, sign(PLAIN, kind="ec"))[0].signer == SECRETARY


def _refused(stored: bytes, signed: bytes) -> str:
    with pytest.raises(RuleViolation) as refused:
        signatures.covers(stored, signed)
    return str(refused.value)


@either
def test_a_signature_on_another_document_is_refused(stored) -> None:
    other = Seal(signers.seal_key()).apply(render_certificate(BARE), AT)

    assert "non contiene il documento conservato" in _refused(stored, sign(other))


@either
def test_the_document_without_a_new_signature_is_refused(stored) -> None:
    assert "non ha una firma" in _refused(stored, stored)
    assert "non ha una firma" in _refused(stored, changed(stored, annotate))


def _word(stored: bytes, signed: bytes) -> str:
    """Why the reader refuses the copy, asked in this process: it is quicker."""
    return str(signature_reader.answer(signed, ["covers", str(len(stored))]).get("refused"))


@either
@every_change
def test_a_change_that_is_signed_is_refused(stored, change) -> None:
    assert _word(stored, sign(stored)) == "None"
    assert _word(stored, sign(changed(stored, change))) == "changed"


@either
@every_change
def test_a_change_after_the_signature_is_refused(stored, change) -> None:
    assert _word(stored, changed(sign(stored), change)) == "changed"


def test_whatever_comes_after_the_last_signature_is_refused() -> None:
    def nothing(writer: IncrementalPdfFileWriter) -> None:
        writer.update_root()

    assert "ancora modificato" in _refused(PLAIN, changed(sign(PLAIN), nothing))


def test_a_change_is_refused_in_words() -> None:
    assert "altre modifiche" in _refused(PLAIN, sign(changed(PLAIN, annotate)))


def test_a_document_put_in_the_place_of_ours_is_refused() -> None:
    """The stored bytes come first and nothing refers to them."""
    with pikepdf.open(BytesIO(render_certificate(BARE))) as pdf:
        out = BytesIO()
        pdf.save(out)
    moved = _moved(out.getvalue(), len(PLAIN))

    assert reading.text_by_pypdf(PLAIN + moved) == reading.text_by_pypdf(out.getvalue())
    assert "altre modifiche" in _refused(PLAIN, sign(PLAIN + moved))


def _moved(pdf: bytes, by: int) -> bytes:
    """A file with a plain cross-reference table as it must read further on in another."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        out = BytesIO()
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    body, _mark, table = out.getvalue().rpartition(b"\nxref\n")
    lines = table.split(b"\n")
    shifted = [
        b"%010d%s" % (int(line[:10]) + by, line[10:]) if line.endswith(b" n ") else line
        for line in lines
    ]
    place = shifted.index(b"startxref") + 1
    shifted[place] = b"%d" % (int(shifted[place]) + by)
    return body + b"\nxref\n" + b"\n".join(shifted)


def test_a_signature_with_a_box_is_refused() -> None:
    assert "invisibile" in _refused(PLAIN, sign(PLAIN, box=(100, 100, 300, 200)))


def test_a_signature_of_other_bytes_is_refused() -> None:
    signed = bytearray(sign(PLAIN))
    place = signed.index(b"/M (D", len(PLAIN)) + 12
    signed[place] = ord("9") if signed[place] != ord("9") else ord("8")

    assert "non è integra" in _refused(PLAIN, bytes(signed))


def test_a_signature_over_a_digest_of_old_is_refused() -> None:
    assert "non è integra" in _refused(PLAIN, sign(PLAIN, md_algorithm="sha1"))


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        (b"", "non è un PDF"),
        (b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + PLAIN, "P7M"),
        (b"PK\x03\x04" + PLAIN, "non è un PDF"),
        (PLAIN + b"\n" * (10_000_001 - len(PLAIN)), "10 MB"),
        (PLAIN + b"%PDF-1.7 garbage %%EOF", "non ha una firma"),
        (sign(PLAIN)[:-40], "danneggiato"),
    ],
    ids=["empty", "p7m", "zip", "long", "garbage", "truncated"],
)
def test_what_is_no_signed_pdf_is_refused(signed, why) -> None:
    assert why in _refused(PLAIN, signed)


# --- examining -------------------------------------------------------------


def test_a_document_without_signatures_has_no_reports() -> None:
    assert signatures.examine(PLAIN) == ()


def test_a_signature_after_the_seal_leaves_the_seal_sound() -> None:
    seal, signature = signatures.examine(sign(SEALED))

    assert seal.sound
    assert not seal.whole
    assert seal.later == "signatures"
    assert signature.whole


@every_change
def test_a_change_after_the_seal_is_told(change) -> None:
    read = signature_reader.answer(changed(SEALED, change), ["examine"])
    (report,) = signatures.reports(read)

    assert report.intact
    assert not report.whole
    if change is retitle:
        assert report.later == "signatures"  # the properties are compared where copies are taken
    else:
        assert report.later == "other"
        assert not report.sound


def _sound(pdf: bytes) -> bool:
    """The same as ``examine``, in this process: quicker, and an exception is a failure here."""
    reports = signatures.reports(signature_reader.answer(pdf, ["examine"]))
    return bool(reports) and all(report.sound and report.whole for report in reports)


def test_a_bit_flipped_anywhere_is_told() -> None:
    """But in the container itself, where parts are signed by nobody: there the hash tells."""
    start = SEALED.index(b"/Contents <", len(PLAIN)) + 10
    end = SEALED.index(b">", start) + 1
    dice = random.Random(1959)  # noqa: S311 - the same places every time
    places = [place for place in dice.sample(range(len(SEALED)), 120) if not start <= place < end]
    missed = []
    for place in places:
        touched = bytearray(SEALED)
        touched[place] ^= 1 << dice.randrange(8)
        if _sound(bytes(touched)):
            missed.append(place)

    assert _sound(SEALED)
    assert len(places) > 100
    assert missed == []


def test_a_bit_flipped_in_digest_or_signature_is_told() -> None:
    """The last bytes of the container are the signature, and before it stand the signed attributes."""
    end = SEALED.index(b">", SEALED.index(b"/Contents <", len(PLAIN)))
    for back in range(2, 900, 30):
        touched = bytearray(SEALED)
        touched[end - back] = ord("0") if touched[end - back] != ord("0") else ord("1")
        assert not _sound(bytes(touched)), back


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        SEALED[:-1000],
        SEALED[: len(PLAIN) + 500],
        SEALED + b"\n%PDF",
        b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000,
        b"%PDF-1.7\n" + b"xref\n0 1\n" * 50_000 + b"startxref\n9\n%%EOF",
        SEALED.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
        SEALED.replace(b"/Fields [", b"/Fields 9 ["),
        bytes(10_000_001),
    ],
    ids=range(11),
)
def test_nothing_makes_it_raise_or_call_garbage_sound(data) -> None:
    assert not any(report.sound and report.whole for report in signatures.examine(data))


def test_a_file_that_takes_too_long_is_not_waited_for(monkeypatch) -> None:
    """A moment is too short for the reader even to start: as if it never ended."""
    monkeypatch.setattr(signatures, "WAIT", 0.01)

    (report,) = signatures.examine(SEALED)

    assert not report.readable
    assert "danneggiato" in _refused(PLAIN, sign(PLAIN))
