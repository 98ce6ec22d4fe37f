# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages to enrolled people: their kinds, the usual texts, the fields that are filled in."""

import re
from collections.abc import Mapping
from enum import StrEnum

from app.domain.enrolment import EnrolmentState
from app.domain.errors import RuleViolation, Sentence


class NoticeKind(StrEnum):
    CONFIRMATION = "confirmation"
    CONVOCATION = "convocation"
    REMINDER = "reminder"
    WAITING = "waiting"
    REJECTION = "rejection"


_S = EnrolmentState

# To whom each kind may go.
ADDRESSEES: dict[NoticeKind, EnrolmentState] = {
    NoticeKind.CONFIRMATION: _S.CONFIRMED,
    NoticeKind.CONVOCATION: _S.CONFIRMED,
    NoticeKind.REMINDER: _S.CONFIRMED,
    NoticeKind.WAITING: _S.WAITLISTED,
    NoticeKind.REJECTION: _S.REJECTED,
}

# What may stand between braces, in Italian because the texts are.
FIELDS = (
    "nome",
    "cognome",
    "ente",
    "corso",
    "edizione",
    "sede",
    "calendario",
    "prossima_lezione",
    "posizione",
    "motivo",
)

_BRACES = re.compile(r"\{([^{}\n]*)\}")

# The usual texts, until a programme or an edition writes its own: subject and body.
DEFAULTS: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.CONFIRMATION: (
        "Iscrizione confermata: {corso}",
        "Gentile {nome} {cognome},\n\nla tua iscrizione a «{corso}» (edizione {edizione}) è "
        "confermata.\n\nLe lezioni, a {sede}:\n{calendario}\n\nSe non puoi partecipare, ritira "
        "l'iscrizione dalla pagina «I miei corsi»: il posto va a chi è in attesa.",
    ),
    NoticeKind.CONVOCATION: (
        "Convocazione: {corso}",
        "Gentile {nome} {cognome},\n\nsei convocata o convocato a «{corso}» (edizione "
        "{edizione}), a {sede}.\n\nCalendario:\n{calendario}\n\nAll'ingresso si firma il foglio "
        "presenze. Se a una lezione non puoi venire, avvisa dalla pagina «I miei corsi».",
    ),
    NoticeKind.REMINDER: (
        "Promemoria: {corso}, {prossima_lezione}",
        "Gentile {nome} {cognome},\n\nti ricordiamo la prossima lezione di «{corso}» (edizione "
        "{edizione}): {prossima_lezione}, a {sede}.",
    ),
    NoticeKind.WAITING: (
        "Lista d'attesa: {corso}",
        "Gentile {nome} {cognome},\n\ni posti di «{corso}» (edizione {edizione}) sono esauriti: "
        "sei in lista d'attesa al posto {posizione}. Se si libera un posto per te, l'iscrizione "
        "è confermata e la vedi in «I miei corsi».",
    ),
    NoticeKind.REJECTION: (
        "Richiesta non accolta: {corso}",
        "Gentile {nome} {cognome},\n\nla richiesta di iscrizione a «{corso}» (edizione "
        "{edizione}) non è stata accolta.\n\nMotivo: {motivo}",
    ),
}


def check_fields(text: str) -> None:
    """Whether every field of the text is known. Raises RuleViolation with the first that is not."""
    for name in _BRACES.findall(text):
        if name not in FIELDS:
            raise RuleViolation(
                Sentence("Il campo {%(field)s} non esiste: scegliere tra quelli elencati.",
                         {"field": name})
            )  # fmt: skip


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled, each once: braces in a value stay as they are."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)
