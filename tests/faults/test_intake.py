# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of people nobody vouches for, two at once, a worker killed between, files that explode."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from app import audit, table_reader
from app.extensions import db
from app.people.imports import actions, checking, undoing, work, writing
from app.uploads import read_people
from tests import world as worlds
from tests.faults.files import SHEET, sheet_of, workbook, zipped
from tests.faults.test_uploads import BAD_TABLES, LITTLE, SOON, refusal
from tests.faults.together import at_once, statuses, without_locks
from tests.intake import apply, bring_in, check, lines, many, undo
from tests.intake import work as let_work
from tests.ledger import ask, do, one, trail_is_whole
from tests.pages import form, main

PEOPLE = "SELECT count(*) FROM person"
NAMES = "SELECT count(*) FROM person WHERE family_name LIKE 'Fontebella%'"
STATE = "SELECT state FROM person_import WHERE id = :id"
LONG = actions.AT_ONCE + 50

# Bounds are wider here than for a sheet of marks, and a formula is read for its value.
WIDER = {"too many rows", "too many columns", "a formula"}
BOMBS = {name: case for name, case in BAD_TABLES.items() if name not in WIDER} | {
    "too many rows": (lambda: b"a;b\n" * 20_001, "20 000 righe"),
    "too many columns": (lambda: b";".join([b"a"] * 41), "40 colonne"),
    "a formula nobody has reckoned": (
        lambda: workbook(SHEET, sheet_of('<row r="2"><c r="B2"><f>1+1</f></c></row>')),
        "cella B2 contiene una formula senza il suo valore",
    ),
    "nested archives": (
        lambda: workbook("xl/worksheets/sheet1.xml", zipped([("a.zip", bytes(3_000_000))])),
        "danneggiato",
    ),
    "forty million of one letter": (
        lambda: workbook(SHEET, sheet_of(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"a" * 39_000_000}</t></is></c></row>')),
        "troppo grande",
    ),
    "shared texts": (
        lambda: workbook("xl/sharedStrings.xml", "<sst>" + "<si><t>a</t></si>" * 2_500_000 + "</sst>"),
        "troppo grande",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_list_is_refused_in_words_and_soon(name):
    make, sentence = BOMBS[name]
    assert sentence in refusal(read_people, make(), soon=SOON)


WEIGHED = """
import runpy, sys
runpy.run_path(sys.argv.pop(1), run_name="__main__")
sys.stderr.write(open("/proc/self/status").read())
"""


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "too big"])
def test_the_reader_takes_little_memory_for_a_bomb(name):
    done = subprocess.run(  # noqa: S603 - our own program and file
        [sys.executable, "-I", "-c", WEIGHED, table_reader.__file__],
        input=BOMBS[name][0](),
        capture_output=True,
        check=True,
    )
    assert "sentence" in json.loads(done.stdout.partition(b"\n")[0])
    assert int(re.search(rb"VmHWM:\s+(\d+) kB", done.stderr)[1]) < LITTLE


def test_what_kills_the_reader_kills_nothing_else(monkeypatch):
    """The control: a reader that dies says nothing, and the file counts as damaged."""
    script = Path(table_reader.__file__).with_name("no_such_reader.py")
    monkeypatch.setattr("app.uploads._TABLE_READER", script)
    assert "non si legge come tabella" in refusal(read_people, b"Cognome;Nome\n")


# --- two at once -------------------------------------------------------------


@pytest.fixture
def two(visit):
    return visit("representative_alfa"), visit("coordinator")


def ready(visitor, raw, **more):
    """A list looked at, and the button that imports it, ready to be pressed."""
    url = check(visitor, raw, **more)
    drawn = form(visitor.get(url), f"{url}/apply")
    return url, lambda: visitor.client.post(f"{url}/apply", data=drawn)


def test_two_lists_of_the_same_people_at_once_make_them_once(app, world, two):
    people = lines(*((f"Fontebella{c}", "Lucia") for c in "abcdefgh"), head=("Cognome", "Nome"))
    first, press = ready(two[0], people)
    second, push = ready(two[1], people + " ;\r\n", body=str(world.a.home_id))
    answers = at_once(press, push)
    assert statuses(answers) == [302, 302]
    assert one(app, NAMES) == 8, "nobody without code or address is unique by the database"
    states = {one(app, STATE, id=url.rpartition("/")[2]) for url in (first, second)}
    assert states == {"applied", "checked"}
    assert trail_is_whole(app)


def test_without_the_locks_they_would_be_made_twice(app, world, two, monkeypatch):
    """The control of the race before."""
    people = lines(*((f"Fontebella{c}", "Lucia") for c in "abcdefgh"), head=("Cognome", "Nome"))
    _first, press = ready(two[0], people)
    _second, push = ready(two[1], people + " ;\r\n", body=str(world.a.home_id))
    without_locks(app, monkeypatch)
    plan = checking.plan
    together = Barrier(2, timeout=5)

    def planned(*args):
        found = plan(*args)
        together.wait()
        return found

    monkeypatch.setattr(writing, "plan", planned)
    answers = at_once(press, push)
    assert one(app, NAMES) == 16 or 503 in statuses(answers) or 409 in statuses(answers)


def test_pressed_twice_at_once_it_is_imported_once(app, two):
    _url, press = ready(two[0], lines(("Fontebella", "Lucia"), head=("Cognome", "Nome")))
    assert statuses(at_once(press, press)) == [302, 302]
    assert one(app, NAMES) == 1
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'intake.applied'") == 1


def test_undone_twice_at_once_it_is_undone_once(app, two):
    url = bring_in(two[0], lines(("Fontebella", "Lucia"), head=("Cognome", "Nome")))
    assert sorted(statuses(at_once(lambda: undo(two[0], url), lambda: undo(two[1], url))))[0] == 302
    assert one(app, NAMES) == 0
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'intake.undone'") == 1


# --- killed between ----------------------------------------------------------

KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from app import create_app
from app.people.imports import {module}, work
from config import TestConfig

app = create_app(type("Config", (TestConfig,), {{"SQLALCHEMY_DATABASE_URI": {url!r}}}))
done = {module}.{name}
count = [0]

def dying(*args, **more):
    result = done(*args, **more)
    count[0] += 1
    if count[0] == {after}:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

{module}.{name} = dying
with app.app_context():
    work.advance_imports()
"""


def kill_worker(app, module: str, name: str, after: int = 1) -> None:
    """A worker of its own, killed as soon as it has done this."""
    root = str(Path(__file__).parents[2])
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    program = KILLED.format(root=root, module=module, name=name, after=after, url=url)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, check=False, cwd=root)  # noqa: S603 - ours
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


DEATHS = ["_create", "_affiliate", "_note", "_conclude", "hold_people"]


@pytest.mark.parametrize("where", DEATHS)
def test_a_worker_killed_while_it_writes_has_written_nothing(app, two, where):
    url = check(two[0], many(LONG))
    let_work(app)
    before = one(app, PEOPLE), one(app, "SELECT count(*) FROM affiliation")
    apply(two[0], url)
    kill_worker(app, "writing", where)
    assert (one(app, PEOPLE), one(app, "SELECT count(*) FROM affiliation")) == before
    assert one(app, STATE, id=url.rpartition("/")[2]) == "applying"
    assert let_work(app) == 1
    assert one(app, PEOPLE) == before[0] + LONG
    assert one(app, STATE, id=url.rpartition("/")[2]) == "applied"
    assert trail_is_whole(app)


def test_a_worker_killed_while_it_checks_begins_anew(app, two, monkeypatch):
    url = check(two[0], many(LONG))
    kill_worker(app, "checking", "store")
    assert one(app, STATE, id=url.rpartition("/")[2]) == "checking"
    assert let_work(app) == 1
    assert f"Nuove {LONG}" in main(two[0].get(url))


@pytest.mark.parametrize("where", DEATHS)
def test_whatever_fails_while_it_is_written_leaves_nothing(app, two, monkeypatch, where):
    url = check(two[0], many(LONG))
    let_work(app)
    apply(two[0], url)
    done = getattr(writing, where)

    def failing(*args):
        done(*args)
        raise RuntimeError("planted")

    monkeypatch.setattr(writing, where, failing)
    assert let_work(app) == 1
    monkeypatch.undo()
    assert one(app, NAMES) == 0
    assert one(app, STATE, id=url.rpartition("/")[2]) == "columns"
    assert work.FAILED.text in main(two[0].get(f"{url}/columns"))


def test_a_clash_with_what_is_stored_is_looked_at_again(app, two, monkeypatch):
    """Somebody registered meanwhile in a way the lock does not know of."""
    url = check(two[0], many(LONG))
    let_work(app)
    apply(two[0], url)
    create = writing._create

    def clashing(*args):
        create(*args)
        raise IntegrityError("INSERT", {}, Exception("planted"))

    monkeypatch.setattr(writing, "_create", clashing)
    let_work(app)
    monkeypatch.undo()
    assert one(app, STATE, id=url.rpartition("/")[2]) == "checking"
    let_work(app)
    assert one(app, STATE, id=url.rpartition("/")[2]) == "checked"
    assert writing.CHANGED.text in main(two[0].get(url))


def test_without_the_role_of_then_the_worker_writes_nothing(app, two, world):
    url = check(two[0], many(LONG))
    let_work(app)
    apply(two[0], url)
    account = world.account_ids["representative_alfa"]
    do(app, "UPDATE role_assignment SET ends_on = '2015-05-13' WHERE account_id = :id", id=account)
    let_work(app)
    assert one(app, NAMES) == 0
    assert one(app, "SELECT reason FROM person_import") == work.NO_ROLE.text


# --- the whole size ----------------------------------------------------------


def test_five_thousand_rows_take_seconds_and_come_back(app, two, world):
    before = ask(app, "SELECT count(*), max(id) FROM person")
    started = sum(os.times()[:2])
    url = check(two[1], many(5_000), body=str(world.a.home_id))
    let_work(app)
    apply(two[1], url)
    let_work(app)
    spent = sum(os.times()[:2]) - started
    assert one(app, NAMES) == 5_000
    assert spent < 60, spent
    assert undo(two[1], url).status_code == 302
    assert ask(app, "SELECT count(*), max(id) FROM person") == before


# --- planted faults ----------------------------------------------------------


def test_a_deed_without_its_entry_is_refused(app, two, monkeypatch):
    url = check(two[0], lines(("Fontebella", "Lucia"), head=("Cognome", "Nome")))
    monkeypatch.setattr(audit, "record", lambda *_args, **_more: None)
    assert apply(two[0], url).status_code == 500
    assert one(app, NAMES) == 0


def test_a_print_that_is_not_taken_would_lose_a_change(app, two, monkeypatch):
    """The control: undoing looks at what each person was when she was written."""
    url = bring_in(two[0], lines(("Fontebella", "Lucia"), head=("Cognome", "Nome")))
    with app.app_context():
        db.session.query(worlds.Person).filter_by(
            family_name="Fontebella"
        ).one().birth_place = "Terni"
        worlds.commit(db.session.query(worlds.Person).first())
    assert undo(two[0], url).status_code == 409
    monkeypatch.setattr(undoing, "prints", lambda pairs: dict.fromkeys(pairs, Same()))
    assert undo(two[0], url).status_code == 302


class Same:
    """Equal to anything."""

    def __eq__(self, other):
        return True

    __hash__ = None
