# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates issued as the coordinator and the worker issue them."""

from typing import Any

from app.certificates.issuing import issue_waiting
from tests.conftest import Visitor
from tests.ledger import one


def ask_for(
    coordinator: Visitor, edition: int, *enrolments: int, teachers: tuple[int, ...] = (), **more
) -> Any:
    """Ask for certificates in an edition; the answer leads to the batch."""
    chosen = {"enrolment": [str(i) for i in enrolments], "teacher": [str(i) for i in teachers]}
    return coordinator.post(f"/editions/{edition}/certificates", {**chosen, **more})


def work(app) -> int:
    """Let the worker issue what is asked for; how many it tried."""
    with app.app_context():
        return issue_waiting()


def issue(
    app,
    coordinator: Visitor,
    edition: int,
    *enrolments: int,
    teachers: tuple[int, ...] = (),
    **more,
) -> int:
    """Ask and issue; the id of the last certificate."""
    answer = ask_for(coordinator, edition, *enrolments, teachers=teachers, **more)
    assert answer.status_code == 302, answer.text
    work(app)
    return one(app, "SELECT max(id) FROM certificate")
