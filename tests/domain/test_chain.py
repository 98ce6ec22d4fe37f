# SPDX-License-Identifier: AGPL-3.0-or-later
"""Canonical form and chain of hashes."""

import hashlib
import hmac
import json
import unicodedata
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import GENESIS, canonical, first_broken, link, moment_text, seal
from app.domain.timetable import ROME


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        ("Città «di» Castello", '"Città «di» Castello"'),
        ("Citta\u0300", '"Citt\u00e0"'),
        (Colour.RED, '"red"'),
        ({"b": [1, "x", None], "a": {}}, '{"a":{},"b":[1,"x",null]}'),
        ({"Citta\u0300": 1}, '{"Citt\u00e0":1}'),
        (datetime(2014, 11, 6, 9, tzinfo=ROME), '"2014-11-06T08:00:00Z"'),
        (datetime(2014, 11, 6, 8, 0, 0, 5, tzinfo=UTC), '"2014-11-06T08:00:00.000005Z"'),
        ('a"\n', '"a\\"\\n"'),
    ],
)
def test_one_byte_string_per_value(value: object, written: str) -> None:
    assert canonical(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        b"bytes",
        (1, 2),
        {1, 2},
        date(2014, 11, 6),
        {1: "a"},
        [{"a": 0.5}],
        datetime(2014, 11, 6),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_values_without_a_canonical_form(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_two_keys_that_are_one_in_nfc() -> None:
    with pytest.raises(ValueError, match="key written twice"):
        canonical({"\u00e0": 1, "a\u0300": 2})


def test_a_moment_without_a_zone_has_no_text() -> None:
    with pytest.raises(TypeError):
        moment_text(datetime(2014, 11, 6))  # noqa: DTZ001 - naive on purpose


def test_a_link_is_the_hash_of_the_previous_and_the_value() -> None:
    plain = b"0" * 64 + b'\n{"a":1}'
    assert link(GENESIS, {"a": 1}) == hashlib.sha256(plain).hexdigest()


@pytest.mark.parametrize("previous", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_a_link_wants_a_hash_before_it(previous: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        link(previous, 1)


def rows_of(values: list[object]) -> list[tuple[int, object, str, str]]:
    rows, head = [], GENESIS
    for number, value in enumerate(values, start=1):
        own = link(head, value)
        rows.append((number, value, head, own))
        head = own
    return rows


def test_an_empty_chain_holds() -> None:
    assert first_broken([]) is None


@pytest.mark.parametrize("wrong", ["other", 0.5, datetime(2014, 11, 6)])  # noqa: DTZ001
def test_a_changed_value_is_found(wrong: object) -> None:
    rows = rows_of(["a", "b", "c"])
    rows[1] = (2, wrong, *rows[1][2:])
    assert first_broken(rows) == 2


def test_a_row_taken_out_or_put_elsewhere_is_found() -> None:
    rows = rows_of(["a", "b", "c"])
    assert first_broken(rows[1:]) == 2
    assert first_broken([rows[0], rows[2]]) == 3
    assert first_broken([rows[1], rows[0], rows[2]]) == 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=5))
def test_a_chain_as_written_holds(values: list[object]) -> None:
    assert first_broken(rows_of(values)) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.data())
def test_a_flipped_bit_of_a_hash_is_found(values: list[str], data: st.DataObject) -> None:
    rows = rows_of(list(values))
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([2, 3]))
    digit = data.draw(st.integers(0, 63))
    number, value, *hashes = rows[place]
    old = hashes[column - 2]
    new = f"{int(old[digit], 16) ^ 1:x}"
    hashes[column - 2] = old[:digit] + new + old[digit + 1 :]
    rows[place] = (number, value, hashes[0], hashes[1])
    assert first_broken(rows) == number


@given(VALUES)
def test_the_order_of_keys_does_not_matter(value: object) -> None:
    first = canonical({"a": value, "b": 1})
    assert first == canonical({"b": 1, "a": value})


def plainly(value: object) -> object:
    """The canonical form as its rule says it, with no thought of speed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, list):
        return [plainly(item) for item in value]
    if isinstance(value, dict):
        return {plainly(key): plainly(item) for key, item in value.items()}
    return value


MOMENTS = st.datetimes(timezones=st.just(UTC))
# Accents alone and joined, Hangul, characters beyond the first plane, and enumerations.
WORDS = st.text() | st.text("aeà\u0300\u0301\u1100\u1161q") | st.sampled_from(Colour)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | MOMENTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS.map(lambda key: plainly(str(key))), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(ANYTHING)
def test_the_quick_form_is_byte_for_byte_the_plain_one(value: object) -> None:
    plain = json.dumps(plainly(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert canonical(value) == plain.encode()


def test_the_seal_is_an_hmac_of_the_hash() -> None:
    assert seal(b"key", GENESIS) == hmac.new(b"key", GENESIS.encode(), "sha256").hexdigest()
    assert seal(b"other", GENESIS) != seal(b"key", GENESIS)
