# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering people, where they work over time, and who may see and keep what."""

import pytest

from tests import world as worlds
from tests.ledger import arranging, ask, do, one
from tests.pages import form, main, pairs, table

NEW = {
    "given_name": "Noè",
    "family_name": "Roccalta",
    "work_email": "Noe.Roccalta@alfa.example",
    "office": "Anagrafe",
    "job_title": "Istruttore",
    "service_area": "registry",
    "group": "official",
    "policy_office": "",
    "starts_on": "2015-01-01",
}
VALID = "FNTLCU78C52G478B"


def written(app) -> list[tuple]:
    """How much there is of what these pages write."""
    return ask(
        app,
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM affiliation),"
        " (SELECT count(*) FROM enrolment), (SELECT count(*) FROM attendance_entry)",
    )


@pytest.fixture
def register(visit, world):
    """register("coordinator", field=value) sends the form of somebody new, for Alfa's body."""

    def send(who: str, **changes: str):
        visitor = visit(who)
        sent = {
            **form(visitor.get("/people/new"), ""),
            **NEW,
            "body": str(world.a.home_id),
            **changes,
        }
        return visitor.client.post("/people/new", data=sent)

    return send


def affiliation_of(app, person_id: int) -> int:
    return one(app, "SELECT max(id) FROM affiliation WHERE person_id = :id", id=person_id)


@pytest.mark.parametrize("who", ["coordinator", "organiser_alfa", "representative_alfa"])
def test_somebody_new_is_registered_with_her_office(app, visit, register, world, who):
    answer = register(who)
    assert answer.status_code == 302, main(answer)
    page = visit(who).get(answer.headers["Location"])
    assert "Noè Roccalta" in main(page)
    assert "Anagrafe" in main(page)
    row = ask(
        app,
        "SELECT p.work_email, a.organisation_id, a.service_area, a.target_group, p.tax_code"
        " FROM person p JOIN affiliation a ON a.person_id = p.id WHERE p.family_name = 'Roccalta'",
    )
    assert row == [("noe.roccalta@alfa.example", world.a.home_id, "registry", "official", None)]
    actions = ask(
        app, "SELECT action FROM audit_event WHERE action LIKE 'person.%' ORDER BY sequence DESC"
    )
    assert actions == [("person.affiliated",), ("person.created",)]


def test_a_representative_registers_for_her_own_body_alone(app, register, world):
    before = written(app)
    answer = register("representative_alfa", body=str(world.b.home_id))
    assert answer.status_code == 422
    assert "Beta" not in main(answer)
    assert written(app) == before


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("given_name", "", "Scrivere il nome."),
        ("given_name", "\u00a0 \u2003", "con le sue lettere"),
        ("given_name", "123", "con le sue lettere"),
        ("family_name", "Roc\u202ecalta", "segni invisibili"),
        ("family_name", "x" * 81, "Al massimo 80 caratteri."),
        ("family_name", "a\x00b", "caratteri non ammessi"),
        ("work_email", "non un indirizzo", "Non è un indirizzo"),
        ("work_email", "a@b.example\nBcc: c@d.example", "Non è un indirizzo"),
        ("work_email", "a" * 255 + "@b.example", "Al massimo 254 caratteri."),
        ("policy_office", "sindaco", "Una carica va con"),
        ("starts_on", "2015-05-15", "futuro"),
        ("starts_on", "0001-01-01", "troppo lontano"),
        ("starts_on", "ieri", "non è una data"),
        ("starts_on", "", "primo giorno"),
        ("office", "y" * 121, "Al massimo 120 caratteri."),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(app, register, field, value, says):
    before = written(app)
    answer = register("coordinator", **{field: value})
    assert answer.status_code == 422
    assert says in main(answer)
    assert written(app) == before


@pytest.mark.parametrize(
    "name",
    [
        "D'Angelo", "Dell’Acqua", "İbrahim ſß ﬁ", "李小龙", "محمد", "Ελένη", "<b>x</b>", "x{{7*7}}", "%s %n {0.__class__}",
        "-- ' OR 1=1", "../../etc/passwd", "]]></para>", "null", "a" + "\u0301" * 79, "ﷺ" * 80, "x" * 80, "a\u200db",
    ],
)  # fmt: skip
def test_any_name_of_people_is_kept_as_it_is_written(app, visit, register, name):
    answer = register("coordinator", family_name=name, given_name=name)
    assert answer.status_code == 302, main(answer)
    page = visit("coordinator").get(answer.headers["Location"])
    assert page.status_code == 200
    assert "<b>x" not in page.text
    assert visit("coordinator").get("/people", query_string={"q": name}).status_code == 200


def test_whoever_is_known_with_that_name_is_shown_first(app, visit, register):
    assert register("coordinator").status_code == 302
    again = register("coordinator", given_name="NOE'", work_email="")
    assert again.status_code == 422
    assert "C’è già chi si chiama così" in main(again)
    assert "Roccalta Noè" in main(again)
    sure = register("coordinator", given_name="NOE'", work_email="", another="y")
    assert sure.status_code == 302
    assert one(app, "SELECT count(*) FROM person WHERE family_name = 'Roccalta'") == 2


def test_a_namesake_of_another_body_is_not_betrayed(app, register, world):
    """Todi's Noè is nobody to Foligno: no warning, no name, no address."""
    assert register("coordinator", body=str(world.b.home_id)).status_code == 302
    answer = register("representative_alfa", work_email="")
    assert answer.status_code == 302
    assert one(app, "SELECT count(*) FROM person WHERE family_name = 'Roccalta'") == 2
    taken = register("representative_alfa", given_name="Ada", another="y")
    assert taken.status_code == 422
    assert "Questo indirizzo e-mail è già di un'altra persona." in main(taken)
    for word in ("Beta", "Noè"):
        assert word not in main(taken)


def test_representatives_see_neither_birth_nor_tax_code(app, visit, world):
    visitor = visit("representative_alfa")
    person = world.a.person_id
    do(app, "UPDATE person SET tax_code = :code, birth_place = 'Assisi' WHERE id = :id",
       code=VALID, id=person)  # fmt: skip
    page, edit = (
        visitor.get(f"/people/{person}"),
        visitor.get(f"/people/{person}/edit?certificate=1"),
    )
    for answer in (page, edit, visitor.get("/people")):
        assert answer.status_code == 200
        assert VALID not in answer.text
        assert "Assisi" not in answer.text
        assert "tax_code" not in answer.text
    assert "Comune di Alfa" in pairs(page)["Gestisce"]
    sent = {**form(edit, ""), "tax_code": "CLLMRT84H70D653H", "birth_place": "Todi"}
    assert visitor.client.post(f"/people/{person}/edit", data=sent).status_code == 302
    kept = ask(app, "SELECT tax_code, birth_place FROM person WHERE id = :id", id=person)
    assert kept == [(VALID, "Assisi")]
    assert table(visitor.get(f"/people?q={VALID}")) == []
    assert len(table(visit("organiser_alfa").get(f"/people?q={VALID}"))) == 1


def test_birth_is_asked_where_a_certificate_needs_it_or_somebody_opens_it(app, visit, register):
    coordinator = visit("coordinator")
    url = register("coordinator").headers["Location"]
    assert "tax_code" not in coordinator.get(f"{url}/edit").text
    opened = coordinator.get(f"{url}/edit?certificate=1")
    sent = {**form(opened, ""), "tax_code": VALID.lower(), "birth_date": "1978-03-12",
            "birth_place": "Perugia", "sex": "F"}  # fmt: skip
    answer = coordinator.client.post(f"{url}/edit?certificate=1", data=sent)
    assert answer.status_code == 302
    page = coordinator.get(answer.headers["Location"])
    assert "Il codice fiscale non corrisponde a: cognome, nome" in main(page)
    assert one(app, "SELECT tax_code FROM person WHERE family_name = 'Roccalta'") == VALID


def test_an_older_page_does_not_undo_what_somebody_else_wrote(app, visit, world):
    coordinator, organiser = visit("coordinator"), visit("organiser_alfa")
    url = f"/people/{world.a.person_id}/edit"
    first, second = form(coordinator.get(url), ""), form(organiser.get(url), "")
    code = {"tax_code": VALID}
    assert coordinator.client.post(url, data={**first, **code}).status_code == 302
    answer = organiser.client.post(url, data={**second, **code, "given_name": "Ada"})
    assert answer.status_code == 409
    assert "Nel frattempo questa scheda è cambiata" in main(answer)
    assert one(app, "SELECT given_name FROM person WHERE id = :id", id=world.a.person_id) == "Lucia"


def test_who_changes_body_leaves_the_old_one_the_day_before(app, visit, world):
    coordinator = visit("coordinator")
    row = affiliation_of(app, world.a.person_id)
    url = f"/affiliations/{row}/move"
    sent = {**form(coordinator.get(url), ""), "body": str(world.b.home_id), "starts_on": "2015-03-01",
            "office": "Protocollo", "group": "official"}  # fmt: skip
    assert coordinator.client.post(url, data=sent).status_code == 302
    rows = ask(
        app,
        "SELECT organisation_id, CAST(starts_on AS varchar), CAST(ends_on AS varchar), office"
        " FROM affiliation WHERE person_id = :id ORDER BY id",
        id=world.a.person_id,
    )
    assert rows == [
        (world.a.home_id, "2010-01-01", "2015-02-28", "URP"),
        (world.b.home_id, "2015-03-01", None, "Protocollo"),
    ]
    homes = ask(
        app,
        "SELECT DISTINCT home_body_id FROM enrolment WHERE person_id = :id",
        id=world.a.person_id,
    )
    assert homes == [(world.a.home_id,)]


def test_the_body_left_behind_sees_what_was_lived_there_and_nothing_after(app, visit, world):
    test_who_changes_body_leaves_the_old_one_the_day_before(app, visit, world)
    person = world.a.person_id
    do(app, "UPDATE person SET work_email = 'ada@beta.example', search_key = 'partecipante alfa lucia"
            " ada@beta.example' WHERE id = :id", id=person)  # fmt: skip
    left = visit("representative_alfa")
    page = left.get(f"/people/{person}")
    assert page.status_code == 200
    for word in ("Beta", "beta", "Protocollo"):
        assert word not in main(page)
        assert word not in main(left.get("/people?q=lucia"))
    assert table(left.get("/people?q=beta.example")) == []
    assert left.get(f"/people/{person}/edit").status_code == 409
    assert visit("representative_beta").get(f"/people/{person}/edit").status_code == 200


def test_one_open_affiliation_per_body(app, visit, world):
    coordinator = visit("coordinator")
    url = f"/people/{world.a.person_id}/affiliations/new"
    sent = {
        **form(coordinator.get(url), ""),
        "body": str(world.a.home_id),
        "starts_on": "2015-01-01",
    }
    answer = coordinator.client.post(url, data=sent)
    assert answer.status_code == 422
    assert "lavora già per questo ente" in main(answer)
    second = {**sent, "body": str(world.b.home_id)}
    assert coordinator.client.post(url, data=second).status_code == 302


def test_an_affiliation_is_ended_reopened_and_corrected(app, visit, world):
    representative = visit("representative_alfa")
    row = affiliation_of(app, world.a.person_id)
    end, edit = f"/affiliations/{row}/end", f"/affiliations/{row}/edit"
    drawn = form(representative.get(end), "")
    wrong = representative.client.post(end, data={**drawn, "ends_on": "2009-12-31"})
    assert wrong.status_code == 422
    assert "01/01/2010" in main(wrong)
    changed = {**form(representative.get(edit), ""), "office": "Casa", "group": "official"}
    assert representative.client.post(edit, data=changed).status_code == 302
    assert (
        representative.client.post(end, data={**drawn, "ends_on": "2015-05-13"}).status_code == 302
    )
    coordinator = visit("coordinator")
    again = coordinator.client.post(
        end, data={**form(coordinator.get(end), ""), "ends_on": "2015-05-13"}
    )
    assert "già chiusa" in main(again)
    back = {**form(coordinator.get(edit), ""), "ends_on": "", "group": "official"}
    assert coordinator.client.post(edit, data=back).status_code == 302
    kept = ask(app, "SELECT office, ends_on FROM affiliation WHERE id = :id", id=row)
    assert kept == [("Casa", None)]


def test_the_affiliations_of_another_body_are_not_there(app, visit, world):
    row = affiliation_of(app, world.b.enrolment_ids[0] and _person(app, world.b.enrolment_ids[0]))
    for who in ("representative_alfa", "organiser_alfa"):
        for deed in ("edit", "end"):
            assert visit(who).get(f"/affiliations/{row}/{deed}").status_code == 404
    assert visit("representative_beta").get(f"/affiliations/{row}/move").status_code == 403


def _person(app, enrolment: int) -> int:
    return one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=enrolment)


def test_the_list_is_filtered_by_body_work_and_completeness(app, visit, world):
    with arranging(app):
        body = worlds.db.session.get_one(worlds.Organisation, world.a.home_id)
        gone = worlds.make_person("Vignalunga", incomplete=True)
        worlds.make_affiliation(gone, body, ends_on=worlds.date(2014, 1, 1))
    coordinator = visit("coordinator")

    def found(**query: object) -> set[str]:
        return {row[0] for row in table(coordinator.get("/people", query_string=query))}

    assert found(work="closed") >= {"Vignalunga Lucia Da completare"}
    assert found(data="incomplete") == {"Vignalunga Lucia Da completare"}
    assert found(body=world.a.home_id) == {f"Partecipante Alfa {i} Lucia" for i in range(3)}
    assert found(body=world.a.home_id, work="closed") == set()
    assert found(q="partecipante comune di alfa") == found(body=world.a.home_id)
    representative = visit("representative_alfa")
    assert "Beta" not in representative.get("/people").text
