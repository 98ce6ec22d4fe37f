# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration starts complete, at its morning, or says in one line why it does not."""

import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import clock
from app.cli.demo import database
from app.cli.demo.agenda import Agenda, moment, standing_at
from app.cli.demo.command import clock_offset
from app.cli.demo.foundation import note_foundation
from app.cli.demo.officials import officials
from app.cli.demo.scenarios import TODAY
from app.cli.demo.stage import Stage
from app.cli.serving import ROOT, CannotStart
from app.extensions import db
from app.models import AuditEvent, Organisation, UserAccount
from tests.features.demo.conftest import application


@pytest.fixture
def empty(tmp_path):
    """The demonstration's application before the first load."""
    app = application(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def beginning() -> Agenda:
    """The first deeds of the story, enough to see what becomes of them."""
    agenda = Agenda()
    note_foundation(agenda, Stage(), officials())
    return agenda


def interrupted() -> Agenda:
    agenda = beginning()
    agenda.note(moment(TODAY, "08:00"), lambda: 1 / 0)
    return agenda


def number(model) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return found


def test_the_clock_stands_at_the_morning_and_runs_on(demo, clock):
    offset = clock_offset()
    here = datetime.now(UTC).timestamp() + offset
    assert here == pytest.approx(datetime(2015, 5, 14, 7, 20, tzinfo=UTC).timestamp(), abs=2)


def test_the_clock_never_goes_back_behind_a_deed(demo, monkeypatch):
    later = datetime(2015, 5, 15, 10, 0, tzinfo=UTC)
    monkeypatch.setattr(db.session, "scalar", lambda _query: later)
    here = datetime.now(UTC).timestamp() + clock_offset()
    assert here == pytest.approx(later.timestamp(), abs=2)


def test_deeds_are_done_in_order_each_at_its_moment(empty):
    seen = []
    agenda = Agenda()
    for text in ("10:00", "09:00", "09:00"):
        agenda.note(moment(TODAY, text), lambda text=text: seen.append((text, clock.now())))
    before = clock.now()
    assert len(list(agenda.perform())) == 3
    assert [text for text, _ in seen] == ["09:00", "09:00", "10:00"]
    assert [f"{when:%H:%M}" for _, when in seen] == ["07:00", "07:00", "08:00"]
    assert seen[0][1] <= seen[1][1]
    assert abs((clock.now() - before).total_seconds()) < 5


def test_the_clock_is_put_back_after_a_failure(empty):
    def fail() -> None:
        with standing_at(moment(TODAY, "23:00")):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert empty.config["CLOCK_OFFSET"] == 0


def test_an_interrupted_load_is_started_afresh(empty, monkeypatch, capsys):
    monkeypatch.setattr(database, "story", interrupted)
    with pytest.raises(ZeroDivisionError):
        database.prepare(reset=False)
    assert number(Organisation) == 97
    assert not database.is_complete()
    monkeypatch.setattr(database, "story", beginning)
    database.prepare(reset=False)
    assert "si ricomincia" in capsys.readouterr().err
    assert number(Organisation) == 97
    assert db.session.scalar(select(func.min(AuditEvent.sequence))) == 1


def test_a_complete_demonstration_is_left_alone(demo, monkeypatch):
    monkeypatch.setattr(database, "story", interrupted)
    events = number(AuditEvent)
    database.prepare(reset=False)
    assert database.is_complete()
    assert number(AuditEvent) == events


@pytest.mark.parametrize("reset", [False, True])
def test_real_accounts_are_never_touched(empty, monkeypatch, reset):
    monkeypatch.setattr(database, "story", beginning)
    database.prepare(reset=False)
    with db.engine.begin() as connection:
        connection.execute(
            UserAccount.__table__.update().values(login=UserAccount.id.concat("@ente.it"))
        )
    with pytest.raises(CannotStart, match="utenze vere"):
        database.prepare(reset=reset)
    assert number(Organisation) == 97


def test_reset_starts_afresh_even_from_a_broken_file(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "story", beginning)
    (tmp_path / "demo.db").write_text("not a database, however long it may be " * 20)
    with pytest.raises(CannotStart, match="--reset"):
        database.prepare(reset=False)
    database.prepare(reset=True)
    assert number(Organisation) == 97


def one_line(app, **config) -> str:
    app.config.update(config)
    answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    assert answer.output.count("\n") == 1
    return answer.output


def test_a_port_in_use_is_said_in_one_line(empty):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = one_line(empty, HOST="127.0.0.1", PORT=taken.getsockname()[1])
    assert "PORT=" in said


@pytest.mark.parametrize(
    ("config", "words"),
    [({"PORT": 80_000}, "1 a 65535"), ({"NAME": "production"}, "./run demo")],
)
def test_settings_that_cannot_be_are_said_in_one_line(empty, config, words):
    assert words in one_line(empty, **config)


def test_a_folder_that_cannot_be_written_is_said_in_one_line(empty):
    empty.instance_path = "/proc/nowhere"
    assert "FORPA_INSTANCE" in one_line(empty)


def test_the_story_is_the_same_every_time():
    script = (
        "from app.cli.demo.conduct import conduct; from app.cli.demo.officials import officials;"
        "from app.cli.demo.rolls import rolls; from app.cli.demo.timetable import editions;"
        "found = rolls(editions(), officials());"
        "print(found, officials(), [conduct(code, 1, who, 240)"
        " for code, roll in found.items() for people in roll.values() for who in people])"
    )
    told = {
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
