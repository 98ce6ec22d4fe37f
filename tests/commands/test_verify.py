# SPDX-License-Identifier: AGPL-3.0-or-later
"""``flask verify``: what it says, its exit code, and the heads noted outside the database."""

import re

import pytest
from sqlalchemy import text

from app import transaction
from app.domain.chain import GENESIS
from app.extensions import db
from app.integrity.heads import from_text, keep_head, noted
from app.models import Programme
from tests import world as worlds
from tests.conftest import Visitor

WHOLE = re.compile(r"Tutto torna: .+\nUltimo atto, da annotare: (\d+):([0-9a-f]{64})\n")


@pytest.fixture
def app(app, tmp_path):
    app.config["HEADS_FILE"] = tmp_path / "kept" / "heads.log"
    return app


@pytest.fixture
def people(app):
    """A programme and its people, before any lesson: some entries of the trail."""
    with app.app_context():
        account = worlds.make_account("anna")
        programme = worlds.make_programme()
        worlds.commit(programme)
        login = account.login
        db.session.remove()
    return login


@pytest.fixture
def run(app):
    def invoke(*arguments: str) -> tuple[int, str]:
        answer = app.test_cli_runner().invoke(args=["verify", *arguments])
        return answer.exit_code, answer.output

    return invoke


def work(app) -> None:
    with app.app_context():
        worlds.commit(db.session.query(Programme).first(), "altro")
        db.session.remove()


def note(app, **how) -> None:
    with app.app_context(), transaction.unit():
        keep_head(**how)
    with app.app_context():
        db.session.remove()


def tamper(app, sql: str) -> None:
    """Past the guards, as somebody with the database in hand would."""
    with app.app_context(), db.engine.begin() as connection:
        where = " ON audit_event" if connection.dialect.name == "postgresql" else ""
        for deed in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_event_no_{deed}{where}"))
        connection.execute(text(sql))


def test_an_empty_database_is_whole(run):
    code, said = run()
    assert (code, "Ultimo atto" in said) == (0, False)
    assert said.startswith("Tutto torna: 0 atti")


def test_what_is_whole_is_counted_and_its_head_printed(run, people):
    code, said = run()
    assert code == 0
    found = WHOLE.fullmatch(said)
    assert found, said
    assert int(found[1]) == 1


def test_the_first_broken_row_is_named_and_the_others_counted(app, run, people):
    for _ in range(3):
        work(app)
    tamper(app, "UPDATE audit_event SET actor_label = 'altri' WHERE sequence IN (2, 3)")
    code, said = run()
    assert code == 1
    assert said.splitlines() == [
        "audit_event 2: il contenuto non corrisponde alla sua impronta",
        "Non tornano altre righe: 1 (tutte: ./run verify --all)",
    ]
    code, said = run("--all")
    assert code == 1
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "audit_event 2",
        "audit_event 3",
    ]


def test_a_head_noted_by_hand_is_looked_for(app, run, people):
    head = ":".join(WHOLE.fullmatch(run()[1]).groups())
    work(app)
    assert run("--head", head)[0] == 0
    assert run("--head", head.upper())[0] == 0
    code, said = run("--head", f"1:{GENESIS}")
    assert (code, said.startswith("audit_event 1: non è l'atto annotato fuori")) == (1, True)
    code, said = run("--head", f"9:{GENESIS}")
    assert (code, said.startswith("audit_event 3: manca: la traccia finisce all'atto 2")) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    "written", ["", "1", "1:abc", f"0:{GENESIS}", f"x:{GENESIS}", f"1:{GENESIS}0"]
)
def test_a_head_written_wrong_is_refused(run, written):
    code, said = run("--head", written)
    assert code == 2
    assert "64 cifre dell'impronta" in said
    with pytest.raises(ValueError):
        from_text(written)


def test_the_key_of_another_installation_does_not_open_the_seals(app, run, people):
    app.config["CHAIN_KEY"] = "another-" + "z" * 32
    code, said = run()
    assert (code, "CHAIN_KEY sbagliata" in said) == (1, True)


def test_a_database_without_tables_is_said_in_one_line(app, run):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE self_check_in"))
    code, said = run()
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("La base dati non si può leggere")


def test_a_head_is_noted_only_when_the_trail_has_moved(app, people):
    file = app.config["HEADS_FILE"]
    note(app)
    note(app)
    assert len(file.read_text().splitlines()) == 1
    assert file.stat().st_mode & 0o777 == 0o600
    work(app)
    note(app)
    assert [head.sequence for head in noted(file)] == [1, 2]


def test_nothing_is_noted_of_an_empty_trail(app):
    note(app)
    assert not app.config["HEADS_FILE"].exists()


def test_a_line_split_by_a_power_cut_is_passed_over(app, run, people):
    file = app.config["HEADS_FILE"]
    note(app)
    file.write_text(file.read_text() + "2015-05-14T07:2")
    work(app)
    note(app)
    assert [head.sequence for head in noted(file)] == [1, 2]
    assert run()[0] == 0


def test_heads_noted_outside_give_a_cut_trail_away(app, run, people):
    work(app)
    note(app)
    tamper(app, "DELETE FROM audit_event WHERE sequence = 2")
    code, said = run()
    assert code == 1
    assert said.startswith("audit_event 2: manca: la traccia finisce all'atto 1")
    assert "14/05/2015 alle 09:20" in said
    app.config["HEADS_FILE"].unlink()
    assert run()[0] == 0  # nothing else knows of it


def test_after_a_restore_what_was_noted_beyond_is_past(app, run, people):
    work(app)
    note(app)
    tamper(app, "DELETE FROM audit_event WHERE sequence = 2")
    note(app, restored=True)
    assert run()[0] == 0
    work(app)
    note(app)
    assert [head.sequence for head in noted(app.config["HEADS_FILE"])] == [1, 2]
    assert run()[0] == 0


def test_the_worker_notes_heads(app, people):
    jobs = {job.__name__: job for job in app.extensions["jobs"]}
    with app.app_context(), transaction.unit():
        jobs["keep_head"]()
    assert [head.sequence for head in noted(app.config["HEADS_FILE"])] == [1]


def test_nothing_is_written_by_verifying(app, run, people):
    before = run()[1].splitlines()[1]
    assert run()[1].splitlines()[1] == before
    assert Visitor(app, people).get("/").status_code in (200, 302)  # and writing still works
