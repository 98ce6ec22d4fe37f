# SPDX-License-Identifier: AGPL-3.0-or-later
"""What another body has, in words that stand nowhere else, and how everything read is searched for them.

``prepare`` makes what the reader may know; ``plant`` adds 37 people of the other body to every
edition of hers, with everything that can hang on a person. What she reads must stay the same.
"""

import html
import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
from sqlalchemy import select, update

from app.domain.attendance import Presence, Source
from app.domain.certificates import CertificateKind, CertificateState
from app.domain.derogations import DerogationCategory
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.intake.life import IntakeState
from app.domain.people import search_key
from app.domain.roles import Role
from app.domain.vocabulary import LessonState, MessageState, ProposalState
from app.extensions import db
from app.kept_files import keep
from app.models import (
    AttendanceEntry,
    Certificate,
    CertificateFile,
    Derogation,
    Edition,
    Lesson,
    OutboxAttachment,
    PersonImportRow,
    PresenceInterval,
    RegisterSheet,
    SeatAllotment,
    UserAccount,
    UserProposal,
)
from tests import world as worlds
from tests.documents.reading import text_by_pypdf
from tests.documents.specimens import CERTIFICATE
from tests.whole_app.grounds import Grounds

PEOPLE = 37
WORD = re.compile(r"canarin\w*", re.IGNORECASE)
_S = EnrolmentState
RUNNING = (_S.CONFIRMED, _S.CONFIRMED, _S.WITHDRAWN, _S.REJECTED)
OPEN = (_S.CONFIRMED, _S.WAITLISTED, _S.REQUESTED, _S.BODY_APPROVED, _S.REJECTED, _S.WITHDRAWN)
ENDED = (_S.COMPLETED, _S.NOT_COMPLETED, _S.WITHDRAWN)


# --- reading -------------------------------------------------------------------


def readable(answer: Any) -> str:
    """Everything an answer says: headers, text of pages, of tables, of spreadsheets, of paper."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return unquote(html.unescape(f"{headers}\n{_body(answer.mimetype, answer.data)}"))


def _body(kind: str, data: bytes) -> str:
    if kind == "application/pdf":
        return text_by_pypdf(data)
    if kind.endswith("spreadsheetml.sheet"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
        return "\n".join(repr(row) for row in rows) + repr(vars(book.properties))
    return data.decode("utf-8", "replace").replace("\r\n ", "")  # lines of a calendar are folded


def words(text: str) -> set[str]:
    """The planted words in a text."""
    return {found.casefold() for found in WORD.findall(text)}


# --- planting ------------------------------------------------------------------


def prepare(grounds: Grounds) -> None:
    """Seats enough, some kept for her body, and somebody who left it: all this may be known."""
    side = grounds.sides["alfa"]
    with grounds.app.app_context():
        db.session.execute(update(Edition).values(seats_max=200))
        kept = select(SeatAllotment.edition_id)
        for edition in db.session.scalars(select(Edition.id).where(Edition.id.not_in(kept))):
            worlds.add(SeatAllotment(edition_id=edition, organisation_id=side.body, seats=4))
        left = worlds.make_person("Trasferita", "Anna", work_email="anna@qui.example")
        here = db.session.get_one(worlds.Organisation, side.body)
        affiliation = worlds.make_affiliation(left, here)
        affiliation.ends_on = worlds.NOW.date() - timedelta(days=30)
        closed = db.session.get_one(Edition, side.closed_edition)
        worlds.make_enrolment(closed, left, here, state=_S.COMPLETED)
        worlds.commit(here)


def plant(grounds: Grounds) -> None:
    """Everything the other body can have, named so that it can be recognised."""
    with grounds.app.app_context():
        Planting(grounds).everything()
        db.session.remove()


class Planting:
    """The other body's people and papers, written beside those of the reader's."""

    def __init__(self, grounds: Grounds) -> None:
        self.here, self.there = grounds.sides["alfa"], grounds.sides["beta"]
        accounts = db.session.scalars(select(UserAccount)).all()
        by_login = {account.login: account for account in accounts}
        self.account = {name: by_login[login] for name, login in grounds.logins.items()}
        self.body = db.session.get_one(worlds.Organisation, self.there.body)
        self.programme = db.session.get_one(worlds.Programme, self.there.programme)
        self.people: list[worlds.Person] = []

    def everything(self) -> None:
        self._body()
        self._people()
        for edition in self._shared_editions():
            self._enrol(edition)
        self._moved()
        self._doubles()
        self._own_editions()
        self._lists()
        self._papers()
        worlds.commit(self.body, "Canarinoannotazione")

    def _body(self) -> None:
        name = "Comune di Canarinocomune"
        self.body.name, self.body.short_name = name, "Canarinobreve"
        self.body.search_key = search_key(name)
        self.account["representative_beta"].display_name = "Canarinoreferente"

    def _people(self) -> None:
        for number in range(PEOPLE):
            self.people.append(self._person(f"Canarinocognome {number:02d}", "Canarinonome"))

    def _person(self, family: str, given: str, **over: Any) -> worlds.Person:
        number = worlds._next()
        person = worlds.make_person(
            family,
            given,
            work_email=f"canarinoposta{number}@canarinosito.example",
            birth_place="Canarinonascita",
            **over,
        )
        # Some in an office called like one of the reader's: its people are still others.
        office = "URP" if number % 3 == 0 else "Canarinoufficio"
        worlds.make_affiliation(person, self.body, office=office, job_title="Canarinomansione")
        return person

    def _shared_editions(self) -> list[Edition]:
        """Every edition of the reader's, and those where her people are."""
        ours = self.here
        enrolled = select(worlds.Enrolment.edition_id).where(
            worlds.Enrolment.home_body_id == ours.body
        )
        return list(
            db.session.scalars(
                select(Edition)
                .where((Edition.delivering_body_id == ours.deliverer) | Edition.id.in_(enrolled))
                .order_by(Edition.id)
            )
        )

    def _enrol(self, edition: Edition) -> None:
        """All 37, in every state the edition knows; marks, certificates, apologies, moves."""
        states = RUNNING
        if edition.state in (EditionState.OPEN, EditionState.CONFIRMED):
            states = OPEN
            worlds.add(
                SeatAllotment(edition_id=edition.id, organisation_id=self.body.id, seats=PEOPLE)
            )
        elif edition.state in (EditionState.CLOSED, EditionState.ARCHIVED):
            states = ENDED
        made = []
        for number, person in enumerate(self.people):
            state = states[number % len(states)]
            waits = state is _S.WAITLISTED
            one = worlds.make_enrolment(
                edition,
                person,
                self.body,
                state=state,
                office="Canarinoufficio",
                waitlist_position=100 + number if waits else None,
                withdrawn_reason="illness" if state is _S.WITHDRAWN else None,
            )
            worlds.make_move(one, note="Canarinomotivo", by_label="Canarinoreferente")
            made.append(one)
        for lesson in db.session.scalars(select(Lesson).where(Lesson.edition_id == edition.id)):
            self._mark(lesson, made)
        if states is ENDED:
            for number, one in enumerate(made[:10]):
                self._certify(one, 5000 + 100 * edition.id + number)

    def _mark(self, lesson: Lesson, enrolments: list[worlds.Enrolment]) -> None:
        sheet = db.session.scalars(
            select(RegisterSheet).where(RegisterSheet.lesson_id == lesson.id)
        ).one()
        for one in enrolments[:20]:
            if lesson.state is not LessonState.HELD:
                worlds.make_apology(one, lesson, note="Canarinoassenza")
                continue
            entry = AttendanceEntry(
                sheet_id=sheet.id,
                enrolment_id=one.id,
                status=Presence.PRESENT,
                counted_minutes=37,
                source=Source.TRAINER,
                marked_by_id=self.account["representative_beta"].id,
                marked_by_label="Canarinoreferente",
                marked_at=worlds.NOW,
            )
            entry.intervals = [PresenceInterval(entered_at=lesson.starts_at)]
            db.session.add(entry)
        db.session.flush()

    def _certify(self, one: worlds.Enrolment, number: int) -> None:
        certificate = worlds.add(
            Certificate(
                edition_id=one.edition_id,
                person_id=one.person_id,
                enrolment_id=one.id,
                kind=CertificateKind.FREQUENCY,
                issuing_body_id=self.body.id,
                year=2014,
                number=number,
                code=f"CANARINO{number:024d}",
                holder_given_name="Canarinonome",
                holder_family_name="Canarinocognome",
                content=CERTIFICATE.to_json(),
                template_version=1,
                state=CertificateState.ISSUED,
                issued_at=worlds.NOW,
                issued_by_id=self.account["coordinator"].id,
            )
        )
        pdf = b"%PDF-1.7 canarinofile"
        worlds.add(CertificateFile(certificate_id=certificate.id, pdf=pdf, sha256=f"{number:064x}"))

    def _moved(self) -> None:
        """Who left for the other body; who came from it, enrolled by it before."""
        left = db.session.scalars(
            select(worlds.Person).where(worlds.Person.family_name == "Trasferita")
        ).one()
        left.work_email = "canarinotrasferita@canarinosito.example"
        left.version += 1
        worlds.make_affiliation(left, self.body, office="Canarinoufficio")
        came = db.session.get_one(worlds.Person, self.here.colleague)
        before = worlds.make_affiliation(came, self.body, office="Canarinoprima")
        before.ends_on = worlds.NOW.date() - timedelta(days=400)
        other = db.session.get_one(Edition, self.there.closed_edition)
        worlds.make_enrolment(other, came, self.body, state=_S.COMPLETED, office="Canarinoprima")

    def _doubles(self) -> None:
        """Joined with one of the reader's people, with one of theirs; at the door; a namesake."""
        for kept in (self.here.person, self.people[0].id):
            self._person("Canarinodoppione", "Canarinonome", merged_into_id=kept)
        door = self._person(
            "Canarinoporta", "Canarinonome", incomplete=True,
            registered_by_body_id=self.here.deliverer,
        )  # fmt: skip
        marking = db.session.get_one(Lesson, self.here.marking_lesson)
        worlds.make_enrolment(db.session.get_one(Edition, marking.edition_id), door, self.body)
        self._person("Omonima", "Anna", tax_code="MNONNA78C52G478X")

    def _own_editions(self) -> None:
        """The other body's editions that are not offered to everybody."""
        for edition in db.session.scalars(
            select(Edition).where(
                Edition.delivering_body_id == self.there.deliverer,
                Edition.state.in_((EditionState.DRAFT, EditionState.RUNNING, EditionState.CLOSED)),
            )
        ):
            edition.course_title = "Canarinocorso"
            edition.minutes_reason = edition.confirm_reason = "Canarinonota di edizione"
            edition.cancel_reason = "Canarinonota di edizione"
            db.session.execute(
                update(Lesson)
                .where(Lesson.edition_id == edition.id)
                .values(topic="Canarinoargomento")
            )
        db.session.flush()

    def _lists(self) -> None:
        """Lists of officials in every state, one sent by the coordinator; people proposed."""
        senders = [(self.account["representative_beta"], state) for state in (
            IntakeState.COLUMNS, IntakeState.CHECKED, IntakeState.APPLIED,
        )]  # fmt: skip
        for account, state in (*senders, (self.account["coordinator"], IntakeState.CHECKED)):
            intake = worlds.make_intake(
                self.programme, account, self.body, people=20,
                state=state, file_name="canarinoelenco.csv",
            )  # fmt: skip
            for row in db.session.scalars(
                select(PersonImportRow).where(PersonImportRow.import_id == intake.id)
            ):
                row.label = "Canarinoriga"
                row.cells = row.cells and ["Canarinocella", "Pietro"]
        worlds.add(
            UserProposal(
                programme_id=self.programme.id,
                organisation_id=self.body.id,
                given_name="Canarinonome",
                family_name="Canarinoproposta",
                email="canarinoproposta@canarinosito.example",
                role=Role.PARTICIPANT,
                state=ProposalState.PROPOSED,
                proposed_by_id=self.account["representative_beta"].id,
                proposed_at=worlds.NOW,
            )
        )

    def _papers(self) -> None:
        """Files, corrections, recoveries and messages about their people in shared editions."""
        trainer, coordinator = self.account["trainer_alfa"], self.account["coordinator"]
        lesson = db.session.get_one(Lesson, self.here.past_lesson)
        enrolment = db.session.scalars(
            select(worlds.Enrolment).where(
                worlds.Enrolment.home_body_id == self.body.id,
                worlds.Enrolment.edition_id == lesson.edition_id,
            )
        ).first()
        worlds.make_correction(
            lesson, trainer, reason="Canarinorettifica", attachment_name="canarinoallegato.pdf"
        )
        worlds.make_import(lesson, trainer, [enrolment], file_name="canarinoregistro.csv")
        worlds.make_scan(lesson, trainer, file_name="canarinofoglio.jpg")
        worlds.make_recovery(
            enrolment, lesson, db.session.get_one(Lesson, self.here.lesson_elsewhere), coordinator
        )
        worlds.add(
            Derogation(
                enrolment_id=enrolment.id,
                category=DerogationCategory.SERVICE,
                reason="Canarinoderoga per servizio",
                file_name="canarinoderoga.jpg",
                sha256=keep("image/jpeg", b"canarinofile"),
                decided_at=worlds.NOW,
                decided_by_id=coordinator.id,
            )
        )
        message = worlds.make_message(
            "canarinoposta@canarinosito.example",
            to_name="Canarinonome",
            subject="Canarinooggetto",
            body="Canarinotesto",
            kind="enrolment-confirmation",
            state=MessageState.FAILED,
            about_type="enrolment",
            about_id=enrolment.id,
            last_error="Canarinoerrore",
            programme_id=self.programme.id,
        )
        worlds.add(
            OutboxAttachment(
                message_id=message.id,
                name="canarinocalendario.ics",
                media_type="text/calendar",
                content=b"canarinofile",
            )
        )
