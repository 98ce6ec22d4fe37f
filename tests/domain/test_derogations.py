# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may grant a derogation, to whom, and until when it may be withdrawn."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.domain.certificates import CertificateKind
from app.domain.derogations import DerogationCategory, check_grant, check_withdrawal
from app.domain.edition import EditionState
from app.domain.eligibility import Case, is_eligible
from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation

BELOW = Case(
    edition_state=EditionState.CLOSED,
    enrolment_state=EnrolmentState.NOT_COMPLETED,
    counted=767,
    planned=960,
    threshold=80,
    open_sheets=0,
    missing_personal_data=(),
    issuing_body_configured=True,
    certificate_exists=False,
)


def grant(decider: int | None = 1, concerned: int = 2, **change: Any) -> None:
    check_grant(
        decider=decider, concerned=concerned, trainers={7, 8}, case=replace(BELOW, **change)
    )


@pytest.mark.parametrize("decider", [None, 1, 3])
def test_granted_by_somebody_apart(decider: int | None) -> None:
    grant(decider)


@pytest.mark.parametrize(
    ("decider", "concerned", "said"), [(2, 2, "per sé"), (7, 2, "insegnato"), (8, 8, "per sé")]
)
def test_not_by_those_it_concerns(decider: int, concerned: int, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        grant(decider, concerned)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counted": 768}, "La soglia è raggiunta"),
        ({"counted": 960}, "La soglia è raggiunta"),
        ({"counted": 0}, "Nessuna presenza"),
        ({"derogated": True}, "c'è già"),
        ({"edition_state": EditionState.RUNNING}, "non è ancora chiusa"),
        ({"edition_state": EditionState.CANCELLED}, "non è ancora chiusa"),
        ({"enrolment_state": EnrolmentState.WITHDRAWN}, "non è confermata"),
        ({"enrolment_state": EnrolmentState.WAITLISTED}, "non è confermata"),
        ({"kind": CertificateKind.PARTICIPATION}, "La soglia è raggiunta"),
    ],
)
def test_not_where_it_would_not_serve(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        grant(**change)


@pytest.mark.parametrize(
    ("counted", "kind"),
    list(
        product([1, 383, 767], [CertificateKind.FREQUENCY, CertificateKind.WITH_ASSESSMENT]),
    ),
)
def test_where_it_is_granted_it_is_what_was_missing(counted: int, kind: CertificateKind) -> None:
    """Whatever passes the rule of granting is eligible afterwards, and was not before."""
    grant(counted=counted, kind=kind)
    case = replace(BELOW, counted=counted, kind=kind, assessment_passed=True)
    assert not is_eligible(case)
    assert is_eligible(replace(case, derogated=True))


def test_withdrawn_until_a_certificate_rests_on_it() -> None:
    check_withdrawal(certificate_exists=False)
    with pytest.raises(RuleViolation, match="poggia un attestato"):
        check_withdrawal(certificate_exists=True)


def test_no_category_tells_of_health_or_family() -> None:
    words = {category.value for category in DerogationCategory}
    assert words == {
        "service", "protected_absence", "organisation", "equivalent_training", "other",
    }  # fmt: skip
