# SPDX-License-Identifier: AGPL-3.0-or-later
"""An issue asked for on a list, done by the worker: what goes wrong stops nobody else."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from app import seals
from app.certificates import batches, issuing, keeping
from app.domain.vocabulary import StaffRole
from app.models import Lesson, Person
from tests import world as worlds
from tests.documents.reading import text_by_poppler
from tests.issuing import ask_for, issue, work
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import form, main, table, tree, words

ITEMS = "SELECT state, reason FROM certificate_batch_item ORDER BY id"
NUMBERS = "SELECT number FROM certificate ORDER BY id"
COUNTER = "SELECT coalesce(max(last_number), 0) FROM certificate_counter"


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def edition(world) -> int:
    return world.a.closed_edition_id


@pytest.fixture
def people(world) -> list[int]:
    return world.a.closed_enrolment_ids


def states(app) -> list[str]:
    return [state for state, _reason in ask(app, ITEMS)]


def reasons(app) -> list[str]:
    return [reason for _state, reason in ask(app, ITEMS) if reason]


def drawing(monkeypatch, meanwhile) -> None:
    """Do this once, while the first certificate is being drawn."""
    draw, todo = issuing.render_certificate, [meanwhile]

    def slow(content, logos):
        while todo:
            todo.pop()(content)
        return draw(content, logos)

    monkeypatch.setattr(issuing, "render_certificate", slow)


# Asking


def test_the_choice_is_counted_and_confirmed_before_anything_is_written(
    app, coordinator, edition, people
):
    before = checksum(app)
    url = f"/editions/{edition}/certificates"
    page = coordinator.post(f"{url}/choice", {"enrolment": people[:2]})
    said = main(page)
    assert "Rilasciare 2 attestati?" in said
    assert "a partire da 1/2015" in said
    assert "Partecipante Alfa 2" not in said
    assert checksum(app) == before
    answer = coordinator.client.post(url, data={**form(page, url), "enrolment": people[:2]})
    assert states(app) == ["waiting"] * 2
    assert ask(app, NUMBERS) == []
    followed = main(coordinator.get(answer.headers["Location"]))
    assert "Partecipante Alfa 0" in followed
    assert work(app) == 2
    assert ask(app, NUMBERS) == [(1,), (2,)]


def test_no_letter_unless_asked_and_then_one_each(app, coordinator, edition, people):
    do(app, "UPDATE person SET work_email = NULL WHERE family_name = 'Partecipante Alfa 1'")
    letters = "SELECT count(*) FROM outbox_message WHERE kind = 'certificate_issued'"
    issue(app, coordinator, edition, people[2])
    assert one(app, letters) == 0
    ask_for(coordinator, edition, *people[:2], notify="y")
    assert one(app, letters) == 0, "before the commit of the certificate there is none"
    work(app)
    assert ask(app, NUMBERS) == [(1,), (2,), (3,)]
    assert one(app, letters) == 1
    body = one(app, "SELECT body FROM outbox_message WHERE kind = 'certificate_issued'")
    assert one(app, "SELECT code FROM certificate WHERE number = 2") in body


def test_who_waits_is_not_asked_for_again(app, coordinator, edition, people):
    ask_for(coordinator, edition, people[0])
    page = coordinator.get(f"/editions/{edition}/certificates")
    boxes = [b.get("value") for b in tree(page).iter("input") if b.get("name") == "enrolment"]
    assert boxes == [str(i) for i in people[1:]]
    assert "Un rilascio di questa edizione è in corso" in main(page)
    assert ask_for(coordinator, edition, people[0]).status_code == 409
    assert ask_for(coordinator, edition, *people[1:]).status_code == 302
    assert "Nessun iscritto" not in main(coordinator.get(f"/editions/{edition}/certificates"))
    assert work(app) == 3
    assert ask(app, NUMBERS) == [(1,), (2,), (3,)]


def test_two_batches_that_both_name_a_person_give_her_one(app, coordinator, edition, people):
    ask_for(coordinator, edition, people[0])
    do(app, "UPDATE certificate_batch SET finished_at = asked_at")  # hidden from the list
    ask_for(coordinator, edition, *people[:2])
    do(app, "UPDATE certificate_batch SET finished_at = NULL")
    assert work(app) == 3
    assert states(app) == ["issued", "refused", "issued"]
    assert reasons(app) == ["L'attestato è già stato rilasciato."]
    assert ask(app, NUMBERS) == [(1,), (2,)]


def test_nobody_issues_her_own(app, visit, world, edition, people):
    coordinator, holder = (world.account_ids[who] for who in ("coordinator", "participant_alfa"))
    person = one(app, "SELECT person_id FROM enrolment WHERE id = :id", id=people[0])
    do(app, "UPDATE user_account SET person_id = NULL WHERE id = :id", id=holder)
    sql = "UPDATE user_account SET person_id = :person WHERE id = :id"
    do(app, sql, person=person, id=coordinator)
    visitor = visit("coordinator")
    answer = ask_for(visitor, edition, *people)
    assert answer.status_code == 409
    assert "Nessuno rilascia un attestato a sé." in main(answer)
    assert ask_for(visitor, edition, *people[1:]).status_code == 302


# Working


def test_one_that_fails_stops_no_other_and_takes_no_number(
    app, coordinator, edition, people, monkeypatch
):
    draw = issuing.render_certificate

    def fails(content, logos):
        if content.family_name.endswith("1"):
            raise MemoryError
        return draw(content, logos)

    monkeypatch.setattr(issuing, "render_certificate", fails)
    answer = ask_for(coordinator, edition, *people)
    assert work(app) == 3
    assert states(app) == ["issued", "refused", "issued"]
    assert (ask(app, NUMBERS), one(app, COUNTER)) == ([(1,), (2,)], 2)
    page = coordinator.get(answer.headers["Location"])
    assert table(page)[0][0].startswith("Partecipante Alfa 1")
    assert "Il documento non si è potuto comporre." in main(page)
    monkeypatch.setattr(issuing, "render_certificate", draw)
    issue(app, coordinator, edition, people[1])
    assert ask(app, NUMBERS) == [(1,), (2,), (3,)]
    assert trail_is_whole(app)


@pytest.mark.parametrize("times", [1, 4])
def test_who_is_overtaken_takes_the_next_number(
    app, coordinator, edition, people, monkeypatch, times
):
    """Somebody else takes the number while the paper is drawn: once, and again and again."""
    ask_for(coordinator, edition, people[0])
    draw, left, body = issuing.render_certificate, [None] * times, []

    def overtaken(content, logos):
        if left and not body[1:]:
            left.pop()
            # The counter is held once the item was overtaken twice: nobody gets past then.
            thread = Thread(target=take_a_number, args=(app, body))
            thread.start()
            thread.join(timeout=1)
        return draw(content, logos)

    monkeypatch.setattr(issuing, "render_certificate", overtaken)
    work(app)
    assert states(app) == ["issued"]
    assert one(app, "SELECT number FROM certificate") == min(times, issuing.OVERTAKEN) + 1


def take_a_number(app, _body) -> None:
    with app.app_context():
        row = ask(app, "SELECT issuing_body_id FROM certificate_template")[0]
    sql = (
        "INSERT INTO certificate_counter (issuing_body_id, year, last_number) "
        "VALUES (:body, 2015, 1) ON CONFLICT (issuing_body_id, year) "
        "DO UPDATE SET last_number = certificate_counter.last_number + 1"
    )
    do(app, sql, body=row[0])


class Killed(BaseException):
    """The worker is no more."""


def test_a_worker_killed_between_drawing_and_keeping_leaves_all_to_the_next(
    app, coordinator, edition, people, monkeypatch
):
    ask_for(coordinator, edition, *people)
    before = checksum(app)

    def killed(*_args):
        raise Killed

    kept = keeping.keep
    for victim in ("insert", "finish"):
        with monkeypatch.context() as patch:
            patch.setattr(keeping, victim, killed)
            with pytest.raises(Killed):
                work(app)
        assert checksum(app) == before, victim
    assert keeping.keep is kept
    assert work(app) == 3
    assert (ask(app, NUMBERS), states(app)) == ([(1,), (2,), (3,)], ["issued"] * 3)


def test_an_outage_postpones_and_refuses_nothing(app, coordinator, edition, people, monkeypatch):
    ask_for(coordinator, edition, *people)
    for error in (seals.SealUnavailable("no device"), OperationalError("x", {}, Exception())):

        def fails(*_args, error=error):
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(issuing, "_paper", fails)
            assert work(app) == issuing.POSTPONED
        assert states(app) == ["waiting"] * 3
    assert work(app) == 3
    assert ask(app, NUMBERS) == [(1,), (2,), (3,)]


def test_an_outage_while_a_refusal_is_noted_postpones_it(
    app, coordinator, edition, people, monkeypatch
):
    ask_for(coordinator, edition, people[0])
    do(app, "UPDATE person SET tax_code = NULL")

    def fails(_batch):
        raise OperationalError("x", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "finish", fails)
        work(app)
    assert states(app) == ["waiting"]
    work(app)
    assert states(app) == ["refused"]


@pytest.mark.parametrize("error", [DataError, IntegrityError])
def test_one_that_cannot_be_stored_does_not_stop_the_queue(
    app, coordinator, edition, people, monkeypatch, error
):
    ask_for(coordinator, edition, *people)
    kept = keeping.insert

    def fails(actor, draft, *rest):
        if draft.content.family_name.endswith("0"):
            raise error("x", {}, Exception())
        return kept(actor, draft, *rest)

    monkeypatch.setattr(keeping, "insert", fails)
    work(app)
    assert states(app) == ["refused", "issued", "issued"]
    assert ask(app, NUMBERS) == [(1,), (2,)]


def test_whoever_lost_the_role_issues_nothing_more(app, world, coordinator, edition, people):
    changes = {
        "taken away": "UPDATE role_assignment SET ends_on = '2015-05-13' WHERE account_id = :id",
        "disabled": "UPDATE user_account SET state = 'disabled' WHERE id = :id",
    }
    for change, person in zip(changes.values(), people, strict=False):
        ask_for(coordinator, edition, person)
        do(app, change, id=world.account_ids["coordinator"])
        work(app)
        do(app, "UPDATE role_assignment SET ends_on = NULL")
        do(app, "UPDATE user_account SET state = 'active'")
    assert set(reasons(app)) == {"Chi ha chiesto il rilascio non ha più quel ruolo."}
    assert (ask(app, NUMBERS), one(app, COUNTER)) == ([], 0)


MEANWHILE = {
    "page reopened": (
        "UPDATE register_sheet SET state = 'reopened' WHERE lesson_id = :lesson",
        "Un foglio presenze non è ancora chiuso.",
    ),
    "hours fewer": (
        "UPDATE attendance_entry SET counted_minutes = 100 WHERE enrolment_id = :person",
        "Mancano 1 h 32 min alla soglia",
    ),
    "edition runs again": (
        "UPDATE edition SET state = 'running' WHERE id = :edition",
        "L'edizione non è ancora chiusa",
    ),
    "data taken out": (
        "UPDATE person SET tax_code = NULL WHERE id = "
        "(SELECT person_id FROM enrolment WHERE id = :person)",
        "Dati personali mancanti per l'attestato: codice fiscale.",
    ),
    "another kind": (
        "UPDATE course SET certificate_kind = 'participation'",
        "Il corso rilascia ora un altro tipo di attestato.",
    ),
    "nobody issues": ("DELETE FROM certificate_template", "Manca l'ente che rilascia l'attestato"),
}


@pytest.mark.parametrize("while_drawn", [False, True], ids=["before", "while drawn"])
@pytest.mark.parametrize("change", MEANWHILE)
def test_what_changes_after_the_asking_is_seen(
    app, world, coordinator, edition, people, monkeypatch, change, while_drawn
):
    sql, sentence = MEANWHILE[change]
    names = {"lesson": world.a.past_lesson_id, "person": people[0], "edition": edition}
    values = {name: value for name, value in names.items() if f":{name}" in sql}
    ask_for(coordinator, edition, people[0])
    if while_drawn:
        drawing(monkeypatch, lambda _content: do(app, sql, **values))
    else:
        do(app, sql, **values)
    work(app)
    assert states(app) == ["refused"]
    assert reasons(app)[0].startswith(sentence)
    assert (ask(app, NUMBERS), one(app, COUNTER)) == ([], 0)
    assert one(app, "SELECT count(*) FROM certificate_batch WHERE finished_at IS NULL") == 0


def test_a_name_corrected_while_drawn_is_the_one_printed(
    app, coordinator, edition, people, monkeypatch
):
    ask_for(coordinator, edition, people[0])
    new = "UPDATE person SET family_name = 'Fontebella' WHERE id = (SELECT person_id FROM "
    drawing(
        monkeypatch,
        lambda _c: do(app, f"{new} enrolment WHERE id = :id)", id=people[0]),
    )
    work(app)
    assert one(app, "SELECT holder_family_name FROM certificate") == "Fontebella"
    assert "FONTEBELLA" in text_by_poppler(one(app, "SELECT pdf FROM certificate_file")).upper()


def test_at_the_turn_of_the_year_the_number_is_of_the_year_of_issue(
    app, coordinator, edition, people, clock
):
    issue(app, coordinator, edition, people[0])
    ask_for(coordinator, edition, people[1])
    clock.move_to(worlds.NOW.replace(year=2015, month=12, day=31, hour=23, minute=30))
    do(app, "UPDATE role_assignment SET ends_on = NULL")
    work(app)  # half past midnight in Rome
    found = "SELECT number, year, content FROM certificate ORDER BY id"
    rows = ask(app, found)
    assert [row[:2] for row in rows] == [(1, 2015), (1, 2016)]
    assert '"1/2016"' in str(rows[1][2]).replace("'", '"')


# Who taught


def test_trainers_and_tutors_get_their_own_with_the_hours_delivered(
    app, coordinator, world, edition
):
    page = coordinator.get(f"/editions/{edition}/certificates")
    teachers = [b.get("value") for b in tree(page).iter("input") if b.get("name") == "teacher"]
    assert len(teachers) == 2
    do(app, "UPDATE register_sheet SET delivered_minutes = 225 WHERE lesson_id = :id",
       id=world.a.past_lesson_id)  # fmt: skip
    issue(app, coordinator, edition, teachers=tuple(int(t) for t in teachers))
    rows = ask(app, "SELECT kind, number, enrolment_id FROM certificate ORDER BY id")
    assert rows == [("teaching", 1, None), ("teaching", 2, None)]
    texts = [text_by_poppler(row[0]) for row in ask(app, "SELECT pdf FROM certificate_file")]
    assert all("3 h 45 min" in text for text in texts)
    assert sorted("tutoraggio d" in text for text in texts) == [False, True]
    again = ask_for(coordinator, edition, teachers=(int(teachers[0]),))
    assert again.status_code == 409


def test_who_taught_and_learnt_in_one_edition_gets_both(app, coordinator, world, edition, people):
    """One person, two kinds: neither stands in the other's way."""
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.past_lesson_id)
        worlds.make_staff(lesson, session.get_one(Person, world.a.person_id), StaffRole.CO_TRAINER)
    issue(app, coordinator, edition, people[0], teachers=(world.a.person_id,))
    kinds = "SELECT kind FROM certificate ORDER BY number"
    assert ask(app, kinds) == [("frequency",), ("teaching",)]
    assert "1/2015" in words(tree(coordinator.get(f"/editions/{edition}/certificates")))


# Looking


def test_a_list_of_an_issue_is_seen_by_who_sees_the_whole_edition(visit, app, coordinator, edition,
                                                                 people):  # fmt: skip
    where = ask_for(coordinator, edition, *people).headers["Location"]
    for who, status in (
        ("auditor", 200), ("organiser_alfa", 200), ("organiser_beta", 404),
        ("representative_alfa", 404), ("participant_alfa", 403), ("trainer_alfa", 403),
    ):  # fmt: skip
        visitor = visit(who)
        assert visitor.get(where).status_code == status, who
        assert visitor.get(f"{where}/progress").status_code == status, who


def test_a_large_batch_takes_its_turn_with_other_jobs(
    app, coordinator, edition, people, monkeypatch
):
    monkeypatch.setattr(issuing, "AT_ONCE", 2)
    ask_for(coordinator, edition, *people)
    assert work(app) == 2
    assert states(app) == ["issued", "issued", "waiting"]
    assert work(app) == 1
    assert ask(app, NUMBERS) == [(1,), (2,), (3,)]


def test_while_it_runs_what_is_asked_every_second_is_short(
    app, coordinator, edition, people, monkeypatch
):
    monkeypatch.setattr(batches, "AT_FIRST", 2)
    where = ask_for(coordinator, edition, *people).headers["Location"]
    part = coordinator.get(f"{where}/progress")
    assert len(list(tree(part).iter("tr"))) == 1 + 2
    assert "Qui i primi 2" in part.text
    work(app)
    assert len(table(coordinator.get(where))) == 3


def test_an_old_batch_left_behind_does_not_hold_up_a_new_one(app, coordinator, edition, people):
    ask_for(coordinator, edition, people[0])
    old = worlds.NOW - timedelta(days=40)
    do(app, "UPDATE certificate_batch SET asked_at = :old", old=old)
    ask_for(coordinator, edition, people[1])
    assert work(app) == 2
    assert states(app) == ["issued", "issued"]
