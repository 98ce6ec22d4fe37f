# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seconds to issue a thousand certificates in one batch, sealed and not, and what its pages take.

    .venv/bin/python -m benchmarks.issue [--people 1000]

On a scratch database of SQLite in a file with the settings of real work, the worker's
job in this process; the page of the progress is asked a few times while it goes on.
"""

import argparse
import resource
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from flask_migrate import upgrade

from app.application import Application
from app.assignments import actor_of
from app.certificates.actions import Wanted, ask_batch
from app.certificates.issuing import issue_waiting
from app.certificates.queries import EDITION_PAGE
from app.documents.seal import Seal
from app.documents.seal_keys import demo_key
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.roles import Role
from app.extensions import db
from app.models import CertificateBatch, Course, Edition, RoleAssignment, UserAccount, Venue
from benchmarks.sheet import Hand, scratch
from tests import world as worlds


def furnish(app: Application, people: int) -> tuple[int, list[int]]:
    """A concluded edition with so many people who were there: its id, and their enrolments."""
    with app.app_context():
        upgrade()
        world = worlds.build_world()
        side = world.a
        course = db.session.get_one(Course, side.edition.course_id)
        venue = db.session.get_one(Venue, side.edition.venue_id)
        edition = worlds.make_edition(course, side.delivering, venue, seats_max=people)
        worlds.make_register(edition)
        lesson = worlds.make_lesson(edition, 1, worlds.NOW - timedelta(days=2))
        worlds.make_staff(lesson, side.trainer)
        enrolments = [
            worlds.make_enrolment(edition, worlds.make_person(), side.home) for _ in range(people)
        ]
        worlds.close_page(lesson, enrolments, world.accounts["trainer_alfa"])
        for enrolment in enrolments:
            enrolment.state = EnrolmentState.COMPLETED
        edition.state = EditionState.CLOSED
        worlds.commit(world.programme)
        found = edition.id, [enrolment.id for enrolment in enrolments]
        db.session.remove()
    return found


def ask(app: Application, edition_id: int, enrolments: list[int]) -> int:
    """The batch, as the coordinator's form asks for it."""
    with app.app_context():
        account, assignment = db.session.execute(
            db.select(UserAccount, RoleAssignment)
            .join(RoleAssignment, RoleAssignment.account_id == UserAccount.id)
            .where(RoleAssignment.role == Role.PROGRAMME_COORDINATOR)
        ).first()
        edition = db.session.get_one(Edition, edition_id, options=EDITION_PAGE)
        batch = ask_batch(actor_of(account, assignment), edition, Wanted(enrolments))
        db.session.commit()
        return batch.id


def measure(app: Application, people: int) -> None:
    edition_id, enrolments = furnish(app, people)
    for sealed in (False, True):
        with tempfile.TemporaryDirectory() as keys:
            key = demo_key(Path(keys) / "seal") if sealed else None
            app.extensions["seal"] = Seal(key) if key else None
            half = enrolments[::2] if sealed else enrolments[1::2]
            batch_id = ask(app, edition_id, half)
            hand = Hand(app, "coordinator", [])
            pages, began = [], perf_counter()
            finished = None
            while finished is None:
                with app.app_context():
                    issue_waiting()
                    finished = db.session.get_one(CertificateBatch, batch_id).finished_at
                    db.session.remove()
                asked = perf_counter()
                hand.client.get(f"/certificate-batches/{batch_id}/progress")
                pages.append(perf_counter() - asked)
            took = perf_counter() - began - sum(pages)
        kind = "sealed" if sealed else "unsealed"
        print(
            f"{kind:>8}: {len(half)} certificates in {took:.1f} s, {len(half) / took:.0f} a second; "
            f"page of the progress {median(pages) * 1000:.0f} ms"
        )
    print(f"memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000, help="half of them sealed, half not")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(scratch(folder), arguments.people)
