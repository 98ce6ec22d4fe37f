# SPDX-License-Identifier: AGPL-3.0-or-later
"""Credits of social workers: the 80 per cent at its boundaries, and what must fit together."""

import pytest

from app.domain import credits
from app.domain.errors import RuleViolation

EVENT = {"event_id": "12345", "training": 16}


@pytest.mark.parametrize(
    ("counted", "planned", "earned"),
    [(768, 960, True), (767, 960, False), (192, 240, True), (191, 240, False), (577, 721, True),
     (576, 721, False), (960, 960, True), (0, 960, False), (0, 0, False), (1, 0, False)],
)  # fmt: skip
def test_credits_want_four_fifths_of_the_duration(counted, planned, earned):
    said = credits.earns(social_worker=True, counted=counted, planned=planned, **EVENT)
    why = credits.why_not(ended=True, counted=counted, planned=planned, **EVENT)
    assert (said, why is None) == (earned, earned)


@pytest.mark.parametrize(
    "missing",
    [{"event_id": None}, {"event_id": ""}, {"training": None}, {"training": 0}, {"social_worker": False}],
)  # fmt: skip
def test_only_a_social_worker_at_an_accredited_event_earns_them(missing):
    full = {"social_worker": True, "counted": 960, "planned": 960, **EVENT}
    assert credits.earns(**full)
    assert not credits.earns(**full | missing)


@pytest.mark.parametrize(
    ("case", "start"),
    [
        ({"event_id": None}, "Mancano gli estremi"),
        ({"training": None, "ended": False}, "Mancano gli estremi"),
        ({"ended": False}, "L'edizione non è ancora chiusa"),
        ({"counted": 767}, "Ha frequentato il 79 %: per i crediti serve almeno l'80 %."),
    ],
)
def test_the_first_reason_is_the_one_that_decides(case, start):
    full = {"ended": True, "counted": 960, "planned": 960, **EVENT}
    assert str(credits.why_not(**full | case)).startswith(start)


FITTING = [
    (False, None, None, None), (True, None, None, None), (True, "12345", 16, None),
    (True, "12345", 16, 0), (True, "12345", 16, 16),
]  # fmt: skip
UNFITTING = [
    ((False, "12345", 16, None), "è stato chiesto"),
    ((False, None, None, 3), "è stato chiesto"),
    ((True, "12345", None, None), "insieme"),
    ((True, "12345", 0, None), "insieme"),
    ((True, None, 16, None), "insieme"),
    ((True, "12345", 16, 17), "deontologici"),
    ((True, None, None, 1), "deontologici"),
]


def check(asked, event_id, training, ethics) -> None:
    credits.check_accreditation(asked=asked, event_id=event_id, training=training, ethics=ethics)


@pytest.mark.parametrize("case", FITTING)
def test_an_accreditation_may_be_partly_known(case):
    check(*case)


@pytest.mark.parametrize(("case", "word"), UNFITTING)
def test_an_accreditation_fits_together(case, word):
    with pytest.raises(RuleViolation, match=word):
        check(*case)


def test_credits_on_valid_certificates_do_not_change():
    credits.check_change(on_certificates=False)
    with pytest.raises(RuleViolation):
        credits.check_change(on_certificates=True)


@pytest.mark.parametrize(
    ("training", "ethics", "words"),
    [
        (16, 3, "Evento accreditato CNOAS n. 12345: 16 crediti formativi, di cui 3 deontologici"),
        (16, 1, "Evento accreditato CNOAS n. 12345: 16 crediti formativi, di cui 1 deontologico"),
        (16, 0, "Evento accreditato CNOAS n. 12345: 16 crediti formativi"),
        (1, None, "Evento accreditato CNOAS n. 12345: 1 credito formativo"),
    ],
)
def test_the_line_on_the_certificate(training, ethics, words):
    assert credits.line("12345", training, ethics) == words
