# SPDX-License-Identifier: AGPL-3.0-or-later
"""A training record and a repertory of certificates, small and at full size."""

from datetime import UTC, date, datetime, timedelta

from app.documents.record import RecordCertificate, RecordContent, RecordCourse, RecordYear
from app.documents.repertory import RepertoryContent, RepertoryEntry
from tests.documents.funding import PUBLICITY

LONG_NAME = "Castelvento Pietrachiara della Roccalta Montelieve Maria Francesca Guglielmina A"
LONG_TITLE = (
    "Servizi sociali e utenza straniera: accesso, presa in carico, lavoro di rete, mediazione "
    "linguistico-culturale e collaborazione interistituzionale fra gli enti locali dell'Umbria"
)
CODE = "7QK2-M4TD-4XWB-H3RF-6ZPC-6VNA-A2B3-C4D5"
PRINTED_AT = datetime(2015, 5, 14, 7, 30, tzinfo=UTC)
START = date(2014, 11, 11)


def course(number: int) -> RecordCourse:
    """A course told from the others by the number of its edition."""
    return RecordCourse(
        title="Comunicazione interculturale al front office",
        edition_code=f"C02-{number:03d}",
        delivering_body="Aris Formazione",
        first_day=START + timedelta(days=number),
        last_day=START + timedelta(days=number + 14),
        attended_minutes=750,
        held_minutes=960,
        share_percent=78,
        outcome="idoneo",
    )


def certificate(number: int) -> RecordCertificate:
    return RecordCertificate(
        number_text=f"{number}/2015",
        kind="Attestato di frequenza",
        course_title="Comunicazione interculturale al front office",
        day=date(2015, 5, 12),
        state="Valido",
        code=CODE,
    )


RECORD = RecordContent(
    name="Lucia Fontebella",
    body="Comune di Gubbio",
    first_day=START,
    last_day=date(2015, 5, 14),
    years=(RecordYear(2014, 1, 750), RecordYear(2015, 2, 2640)),
    courses=(
        course(1),
        RecordCourse("Workshop di avvio", "W01-01", "Comune di Perugia", START, START, 240, 240,
                     100, "ha partecipato"),
        RecordCourse(LONG_TITLE, "C05-02", "Provincia di Perugia", None, None, 0, 0, None,
                     "non ancora iniziato"),
    ),
    certificates=(
        certificate(12),
        RecordCertificate("3/2015", "Attestato di partecipazione", "Workshop di avvio",
                          date(2015, 2, 2), "Sostituito dal n. 12/2015", CODE, holds=False),
    ),
    declarations=(
        RecordCertificate("", "Dichiarazione di presenza",
                          "Comunicazione interculturale al front office, incontro del 13/11/2014",
                          date(2014, 11, 13), "Valido", CODE),
    ),
    verify_url="https://forpa.example.it/verify",
    printed_at=PRINTED_AT,
    publicity=PUBLICITY,
    goal_minutes=40 * 60,
)  # fmt: skip


def entry(number: int, year: int = 2015) -> RepertoryEntry:
    """An entry whose holder is told from the others by the number."""
    families = ("Fontebella", "Castelvento", "Roccalta", "Pietrachiara", "Montelieve")
    return RepertoryEntry(
        number=number,
        year=year,
        day=date(year, 1, 7) + timedelta(days=number // 20 % 300),
        holder=f"{families[number % 5]} Lucia {number:04d}",
        body="Comune di Città di Castello",
        kind="Attestato di frequenza",
        course_title="Comunicazione interculturale al front office",
        edition_code="C02-01",
    )


REPERTORY = RepertoryContent(
    issuing_body="Comune di Perugia",
    first_year=2014,
    last_year=2015,
    entries=(
        entry(1, 2014),
        entry(2, 2014),
        entry(4),
        RepertoryEntry(1, 2015, date(2015, 2, 2), LONG_NAME, "Comune di Gubbio",
                       "Attestato di frequenza con profitto", LONG_TITLE, "C05-02",
                       "Sostituito", False, date(2015, 5, 12), "4/2015"),
        RepertoryEntry(2, 2015, date(2015, 2, 2), "Olmi Marta", "Comune di Gubbio",
                       "Attestato di docenza", "Workshop di avvio", "W01-01",
                       "Revocato", False, date(2015, 5, 13)),
    ),
    printed_at=PRINTED_AT,
    publicity=PUBLICITY,
    whole=True,
)  # fmt: skip
