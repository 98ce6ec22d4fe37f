# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a badge is what an independent verifier of Open Badges 3.0 accepts, byte by byte.

openbadgeslib shares no code with the application: it reads the credential, holds
it against the published key and judges its structure and its claims.
"""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.credential import IdentityObject
from openbadgeslib.ob3.verifier import OB3VerificationError

from app import badges, create_app
from app.domain.attendance import hours_text
from config import TestConfig
from tests.documents.certificate_specimens import (
    BARE,
    CERTIFICATE,
    FULL,
    TEACHING,
    TUTORING,
    WITH_ASSESSMENT,
)

ISSUED_AT = datetime(2015, 5, 12, 9, 30, tzinfo=UTC)
EMAIL = "lucia.fontebella@gubbio.example"


@pytest.fixture(scope="module", autouse=True)
def context():
    with create_app(TestConfig).app_context():
        yield


def badge(content=CERTIFICATE, email=EMAIL):
    return badges.credential(content, badges.issuer(3, content.issuing_body), ISSUED_AT, email)


def verified(token):
    return OB3Verifier(jwt.PyJWK(badges.key_set()["keys"][0]).key).verify(token)


def part(token, place):
    segment = token.split(".")[place]
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def with_payload(token, payload):
    head, _old, signature = token.split(".")
    return f"{head}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize("content", [CERTIFICATE, FULL, BARE, WITH_ASSESSMENT, TEACHING, TUTORING])
def test_an_independent_verifier_accepts_the_badge(content):
    found = verified(badge(content))

    assert found.id == content.verification_url
    assert found.issuer.name == content.issuing_body
    assert found.achievement.name == content.course_title
    assert content.course_title in found.achievement.criteria_narrative
    assert found.issuance_date == ISSUED_AT
    assert found.results[0].value == hours_text(content.counted_minutes)


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("Lucia", "Lucja"),
        ("12 h 30 min", "13 h 30 min"),
        ("16 h", "46 h"),
        ("Comune di Perugia", "Comune di Perugja"),
        ("2015-05-12", "2014-05-12"),
        ('"value":"78"', '"value":"98"'),
    ],
)
def test_one_byte_changed_is_refused(said, changed):
    payload = part(badge(), 1)
    assert said.encode() in payload

    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        verified(with_payload(badge(), payload.replace(said.encode(), changed.encode())))


def test_a_stranger_who_signs_a_badge_anew_is_refused():
    stranger = rsa.generate_private_key(65537, 2048)
    token = badges.sign(json.loads(part(badge(), 1)), stranger)

    assert OB3Verifier(stranger.public_key()).verify(token)  # a whole badge, of somebody else
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        verified(token)


@pytest.mark.parametrize("missing", ["issuer", "credentialSubject", "iss", "sub", "jti", "nbf"])
def test_the_verifier_would_miss_what_the_standard_requires(missing):
    payload = json.loads(part(badge(), 1))
    del payload[missing]
    token = badges.sign(payload, badges._loaded(None))

    with pytest.raises(OB3VerificationError):
        verified(token)


def test_the_header_has_the_published_key_and_nothing_private():
    header = json.loads(part(badge(), 0))
    body = badges.issuer(3, CERTIFICATE.issuing_body)
    document = badges.issuer_document(body)
    published = document["verificationMethod"][0]

    assert header.keys() == {"alg", "typ", "jwk"}
    assert header["jwk"].keys() == {"kty", "n", "e"}
    assert header["jwk"].items() <= published["publicKeyJwk"].items()
    assert published["publicKeyJwk"] == badges.key_set()["keys"][0]
    assert published["publicKeyJwk"].keys() == {"kty", "n", "e", "kid", "alg", "use"}
    assert document["assertionMethod"] == [published["id"]]
    assert document["id"] == published["controller"] == json.loads(part(badge(), 1))["iss"]
    assert jwt.PyJWK(published["publicKeyJwk"]).key_id == published["id"].partition("#")[2]


def test_the_badge_says_of_its_holder_only_the_name():
    said = part(badge(), 1).decode()

    assert "Lucia Fontebella" in said
    for kept_back in (
        EMAIL, CERTIFICATE.tax_code, CERTIFICATE.home_body, CERTIFICATE.birth_place, "1978",
    ):  # fmt: skip
        assert kept_back not in said


def test_the_address_can_be_confirmed_by_who_knows_it():
    name, address = verified(badge(email="  Lucia.Fontebella@Gubbio.example ")).identifiers

    assert (name.hashed, name.identity_hash) == (False, "Lucia Fontebella")
    assert address == IdentityObject.create(EMAIL, address.salt)
    assert address != IdentityObject.create("ada.fo@gubbio.example", address.salt)
    assert [one.identity_type for one in verified(badge(email=None)).identifiers] == ["name"]


def test_equal_certificates_give_equal_badges_and_one_achievement():
    other = replace(CERTIFICATE, given_name="Ada", verification_url="https://forpa.example/v/B")

    assert badge() == badge()
    achievement = verified(badge()).achievement
    assert verified(badge(other)).achievement == achievement
    edition = replace(CERTIFICATE, edition_code="C02-02")
    assert verified(badge(edition)).achievement.id != achievement.id
    assert verified(badge(TEACHING)).achievement.id != verified(badge(TUTORING)).achievement.id


def test_hours_of_teaching_have_no_share():
    assert [one.name for one in verified(badge(TEACHING)).achievement.result_descriptions] == [
        "Ore di docenza"
    ]
    assert badges.offered(TEACHING)
    assert not badges.offered(replace(CERTIFICATE, kind="declaration"))


def test_all_who_start_together_share_one_key_that_only_the_owner_reads(tmp_path):
    path = tmp_path / "new" / "badge_key"
    with ThreadPoolExecutor(3) as starting:
        keys = list(starting.map(badges._loaded.__wrapped__, [path] * 3))

    assert len({badges.public_jwk(key)["kid"] for key in keys}) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["badge_key"]


@pytest.mark.parametrize("fault", ["other key", "no key"])
def test_a_key_that_cannot_be_used_is_said_in_one_line(tmp_path, fault):
    path = tmp_path / "badge_key"
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(other if fault == "other key" else b"torn")

    with pytest.raises(SystemExit, match=r"Open Badge: chiave .*badge_key non utilizzabile"):
        create_app(type("Broken", (TestConfig,), {"BADGE_KEY_FILE": path}))
