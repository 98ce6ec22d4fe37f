# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server on which it is Monday 2 March 2015: an edition held in autumn, people to nominate.

The demonstration stands in May, when nothing can be planned around 29 March any more.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from werkzeug.security import generate_password_hash

from app import create_app
from app.domain.edition import EditionState
from app.domain.roles import Role
from app.domain.vocabulary import BodyKind, PartnershipRole
from app.extensions import db
from tests import world as worlds
from tests.browser.conftest import PASSWORD, Demo
from tests.conftest import _migrate, config_for

MORNING = datetime(2015, 3, 2, 8, 0, tzinfo=UTC)
AUTUMN = datetime(2014, 10, 14, 7, 0, tzinfo=UTC)  # nine in Rome, still summer time
PEOPLE = {"Foligno": 18, "Todi": 12}


class Spring(Demo):
    """The same two processes as ``./run serve``, the clock moved."""

    command = ("gunicorn", "wsgi:app")

    def __init__(self, instance: Path) -> None:
        url = f"sqlite:///{instance / 'spring.db'}"
        _migrate(url)
        with time_machine.travel(MORNING, tick=True):
            _furnish(url)
        super().__init__(
            instance,
            DATABASE_URL=url,
            CLOCK_OFFSET=str(int(MORNING.timestamp() - time.time())),
        )

    def start(self) -> None:
        self.environment["GUNICORN_CMD_ARGS"] = (
            f"--bind 127.0.0.1:{self.port} --workers 2 --worker-class gthread --threads 4 "
            "--no-control-socket --log-level warning"
        )
        super().start()


def _furnish(url: str) -> None:
    app = create_app(config_for(url))
    with app.app_context():
        programme = worlds.make_programme()
        delivering = _body(programme, "Ente attuatore Girasole", PartnershipRole.PARTNER_BODY)
        _autumn(programme, delivering)
        for town, number in PEOPLE.items():
            body = _body(programme, f"Comune di {town}", PartnershipRole.PARTICIPATING_BODY)
            for count in range(1, number + 1):
                person = worlds.make_person(f"{town}prova {count:02d}")
                worlds.make_affiliation(person, body)
            _account(f"ente.{town.lower()}", Role.BODY_REPRESENTATIVE, programme, body)
        worlds.commit(programme)
        db.session.remove()
        db.engine.dispose()


def _body(programme, name: str, part: PartnershipRole):
    kind = BodyKind.TRAINING_PROVIDER if "attuatore" in name else BodyKind.MUNICIPALITY
    body = worlds.make_body(name, kind=kind)
    worlds.add(worlds.Partnership(programme_id=programme.id, organisation_id=body.id, role=part))
    return body


def _account(login: str, role: Role, programme, body=None, person=None):
    password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
    account = worlds.make_account(login, person, password_hash=password)
    worlds.give_role(account, role, programme, body)
    return account


def _autumn(programme, delivering) -> None:
    """The edition to hold again, and one of another body that has the hall and the trainer."""
    organiser = worlds.make_person("Organizzatrice", "Olga")
    worlds.make_affiliation(organiser, delivering)
    _account("referente", Role.ORGANISER, programme, delivering, organiser)
    people = {}
    for family in ("Ventoforte", "Pratoverde"):
        people[family] = worlds.make_person(family, "Dario")
        _account(family.lower(), Role.TRAINER, programme, delivering, people[family])
    hall = worlds.make_venue(name="Sala grande", town="Foligno")
    worlds.make_venue(name="Aula piccola", town="Foligno")
    course = worlds.make_course(programme, code="AUT", title="Ascolto", planned_minutes=5 * 240)
    held = worlds.make_edition(
        course, delivering, hall, code="AUT-1", seats_max=25,
        state=EditionState.CLOSED, organiser_id=organiser.id,
    )  # fmt: skip
    for seq, day in enumerate((0, 7), 1):
        lesson = worlds.make_lesson(held, seq, AUTUMN + timedelta(days=day))
        worlds.make_staff(lesson, people["Ventoforte"])
    other = worlds.make_edition(
        course, _body(programme, "Ente attuatore Papavero", PartnershipRole.PARTNER_BODY),
        hall, code="ALTRA-1", state=EditionState.OPEN,
    )  # fmt: skip
    # In the hall on 30 March at eleven; on 8 April elsewhere, with the same trainer.
    worlds.make_lesson(other, 1, datetime(2015, 3, 30, 9, 0, tzinfo=UTC))
    elsewhere = worlds.make_venue(name="Altra sala", town="Spello")
    taught = worlds.make_lesson(
        other, 2, datetime(2015, 4, 8, 13, 0, tzinfo=UTC), venue_id=elsewhere.id
    )
    worlds.make_staff(taught, people["Ventoforte"])
