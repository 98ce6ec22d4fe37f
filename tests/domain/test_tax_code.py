# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codice fiscale, with an independent library as second opinion."""

import json
import string
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from codicefiscale import codicefiscale
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.tax_code import (
    agrees,
    check,
    comparable,
    differences,
    expected_code,
    normalise,
    without_omocodia,
)

VECTORS = json.loads(
    Path(__file__).with_name("codice_fiscale_vectors.json").read_text(encoding="utf-8")
)
PEOPLE: list[dict[str, Any]] = VECTORS["valid"]
LUCIA = "FNTLCU78C52G478B"
OMOCODIA: list[str] = VECTORS["omocodia"]["variants"]


def person_of(vector: dict[str, Any]) -> dict[str, Any]:
    day, month, year = (int(part) for part in vector["birthdate"].split("/"))
    return {
        "family": vector["lastname"],
        "given": vector["firstname"],
        "sex": vector["sex"],
        "birth_date": date(year, month, day),
        "belfiore": vector["cf"][11:15],
    }


@pytest.mark.parametrize("vector", PEOPLE, ids=lambda v: v["cf"])
def test_codes_of_invented_people(vector: dict[str, Any]) -> None:
    code, person = vector["cf"], person_of(vector)
    check(code)
    assert expected_code(**person) == code
    assert without_omocodia(code) == code
    assert agrees(code, **person)
    assert codicefiscale.is_valid(code)


@pytest.mark.parametrize("code", OMOCODIA)
def test_omocodia_is_accepted_and_undone(code: str) -> None:
    check(code)
    assert without_omocodia(code) == LUCIA
    assert agrees(code, **person_of(PEOPLE[0]))


@pytest.mark.parametrize("code", [LUCIA, f" {LUCIA.lower()} ", "FNT LCU 78C52 G478B"])
def test_case_and_spaces_do_not_matter(code: str) -> None:
    assert normalise(code) == LUCIA
    check(code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("FNTLCU78C52G478", "qui sono 15"),
        ("", "qui sono 0"),
        ("FNTLCU78C52G478BB", "qui sono 17"),
        ("FNTLCU78C5A", "qui sono 11"),
        ("FNTLCU78C52G4781", "ordine impossibile"),
        ("FNTLCU78F52G478B", "ordine impossibile"),
        ("FNTLCÙ78C52G478B", "ordine impossibile"),
        ("FNTLCU٧٨C52G478B", "ordine impossibile"),
        ("AAAAAA00A00A000A", "La data di nascita"),
        ("FNTLCU78C32G478B", "La data di nascita"),
        ("FNTLCU78C40G478B", "La data di nascita"),
        ("FNTLCU78C72G478B", "La data di nascita"),
        ("FNTLCU78C81G478B", "La data di nascita"),
        ("FNTLCU79B69G478B", "La data di nascita"),
        ("FNTLCU78B70G478B", "La data di nascita"),
        ("FNTLCU78C52G478C", "ultimo carattere"),
        ("FNTLZU78C52G478B", "ultimo carattere"),
    ],
)
def test_what_is_wrong_is_said(code: str, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check(code)


@pytest.mark.parametrize("code", ["12345678903", "00743110157"])
def test_temporary_codes_have_eleven_digits(code: str) -> None:
    check(code)
    assert without_omocodia(code) == code
    assert agrees(code, **person_of(PEOPLE[0]))


@pytest.mark.parametrize("code", ["12345678901", "00000000000"])
def test_temporary_codes_have_a_check_digit(code: str) -> None:
    with pytest.raises(RuleViolation, match="provvisorio"):
        check(code)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"sex": None, "birth_date": None, "belfiore": None}, True),
        ({"belfiore": "g478"}, True),
        ({"family": "Selvapiana"}, False),
        ({"given": "Luca Maria"}, False),
        ({"sex": "M"}, False),
        ({"birth_date": date(1978, 3, 13)}, False),
        ({"birth_date": date(1978, 4, 12)}, False),
        ({"birth_date": date(1979, 3, 12)}, False),
        ({"belfiore": "L117"}, False),
    ],
)
def test_agreement_with_the_person(change: dict[str, Any], expected: bool) -> None:
    assert agrees(LUCIA, **(person_of(PEOPLE[0]) | change)) is expected


def test_the_code_knows_two_sexes() -> None:
    with pytest.raises(ValueError, match="M or F"):
        expected_code(**(person_of(PEOPLE[0]) | {"sex": "X"}))


NAMES = st.text(string.ascii_letters + "àèéìòù' ", min_size=1, max_size=15).filter(
    lambda name: any(c.isalpha() for c in name)
)


@given(
    NAMES,
    NAMES,
    st.sampled_from("MF"),
    st.dates(date(1930, 1, 1), date(2010, 12, 31)),
)
def test_the_library_computes_the_same_code(
    family: str, given_name: str, sex: str, birth_date: date
) -> None:
    ours = expected_code(family, given_name, sex, birth_date, "G478")
    when = datetime(birth_date.year, birth_date.month, birth_date.day)  # noqa: DTZ001 - its type
    assert ours == codicefiscale.encode(family, given_name, sex, when, "Perugia")
    check(ours)


@given(st.integers(0, 15), st.sampled_from(string.ascii_uppercase + string.digits))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    wrong = LUCIA[:place] + character + LUCIA[place + 1 :]
    if wrong != LUCIA:
        with pytest.raises(RuleViolation):
            check(wrong)


def test_what_the_code_contradicts_is_named():
    known = {"family": "Fontebella", "given": "Lucia", "sex": "F",
             "birth_date": date(1978, 3, 12), "belfiore": "G478"}  # fmt: skip
    omocode = "FNTLCU78C52G47UY"
    assert differences(omocode, **known) == []
    for name, value, word in (
        ("family", "Montepiano", "cognome"),
        ("given", "Davide", "nome"),
        ("sex", "M", "sesso"),
        ("birth_date", date(1978, 3, 13), "data di nascita"),
        ("belfiore", "L117", "luogo di nascita"),
    ):
        found = differences(omocode, **{**known, name: value})
        assert [str(part) for part in found] == [word]
    assert differences(omocode, family="Fontebella", given="Lucia") == []


def test_two_writings_of_a_code_are_compared_as_one():
    assert comparable(" fntlcu78c52g47uy ") == "FNTLCU78C52G478B"
    assert comparable("12345678903") == "12345678903"
    assert comparable("TEST000000000001") == "TEST000000000001"
    assert comparable(None) == comparable("") == ""
