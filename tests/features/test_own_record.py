# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an official finds about herself, and how the system says that it is well."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from sqlalchemy import create_engine, text

from app import create_app
from app.domain.attendance import Presence, Source
from app.domain.certificates import CertificateKind, CertificateState
from app.extensions import db
from app.models import AttendanceEntry, Certificate, Enrolment, Lesson, RegisterSheet
from tests import world as worlds
from tests.certificates import put_certificate
from tests.conftest import config_for, new_postgresql
from tests.documents import reading
from tests.ledger import arranging, ask, do
from tests.pages import Hand, csv_rows, main, table, tree, with_class, words


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


# The record by year, in files, as a badge


@pytest.fixture
def papers(app, world) -> list[int]:
    """Ids of a certificate that holds, and of one revoked."""
    enrolment = world.a.closed_enrolment_ids[0]
    with arranging(app) as session:
        put_certificate(session, enrolment, number=12)
        put_certificate(
            session, enrolment, number=11, state=CertificateState.REVOKED, revoked_at=worlds.NOW
        )
    return [number for (number,) in ask(app, "SELECT id FROM certificate ORDER BY id")]


@pytest.mark.parametrize(
    ("starts", "year"),
    [
        ("2014-12-31T22:59:00+00:00", 2014),
        ("2014-12-31T23:00:00+00:00", 2015),  # midnight in Rome
        ("2014-07-01T22:30:00+00:00", 2014),
    ],
)
def test_the_day_in_rome_decides_the_year(app, visit, world, starts, year):
    with arranging(app) as session:
        lesson = session.get_one(Lesson, world.a.past_lesson_id)
        lesson.starts_at = datetime.fromisoformat(starts)
        lesson.ends_at = lesson.starts_at + timedelta(hours=4)
    assert table(visit("participant_alfa").get("/my"))[0] == [str(year), "1", "4 h"]


def test_only_closed_pages_make_hours_of_a_year(app, visit, world):
    do(app, "UPDATE register_sheet SET state = 'reopened' WHERE lesson_id = :id", id=world.a.past_lesson_id)  # fmt: skip
    page = main(visit("participant_alfa").get("/my"))
    assert "Ancora nessuna ora." in page
    assert "Per confronto: 40 h di formazione all’anno." in page


def test_a_lesson_recovered_counts_in_the_year_she_came(app, visit, world):
    """Missed in January for one hour, recovered in March for four: three more, in March's year."""
    with arranging(app) as session:
        home = session.get_one(Lesson, world.a.past_lesson_id)
        home.starts_at = datetime(2014, 12, 1, 8, tzinfo=UTC)
        home.ends_at = home.starts_at + timedelta(hours=4)
        enrolment = session.get_one(Enrolment, world.a.closed_enrolment_ids[0])
        entry = session.query(AttendanceEntry).filter_by(enrolment_id=enrolment.id).one()
        entry.counted_minutes = 60
        away = session.get_one(Lesson, world.b.past_lesson_id)
        sheet = session.query(RegisterSheet).filter_by(lesson_id=away.id).one()
        session.add(
            AttendanceEntry(
                sheet_id=sheet.id,
                enrolment_id=enrolment.id,
                status=Presence.PRESENT,
                counted_minutes=240,
                source=Source.TRAINER,
                marked_by_id=1,
                marked_by_label="prova",
                marked_at=worlds.NOW,
            )
        )
        account = session.get_one(worlds.UserAccount, world.account_ids["organiser_alfa"])
        worlds.make_recovery(enrolment, home, away, account)
    page = visit("participant_alfa").get("/my")
    assert table(page) == [["2015", "1", "3 h"], ["2014", "1", "1 h"]]
    assert "Ore riconosciute 4 h" in main(page)


def test_every_condition_is_listed_in_words(app, visit, world):
    do(app, "UPDATE person SET tax_code = NULL WHERE id = :id", id=world.a.person_id)
    running, concluded = cards(visit("participant_alfa"))
    assert "Manca: L'edizione non è ancora chiusa" in running
    assert "Soddisfatta: Iscrizione confermata." in running
    assert "Dati personali mancanti per l'attestato: codice fiscale." in concluded
    assert "Soddisfatta: Soglia raggiunta: 4 h su 4 h" in concluded


def test_one_that_holds_no_more_stays_with_its_state_and_its_file(visit, papers):
    official = visit("participant_alfa")
    revoked, valid = table(official.get("/my"), 1)
    assert "n. 12/2015" in valid[0]
    assert "Open Badge" in valid[3]
    assert "n. 11/2015" in revoked[0]
    assert "Revocato dal gio 14 mag 2015: non vale più" in revoked[2]
    assert "PDF, per memoria" in revoked[3]
    assert "Open Badge" not in revoked[3]
    assert official.get(f"/certificates/{papers[1]}.pdf").status_code == 200


def test_paper_table_and_json_say_the_same(visit, papers):
    official = visit("participant_alfa")
    plain = official.get("/my/record.json").get_json()
    rows = csv_rows(official.get("/my/record.csv"))
    paper = " ".join(reading.text_by_poppler(official.get("/my/record.pdf").data).split())

    assert (plain["format"], plain["version"]) == ("training-record", 1)
    assert plain["person"] == {
        "given_name": "Lucia", "family_name": "Partecipante Alfa 0", "employer": "Comune di Alfa",
    }  # fmt: skip
    assert plain["years"] == [{"year": 2015, "courses": 1, "attended_minutes": 240}]
    assert [course["attended_minutes"] for course in plain["courses"]] == [0, 240]
    assert {(one["number"], one["state"]) for one in plain["certificates"]} == {
        ("12/2015", "issued"), ("11/2015", "revoked"),
    }  # fmt: skip
    assert {len(row) for row in rows[1:]} == {15}
    kinds = [row[0] for row in rows[2:]]
    assert kinds == ["Anno", "Corso", "Corso", "Attestato di frequenza", "Attestato di frequenza"]
    for course in plain["courses"]:
        assert course["edition"] in paper
        assert any(course["edition"] in row for row in rows)
    for one_ in plain["certificates"]:
        assert any(one_["verification_code"] in row and one_["number"] in row for row in rows)
        assert one_["number"] in paper
    assert "Revocato il 14/05/2015" in paper
    assert "1978" not in paper


def test_who_teaches_finds_certificates_of_teaching_and_what_to_do(app, visit, world):
    trainer = visit("trainer_alfa")
    page = main(trainer.get("/my"))
    assert "Nessun corso frequentato" in page
    assert "Gli attestati di docenza compaiono qui" in page
    with arranging(app) as session:
        code = put_certificate(
            session,
            world.a.closed_enrolment_ids[0],
            kind=CertificateKind.TEACHING,
            says={"kind": "teaching", "kind_title": "ATTESTATO DI DOCENZA"},
        )
        certificate = session.query(Certificate).filter_by(code=code).one()
        account = session.get_one(worlds.UserAccount, world.account_ids["trainer_alfa"])
        certificate.person_id, certificate.enrolment_id = account.person_id, None
    assert "Attestato di docenza n. 12/2015" in main(trainer.get("/my"))
    assert visit("participant_alfa").get("/my/record.json").get_json()["certificates"] == []
    assert trainer.get("/my/record.pdf").status_code == 200


def test_the_badge_of_a_certificate_is_accepted_by_an_independent_verifier(visit, papers):
    official = visit("participant_alfa")
    answer = official.get(f"/certificates/{papers[0]}/badge")
    assert answer.headers["Content-Type"].startswith("text/plain")
    issuer = jwt.decode(answer.text, options={"verify_signature": False})["iss"]
    published = visit().get(issuer.removeprefix("http://localhost"))
    (key,) = visit().get("/badges/keys").get_json()["keys"]

    assert published.get_json()["verificationMethod"][0]["publicKeyJwk"] == key
    assert published.get_json()["id"] == issuer
    found = OB3Verifier(jwt.PyJWK(key).key).verify(answer.text)
    assert found.id.startswith("http://localhost/v/")
    head, body, signature = answer.text.split(".")
    with pytest.raises(OB3VerificationError):
        OB3Verifier(jwt.PyJWK(key).key).verify(f"{head}.{body[:-2]}AA.{signature}")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("revoked", "non vale più"), ("replaced", "non vale più"), ("under_review", "in verifica")],
)
def test_no_badge_of_one_that_does_not_hold(app, visit, papers, state, sentence):
    do(app, "UPDATE certificate SET state = :state WHERE id = :id", state=state, id=papers[0])
    answer = visit("participant_alfa").get(f"/certificates/{papers[0]}/badge")
    assert answer.status_code == 409
    assert sentence in main(answer)


def test_a_badge_goes_to_its_holder_only(visit, papers):
    for who, status in (("participant_beta", 404), ("trainer_alfa", 404), ("coordinator", 403)):
        assert visit(who).get(f"/certificates/{papers[0]}/badge").status_code == status


def test_no_issuer_is_made_of_a_body_that_never_issued(visit, world):
    assert visit().get(f"/badges/issuers/{world.a.home_id}").status_code == 200
    for number in (world.b.home_id, 987_654):
        assert visit().get(f"/badges/issuers/{number}").status_code == 404


def test_an_account_that_belongs_to_nobody_has_an_empty_page_and_no_files(app, visit, world):
    do(app, "UPDATE user_account SET person_id = NULL WHERE id = :id", id=world.account_ids["trainer_alfa"])  # fmt: skip
    assert "Nessun attestato" in main(visit("trainer_alfa").get("/my"))
    assert visit("trainer_alfa").get("/my/record.pdf").status_code == 404


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
