# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes behind the application's back: all are found, the row is named, and nothing else is."""

import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError

from app import create_app
from app.domain import register
from app.domain.book import sheet_content
from app.extensions import db
from app.integrity import books, files, pages, trail, verification
from app.integrity.heads import Head, keep_head, noted
from app.integrity.verification import snapshot, verify
from tests.conftest import Ids, Visitor, config_for, new_postgresql
from tests.faults import tampering
from tests.faults.lived_in import build
from tests.faults.tampering import TWELVE, Intruder
from tests.pages import Hand

PLACES = 100
SINCE = ("checked_in", "late")  # words of a closing that the first schema did not have
KEY = config_for("").CHAIN_KEY.encode()


# What an intruder takes away first: triggers, and keys that hold rows together.
GUARDS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', relname) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace UNION ALL "
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
}


class LivedIn:
    """A database worked in, its address, the heads noted meanwhile, and its numbers."""

    def __init__(self, url: str, heads: list[Head], ids: Ids) -> None:
        self.url, self.heads, self.ids = url, heads, ids


@pytest.fixture(scope="module")
def lived_in(engine, template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lived_in")
    if engine == "sqlite":
        shutil.copy(template, folder / "lived_in.db")
        yield _live(f"sqlite:///{folder / 'lived_in.db'}", folder)
        return
    with new_postgresql("lived_in", template) as url:
        yield _live(url, folder)


def _live(url: str, folder: Path) -> LivedIn:
    app = create_app(config_for(url))
    app.config["HEADS_FILE"] = folder / "heads.log"
    ids = build(app)
    with app.app_context():
        db.engine.dispose()
    return LivedIn(url, noted(folder / "heads.log"), ids)


@pytest.fixture
def app(lived_in):
    """The application on the database everybody here only reads, or puts back as it was."""
    application = create_app(config_for(lived_in.url))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def intruding(app):
    """A connection no guard watches; what is done through it is undone."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        for guard in connection.execute(text(GUARDS[connection.dialect.name])).scalars().all():
            connection.execute(text(guard))
        yield connection
        connection.rollback()


def tampered(connection, deed, seed: int, lived_in: LivedIn, heads: list[Head] | None = None):
    """The row a verification should name after the deed, and those it names; all is undone."""
    place = connection.begin_nested()
    sequences = [head.sequence for head in lived_in.heads]
    named = deed(Intruder(connection, Random(seed), KEY, sequences))  # noqa: S311
    report = verify(connection, KEY, lived_in.heads if heads is None else heads)
    place.rollback()
    return named, [(finding.table, finding.row) for finding in report.findings]


def whole(app, heads=()) -> list[str]:
    with app.app_context(), snapshot() as connection:
        return [str(finding) for finding in verify(connection, KEY, heads).findings]


@pytest.mark.parametrize("kind", TWELVE)
def test_every_manipulation_is_found_and_its_row_named(app, lived_in, kind):
    deeds, missed = TWELVE[kind], []
    with intruding(app) as connection:
        assert verify(connection, KEY, lived_in.heads).whole
        for place in range(PLACES):
            deed = deeds[place % len(deeds)]
            named, found = tampered(connection, deed, place, lived_in)
            if named not in found:
                missed.append((deed.__name__, named, found[:3]))
        assert verify(connection, KEY, lived_in.heads).whole
    assert missed == []


def test_the_first_finding_is_the_first_broken_event(app, lived_in):
    with intruding(app) as connection:
        for place in range(10):
            for deed in (tampering.payload_edited, tampering.rewritten_without_key):
                named, found = tampered(connection, deed, place, lived_in)
                assert found[0] == named


# No false alarm


def test_an_untouched_world_is_whole(app, lived_in):
    assert len(lived_in.heads) >= 5
    assert whole(app, lived_in.heads) == []


def test_nothing_is_written(app):
    with (
        app.app_context(),
        snapshot() as connection,
        pytest.raises(DatabaseError, match=r"read-?only"),
    ):
        connection.execute(text("DELETE FROM audit_event"))


@pytest.fixture
def of_the_first_schema(monkeypatch):
    """Pages as they were closed before check-ins were counted and delays noted."""

    def content(**said) -> dict[str, object]:
        written = sheet_content(**said)
        return {word: value for word, value in written.items() if word not in SINCE}

    monkeypatch.setattr(register, "sheet_content", content)


@pytest.mark.usefixtures("of_the_first_schema")
def test_a_migrated_database_is_whole(engine, template, tmp_path):
    with fresh(engine, template, tmp_path) as application:
        application.config["HEADS_FILE"] = tmp_path / "heads.log"
        build(application, plain=True)
        with application.app_context():
            downgrade(revision="0001")
            upgrade()
            assert db.session.scalar(text("SELECT count(*) FROM book_record")) > 1
            db.session.remove()
        assert whole(application, noted(tmp_path / "heads.log")) == []


@contextmanager
def fresh(engine, source, folder):
    """An application on a copy of this database."""
    if engine == "sqlite":
        shutil.copy(source, folder / "fresh.db")
        yield from _opened(f"sqlite:///{folder / 'fresh.db'}")
        return
    with new_postgresql("fresh", source) as url:
        yield from _opened(url)


def _opened(url: str):
    application = create_app(config_for(url))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def backup(engine, lived_in, folder):
    """What a backup brings back: SQLite's own copy, or a dump read into an empty database."""
    if engine == "sqlite":
        copy = folder / "restored.db"
        with (
            closing(sqlite3.connect(make_url(lived_in.url).database)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        yield from _opened(f"sqlite:///{copy}")
        return
    with new_postgresql("restored") as url:
        dump = folder / "dump.sql"
        for tool, *arguments in (
            ("pg_dump", "--file", dump, lived_in.url),
            ("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--file", dump, url),
        ):
            plain = [str(word).replace("postgresql+psycopg:", "postgresql:") for word in arguments]
            subprocess.run([tool, *plain], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        yield from _opened(url)


def test_a_restored_backup_is_whole(engine, lived_in, tmp_path):
    if engine == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("PostgreSQL")
    with backup(engine, lived_in, tmp_path) as restored:
        assert whole(restored, lived_in.heads) == []


def test_a_backup_older_than_the_last_head_is_whole_once_that_is_noted(app, lived_in, tmp_path):
    """Until then the deeds that were lost are missed, and rightly so."""
    app.config["HEADS_FILE"] = tmp_path / "heads.log"
    lost = Head(lived_in.heads[-1].sequence + 7, "f" * 64)
    line = f"2015-05-14T08:00:00Z {lost.sequence} {lost.hash}\n"
    app.config["HEADS_FILE"].write_text(line)
    assert "manca" in whole(app, noted(app.config["HEADS_FILE"]))[0]
    with app.app_context():
        keep_head(restored=True)
        db.session.remove()
    assert whole(app, noted(app.config["HEADS_FILE"])) == []


def test_while_somebody_marks_nothing_is_wrong(engine, lived_in, tmp_path):
    source = lived_in.url if engine == "postgresql" else make_url(lived_in.url).database
    with fresh(engine, source, tmp_path) as application:
        hand = Hand(
            Visitor(application, lived_in.ids.logins["tutor_beta"]), lived_in.ids.b.lesson_id
        )
        stop, marked = Event(), []

        def mark() -> None:
            while not stop.is_set():
                for person in lived_in.ids.b.enrolment_ids:
                    status = ("absent", "present", "justified")[len(marked) % 3]
                    marked.append(hand.mark(person, status).status_code)

        writer = Thread(target=mark)
        writer.start()
        try:
            found = [whole(application, lived_in.heads) for _ in range(20)]
        finally:
            stop.set()
            writer.join(timeout=30)
    assert found == [[]] * 20
    assert len(marked) > 5
    assert set(marked) == {302}


# Planted faults: a verification without a check does not see what the check is for


def blind(*_anything):
    """A check that finds nothing."""
    return ""


def idle(*_anything):
    yield from ()


UNSEEN = [
    (tampering.event_put_in, [(trail, "broken_seal", blind)]),
    (tampering.rewritten_without_key, [(trail, "broken_seal", blind), "no heads"]),
    (tampering.rewritten_with_key, ["no heads"]),
    (tampering.event_backdated, [(trail, "broken_link", blind)]),
    (tampering.trail_cut_short, ["no heads"]),
    (tampering.record_backdated, [(books, "record_fault", blind), "check_records"]),
    (tampering.record_put_in, ["check_records"]),
    (tampering.topic_changed, ["check_columns"]),
    (tampering.minutes_changed, ["check_minutes", "check_entries"]),
    (tampering.delivered_changed, ["check_minutes"]),
    (tampering.status_changed, ["check_entries", "check_minutes"]),
    (tampering.mark_backdated, [(pages, "_hand_fault", blind)]),
    (tampering.correction_changed, ["check_corrections"]),
    (tampering.check_in_put_in, ["check_check_ins"]),
    (tampering.pdf_replaced, [(files, "file_fault", blind)]),
    (tampering.certificate_put_in, [(files, "certificate_fault", blind)]),
    (tampering.life_changed, [(files, "life_fault", blind)]),
    (tampering.holder_changed, [(files, "certificate_fault", blind)]),
    (tampering.evidence_replaced, [(verification, "check_evidence", idle)]),
]


@pytest.mark.parametrize(("deed", "without"), UNSEEN, ids=[deed.__name__ for deed, _ in UNSEEN])
def test_without_its_check_a_manipulation_is_missed(app, lived_in, monkeypatch, deed, without):
    heads = [] if "no heads" in without else lived_in.heads
    kept = tuple(check for check in pages.CHECKS if check.__name__ not in without)
    monkeypatch.setattr(pages, "CHECKS", kept)
    for patch in without:
        if isinstance(patch, tuple):
            monkeypatch.setattr(*patch)
    missed = []
    with intruding(app) as connection:
        for place in range(10):
            named, found = tampered(connection, deed, place, lived_in, heads)
            missed.append(named not in found)
    assert all(missed)
