# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who runs the programme: accounts, roles, and for what body. No real person is meant."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.cli.demo.agenda import pick
from app.cli.demo.names import domain, email
from app.cli.demo.officials import OFFICIALS
from app.domain.roles import Role
from app.domain.tax_code import expected_code

PASSWORD = "forpa-demo"  # noqa: S105 - the demonstration's, printed at every start

ANCI, ARIS, TRUST_US = "Anci Umbria", "Aris Formazione", "Trust Us"
PROVINCE, LEAD, MINISTRY = "Provincia di Perugia", "Perugia", "Ministero dell'Interno"

COORDINATOR = "coordinatore@anci.example"
ORGANISERS = {ARIS: "referente@aris.example", TRUST_US: "referente@trustus.example"}
TUTOR = "tutor@aris.example"
SUBSTITUTE = "docente@anci.example"


FIRST_BIRTH = date(1955, 1, 1)
BIRTH_PLACE, BIRTH_CODE = "Perugia", "G478"


@dataclass(frozen=True)
class Staff:
    """An account. ``employed``: also a person of the body, who can teach or be looked up."""

    login: str
    given: str
    family: str
    body: str
    roles: tuple[Role, ...]
    employed: bool = False
    until: date | None = None
    sex: str = "F"

    @property
    def birth_date(self) -> date:
        """Some day between 1955 and 1980, the same every time."""
        return FIRST_BIRTH + timedelta(days=pick(f"birth {self.login}", 25 * 365))

    @property
    def tax_code(self) -> str:
        """As computed, of somebody born in Perugia."""
        return expected_code(self.family, self.given, self.sex, self.birth_date, BIRTH_CODE)

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


_PC, _OR, _TR, _TU = Role.PROGRAMME_COORDINATOR, Role.ORGANISER, Role.TRAINER, Role.TUTOR

FOUNDERS = (
    Staff("admin@forpa.example", "Ettore", "Ponteverde", "", (Role.SYSTEM_ADMIN,)),
    Staff(COORDINATOR, "Marina", "Altavalle", ANCI, (_PC,), employed=True),
)

PARTNERS = (
    Staff("referente@aris.example", "Silvano", "Belpoggio", ARIS, (_OR,), employed=True),
    Staff("referente@trustus.example", "Teresa", "Prataverde", TRUST_US, (_OR,), employed=True),
    Staff("referente@provincia.example", "Ugo", "Chiaravento", PROVINCE, (_OR,)),
    Staff("capofila@perugia.example", "Livia", "Montebruno", LEAD, (_OR,)),
    Staff(TUTOR, "Nicoletta", "Campofiorito", ARIS, (_TU,), employed=True),
    Staff(SUBSTITUTE, "Gemma", "Acquaserena", ANCI, (_TR, _TU), employed=True),
    Staff("controllo@interno.example", "Renato", "Pietralta", MINISTRY, (Role.AUDITOR,),
          until=date(2025, 6, 30)),
    Staff("controllo.scaduto@interno.example", "Elvira", "Poggiolieve", MINISTRY, (Role.AUDITOR,),
          until=date(2015, 3, 31)),
)  # fmt: skip

TRAINERS = (
    ("Ada", "Valfiorita", ARIS, "F"),
    ("Guido", "Pianofiore", TRUST_US, "M"),
    ("Olga", "Castelgrano", ARIS, "F"),
    ("Bianca", "Rivachiara", TRUST_US, "F"),
    ("Dario", "Montelieve", ARIS, "M"),
    ("Irma", "Olivetalto", TRUST_US, "F"),
    ("Corrado", "Sassogrigio", TRUST_US, "M"),
    ("Miriam", "Fonteviva", ARIS, "F"),
)
_TRAINER_LOGINS = {"Valfiorita": "docente@aris.example", "Sassogrigio": "docente@trustus.example"}

REPRESENTATIVES = dict(
    zip(
        OFFICIALS,
        (
            ("Amelia", "Vallechiara"), ("Oreste", "Rioscuro"), ("Delia", "Campoalto"),
            ("Primo", "Borgofiore"), ("Flora", "Casteldoro"), ("Elio", "Fossalunga"),
            ("Norma", "Rocchetana"), ("Livio", "Selvalta"), ("Ines", "Pratochiaro"),
            ("Vasco", "Terrabruna"), ("Alda", "Montelargo"), ("Ivo", "Fontanera"),
            ("Edda", "Collelungo"), ("Aldo", "Pianalto"),
        ),
        strict=True,
    )
)  # fmt: skip

# Officials who have a login: theirs, or the short one the demonstration is known by.
PARTICIPANTS = {
    "lucia.fontebella@perugia.example": "funzionario@perugia.example",
    "davide.montepiano@terni.example": "funzionario@terni.example",
    "andrea.pontesasso@todi.example": "andrea.pontesasso@todi.example",
    "elena.selvapiana@spoleto.example": "elena.selvapiana@spoleto.example",
    "noe.roccalta@fabro.example": "noe.roccalta@fabro.example",
    "omar.lagoscuro@foligno.example": "omar.lagoscuro@foligno.example",
}


def trainers() -> list[Staff]:
    """The trainers of the timetable."""
    return [
        Staff(trainer_login(family), given, family, body, (_TR,), employed=True, sex=sex)
        for given, family, body, sex in TRAINERS
    ]


def trainer_login(family: str) -> str:
    """By the surname the timetable has."""
    given, _, body, _ = next(t for t in TRAINERS if t[1] == family)
    return _TRAINER_LOGINS.get(family, email(given, family, body))


def representatives() -> list[Staff]:
    """One for each body that sends people."""
    return [
        Staff(f"ente@{domain(body)}", given, family, body, (Role.BODY_REPRESENTATIVE,))
        for body, (given, family) in REPRESENTATIVES.items()
    ]
