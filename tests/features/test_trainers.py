# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: the hours of a trainer are those of closed pages, once each, month by month on the
wall; whoever takes another's place is put there with a reason, never in two places at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain.attendance import hours_text
from app.domain.edition import EditionState
from app.domain.register import SheetState
from app.domain.vocabulary import LessonState, StaffRole
from app.extensions import db
from app.models import Edition, Lesson, OutboxAttachment, OutboxMessage, Person, RegisterSheet
from tests import world as worlds
from tests.documents import reading
from tests.ledger import arranging, ask, checksum, one
from tests.pages import csv_rows, form, main, pairs, table
from tests.whole_app.crawl import statements

REASON = "Impedimento del docente incaricato"


def trainer_id(app, side: str = "Alfa") -> int:
    return one(app, "SELECT id FROM person WHERE family_name = :name", name=f"Docente {side}")


def tutor_id(app, side: str = "Alfa") -> int:
    return one(app, "SELECT id FROM person WHERE family_name = :name", name=f"Tutor {side}")


def change(app, model, where, **values) -> None:
    with arranging(app) as session:
        session.execute(update(model).where(where).values(**values))


def lesson_held(
    app, world, starts_at: datetime, minutes: int = 240, edition: int = 0, **over
) -> int:
    """One more lesson of the trainer whose page is closed."""
    with arranging(app) as session:
        found = session.get_one(Edition, edition or world.a.closed_edition_id)
        last = session.scalar(select(func.max(Lesson.seq)).where(Lesson.edition_id == found.id))
        lesson = worlds.make_lesson(
            found, (last or 0) + 1, starts_at, ends_at=starts_at + timedelta(minutes=minutes)
        )
        account = session.get_one(worlds.UserAccount, world.account_ids["trainer_alfa"])
        worlds.close_page(lesson, [], account)
        sheet = session.scalars(
            select(RegisterSheet).where(RegisterSheet.lesson_id == lesson.id)
        ).one()
        sheet.delivered_minutes = minutes
        person = session.get_one(Person, account.person_id)
        for role in over.get("roles", (StaffRole.TRAINER,)):
            worlds.make_staff(lesson, person, role)
        return lesson.id


def minutes_of(visit, path: str, who: str = "coordinator") -> tuple[list[int], int]:
    """Minutes of each line of the CSV, and its total."""
    *lines, total = csv_rows(visit(who).get(path))[2:]
    return [int(line[9]) for line in lines], int(total[9])


# --- the list ---------------------------------------------------------------------------------


def test_the_coordinator_sees_everybody_at_work(visit):
    rows = {row[0]: row for row in table(visit("coordinator").get("/trainers"))}
    assert set(rows) == {
        "Docente Alfa Lucia", "Docente Beta Lucia", "Tutor Alfa Lucia", "Tutor Beta Lucia",
    }  # fmt: skip
    assert rows["Docente Alfa Lucia"][1:6] == ["Docente", "2", "1 di 2", "8 h", "4 h"]
    assert rows["Tutor Alfa Lucia"][1] == "Tutor d'aula"


def test_an_organiser_sees_those_of_her_editions_with_their_hours_there(app, visit, world):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.b.past_lesson_id)
        worlds.make_staff(lesson, session.get_one(Person, trainer_id_of(session)))
    rows = {row[0]: row for row in table(visit("organiser_alfa").get("/trainers"))}
    assert set(rows) == {"Docente Alfa Lucia", "Tutor Alfa Lucia"}
    assert rows["Docente Alfa Lucia"][5] == "4 h"
    wide = {row[0]: row for row in table(visit("auditor").get("/trainers"))}
    assert wide["Docente Alfa Lucia"][5] == "8 h"


def trainer_id_of(session) -> int:
    return session.scalar(select(Person.id).where(Person.family_name == "Docente Alfa"))


def test_a_lesson_counts_once_whatever_parts_one_has_in_it(app, visit, world):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.past_lesson_id)
        person = session.get_one(Person, trainer_id_of(session))
        worlds.make_staff(lesson, person, StaffRole.CO_TRAINER)
        worlds.make_staff(lesson, person, StaffRole.TUTOR)
    number = trainer_id(app)
    rows = {row[0]: row for row in table(visit("coordinator").get("/trainers"))}
    assert rows["Docente Alfa Lucia"][5] == "4 h"
    assert minutes_of(visit, f"/trainers/{number}?month=2015-03&format=csv") == ([240], 240)


@pytest.mark.parametrize("state", [LessonState.CANCELLED, LessonState.MOVED])
def test_a_lesson_that_does_not_take_place_is_nobodys_work(app, visit, world, state):
    change(app, Lesson, Lesson.id == world.a.lesson_id, state=state)
    rows = {row[0]: row for row in table(visit("coordinator").get("/trainers"))}
    assert rows["Docente Alfa Lucia"][3:5] == ["1 di 1", "4 h"]


def test_two_hundred_trainers_cost_what_four_do(app, visit, world):
    visitor = visit("coordinator")
    with statements(app) as few:
        visitor.get("/trainers")
    small = len(few)
    with arranging(app) as session:
        for lesson_id in (world.a.lesson_id, world.b.lesson_id):
            lesson = session.get_one(Lesson, lesson_id)
            for n in range(100):
                worlds.make_staff(
                    lesson, worlds.make_person(f"Collechiaro-Montepiano {n}" + "i" * 50)
                )
    with statements(app) as many:
        assert visitor.get("/trainers").status_code == 200
    assert len(many) == small
    assert len(csv_rows(visitor.get("/trainers?format=csv"))) == 206


# --- whose hours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "alfa", "beta"),
    [
        ("coordinator", 200, 200),
        ("auditor", 200, 200),
        ("organiser_alfa", 200, 404),
        ("trainer_alfa", 200, 404),
        ("tutor_alfa", 404, 404),
        ("participant_alfa", 403, 403),
        ("representative_alfa", 403, 403),
        ("admin", 403, 403),
    ],
)
def test_whose_hours_may_be_read(app, visit, who, alfa, beta):
    visitor = visit(who)
    for path in ("/trainers/{}", "/trainers/{}/timesheet.pdf", "/trainers/{}?format=csv"):
        for side, expected in (("Alfa", alfa), ("Beta", beta)):
            answer = visitor.get(path.format(trainer_id(app, side)))
            assert answer.status_code == expected, path


def test_somebody_who_teaches_nothing_has_no_hours(app, visit, world):
    answer = visit("coordinator").get(f"/trainers/{world.a.person_id}")
    assert answer.status_code == 404


def test_a_trainer_finds_her_own_hours(app, visit):
    answer = visit("trainer_alfa").get("/my/hours?month=2015-03")
    assert pairs(answer)["Ore svolte nel mese"] == "4 h"
    assert "Foglio ore (PDF)" in main(answer)


def test_an_organisers_timesheet_has_her_editions_only(app, visit, world):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.b.past_lesson_id)
        worlds.make_staff(lesson, session.get_one(Person, trainer_id_of(session)))
    path = f"/trainers/{trainer_id(app)}?month=2015-03&format=csv"
    assert minutes_of(visit, path, "organiser_alfa") == ([240], 240)
    assert minutes_of(visit, path, "organiser_beta") == ([240], 240)
    assert minutes_of(visit, path, "trainer_alfa") == ([240, 240], 480)
    pdf = visit("organiser_alfa").get(f"/trainers/{trainer_id(app)}/timesheet.pdf?month=2015-03")
    shown = " ".join(reading.text_by_poppler(pdf.data).split())
    assert "soltanto le edizioni dell'ente" in shown
    assert "(240 minuti)" in shown


# --- what counts ------------------------------------------------------------------------------


def delivered(app, person: int) -> int:
    """The sum of the closed pages, added up a second way."""
    return one(
        app,
        "SELECT coalesce(sum(delivered_minutes), 0) FROM register_sheet WHERE state = 'closed' "
        "AND lesson_id IN (SELECT lesson_id FROM lesson_staff WHERE person_id = :id)",
        id=person,
    )


def test_the_timesheet_is_the_sum_of_the_closed_pages(app, visit, world):
    person = trainer_id(app)
    for day, minutes in ((2, 225), (3, 181), (4, 1)):
        lesson_held(app, world, datetime(2015, 3, day, 8, tzinfo=UTC), minutes)
    lines, total = minutes_of(visit, f"/trainers/{person}?month=2015-03&format=csv")
    assert sorted(lines) == [1, 181, 225, 240]
    assert total == sum(lines) == delivered(app, person)
    pdf = visit("trainer_alfa").get(f"/trainers/{person}/timesheet.pdf?month=2015-03")
    assert pdf.mimetype == "application/pdf"
    shown = " ".join(reading.text_by_poppler(pdf.data).split())
    assert f"({total} minuti)" in shown
    assert "4 lezioni svolte." in shown


def test_a_page_reopened_counts_again_when_it_is_closed(app, visit, world):
    person, path = trainer_id(app), f"/trainers/{trainer_id(app)}?month=2015-03&format=csv"
    sheet = RegisterSheet.lesson_id == world.a.past_lesson_id
    change(app, RegisterSheet, sheet, state=SheetState.REOPENED)
    assert minutes_of(visit, path) == ([], 0)
    rows = {row[0]: row for row in table(visit("coordinator").get("/trainers"))}
    assert rows["Docente Alfa Lucia"][5] == "0 h"
    shown = main(visit("coordinator").get(f"/trainers/{person}?month=2015-03"))
    assert "pagina non chiusa" in shown
    change(
        app, RegisterSheet, sheet, state=SheetState.CLOSED, delivered_minutes=180, page_version=2
    )
    assert minutes_of(visit, path) == ([180], 180)
    assert delivered(app, person) == 180


def test_a_correction_changes_what_was_done_not_how_long(app, visit, world):
    """The topic put right is the one on the timesheet; the minutes stay those of the page."""
    sheet = RegisterSheet.lesson_id == world.a.past_lesson_id
    change(app, RegisterSheet, sheet, topic_done="Argomento rettificato")
    rows = csv_rows(
        visit("coordinator").get(f"/trainers/{trainer_id(app)}?month=2015-03&format=csv")
    )
    assert rows[2][5] == "Argomento rettificato"
    assert rows[2][9] == "240"


@pytest.mark.parametrize(
    ("utc", "month"),
    [
        (datetime(2015, 2, 28, 22, 59, tzinfo=UTC), "2015-02"),
        (datetime(2015, 2, 28, 23, 0, tzinfo=UTC), "2015-03"),
        (datetime(2015, 3, 31, 21, 59, tzinfo=UTC), "2015-03"),
        (datetime(2015, 3, 31, 22, 0, tzinfo=UTC), "2015-04"),  # summer time since two days
        (datetime(2014, 12, 31, 23, 0, tzinfo=UTC), "2015-01"),
    ],
)
def test_months_begin_and_end_at_midnight_on_the_wall(app, visit, world, utc, month):
    lesson_held(app, world, utc, 77)
    for asked in ("2014-12", "2015-01", "2015-02", "2015-03", "2015-04"):
        lines, _total = minutes_of(visit, f"/trainers/{trainer_id(app)}?month={asked}&format=csv")
        assert (77 in lines) is (asked == month), asked


def test_the_hours_certified_are_those_of_the_timesheets(app, visit, world):
    """One rule behind the certificate of teaching and the timesheet."""
    lesson_held(app, world, datetime(2015, 4, 7, 8, tzinfo=UTC), 125)
    months = [
        minutes_of(visit, f"/trainers/{trainer_id(app)}?month=2015-{n:02d}&format=csv")[1]
        for n in range(1, 6)
    ]
    assert sum(months) == 365
    page = main(visit("coordinator").get(f"/editions/{world.a.closed_edition_id}/certificates"))
    assert hours_text(365) in page


# --- double bookings --------------------------------------------------------------------------


def book_elsewhere(
    app, world, starts_at: datetime, hours: int = 4, person: str = "Docente Alfa"
) -> int:
    """A lesson of the other body for the same person."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.b.edition_id)
        lesson = worlds.make_lesson(
            edition, 9, starts_at, ends_at=starts_at + timedelta(hours=hours)
        )
        found = session.scalars(select(Person).where(Person.family_name == person)).one()
        worlds.make_staff(lesson, found)
        return lesson.id


@pytest.mark.parametrize(
    ("shift", "double"), [(-4, False), (-3, True), (0, True), (3, True), (4, False)]
)
def test_two_lessons_at_once_are_said_whatever_the_body(app, visit, world, shift, double):
    today = datetime(2015, 5, 14, 7, tzinfo=UTC)
    book_elsewhere(app, world, today + timedelta(hours=shift))
    for who in ("coordinator", "organiser_alfa", "organiser_beta", "auditor"):
        shown = main(visit(who).get("/trainers"))
        assert ("Doppi impegni" in shown) is double, who
    if double:
        assert "Ente attuatore Alfa" in shown
        assert "Ente attuatore Beta" in shown


def test_what_is_called_off_is_no_double_booking(app, visit, world):
    elsewhere = book_elsewhere(app, world, datetime(2015, 5, 14, 7, tzinfo=UTC))
    change(app, Lesson, Lesson.id == elsewhere, state=LessonState.CANCELLED)
    assert "Doppi impegni" not in main(visit("coordinator").get("/trainers"))
    change(app, Lesson, Lesson.id == elsewhere, state=LessonState.SCHEDULED)
    change(app, Edition, Edition.id == world.b.edition_id, state=EditionState.CANCELLED)
    assert "Doppi impegni" not in main(visit("coordinator").get("/trainers"))


# --- substitution -----------------------------------------------------------------------------


def place(app, lesson_id: int, role: str = "trainer") -> int:
    return one(
        app,
        "SELECT id FROM lesson_staff WHERE lesson_id = :id AND role = :role",
        id=lesson_id,
        role=role,
    )


def at_work(app, lesson_id: int) -> dict[str, int]:
    rows = ask(app, "SELECT role, person_id FROM lesson_staff WHERE lesson_id = :id", id=lesson_id)
    return dict(tuple(row) for row in rows)


def substitute(app, visitor, lesson_id: int, **sent):
    path = f"/lessons/{lesson_id}/substitute"
    values = {"staff": place(app, lesson_id), "person": trainer_id(app, "Beta"), "reason": REASON}
    return visitor.client.post(path, data={**form(visitor.get(path), ""), **values, **sent})


@pytest.mark.parametrize("who", ["organiser_alfa", "coordinator"])
def test_another_takes_the_place_with_a_reason(app, visit, world, who):
    free(app, world)
    answer = substitute(app, visit(who), world.a.lesson_id)
    assert answer.status_code == 302, main(answer)
    assert at_work(app, world.a.lesson_id) == {
        "trainer": trainer_id(app, "Beta"),
        "tutor": tutor_id(app),
    }
    assert one(app, "SELECT reason FROM lesson_staff WHERE person_id = :id AND lesson_id = :lesson",
               id=trainer_id(app, "Beta"), lesson=world.a.lesson_id) == REASON  # fmt: skip
    assert ask(app, "SELECT target_type FROM audit_event WHERE action = 'lesson.substituted'") == [
        ("lesson",)
    ]
    assert visit("trainer_beta").get(f"/lessons/{world.a.lesson_id}/sheet").status_code == 200
    assert visit("trainer_alfa").get(f"/lessons/{world.a.lesson_id}/sheet").status_code == 404


def test_once_the_edition_is_open_it_is_a_variation(app, visit, world):
    free(app, world)
    before = one(app, "SELECT revision FROM lesson WHERE id = :id", id=world.a.lesson_id)
    last = numbered(app, world)
    assert substitute(app, visit("organiser_alfa"), world.a.lesson_id).status_code == 302
    kept = ask(
        app,
        "SELECT kind, reason, old, new, told FROM variation WHERE lesson_id = :id AND number > :n",
        id=world.a.lesson_id,
        n=last,
    )
    assert [tuple(row[:2]) for row in kept] == [("staff", REASON)]
    old, new, told = (json.loads(one) if isinstance(one, str) else one for one in kept[0][2:])
    assert old["trainers"] == [trainer_id(app)]
    assert new["trainers"] == [trainer_id(app, "Beta")]
    assert (old["tutors"], old["starts_at"]) == (new["tutors"], new["starts_at"])
    assert told == []
    assert one(app, "SELECT count(*) FROM outbox_message WHERE kind = 'timetable_changed'") == 0
    after = one(app, "SELECT revision FROM lesson WHERE id = :id", id=world.a.lesson_id)
    assert after == before + 1


def test_those_concerned_read_it_before_and_get_the_calendar_anew(app, visit, world):
    free(app, world)
    visitor = visit("organiser_alfa")
    sent = {"staff": place(app, world.a.lesson_id), "person": trainer_id(app, "Beta")}
    page = visitor.get(f"/lessons/{world.a.lesson_id}/substitute")
    assert "è una variazione" in main(page)
    path = f"/lessons/{world.a.lesson_id}/substitute/review"
    before = checksum(app)
    review = visitor.client.post(path, data={**form(page, ""), **sent, "reason": REASON})
    assert review.status_code == 200
    assert checksum(app) == before
    assert "docente Docente Beta Lucia" in main(review)
    assert "Leggi il messaggio" in main(review)
    again = {**form(review, f"/lessons/{world.a.lesson_id}/substitute"), "tell": "y"}
    for _twice in range(2):
        answer = visitor.client.post(f"/lessons/{world.a.lesson_id}/substitute", data=again)
        assert answer.status_code == 302
    with app.app_context():
        written = db.session.query(OutboxMessage).filter_by(kind="timetable_changed").all()
        files = {
            file.message_id: file.content.decode() for file in db.session.query(OutboxAttachment)
        }
        to = {one.to_address: (one.body, files[one.id]) for one in written}
        db.session.remove()
    addresses = {
        side: one(app, "SELECT work_email FROM person WHERE id = :id", id=trainer_id(app, side))
        for side in ("Alfa", "Beta")
    }
    assert set(addresses.values()) <= set(to)
    assert all(REASON in body and "SEQUENCE:" in file for body, file in to.values())
    assert "STATUS:CANCELLED" in to[addresses["Alfa"]][1]
    assert "STATUS:CANCELLED" not in to[addresses["Beta"]][1]
    assert len(to) == len(written) > 2  # and whoever attends, each once


def test_in_preparation_it_is_no_variation(app, visit, world):
    free(app, world)
    last = numbered(app, world)
    change(app, Edition, Edition.id == world.a.edition_id, state=EditionState.DRAFT)
    page = visit("organiser_alfa").get(f"/lessons/{world.a.lesson_id}/substitute")
    assert "è una variazione" not in main(page)
    assert substitute(app, visit("organiser_alfa"), world.a.lesson_id).status_code == 302
    assert numbered(app, world) == last


def test_the_review_refuses_what_the_substitution_would(app, visit, world):
    visitor = visit("organiser_alfa")
    page = visitor.get(f"/lessons/{world.a.lesson_id}/substitute")
    sent = {
        **form(page, ""),
        "staff": place(app, world.a.lesson_id),
        "person": trainer_id(app, "Beta"),
        "reason": REASON,
    }
    path = f"/lessons/{world.a.lesson_id}/substitute/review"
    answer = visitor.client.post(path, data=sent)
    assert answer.status_code == 422
    assert "già impegnata" in main(answer)
    assert visitor.client.post(path, data={**sent, "reason": "breve"}).status_code == 422
    assert visit("organiser_beta").post(path, {"reason": REASON}).status_code == 404


def numbered(app, world) -> int:
    """How many variations the edition has."""
    return one(
        app,
        "SELECT coalesce(max(number), 0) FROM variation WHERE edition_id = :id",
        id=world.a.edition_id,
    )


def free(app, world) -> None:
    """The other body's lesson is another day: its trainer is free today."""
    later = worlds.NOW + timedelta(days=30)
    change(
        app,
        Lesson,
        Lesson.id == world.b.lesson_id,
        starts_at=later,
        ends_at=later + timedelta(hours=4),
    )


def test_nobody_is_put_in_two_places_at_once(app, visit, world):
    answer = substitute(app, visit("organiser_alfa"), world.a.lesson_id)
    assert answer.status_code == 422
    assert "già impegnata" in main(answer)
    assert "gio 14 mag 2015, 09:00–13:00" in main(answer)
    assert REASON in answer.text  # what was written is still there
    assert at_work(app, world.a.lesson_id)["trainer"] == trainer_id(app)


@pytest.mark.parametrize(
    "reason", ["", "Malattia", "   breve    ", "x" * 201, "a\x00b motivo lungo"]
)
def test_a_reason_that_says_nothing_is_refused(app, visit, world, reason):
    free(app, world)
    answer = substitute(app, visit("organiser_alfa"), world.a.lesson_id, reason=reason)
    assert answer.status_code == 422
    assert at_work(app, world.a.lesson_id)["trainer"] == trainer_id(app)


@pytest.mark.parametrize("field", ["staff", "person"])
@pytest.mark.parametrize("value", ["987654", "x", "", "-1", "99999999999999999999"])
def test_somebody_who_was_not_offered_is_refused(app, visit, world, field, value):
    free(app, world)
    answer = substitute(app, visit("organiser_alfa"), world.a.lesson_id, **{field: value})
    assert answer.status_code == 422


def test_a_place_at_another_lesson_is_not_offered(app, visit, world):
    free(app, world)
    for other in (world.b.lesson_id, world.a.past_lesson_id):
        answer = substitute(
            app, visit("organiser_alfa"), world.a.lesson_id, staff=place(app, other)
        )
        assert answer.status_code == 422
    assert (
        substitute(
            app, visit("organiser_alfa"), world.a.lesson_id, person=world.a.person_id
        ).status_code
        == 422
    )


def test_a_page_that_is_closed_keeps_who_taught(app, visit, world):
    visitor = visit("organiser_alfa")
    path = f"/lessons/{world.a.past_lesson_id}/substitute"
    assert "non si cambia più" in main(visitor.get(path))
    sent = {
        "staff": place(app, world.a.past_lesson_id),
        "person": trainer_id(app, "Beta"),
        "reason": REASON,
    }
    answer = visitor.post(path, sent)
    assert answer.status_code == 422
    assert "il foglio" in main(answer).lower()
    assert at_work(app, world.a.past_lesson_id)["trainer"] == trainer_id(app)


def test_another_body_and_other_roles_cannot(app, visit, world):
    path = f"/lessons/{world.a.lesson_id}/substitute"
    assert visit("organiser_beta").get(path).status_code == 404
    assert visit("organiser_beta").post(path, {"reason": REASON}).status_code == 404
    for who in ("trainer_alfa", "tutor_alfa", "participant_alfa", "representative_alfa", "auditor"):
        assert visit(who).post(path, {"reason": REASON}).status_code == 403


def test_the_page_of_a_person_tells_what_she_teaches(app, visit, world):
    with arranging(app) as session:
        person = session.get_one(Person, trainer_id_of(session))
        worlds.make_affiliation(person, session.get_one(worlds.Organisation, world.a.delivering_id))
    answer = visit("organiser_alfa").get(f"/people/{trainer_id(app)}")
    assert "Docenza e tutoraggio" in main(answer)
    assert ["1 di 1", "4 h", "4 h"] in [row[2:] for row in table(answer)]
