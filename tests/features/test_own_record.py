# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an official finds about herself, and how the system says that it is well."""

from sqlalchemy import create_engine, text

from app import create_app
from app.extensions import db
from tests.conftest import config_for, new_postgresql
from tests.ledger import do
from tests.pages import Hand, main, tree, with_class, words


def cards(visitor) -> list[str]:
    return [words(card) for card in with_class(tree(visitor.get("/my")), "course-card")]


def test_courses_hours_and_the_next_lesson_come_newest_first(visit, world):
    running, concluded = cards(visit("participant_alfa"))
    assert "Confermata" in running
    assert "0 h di 8 h" in running
    assert "Prossima lezione: gio 14 mag 2015, 09:00–13:00" in running
    assert "Completata" in concluded
    assert "4 h di 8 h" in concluded
    assert "Soglia raggiunta: 4 h su 4 h (100 %), richiesto l'80 %." in concluded


def test_hours_appear_when_the_sheet_is_closed(visit, world):
    trainer = Hand(visit("trainer_alfa"), world.a.lesson_id)
    trainer.open()
    trainer.all_present()
    assert "0 h di 8 h" in cards(visit("participant_alfa"))[0]
    trainer.close(heads="3")
    page = visit("participant_alfa").get("/my")
    assert "Ore riconosciute 8 h" in main(page)
    assert "Prossima lezione: ven 15 mag 2015" in main(page)


def test_nobody_sees_the_record_of_somebody_else(app, visit, world):
    do(app, "UPDATE enrolment SET office = 'Ufficio segreto' WHERE person_id = :id", id=world.b.person_id)  # fmt: skip
    page = visit("participant_alfa").get("/my").text
    assert "Ufficio segreto" not in page
    assert "Beta" not in main(visit("participant_alfa").get("/my"))
    for who in ("organiser_alfa", "coordinator", "representative_alfa", "auditor", "admin"):
        assert visit(who).get("/my").status_code == 403


def test_who_is_enrolled_nowhere_is_told_what_to_do(app, visit, world):
    do(app, "UPDATE enrolment SET person_id = :to WHERE person_id = :id AND edition_id = :edition",
       to=world.b.person_id, id=world.a.person_id, edition=world.a.edition_id)  # fmt: skip
    assert len(cards(visit("participant_alfa"))) == 1


def test_the_system_says_that_it_is_well(visit):
    visitor = visit()
    assert (visitor.get("/healthz").status_code, visitor.get("/healthz").text) == (200, "ok\n")
    assert (visitor.get("/readyz").status_code, visitor.get("/readyz").text) == (200, "ready\n")


def test_a_database_without_its_schema_is_not_ready(engine, tmp_path):
    def asks(url: str) -> int:
        app = create_app(config_for(url))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        status = app.test_client().get("/readyz").status_code
        assert app.test_client().get("/healthz").status_code == 200
        with app.app_context():
            db.engine.dispose()
        return status

    if engine == "sqlite":
        assert asks(f"sqlite:///{tmp_path}/empty.db") == 503
        return
    with new_postgresql("empty") as url:
        assert asks(url) == 503
        bare = create_engine(url)
        with bare.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        bare.dispose()
        assert asks(url) == 503
