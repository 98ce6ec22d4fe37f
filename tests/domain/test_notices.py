# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages to enrolled people, and apologies before a lesson."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.apologies import check_apology
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation
from app.domain.notices import ADDRESSEES, DEFAULTS, FIELDS, NoticeKind, check_fields, fill

NOW = datetime(2015, 5, 14, 7, 20, tzinfo=UTC)


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_usual_words_use_known_fields_and_have_somebody_to_go_to(kind):
    subject, body = DEFAULTS[kind]
    check_fields(subject)
    check_fields(body)
    assert kind in ADDRESSEES
    left = fill(subject + body, dict.fromkeys(FIELDS, "x"))
    assert "{" not in left


@pytest.mark.parametrize("text", ["{nme}", "Gentile {nome} {Nome}", "{}", "{nome.__class__}"])
def test_an_unknown_field_is_refused(text):
    with pytest.raises(RuleViolation, match="non esiste"):
        check_fields(text)


def test_braces_in_a_value_stay_as_they_are():
    assert fill("{nome}{cognome}", {"nome": "{cognome}", "cognome": "B"}) == "{cognome}B"
    assert fill("{altro} { nome", {}) == "{altro} { nome"


@pytest.mark.parametrize("state", EnrolmentState)
def test_only_whoever_has_a_seat_apologises(state):
    later = NOW + timedelta(seconds=1)
    if state is EnrolmentState.CONFIRMED:
        check_apology(state, later, NOW)
        with pytest.raises(RuleViolation, match="già iniziata"):
            check_apology(state, NOW, NOW)
    else:
        with pytest.raises(RuleViolation, match="confermata"):
            check_apology(state, later, NOW)
