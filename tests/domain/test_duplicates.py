# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which two records are worth a look, and which are not."""

import unicodedata
from datetime import date

import pytest

from app.domain.duplicates import CERTAIN, Sketch, likeness

BORN = date(1973, 12, 25)
CODE = "PNTNDR73T25L188Y"
TODI, TERNI = frozenset({1}), frozenset({2})


def andrea(**more) -> Sketch:
    return Sketch(**{"given": "Andrea", "family": "Pontesasso", **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (andrea(bodies=TODI), andrea(bodies=TODI)),
        (andrea(birth_date=BORN), andrea(birth_date=BORN)),
        (andrea(bodies=TODI), Sketch("Pontesasso", "Andrea", bodies=TODI)),
        (andrea(bodies=TODI), Sketch("ANDREA", "pontesasso", bodies=TODI)),
        (Sketch("Nicolò", "D'Angelo", bodies=TODI), Sketch("Nicolo'", "Dangelo", bodies=TODI)),
        (
            Sketch("Noè", "Roccalta", bodies=TODI),
            Sketch(unicodedata.normalize("NFD", "Noè"), "Roccalta", bodies=TODI),
        ),
        (Sketch("Rosa", "Conti-Rossi", bodies=TODI), Sketch("Rosa", "Conti Rossi", bodies=TODI)),
        (Sketch("Ђорђе", "Петровић", bodies=TODI), Sketch("ЂОРЂЕ", "ПЕТРОВИЋ", bodies=TODI)),
        (andrea(email="A@todi.example"), Sketch("A.", "P.", email="a@todi.example")),
        (andrea(tax_code="FNTLCU78C52G478B"), Sketch("X", "Y", tax_code="FNTLCU78C52G47UY")),
        (andrea(bodies=TODI), andrea(bodies=TERNI, incomplete=True)),
    ],
)
def test_pairs_worth_a_look_are_proposed_from_either_side(one, other):
    found = likeness(one, other)
    assert found.proposed
    assert found == likeness(other, one)
    assert found.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (andrea(bodies=TODI), andrea(bodies=TERNI)),
        (andrea(bodies=TODI, birth_date=BORN), andrea(bodies=TODI, birth_date=date(1981, 9, 23))),
        (andrea(bodies=TODI, tax_code=CODE), andrea(bodies=TODI, tax_code="FNTLCU78C52G478B")),
        (andrea(bodies=TODI), Sketch("Andreina", "Pontesasso", bodies=TODI)),
        (Sketch("'", "-"), Sketch("'", "-")),
        (Sketch("A", "B"), Sketch("C", "D")),
    ],
)
def test_homonyms_and_strangers_are_not_proposed(one, other):
    assert not likeness(one, other).proposed


def test_one_name_in_two_bodies_is_no_reason_by_itself_and_a_temporary_code_says_nothing():
    assert likeness(andrea(), andrea()).score < 3
    one = andrea(bodies=TODI, tax_code="12345678903")
    assert likeness(one, andrea(bodies=TODI, tax_code=CODE)).proposed


def test_the_reason_says_what_is_the_same():
    found = likeness(andrea(bodies=TODI), Sketch("Pontesasso", "Andrea", bodies=TODI))
    assert [str(reason) for reason in found.reasons] == [
        "Stesso nome, con nome e cognome scambiati",
        "Stesso ente",
    ]
    assert likeness(andrea(tax_code=CODE), andrea(tax_code=CODE.lower())).score >= CERTAIN
