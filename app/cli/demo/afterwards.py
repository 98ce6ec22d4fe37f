# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happens to pages afterwards: reopened, compared with paper, corrected, recovered."""

from datetime import date
from functools import partial
from secrets import token_hex

from sqlalchemy import select

from app.actor import Actor
from app.calendar.feed.actions import subscribe
from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.scenarios import Scenario, scenario
from app.cli.demo.staff import trainer_login
from app.cli.demo.stage import Stage
from app.cli.demo.timetable import PlannedEdition, PlannedLesson
from app.documents.sign_sheet import render_sign_sheets
from app.domain.attendance import Interval, Presence
from app.domain.roles import Role
from app.domain.timetable import at, parse_time
from app.domain.vocabulary import CorrectionSubject
from app.extensions import db
from app.models import Correction, Enrolment, ScannedEvidence
from app.pages import publicity_of
from app.prospects import actions as prospects
from app.prospects.queries import prospect_page
from app.registers import actions as registers
from app.registers.book.actions import reopen
from app.registers.book.reopening import reopening_case
from app.registers.corrections import actions as corrections
from app.registers.corrections.cases import case_of, page_of
from app.registers.evidence import actions as evidence
from app.registers.evidence.actions import Line
from app.registers.evidence.queries import comparison
from app.registers.evidence.sign_sheets import of_lesson
from app.registers.marks import Mark
from app.registers.queries import SHEET_PAGE, SheetPage, sheet_page
from app.uploads import check_scan

OFFICIAL = "funzionario@terni.example"


def note_afterwards(agenda: Agenda, stage: Stage, editions: list[PlannedEdition]) -> None:
    """Note what is told of closed pages, each at its moment."""
    planned = {edition.code: edition for edition in editions}
    told = _Told(stage, planned)
    reopened = scenario("reopened")
    agenda.note(moment(date(2014, 12, 12), "10:05"), partial(told.reopen, reopened))
    agenda.note(moment(date(2014, 12, 12), "10:30"), partial(told.close_again, reopened))
    paper = scenario("scanned")
    agenda.note(moment(date(2015, 5, 12), "15:10"), partial(told.scan, paper))
    agenda.note(moment(date(2015, 5, 12), "15:25"), partial(told.compare, paper))
    corrected = scenario("corrected")
    agenda.note(moment(date(2015, 5, 12), "15:30"), partial(told.ask, corrected))
    agenda.note(moment(date(2015, 5, 13), "11:30"), partial(told.approve, corrected))
    agenda.note(moment(date(2015, 5, 13), "17:40"), partial(told.claim, scenario("claimed")))
    agenda.note(moment(date(2015, 5, 12), "18:05"), told.subscribe)
    agenda.note(moment(date(2015, 5, 13), "10:15"), partial(told.recover, scenario("recovers")))


class _Told:
    """The deeds, by the names the story uses."""

    def __init__(self, stage: Stage, planned: dict[str, PlannedEdition]) -> None:
        self.stage, self.planned = stage, planned

    def subscribe(self) -> None:
        """A trainer reads her lessons on her own phone; the address is known to nobody."""
        subscribe(self.stage.actors["docente@trustus.example", Role.TRAINER], token_hex(16))

    def reopen(self, told: Scenario) -> None:
        case = reopening_case(self._organiser(told), self._lesson_id(told), lock=True)
        reopen(self._organiser(told), case, "Sul foglio firme la persona è presente dalle 9:00")

    def close_again(self, told: Scenario) -> None:
        trainer = self._trainer(told)
        page = self._page(told, trainer)
        stay = Interval(page.lesson.starts_at, page.lesson.ends_at)
        enrolment = db.session.get_one(Enrolment, self._enrolment(told))
        registers.mark(trainer, page, enrolment, Mark(Presence.PRESENT, (stay,)), None)
        page = self._page(told, trainer)
        registers.close_sheet(
            trainer,
            page,
            topic=page.sheet.topic_done,
            start_real=page.lesson.starts_at,
            end_real=page.lesson.ends_at,
            heads=page.tally.present,
            note="",
            seen=page.seen,
        )

    def scan(self, told: Scenario) -> None:
        """The sign sheet as it was printed, in the place of its photograph."""
        trainer = self._trainer(told)
        programme = self.stage.programme
        sheets = of_lesson(trainer, self._lesson_id(told), publicity_of(programme), str)
        file = check_scan(render_sign_sheets(sheets))
        evidence.attach(trainer, self._page(told, trainer), "foglio firme 5 maggio.pdf", file)

    def compare(self, told: Scenario) -> None:
        trainer, differs = self._trainer(told), self._enrolment(told)
        shown = comparison(trainer, db.session.scalars(select(ScannedEvidence.id)).one(), lock=True)
        remark = "Sul foglio l'uscita è alle 12:30"
        lines = {
            row.enrolment_id: Line(False, remark) if row.enrolment_id == differs else Line(True, "")
            for row in shown.rows
        }
        evidence.reconcile(trainer, shown, lines)

    def ask(self, told: Scenario) -> None:
        self._ask(self._trainer(told), told, "12:30", "Il foglio firme porta l'uscita alle 12:30")

    def claim(self, told: Scenario) -> None:
        official = self.stage.actors[OFFICIAL, Role.PARTICIPANT]
        self._ask(official, told, "11:24", "Sono uscito alle 11:24, come ho firmato sul foglio")

    def _ask(self, actor: Actor, told: Scenario, left: str, reason: str) -> None:
        page = page_of(actor, self._lesson_id(told), lock=True)
        day = self._planned(told).day
        stay = Interval(page.lesson.starts_at, at(day, parse_time(left)))
        wanted = corrections.Wanted(CorrectionSubject.MARK, Mark(Presence.PRESENT, (stay,)))
        corrections.ask(actor, page, page.person(self._enrolment(told)), wanted, reason)

    def approve(self, told: Scenario) -> None:
        found = db.session.scalars(select(Correction.id)).one()
        case = case_of(self.stage.coordinator, found, lock=True)
        corrections.decide(self.stage.coordinator, case, approves=True, note="Visto il foglio")

    def recover(self, told: Scenario) -> None:
        coordinator, today = self.stage.coordinator, scenario("running_today")
        page = prospect_page(coordinator, self._enrolment(told))
        missed, other = self._lesson_id(told), self.stage.lessons[today.edition, today.lesson]
        prospects.arrange(coordinator, page, missed, other)

    def _planned(self, told: Scenario) -> PlannedLesson:
        return self.planned[told.edition].lessons[told.lesson - 1]

    def _lesson_id(self, told: Scenario) -> int:
        return self.stage.lessons[told.edition, told.lesson]

    def _trainer(self, told: Scenario) -> Actor:
        return self.stage.actors[trainer_login(self.planned[told.edition].trainer), Role.TRAINER]

    def _organiser(self, told: Scenario) -> Actor:
        return self.stage.organiser(self.planned[told.edition].delivering_body)

    def _page(self, told: Scenario, actor: Actor) -> SheetPage:
        lesson = self.stage.lesson(told.edition, told.lesson, actor, *SHEET_PAGE)
        return sheet_page(actor, lesson, lock=True)

    def _enrolment(self, told: Scenario) -> int:
        return db.session.scalars(
            select(Enrolment.id).where(
                Enrolment.person_id == self.stage.people[told.who],
                Enrolment.edition_id == self.stage.editions[told.edition],
            )
        ).one()
