# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes of certificates: one replaced, one revoked, a derogation below the threshold, credits."""

from datetime import date
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from app.certificates.actions import Wanted, ask_batch
from app.certificates.credits.actions import set_credits
from app.certificates.derogations.actions import grant
from app.certificates.issuing import issue_waiting
from app.certificates.life.actions import ask_replacement, revoke
from app.certificates.queries import EDITION_PAGE
from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.scenarios import Scenario, scenario
from app.cli.demo.stage import Stage
from app.documents import fonts
from app.domain.derogations import DerogationCategory
from app.extensions import db
from app.hours import CERTIFIED
from app.models import Certificate, Enrolment
from app.people.actions import correct_person
from app.standings import all_standings
from app.uploads import check_scan

MISSPELT, RIGHT = "Citta di Castelo (PG)", "Città di Castello (PG)"


# The Order's answers, given before the first lesson; the numbers are made up.
ACCREDITED = (("C04-01", date(2015, 1, 9), "0000-A"), ("C04-02", date(2015, 3, 20), "0000-B"))


def note_certified(agenda: Agenda, stage: Stage) -> None:
    """Note what is told of certificates, each at its moment."""
    for code, day, event in ACCREDITED:
        agenda.note(moment(day, "09:40"), partial(_accredit, stage, code, event))
    misspelt, revoked, below = scenario("replaced"), scenario("revoked"), scenario("derogated")
    agenda.note(moment(date(2015, 1, 26), "09:10"), partial(_spell, stage, misspelt, MISSPELT))
    agenda.note(moment(date(2015, 2, 20), "09:20"), partial(_spell, stage, misspelt, RIGHT))
    agenda.note(moment(date(2015, 2, 20), "09:30"), partial(_replace, stage, misspelt))
    agenda.note(moment(date(2015, 4, 10), "12:00"), partial(_revoke, stage, revoked))
    agenda.note(moment(date(2015, 4, 8), "15:00"), partial(_derogate, stage, below))
    agenda.note(moment(date(2015, 4, 8), "15:20"), partial(_issue, stage, below))


def _accredit(stage: Stage, code: str, event: str) -> None:
    edition = stage.edition(code, stage.coordinator)
    set_credits(stage.coordinator, edition, asked=True, event_id=event, training=16, ethics=3)


def _spell(stage: Stage, told: Scenario, birth_place: str) -> None:
    correct_person(stage.coordinator, stage.person(told.who), birth_place=birth_place)


def _replace(stage: Stage, told: Scenario) -> None:
    reason = "Luogo di nascita scritto male: Città di Castello"
    ask_replacement(stage.coordinator, _certificate(stage, told), reason)
    _let_the_worker_issue()


def _revoke(stage: Stage, told: Scenario) -> None:
    reason = "Rilasciato per errore: l'interessata ha chiesto di essere tolta dall'edizione"
    revoke(stage.coordinator, _certificate(stage, told), reason)


def _derogate(stage: Stage, told: Scenario) -> None:
    standing = all_standings(Enrolment.id == _enrolment(stage, told))[0]
    grant(
        stage.coordinator,
        standing,
        DerogationCategory.SERVICE,
        "Richiamato allo sportello dal proprio ente durante la terza lezione: nota allegata.",
        check_scan(_note_of_the_body()),
        "nota del Comune.jpg",
    )


def _issue(stage: Stage, told: Scenario) -> None:
    edition = stage.edition(told.edition, stage.coordinator, *EDITION_PAGE)
    ask_batch(stage.coordinator, edition, Wanted([_enrolment(stage, told)]))
    _let_the_worker_issue()


def _let_the_worker_issue() -> None:
    db.session.commit()
    issue_waiting()


def _enrolment(stage: Stage, told: Scenario) -> int:
    return db.session.scalars(
        select(Enrolment.id).where(
            Enrolment.person_id == stage.people[told.who],
            Enrolment.edition_id == stage.editions[told.edition],
        )
    ).one()


def _certificate(stage: Stage, told: Scenario) -> int:
    return db.session.scalars(
        select(Certificate.id).where(CERTIFIED, Certificate.enrolment_id == _enrolment(stage, told))
    ).one()


def _note_of_the_body() -> bytes:
    """A page with a few words, as a phone would photograph it."""
    page = Image.new("RGB", (1240, 1754), "white")
    face = ImageFont.truetype(str(fonts.FOLDER / fonts.FILES[fonts.REGULAR]), 40)
    words = "Oggetto: richiamo in servizio durante il corso\n\n(documento di esempio)"
    ImageDraw.Draw(page).multiline_text((140, 200), words, fill="black", font=face, spacing=20)
    out = BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()
