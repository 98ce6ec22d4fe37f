# SPDX-License-Identifier: AGPL-3.0-or-later
"""Completing what a certificate must state about somebody."""

import pytest

from tests.ledger import ask, checksum, one
from tests.pages import form, main

VALID = "FNTLCU78C52G478B"


@pytest.fixture
def person(app, world):
    """Somebody enrolled in an edition of the first body."""
    return _person_of(app, world.a.enrolment_ids[0])


def _person_of(app, enrolment: int) -> int:
    return one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=enrolment)


@pytest.fixture
def url(person):
    return f"/people/{person}/edit"


@pytest.fixture
def save(visit, url):
    """save(field=value) sends the organiser's form with these fields changed."""
    organiser = visit("organiser_alfa")

    def send(**changes: str):
        return organiser.client.post(url, data={**form(organiser.get(url), ""), **changes})

    send.visitor = organiser
    return send


def test_data_are_completed_and_the_trail_tells_which_not_what(app, save, person):
    answer = save(birth_place="Assisi (PG)", tax_code=" fntlcu78c52g478b ", birth_date="1978-03-12")
    assert answer.status_code == 302
    row = ask(
        app,
        "SELECT birth_place, tax_code FROM person WHERE id = :id",
        id=person,
    )
    assert row == [("Assisi (PG)", VALID)]
    details = one(app, "SELECT details FROM audit_event WHERE action = 'person.corrected'")
    assert "birth_place" in details
    assert "Assisi" not in details
    assert VALID not in details


def test_saving_without_a_change_writes_nothing(app, save):
    save(tax_code=VALID)
    answer = save()
    assert "Non è cambiato nulla." in main(save.visitor.get(answer.headers["Location"]))
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'person.corrected'") == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("given_name", "", "Scrivere il nome."),
        ("family_name", "x" * 81, "Al massimo 80 caratteri."),
        ("birth_date", "2015-05-14", "Una data di nascita nel passato."),
        ("birth_date", "1890-01-01", "Una data di nascita nel passato."),
        ("birth_date", "ieri", "non è una data"),
        ("tax_code", "TROPPO CORTO", "16"),
        ("tax_code", "FNTLCU78C52G478C", "ultimo carattere"),
        ("birth_place", "y" * 121, "Al massimo 120 caratteri."),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(app, save, field, value, sentence):
    before = checksum(app)
    answer = save(**{"birth_place": "Spello", field: value})
    assert answer.status_code == 422
    assert sentence in main(answer)
    if field != "birth_place":
        assert form(answer, "")["birth_place"] == "Spello"
    assert checksum(app) == before


def test_a_tax_code_of_somebody_else_is_refused(app, save, world):
    assert save(tax_code=VALID).status_code == 302
    other = f"/people/{_person_of(app, world.a.enrolment_ids[1])}/edit"
    drawn = form(save.visitor.get(other), "")
    answer = save.visitor.client.post(other, data={**drawn, "tax_code": VALID})
    assert answer.status_code == 422
    assert "è già di un'altra persona" in main(answer)


def test_another_body_s_person_is_not_there(app, visit, world, url):
    other = f"/people/{_person_of(app, world.b.enrolment_ids[0])}/edit"
    assert visit("organiser_alfa").get(other).status_code == 404
    assert visit("representative_alfa").get(url).status_code == 200
    assert visit("representative_beta").get(url).status_code == 404
