# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates and grace of a programme, its publicity, the parts of bodies and their codes."""

from datetime import date

import pytest

from app.domain import body_codes, indicators, programme
from app.domain.errors import RuleViolation
from app.domain.partnership import (
    Span,
    check_alone,
    check_begun,
    check_deactivation,
    check_ours,
    check_span,
)
from app.domain.publicity import PublicityPart, check, missing
from app.domain.vocabulary import PartnershipRole

BLOCK = {
    "union_line": "UNIONE EUROPEA",
    "fund_line": "Fondo",
    "statement": "Cofinanziato dal fondo",
    "code": "105920",
    "logos": [{"sha256": "a", "name": "Stemma"}],
}


def test_a_whole_block_lacks_nothing_and_logos_are_not_needed():
    assert missing(**BLOCK) == ()
    assert missing(**BLOCK | {"logos": []}) == ()
    check(())


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("union_line", PublicityPart.UNION_LINE),
        ("fund_line", PublicityPart.FUND_LINE),
        ("statement", PublicityPart.STATEMENT),
        ("code", PublicityPart.CODE),
    ],
)
@pytest.mark.parametrize("empty", ["", "  \n"])
def test_each_part_is_missed(name, part, empty):
    assert missing(**BLOCK | {name: empty}) == (part,)


@pytest.mark.parametrize("logo", [{"sha256": "a", "name": " "}, {"sha256": "a"}])
def test_a_logo_without_words_is_missed(logo):
    assert missing(**BLOCK | {"logos": [*BLOCK["logos"], logo]}) == (PublicityPart.LOGO_TEXTS,)


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(RuleViolation) as caught:
        check((PublicityPart.UNION_LINE, PublicityPart.STATEMENT, PublicityPart.CODE))
    said = str(caught.value)
    assert said.endswith(
        "manca: la riga dell'Unione europea, la frase sul cofinanziamento, il codice del progetto."
    )


def test_papers_are_kept_ten_years_whatever_the_day():
    assert programme.usual_retention(date(2015, 6, 30)) == date(2025, 6, 30)
    assert programme.usual_retention(date(2016, 2, 29)) == date(2026, 2, 28)


def test_dates_follow_each_other():
    day = date(2015, 1, 1)
    programme.check_dates(starts_on=day, ends_on=day)
    programme.check_retention(ends_on=day, retention_until=day)
    for start, end in ((day, date(2014, 12, 31)), (date(1999, 1, 1), day), (day, date(2300, 1, 1))):
        with pytest.raises(RuleViolation):
            programme.check_dates(starts_on=start, ends_on=end)
    with pytest.raises(RuleViolation):
        programme.check_retention(ends_on=day, retention_until=date(2014, 12, 31))


def test_grace_stands_once_a_sheet_is_open():
    programme.check_grace(old=0, new=0, marked=True)
    programme.check_grace(old=0, new=10, marked=False)
    with pytest.raises(RuleViolation):
        programme.check_grace(old=0, new=10, marked=True)
    programme.check_seen(seen=1, now=1)
    with pytest.raises(RuleViolation):
        programme.check_seen(seen=1, now=2)


def test_a_text_takes_the_new_names_the_longest_first():
    changes = [("FOR PA", "FOR PA II"), ("Fondo FOR PA", "Fondo nuovo"), ("", "x")]
    assert programme.renamed("Fondo FOR PA – FOR PA", changes) == "Fondo nuovo – FOR PA II"


def test_a_share_is_at_most_a_hundred():
    indicators.check_target("OUT1", 5000)
    indicators.check_target("RES1", 100)
    with pytest.raises(RuleViolation):
        indicators.check_target("RES1", 101)


JAN, FEB, MAR = date(2015, 1, 1), date(2015, 2, 1), date(2015, 3, 1)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Span(None, None), Span(JAN, FEB), True),
        (Span(JAN, FEB), Span(FEB, MAR), True),
        (Span(JAN, JAN), Span(FEB, None), False),
        (Span(FEB, None), Span(None, JAN), False),
    ],
)
def test_spans_meet_by_a_day(one, other, meet):
    assert one.meets(other) is other.meets(one) is meet


def test_only_one_leads_at_a_time():
    lead, partner = PartnershipRole.LEAD_BENEFICIARY, PartnershipRole.PARTNER_BODY
    held = [("Comune di Perugia", Span(JAN, JAN))]
    check_alone(lead, Span(FEB, None), held)
    check_alone(partner, Span(JAN, None), held)
    with pytest.raises(RuleViolation, match="Comune di Perugia"):
        check_alone(lead, Span(JAN, None), held)


def test_a_part_has_a_beginning_before_its_end_and_is_never_unsaid():
    check_span(Span(JAN, JAN))
    check_span(Span(None, JAN))
    check_begun(begun=True, held=True)
    check_begun(begun=False, held=False)
    with pytest.raises(RuleViolation):
        check_span(Span(FEB, JAN))
    with pytest.raises(RuleViolation):
        check_begun(begun=True, held=False)


def test_who_may_change_a_body():
    check_ours(ours=True, others=True)
    check_ours(ours=False, others=False)
    with pytest.raises(RuleViolation):
        check_ours(ours=False, others=True)


FREE = {"leads": False, "issues": False, "delivering": 0, "elsewhere": False}


def test_a_body_that_nothing_hangs_on_may_be_deactivated():
    check_deactivation(**FREE)
    for name, value in (("leads", True), ("issues", True), ("delivering", 2), ("elsewhere", True)):
        with pytest.raises(RuleViolation):
            check_deactivation(**FREE | {name: value})


@pytest.mark.parametrize(
    ("check_code", "good", "bad"),
    [
        (body_codes.check_istat, "054039", ["54039", "0540390", "05403A", "٠٥٤٠٣٩", ""]),
        (body_codes.check_belfiore, "G478", ["g478", "4478", "G47", "G4780"]),
        (body_codes.check_province, "PG", ["P", "PGX", "pg", "P1"]),
        (body_codes.check_tax_code, "00488410010", ["00488410011", "0048841001", "00000000000"]),
    ],
)
def test_codes_of_bodies(check_code, good, bad):
    check_code(good)
    for code in bad:
        with pytest.raises(RuleViolation):
            check_code(code)
