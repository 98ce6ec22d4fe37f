# SPDX-License-Identifier: AGPL-3.0-or-later
"""The 109 officials, by the body they work for today."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.cli.demo.agenda import pick
from app.cli.demo.names import GIVEN_NAMES, OFFICE_OF, OFFICES, SURNAMES, email
from app.domain.tax_code import expected_code
from app.domain.vocabulary import ServiceArea
from app.municipalities import municipalities

OFFICIALS = {
    "Perugia": 28,
    "Terni": 14,
    "Foligno": 12,
    "Città di Castello": 9,
    "Spoleto": 9,
    "Gubbio": 7,
    "Orvieto": 7,
    "Todi": 5,
    "Provincia di Perugia": 5,
    "Narni": 4,
    "Spello": 3,
    "Città della Pieve": 3,
    "Panicale": 2,
    "Fabro": 1,
}

FIRST_BIRTH = date(1955, 1, 1)
BIRTH_DAYS = 35 * 365


@dataclass(frozen=True)
class Official:
    """A person who works for ``body`` today, and worked for ``body_before`` at first."""

    given: str
    family: str
    sex: str
    birth_date: date
    birth_place: str
    birth_code: str
    tax_code: str | None
    body: str
    area: ServiceArea
    office: str
    job_title: str
    body_before: str = ""

    @property
    def first_body(self) -> str:
        return self.body_before or self.body

    @property
    def email(self) -> str:
        return email(self.given, self.family, self.first_body)

    @property
    def since(self) -> date:
        """Hired between 22 and 29 years of age, and before the programme."""
        year = self.birth_date.year + 22 + pick(f"since {self.email}", 8)
        return date(min(year, 2013), 1, 1)

    @property
    def is_social_worker(self) -> bool:
        return self.job_title == "Assistente sociale"


@dataclass(frozen=True)
class Known:
    """Somebody the story needs by name. ``tax_code``: as computed, as given, or None."""

    body: str
    given: str
    family: str
    sex: str
    born: str
    place: str
    area: ServiceArea
    tax_code: str | None = "computed"
    body_before: str = ""


_A = ServiceArea
MOROCCO = ("Marocco", "Z330")
KNOWN = (
    Known("Perugia", "Lucia", "Fontebella", "F", "1978-03-12", "Perugia", _A.FRONT_OFFICE,
          "FNTLCU78C52G47UY"),
    Known("Perugia", "Stefano", "Cerretalto", "M", "1968-10-02", "Perugia", _A.REGISTRY),
    Known("Perugia", "Federica", "Solcobruno", "F", "1981-06-17", "Assisi", _A.SOCIAL_SERVICES),
    Known("Terni", "Davide", "Montepiano", "M", "1969-11-05", "Terni", _A.REGISTRY),
    Known("Terni", "Chiara", "Vignalunga", "F", "1976-05-04", "Terni", _A.FRONT_OFFICE),
    Known("Terni", "Andrea", "Pontesasso", "M", "1981-09-23", "Terni", _A.LOCAL_POLICE),
    Known("Terni", "Silvia", "Campobruno", "F", "1980-02-29", "Narni", _A.SOCIAL_SERVICES,
          body_before="Narni"),
    Known("Foligno", "Marta", "Collechiaro", "F", "1984-06-30", "Foligno", _A.FRONT_OFFICE),
    Known("Foligno", "Omar", "Lagoscuro", "M", "1987-07-14", "Marocco", _A.IMMIGRATION_DESK),
    Known("Città di Castello", "Giorgio", "Bellaspina", "M", "1961-02-02", "Città di Castello",
          _A.FRONT_OFFICE),
    Known("Spoleto", "Elena", "Selvapiana", "F", "1990-09-17", "Spoleto", _A.REGISTRY, None),
    Known("Gubbio", "Pietro", "Torreforte", "M", "1975-01-21", "Gubbio", _A.EDUCATION),
    Known("Gubbio", "Laura", "Boscolieve", "F", "1972-12-06", "Gubbio", _A.REGISTRY),
    Known("Orvieto", "Irene", "Castelvento", "F", "1982-08-08", "Orvieto", _A.IMMIGRATION_DESK),
    Known("Todi", "Andrea", "Pontesasso", "M", "1973-12-25", "Todi", _A.FRONT_OFFICE),
    Known("Spello", "Gianfranco", "Pratolungo", "M", "1966-10-31", "Spello", _A.SOCIAL_SERVICES),
    Known("Città della Pieve", "Maria Teresa", "D'Ombrasecca", "F", "1959-05-09",
          "Città della Pieve", _A.EDUCATION),
    Known("Fabro", "Noè", "Roccalta", "M", "1991-04-19", "Fabro", _A.FRONT_OFFICE),
)  # fmt: skip


def officials() -> list[Official]:
    """Everybody, body by body; the same people every time."""
    places = _places()
    people = [_known(known, places) for known in KNOWN]
    taken = {(person.given, person.family) for person in people}
    here = Counter(person.body for person in people)
    names = _names(taken)
    for body, number in OFFICIALS.items():
        people += [
            _invented(len(people) + i, body, next(names), places)
            for i in range(number - here[body])
        ]
    order = list(OFFICIALS)
    return sorted(people, key=lambda person: order.index(person.body))


def _places() -> dict[str, tuple[str, str]]:
    """What certificates print of a birthplace, and its Belfiore code."""
    towns = {m.name: (f"{m.name} ({m.province_code})", m.belfiore_code) for m in municipalities()}
    return towns | {"Marocco": MOROCCO}


def _known(known: Known, places: dict[str, tuple[str, str]]) -> Official:
    place, code = places[known.place]
    born = date.fromisoformat(known.born)
    office, title = OFFICE_OF[known.area]
    tax_code = known.tax_code
    if tax_code == "computed":
        tax_code = expected_code(known.family, known.given, known.sex, born, code)
    return Official(
        known.given, known.family, known.sex, born, place, code, tax_code,
        known.body, known.area, office, title, known.body_before,
    )  # fmt: skip


def _names(taken: set[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Given name, family name and sex; no two alike."""
    for i in range(len(SURNAMES) * len(GIVEN_NAMES)):
        family = SURNAMES[i % len(SURNAMES)]
        given, sex = GIVEN_NAMES[(7 * i + 3 * (i // len(SURNAMES))) % len(GIVEN_NAMES)]
        if (given, family) not in taken:
            taken.add((given, family))
            yield given, family, sex


def _invented(
    i: int, body: str, name: tuple[str, str, str], places: dict[str, tuple[str, str]]
) -> Official:
    given, family, sex = name
    key = f"{given} {family}"
    born = FIRST_BIRTH + timedelta(days=pick(f"born {key}", BIRTH_DAYS))
    at_home = body in places and pick(f"at home {key}", 10) < 6
    town = body if at_home else _any_town(key, places)
    place, code = places[town]
    area, office, title = OFFICES[i % len(OFFICES)]
    tax_code = expected_code(family, given, sex, born, code)
    return Official(
        given, family, sex, born, place, code, tax_code, body, area, office, title
    )  # fmt: skip


def _any_town(key: str, places: dict[str, tuple[str, str]]) -> str:
    towns = sorted(places.keys() - {"Marocco"})
    return towns[pick(f"town {key}", len(towns))]
