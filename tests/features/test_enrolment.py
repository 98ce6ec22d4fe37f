# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment, from the request to the seat: what each role does and then sees."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.enrolments.seats.giving_back import give_back_seats
from app.extensions import db
from app.models import Course, Organisation, Person, Venue
from app.transaction import unit
from tests import world as worlds
from tests.ledger import arranging, ask, checksum, one, trail_is_whole
from tests.pages import form, tree

S = EnrolmentState


@pytest.fixture
def opened(app, world):
    """An open edition of the first body with three seats, and staff of both home bodies."""
    with arranging(app) as session:
        course = session.get_one(Course, world.a.course_id)
        delivering = session.get_one(Organisation, world.a.delivering_id)
        edition = worlds.make_edition(
            course, delivering, session.scalars(select(Venue)).first(), seats_max=3,
            state=EditionState.OPEN, gives_back_on=worlds.NOW.date() + timedelta(days=3),
        )  # fmt: skip
        lesson = worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=20))
        found = SimpleNamespace(id=edition.id, code=edition.code, lesson=lesson.id, staff={})
        for name, body in (("a", world.a.home_id), ("b", world.b.home_id)):
            home = session.get_one(Organisation, body)
            people = [worlds.make_person(f"Canario{name.upper()}{i}") for i in range(4)]
            found.staff[name] = [worlds.make_affiliation(p, home).id for p in people]
        first = session.get_one(Person, world.a.person_id)
        found.participant = first.id
    return found


def path(opened, rest: str = "enrolments") -> str:
    return f"/editions/{opened.id}/{rest}"


def nominate(visitor, opened, people):
    return visitor.post(path(opened, "nominations/choice"), {"pick": people})


def states(app, opened) -> list[str]:
    rows = ask(app, "SELECT state FROM enrolment WHERE edition_id = :id ORDER BY id", id=opened.id)
    return [state for (state,) in rows]


def picks(app, opened, state: str) -> list[str]:
    rows = ask(
        app,
        "SELECT id, version FROM enrolment WHERE edition_id = :id AND state = :state ORDER BY id",
        id=opened.id,
        state=state,
    )
    return [f"{number}-{version}" for number, version in rows]


def first_of(app, opened, state: str) -> int:
    return int(picks(app, opened, state)[0].partition("-")[0])


# --- nomination --------------------------------------------------------------------


def test_a_representative_nominates_several_and_sees_who_has_a_seat(app, visit, opened):
    representative = visit("representative_alfa")
    page = representative.get(path(opened, "nominations")).text
    assert "CanarioA0" in page
    assert "CanarioB0" not in page
    people = opened.staff["a"]
    query = "&".join(f"pick={one}" for one in people)
    preview = representative.get(path(opened, f"nominations/choice?{query}")).text
    assert "3 con il posto, 1 in lista d’attesa" in preview
    assert nominate(representative, opened, people).status_code == 302
    assert states(app, opened) == ["body_approved"] * 3 + ["waitlisted"]
    assert one(app, "SELECT count(*) FROM outbox_message") == 0


@pytest.mark.parametrize("whose", ["b", "nobody"])
def test_people_of_another_body_cannot_be_nominated(app, visit, opened, whose):
    representative = visit("representative_alfa")
    before = checksum(app)
    people = opened.staff["b"][:1] if whose == "b" else [987654]
    assert nominate(representative, opened, people).status_code == 409
    assert checksum(app) == before


def test_what_somebody_did_already_and_what_clashes_is_said(app, visit, opened, world):
    with arranging(app) as session:
        edition = worlds.make_edition(
            session.get_one(Course, world.a.course_id),
            session.get_one(Organisation, world.a.delivering_id),
            session.scalars(select(Venue)).first(),
        )
        worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=20, hours=1))
        affiliation = session.get_one(worlds.Affiliation, opened.staff["a"][0])
        person = session.get_one(Person, affiliation.person_id)
        worlds.make_enrolment(edition, person, session.get_one(Organisation, world.a.home_id))
        code = edition.code
    page = visit("representative_alfa").get(path(opened, "nominations")).text
    assert f"Corso già seguito: {code}" in page
    assert f"Stesse ore: {code}, mer 3 giu 2015" in page


def test_a_second_nomination_of_the_same_person_changes_nothing(app, visit, opened):
    representative = visit("representative_alfa")
    nominate(representative, opened, opened.staff["a"][:1])
    before = checksum(app)
    assert nominate(representative, opened, opened.staff["a"][:1]).status_code == 409
    assert checksum(app) == before


def test_after_the_last_day_nobody_is_nominated_but_the_organiser_enrols(app, visit, opened):
    with arranging(app) as session:
        session.get_one(worlds.Edition, opened.id).enrol_closes_on = worlds.NOW.date() - timedelta(
            1
        )
    answer = nominate(visit("representative_alfa"), opened, opened.staff["a"][:1])
    assert answer.status_code == 409
    assert "sono chiuse" in answer.text
    coordinator = visit("coordinator")
    assert nominate(coordinator, opened, opened.staff["a"][:1]).status_code == 302
    assert states(app, opened) == ["confirmed"]


# --- request -----------------------------------------------------------------------


def request(visit, opened, app):
    participant = visit("participant_alfa")
    own = one(app, "SELECT id FROM affiliation WHERE person_id = :id", id=opened.participant)
    assert participant.post(path(opened, "request"), {"affiliation": own}).status_code == 302
    return participant


def test_a_request_goes_from_the_official_to_her_body_to_the_organiser(app, visit, opened):
    page = visit("participant_alfa").get("/open-editions").text
    assert opened.code in page
    participant = request(visit, opened, app)
    assert "ora la approva il referente del tuo ente" in participant.get("/my").text
    representative = visit("representative_alfa")
    pick = picks(app, opened, "requested")
    form = {"decision": "approve", "pick": pick}
    assert representative.post(path(opened, "enrolments/approval"), form).status_code == 302
    assert "Il tuo ente è d&#39;accordo" in participant.get("/my").text
    organiser = visit("organiser_alfa")
    form = {"decision": "confirm", "pick": picks(app, opened, "body_approved")}
    assert organiser.post(path(opened, "enrolments/decision"), form).status_code == 302
    assert states(app, opened) == ["confirmed"]
    history = participant.get(f"/enrolments/{first_of(app, opened, 'confirmed')}/history").text
    for words in (
        "Richiesta del funzionario",
        "Approvazione dell&#39;ente",
        "Iscrizione confermata",
    ):
        assert words in history
    assert trail_is_whole(app)


def test_the_body_decides_only_of_requests(app, visit, opened):
    representative = visit("representative_alfa")
    nominate(representative, opened, opened.staff["a"][:1])
    form = {
        "decision": "reject",
        "note": "Non serve più al servizio.",
        "pick": picks(app, opened, "body_approved"),
    }
    answer = representative.post(path(opened, "enrolments/approval"), form)
    assert answer.status_code == 409
    assert "soltanto sulle richieste" in answer.text


def test_lists_are_files_too(app, visit, opened):
    nominate(visit("coordinator"), opened, opened.staff["a"][:1])
    participant, organiser = visit("participant_alfa"), visit("organiser_alfa")
    assert opened.code in participant.get("/open-editions?format=csv").text
    assert (
        "CanarioA0 Lucia;Alfa;URP;Confermata"
        in organiser.get(path(opened, "enrolments?format=csv")).text
    )
    assert "CanarioA1" in visit("coordinator").get(path(opened, "nominations?format=csv")).text
    assert "Oggetto" in organiser.get(path(opened, "messages?format=csv")).text


def test_a_request_for_an_edition_not_open_is_refused(app, visit, opened, world):
    with arranging(app) as session:
        session.get_one(worlds.Edition, opened.id).enrol_opens_on = worlds.NOW.date() + timedelta(1)
    participant = visit("participant_alfa")
    assert opened.code not in participant.get("/open-editions").text
    assert "non sono ancora aperte" in participant.get(path(opened, "request")).text
    own = one(app, "SELECT id FROM affiliation WHERE person_id = :id", id=opened.participant)
    assert participant.post(path(opened, "request"), {"affiliation": own}).status_code == 409
    assert participant.post(path(opened, "request"), {"affiliation": "1' OR 1"}).status_code == 422


# --- decision ----------------------------------------------------------------------


def test_two_people_deciding_at_once_are_told_in_words(app, visit, opened):
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    seen = picks(app, opened, "body_approved")
    organiser, coordinator = visit("organiser_alfa"), visit("coordinator")
    address = path(opened, "enrolments/decision")
    reason = "Posti riservati ad altri uffici."
    reject = {"decision": "reject", "note": reason, "pick": seen[0]}
    assert organiser.post(address, reject).status_code == 302
    before = checksum(app)
    answer = coordinator.post(address, {"decision": "confirm", "pick": seen})
    assert answer.status_code == 409
    assert "Nel frattempo qualcuno ha deciso" in answer.text
    assert checksum(app) == before


def test_a_refusal_wants_a_reason_and_shows_it(app, visit, opened):
    representative = visit("representative_alfa")
    nominate(representative, opened, opened.staff["a"][:1])
    organiser = visit("organiser_alfa")
    address = path(opened, "enrolments/decision")
    form = {"decision": "reject", "pick": picks(app, opened, "body_approved")}
    answer = organiser.post(address, form)
    assert answer.status_code == 422
    assert "Scrivere il motivo." in answer.text
    form["note"] = "Ufficio già rappresentato."
    assert organiser.post(address, form).status_code == 302
    number = first_of(app, opened, "rejected")
    assert "Ufficio già rappresentato." in representative.get(f"/enrolments/{number}/history").text


def test_more_than_the_seats_are_confirmed_in_the_order_of_their_requests(app, visit, opened):
    coordinator = visit("coordinator")
    nominate(coordinator, opened, opened.staff["b"])
    assert sorted(states(app, opened)) == ["confirmed"] * 3 + ["waitlisted"]
    picked = first_of(app, opened, "waitlisted")
    preview = coordinator.get(path(opened, f"enrolments/decision?decision=confirm&pick={picked}"))
    assert "0 con il posto, 1 in lista d’attesa" in preview.text


@pytest.mark.parametrize("pick", ["x", "1", "1-", "99999999999-1", "-1-1", "1-1-1"])
def test_a_pick_that_is_none_is_a_bad_request(app, visit, opened, pick):
    organiser = visit("organiser_alfa")
    before = checksum(app)
    form = {"decision": "confirm", "pick": pick}
    answer = organiser.post(path(opened, "enrolments/decision"), form)
    assert answer.status_code == 400
    assert checksum(app) == before


# --- leaving -----------------------------------------------------------------------


def test_a_seat_left_goes_to_the_first_who_waits_and_nobody_is_told(app, visit, opened):
    coordinator = visit("coordinator")
    nominate(coordinator, opened, opened.staff["a"])
    leaver, heir = first_of(app, opened, "confirmed"), first_of(app, opened, "waitlisted")
    page = coordinator.get(f"/enrolments/{leaver}/withdrawal").text
    assert "CanarioA3 Lucia" in page
    form = {"reason": "service"}
    assert coordinator.post(f"/enrolments/{leaver}/withdrawal", form).status_code == 302
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=heir) == "confirmed"
    assert one(app, "SELECT count(*) FROM outbox_message") == 0
    assert "Si è liberato un posto" in coordinator.get(f"/enrolments/{heir}/history").text
    assert coordinator.post(f"/enrolments/{leaver}/withdrawal", form).status_code == 409


def test_who_gets_the_seat_is_told_when_it_is_ticked(app, visit, opened):
    coordinator = visit("coordinator")
    nominate(coordinator, opened, opened.staff["a"])
    leaver, heir = first_of(app, opened, "confirmed"), first_of(app, opened, "waitlisted")
    coordinator.post(f"/enrolments/{leaver}/withdrawal", {"reason": "other", "tell": "y"})
    assert ask(app, "SELECT kind, about_id FROM outbox_message") == [
        ("enrolment-confirmation", heir)
    ]


@pytest.mark.parametrize(("promote", "state"), [("", "waitlisted"), ("y", "confirmed")])
def test_after_the_start_the_seat_waits_for_the_organiser(
    app, visit, opened, clock, promote, state
):
    nominate(visit("coordinator"), opened, opened.staff["a"])
    leaver, heir = first_of(app, opened, "confirmed"), first_of(app, opened, "waitlisted")
    clock.move_to(worlds.NOW + timedelta(days=20, hours=1))
    form = {"reason": "personal", "promote": promote} if promote else {"reason": "personal"}
    assert visit("coordinator").post(f"/enrolments/{leaver}/withdrawal", form).status_code == 302
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=heir) == state


def test_a_representative_cannot_promote_after_the_start(app, visit, opened, clock):
    nominate(visit("coordinator"), opened, opened.staff["a"])
    leaver, heir = first_of(app, opened, "confirmed"), first_of(app, opened, "waitlisted")
    clock.move_to(worlds.NOW + timedelta(days=20, hours=1))
    form = {"reason": "personal", "promote": "y", "tell": "y"}
    visit("representative_alfa").post(f"/enrolments/{leaver}/withdrawal", form)
    assert one(app, "SELECT state FROM enrolment WHERE id = :id", id=heir) == "waitlisted"
    assert one(app, "SELECT count(*) FROM outbox_message") == 0


def test_the_coordinator_moves_somebody_and_everybody_reads_why(app, visit, opened):
    coordinator = visit("coordinator")
    nominate(coordinator, opened, [*opened.staff["b"], *opened.staff["a"][:2]])
    waiting = [int(pick.partition("-")[0]) for pick in picks(app, opened, "waitlisted")]
    last = waiting[-1]
    form = {"position": "1", "note": "Unico addetto allo sportello."}
    assert coordinator.post(f"/enrolments/{last}/place", form).status_code == 302
    places = ask(
        app,
        "SELECT id FROM enrolment WHERE edition_id = :id AND state = 'waitlisted' "
        "ORDER BY waitlist_position",
        id=opened.id,
    )
    assert places[0] == (last,)
    page = coordinator.get(f"/enrolments/{waiting[0]}/history").text
    assert "Il coordinamento ha spostato un&#39;altra persona" in page
    assert "Unico addetto" not in page
    assert coordinator.post(f"/enrolments/{last}/place", form).status_code == 409
    form["position"] = "0"
    assert coordinator.post(f"/enrolments/{last}/place", form).status_code == 422


def test_the_moves_cannot_be_rewritten(app, visit, opened):
    nominate(visit("coordinator"), opened, opened.staff["a"][:1])
    for deed in ("UPDATE enrolment_move SET note = 'x'", "DELETE FROM enrolment_move"):
        with pytest.raises(Exception, match="append-only"), app.app_context(), unit():
            db.session.execute(db.text(deed))


# --- seats -------------------------------------------------------------------------


def keep_seats(visit, app, opened, world, a: int, b: int, day: str = "2015-05-17"):
    numbers = {world.a.home_id: a, world.b.home_id: b}
    bodies = ask(app, "SELECT organisation_id FROM partnership WHERE programme_id = :id",
                 id=world.programme_id)  # fmt: skip
    form = {f"seats_{body}": str(numbers.get(body, 0)) for (body,) in bodies}
    return visit("organiser_alfa").post(path(opened, "seats"), {**form, "gives_back_on": day})


def test_seats_kept_for_a_body_are_not_taken_by_another(app, visit, opened, world):
    assert keep_seats(visit, app, opened, world, 1, 2).status_code == 302
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    nominate(visit("representative_beta"), opened, opened.staff["b"][:1])
    assert states(app, opened) == ["body_approved", "waitlisted", "body_approved"]


@pytest.mark.parametrize(
    ("a", "b", "words"), [(2, 2, "più dei 3"), (-1, 0, "Un numero da 0 in su")]
)
def test_seats_that_do_not_fit_are_refused_with_what_was_typed(
    app, visit, opened, world, a, b, words
):
    answer = keep_seats(visit, app, opened, world, a, b)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{a}"' in answer.text
    assert one(app, "SELECT count(*) FROM seat_allotment") == 0


def change_seats(visitor, opened, seats: int):
    """The organiser's form of the edition, with another number of seats."""
    url = path(opened, "edit")
    chosen = {"organiser": "0", "mode": "in_person", "seats_max": str(seats)}
    return visitor.client.post(url, data={**form(visitor.get(url), ""), **chosen})


def test_more_seats_go_to_who_waits_in_the_published_order(app, visit, opened, world):
    assert keep_seats(visit, app, opened, world, 1, 2).status_code == 302
    nominate(visit("representative_beta"), opened, opened.staff["b"][:3])
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:3])
    assert states(app, opened) == [*["body_approved"] * 2, "waitlisted", "body_approved",
                                   *["waitlisted"] * 2]  # fmt: skip
    organiser = visit("organiser_alfa")
    assert change_seats(organiser, opened, 5).status_code == 302
    # The two new ones are common: by time of request, whatever the body.
    assert states(app, opened) == [*["body_approved"] * 2, "confirmed", "body_approved",
                                   "confirmed", "waitlisted"]  # fmt: skip
    page = organiser.get(f"/editions/{opened.id}")
    assert "2 persone in attesa hanno avuto il posto" in page.text
    moves = ask(
        app,
        "SELECT reason, to_state, to_position, by_id FROM enrolment_move"
        " WHERE reason IN ('seats_changed', 'ahead_left') ORDER BY id",
    )
    assert moves == [
        ("seats_changed", "confirmed", None, None),
        ("seats_changed", "confirmed", None, None),
        ("ahead_left", "waitlisted", 1, None),
    ]
    assert one(app, "SELECT count(*) FROM outbox_message") == 0
    assert trail_is_whole(app)


def test_more_seats_for_a_body_go_to_its_own_who_wait(app, visit, opened, world):
    assert keep_seats(visit, app, opened, world, 0, 3).status_code == 302
    nominate(visit("representative_beta"), opened, opened.staff["b"][:2])
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    assert keep_seats(visit, app, opened, world, 1, 2).status_code == 302
    assert states(app, opened) == [*["body_approved"] * 2, "confirmed", "waitlisted"]


def test_seats_are_not_lowered_below_those_taken_or_promised(app, visit, opened, world):
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    organiser = visit("organiser_alfa")
    before = checksum(app)
    answer = change_seats(organiser, opened, 1)
    assert answer.status_code == 422
    assert "Le persone che hanno già il posto sono 2." in beside(answer, "seats_max")
    assert checksum(app) == before
    assert keep_seats(visit, app, opened, world, 1, 2).status_code == 302
    assert "I posti assegnati agli enti sono già 3." in beside(
        change_seats(organiser, opened, 2), "seats_max"
    )


def test_seats_of_a_body_are_not_lowered_below_its_people(app, visit, opened, world):
    assert keep_seats(visit, app, opened, world, 3, 0).status_code == 302
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    kept = "SELECT organisation_id, seats FROM seat_allotment"
    before = ask(app, kept)
    answer = keep_seats(visit, app, opened, world, 1, 2)
    assert answer.status_code == 422
    assert "già il posto sono 2" in beside(answer, f"seats_{world.a.home_id}")
    assert ask(app, kept) == before
    assert keep_seats(visit, app, opened, world, 2, 1).status_code == 302


def beside(answer, field: str) -> str:
    """What is said beside the field."""
    (said,) = tree(answer).findall(f".//*[@id='{field}-error']")
    return " ".join("".join(said.itertext()).split())


def test_once_it_has_begun_more_seats_wait_for_the_organiser(app, visit, opened, clock):
    nominate(visit("representative_alfa"), opened, opened.staff["a"])
    clock.move_to(worlds.NOW + timedelta(days=20, hours=1))
    assert change_seats(visit("organiser_alfa"), opened, 5).status_code == 302
    assert states(app, opened)[-1] == "waitlisted"


def give_back(app) -> int:
    with app.app_context():
        with unit():
            number = give_back_seats()
        db.session.remove()
    return number


def test_empty_seats_are_given_back_at_midnight_in_rome_and_only_once(
    app, visit, opened, world, clock
):
    keep_seats(visit, app, opened, world, 1, 2)
    nominate(visit("representative_alfa"), opened, opened.staff["a"])
    clock.move_to(worlds.NOW.replace(day=16, hour=21, minute=59))  # 23:59 of the 16th in Rome
    assert give_back(app) == 0
    assert states(app, opened) == ["body_approved"] + ["waitlisted"] * 3
    clock.move_to(worlds.NOW.replace(day=16, hour=22, minute=0))
    assert give_back(app) == 2
    after = checksum(app)
    assert give_back(app) == 0
    assert checksum(app) == after
    assert states(app, opened) == ["body_approved", "confirmed", "confirmed", "waitlisted"]
    answer = keep_seats(visit, app, opened, world, 1, 1)
    assert answer.status_code == 409
    assert "già passati in comune" in answer.text


# --- what one body sees of another ---------------------------------------------------


def test_a_representative_sees_nothing_of_another_body(app, visit, opened, world):
    """Canaries of the other body: names, numbers, addresses, on every page and file."""
    keep_seats(visit, app, opened, world, 1, 1)
    nominate(visit("representative_beta"), opened, opened.staff["b"])
    nominate(visit("representative_alfa"), opened, opened.staff["a"][:2])
    leaver = ask(
        app,
        "SELECT id FROM enrolment WHERE edition_id = :id AND home_body_id = :body ORDER BY id",
        id=opened.id,
        body=world.b.home_id,
    )
    beta = visit("representative_beta")
    beta.post(f"/enrolments/{leaver[0][0]}/withdrawal", {"reason": "service"})
    representative = visit("representative_alfa")
    own = ask(
        app,
        "SELECT id FROM enrolment WHERE edition_id = :id AND home_body_id = :body ORDER BY id",
        id=opened.id,
        body=world.a.home_id,
    )
    pages = [
        path(opened), path(opened, "enrolments?format=csv"), path(opened, "enrolments?state=waitlisted"),
        path(opened, f"enrolments?body={world.b.home_id}"), path(opened, "enrolments?q=CanarioB"),
        path(opened, "nominations"), path(opened, "nominations?q=CanarioB"), path(opened, "nominations?format=csv"), f"/editions/{opened.id}",
        path(opened, f"nominations/choice?pick={opened.staff['b'][0]}"),
        path(opened, f"enrolments/approval?decision=reject&pick={leaver[1][0]}"),
        *(f"/enrolments/{n}/{part}" for (n,) in own for part in ("history", "withdrawal")),
    ]  # fmt: skip
    for page in pages:
        answer = representative.get(page, follow_redirects=True)
        assert answer.status_code in (200, 409), page
        main = answer.text.partition("<main")[2] or answer.text
        for canary in ("CanarioB", "Beta", "representative_beta"):
            assert canary not in main.replace("q=CanarioB", "").replace('value="CanarioB"', ""), (
                page
            )
    for part in ("history", "withdrawal", "apologies"):
        assert representative.get(f"/enrolments/{leaver[1][0]}/{part}").status_code == 404
    assert representative.get(path(opened, "seats")).status_code == 403
    assert representative.get(path(opened, "messages")).status_code == 403


def test_a_canary_would_sing(app, visit, opened):
    """The same names are on the organiser's page: the canaries are alive."""
    nominate(visit("representative_beta"), opened, opened.staff["b"][:1])
    page = visit("organiser_alfa").get(path(opened)).text
    assert "CanarioB0" in page
    assert "Beta" in page


# --- apologies -----------------------------------------------------------------------


def test_an_apology_stands_beside_the_name_and_counts_in_nothing(app, visit, world):
    with arranging(app) as session:
        lesson = session.scalars(
            select(worlds.Lesson).where(worlds.Lesson.edition_id == world.a.edition_id,
                                        worlds.Lesson.seq == 2)
        ).one()  # fmt: skip
        worlds.make_staff(lesson, session.get_one(Person, one_trainer(session)))
        number = lesson.id
    participant = visit("participant_alfa")
    address = f"/enrolments/{world.a.enrolment_ids[0]}/apologies"
    assert "Non scrivere dati sulla salute" in participant.get(address).text
    form = {"lesson": number, "deed": "make", "note": "<b>In ferie</b>"}
    assert participant.post(address, form).status_code == 302
    assert participant.post(address, form).status_code == 409
    page = participant.get(address).text
    assert "&lt;b&gt;In ferie&lt;/b&gt;" in page
    sheet = visit("organiser_alfa").get(f"/lessons/{number}/sheet").text
    assert sheet.count("avvisato") == 1
    assert one(app, "SELECT count(*) FROM attendance_entry WHERE status = 'justified'") == 0
    assert (
        visit("representative_alfa")
        .post(address, {"lesson": number, "deed": "take_back"})
        .status_code
        == 302
    )
    assert "avvisato" not in visit("organiser_alfa").get(f"/lessons/{number}/sheet").text


def one_trainer(session) -> int:
    return session.scalars(select(worlds.LessonStaff.person_id)).first()


def test_no_apology_for_a_lesson_begun_nor_for_one_of_another_edition(app, visit, world, opened):
    participant = visit("participant_alfa")
    address = f"/enrolments/{world.a.enrolment_ids[0]}/apologies"
    begun = participant.post(address, {"lesson": world.a.lesson_id, "deed": "make"})
    assert begun.status_code == 409
    assert "già iniziata" in begun.text
    assert participant.post(address, {"lesson": opened.lesson, "deed": "make"}).status_code == 404
    for wrong in ({"lesson": "x", "deed": "make"}, {"deed": "make"}):
        assert participant.post(address, wrong).status_code == 404
    assert participant.post(address, {"lesson": "1", "deed": "?"}).status_code == 422


# --- the register --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confirmed", "days", "struck"), [(True, 1, True), (True, -40, False), (False, 1, False)]
)
def test_only_who_left_a_seat_after_the_beginning_stays_in_the_register(
    app, visit, world, confirmed, days, struck
):
    with arranging(app) as session:
        person = worlds.make_person("Struzzoni")
        worlds.make_enrolment(
            session.get_one(worlds.Edition, world.a.edition_id),
            person,
            session.get_one(Organisation, world.a.home_id),
            state=S.WITHDRAWN,
            confirmed_at=worlds.NOW - timedelta(days=50) if confirmed else None,
            withdrawn_at=worlds.NOW + timedelta(days=days),
        )
    organiser = visit("organiser_alfa")
    for page in (f"/lessons/{world.a.lesson_id}/sheet", f"/editions/{world.a.edition_id}/register"):
        assert ("Struzzoni" in organiser.get(page, follow_redirects=True).text) is struck, page
