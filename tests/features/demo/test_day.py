# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be shown on the demonstration's day: today's lesson kept, an edition brought to its end."""

import re
import shutil

import pytest
from sqlalchemy import select

from app.certificates.issuing import issue_waiting
from app.cli.demo.command import ACCOUNTS, clock_offset
from app.cli.demo.staff import PASSWORD
from app.extensions import db
from app.models import Edition, Lesson
from tests.conftest import TOKEN
from tests.features.demo.conftest import application


@pytest.fixture
def day(demo_folder, tmp_path):
    """A copy of the demonstration of one's own, its clock at the morning."""
    shutil.copy(demo_folder / "demo.db", tmp_path)
    app = application(tmp_path)
    with app.app_context():
        app.config["CLOCK_OFFSET"] = clock_offset()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


class Browser:
    """Somebody signed in, who sends forms with the token of the page they are on."""

    def __init__(self, app, login: str) -> None:
        self.client = app.test_client()
        self.send("/login", page="/login", login=login, password=PASSWORD)

    def read(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        return answer.text

    def send(self, path: str, *, page: str, **data) -> None:
        token = TOKEN.search(self.read(page))[1]
        answer = self.client.post(path, data={"csrf_token": token, **data})
        assert answer.status_code == 302, answer.text


def ids(app, code: str) -> tuple[int, int]:
    """The edition and its first lesson."""
    with app.app_context():
        found = db.session.execute(
            select(Edition.id, Lesson.id)
            .join(Lesson, Lesson.edition_id == Edition.id)
            .where(Edition.code == code, Lesson.seq == 1)
        ).one()
        db.session.remove()
    return tuple(found)


def test_everybody_printed_signs_in(day):
    for login, _who in ACCOUNTS:
        assert Browser(day, login).read("/start")


def test_todays_lesson_is_kept_by_its_trainer(day):
    _, lesson = ids(day, "C08-02")
    sheet = f"/lessons/{lesson}/sheet"
    trainer = Browser(day, "docente@trustus.example")
    assert f'href="{sheet}"' in trainer.read("/today")
    trainer.send(f"{sheet}/all-present", page=sheet, entered="09:00")
    enrolment, version = re.search(
        r'name="enrolment" value="(\d+)".*?name="version" value="(\d+)"', trainer.read(sheet), re.S
    ).groups()
    trainer.send(f"{sheet}/marks", page=sheet, enrolment=enrolment, version=version, mark="absent")
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', trainer.read(sheet))[1]
    trainer.send(
        f"{sheet}/close", page=sheet, seen=seen, topic="Il ruolo dell'UNAR", start="09:00",
        end="13:00", heads="24",
    )  # fmt: skip


def test_the_edition_of_tuesday_is_closed_and_its_certificates_issued(day):
    edition, _ = ids(day, "C08-01")
    close, certificates = f"/editions/{edition}/close", f"/editions/{edition}/certificates"
    Browser(day, "referente@trustus.example").send(close, page=close)
    coordinator = Browser(day, "coordinatore@anci.example")
    chosen = re.findall(r'name="enrolment"[^>]*value="(\d+)"', coordinator.read(certificates))
    assert 14 <= len(chosen) <= 18
    coordinator.send(certificates, page=certificates, enrolment=chosen)
    with day.app_context():
        issue_waiting()
    holder = Browser(day, "andrea.pontesasso@todi.example")
    address = re.search(r'href="(/certificates/\d+\.pdf)"', holder.read("/my"))[1]
    assert holder.client.get(address).data.startswith(b"%PDF")
