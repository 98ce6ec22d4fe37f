# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the questionnaire opens at the end, to those who were there, and is whole."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation
from app.domain.questionnaires import STATEMENTS, check_ratings, why_not_open

NOW = datetime(2015, 5, 14, 11, 0, tzinfo=UTC)


def why(**changes) -> str:
    usual = {
        "asked": True,
        "edition": EditionState.RUNNING,
        "enrolment": EnrolmentState.CONFIRMED,
        "last_ends_at": NOW,
        "now": NOW,
    }
    return str(why_not_open(**usual | changes) or "")


def test_it_opens_with_the_end_of_the_last_lesson_or_of_the_edition():
    later = NOW + timedelta(minutes=1)
    assert why() == ""
    assert "ultima lezione" in why(last_ends_at=later)
    assert "ultima lezione" in why(last_ends_at=None)
    assert why(edition=EditionState.CLOSED, last_ends_at=later) == ""
    assert why(edition=EditionState.ARCHIVED, enrolment=EnrolmentState.NOT_COMPLETED) == ""


def test_it_is_for_the_enrolled_of_editions_that_ask():
    assert "non è previsto" in why(asked=False)
    for state in (EnrolmentState.WITHDRAWN, EnrolmentState.WAITLISTED, EnrolmentState.REQUESTED):
        assert "ha frequentato" in why(enrolment=state)


@pytest.mark.parametrize("change", [{"useful": 0}, {"useful": 6}, {"unknown": 3}, {"useful": None}])
def test_every_statement_has_a_rating_from_one_to_five(change):
    whole = dict.fromkeys(STATEMENTS, 5)
    check_ratings(whole)
    wrong = {key: value for key, value in {**whole, **change}.items() if value is not None}
    with pytest.raises(RuleViolation):
        check_ratings(wrong)
