# SPDX-License-Identifier: AGPL-3.0-or-later
"""A certificate after its issue: under review, confirmed, replaced, revoked, signed outside."""

import hashlib

import pytest
from sqlalchemy import select

from app.domain.certificates import CertificateKind
from app.domain.roles import Role
from app.domain.vocabulary import StaffRole
from app.models import Lesson, Programme, UserAccount
from tests import world as worlds
from tests.certificates import put_certificate
from tests.documents.reading import text_by_poppler
from tests.documents.signers import sign
from tests.issuing import issue, work
from tests.ledger import arranging, ask, checksum, do, one, trail_is_whole
from tests.pages import Hand, main, post_file, table

REASON = "Luogo di nascita sbagliato"
STATES = "SELECT number, state FROM certificate ORDER BY id"
LAST = "SELECT action, details FROM audit_event ORDER BY sequence DESC LIMIT 1"


@pytest.fixture
def coordinator(visit):
    return visit("coordinator")


@pytest.fixture
def edition(world) -> int:
    return world.a.closed_edition_id


@pytest.fixture
def certificate(app, world, coordinator, edition) -> int:
    """The certificate of the first official."""
    return issue(app, coordinator, edition, world.a.closed_enrolment_ids[0])


def decide(visitor, certificate: int, decision: str, reason: str = REASON, **more):
    sent = {"decision": decision, "reason": reason, **more}
    return visitor.post(f"/certificates/{certificate}/decision", sent)


def reopened(app, visit, world) -> Hand:
    """The page of the concluded edition opened again."""
    path = f"/lessons/{world.a.past_lesson_id}/sheet/reopen"
    sent = {"reason": "Un'uscita non fu scritta"}
    assert visit("coordinator").post(path, sent).status_code == 302
    return Hand(visit("organiser_alfa"), world.a.past_lesson_id)


def conclude(visit, world) -> None:
    path = f"/editions/{world.a.closed_edition_id}/close"
    assert visit("organiser_alfa").post(path).status_code == 302


# Under review, and out of it


def test_other_hours_put_it_under_review_and_it_is_replaced_by_a_new_number(
    app, visit, world, coordinator, certificate
):
    hand = reopened(app, visit, world)
    first = world.a.closed_enrolment_ids[0]
    assert hand.mark(first, "times", entered="08:20", left="11:50").status_code == 302
    assert hand.close(heads="3").status_code == 302
    assert ask(app, STATES) == [(1, "under_review")]
    answer = decide(coordinator, certificate, "replace")
    assert (answer.status_code, "Oggi l'attestato non sarebbe dovuto" in main(answer)) == (
        422,
        True,
    )
    conclude(visit, world)
    page = coordinator.get(f"/certificates/{certificate}/decision")
    assert ["Ore", "4 h", "3 h 30 min"] in table(page)
    answer = decide(coordinator, certificate, "confirm")
    assert answer.status_code == 422
    assert "Oggi il registro dice altro" in main(answer)
    assert decide(coordinator, certificate, "replace").status_code == 302
    assert ask(app, STATES) == [(1, "under_review")], "not before the new one is there"
    work(app)
    assert ask(app, STATES) == [(1, "replaced"), (2, "issued")]
    assert one(app, "SELECT replaces_id FROM certificate WHERE number = 2") == certificate
    new = one(app, "SELECT id FROM certificate WHERE number = 2")
    assert "Al suo posto vale il n. 2/2015" in main(coordinator.get(f"/certificates/{certificate}"))
    assert "Sostituisce il n. 1/2015" in main(coordinator.get(f"/certificates/{new}"))
    assert "3 h 30 min" in text_by_poppler(coordinator.get(f"/certificates/{new}.pdf").data)
    assert trail_is_whole(app)


def test_hours_put_back_can_be_confirmed_and_not_while_the_page_is_open(
    app, visit, world, coordinator, certificate
):
    first = world.a.closed_enrolment_ids[0]
    for left in ("11:50", ""):
        hand = reopened(app, visit, world)
        assert hand.mark(first, "times", entered="08:20", left=left).status_code == 302
        if not left:
            assert decide(coordinator, certificate, "confirm").status_code == 422
        assert hand.close(heads="3").status_code == 302
        conclude(visit, world)
        assert ask(app, STATES) == [(1, "under_review")]
    assert decide(coordinator, certificate, "confirm").status_code == 302
    assert ask(app, "SELECT state, review_since, review_reason FROM certificate") == [
        ("issued", None, "")
    ]
    assert one(app, "SELECT count(*) FROM certificate_file") == 1


def test_what_is_not_under_review_is_not_confirmed(app, coordinator, certificate):
    before = checksum(app)
    assert "non è in verifica" in main(decide(coordinator, certificate, "confirm"))
    assert checksum(app) == before


def test_a_presence_declared_rests_on_its_own_lesson_only(app, visit, world):
    """A page of another lesson changes: what was declared of the first stays true."""
    first = world.a.closed_enrolment_ids[0]
    with arranging(app) as session:
        other = session.scalars(select(Lesson).filter_by(edition_id=world.a.edition_id)).first()
        for lesson, number in ((other.id, None), (world.a.past_lesson_id, None)):
            put_certificate(
                session, first, number=number, kind=CertificateKind.DECLARATION, lesson_id=lesson
            )
        put_certificate(session, first, number=1)
    hand = reopened(app, visit, world)
    assert hand.mark(first, "times", entered="08:20", left="11:50").status_code == 302
    hand.close(heads="3")
    found = dict(ask(app, "SELECT lesson_id, state FROM certificate"))
    assert found == {
        None: "under_review", world.a.past_lesson_id: "under_review", other_lesson(app, world): "issued",
    }  # fmt: skip


def other_lesson(app, world) -> int:
    sql = "SELECT min(id) FROM lesson WHERE edition_id = :id"
    return one(app, sql, id=world.a.edition_id)


@pytest.fixture
def teaching(app, world, coordinator, edition) -> dict[str, int]:
    """The certificates of trainer and tutor, and of a trainer of another day."""
    with arranging(app) as session:
        account = session.get_one(UserAccount, world.account_ids["organiser_alfa"])
        lesson = worlds.make_lesson(
            session.get_one(worlds.Edition, edition), 2, worlds.NOW - worlds.timedelta(days=59)
        )
        other = worlds.make_person("Altra")
        worlds.make_staff(lesson, other, StaffRole.TRAINER)
        people = [session.get_one(worlds.Enrolment, one) for one in world.a.closed_enrolment_ids]
        worlds.close_page(lesson, people, account)
    ids = dict(
        ask(app, "SELECT p.family_name, p.id FROM person p JOIN lesson_staff s ON s.person_id = p.id "
                 "JOIN lesson l ON l.id = s.lesson_id WHERE l.edition_id = :id", id=edition)
    )  # fmt: skip
    issue(app, coordinator, edition, teachers=tuple(ids.values()))
    return ids


def taught_states(app) -> dict[str, str]:
    return dict(ask(app, "SELECT holder_family_name, state FROM certificate"))


def test_a_lesson_that_lasted_otherwise_puts_who_taught_it_under_review(
    app, visit, world, coordinator, teaching
):
    hand = reopened(app, visit, world)
    assert hand.close(heads="3", end="12:00").status_code == 302
    assert taught_states(app) == {
        "Docente Alfa": "under_review", "Tutor Alfa": "under_review", "Altra": "issued",
    }  # fmt: skip
    said = main(hand.look())
    assert "attestati posti in verifica" in said
    conclude(visit, world)
    number = one(app, "SELECT id FROM certificate WHERE holder_family_name = 'Docente Alfa'")
    assert decide(coordinator, number, "confirm").status_code == 422
    assert decide(coordinator, number, "replace").status_code == 302
    work(app)
    new = one(app, "SELECT max(id) FROM certificate")
    content = one(app, "SELECT content FROM certificate WHERE id = :id", id=new)
    minutes = one(app, "SELECT delivered_minutes FROM register_sheet s JOIN lesson l ON "
                       "l.id = s.lesson_id WHERE l.id = :id", id=world.a.past_lesson_id)  # fmt: skip
    assert minutes < 240
    assert f"'counted_minutes': {minutes}" in str(content).replace('"', "'")


def test_a_page_closed_as_it_was_leaves_who_taught_alone(app, visit, world, teaching):
    assert reopened(app, visit, world).close(heads="3").status_code == 302
    assert set(taught_states(app).values()) == {"issued"}


# Revoked


def test_a_revoked_one_stays_on_record_and_says_so(app, visit, coordinator, certificate):
    before = coordinator.get(f"/certificates/{certificate}.pdf").data
    answer = decide(coordinator, certificate, "revoke", "corto")
    assert (answer.status_code, "almeno dieci caratteri" in main(answer)) == (422, True)
    assert decide(coordinator, certificate, "revoke").status_code == 302
    assert ask(app, STATES) == [(1, "revoked")]
    holder = visit("participant_alfa")
    page = main(holder.get(f"/certificates/{certificate}"))
    assert "non vale più" in page
    assert "Scarica il PDF, per memoria" in page
    after = holder.get(f"/certificates/{certificate}.pdf").data
    assert hashlib.sha256(after).digest() == hashlib.sha256(before).digest()
    code = one(app, "SELECT code FROM certificate")
    assert "Revocato" in main(visit().get(f"/v/{code}"))
    assert REASON not in visit().get(f"/v/{code}").text, "the reason is not for the public"
    for decision in ("confirm", "revoke", "replace"):
        assert decide(coordinator, certificate, decision).status_code == 422, decision
    assert ask(app, STATES) == [(1, "revoked")]


def test_one_revoked_while_its_replacement_waits_is_not_replaced(app, coordinator, certificate):
    assert decide(coordinator, certificate, "replace").status_code == 302
    assert decide(coordinator, certificate, "revoke").status_code == 302
    work(app)
    assert ask(app, STATES) == [(1, "revoked")]
    assert "questo passaggio non è possibile" in one(app, "SELECT reason FROM certificate_batch_item "
                                                          "WHERE replaces_id IS NOT NULL")  # fmt: skip
    assert one(app, "SELECT last_number FROM certificate_counter") == 1


def test_asked_twice_it_is_replaced_once(app, coordinator, certificate):
    for _ in range(2):
        assert decide(coordinator, certificate, "replace").status_code == 302
    work(app)
    assert ask(app, STATES) == [(1, "replaced"), (2, "issued")]


def test_a_misspelt_birthplace_is_shown_and_the_new_one_says_it_right(
    app, coordinator, world, certificate
):
    do(app, "UPDATE person SET birth_place = 'Assisi (PG)' WHERE id = :id", id=world.a.person_id)
    page = coordinator.get(f"/certificates/{certificate}")
    assert ["Luogo di nascita", "Perugia (PG)", "Assisi (PG)"] in table(page)
    decide(coordinator, certificate, "replace", notify="y")
    work(app)
    new = one(app, "SELECT max(id) FROM certificate")
    assert "Assisi" in text_by_poppler(coordinator.get(f"/certificates/{new}.pdf").data)
    letters = "SELECT count(*) FROM outbox_message WHERE kind = 'certificate_issued'"
    assert one(app, letters) == 1


# Who decides


def test_nobody_decides_on_her_own(app, visit, world, certificate):
    with arranging(app) as session:
        programme = session.get_one(Programme, world.programme_id)
        account = session.get_one(UserAccount, world.account_ids["participant_alfa"])
        for assignment in session.query(worlds.RoleAssignment).filter_by(account_id=account.id):
            assignment.role = Role.PROGRAMME_COORDINATOR
        assert programme.id
    holder = visit("participant_alfa")
    for decision in ("revoke", "replace"):
        answer = decide(holder, certificate, decision)
        assert (answer.status_code, "Nessuno decide sul proprio" in main(answer)) == (422, True)
    assert ask(app, STATES) == [(1, "issued")]


def test_a_declaration_is_not_replaced_by_a_certificate(app, coordinator, world):
    """It has no number; asking again makes another, and nothing else does."""
    with arranging(app) as session:
        put_certificate(
            session, world.a.closed_enrolment_ids[0], number=None, kind=CertificateKind.DECLARATION
        )
    number = one(app, "SELECT id FROM certificate")
    answer = decide(coordinator, number, "replace")
    assert (answer.status_code, "chiedendone un'altra" in main(answer)) == (422, True)
    assert one(app, "SELECT count(*) FROM certificate_batch") == 0
    assert decide(coordinator, number, "revoke").status_code == 302


def test_a_trainer_reads_her_own_certificate_and_nobody_elses(
    app, visit, world, coordinator, edition, certificate
):
    trainer = one(app, "SELECT person_id FROM user_account WHERE id = :id",
                  id=world.account_ids["trainer_alfa"])  # fmt: skip
    own = issue(app, coordinator, edition, teachers=(trainer,))
    visitor = visit("trainer_alfa")
    assert visitor.get(f"/certificates/{own}").status_code == 200
    assert visitor.get(f"/certificates/{own}.pdf").status_code == 200
    assert visitor.get(f"/certificates/{certificate}").status_code == 404
    assert visit("tutor_alfa").get(f"/certificates/{own}").status_code == 404
    assert visit("participant_alfa").get(f"/certificates/{own}").status_code == 404


# Signed outside


def test_a_copy_signed_outside_is_kept_once_if_it_is_this_document(
    app, visit, coordinator, certificate
):
    url = f"/certificates/{certificate}/signed-copy"
    stored = coordinator.get(f"/certificates/{certificate}.pdf").data
    for wrong in (b"%PDF-1.7 another", stored, stored + b"\n% appended"):
        answer = post_file(coordinator, url, wrong, "copia.pdf", csrf_token=coordinator.token())
        assert answer.status_code == 422
    signed = sign(stored)
    sent = {"name": "copia.pdf", "csrf_token": coordinator.token()}
    assert post_file(coordinator, url, signed, **sent).status_code == 302
    answer = post_file(coordinator, url, signed, **sent)
    assert (answer.status_code, "c'è già" in main(answer)) == (409, True)
    kept = visit("participant_alfa").get(f"/certificates/{certificate}/signed.pdf")
    assert kept.data == signed
    assert visit("organiser_beta").get(f"/certificates/{certificate}/signed.pdf").status_code == 404


def test_no_signature_is_added_to_one_that_does_not_hold(app, coordinator, certificate):
    stored = coordinator.get(f"/certificates/{certificate}.pdf").data
    decide(coordinator, certificate, "revoke")
    url = f"/certificates/{certificate}/signed-copy"
    sent = {"name": "copia.pdf", "csrf_token": coordinator.token()}
    answer = post_file(coordinator, url, sign(stored), **sent)
    assert (answer.status_code, "non vale più" in main(answer)) == (409, True)
    assert one(app, "SELECT count(*) FROM signed_copy") == 0
