# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: declared is what closed pages say, and only where no certificate says it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.attendance import Interval, Presence
from app.domain.certificates import CertificateKind
from app.domain.declarations import check_presence, stays_text, why_no_hours
from app.domain.edition import EditionState
from app.domain.eligibility import Case
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation
from app.domain.register import SheetState

BELOW = Case(
    edition_state=EditionState.CLOSED,
    enrolment_state=EnrolmentState.NOT_COMPLETED,
    counted=767,
    planned=960,
    threshold=80,
    open_sheets=0,
    missing_personal_data=("codice fiscale",),
    issuing_body_configured=True,
    certificate_exists=False,
)


def stay(start: tuple[int, int], end: tuple[int, int]) -> Interval:
    return Interval(*(datetime(2015, 1, 13, hour - 1, minute, tzinfo=UTC) for hour, minute in (start, end)))  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"edition_state": EditionState.ARCHIVED},
        {"counted": 1},
        {"enrolment_state": EnrolmentState.WITHDRAWN, "counted": 960},
        {
            "kind": CertificateKind.WITH_ASSESSMENT,
            "counted": 960,
            "enrolment_state": EnrolmentState.COMPLETED,
            "assessment_passed": False,
        },
    ],
)
def test_hours_that_give_no_certificate_are_declared(changes):
    assert why_no_hours(replace(BELOW, **changes)) is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"counted": 768, "enrolment_state": EnrolmentState.COMPLETED}, "bastano"),
        ({"derogated": True}, "bastano"),
        ({"kind": CertificateKind.PARTICIPATION}, "bastano"),
        (
            {"kind": CertificateKind.WITH_ASSESSMENT, "counted": 960, "assessment_passed": None},
            "bastano",
        ),
        ({"certificate_exists": True}, "C'è già"),
        ({"edition_state": EditionState.RUNNING}, "edizione è chiusa"),
        ({"edition_state": EditionState.CANCELLED}, "edizione è chiusa"),
        ({"open_sheets": 1}, "fogli presenze"),
        ({"counted": 0}, "Nessuna presenza"),
    ],
)
def test_other_hours_are_not_declared_and_the_sentence_says_why(changes, word):
    assert word in str(why_no_hours(replace(BELOW, **changes)))


@pytest.mark.parametrize(
    ("page", "status", "stays"),
    [
        (SheetState.OPEN, Presence.PRESENT, [stay((9, 0), (13, 0))]),
        (SheetState.REOPENED, Presence.PRESENT, [stay((9, 0), (13, 0))]),
        (SheetState.CLOSED, Presence.ABSENT, []),
        (SheetState.CLOSED, Presence.JUSTIFIED, []),
        (SheetState.CLOSED, Presence.PRESENT, []),
    ],
)
def test_presence_is_declared_from_closed_pages_only(page, status, stays):
    check_presence(SheetState.CLOSED, Presence.PRESENT, [stay((9, 0), (13, 0))])
    with pytest.raises(RuleViolation):
        check_presence(page, status, stays)


def test_stays_are_told_as_people_tell_them():
    assert stays_text([stay((9, 0), (13, 0))]) == "dalle 9:00 alle 13:00"
    three = [stay((9, 5), (10, 30)), stay((11, 0), (12, 0)), stay((12, 10), (13, 0))]
    assert (
        stays_text(three)
        == "dalle 9:05 alle 10:30, dalle 11:00 alle 12:00 e dalle 12:10 alle 13:00"
    )
