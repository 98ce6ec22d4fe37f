# SPDX-License-Identifier: AGPL-3.0-or-later
"""A record joined to another is enrolled nowhere, also when both happen at the same moment."""

import pytest

from app.actor import SYSTEM
from app.domain.edition import EditionState
from app.domain.errors import RuleViolation
from app.enrolments import actions
from app.extensions import db
from app.models import Affiliation, Edition, Person
from tests.faults.test_merge import preview, somebody
from tests.faults.together import at_once, slowly, statuses
from tests.ledger import arranging, ask, one, trail_is_whole
from tests.timetables import opened

ON_POINTERS = (
    "SELECT count(*) FROM enrolment e JOIN person p ON p.id = e.person_id "
    "WHERE p.merged_into_id IS NOT NULL"
)


@pytest.mark.parametrize("way", ["enrol", "nominate", "request"])
def test_no_way_leads_a_pointer_into_an_edition(app, world, way):
    edition_id, _lessons = opened(app, world.a)
    kept, merged = (somebody(app, world.a.home_id, name) for name in ("Uno", "Due"))
    with arranging(app) as session:
        session.get_one(Person, merged).merged_into_id = kept
    with app.app_context():
        edition = db.session.get_one(Edition, edition_id)
        assert edition.state is EditionState.OPEN
        person = db.session.get_one(Person, merged)
        affiliation = db.session.query(Affiliation).filter_by(person_id=merged).one()
        deed = {
            "enrol": lambda: actions.enrol(SYSTEM, edition, person, affiliation),
            "nominate": lambda: actions.nominate(SYSTEM, edition, [(person, affiliation)]),
            "request": lambda: actions.request(SYSTEM, edition, affiliation),
        }[way]
        with pytest.raises(RuleViolation, match="unita a un'altra"):
            deed()
        db.session.rollback()
    assert one(app, ON_POINTERS) == 0


def test_joined_and_nominated_at_once_the_one_that_stays_is_enrolled(
    app, world, visit, monkeypatch
):
    """Whichever comes first: the enrolment goes over with the rest, or is refused."""
    monkeypatch.setattr(actions, "new", slowly(actions.new))
    representative, coordinator = visit("representative_alfa"), visit("coordinator")
    for turn in range(4):
        edition_id, _lessons = opened(app, world.a)
        kept, merged = (
            somebody(app, world.a.home_id, f"{name}{'abcd'[turn]}") for name in ("Uno", "Due")
        )
        pick = ask(app, "SELECT id FROM affiliation WHERE person_id = :id", id=merged)[0][0]
        token, sent = representative.token(), preview(coordinator, kept, merged)
        answers = at_once(
            lambda edition_id=edition_id, pick=pick, token=token: representative.client.post(
                f"/editions/{edition_id}/nominations/choice",
                data={"csrf_token": token, "pick": [pick]},
            ),
            lambda kept=kept, sent=sent: coordinator.client.post(
                f"/people/{kept}/merge", data=sent
            ),
        )
        assert statuses(answers) in ([302, 302], [302, 409]), answers
        assert one(app, ON_POINTERS) == 0
        assert trail_is_whole(app)
    assert one(app, "SELECT count(*) FROM person_merge") > 0
