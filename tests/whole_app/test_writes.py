# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: only a write with its token, answered below 400, changes anything.

Every write route refuses a request without the token of the session; no GET
changes the database; neither does an answer of 400 and above.
"""

from collections.abc import Iterable

import pytest

from app import audit
from app.actor import SYSTEM
from app.audit import Action
from app.database import writing
from app.extensions import csrf, db
from app.models import Course
from tests.whole_app.crawl import Visit, crawl, invalid_forms, refusals
from tests.whole_app.grounds import Grounds, Watch, write_rules
from tests.whole_app.policy import ROUTES


def accepted_without_token(grounds: Grounds) -> list[str]:
    """Writes that are not refused, or change something, without a token or with another's."""
    found = []
    stranger = grounds.client("tutor_beta").token
    with Watch(grounds.app) as watch:
        for rule, method in write_rules(grounds.app):
            write = ROUTES[rule.endpoint].write
            client, path = (
                grounds.client(write.by),
                grounds.own_path(write.by, rule.endpoint, method),
            )
            for kind, token in (("no token", {}), ("another's token", {"csrf_token": stranger})):
                if kind != "no token" and write.by == "tutor_beta":
                    continue
                body = grounds.body(write.by, ROUTES[rule.endpoint])  # a file is read once
                answer = client.ask(method, path, {**body, **token}, token=False)
                if answer.status_code != 400:
                    found.append(f"{rule.endpoint}, {kind}: {answer.status_code}")
                if changed := watch.changed():
                    found.append(f"{rule.endpoint}, {kind}: changed {sorted(changed)}")
    return found


def written_by_get(visits: Iterable[Visit]) -> list[str]:
    """Pages whose mere opening changes the database."""
    return [f"{visit.page}: changed {sorted(visit.changed)}" for visit in visits if visit.changed]


def written_by_refusal(grounds: Grounds) -> list[str]:
    """Answers of 400 and above after which the database is not as before."""
    found = []
    with Watch(grounds.app) as watch:
        for name, send in [*refusals(grounds), *invalid_forms(grounds)]:
            answer, changed = send(), watch.changed()
            if answer.status_code >= 500:
                found.append(f"{name}: {answer.status_code}")
            if answer.status_code >= 400 and changed:
                found.append(f"{name}: {answer.status_code}, changed {sorted(changed)}")
    return found


def test_every_write_wants_the_token_of_its_session(grounds):
    assert accepted_without_token(grounds) == []


def test_opening_a_page_changes_nothing(visits):
    assert visits
    assert written_by_get(visits) == []


def test_a_refusal_changes_nothing(new_grounds):
    assert written_by_refusal(new_grounds()) == []


# --- planted faults ----------------------------------------------------------


def _change(course_id: int) -> None:
    course = db.session.get_one(Course, course_id)
    course.area = f"{course.area}!"
    audit.record(SYSTEM, Action.COURSE_CREATED, course, "planted")


@pytest.fixture
def plant(grounds, monkeypatch):
    """plant(endpoint, deed): the view does the deed first."""

    def put(endpoint: str, deed):
        view = grounds.app.view_functions[endpoint]

        def planted(**values):
            answer = deed()
            return view(**values) if answer is None else answer

        planted.access = view.access
        monkeypatch.setitem(grounds.app.view_functions, endpoint, planted)

    return put


def test_a_write_without_token_check_is_reported(new_grounds, monkeypatch):
    grounds = new_grounds()
    view = grounds.app.view_functions["auth.language"]
    monkeypatch.setattr(csrf, "_exempt_views", {f"{view.__module__}.{view.__name__}"})
    found = accepted_without_token(grounds)
    assert "auth.language, no token: 302" in found
    assert any(line.startswith("auth.language, no token: changed") for line in found)


def test_a_page_that_writes_is_reported(grounds, plant):
    def write():
        with writing():
            db.session.rollback()
            _change(grounds.sides["alfa"].course)
            db.session.commit()

    plant("courses.index", write)
    found = written_by_get(crawl(grounds, ("trainer_alfa",)))
    assert any("changed ['audit_event', 'course']" in line for line in found)


def test_a_refusal_that_writes_is_reported(grounds, plant):
    def write():
        _change(grounds.sides["alfa"].course)
        db.session.commit()
        return "no", 422

    plant("auth.login", write)
    assert any("changed ['audit_event', 'course']" in line for line in written_by_refusal(grounds))
