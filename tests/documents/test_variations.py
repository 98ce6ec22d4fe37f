# SPDX-License-Identifier: AGPL-3.0-or-later
"""The variations on paper: every one of them, whole, on as many pages as it takes."""

from dataclasses import replace

from app.documents.variations import render_variations
from tests.documents.reading import pages, spoken
from tests.documents.variation_specimens import VARIATIONS, variation


def test_each_variation_says_what_was_and_is_why_and_by_whom() -> None:
    text = " ".join(spoken(render_variations(VARIATIONS)).split())
    assert "3 variazioni." in text
    for words in ("Lezione 1", "04/02/2015, 09:00–13:00", "11/02/2015", "non si tiene",
                  "Neve: sede non raggiungibile", "una persona avvisata", "19 persone avvisate"):  # fmt: skip
        assert words in text
    assert "Sede chiusa per neve. " * 12 in text.replace("  ", " ")


def test_two_hundred_variations_go_on_over_the_pages() -> None:
    many = replace(VARIATIONS, entries=tuple(variation(n) for n in range(1, 201)))
    found = pages(render_variations(many))
    assert len(found) > 4
    assert all("Variazioni di calendario" in page for page in found)
    assert "Lezione 200" in found[-1]


def test_an_edition_without_variations_says_so() -> None:
    text = spoken(render_variations(replace(VARIATIONS, entries=())))
    assert "Nessuna variazione." in text
    assert "Una variazione." in spoken(
        render_variations(replace(VARIATIONS, entries=(variation(1),)))
    )
