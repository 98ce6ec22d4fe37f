# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names as a search looks for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.people import check_name, name_key, search_key, split_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Fontebella", "fontebella"),
        ("Noè", "noe"),
        ("Noe\u0300", "noe"),
        ("Nicolo'", "nicolo"),
        ("D'Ombrasecca", "dombrasecca"),
        ("D’Ombrasecca", "dombrasecca"),
        ("D´Ombrasecca", "dombrasecca"),
        ("  Maria   Teresa ", "maria teresa"),
        ("Anna-Maria", "anna maria"),
        ("Anna‑Maria – Rossi", "anna maria rossi"),
        ("Đorđe", "dorde"),
        ("Søren", "soren"),
        ("Łukasz", "lukasz"),
        ("Weiß", "weiss"),
        ("WEISS", "weiss"),
        ("Æsir Œuvre Þór", "aesir oeuvre thor"),
        ("Işıl İnci", "isil inci"),
        ("Nguyễn", "nguyen"),
        ("ﬁore", "fiore"),
        ("\u0149a", "na"),
        ("Мария", "мария"),
        ("", ""),
    ],
)
def test_search_key(name: str, key: str) -> None:
    assert search_key(name) == key


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(name: str) -> None:
    key = search_key(name)
    assert search_key(key) == key
    assert key == key.strip()


@pytest.mark.parametrize(
    ("line", "given", "family"),
    [
        ("Marta Collechiaro", "Marta", "Collechiaro"),
        ("  Maria Teresa   D'Ombrasecca ", "Maria Teresa", "D'Ombrasecca"),
        ("Rosa De Luca", "Rosa", "De Luca"),
        ("Pia della Rovere", "Pia", "della Rovere"),
        ("De Luca, Rosa", "Rosa", "De Luca"),
        ("La Rosa", "La", "Rosa"),
        ("Ђорђе Петровић", "Ђорђе", "Петровић"),
        ("李 小龙", "李", "小龙"),
    ],
)
def test_a_line_at_the_door_is_a_given_and_a_family_name(line, given, family):
    assert split_name(line) == (given, family)


@pytest.mark.parametrize(
    "line", ["", "Marta", ",", "Marta,", ", Marta", "12 34", "Marta \u202eorailoC", "' -"]
)
def test_a_line_that_is_no_name_is_refused(line):
    with pytest.raises(RuleViolation):
        split_name(line)


@pytest.mark.parametrize("name", ["O'Neill", "Đặng", "محمد", "李", "Ibrahim", "ﬁ", "x" * 80])
def test_names_of_any_alphabet_are_names(name):
    check_name(name)


@pytest.mark.parametrize("name", ["", "-", "123", "😀", "\u200b", "a\u202eb", "\u2066a"])
def test_what_has_no_letter_or_turns_the_text_is_no_name(name):
    with pytest.raises(RuleViolation):
        check_name(name)


def test_two_writings_of_one_name_have_one_key():
    key = name_key("Nicolò", "D'Angelo")
    assert key
    for name in (("nicolo'", "DANGELO"), ("D’Angelo", "Nicolo\u0300")):
        assert name_key(*name) == key
    assert name_key("Nicola", "D'Angelo") != key
    assert name_key("'", "-") == ""
