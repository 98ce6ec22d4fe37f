# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two trainers on one sheet: one wins, the other sees both values, and no mark is lost."""

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import pytest

from app.domain.roles import Role
from app.domain.vocabulary import StaffRole
from app.models import Edition, Lesson, Organisation, Programme
from app.registers import actions as marking
from tests import world as worlds
from tests.conftest import Visitor
from tests.faults.together import at_once, statuses
from tests.ledger import arranging, ask, one, trail_is_whole
from tests.pages import Hand, fields, tree, with_class, words

PEOPLE = 10
ROUNDS = 100
READ_IN_FULL = 25  # of so many losers one reads the whole page
TIMES = {"entered": "09:10", "left": "12:30", "entered_again": "", "left_again": ""}

# What the two hands want in each round, and how the page words it.
WANTED = [
    (("absent", {}, "Assente"), ("present", {}, "Presente")),
    (("times", TIMES, "Presente 09:10–12:30"), ("justified", {}, "Assente giustificato")),
    (("present", {}, "Presente"), ("absent", {}, "Assente")),
    (("justified", {}, "Assente giustificato"), ("times", TIMES, "Presente 09:10–12:30")),
]


@pytest.fixture
def two_trainers(app, visit, world):
    """The trainer and the co-trainer of a lesson with so many people, its sheet just opened."""
    with arranging(app) as session:
        edition = session.get_one(Edition, world.a.edition_id)
        home = session.get_one(Organisation, world.a.home_id)
        for number in range(PEOPLE - len(world.a.enrolment_ids)):
            worlds.make_enrolment(edition, worlds.make_person(f"Aggiunta {number}"), home)
        person = worlds.make_person("Seconda", "Docente")
        worlds.make_staff(session.get_one(Lesson, world.a.lesson_id), person, StaffRole.CO_TRAINER)
        account = worlds.make_account("docente.seconda", person)
        worlds.give_role(account, Role.TRAINER, session.get_one(Programme, world.programme_id))
        login = account.login
    first = Hand(visit("trainer_alfa"), world.a.lesson_id)
    first.open()
    return first, Hand(Visitor(app, login), world.a.lesson_id)


def rows_drawn(hand: Hand) -> dict[int, dict[str, str]]:
    """What the page, looked at once, keeps for every person."""
    rows = with_class(tree(hand.look()), "sheet-row")
    forms = [with_class(row, "sheet-times-form")[0] for row in rows]
    return {int(row.get("id")[1:]): fields(form) for row, form in zip(rows, forms, strict=True)}


def press(hand: Hand, person: int, drawn: dict, want: tuple, htmx: bool) -> Callable:
    return lambda: hand.mark(person, want[0], drawn, htmx, **want[1])


def meet(app, hands, rounds: int) -> SimpleNamespace:
    """Every round both look, then mark each person at once; what came of it.

    Most send as the page's script does and get the row alone, some as a page without script.
    """
    result = SimpleNamespace(good=0, wrong=[], read=0)
    number = count()
    for turn in range(rounds):
        drawn = [rows_drawn(hand) for hand in hands]
        wanted = WANTED[turn % len(WANTED)]
        for person in drawn[0]:
            whole = next(number) % READ_IN_FULL == 0
            answers = at_once(
                *[
                    press(hand, person, seen[person], want, not whole)
                    for hand, seen, want in zip(hands, drawn, wanted, strict=True)
                ]
            )
            if statuses(answers) != [302 if whole else 200, 409]:
                result.wrong.append(statuses(answers))
                continue
            loser = 0 if answers[0].status_code == 409 else 1
            result.wrong += _not_stored(app, person, wanted[1 - loser])
            if whole:
                result.read += 1
                result.wrong += _unsaid(hands[loser], answers[loser], person, wanted, loser)
            result.good += 1
    return result


def _not_stored(app, person: int, winner: tuple) -> list[str]:
    status = one(app, "SELECT status FROM attendance_entry WHERE enrolment_id = :id", id=person)
    due = "present" if winner[0] == "times" else winner[0]
    return [] if status == due else [f"stored {status}, won {due}"]


def _unsaid(hand: Hand, answer, person: int, wanted, loser: int) -> list[str]:
    """What the loser's page does not say: both values, and by whose hand at what time."""
    row = hand.row(person, answer)
    said = words(with_class(row, "sheet-reason")[0])
    winner = ("Trainer_Alfa", "Docente Seconda")[1 - loser]
    due = [
        "Nel frattempo la presenza è stata segnata da un'altra persona.",
        f"Ora risulta: {wanted[1 - loser][2]}, segnata da {winner} alle 09:",
        f"Non salvato: {wanted[loser][2]}.",
    ]
    times = {name: hand.drawn(person, answer)[name] for name in TIMES}
    if wanted[loser][0] == "times" and times != TIMES:
        due.append(f"the times {times}")
    return [sentence for sentence in due if sentence not in said]


def test_of_a_thousand_pairs_one_wins_and_the_other_sees_both_values(app, two_trainers):
    result = meet(app, two_trainers, ROUNDS)
    assert result.wrong == []
    assert result.good == PEOPLE * ROUNDS == 1000
    assert result.read == 1000 / READ_IN_FULL
    marks = ask(app, "SELECT count(*) FROM audit_event WHERE action = 'sheet.marked'")
    assert marks == [(1000,)]
    assert trail_is_whole(app)


def test_a_sheet_that_forgot_the_version_would_be_noticed(app, two_trainers, monkeypatch):
    mark = marking.mark
    monkeypatch.setattr(marking, "mark", lambda *args: mark(*args[:4], None))
    result = meet(app, two_trainers, 1)
    assert result.good < PEOPLE
    assert [200, 200] in result.wrong


def test_a_page_that_shows_one_value_would_be_noticed(app, two_trainers):
    hand, other = two_trainers
    person, drawn = next(iter(rows_drawn(hand).items()))
    other.mark(person, "present", other.drawn(person))
    answer = hand.mark(person, "absent", drawn)
    assert _unsaid(hand, answer, person, WANTED[0], loser=0) == []
    assert _unsaid(hand, answer, person, WANTED[1], loser=0) != []
