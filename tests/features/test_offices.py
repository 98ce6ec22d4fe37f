# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: whoever enrols is told when lessons would empty an office, and who could go when."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.roles import Role
from app.extensions import db
from app.models import Affiliation, Edition, Enrolment, Lesson, Person, Programme
from app.open_counters import coming_warnings, warnings_for
from tests import world as worlds
from tests.ledger import arranging, ask, one
from tests.pages import csv_rows, form, main, table
from tests.whole_app.crawl import statements

WARNING = "Ufficio quasi scoperto: URP, Alfa"


def page(visit, world, who="organiser_alfa") -> str:
    return main(visit(who).get(f"/editions/{world.a.edition_id}"))


def change(app, model, where, **values) -> None:
    with arranging(app) as session:
        session.execute(update(model).where(where).values(**values))


def colleagues(app, world, number: int, office: str = "URP") -> None:
    """People of the same office who stay at their desks."""
    with arranging(app) as session:
        body = session.get_one(worlds.Organisation, world.a.home_id)
        for _n in range(number):
            worlds.make_affiliation(worlds.make_person(), body, office=office)


def another(app, world, days: int = 20, seats: int = 30, **over) -> int:
    """An edition of the same course, on another day, that has not begun."""
    with arranging(app) as session:
        first = session.get_one(Edition, world.a.edition_id)
        edition = worlds.make_edition(
            session.get_one(worlds.Course, first.course_id),
            session.get_one(worlds.Organisation, first.delivering_body_id),
            session.get_one(worlds.Venue, first.venue_id),
            **{"state": EditionState.OPEN, "seats_max": seats} | over,
        )
        worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=days))
        return edition.id


@pytest.mark.parametrize(("staying", "there"), [(0, True), (2, True), (3, False), (9, False)])
def test_more_than_half_of_an_office_and_there_is_a_warning(app, visit, world, staying, there):
    colleagues(app, world, staying)
    assert (WARNING in page(visit, world)) is there


def test_the_office_is_counted_across_editions(app, visit, world):
    """Two are here and one is elsewhere that day: together they are three of five."""
    colleagues(app, world, 2)
    elsewhere = another(app, world, days=0)
    change(app, Enrolment, Enrolment.id == world.a.enrolment_ids[2], edition_id=elsewhere)
    assert "a lezione 3 persone su 5" in page(visit, world)
    change(app, Lesson, Lesson.edition_id == elsewhere, starts_at=worlds.NOW + timedelta(days=3),
           ends_at=worlds.NOW + timedelta(days=3, hours=4))  # fmt: skip
    assert WARNING not in page(visit, world)


@pytest.mark.parametrize(
    "state", [EnrolmentState.REQUESTED, EnrolmentState.WAITLISTED, EnrolmentState.WITHDRAWN]
)
def test_only_those_confirmed_are_away(app, visit, world, state):
    colleagues(app, world, 1)
    change(app, Enrolment, Enrolment.id.in_(world.a.enrolment_ids[:2]), state=state)
    assert WARNING not in page(visit, world)


def test_an_office_is_the_same_however_it_is_written(app, visit, world):
    with arranging(app) as session:
        there = session.scalars(
            db.select(Affiliation)
            .where(Affiliation.organisation_id == world.a.home_id)
            .order_by(Affiliation.id)
        ).all()
        for row, text in zip(
            there, ("Servizi Sociali", "servizi  sociali", "SERVIZI SOCIALÌ"), strict=True
        ):
            row.office = text
    assert "a lezione 3 persone su 3" in page(visit, world)


def test_whoever_left_or_has_no_office_is_not_counted(app, visit, world):
    colleagues(app, world, 4)
    assert WARNING not in page(visit, world)
    yesterday = (worlds.NOW - timedelta(days=1)).date()
    staying = Affiliation.person_id.notin_(db.select(Enrolment.person_id))
    change(app, Affiliation, staying, ends_on=yesterday)
    assert "a lezione 3 persone su 3" in page(visit, world)
    change(app, Affiliation, Affiliation.organisation_id == world.a.home_id, office="")
    assert "quasi scoperto" not in page(visit, world)


def test_days_gone_by_and_editions_called_off_warn_of_nothing(app, visit, world):
    change(app, Edition, Edition.id == world.a.edition_id, state=EditionState.CANCELLED)
    assert WARNING not in page(visit, world)
    change(app, Edition, Edition.id == world.a.edition_id, state=EditionState.RUNNING)
    change(app, Lesson, Lesson.edition_id == world.a.edition_id, starts_at=worlds.NOW - timedelta(days=9),
           ends_at=worlds.NOW - timedelta(days=9) + timedelta(hours=4))  # fmt: skip
    assert WARNING not in page(visit, world)


def test_the_last_to_be_enrolled_are_proposed_another_edition(app, visit, world):
    code_of = another(app, world)
    colleagues(app, world, 1)  # three of four: one too many
    with app.app_context():
        code = db.session.get_one(Edition, code_of).code
        db.session.remove()
    shown = page(visit, world)
    assert "Fontebella" not in shown
    assert f"Partecipante Alfa 2 Lucia → {code}" in shown
    assert shown.count(f"→ {code}") == 1


@pytest.mark.parametrize(
    "over",
    [
        {"seats": 1, "full": True},
        {"state": EditionState.RUNNING},
        {"state": EditionState.DRAFT},
        {"days": 0},
    ],
)
def test_no_edition_fit_for_it_is_said(app, visit, world, over):
    full = over.pop("full", False)
    edition = another(app, world, **over)
    if full:
        with arranging(app) as session:
            body = session.get_one(worlds.Organisation, world.b.home_id)
            worlds.make_enrolment(session.get_one(Edition, edition), worlds.make_person(), body)
    shown = page(visit, world)
    assert "→" not in shown
    assert "Nessun’altra edizione dello stesso corso" in shown


@pytest.mark.parametrize(
    ("who", "told", "named"),
    [
        ("coordinator", True, True),
        ("auditor", True, True),
        ("organiser_alfa", True, True),
        ("representative_alfa", True, True),
        ("trainer_alfa", False, True),
        ("participant_alfa", False, False),
    ],
)
def test_who_is_told(app, visit, world, who, told, named):
    shown = page(visit, world, who)
    assert (WARNING in shown) is told
    assert ("Partecipante Alfa 1" in shown) is named


def test_a_representative_learns_nothing_of_another_body(app, visit, world):
    """People of two bodies in one edition: each representative reads of her own office only."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        body = session.get_one(worlds.Organisation, world.b.home_id)
        for number in range(2):
            person = worlds.make_person(f"Altrove {number}")
            worlds.make_affiliation(person, body, office="Anagrafe")
            worlds.make_enrolment(edition, person, body)
    for who, mine, other in (
        ("representative_alfa", "URP", "Anagrafe"),
        ("representative_beta", "Anagrafe", "URP, Alfa"),
    ):
        shown = page(visit, world, who)
        assert f"scoperto: {mine}" in shown
        assert f"scoperto: {other}" not in shown
        listed = main(visit(who).get("/offices"))
        assert "Altrove" not in listed or who.endswith("beta")
    assert "scoperto: Anagrafe" in page(visit, world)


def test_the_list_of_those_who_organise(app, visit, world):
    both = main(visit("coordinator").get("/offices"))
    assert "Alfa" in both
    assert "Beta" in both
    rows = table(visit("organiser_alfa").get("/offices"))
    assert len(rows) == 1
    assert rows[0][1] == "URP Alfa"
    file = csv_rows(visit("organiser_alfa").get("/offices?format=csv"))
    assert [row[4:7] for row in file[2:]] == [["2015-05-14", "3", "3"], ["2015-05-15", "3", "3"]]


def test_the_coordinator_sets_the_share(app, visit, world):
    visitor = visit("coordinator")
    sent = form(visitor.get("/offices"), "/offices")
    assert sent["share"] == "50"
    assert visitor.client.post("/offices", data={**sent, "share": "100"}).status_code == 302
    assert WARNING not in page(visit, world)
    deed = "SELECT target_type FROM audit_event WHERE action = 'office_share.set'"
    assert ask(app, deed) == [("programme",)]
    for nonsense in ("0", "101", "-5", "x", "", "50.5", "9" * 30):
        sent = form(visitor.get("/offices"), "/offices")
        answer = visitor.client.post("/offices", data={**sent, "share": nonsense})
        assert answer.status_code == 422, nonsense
    assert (
        one(app, "SELECT office_share FROM programme WHERE id = :id", id=world.programme_id) == 100
    )


@pytest.mark.parametrize("who", ["organiser_alfa", "representative_alfa", "auditor"])
def test_nobody_else_sets_it(visit, who):
    assert visit(who).post("/offices", {"share": "10"}).status_code == 403


def test_whoever_is_about_to_be_enrolled_is_counted_with_the_others(app, world):
    colleagues(app, world, 3)  # three of six
    with app.app_context():
        edition = db.session.get_one(Edition, world.a.edition_id)
        assert warnings_for(edition) == []
        staying = db.session.scalars(
            db.select(Affiliation.person_id).where(
                Affiliation.organisation_id == world.a.home_id,
                Affiliation.person_id.notin_(db.select(Enrolment.person_id)),
            )
        ).first()
        (found,) = warnings_for(edition, adding=[staying])
        assert [(one.away, one.staff) for one in found.days] == [(4, 6), (4, 6)]
        assert len(found.people) == 4
        db.session.remove()


def test_it_costs_the_same_however_many_there_are(app, world):
    def asked() -> int:
        with app.test_request_context(), statements(app) as sent:
            edition = db.session.get_one(Edition, world.a.edition_id)
            actor = worlds.Actor(
                "prove", Role.PROGRAMME_COORDINATOR, programme_id=world.programme_id
            )
            warnings_for(edition, actor)
            coming_warnings(actor)
            db.session.remove()
            return len(sent)

    few = asked()
    for number in range(5):
        another(app, world, days=number)
    with arranging(app) as session:
        bodies = [worlds.make_body() for _n in range(8)]
        for edition in session.scalars(db.select(Edition)):
            for body in bodies:
                for _n in range(3):
                    person = worlds.make_person()
                    worlds.make_affiliation(person, body)
                    worlds.make_enrolment(edition, person, body)
    assert asked() == few


def test_a_person_who_is_no_longer_active_is_no_staff(app, visit, world):
    colleagues(app, world, 3)
    staying = Person.id.notin_(db.select(Enrolment.person_id))
    change(app, Person, staying, active=False)
    assert "a lezione 3 persone su 3" in page(visit, world)


def test_the_share_is_guarded_by_the_database(app, world):
    with pytest.raises(IntegrityError, match="office_share"):
        change(app, Programme, Programme.id == world.programme_id, office_share=0)
