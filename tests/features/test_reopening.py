# SPDX-License-Identifier: AGPL-3.0-or-later
"""A closed page opened again: by whom, until when, and what the book keeps of it."""

import json
from datetime import timedelta

import pytest

from app.domain.book import page_hash
from app.extensions import db
from app.models import Certificate, Edition, Enrolment, Lesson
from app.registers.book.reopening import ReopeningCase
from tests import world as worlds
from tests.faults.together import at_once, statuses
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import Hand, form, main, tree, with_class, words

REASON = "Manca l'uscita di una persona"
STATE = (
    "SELECT s.state, s.page_version, s.closed_late FROM register_sheet s WHERE s.lesson_id = :id"
)


def address(lesson_id: int) -> str:
    return f"/lessons/{lesson_id}/sheet/reopen"


def reopen(visitor, lesson_id: int, reason: str = REASON):
    drawn = form(visitor.get(address(lesson_id)), "")
    return visitor.client.post(address(lesson_id), data={**drawn, "reason": reason})


def state(app, lesson_id: int) -> tuple:
    found, version, late = ask(app, STATE, id=lesson_id)[0]
    return found, version, bool(late)


def records(app, edition_id: int) -> list[tuple]:
    """The book of the edition in its order."""
    return ask(
        app,
        "SELECT b.kind, b.version, b.content, b.previous_hash, b.hash FROM book_record b "
        "JOIN attendance_register r ON r.id = b.register_id "
        "WHERE r.edition_id = :id ORDER BY b.position",
        id=edition_id,
    )


def broken(app, edition_id: int) -> list[str]:
    """What is wrong with the chain of the book, from the endorsement on."""
    endorsed = "SELECT endorsement_hash FROM attendance_register WHERE edition_id = :id"
    before, faults = one(app, endorsed, id=edition_id), []
    for position, (_kind, _version, content, previous, own) in enumerate(records(app, edition_id)):
        if previous != before:
            faults.append(f"{position}: does not follow")
        if own != page_hash(json.loads(content), previous):
            faults.append(f"{position}: says something else")
        before = own
    return faults


@pytest.fixture
def closed(app, visit, world):
    """Today's sheet, closed by its trainer with everybody present."""
    trainer = Hand(visit("trainer_alfa"), world.a.lesson_id)
    trainer.open()
    trainer.all_present()
    trainer.close(heads="3")
    return world.a.lesson_id


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 200),
        ("organiser_alfa", 200),
        ("organiser_beta", 404),
        ("trainer_alfa", 403),
        ("tutor_alfa", 403),
        ("participant_alfa", 403),
        ("representative_alfa", 403),
        ("auditor", 403),
        ("admin", 403),
    ],
)
def test_who_may_open_a_page_again(app, visit, closed, who, status):
    visitor = visit(who)
    before = checksum(app)
    assert visitor.get(address(closed)).status_code == status
    answer = visitor.post(address(closed), {"reason": REASON})
    assert answer.status_code == (302 if status == 200 else status)
    assert (state(app, closed)[0] == "reopened") == (status == 200)
    assert (checksum(app) == before) == (status != 200)
    sheet = visitor.get(f"/lessons/{closed}/sheet")
    if sheet.status_code == 200 and status == 403:
        assert address(closed) not in sheet.get_data(as_text=True)


def test_the_page_says_what_it_entails_before_and_who_is_told(visit, closed):
    said = main(visit("organiser_alfa").get(address(closed)))
    assert "fino a ven 15 mag 2015, 09:2" in said
    assert "La versione 1 resta nel registro" in said
    assert "Docente Alfa" in said
    assert "Coordinator" in said
    assert "torna in corso" not in said


def test_a_reason_of_nine_characters_is_refused_beside_its_field(app, visit, closed):
    organiser = visit("organiser_alfa")
    before = checksum(app)
    for reason in ("", "123456789", "  123456789  "):
        answer = reopen(organiser, closed, reason)
        assert answer.status_code == 422
        error = with_class(tree(answer), "field-error")
        assert "motivo della riapertura" in words(error[0])
        assert form(answer, "")["reason"] == reason.strip()
    assert "almeno 10 caratteri" in main(reopen(organiser, closed, "123456789"))
    assert checksum(app) == before
    assert reopen(organiser, closed, "1234567890").status_code == 302


def test_marks_are_taken_again_and_closing_gives_the_second_version(app, visit, closed, world):
    organiser, trainer = visit("organiser_alfa"), Hand(visit("trainer_alfa"), closed)
    first = world.a.enrolment_ids[0]
    assert reopen(organiser, closed).status_code == 302
    assert state(app, closed) == ("reopened", 1, False)
    assert "Foglio riaperto: si può compilare fino a ven 15 mag 2015, 23:59" in main(trainer.look())
    assert trainer.mark(first, "times", entered="10:00", left="13:00").status_code == 302
    drawn = trainer.closing()
    assert (drawn["topic"], drawn["start"], drawn["end"]) == ("Argomento 1", "09:00", "13:00")
    assert trainer.close(drawn, heads="3").status_code == 302
    assert state(app, closed) == ("closed", 2, False)
    book = records(app, world.a.edition_id)
    assert [(kind, version) for kind, version, *_ in book] == [
        ("closed", 1),
        ("reopened", 1),
        ("closed", 2),
    ]
    said = json.loads(book[1][2])
    assert said["reason"] == REASON
    assert broken(app, world.a.edition_id) == []
    details = json.loads(one(app, "SELECT details FROM audit_event WHERE action='sheet.reopened'"))
    assert (details["reason"], details["version"]) == (REASON, 1)


def test_a_changed_record_would_break_the_chain(app, visit, closed, world):
    reopen(visit("organiser_alfa"), closed)
    assert broken(app, world.a.edition_id) == []
    drop = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'book_record'",
        "postgresql": None,
    }
    with app.app_context():
        dialect = db.engine.dialect.name
    if drop[dialect]:
        for (name,) in ask(app, drop[dialect]):
            do(app, f"DROP TRIGGER {name}")
    else:
        do(app, "ALTER TABLE book_record DISABLE TRIGGER USER")
    do(app, "UPDATE book_record SET content = replace(content, 'uscita', 'entrata')")
    if not drop[dialect]:
        do(app, "ALTER TABLE book_record ENABLE TRIGGER USER")
    assert broken(app, world.a.edition_id) == ["1: says something else"]


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (1, 409)])
def test_the_organiser_has_ten_days_from_the_end_of_the_lesson(
    app, visit, closed, clock, seconds, status
):
    end = worlds.NOW.replace(hour=11, minute=0) + timedelta(days=10)
    clock.move_to(end + timedelta(seconds=seconds), tick=False)
    organiser = visit("organiser_alfa")
    page = organiser.get(address(closed))
    assert ("solo il coordinatore può riaprire" in main(page)) == (status == 409)
    answer = organiser.post(address(closed), {"reason": REASON})
    assert answer.status_code == (302 if status == 200 else 409)
    if status == 409:
        assert reopen(visit("coordinator"), closed).status_code == 302


def test_nobody_reopens_what_has_been_reported(app, visit, closed, world):
    do(app, "UPDATE programme SET reported_at = :at", at=worlds.NOW.isoformat(" "))
    for who in ("organiser_alfa", "coordinator"):
        visitor = visit(who)
        assert "già stato rendicontato" in main(visitor.get(address(closed)))
        assert visitor.post(address(closed), {"reason": REASON}).status_code == 409
    assert state(app, closed)[0] == "closed"


def test_an_open_page_is_not_reopened(app, visit, world):
    Hand(visit("trainer_alfa"), world.a.lesson_id).open()
    organiser = visit("organiser_alfa")
    assert "si può ancora compilare" in main(organiser.get(address(world.a.lesson_id)))
    answer = organiser.post(address(world.a.lesson_id), {"reason": REASON})
    assert answer.status_code == 409


def test_the_window_is_of_24_hours_and_may_be_given_again(app, visit, world, clock):
    """Of a page of which even the deadline is over: never opened, then late for ever."""
    lesson = world.a.lesson_id
    clock.move_to(worlds.NOW + timedelta(days=5), tick=False)
    hand = Hand(visit("trainer_alfa"), lesson)
    assert "Il termine per compilare il foglio è scaduto" in main(hand.look())
    assert hand.open().status_code == 409
    coordinator = visit("coordinator")
    assert "oltre il termine" in main(coordinator.get(address(lesson)))
    assert reopen(coordinator, lesson).status_code == 302
    first, second, third = world.a.enrolment_ids
    clock.shift(24 * 3600)
    hand = Hand(visit("trainer_alfa"), lesson)
    assert hand.mark(first, "present").status_code == 302
    clock.shift(1)
    drawn = hand.drawn(second)
    refused = hand.mark(second, "present", drawn)
    assert refused.status_code == 422
    assert "chiedere la riapertura" in main(refused)
    assert reopen(visit("organiser_alfa"), lesson).status_code == 302
    assert hand.mark(second, "present").status_code == 302
    assert hand.mark(third, "absent").status_code == 302
    assert hand.close(heads="2").status_code == 302
    assert state(app, lesson) == ("closed", 1, True)
    assert reopen(visit("organiser_alfa"), lesson).status_code == 302
    assert hand.close(heads="2").status_code == 302
    assert state(app, lesson) == ("closed", 2, True)
    kinds = [kind for kind, *_ in records(app, world.a.edition_id)]
    assert kinds == ["reopened", "reopened", "closed", "reopened", "closed"]
    assert broken(app, world.a.edition_id) == []


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_a_page_closed_in_time_is_late_only_past_its_new_window(
    app, visit, closed, clock, seconds, late
):
    clock.move_to(worlds.NOW + timedelta(days=5), tick=False)
    reopen(visit("organiser_alfa"), closed)
    clock.shift(24 * 3600 + seconds)
    assert Hand(visit("trainer_alfa"), closed).close(heads="3").status_code == 302
    assert state(app, closed) == ("closed", 2, late)


def test_coordinators_and_trainers_are_told_once_and_who_did_it_is_not(app, visit, closed, world):
    do(app, "DELETE FROM outbox_message")
    reopen(visit("organiser_alfa"), closed)
    sent = ask(app, "SELECT to_address, subject, body FROM outbox_message ORDER BY to_name")
    trainer = one(app, "SELECT work_email FROM person WHERE family_name = 'Docente Alfa'")
    assert {to for to, *_ in sent} == {world.logins["coordinator"], trainer}
    assert len(sent) == 2
    for _to, subject, body in sent:
        assert subject.startswith("Riaperto il foglio presenze")
        assert REASON in body
        assert "Organiser_Alfa" in body
        assert f"/lessons/{closed}/sheet" in body
        assert "ven 15 mag 2015" in body
    do(app, "DELETE FROM outbox_message")
    Hand(visit("trainer_alfa"), closed).close(heads="3")
    reopen(visit("coordinator"), closed)
    assert [to for (to,) in ask(app, "SELECT to_address FROM outbox_message")] == [trainer]


def test_the_same_reopening_sent_twice_is_one(app, visit, closed, world):
    organiser = visit("organiser_alfa")
    drawn = {**form(organiser.get(address(closed)), ""), "reason": REASON}
    answers = [organiser.client.post(address(closed), data=drawn) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert [kind for kind, *_ in records(app, world.a.edition_id)] == ["closed", "reopened"]


def both_at_once(visit, lesson_id: int) -> list:
    hands = [visit(who) for who in ("organiser_alfa", "coordinator")]
    drawn = [form(hand.get(address(lesson_id)), "") for hand in hands]
    pairs = list(zip(hands, drawn, strict=True))
    return at_once(
        *[
            lambda h=h, d=d: h.client.post(address(lesson_id), data={**d, "reason": REASON})
            for h, d in pairs
        ]
    )


def test_of_two_reopenings_at_once_one_wins(app, visit, closed, world):
    assert statuses(both_at_once(visit, closed)) == [302, 409]
    assert [kind for kind, *_ in records(app, world.a.edition_id)] == ["closed", "reopened"]
    assert broken(app, world.a.edition_id) == []


def test_two_reopenings_without_the_rule_would_be_noticed(app, visit, closed, monkeypatch):
    monkeypatch.setattr(ReopeningCase, "check", lambda _case: None)
    assert statuses(both_at_once(visit, closed)) == [302, 302]


# A concluded edition


def certify(app, world) -> None:
    """Certificates issued to the first two people of the concluded edition."""
    with arranging(app) as session:
        for number, enrolment in enumerate(world.a.closed_enrolment_ids[:2], start=1):
            session.add(
                Certificate(
                    edition_id=world.a.closed_edition_id,
                    person_id=session.get_one(Enrolment, enrolment).person_id,
                    enrolment_id=enrolment,
                    kind="frequency",
                    issuing_body_id=world.a.home_id,
                    year=2015,
                    number=number,
                    code=f"{number:032d}",
                    holder_given_name="Lucia",
                    holder_family_name="Fontebella",
                    content="{}",
                    template_version=1,
                    state="issued",
                    issued_at=worlds.NOW,
                    issued_by_id=world.account_ids["coordinator"],
                )
            )


def outcomes(app, world) -> list[str]:
    sql = "SELECT state FROM enrolment WHERE edition_id = :id ORDER BY id"
    return [found for (found,) in ask(app, sql, id=world.a.closed_edition_id)]


def edition_state(app, world) -> str:
    return one(app, "SELECT state FROM edition WHERE id = :id", id=world.a.closed_edition_id)


def test_in_a_concluded_edition_only_the_coordinator_reopens_and_outcomes_are_open_again(
    app, visit, world
):
    lesson, organiser = world.a.past_lesson_id, visit("organiser_alfa")
    assert "solo il coordinatore" in main(organiser.get(address(lesson)))
    assert organiser.post(address(lesson), {"reason": REASON}).status_code == 409
    coordinator = visit("coordinator")
    assert "L’edizione torna in corso" in main(coordinator.get(address(lesson)))
    assert outcomes(app, world) == ["completed"] * 3
    assert reopen(coordinator, lesson).status_code == 302
    assert edition_state(app, world) == "running"
    assert outcomes(app, world) == ["confirmed"] * 3
    noted = "SELECT count(*) FROM audit_event WHERE action = 'edition.reopened'"
    assert one(app, noted) == 1


def test_the_edition_is_closed_again_and_changed_hours_put_certificates_under_review(
    app, visit, world
):
    certify(app, world)
    lesson, (first, second, third) = world.a.past_lesson_id, world.a.closed_enrolment_ids
    reopen(visit("coordinator"), lesson)
    organiser = Hand(visit("organiser_alfa"), lesson)
    assert organiser.mark(first, "absent").status_code == 302
    assert organiser.mark(third, "absent").status_code == 302
    early = visit("organiser_alfa").post(f"/editions/{world.a.closed_edition_id}/close")
    assert early.status_code == 409
    answer = organiser.close(heads="1")
    assert answer.status_code == 302
    said = main(organiser.look())
    assert "attestati posti in verifica: 1/2015." in said
    found = dict(ask(app, "SELECT enrolment_id, state FROM certificate"))
    assert found == {first: "under_review", second: "issued"}
    assert outcomes(app, world) == ["confirmed"] * 3
    closing = visit("organiser_alfa").post(f"/editions/{world.a.closed_edition_id}/close")
    assert closing.status_code == 302
    assert edition_state(app, world) == "closed"
    assert outcomes(app, world) == ["not_completed", "completed", "not_completed"]


def test_a_page_closed_again_with_the_same_hours_leaves_certificates_alone(app, visit, world):
    certify(app, world)
    reopen(visit("coordinator"), world.a.past_lesson_id)
    organiser = Hand(visit("organiser_alfa"), world.a.past_lesson_id)
    assert organiser.close(heads="3").status_code == 302
    assert "in verifica" not in main(organiser.look())
    assert {s for (s,) in ask(app, "SELECT state FROM certificate")} == {"issued"}


def test_an_edition_is_not_concluded_over_a_page_just_reopened(app, visit, world):
    """Both in the same moment: never a concluded edition with an open page."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.closed_edition_id)
        edition.state = "running"
        for enrolment in session.query(Enrolment).filter_by(edition_id=edition.id):
            enrolment.state = "confirmed"
        lesson = session.get_one(Lesson, world.a.past_lesson_id)
        lesson.starts_at, lesson.ends_at = worlds.NOW, worlds.NOW + timedelta(hours=4)
    hands = [visit("organiser_alfa"), visit("coordinator")]
    tokens = [hand.token() for hand in hands]
    answers = at_once(
        lambda: hands[0].client.post(
            f"/editions/{world.a.closed_edition_id}/close", data={"csrf_token": tokens[0]}
        ),
        lambda: hands[1].client.post(
            address(world.a.past_lesson_id), data={"csrf_token": tokens[1], "reason": REASON}
        ),
    )
    assert set(statuses(answers)) <= {302, 409}
    assert state(app, world.a.past_lesson_id)[0] == "reopened"
    assert edition_state(app, world) == "running"
