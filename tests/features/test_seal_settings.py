# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings of the seal: what they give, and the one line that says what is wrong with them."""

import pytest

from app import create_app, seals
from app.documents import signatures
from app.documents.certificate import render_certificate
from app.documents.seal import DEMO_NAME
from config import DemoConfig, TestConfig
from tests.documents import signers
from tests.documents.specimens import CERTIFICATE


def application(**settings):
    return create_app(
        type("Config", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": "sqlite://", **settings})
    )


@pytest.fixture
def files(tmp_path):
    """A key, its certificate, and a file that is neither."""
    contents = {
        "key.pem": signers.key_pem(passphrase="aperto"),
        "certificate.pem": signers.certificate_pem("Comune di prova"),
        "nothing.pem": b"nothing",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_without_settings_there_is_no_seal():
    with application().app_context():
        assert seals.seal() is None
        assert seals.note() == ""


def test_a_key_in_a_file_seals(files):
    app = application(
        SEAL_KEY_FILE=str(files / "key.pem"),
        SEAL_CERT_FILE=str(files / "certificate.pem"),
        SEAL_PASSPHRASE="aperto",
        SEAL_TSA_URL="",
    )
    with app.app_context():
        sealed = seals.seal().apply(render_certificate(CERTIFICATE), signers.AT)
        assert seals.note() == "Il file porta il sigillo elettronico di Comune di prova."

    (report,) = signatures.examine(sealed)
    assert report.sound
    assert report.signer == "Comune di prova"


def test_the_demonstration_makes_its_own_seal_and_says_so(tmp_path):
    path = tmp_path / "demo.pem"
    with application(SEAL_DEMO_FILE=path).app_context():
        first = seals.seal()
        assert "senza valore legale" in seals.note()
    with application(SEAL_DEMO_FILE=path).app_context():
        assert seals.seal().fingerprint == first.fingerprint
        assert seals.seal().name == DEMO_NAME


def test_only_the_demonstration_makes_a_seal():
    assert DemoConfig.SEAL_DEMO_FILE.name == "demo_seal.pem"
    assert TestConfig.SEAL_DEMO_FILE is None


def test_a_key_configured_comes_before_the_demonstration_seal(files):
    app = application(
        SEAL_KEY_FILE=files / "key.pem",
        SEAL_CERT_FILE=files / "certificate.pem",
        SEAL_PASSPHRASE="aperto",
        SEAL_DEMO_FILE=files / "demo.pem",
    )
    with app.app_context():
        assert not seals.seal().demonstration
    assert not (files / "demo.pem").exists()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"SEAL_KEY_FILE": "{}/missing.pem"}, "missing.pem"),
        ({"SEAL_KEY_FILE": "{}/nothing.pem"}, "PKCS #12"),
        ({"SEAL_KEY_FILE": "{}/key.pem", "SEAL_PASSPHRASE": "chiuso"}, "passphrase"),
        ({"SEAL_KEY_FILE": "{}/key.pem", "SEAL_PASSPHRASE": "aperto"}, "certificato"),
        ({"SEAL_KEY_FILE": "{}/key.pem", "SEAL_PKCS11": "{}/m.so?token=a&key=b"}, "uno solo"),
        ({"SEAL_PKCS11": "{}/m.so"}, "token=NOME"),
        ({"SEAL_PKCS11": "{}/nothing.pem?token=a&key=b"}, "nothing.pem"),
        ({"SEAL_CERT_FILE": "{}/certificate.pem"}, "SEAL_KEY_FILE"),
        ({"SEAL_TSA_URL": "https://marche.example"}, "SEAL_KEY_FILE"),
        ({"SEAL_DEMO_FILE": "demo", "SEAL_TSA_URL": "marche.example"}, "http"),
    ],
)
def test_settings_that_cannot_be_used_end_the_program_with_a_line(files, settings, why):
    given = {name: value.format(files) for name, value in settings.items()}
    if "SEAL_DEMO_FILE" in given:
        given["SEAL_DEMO_FILE"] = files / "demo.pem"

    with pytest.raises(SystemExit, match=why) as ended:
        application(**given)

    assert str(ended.value).startswith("Sigillo elettronico: ")
    assert "\n" not in str(ended.value)
