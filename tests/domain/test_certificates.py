# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers, codes and holders of certificates."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.certificates import (
    CertificateState,
    check_transition,
    codes_between,
    format_code,
    is_holder,
    masked_holder,
    new_code,
    normalise_code,
    number_text,
    parse_number,
)
from app.domain.errors import RuleViolation

S = CertificateState
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

ALLOWED = {
    (S.ISSUED, S.UNDER_REVIEW),
    (S.ISSUED, S.REVOKED),
    (S.ISSUED, S.REPLACED),
    (S.UNDER_REVIEW, S.ISSUED),
    (S.UNDER_REVIEW, S.REVOKED),
    (S.UNDER_REVIEW, S.REPLACED),
}


@pytest.mark.parametrize(("current", "target"), list(product(S, S)))
def test_every_passage_is_allowed_or_refused(
    current: CertificateState, target: CertificateState
) -> None:
    if (current, target) in ALLOWED:
        check_transition(current, target)
    else:
        with pytest.raises(RuleViolation, match="ricaricare la pagina"):
            check_transition(current, target)


def test_the_number_in_the_repertory() -> None:
    assert number_text(12, 2015) == "12/2015"


def test_codes_are_long_and_never_the_same() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(normalise_code(code) == code and len(code) == 32 for code in codes)


def test_of_a_million_codes_none_comes_twice() -> None:
    """Not even of their first halves, which are typed beside a number."""
    assert len({new_code()[:16] for _ in range(1_000_000)}) == 1_000_000


def test_every_character_of_a_code_is_as_likely_as_another() -> None:
    """Chi square over 31 degrees of freedom; 120 is passed once in 10^12 honest runs."""
    counts = Counter("".join(new_code() for _ in range(100_000)))
    expected = 100_000 * 32 / 32
    assert len(counts) == 32
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 120


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12/2015", (12, 2015)),
        (" 12 / 2015 ", (12, 2015)),
        ("n. 12/2015", (12, 2015)),
        ("N.12/2015", (12, 2015)),
        ("n° 12/2015", (12, 2015)),
        ("nº12/2015", (12, 2015)),
        ("Nr. 12/2015", (12, 2015)),
        ("numero 12/2015", (12, 2015)),
        ("Attestato n. 12/2015", (12, 2015)),
        ("0012/2015", (12, 2015)),
        *((text, None) for text in ("", "12", "12/15", "/2015", "12-2015", "12/2015/3", "x/2015")),
        ("१२/२०१५", None),
        ("9" * 30 + "/2015", None),
    ],
)
def test_a_number_as_people_type_it(typed: str, number: tuple[int, int] | None) -> None:
    assert parse_number(typed) == number


def test_beside_a_number_half_a_code_stands_for_all_that_begin_so() -> None:
    start = CODE[:16]
    first, last = codes_between(format_code(start).lower(), numbered=True) or ("", "")
    assert (first, last) == (start + "2" * 16, start + "Z" * 16)
    assert first <= CODE <= last
    assert codes_between(CODE, numbered=True) == (CODE, CODE)
    assert codes_between(CODE, numbered=False) == (CODE, CODE)


@pytest.mark.parametrize(
    ("typed", "numbered"),
    [("", True), (CODE[:15], True), (CODE + "A", True), (CODE[:16], False), (CODE[:31], False)],
)
def test_less_is_no_code(typed: str, numbered: bool) -> None:
    assert codes_between(typed, numbered=numbered) is None


def test_a_code_is_printed_in_groups_of_four() -> None:
    assert format_code(CODE) == "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        format_code(CODE),
        f"  {format_code(CODE).replace('-', ' – ')}\n",
        CODE.replace("O", "0").replace("I", "1"),
    ],
)
def test_a_code_as_people_type_it(typed: str) -> None:
    assert normalise_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "-", CODE[:-1], CODE + "A", CODE[:-1] + "8", CODE[:-1] + "!", CODE[:-1] + "È"]
)
def test_what_cannot_be_a_code(typed: str) -> None:
    assert normalise_code(typed) is None


@given(st.text(max_size=60))
def test_normalising_a_code_twice_changes_nothing(typed: str) -> None:
    code = normalise_code(typed)
    assert code is None or normalise_code(format_code(code)) == code


@pytest.mark.parametrize(
    ("given_name", "family_name", "masked"),
    [
        ("Lucia", "Fontebella", "L••••• F•••••••••"),
        ("Ada", "Fo", "A••••• F•••••••••"),
        (" e\u0301lodie", "d'Ombrasecca", "É••••• D•••••••••"),
        ("", "Fo", "F•••••••••"),
        ("Ada", " ", "A•••••"),
    ],
)
def test_the_public_reads_initials_only(given_name: str, family_name: str, masked: str) -> None:
    assert masked_holder(given_name, family_name) == masked


@pytest.mark.parametrize(
    "typed",
    [
        "Maria Teresa D'Ombrasecca",
        "d’ombrasecca MARIA  TERESA",
        "mariateresa dombrasecca",
        "D Ombrasecca Maria Teresa",
        "Teresa Maria D'Ombrasecca",
    ],
)
def test_the_holder_is_recognised(typed: str) -> None:
    assert is_holder(typed, "Maria Teresa", "D'Ombrasecca")


@pytest.mark.parametrize("typed", ["", "Maria", "D'Ombrasecca", "Maria Teresa Ombrasecca"])
def test_half_a_name_is_nobody(typed: str) -> None:
    assert not is_holder(typed, "Maria Teresa", "D'Ombrasecca")


def test_accents_are_not_needed_and_nameless_holders_are_never_met() -> None:
    assert is_holder("Noe' Roccalta", "Noè", "Roccalta")
    assert not is_holder("", "", "")
    assert not is_holder("x", "", " ")
