# SPDX-License-Identifier: AGPL-3.0-or-later
"""Credits of an edition: its accreditation, who earns them, the list for the Order."""

import json

import pytest

from app.domain.certificates import CertificateState
from tests.certificates import put_certificate
from tests.ledger import arranging, checksum, do, one
from tests.pages import csv_rows, form, main, pairs, table

LINE = "Evento accreditato CNOAS n. 12345: 16 crediti formativi"
SET = {"asked": "y", "event_id": "12345", "training": "16", "ethics": "3"}


@pytest.fixture
def url(world):
    return f"/editions/{world.a.closed_edition_id}/credits"


@pytest.fixture
def social_workers(app, world):
    """Everybody of the edition; the second attended less than four fifths."""
    first, second, third = world.a.closed_enrolment_ids
    do(app, "UPDATE person SET is_social_worker = true WHERE id IN "
            "(SELECT person_id FROM enrolment WHERE id IN (:a, :b))", a=first, b=second)  # fmt: skip
    do(app, "UPDATE attendance_entry SET counted_minutes = 191 WHERE enrolment_id = :id", id=second)
    assert third


def send(visitor, url, **changes):
    return visitor.client.post(url, data={**form(visitor.get(url), url), **changes})


def test_the_accreditation_is_kept_with_who_wrote_it(app, visit, url):
    organiser = visit("organiser_alfa")
    assert send(organiser, url, **SET).status_code == 302
    details = json.loads(one(app, "SELECT details FROM audit_event WHERE action = 'credits.set'"))
    assert details["old"]["credits_event_id"] is None
    assert details["new"] == {
        "credits_asked": True, "credits_event_id": "12345", "credits_training": 16, "credits_ethics": 3,
    }  # fmt: skip
    assert send(organiser, url, **SET).status_code == 302
    assert one(app, "SELECT count(*) FROM audit_event WHERE action = 'credits.set'") == 1


def test_who_earns_them_and_why_not(visit, url, social_workers):
    coordinator = visit("coordinator")
    assert [row[-1] for row in table(coordinator.get(url))] == [
        "Mancano gli estremi dell'accreditamento."
    ] * 2
    send(coordinator, url, **SET)
    rows = table(coordinator.get(url))
    assert [row[-1] for row in rows] == [
        "16 di cui 3 deontologici",
        "Ha frequentato il 79 %: per i crediti serve almeno l'80 %.",
    ]
    assert "1 su 2 con i crediti" in main(coordinator.get(url))


def test_while_the_edition_runs_nobody_has_them_yet(app, visit, world):
    url = f"/editions/{world.a.edition_id}/credits"
    do(app, "UPDATE person SET is_social_worker = true")
    coordinator = visit("coordinator")
    send(coordinator, url, **SET)
    reasons = {row[-1] for row in table(coordinator.get(url))}
    assert reasons == {"L'edizione non è ancora chiusa."}
    assert "Elenco per" not in main(coordinator.get(url))


def test_the_list_for_the_order_names_who_earned_them(app, visit, url, social_workers):
    organiser = visit("organiser_alfa")
    send(organiser, url, **SET)
    answer = organiser.get(f"{url}?format=csv")
    rows = csv_rows(answer)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="crediti-')
    assert rows[1][1] == "Codice fiscale"
    assert len(rows) == 3
    assert rows[2][1].startswith("TEST")
    assert rows[2][2:] == ["12345", "4 h", "16", "3"]
    assert visit("auditor").get(f"{url}?format=csv").status_code == 403


WRONG = {
    "words for a number": ({"training": "sedici"}, "Serve un numero intero."),
    "a part of a credit": ({"training": "1.5"}, "Serve un numero intero."),
    "less than none": ({"ethics": "-1"}, "Serve un numero intero."),
    "figures of others": ({"training": "١٦"}, "Serve un numero intero."),
    "underscores": ({"training": "1_6"}, "Serve un numero intero."),
    "many figures": ({"training": "9" * 5_000}, "Serve un numero intero."),
    "too many": ({"training": "61"}, "Da 1 a 60."),
    "none": ({"training": "0"}, "Da 1 a 60."),
    "more of ethics than in all": ({"ethics": "17"}, "sono una parte di quelli formativi"),
    "no number of the event": ({"event_id": ""}, "vanno indicati insieme"),
    "no credits": ({"training": "", "ethics": ""}, "vanno indicati insieme"),
    "a number too long": ({"event_id": "1" * 41}, "Al massimo 40 caratteri."),
    "signs of control": ({"event_id": "1\x00"}, "caratteri non ammessi"),
    "letters of no typeface": ({"event_id": "李"}, "non ha questi segni"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_beside_its_field(app, visit, url, name):
    changes, words = WRONG[name]
    coordinator = visit("coordinator")
    before = checksum(app)
    answer = send(coordinator, url, **SET | changes)
    assert (answer.status_code, words in main(answer)) == (422, True)
    assert checksum(app) == before


def test_data_without_asking_do_not_fit(visit, url):
    changes = {name: value for name, value in SET.items() if name != "asked"}
    answer = send(visit("coordinator"), url, **changes)
    assert (answer.status_code, "è stato chiesto" in main(answer)) == (422, True)


@pytest.mark.parametrize(
    ("state", "credits_line", "status"),
    [(CertificateState.ISSUED, LINE, 409), (CertificateState.UNDER_REVIEW, LINE, 409),
     (CertificateState.REVOKED, LINE, 302), (CertificateState.ISSUED, None, 302)],
)  # fmt: skip
def test_what_valid_certificates_state_does_not_change(
    app, visit, world, url, state, credits_line, status
):
    coordinator = visit("coordinator")
    drawn = form(coordinator.get(url), url)
    with arranging(app) as session:
        put_certificate(
            session,
            world.a.closed_enrolment_ids[0],
            state=state,
            says={"credits_line": credits_line},
        )
    answer = coordinator.client.post(url, data={**drawn, **SET})
    assert answer.status_code == status
    if status == 409:
        assert "stanno già su attestati validi" in main(answer)
        assert pairs(coordinator.get(url))["Codice dell’evento"] == "–"


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [("auditor", 200, 403), ("organiser_beta", 404, 404), ("trainer_alfa", 403, 403),
     ("participant_alfa", 403, 403), ("representative_alfa", 403, 403), ("admin", 403, 403)],
)  # fmt: skip
def test_who_else_reads_and_writes(app, visit, url, who, read, write):
    visitor = visit(who)
    before = checksum(app)
    assert visitor.get(url).status_code == read
    assert visitor.post(url, SET).status_code == write
    assert checksum(app) == before
