# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names as a search looks for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people import search_key


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
