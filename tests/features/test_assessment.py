# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beside the hours: the result of the final test, and the questionnaire that is asked for."""

import pytest

from tests.documents.reading import text_by_poppler
from tests.issuing import ask_for, issue, work
from tests.ledger import ask, checksum, do, one
from tests.pages import form, main

RESULTS = "SELECT assessment_passed FROM enrolment WHERE edition_id = :id ORDER BY id"


@pytest.fixture
def edition(app, world) -> int:
    """A concluded edition of a course with a final test."""
    do(
        app,
        "UPDATE course SET certificate_kind = 'with_assessment' WHERE id = :id",
        id=world.a.course_id,
    )
    return world.a.closed_edition_id


@pytest.fixture
def url(edition) -> str:
    return f"/editions/{edition}/assessment"


@pytest.fixture
def people(world) -> list[int]:
    return world.a.closed_enrolment_ids


def results(app, edition) -> list[bool | None]:
    return [None if r is None else bool(r) for (r,) in ask(app, RESULTS, id=edition)]


def record(visitor, url, drawn=None, **chosen):
    """Choose results on the page as it stands, or as it stood."""
    drawn = form(visitor.get(url), "") if drawn is None else drawn
    sent = {name.replace("r", "result-", 1): value for name, value in chosen.items()}
    return visitor.client.post(url, data={**drawn, **sent})


def test_without_a_result_no_certificate_and_with_one_it_says_so(
    app, visit, world, edition, url, people
):
    first, second, third = people
    coordinator = visit("coordinator")
    preview = main(coordinator.get(f"/editions/{edition}/certificates"))
    assert "L'esito della prova finale non è registrato." in preview
    assert ask_for(coordinator, edition, first).status_code == 409
    trainer = visit("trainer_alfa")
    answer = record(trainer, url, **{f"r{first}": "passed", f"r{second}": "not_passed"})
    assert answer.status_code == 302
    assert "2 esiti registrati" in main(trainer.get(url))
    assert results(app, edition) == [True, False, None]
    for person in (second, third):
        assert ask_for(coordinator, edition, person).status_code == 409
    number = issue(app, coordinator, edition, first)
    text = text_by_poppler(coordinator.get(f"/certificates/{number}.pdf").data)
    assert "PROFITTO" in text.upper()
    assert "Prova finale superata" in text
    assert one(app, "SELECT kind FROM certificate") == "with_assessment"


def test_a_result_taken_back_while_the_issue_waits_is_seen(app, visit, edition, url, people):
    organiser, coordinator = visit("organiser_alfa"), visit("coordinator")
    record(organiser, url, **{f"r{people[0]}": "passed"})
    ask_for(coordinator, edition, people[0])
    assert record(organiser, url, **{f"r{people[0]}": "not_passed"}).status_code == 302
    work(app)
    assert one(app, "SELECT reason FROM certificate_batch_item") == "Prova finale non superata."


def test_what_a_certificate_rests_on_does_not_change(app, visit, edition, url, people):
    organiser, coordinator = visit("organiser_alfa"), visit("coordinator")
    record(organiser, url, **{f"r{people[0]}": "passed"})
    number = issue(app, coordinator, edition, people[0])
    for value in ("not_passed", ""):
        answer = record(organiser, url, **{f"r{people[0]}": value})
        assert (answer.status_code, "poggia un attestato valido" in main(answer)) == (409, True)
    assert record(organiser, url, **{f"r{people[1]}": "passed"}).status_code == 302
    revoked = {"decision": "revoke", "reason": "Prova da rifare"}
    coordinator.post(f"/certificates/{number}/decision", revoked)
    assert record(organiser, url, **{f"r{people[0]}": "not_passed"}).status_code == 302
    assert results(app, edition) == [False, True, None]


def test_two_hands_on_old_pages_lose_nothing(app, visit, edition, url, people):
    first, second, third = people
    one_hand, other = visit("organiser_alfa"), visit("trainer_alfa")
    drawn = form(one_hand.get(url), "")
    assert record(other, url, **{f"r{first}": "passed"}).status_code == 302
    assert record(one_hand, url, drawn, **{f"r{second}": "passed"}).status_code == 302
    assert results(app, edition) == [True, True, None], "what the other recorded stays"
    drawn = form(one_hand.get(url), "")
    record(other, url, **{f"r{third}": "passed"})
    answer = record(one_hand, url, drawn, **{f"r{third}": "not_passed"})
    assert (answer.status_code, "qualcun altro ha registrato" in main(answer)) == (409, True)
    assert results(app, edition) == [True, True, True]


def test_who_records_and_who_does_not(app, visit, world, edition, url, people):
    for who, status in (
        ("tutor_alfa", 403), ("auditor", 403), ("participant_alfa", 403), ("admin", 403),
        ("organiser_beta", 404), ("trainer_beta", 404),
    ):  # fmt: skip
        visitor = visit(who)
        assert visitor.post(url, {f"result-{people[0]}": "passed"}).status_code == status, who
    holder = one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=people[0])
    account, other = world.account_ids["organiser_alfa"], world.account_ids["participant_alfa"]
    do(app, "UPDATE user_account SET person_id = NULL WHERE id = :id", id=other)
    do(app, "UPDATE user_account SET person_id = :p WHERE id = :id", p=holder, id=account)
    answer = record(visit("organiser_alfa"), url, **{f"r{people[0]}": "passed"})
    assert (answer.status_code, "della propria prova" in main(answer)) == (
        409, True,
    )  # fmt: skip
    assert results(app, edition) == [None] * 3


def test_nonsense_is_refused_and_strangers_are_left_alone(app, visit, world, url, people, edition):
    organiser = visit("organiser_alfa")
    before = checksum(app)
    for sent in (
        {f"result-{people[0]}": "perhaps"},
        {f"result-{people[0]}": "passed", f"was-{people[0]}": "perhaps"},
    ):
        assert organiser.post(url, sent).status_code == 400
    stranger = {f"result-{world.b.closed_enrolment_ids[0]}": "passed", "result-x": "passed"}
    assert organiser.post(url, stranger).status_code == 302
    assert checksum(app) == before
    do(app, "UPDATE course SET certificate_kind = 'frequency'")
    answer = organiser.post(url, {f"result-{people[0]}": "passed"})
    assert (answer.status_code, "non prevede una prova finale" in main(answer)) == (409, True)
    assert results(app, edition) == [None] * 3


# The questionnaire


def test_it_is_asked_until_the_edition_ends_and_then_wanted(app, visit, world):
    organiser, edition = visit("organiser_alfa"), world.a.edition_id
    path = f"/editions/{edition}/questionnaire-asked"
    asked = "SELECT asks_questionnaire FROM edition WHERE id = :id"
    for wanted, stored in (("yes", True), ("no", False), ("yes", True)):
        assert organiser.post(f"{path}?wanted={wanted}").status_code == 302
        assert bool(one(app, asked, id=edition)) is stored
    noted = "SELECT count(*) FROM audit_event WHERE action = 'questionnaire.asked'"
    before = one(app, noted)
    organiser.post(f"{path}?wanted=yes")
    assert one(app, noted) == before
    closed = f"/editions/{world.a.closed_edition_id}/questionnaire-asked"
    assert organiser.post(closed).status_code == 409
    assert visit("organiser_beta").post(path).status_code == 404
    assert visit("trainer_alfa").post(path).status_code == 403


def test_no_certificate_before_the_questionnaire_where_it_is_asked(app, visit, world):
    edition, first = world.a.closed_edition_id, world.a.closed_enrolment_ids[0]
    do(app, "UPDATE edition SET asks_questionnaire = true WHERE id = :id", id=edition)
    coordinator = visit("coordinator")
    assert "Manca il questionario" in main(coordinator.get(f"/editions/{edition}/certificates"))
    assert ask_for(coordinator, edition, first).status_code == 409
    do(app, "UPDATE enrolment SET questionnaire_at = requested_at WHERE id = :id", id=first)
    assert issue(app, coordinator, edition, first)
    assert one(app, "SELECT count(*) FROM certificate") == 1
