# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two programmes side by side: a role given for one shows nothing of the other."""

import pytest

from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.extensions import db
from app.models import Organisation, Person, Venue
from tests import world as worlds

ELSEWHERE = "Corso di un altro progetto"


@pytest.fixture
def other_programme(app, world):
    """A concluded edition of another programme, with one of Alfa's own people in it."""
    with app.app_context():
        programme = worlds.make_programme()
        course = worlds.make_course(programme, title=ELSEWHERE)
        edition = worlds.make_edition(
            course,
            db.session.get_one(Organisation, world.a.delivering_id),
            db.session.query(Venue).first(),
            state=EditionState.CLOSED,
        )
        worlds.make_enrolment(
            edition,
            db.session.get_one(Person, world.a.person_id),
            db.session.get_one(Organisation, world.a.home_id),
            state=EnrolmentState.COMPLETED,
        )
        worlds.commit(programme)
        return edition.id


@pytest.mark.parametrize(
    "who", ["representative_alfa", "organiser_alfa", "coordinator", "auditor", "trainer_alfa"]
)
def test_a_role_of_one_programme_sees_nothing_of_the_other(visit, world, other_programme, who):
    visitor = visit(who)
    assert visitor.get(f"/editions/{other_programme}").status_code == 404
    assert ELSEWHERE not in visitor.get("/editions").text
    person = visitor.get(f"/people/{world.a.person_id}")
    assert ELSEWHERE not in person.text
    if person.status_code == 200:
        assert "Alfa" in person.text
