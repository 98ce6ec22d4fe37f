# SPDX-License-Identifier: AGPL-3.0-or-later
"""The archive of an edition's certificates: whole, safe to unpack, sent file by file."""

import csv
import hashlib
import io
import subprocess
import zipfile

import pytest

from app.certificates.bundle.archive import zipped
from app.certificates.bundle.names import Names, safe
from app.database import _read_only
from app.domain.certificates import CertificateKind, CertificateState
from app.extensions import db
from app.models import Certificate, SignedCopy
from tests import world as worlds
from tests.certificates import put_certificate, put_signed_copy
from tests.ledger import arranging, checksum, do
from tests.pages import main

BIDI = "Rossi\u202efdp.exe"


@pytest.fixture
def url(world):
    return f"/editions/{world.a.closed_edition_id}/certificates.zip"


@pytest.fixture
def kept(app, world):
    """Four certificates of one edition: signed too, of two namesakes, revoked; and a declaration."""
    first, second, third = world.a.closed_enrolment_ids
    with arranging(app) as session:
        code = put_certificate(
            session,
            first,
            number=7,
            pdf=b"%PDF seven" * 999,
            says={"family_name": "Dell’Acqua", "given_name": "Noè"},
        )
        put_signed_copy(session, code, b"%PDF seven signed", "Nome di esempio")
        put_certificate(
            session,
            second,
            number=8,
            pdf=b"%PDF eight",
            says={"family_name": f"../../{BIDI}", "given_name": "C:\\a\nb"},
        )
        put_certificate(session, third, number=9, pdf=b"%PDF nine", state=CertificateState.REVOKED)
        put_certificate(session, third, number=12345, pdf=b"%PDF again")
        put_certificate(
            session, first, number=None, kind=CertificateKind.DECLARATION, pdf=b"%PDF declaration"
        )
        put_certificate(
            session, world.b.closed_enrolment_ids[0], number=7, pdf=b"%PDF of the others"
        )
    return NAMES


NAMES = [
    "elenco.csv", "SHA256SUMS", "0007-2015 Dell’Acqua Noè.pdf", "0007-2015 Dell’Acqua Noè - firmato.pdf",
    "0008-2015 .. .. Rossifdp.exe C a b.pdf", "12345-2015 Fontebella Lucia.pdf",
]  # fmt: skip


def opened(answer) -> zipfile.ZipFile:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.mark.parametrize("who", ["coordinator", "organiser_alfa", "auditor"])
def test_the_archive_holds_what_is_valid_and_lists_the_rest(app, visit, url, kept, who, tmp_path):
    answer = visit(who).get(url)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="attestati-')
    with opened(answer) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == kept
        assert archive.read(kept[2]) == b"%PDF seven" * 999
        assert archive.read(kept[3]) == b"%PDF seven signed"
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        rows = list(
            csv.reader(archive.read("elenco.csv").decode("utf-8-sig").splitlines(), delimiter=";")
        )
        archive.extractall(tmp_path / "unpacked")
    assert "co-finanziato" in rows[0][0]
    assert [row[0] for row in rows[3:]] == ["7/2015", "7/2015", "8/2015", "9/2015", "12345/2015"]
    assert [row[3] for row in rows[3:]].count("Revocato") == 1
    assert rows[6][4:] == ["", ""]
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],  # noqa: S607 - whoever checks has it in her path
        cwd=tmp_path / "unpacked",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert {path.name for path in (tmp_path / "unpacked").iterdir()} == set(kept)


def test_a_file_changed_since_does_not_match_the_list(app, visit, url, kept):
    """The control: the list holds the digests of the issue, not of what is sent."""
    with arranging(app) as session:
        other = session.query(Certificate).filter_by(number=8).one()
        worlds.add(
            SignedCopy(
                certificate_id=other.id,
                pdf=b"%PDF another",
                sha256=hashlib.sha256(b"%PDF eight signed").hexdigest(),
                signers="",
                added_at=worlds.NOW,
                added_by_id=1,
            )
        )
    with opened(visit("coordinator").get(url)) as archive:
        sums = dict(
            line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        wrong = [n for n in sums if sums[n] != hashlib.sha256(archive.read(n)).hexdigest()]
    assert wrong == ["0008-2015 .. .. Rossifdp.exe C a b - firmato.pdf"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("organiser_beta", 404), ("trainer_alfa", 403), ("participant_alfa", 403),
     ("representative_alfa", 403), ("admin", 403)],
)  # fmt: skip
def test_nobody_else_gets_it(visit, url, kept, who, status):
    assert visit(who).get(url).status_code == status


def test_an_edition_without_certificates_says_so(visit, url):
    answer = visit("coordinator").get(url)
    assert answer.status_code == 409
    assert "non ha attestati validi" in main(answer)


def test_each_file_is_read_in_a_short_transaction_that_cannot_write(app, visit, url, kept):
    """While it is being sent nobody waits for it, on either engine."""
    coordinator, before = visit("coordinator"), checksum(app)
    answer = coordinator.client.get(url, buffered=False)
    parts = iter(answer.iter_encoded())
    sent = [next(parts) for _ in range(4)]
    assert not _read_only.get()
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
        db.session.remove()
    do(app, "UPDATE person SET family_name = 'Cambiata'")
    archive = zipfile.ZipFile(io.BytesIO(b"".join([*sent, *parts])))
    assert archive.testzip() is None
    assert archive.namelist() == kept
    do(app, "UPDATE person SET family_name = 'Cambiata ancora'")
    answer.close()
    assert before != checksum(app)


def test_a_file_that_is_gone_leaves_no_archive_behind(app):
    def gone() -> bytes:
        raise LookupError

    received = bytearray()
    parts = zipped([("a.pdf", lambda: b"a"), ("b.pdf", gone), ("c.pdf", gone)], worlds.NOW)
    received += next(parts)
    with pytest.raises(LookupError):
        received += b"".join(parts)
    assert received
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(received))


def test_no_file_is_held_longer_than_its_turn():
    """Parts leave as files are read: the archive is never in the memory as a whole."""
    read = []

    def file(number: int):
        return f"{number}.pdf", lambda: read.append(number) or bytes(100_000)

    sizes = []
    for part in zipped((file(n) for n in range(50)), worlds.NOW):
        sizes.append((len(part), len(read)))
    assert max(size for size, _read in sizes) < 110_000
    assert [number for _size, number in sizes] == [*range(1, 51), 50]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rossi Anna", "Rossi Anna"), ("../../etc/passwd", "etc passwd"), (BIDI, "Rossifdp.exe"),
        ("a\x00b\x1bc\n d", "abc d"), ("\ud800x", "x"), ("C:\\x|y?", "C x y"), (" . ", ""),
        ("e\u0300", "è"), ("é" * 100, "é" * 60), ("\u200b\u2066a", "a"),
    ],
)  # fmt: skip
def test_a_name_is_a_name_of_a_file(text, name):
    assert safe(text) == name


def test_no_two_files_have_one_name():
    names = Names()
    given = [names.give(stem, ".pdf") for stem in ("Rossi", "ROSSI", "rossi/", "Rossi", "Ｒossi")]
    assert given == [
        "Rossi.pdf",
        "ROSSI (2).pdf",
        "rossi (3).pdf",
        "Rossi (4).pdf",
        "Ｒossi (5).pdf",
    ]
