# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme, its courses and venues, in words."""

from dataclasses import dataclass
from datetime import date

from app.domain.vocabulary import ServiceArea

PROGRAMME = {
    "code": "105920",
    "acronym": "FOR PA",
    "title": (
        "Formazione nella Pubblica Amministrazione per il rafforzamento di politiche, servizi e "
        "strumenti di integrazione a favore di cittadini di Paesi Terzi"
    ),
    "fund_name": "Fondo europeo per l'integrazione di cittadini di Paesi terzi 2007-2013",
    "annual_programme": "FEI 2013",
    "starts_on": date(2014, 9, 1),
    "ends_on": date(2015, 6, 30),
    "ministry_line": "MINISTERO DELL'INTERNO",
}
# People, people, hours, editions, bodies, percent, percent.
TARGETS = {
    "OUT1": 100, "OUT2": 100, "OUT3": 180, "OUT5": 16, "OUT6": 14, "RES1": 80, "RES2": 85,
}  # fmt: skip

_A = ServiceArea


@dataclass(frozen=True)
class PlannedCourse:
    """``areas``: whose staff it is meant for first; none: everybody's."""

    area: str
    audience: str
    objectives: str
    contents: str
    areas: tuple[ServiceArea, ...] = ()
    credits_asked: bool = False


COURSES = {
    "C01": PlannedCourse(
        "Diritto dell'immigrazione",
        "Funzionari e operatori di tutti i servizi a contatto con il pubblico",
        "Orientarsi tra le norme su ingresso, soggiorno e cittadinanza e applicarle ai casi "
        "quotidiani dello sportello.",
        "Testo unico immigrazione e sistema delle fonti; titoli di soggiorno; ricongiungimento "
        "familiare, minori e cittadinanza; casi pratici e quesiti.",
    ),
    "C02": PlannedCourse(
        "Comunicazione interculturale",
        "Operatori di URP, sportelli e front office",
        "Riconoscere stereotipi e pregiudizi nella relazione di servizio e comunicare in modo "
        "semplice con chi parla un'altra lingua.",
        "Stereotipi e relazione di servizio; lingua semplice, ascolto attivo, gestione del "
        "conflitto; lavoro con il mediatore linguistico-culturale.",
        (_A.FRONT_OFFICE, _A.IMMIGRATION_DESK, _A.CULTURE_YOUTH),
    ),
    "C03": PlannedCourse(
        "Servizi demografici",
        "Ufficiali d'anagrafe e di stato civile",
        "Trattare con sicurezza le pratiche anagrafiche e di stato civile dei cittadini stranieri.",
        "Iscrizione anagrafica e dimora abituale; atti formati all'estero, nomi e "
        "traslitterazioni; cittadinanza e adempimenti dell'ufficiale di stato civile.",
        (_A.REGISTRY, _A.LOCAL_POLICE),
    ),
    "C04": PlannedCourse(
        "Servizi sociali",
        "Assistenti sociali e operatori dei servizi alla persona",
        "Condurre l'accesso, la presa in carico e il lavoro di rete con utenti stranieri.",
        "Accesso alle prestazioni; colloquio in contesto interculturale; minori stranieri non "
        "accompagnati e tutela; zona sociale, ASL, scuola, terzo settore.",
        (_A.SOCIAL_SERVICES, _A.IMMIGRATION_DESK, _A.HOUSING),
        credits_asked=True,
    ),
    "C05": PlannedCourse(
        "Servizi educativi",
        "Personale di nidi, scuole e uffici istruzione",
        "Accogliere bambini e famiglie arrivati da poco, dall'iscrizione al rapporto quotidiano.",
        "Diritto all'istruzione, iscrizione e protocollo di accoglienza; rapporto tra scuola e "
        "famiglia, mediazione.",
        (_A.EDUCATION, _A.CULTURE_YOUTH),
    ),
    "C06": PlannedCourse(
        "Salute",
        "Operatori sociali e di sportello che orientano ai servizi sanitari",
        "Indirizzare correttamente i cittadini di Paesi terzi verso le cure a cui hanno diritto.",
        "Iscrizione al servizio sanitario, STP, minori; orientare ai servizi: casi e simulazioni.",
        (_A.SOCIAL_SERVICES, _A.IMMIGRATION_DESK, _A.FRONT_OFFICE),
    ),
    "C07": PlannedCourse(
        "Abitare",
        "Uffici casa, servizi sociali, polizia locale",
        "Sostenere l'accesso alla casa e prevenire i conflitti di convivenza.",
        "Edilizia residenziale pubblica, idoneità alloggiativa, sostegno alla locazione; "
        "mediazione abitativa e convivenza nei condomini.",
        (_A.HOUSING, _A.SOCIAL_SERVICES, _A.LOCAL_POLICE),
    ),
    "C08": PlannedCourse(
        "Antidiscriminazione",
        "Funzionari e operatori di tutti i servizi",
        "Riconoscere, prevenire e segnalare le discriminazioni nei servizi pubblici.",
        "Il ruolo dell'UNAR; discriminazioni dirette e indirette; che cosa può fare un Comune.",
    ),
    "C09": PlannedCourse(
        "Protezione internazionale",
        "Sportelli immigrati, servizi sociali, anagrafe",
        "Conoscere la procedura e i diritti di chi chiede e ha protezione, e il ruolo dei Comuni.",
        "Richiedenti e titolari di protezione; SPRAR e accoglienza diffusa.",
        (_A.IMMIGRATION_DESK, _A.SOCIAL_SERVICES, _A.REGISTRY),
    ),
    "W01": PlannedCourse(
        "Politiche dell'immigrazione",
        "Sindaci, assessori, dirigenti e consiglieri",
        "Aprire uno spazio di confronto tra chi decide le politiche locali e porre le basi di un "
        "protocollo di collaborazione.",
        "Le politiche migratorie e le competenze degli enti locali; dal FEI al FAMI 2014-2020; "
        "tavoli di lavoro; formazione permanente.",
    ),
    "E01": PlannedCourse(
        "Politiche dell'immigrazione",
        "Amministratori, funzionari, cittadinanza",
        "Presentare i risultati del progetto e le strategie pubbliche per l'integrazione.",
        "Risultati di FOR PA; esperienze a confronto; conclusioni.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class PlannedVenue:
    name: str
    address: str
    capacity: int


_ANCI_ROOM = PlannedVenue("Anci Umbria, sala riunioni", "Via Alessi 1", 40)
VENUES = {
    "Anci Umbria, Via Alessi 1 (sala riunioni)": _ANCI_ROOM,
    "Anci Umbria, Via Alessi 1": _ANCI_ROOM,
    "Provincia di Perugia, Piazza Italia 11 (sala)": PlannedVenue(
        "Provincia di Perugia, sala", "Piazza Italia 11", 35
    ),
    "Sala della Vaccara, Palazzo dei Priori": PlannedVenue(
        "Sala della Vaccara, Palazzo dei Priori", "Corso Vannucci", 90
    ),
}


def venue(name: str) -> PlannedVenue:
    """The room that the timetable names."""
    return VENUES.get(name) or PlannedVenue(name, "", 30)
