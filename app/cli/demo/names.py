# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invented names, and the offices people work in. No real person is meant."""

from app.domain.people import search_key
from app.domain.vocabulary import ServiceArea

SURNAMES = (
    "Fontebella", "Montepiano", "Collechiaro", "Torreforte", "Selvapiana", "Bellaspina",
    "Castelvento", "Pontesasso", "Campobruno", "Lagoscuro", "Pratolungo", "Roccalta",
    "Cerretalto", "Boscolieve", "Ventorosa", "Pietrachiara", "Solcobruno", "Vignalunga",
    "Ortobello", "Stradalta",
)  # fmt: skip

# In pairs, so that both sexes come up alike.
GIVEN_NAMES = (
    ("Anna", "F"), ("Marco", "M"), ("Paola", "F"), ("Luca", "M"), ("Francesca", "F"),
    ("Paolo", "M"), ("Laura", "F"), ("Roberto", "M"), ("Chiara", "F"), ("Stefano", "M"),
    ("Simona", "F"), ("Matteo", "M"), ("Barbara", "F"), ("Fabio", "M"), ("Cristina", "F"),
    ("Massimo", "M"), ("Sara", "F"), ("Claudio", "M"), ("Valentina", "F"), ("Enrico", "M"),
    ("Federica", "F"), ("Daniele", "M"), ("Monica", "F"), ("Sergio", "M"), ("Giulia", "F"),
    ("Antonio", "M"), ("Patrizia", "F"), ("Mauro", "M"), ("Ilaria", "F"), ("Riccardo", "M"),
    ("Daniela", "F"), ("Simone", "M"), ("Emanuela", "F"), ("Filippo", "M"), ("Rita", "F"),
    ("Bruno", "M"), ("Alessia", "F"), ("Tommaso", "M"), ("Nadia", "F"), ("Leonardo", "M"),
)  # fmt: skip

# Area, office, job title: the areas people meet most come up most.
OFFICES = (
    (ServiceArea.FRONT_OFFICE, "Ufficio relazioni con il pubblico", "Istruttore amministrativo"),
    (ServiceArea.SOCIAL_SERVICES, "Servizi sociali", "Assistente sociale"),
    (ServiceArea.REGISTRY, "Anagrafe e stato civile", "Ufficiale d'anagrafe"),
    (ServiceArea.EDUCATION, "Servizi educativi e scolastici", "Istruttore educativo"),
    (ServiceArea.IMMIGRATION_DESK, "Sportello immigrati", "Operatore di sportello"),
    (ServiceArea.SOCIAL_SERVICES, "Ufficio della cittadinanza", "Assistente sociale"),
    (ServiceArea.LOCAL_POLICE, "Polizia locale", "Agente di polizia locale"),
    (ServiceArea.REGISTRY, "Stato civile", "Ufficiale di stato civile"),
    (ServiceArea.HOUSING, "Ufficio casa", "Istruttore amministrativo"),
    (ServiceArea.FRONT_OFFICE, "Sportello del cittadino", "Istruttore amministrativo"),
    (ServiceArea.EMPLOYMENT, "Politiche del lavoro", "Istruttore direttivo"),
    (ServiceArea.CULTURE_YOUTH, "Cultura e politiche giovanili", "Istruttore direttivo"),
)

OFFICE_OF = {area: (office, title) for area, office, title in reversed(OFFICES)}

_DOMAINS = {
    "Provincia di Perugia": "provincia",
    "Anci Umbria": "anci",
    "Aris Formazione": "aris",
    "Trust Us": "trustus",
    "Ministero dell'Interno": "interno",
}


def domain(body: str) -> str:
    """The body's invented domain (RFC 2606)."""
    return _DOMAINS.get(body, search_key(body).replace(" ", "")) + ".example"


def email(given: str, family: str, body: str) -> str:
    """nome.cognome@ente.example"""
    local = ".".join(search_key(name).replace(" ", "") for name in (given, family))
    return f"{local}@{domain(body)}"
