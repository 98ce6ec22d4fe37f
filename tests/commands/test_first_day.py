# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of the first day, and the table of access."""

import re

import pytest
from sqlalchemy import select

from app.cli import access_docs, first_day
from app.cli.serving import CannotStart
from app.extensions import db
from app.models import AuditEvent, Programme, RoleAssignment, UserAccount
from tests.conftest import TOKEN

NEW_PROGRAMME = ["--programme", "7", "--acronym", "DOMANI", "--title", "Progetto", "--fund", "FAMI"]


@pytest.fixture
def run(app):
    """run(command, ...): the exit code and what was said."""

    def invoke(*args: str) -> tuple[int, str]:
        answer = app.test_cli_runner().invoke(args=args)
        return answer.exit_code, answer.output

    return invoke


def test_the_table_in_the_repository_is_current(run):
    assert run("access-table", "--check") == (0, "")


def test_a_stale_table_is_refused(run, monkeypatch, tmp_path):
    monkeypatch.setattr(access_docs, "FILE", tmp_path / "access.md")
    assert run("access-table", "--check")[0] == 1
    assert run("access-table") == (0, "")
    assert run("access-table", "--check") == (0, "")
    file = tmp_path / "access.md"
    file.write_text(file.read_text().replace("●", "", 1))
    code, said = run("access-table", "--check")
    assert (code, said.count("\n")) == (1, 1)


def test_the_first_coordinator_founds_the_programme_and_signs_in(app, run):
    code, said = run("create-coordinator", "Anna@ente.it", "Anna Campobruno", *NEW_PROGRAMME)
    assert code == 0
    link = re.search(r"http://localhost(/welcome/\S+)$", said.strip())[1]
    client = app.test_client()
    token = TOKEN.search(client.get(link).text)[1]
    password = "cavalli bianchi sotto la pioggia"
    data = {"csrf_token": token, "new": password, "again": password}
    assert client.post(link, data=data).status_code == 302
    assert client.get("/dashboard").status_code == 200
    assert client.get(link).status_code == 410
    other = app.test_client()
    token = TOKEN.search(other.get("/login").text)[1]
    data = {"csrf_token": token, "login": "anna@ente.it", "password": password}
    assert other.post("/login", data=data).status_code == 302


def test_a_second_coordinator_joins_the_programme(app, run):
    run("create-coordinator", "anna@ente.it", "Anna", *NEW_PROGRAMME)
    assert run("create-coordinator", "ugo@ente.it", "Ugo", "--programme", "7")[0] == 0
    with app.app_context():
        assert len(db.session.scalars(select(Programme)).all()) == 1
        assert len(db.session.scalars(select(RoleAssignment)).all()) == 2
        deeds = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
        db.session.remove()
    created = ["account.created", "role.granted", "account.invited"]
    assert deeds == ["programme.created", *created, *created]


@pytest.mark.parametrize(
    "arguments",
    [
        ("anna@ente.it", "Anna", "--programme", "7"),  # a new programme without its title
        ("nobody", "Anna", *NEW_PROGRAMME),
    ],
)
def test_a_coordinator_that_cannot_be_is_said_in_one_line(app, run, arguments):
    code, said = run("create-coordinator", *arguments)
    assert (code, said.count("\n")) == (1, 1)
    with app.app_context():
        assert db.session.scalars(select(UserAccount)).all() == []
        db.session.remove()


def test_the_same_address_twice_is_refused(run):
    run("create-coordinator", "anna@ente.it", "Anna", *NEW_PROGRAMME)
    code, said = run("create-coordinator", "ANNA@ente.it", "Anna", "--programme", "7")
    assert (code, said.count("\n")) == (1, 1)


def test_serve_says_what_to_do_first(app, run, monkeypatch, tmp_path):
    served = []
    monkeypatch.setattr(first_day, "become_server", served.append)
    monkeypatch.setattr(first_day, "check_before_start", lambda: None)
    code, said = run("serve")
    assert (code, served) == (0, [0])
    assert "create-coordinator" in said
    run("create-coordinator", "anna@ente.it", "Anna", *NEW_PROGRAMME)
    assert "create-coordinator" not in run("serve")[1]


def test_serve_does_not_start_on_what_is_not_ready(run, monkeypatch):
    def taken() -> None:
        raise CannotStart("Non si può ascoltare.")

    monkeypatch.setattr(first_day, "check_before_start", taken)
    assert run("serve") == (1, "Non si può ascoltare.\n")
