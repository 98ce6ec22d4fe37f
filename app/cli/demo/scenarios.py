# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be found in the demonstration, and where: for tests, guides and screenshots.

The day on which the demonstration stands is Thursday 14 May 2015, 09:20.
"""

from dataclasses import dataclass
from datetime import date, time

from app.domain.attendance import Presence

TODAY = date(2015, 5, 14)
TODAY_AT = time(9, 20)

# Minutes from the start of the lesson; None: to the end.
Stays = tuple[tuple[int, int | None], ...]
WHOLE: Stays = ((0, None),)


@dataclass(frozen=True)
class Scenario:
    """``who``: the work e-mail of an official, or the login of an account."""

    name: str
    what: str
    edition: str = ""
    lesson: int = 0
    who: str = ""
    status: Presence | None = None
    stays: Stays = ()


_P, _ABSENT, _JUSTIFIED = Presence.PRESENT, Presence.ABSENT, Presence.JUSTIFIED

SCENARIOS = (
    Scenario("late_entry", "Entra alle 09:25", "C02-01", 2,
             "marta.collechiaro@foligno.example", _P, ((25, None),)),
    Scenario("early_exit", "Esce alle 12:10", "C02-02", 1,
             "giorgio.bellaspina@cittadicastello.example", _P, ((0, 190),)),
    Scenario("leaves_and_returns", "Esce alle 16:00 e rientra alle 16:45", "C05-01", 1,
             "pietro.torreforte@gubbio.example", _P, ((0, 90), (135, None))),
    Scenario("absence_justified", "Assente, giustificata", "C02-03", 3,
             "irene.castelvento@orvieto.example", _JUSTIFIED),
    Scenario("absence_unjustified", "Assente", "C06-01", 2,
             "gianfranco.pratolungo@spello.example", _ABSENT),
    Scenario("exactly_at_threshold", "768 minuti su 960: prima uscita alle 11:24", "C01-02", 1,
             "chiara.vignalunga@terni.example", _P, ((0, 144),)),
    Scenario("exactly_at_threshold", "768 minuti su 960: seconda uscita alle 11:24", "C01-02", 3,
             "chiara.vignalunga@terni.example", _P, ((0, 144),)),
    Scenario("one_minute_short", "767 minuti su 960: prima uscita alle 11:24", "C01-02", 1,
             "davide.montepiano@terni.example", _P, ((0, 144),)),
    Scenario("one_minute_short", "767 minuti su 960: seconda uscita alle 11:23", "C01-02", 3,
             "davide.montepiano@terni.example", _P, ((0, 143),)),
    Scenario("withdrawn_before", "Ritirato prima dell'inizio", "C03-01", 0,
             "stefano.cerretalto@perugia.example"),
    Scenario("promoted", "Dalla lista d'attesa al posto di chi si è ritirato", "C03-01", 0,
             "laura.boscolieve@gubbio.example"),
    Scenario("withdrawn_after", "Ritirata dopo due lezioni", "C04-01", 0,
             "federica.solcobruno@perugia.example"),
    Scenario("moved_for_snow", "Spostata dal 4 all'11 febbraio per neve", "C02-02", 3),
    Scenario("substituted", "Docente sostituito", "C02-03", 2, "docente@anci.example"),
    Scenario("started_late", "Iniziata alle 09:10: dieci minuti in meno per tutti", "C03-02", 2),
    Scenario("heads_differ", "Una persona contata in più, spiegata in nota", "C06-01", 1),
    Scenario("closed_late", "Chiuso l'11 dicembre, oltre il termine del giorno dopo", "C03-01", 2),
    Scenario("reopened", "Riaperto il 12 dicembre, presenza segnata, chiuso come versione 2",
             "C03-01", 2, "daniele.solcobruno@provincia.example", _ABSENT),
    Scenario("scanned", "Foglio firme attaccato e confrontato: una differenza", "C09-01", 2,
             "daniela.pratolungo@perugia.example", _P, WHOLE),
    Scenario("corrected", "Uscita rettificata alle 12:30: attestato in verifica", "C09-01", 2,
             "daniela.pratolungo@perugia.example", _P, WHOLE),
    Scenario("claimed", "Chiede di rettificare l'uscita: gli manca un minuto", "C01-02", 3,
             "davide.montepiano@terni.example", _P, ((0, 143),)),
    Scenario("replaced", "Luogo di nascita scritto male: attestato sostituito", "C02-02", 0,
             "giorgio.bellaspina@cittadicastello.example"),
    Scenario("revoked", "Attestato rilasciato per errore e revocato", "C03-02", 0,
             "valentina.bellaspina@terni.example"),
    Scenario("derogated", "Sotto la soglia, con deroga: richiamato in servizio", "C02-03", 3,
             "paolo.campobruno@orvieto.example", _ABSENT),
    Scenario("recovers", "Assente a Todi, recupera oggi a Perugia", "C08-01", 1,
             "filippo.cerretalto@todi.example", _ABSENT),
    Scenario("homonyms", "Andrea Pontesasso di Todi", "C08-01", 1,
             "andrea.pontesasso@todi.example", _P, WHOLE),
    Scenario("homonyms", "Andrea Pontesasso di Terni", "C08-01", 1,
             "andrea.pontesasso@terni.example", _P, WHOLE),
    Scenario("omocodia", "Codice fiscale con omocodia", "C01-01", 0,
             "lucia.fontebella@perugia.example"),
    Scenario("foreign_born", "Nato in Marocco (Z330)", "C06-01", 0,
             "omar.lagoscuro@foligno.example"),
    Scenario("changed_body", "Da Narni a Terni il 1° marzo 2015", "C04-02", 0,
             "silvia.campobruno@narni.example"),
    Scenario("without_tax_code", "Ore raggiunte, attestato bloccato", "C03-02", 0,
             "elena.selvapiana@spoleto.example"),
    Scenario("single_participant", "L'unico del Comune di Fabro", "C02-03", 0,
             "noe.roccalta@fabro.example"),
    Scenario("ready_to_close", "Fogli chiusi, edizione da chiudere", "C08-01", 1),
    Scenario("running_today", "Foglio aperto alle 08:55, nessuno segnato", "C08-02", 1,
             "docente@trustus.example"),
    Scenario("expired_auditor", "Incarico scaduto il 31 marzo 2015",
             who="controllo.scaduto@interno.example"),
    Scenario("proposed", "Proposta dal Comune di Foligno, da decidere",
             who="viola.pietrachiara@foligno.example"),
    Scenario("invited", "Invitato due giorni fa, non ha ancora scelto la password",
             who="filippo.cerretalto@todi.example"),
    Scenario("unreached", "Invito non recapitato e scaduto; incarico fino al 5 giugno",
             who="controllo.nuovo@interno.example"),
    Scenario("several_roles", "Docente e tutor con la stessa utenza", who="docente@anci.example"),
)  # fmt: skip

MARKS = {(s.edition, s.lesson, s.who): s for s in SCENARIOS if s.status is not None}

# Nothing unforeseen happens to these people where the story needs them.
STEADY = {(s.edition, s.who) for s in SCENARIOS if s.edition and s.who}

# Where these officials go, and nowhere else.
ONLY = {
    "lucia.fontebella@perugia.example": ("C01-01", "C04-01", "C08-02"),
    "davide.montepiano@terni.example": ("C01-02",),
    "chiara.vignalunga@terni.example": ("C01-02", "C07-01"),
    "andrea.pontesasso@todi.example": ("C02-03", "C08-01"),
    "andrea.pontesasso@terni.example": ("C07-01", "C08-01"),
    "elena.selvapiana@spoleto.example": ("C03-02",),
    "noe.roccalta@fabro.example": ("C02-03",),
    "silvia.campobruno@narni.example": ("C01-02", "C04-02"),
    "omar.lagoscuro@foligno.example": ("C06-01", "C01-03", "C08-02"),
    "stefano.cerretalto@perugia.example": ("C03-01", "C09-01"),
    "federica.solcobruno@perugia.example": ("C04-01", "C09-01"),
    "laura.boscolieve@gubbio.example": ("C03-01", "C05-01"),
}


def scenario(name: str) -> Scenario:
    """The first scenario of this name."""
    return next(s for s in SCENARIOS if s.name == name)
