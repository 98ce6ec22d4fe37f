# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet of a lesson: opened, marked, counted."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.enrolment import EnrolmentState
from app.domain.roles import Role
from app.domain.vocabulary import StaffRole
from app.models import Edition, Enrolment, Lesson, LessonBreak, Person, Programme, UserAccount
from tests import world as worlds
from tests.ledger import arranging, ask, checksum, do, one
from tests.pages import Hand, main, tree, with_class, words

COUNTED = (
    "SELECT status, counted_minutes, source FROM attendance_entry "
    "WHERE sheet_id = (SELECT id FROM register_sheet WHERE lesson_id = :lesson) "
    "ORDER BY enrolment_id"
)


@pytest.fixture
def trainer(visit, world):
    """The trainer's hand on today's sheet, already open."""
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert hand.open().status_code == 302
    return hand


def marks(app, world) -> list[tuple]:
    return ask(app, COUNTED, lesson=world.a.lesson_id)


def counts(answer) -> str:
    return words(with_class(tree(answer), "sheet-counts")[0])


def pressed(row) -> list[str]:
    """Which of the two big buttons shows as pressed."""
    return [b.get("value") for b in row.iter("button") if b.get("aria-pressed") == "true"]


def minutes(app, world) -> int:
    return marks(app, world)[0][1]


def test_today_shows_the_lesson_and_opens_its_sheet(visit, world):
    visitor = visit("trainer_alfa")
    card = words(with_class(tree(visitor.get("/today")), "lesson-card")[0])
    assert "09:00–13:00" in card
    assert "Da aprire" in card
    assert "3 persone attese" in card
    hand = Hand(visitor, world.a.lesson_id)
    assert hand.open().headers["Location"] == hand.url
    hand.mark(world.a.enrolment_ids[0], "present")
    card = words(with_class(tree(visitor.get("/today")), "lesson-card")[0])
    assert "Segnate 1 persone su 3" in card


def test_today_begins_with_the_sheets_left_open(visit, world, clock):
    Hand(visit("trainer_alfa"), world.a.lesson_id).open()
    clock.shift(timedelta(days=1))
    page = main(visit("trainer_alfa").get("/today"))
    assert page.index("Fogli da chiudere") < page.index("Lezioni di oggi")
    assert "Oggi nessuna lezione" in page


def test_opening_puts_the_edition_in_progress_and_opening_twice_changes_nothing(app, visit, world):
    do(app, "UPDATE edition SET state = 'confirmed' WHERE id = :id", id=world.a.edition_id)
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    states = "SELECT state, opened_by_id FROM register_sheet WHERE lesson_id = :id"
    assert ask(app, states, id=world.a.lesson_id) == [("open", world.account_ids["trainer_alfa"])]
    assert one(app, "SELECT state FROM edition WHERE id = :id", id=world.a.edition_id) == "running"
    before = checksum(app)
    assert hand.open().status_code == 302
    assert checksum(app) == before


def test_no_sheet_opens_in_a_register_not_endorsed(app, visit, world):
    do(
        app,
        "UPDATE attendance_register SET endorsed_at = NULL WHERE edition_id = :id",
        id=world.a.edition_id,
    )
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert "non è ancora vidimato" in main(hand.look())
    before = checksum(app)
    answer = hand.open()
    assert answer.status_code == 409
    assert "va vidimato prima" in main(answer)
    assert checksum(app) == before


def test_the_organiser_endorses_the_register_once(app, visit, world):
    do(
        app,
        "UPDATE attendance_register SET endorsed_at = NULL, endorsement_hash = NULL "
        "WHERE edition_id = :id",
        id=world.a.edition_id,
    )
    url = f"/editions/{world.a.edition_id}/register/endorse"
    assert visit("trainer_alfa").post(url).status_code == 403
    assert visit("organiser_beta").post(url).status_code == 404
    organiser = visit("organiser_alfa")
    assert organiser.post(url).status_code == 302
    assert "Il registro è vidimato." in main(organiser.get(f"/editions/{world.a.edition_id}"))
    again = organiser.post(url)
    assert (again.status_code, "già vidimato" in main(again)) == (409, True)
    assert Hand(visit("trainer_alfa"), world.a.lesson_id).open().status_code == 302


def test_a_sheet_opens_on_the_day_of_its_lesson_not_before(app, visit, world, clock):
    tomorrow = one(
        app, "SELECT id FROM lesson WHERE edition_id = :id AND seq = 2", id=world.a.edition_id
    )
    hand = Hand(visit("organiser_alfa"), tomorrow)
    answer = hand.open()
    assert answer.status_code == 409
    assert "Il foglio si apre il giorno della lezione: 15/05/2015." in main(answer)
    clock.move_to(datetime(2015, 5, 14, 21, 59, tzinfo=UTC))
    assert Hand(visit("organiser_alfa"), tomorrow).open().status_code == 409
    clock.move_to(datetime(2015, 5, 14, 22, 0, 1, tzinfo=UTC))
    assert Hand(visit("organiser_alfa"), tomorrow).open().status_code == 302


def test_a_cancelled_lesson_has_no_sheet_to_open(app, visit, world):
    do(app, "UPDATE lesson SET state = 'cancelled' WHERE id = :id", id=world.a.lesson_id)
    answer = Hand(visit("trainer_alfa"), world.a.lesson_id).open()
    assert answer.status_code == 409
    assert "La lezione è annullata" in main(answer)


def test_nothing_is_marked_before_the_sheet_is_open(app, visit, world):
    visitor = visit("trainer_alfa")
    sheet = f"/lessons/{world.a.lesson_id}/sheet"
    before = checksum(app)
    one_mark = {"enrolment": world.a.enrolment_ids[0], "version": 0, "mark": "present"}
    for path, data in (
        (f"{sheet}/marks", one_mark),
        (f"{sheet}/all-present", {"entered": "09:00"}),
    ):
        answer = visitor.post(path, data)
        assert answer.status_code == 409
        assert "Il foglio non è ancora aperto" in main(answer)
    assert checksum(app) == before


def test_everybody_present_marks_those_not_marked_yet(app, trainer, world):
    first, second, third = world.a.enrolment_ids
    trainer.mark(first, "absent")
    answer = trainer.all_present("09:00")
    assert answer.status_code == 302
    page = trainer.look()
    assert "Segnate presenti 2 persone." in main(page)
    assert pressed(trainer.row(first, page)) == ["absent"]
    assert pressed(trainer.row(second, page)) == pressed(trainer.row(third, page)) == ["present"]
    assert counts(page) == "2 presenti 1 assente 0 da segnare"
    assert [m[:2] for m in marks(app, world)] == [("absent", 0), ("present", 240), ("present", 240)]


def test_everybody_present_from_a_later_time(app, trainer, world):
    trainer.all_present("09:20")
    assert counts(trainer.look()) == "3 presenti 3 in ritardo 0 assenti 0 da segnare"
    assert [m[1] for m in marks(app, world)] == [220, 220, 220]


def test_present_absent_justified_and_taken_away(app, trainer, world):
    first, second, _third = world.a.enrolment_ids
    for mark, shown, count in (
        ("present", ["present"], "1 presente 0 assenti 2 da segnare"),
        ("absent", ["absent"], "0 presenti 1 assente 2 da segnare"),
        ("justified", ["absent"], "0 presenti 1 assente 2 da segnare"),
        ("clear", [], "0 presenti 0 assenti 3 da segnare"),
    ):
        answer = trainer.mark(first, mark)
        assert answer.headers["Location"] == f"{trainer.url}#p{first}"
        page = trainer.look()
        assert (pressed(trainer.row(first, page)), counts(page)) == (shown, count), mark
    trainer.mark(second, "justified")
    assert "Assente giustificato" in words(trainer.row(second).find("div"))
    assert marks(app, world) == [("justified", 0, "trainer")]


def test_a_late_entry_counts_from_its_time(app, trainer, world):
    trainer.mark(world.a.enrolment_ids[0], "times", entered="9.45")
    assert minutes(app, world) == 195
    page = trainer.look()
    assert "09:45–…" in words(trainer.row(world.a.enrolment_ids[0], page))
    assert counts(page) == "1 presente 1 in ritardo 0 assenti 2 da segnare"


def test_leaving_early_counts_until_its_time(app, trainer, world):
    trainer.mark(world.a.enrolment_ids[0], "times", left="12:10")
    assert minutes(app, world) == 190
    page = trainer.look()
    assert "09:00–12:10" in words(trainer.row(world.a.enrolment_ids[0], page))
    assert counts(page) == "1 presente 1 uscita anticipata 0 assenti 2 da segnare"


def test_leaving_and_coming_back_counts_both_stays(app, trainer, world):
    times = {"entered": "09:10", "left": "10:00", "entered_again": "10:30", "left_again": "12:45"}
    trainer.mark(world.a.enrolment_ids[0], "times", **times)
    assert minutes(app, world) == 50 + 135
    drawn = trainer.drawn(world.a.enrolment_ids[0])
    assert {name: drawn[name] for name in times} == times
    trainer.mark(world.a.enrolment_ids[0], "times", entered="09:10")
    assert minutes(app, world) == 230
    assert one(app, "SELECT count(*) FROM presence_interval WHERE left_at IS NULL") == 1


def test_breaks_count_for_nobody(app, trainer, world):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.lesson_id)
        start = lesson.starts_at + timedelta(minutes=90)
        end = start + timedelta(minutes=20)
        session.add(LessonBreak(lesson_id=lesson.id, starts_at=start, ends_at=end))
    first, second, third = world.a.enrolment_ids
    trainer.mark(first, "present")
    trainer.mark(second, "times", entered="10:40")
    trainer.mark(third, "times", left="10:30")
    assert [m[1] for m in marks(app, world)] == [220, 130, 90]


def test_the_grace_of_the_programme_forgives_a_short_delay_and_keeps_the_time(app, trainer, world):
    do(app, "UPDATE programme SET late_grace_minutes = 10")
    first, second, _third = world.a.enrolment_ids
    trainer.mark(first, "times", entered="09:10")
    trainer.mark(second, "times", entered="09:11")
    assert [m[1] for m in marks(app, world)] == [240, 229]
    assert "09:10–…" in words(trainer.row(first))
    trainer.mark(world.a.enrolment_ids[2], "absent")
    assert trainer.close(heads="2").status_code == 302
    assert [m[1] for m in marks(app, world)] == [240, 229, 0]


def test_times_that_cannot_be_are_told_beside_the_field_and_kept(app, trainer, world):
    first = world.a.enrolment_ids[0]
    trainer.mark(first, "present")
    before = checksum(app)
    for times, said in (
        ({"entered": "24:00"}, "«24:00» non è un'ora"),
        ({"entered": "9:75"}, "«9:75» non è un'ora"),
        ({"left": "ieri"}, "«ieri» non è un'ora"),
        ({"entered": "٠٩:٣٠"}, "non è un'ora"),
        ({"entered": "08:59"}, "prima dell'inizio della lezione"),
        ({"left": "13:01"}, "dopo la fine della lezione"),
        ({"entered": "11:00", "left": "10:00"}, "prima dell'entrata"),
        ({"entered": "11:00", "left": "11:00"}, "la stessa ora"),
        ({"entered_again": "11:00"}, "Manca l'uscita prima del rientro"),
        ({"left": "11:00", "entered_again": "10:30"}, "prima dell'uscita"),
        ({"left": "10:00", "left_again": "12:00"}, "a che ora è rientrata"),
        ({"entered": "13:00"}, "non viene prima della fine"),
    ):
        for htmx in (False, True):
            answer = trainer.mark(first, "times", htmx=htmx, **times)
            assert answer.status_code == 422, times
            row = trainer.row(first, answer)
            assert said in words(row), times
            assert {n: trainer.drawn(first, answer)[n] for n in times} == times
    assert checksum(app) == before


def test_a_trainer_of_another_lesson_finds_no_sheet(app, visit, world):
    hand = Hand(visit("trainer_beta"), world.a.lesson_id)
    before = checksum(app)
    assert hand.look().status_code == 404
    assert hand.open().status_code == 404
    for path in ("marks", "all-present", "close"):
        assert hand.visitor.post(f"{hand.url}/{path}").status_code == 404
    assert checksum(app) == before


def test_a_tutor_marks_but_neither_sees_nor_sends_the_closing(app, visit, trainer, world):
    tutor = Hand(visit("tutor_alfa"), world.a.lesson_id)
    tutor.mark(world.a.enrolment_ids[0], "present")
    assert marks(app, world) == [("present", 240, "tutor")]
    assert "Chiusura del foglio" not in main(tutor.look())
    answer = tutor.visitor.post(f"{tutor.url}/close", {"topic": "Tema"})
    assert answer.status_code == 403


def test_a_coordinator_marks_as_a_substitute_and_it_shows(app, visit, trainer, world):
    coordinator = Hand(visit("coordinator"), world.a.lesson_id)
    coordinator.mark(world.a.enrolment_ids[0], "absent")
    assert marks(app, world) == [("absent", 0, "substitute")]
    details = one(app, "SELECT details FROM audit_event ORDER BY sequence DESC LIMIT 1")
    assert '"hand":"substitute"' in details
    assert coordinator.visitor.post(f"{coordinator.url}/close").status_code == 403


def test_an_auditor_reads_the_sheet_and_writes_nothing(app, visit, trainer, world):
    auditor = Hand(visit("auditor"), world.a.lesson_id)
    page = auditor.look()
    assert page.status_code == 200
    assert not with_class(tree(page), "mark")
    before = checksum(app)
    for path in ("open", "marks", "all-present", "close"):
        assert auditor.visitor.post(f"{auditor.url}/{path}").status_code == 403
    assert checksum(app) == before


def test_nobody_marks_her_own_presence(app, visit, trainer, world):
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["participant_alfa"])
        worlds.give_role(account, Role.TUTOR, session.get_one(Programme, world.programme_id))
        lesson, person = session.get_one(Lesson, world.a.lesson_id), account.person_id
        worlds.make_staff(lesson, session.get_one(Person, person), StaffRole.TUTOR)
    visitor = visit("participant_alfa")
    tutor = with_class(tree(visitor.get("/login/role")), "choice")[1].get("value")
    visitor.post("/login/role", {"assignment": tutor})
    hand = Hand(visitor, world.a.lesson_id)
    answer = hand.mark(world.a.enrolment_ids[0], "present")
    assert answer.status_code == 422
    assert "Nessuno segna la propria presenza" in words(hand.row(world.a.enrolment_ids[0], answer))
    assert hand.mark(world.a.enrolment_ids[1], "present").status_code == 302
    assert marks(app, world) == [("present", 240, "tutor")]


def test_a_withdrawn_person_stays_on_the_sheet_and_is_not_marked(app, visit, world):
    first, second, _third = world.a.enrolment_ids
    do(app, "UPDATE enrolment SET state = 'withdrawn' WHERE id = :id", id=first)
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    page = hand.look()
    assert "Ritirata" in words(hand.row(first, page))
    assert counts(page) == "0 presenti 0 assenti 2 da segnare"
    drawn = {**hand.drawn(second, page), "enrolment": str(first)}
    for htmx in (False, True):
        answer = hand.mark(first, "present", drawn, htmx)
        assert answer.status_code == 422
        assert "non è tra gli iscritti confermati" in words(hand.row(first, answer))
    hand.all_present()
    assert marks(app, world) == [("present", 240, "trainer")] * 2


def test_somebody_on_the_waiting_list_is_refused_in_words(app, visit, world):
    first, second, _third = world.a.enrolment_ids
    state = EnrolmentState.WAITLISTED
    do(app, "UPDATE enrolment SET state = :state WHERE id = :id", state=state, id=first)
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    hand.open()
    drawn = {**hand.drawn(second), "enrolment": str(first)}
    for htmx in (False, True):
        answer = hand.mark(first, "present", drawn, htmx)
        assert answer.status_code == 409
        assert "non è tra gli iscritti confermati" in answer.text
    assert marks(app, world) == []


def test_the_deadline_is_the_end_of_the_next_working_day(app, visit, trainer, world, clock):
    first, second, _third = world.a.enrolment_ids
    clock.move_to(datetime(2015, 5, 15, 21, 59, 50, tzinfo=UTC))
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert hand.mark(first, "present").status_code == 302
    drawn = hand.drawn(second)
    clock.move_to(datetime(2015, 5, 15, 22, 0, 1, tzinfo=UTC))
    answer = hand.mark(second, "present", drawn)
    assert answer.status_code == 422
    assert "Il termine per compilare il foglio è scaduto il 15/05/2015 alle 23:59" in words(
        hand.row(second, answer)
    )
    answer = hand.all_present()
    assert answer.status_code == 422
    assert "scaduto" in main(answer)
    assert len(marks(app, world)) == 1


def test_a_sheet_never_opened_cannot_be_opened_after_the_deadline(visit, world, clock):
    clock.move_to(datetime(2015, 5, 18, 8, 0, tzinfo=UTC))
    answer = Hand(visit("trainer_alfa"), world.a.lesson_id).open()
    assert answer.status_code == 409
    assert "scaduto il 15/05/2015" in main(answer)


def test_with_and_without_scripts_the_same_is_written(app, visit, trainer, world):
    steps = [
        ("present", {}),
        ("times", {"entered": "09:30", "left": "11:00", "entered_again": "11:15"}),
        ("clear", {}),
        ("times", {"left": "12:00"}),
    ]
    plain, scripted, _third = world.a.enrolment_ids
    for mark, times in steps:
        assert trainer.mark(plain, mark, **times).status_code == 302
        answer = trainer.mark(scripted, mark, htmx=True, **times)
        assert answer.status_code == 200
        fragment = tree(answer)
        assert [row.get("id") for row in with_class(fragment, "sheet-row")] == [f"p{scripted}"]
        assert counts(answer) == counts(trainer.look())
        assert trainer.drawn(scripted, answer) == trainer.drawn(scripted) | {
            "csrf_token": trainer.drawn(scripted, answer)["csrf_token"]
        }
        stored = marks(app, world)
        assert stored[:1] == stored[1:]
        stays = ask(
            app,
            "SELECT e.enrolment_id, i.entered_at, i.left_at FROM presence_interval i "
            "JOIN attendance_entry e ON e.id = i.entry_id WHERE e.enrolment_id IN (:a, :b) "
            "ORDER BY i.entered_at",
            a=plain,
            b=scripted,
        )
        assert [s[1:] for s in stays if s[0] == plain] == [s[1:] for s in stays if s[0] == scripted]


def test_the_organiser_of_another_body_finds_no_sheet(visit, trainer, world):
    assert Hand(visit("organiser_beta"), world.a.lesson_id).look().status_code == 404
    assert Hand(visit("organiser_alfa"), world.a.lesson_id).look().status_code == 200


def test_every_mark_has_its_entry_in_the_audit_trail(app, trainer, world):
    first = world.a.enrolment_ids[0]
    trainer.mark(first, "present")
    trainer.mark(first, "times", entered="09:30", left="12:00")
    trainer.mark(first, "clear")
    details = [
        row[0]
        for row in ask(
            app,
            "SELECT details FROM audit_event WHERE action = 'sheet.marked' ORDER BY sequence",
        )
    ]
    new = ["present 07:00Z-", "present 07:30Z-10:00Z", ""]
    assert details == [
        f'{{"enrolment":{first},"hand":"trainer","new":"{now}","old":"{old}"}}'
        for old, now in zip(["", *new[:2]], new, strict=True)
    ]


def test_hours_so_far_stand_beside_the_name(app, visit, world):
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        lesson = worlds.make_lesson(edition, 3, worlds.NOW - timedelta(days=7))
        people = [session.get_one(Enrolment, each) for each in world.a.enrolment_ids]
        account = session.get_one(UserAccount, world.account_ids["trainer_alfa"])
        worlds.close_page(lesson, people, account, minutes=180)
    hand = Hand(visit("trainer_alfa"), world.a.lesson_id)
    assert "3 h / 4 h (75 %)" in words(hand.row(world.a.enrolment_ids[0]))
