# SPDX-License-Identifier: AGPL-3.0-or-later
"""The seal on a certificate, read back by poppler, qpdf's library and pypdf."""

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from app.documents import seal_keys, signature_reader, signatures
from app.documents.certificate import render_certificate
from app.documents.seal import DEMO_NAME, Seal, SealUnavailable
from tests.documents import reading, signers
from tests.documents.signers import AT
from tests.documents.specimens import CERTIFICATE

SOFTHSM = next(
    (
        path
        for path in (
            os.environ.get("SOFTHSM2_MODULE", ""),
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib64/libsofthsm2.so",
            "/opt/homebrew/lib/softhsm/libsofthsm2.so",
        )
        if path and Path(path).exists()
    ),
    "",
)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render_certificate(CERTIFICATE)


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    return Seal(signers.seal_key()).apply(plain, AT)


def _poppler(pdf: bytes, folder: Path) -> str:
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    command = ["pdfsig", "-nocert", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    return done.stdout


def test_poppler_finds_the_seal_valid_over_the_whole_document(sealed, tmp_path) -> None:
    said = _poppler(sealed, tmp_path)

    for part in (
        "Signer Certificate Common Name: Comune di prova",
        "Signing Hash Algorithm: SHA-256",
        "Signature Type: ETSI.CAdES.detached",
        "Total document signed",
        "Signature Validation: Signature is Valid.",
    ):
        assert part in said
    assert said.count("Signature #") == 1


def test_poppler_sees_another_letter_in_the_sealed_document(sealed, tmp_path) -> None:
    altered = sealed.replace(b"/Subject (Comunicazione", b"/Subject (comunicazione", 1)

    assert altered != sealed
    assert "Signature is Valid" not in _poppler(altered, tmp_path)


def test_the_certificate_comes_first_and_unchanged(plain, sealed) -> None:
    assert reading.archive_faults(plain) == []
    assert sealed.startswith(plain)
    assert reading.text_by_pypdf(sealed) == reading.text_by_pypdf(plain)
    with pikepdf.open(BytesIO(plain)) as before, pikepdf.open(BytesIO(sealed)) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert after.docinfo == before.docinfo
        assert after.pdf_version == before.pdf_version == "1.7"
        assert after.trailer.ID[0] == before.trailer.ID[0] != after.trailer.ID[1]


def test_the_sealed_file_is_sound_and_still_tagged(sealed) -> None:
    assert reading.damage(sealed) == []
    assert reading.structure_faults(sealed) == []
    assert reading.reach_faults(sealed, {CERTIFICATE.verification_url}) == []
    assert reading.font_faults(sealed) == []


def test_the_form_of_the_seal_is_what_pdf_a_allows(sealed) -> None:
    """The validator leaves files with forms undecided: these are the rules on what was added."""
    (undecided,) = reading.archive_faults(sealed)
    assert "interactive forms (/AcroForm) are not supported" in undecided
    with pikepdf.open(BytesIO(sealed)) as pdf:
        form = pdf.Root.AcroForm
        widget = form.Fields[0]
        assert "/Version" not in pdf.Root
        assert "/NeedAppearances" not in form
        assert "/XFA" not in form
        assert len(form.Fields) == 1
        assert [float(side) for side in widget.Rect] == [0, 0, 0, 0]  # needs no appearance
        assert int(widget.F) & 4, "printed"
        assert not int(widget.F) & (1 | 2 | 32), "neither hidden nor invisible"
        assert "/A" not in widget
        assert "/AA" not in widget


def test_equal_certificates_sealed_at_one_moment_are_equal(plain, sealed) -> None:
    seal = Seal(signers.seal_key())

    assert seal.apply(plain, AT) == sealed
    assert seal.apply(plain, AT.replace(second=1)) != sealed


def test_each_document_gets_its_own_signature(plain) -> None:
    """One container is filled again and again: nothing of a document may stay in it."""
    seal = Seal(signers.seal_key())
    made = [seal.apply(plain, AT.replace(second=second)) for second in range(5)]

    for pdf in made:
        (report,) = signatures.reports(signature_reader.answer(pdf, ["examine"]))
        assert report.sound
        assert report.whole
    assert len(set(made)) == 5


def test_it_says_whose_seal_it_is_and_when(sealed) -> None:
    (report,) = signatures.examine(sealed)

    assert report.signer == "Comune di prova"
    assert report.fingerprint == Seal(signers.seal_key()).fingerprint
    assert report.said == AT
    assert report.stamped is None
    assert not report.demonstration


@pytest.mark.parametrize("year", [2013, 2041])
def test_a_certificate_that_does_not_hold_seals_nothing(plain, year) -> None:
    with pytest.raises(SealUnavailable):
        Seal(signers.seal_key()).apply(plain, datetime(year, 6, 1, tzinfo=UTC))


def test_a_time_stamp_is_added_where_a_service_is_given(plain, tmp_path) -> None:
    with signers.stamping_service() as url:
        pdf = Seal(signers.seal_key(), url).apply(plain, AT)

    (report,) = signatures.examine(pdf)

    assert report.sound
    assert report.stamped == AT
    assert "Signature is Valid" in _poppler(pdf, tmp_path)
    assert reading.damage(pdf) == []


@pytest.mark.parametrize("fault", [{"honest": False}, {"answers": False}])
def test_a_service_that_fails_leaves_the_document_unsealed(plain, fault) -> None:
    with signers.stamping_service(**fault) as url, pytest.raises(SealUnavailable):
        Seal(signers.seal_key(), url).apply(plain, AT)


def test_a_service_that_is_not_there_leaves_the_document_unsealed(plain) -> None:
    with pytest.raises(SealUnavailable):
        Seal(signers.seal_key(), "http://127.0.0.1:9/").apply(plain, AT)


# --- keys ------------------------------------------------------------------


def _written(folder: Path, **contents: bytes) -> dict[str, Path]:
    paths = {name: folder / name for name in contents}
    for name, content in contents.items():
        paths[name].write_bytes(content)
    return paths


def _pkcs12(passphrase: bytes, kind: str = "rsa") -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"sigillo",
        signers.private_key(kind),
        signers.certificate(kind=kind),
        [signers.certificate("Autorità di prova", "other")],
        BestAvailableEncryption(passphrase),
    )


def test_a_key_is_read_from_pem_or_pkcs12_with_its_issuers(plain, tmp_path) -> None:
    own, issuer = (
        signers.certificate_pem("Comune di prova"),
        signers.certificate_pem("Autorità di prova", kind="other"),
    )
    paths = _written(
        tmp_path,
        one=signers.key_pem() + issuer + own,
        locked=signers.key_pem(passphrase="aperto"),
        beside=own + issuer,
        container=_pkcs12(b"aperto"),
    )
    loaded = [
        seal_keys.from_file(paths["one"], None, None),
        seal_keys.from_file(paths["locked"], paths["beside"], "aperto"),
        seal_keys.from_file(paths["container"], None, "aperto"),
    ]

    for key in loaded:
        assert [issuer.subject.native["common_name"] for issuer in key.chain] == [
            "Autorità di prova"
        ]
        (report,) = signatures.examine(Seal(key).apply(plain, AT))
        assert report.sound
        assert report.signer == "Comune di prova"


@pytest.mark.parametrize(
    ("make", "passphrase", "why"),
    [
        (lambda: b"not a key", None, "PKCS #12"),
        (lambda: _pkcs12(b"aperto"), "chiuso", "passphrase"),
        (lambda: signers.key_pem(passphrase="aperto"), "chiuso", "passphrase"),
        (lambda: signers.key_pem(passphrase="aperto"), None, "passphrase"),
        (lambda: signers.certificate_pem("Comune di prova"), None, "chiave"),
        (signers.key_pem, None, "certificato"),
        (
            lambda: signers.key_pem() + signers.certificate_pem("Altri", kind="other"),
            None,
            "certificato",
        ),
        (
            lambda: signers.key_pem("ec") + signers.certificate_pem("Curva", kind="ec"),
            None,
            "RSA",
        ),
        (
            lambda: signers.key_pem("short") + signers.certificate_pem("Corta", kind="short"),
            None,
            "2048",
        ),
    ],
)
def test_a_key_that_cannot_seal_says_why(tmp_path, make, passphrase, why) -> None:
    path = tmp_path / "key"
    path.write_bytes(make())

    with pytest.raises(seal_keys.KeyFault, match=why) as refused:
        seal_keys.from_file(path, None, passphrase)
    assert "\n" not in str(refused.value)


def test_a_key_that_is_not_there_says_so(tmp_path) -> None:
    with pytest.raises(seal_keys.KeyFault, match="missing"):
        seal_keys.from_file(tmp_path / "missing", None, None)


def test_the_demonstration_seal_says_that_it_is_worth_nothing(plain, tmp_path) -> None:
    path = tmp_path / "new" / "demo.pem"
    seal = Seal(seal_keys.demo_key(path))
    (report,) = signatures.examine(seal.apply(plain, AT))

    assert seal.demonstration
    assert report.demonstration
    assert report.signer == DEMO_NAME
    assert "senza valore legale" in _poppler(seal.apply(plain, AT), tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal(seal_keys.demo_key(path)).fingerprint == seal.fingerprint


def test_processes_that_start_together_agree_on_the_demonstration_key(tmp_path) -> None:
    program = (
        "import sys; from pathlib import Path; from app.documents.seal_keys import demo_key;"
        "print(demo_key(Path(sys.argv[1])).certificate.sha256.hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "demo.pem")]
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]

    said = {process.communicate(timeout=120)[0] for process in started}

    assert len(said) == 1
    assert said != {""}
    assert [path.name for path in tmp_path.iterdir()] == ["demo.pem"]


def test_a_folder_where_nothing_can_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(seal_keys.KeyFault, match="file"):
        seal_keys.demo_key(tmp_path / "file" / "demo.pem")


def test_a_module_that_is_none_is_named(tmp_path) -> None:
    path = tmp_path / "module.so"
    path.write_bytes(b"no library")

    with pytest.raises(seal_keys.KeyFault, match=r"module\.so"):
        seal_keys.from_device(str(path), "token", "key", "1234", None)


@pytest.mark.skipif(not SOFTHSM or not shutil.which("softhsm2-util"), reason="SoftHSM")
def test_a_device_seals(plain, tmp_path) -> None:
    """In a process of its own: the module reads its settings once, for as long as it is loaded."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\n", "utf-8")
    _written(
        tmp_path,
        **{
            "plain.pdf": plain,
            "key.pem": signers.key_pem() + signers.certificate_pem("Comune di prova"),
            "other.pem": signers.certificate_pem("Altri", kind="other"),
        },
    )
    label = ("--label", "sigillo", "--pin", "1234", "--so-pin", "1234")
    prepare = ["softhsm2-util", "--module", SOFTHSM, "--init-token", "--free", *label]
    for command in (prepare, [sys.executable, "-m", "tests.documents.device", SOFTHSM, tmp_path]):
        done = subprocess.run(  # noqa: S603 - our own programs
            command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    (report,) = signatures.examine((tmp_path / "sealed.pdf").read_bytes())
    assert report.sound
    assert done.stdout.splitlines() == [*["KeyFault"] * 3, "Comune di prova 0", "Comune di prova 1"]
