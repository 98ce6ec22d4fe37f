# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small world after some days of work by its own pages: marks, closings, a reopening,
corrections, check-ins, certificates, a scan. Every row has its entry in the trail.
"""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from app import audit, clock
from app.actor import Actor
from app.audit import Action
from app.domain import check_in as rules
from app.extensions import db
from app.integrity.heads import keep_head
from app.kept_files import keep
from app.models import BookRecord, Programme, RegisterSheet, UserAccount
from tests import world as worlds
from tests.conftest import Ids, Visitor
from tests.issuing import work
from tests.ledger import ask
from tests.pages import Hand, main


def build(app, *, plain: bool = False) -> Ids:
    """Work for a morning, noting heads now and then; the world as plain numbers.

    ``plain``: only what the first schema knew, marks, closings and certificates.
    """
    with time_machine.travel(worlds.NOW, tick=True) as travel, app.app_context():
        ids = Ids(worlds.build_world(2))
        _tell_closings(travel)
        travel.move_to(worlds.NOW)
        worlds.commit(db.session.scalars(select(Programme)).first())
        keep_head()
    with time_machine.travel(worlds.NOW + timedelta(minutes=1), tick=True):
        _work(app, ids, plain)
        with app.app_context():
            keep_head()
            db.session.remove()
    return ids


def _tell_closings(travel) -> None:
    """The pages the world closes by itself get their entries, at the times they were closed."""
    records = db.session.scalars(select(BookRecord).order_by(BookRecord.at, BookRecord.id)).all()
    for record in records:
        travel.move_to(record.at)
        account = db.session.get_one(UserAccount, record.account_id)
        audit.record(
            Actor(account.display_name, account_id=account.id),
            Action.SHEET_CLOSED,
            db.session.get_one(RegisterSheet, record.sheet_id),
            "prova",
            version=record.version,
            hash=record.hash,
        )


def _work(app, ids: Ids, plain: bool) -> None:
    trainer = Hand(Visitor(app, ids.logins["trainer_alfa"]), ids.a.lesson_id)
    coordinator = Visitor(app, ids.logins["coordinator"])
    done(trainer.open())
    if not plain:
        _check_in(app, ids)
    _mark_and_close(ids, trainer)
    _note(app)
    if not plain:
        _reopen(ids, trainer, coordinator)
        _note(app)
        _correct(ids, trainer.visitor, coordinator)
        _scan(app)
    for side in (ids.a, ids.b):
        chosen = {"enrolment": [str(one) for one in side.closed_enrolment_ids]}
        done(coordinator.post(f"/editions/{side.closed_edition_id}/certificates", chosen))
    work(app)
    _note(app)
    if not plain:
        _decide(app, coordinator)
        _note(app)
    other = Hand(Visitor(app, ids.logins["trainer_beta"]), ids.b.lesson_id)
    done(other.open())
    done(other.mark(ids.b.enrolment_ids[0], "absent"))
    done(other.all_present())


def _mark_and_close(ids: Ids, trainer: Hand) -> None:
    first, second, third, *others = ids.a.enrolment_ids
    done(trainer.mark(first, "present"))
    done(trainer.mark(second, "times", entered="09:05", left="11:00"))
    done(trainer.mark(third, "absent"))
    done(trainer.mark(third, "justified"))
    done(trainer.all_present())
    _close(trainer, 2 + len(others))


def _close(trainer: Hand, heads: int) -> None:
    done(trainer.close(heads=str(heads), note="Gli altri sono senza telefono"))


def _reopen(ids: Ids, trainer: Hand, coordinator: Visitor) -> None:
    reason = {"reason": "Un'entrata scritta sulla riga sbagliata"}
    done(coordinator.post(f"{trainer.url}/reopen", reason))
    done(trainer.mark(ids.a.enrolment_ids[1], "times", entered="09:10", left="11:30"))
    _close(trainer, len(ids.a.enrolment_ids) - 1)


def done(answer) -> None:
    assert answer.status_code == 302, f"{answer.request.path}: {main(answer)}"


def _note(app) -> None:
    with app.app_context():
        keep_head()
        db.session.remove()


def _check_in(app, ids: Ids) -> None:
    official = Visitor(app, ids.logins["participant_alfa"])
    with app.app_context():
        key = app.config["SECRET_KEY"].encode()
        code = rules.token(key, ids.a.lesson_id, rules.check_in_slot(clock.now()))
    page = official.get(f"/c/{ids.a.lesson_id}/{code}").headers["Location"]
    done(official.post(page, {"kind": "entry"}))


def _correct(ids: Ids, trainer: Visitor, coordinator: Visitor) -> None:
    """One correction of a mark and one of the topic approved, one rejected, one still open."""
    ask = f"/lessons/{ids.a.lesson_id}/corrections/new"
    reason = {"reason": "Il foglio di carta dice altro"}
    about = [f"?enrolment={one}" for one in ids.a.enrolment_ids[:3]]
    marks = [{"status": "absent"}, {"status": "absent"}, {"status": "present"}]
    asked = [(where, mark | reason) for where, mark in zip(about, marks, strict=True)]
    asked.append(("?subject=topic", {"topic": "Un altro argomento"} | reason))
    for (where, sent), decision in zip(asked, ("approve", "reject", None, "approve"), strict=True):
        answer = trainer.post(f"{ask}{where}", sent)
        done(answer)
        if decision:
            url = f"{answer.headers['Location']}/decide"
            done(coordinator.post(url, {"decision": decision, "note": "Visto il foglio"}))


def _decide(app, coordinator: Visitor) -> None:
    """One certificate revoked, one replaced by another with a number of its own."""
    revoked, replaced = [row[0] for row in ask(app, "SELECT id FROM certificate ORDER BY id")][:2]
    for number, decision in ((revoked, "revoke"), (replaced, "replace")):
        said = {"decision": decision, "reason": "Rilasciato per errore"}
        done(coordinator.post(f"/certificates/{number}/decision", said))
    work(app)


def _scan(app) -> None:
    with app.app_context():
        for i in range(3):
            keep("image/jpeg", b"\xff\xd8\xff una scansione %d" % i * 50)
        worlds.commit(db.session.scalars(select(Programme)).first())
        db.session.remove()
