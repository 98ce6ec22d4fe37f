# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: a role gets what it is granted, of its own scope, and nothing else.

Every route of the application, with every method, is asked by everybody for
an object of their own, of a colleague, of the other body, of another
programme, for one that does not exist and one that cannot exist.
"""

from datetime import timedelta

import pytest
from flask import Response, abort
from sqlalchemy import true

from app import access, scope
from app.domain.roles import Permission
from app.models import Certificate, Course, Edition, Enrolment, Lesson, Organisation, Person
from app.people import routes as people
from tests.whole_app import access_matrix
from tests.whole_app.access_matrix import ask, incomplete, mismatches
from tests.whole_app.grounds import MISSING, SIDES, Watch, write_rules
from tests.whole_app.policy import CHANGE_NOTHING, ROUTES, Route


def test_the_table_names_every_route_and_no_other(grounds):
    assert incomplete(grounds.app) == []


def test_everybody_gets_what_the_policy_says(new_grounds):
    assert mismatches(new_grounds()) == []


def test_the_forms_of_the_table_do_something(new_grounds):
    """Otherwise a denied write that changes nothing would prove nothing.

    One form may take away what another needs: that one is asked again on new grounds.
    """
    grounds = new_grounds()
    spoilt = [
        (rule, method)
        for rule, method in write_rules(grounds.app)
        if done(grounds, rule, method) != wanted(rule)
    ]
    assert len(spoilt) < 12, [rule.endpoint for rule, _method in spoilt]
    for rule, method in spoilt:
        assert done(new_grounds(), rule, method) == wanted(rule), rule.endpoint


def wanted(rule) -> tuple[int, bool]:
    """The status of the answer, and whether anything has changed."""
    return ROUTES[rule.endpoint].write.status, rule.endpoint not in CHANGE_NOTHING


def done(grounds, rule, method) -> tuple[int, bool]:
    write = ROUTES[rule.endpoint].write
    client = grounds.fresh(write.by)
    with Watch(grounds.app) as watch:
        watch.changed()
        body = grounds.body(write.by, ROUTES[rule.endpoint])
        answer = client.ask(method, grounds.own_path(write.by, rule.endpoint, method), body)
        return answer.status_code, bool(watch.changed())


def test_htmx_is_sent_to_the_sign_in_by_a_header(grounds):
    answer = grounds.client("anonymous").ask("GET", "/dashboard", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_a_minute_that_passes_between_two_answers_tells_nothing(new_grounds, clock, monkeypatch):
    def ask_later(grounds, question):
        clock.shift(timedelta(minutes=1))
        return ask(grounds, question)

    monkeypatch.setattr(access_matrix, "ask", ask_later)
    wanted = ["registers.sheet", "registers.mark"]
    assert mismatches(new_grounds(), ["tutor_alfa"], wanted) == []


# --- planted faults ----------------------------------------------------------


def test_a_route_without_declaration_is_closed_and_reported(new_app):
    app = new_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 403
    assert incomplete(app) == ["forgotten: not in the table"]


def test_a_row_without_a_route_and_another_declaration_are_reported(grounds, monkeypatch):
    monkeypatch.setitem(ROUTES, "courses.gone", Route(Permission.COURSE_READ))
    monkeypatch.setitem(ROUTES, "courses.index", Route(Permission.AUDIT_READ))
    assert incomplete(grounds.app) == [
        "courses.gone: no such route",
        "courses.index: declares course:read, table says audit:read",
    ]


@pytest.mark.parametrize(
    ("model", "endpoint"),
    [
        (Certificate, "certificates.download"),
        (Course, "courses.show"),
        (Edition, "courses.edition"),
        (Lesson, "registers.sheet"),
        (Organisation, "bodies.show"),
        (Person, "people.show"),
    ],
)
def test_a_scope_that_lets_everything_through_is_reported(grounds, monkeypatch, model, endpoint):
    monkeypatch.setitem(scope.CLAUSES, model, lambda actor: true())
    found = mismatches(grounds, SIDES["alfa"], [endpoint], writes=False)
    assert [line for line in found if "not found expected, 200 given" in line], found


def test_a_write_let_through_is_reported_with_what_it_changed(new_grounds, monkeypatch):
    monkeypatch.setitem(scope.CLAUSES, Lesson, lambda actor: true())
    monkeypatch.setitem(scope.CLAUSES, Enrolment, lambda actor: true())
    found = mismatches(new_grounds(), ["trainer_alfa"], ["registers.open_sheet"])
    assert any("not found expected, 302 given" in line for line in found)
    assert any("changed ['audit_event'" in line for line in found)


def test_permissions_that_are_not_asked_are_reported(grounds, monkeypatch):
    monkeypatch.setattr(access, "can", lambda permission: True)
    found = mismatches(grounds, ["participant_alfa"], ["auditing.index"], writes=False)
    assert any("forbidden expected" in line for line in found)


def test_an_answer_that_tells_existing_from_missing_is_reported(grounds, monkeypatch):
    def telling(model, row_id, actor, *load):
        if row_id != MISSING:
            abort(404, response=Response("of another body", 404))
        return scope.get_visible(model, row_id, actor, *load)

    monkeypatch.setattr(people, "get_visible", telling)
    found = mismatches(grounds, ["organiser_alfa"], ["people.show"], writes=False)
    assert [line for line in found if "not the answer given" in line], found
