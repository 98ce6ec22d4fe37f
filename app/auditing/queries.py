# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit trail as coordinator and auditor read it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.actor import Actor
from app.audit import Action
from app.domain.roles import Role
from app.labels import label
from app.listing import Filter, Listing, Plan, folded, paginate
from app.models import AuditEvent
from app.scope import visible

# Each deed as people read it.
DEEDS = {
    Action.ACCOUNT_CHANGED: _l("Utenza modificata"),
    Action.ACCOUNT_CREATED: _l("Utenza creata"),
    Action.APOLOGY_MADE: _l("Avviso di assenza"),
    Action.APOLOGY_WITHDRAWN: _l("Avviso di assenza tolto"),
    Action.BODY_CREATED: _l("Ente aggiunto"),
    Action.BODY_JOINED: _l("Ente entrato nel progetto"),
    Action.CALENDAR_FEED_MADE: _l("Indirizzo del calendario creato"),
    Action.CALENDAR_FEED_WITHDRAWN: _l("Indirizzo del calendario ritirato"),
    Action.CERTIFICATE_ISSUED: _l("Attestato rilasciato"),
    Action.CHECKLIST_SET: _l("Elenco di preparazione modificato"),
    Action.CHECKLIST_TICKED: _l("Voce di preparazione spuntata"),
    Action.COURSE_CHANGED: _l("Corso modificato"),
    Action.COURSE_CREATED: _l("Corso creato"),
    Action.COURSE_PUBLISHED: _l("Corso pubblicato"),
    Action.COURSE_RETIRED: _l("Corso ritirato"),
    Action.EDITION_ARCHIVED: _l("Edizione archiviata"),
    Action.EDITION_CANCELLED: _l("Edizione annullata"),
    Action.EDITION_CHANGED: _l("Edizione modificata"),
    Action.EDITION_CLONED: _l("Edizione copiata"),
    Action.EDITION_CLOSED: _l("Edizione conclusa"),
    Action.EDITION_CONFIRMED: _l("Edizione confermata"),
    Action.EDITION_CREATED: _l("Edizione creata"),
    Action.EDITION_DELETED: _l("Edizione eliminata"),
    Action.EDITION_OPENED: _l("Iscrizioni aperte"),
    Action.ENROLMENT_APPROVED: _l("Richiesta approvata dall'ente"),
    Action.ENROLMENT_CONFIRMED: _l("Iscrizione confermata"),
    Action.ENROLMENT_NOMINATED: _l("Persona segnalata dall'ente"),
    Action.ENROLMENT_REJECTED: _l("Richiesta di iscrizione respinta"),
    Action.ENROLMENT_REORDERED: _l("Posto in lista d'attesa cambiato"),
    Action.ENROLMENT_REQUESTED: _l("Iscrizione richiesta"),
    Action.ENROLMENT_WAITLISTED: _l("Iscrizione in lista d'attesa"),
    Action.ENROLMENT_WITHDRAWN: _l("Iscrizione ritirata"),
    Action.IMPORT_APPLIED: _l("Presenze importate da un file"),
    Action.IMPORT_UPLOADED: _l("File di presenze caricato"),
    Action.LESSON_CANCELLED: _l("Lezione annullata"),
    Action.LESSON_CHANGED: _l("Lezione cambiata"),
    Action.LESSON_MOVED: _l("Lezione spostata"),
    Action.LESSON_PLANNED: _l("Lezione programmata"),
    Action.LESSON_REMOVED: _l("Lezione tolta dal calendario"),
    Action.LESSON_STAFFED: _l("Lezione assegnata"),
    Action.LESSON_SUBSTITUTED: _l("Sostituzione a una lezione"),
    Action.MESSAGE_REQUEUED: _l("Messaggio rimesso in coda"),
    Action.OFFICE_SHARE_SET: _l("Quota degli uffici cambiata"),
    Action.NOTICE_SENT: _l("Messaggi agli iscritti inviati"),
    Action.NOTICE_SET: _l("Testo di un messaggio salvato"),
    Action.PERSON_AFFILIATED: _l("Persona assegnata a un ente"),
    Action.PERSON_CREATED: _l("Persona aggiunta"),
    Action.PERSON_MOVED: _l("Persona passata ad altro ente"),
    Action.PROGRAMME_CREATED: _l("Progetto creato"),
    Action.REGISTER_ENDORSED: _l("Registro vidimato"),
    Action.REGISTER_EXTENDED: _l("Pagine aggiuntive vidimate"),
    Action.ROLE_CHOSEN: _l("Ruolo scelto"),
    Action.ROLE_GRANTED: _l("Ruolo assegnato"),
    Action.SEATS_GIVEN_BACK: _l("Posti vuoti passati in comune"),
    Action.SEATS_SET: _l("Posti assegnati agli enti"),
    Action.SESSION_ENDED: _l("Uscita"),
    Action.SESSION_STARTED: _l("Accesso"),
    Action.SHEET_CLOSED: _l("Foglio chiuso"),
    Action.SHEET_MARKED: _l("Presenze segnate"),
    Action.SHEET_OPENED: _l("Foglio aperto"),
    Action.SHEET_REOPENED: _l("Foglio riaperto"),
    Action.TEMPLATE_SET: _l("Modello di attestato impostato"),
    Action.VARIATION_DECIDED: _l("Variazione di calendario"),
    Action.VENUE_ADDED: _l("Sede aggiunta"),
    Action.VENUE_CHANGED: _l("Sede modificata"),
}


def deed(action: str) -> str:
    """The deed in words; one that is no longer done keeps its code."""
    return str(DEEDS.get(action, action))


@dataclass(frozen=True)
class EventRow:
    sequence: int
    at: datetime
    actor: str
    role: str
    action: str
    deed: str
    target: str
    details: str
    hash: str


def event_list(actor: Actor) -> Listing:
    """The deeds, the latest first."""
    return paginate(
        visible(AuditEvent, actor),
        Plan(
            sorts={"sequence": [AuditEvent.sequence]},
            descending=True,
            search=folded(
                AuditEvent.actor_label + " " + AuditEvent.target_label + " " + AuditEvent.action
            ),
            filters=[
                Filter(
                    "action",
                    _("Operazione"),
                    sorted(((a.value, deed(a)) for a in Action), key=lambda choice: choice[1]),
                    AuditEvent.action,
                )
            ],
        ),
        lambda row: _event_row(row[0]),
    )


def _event_row(event: AuditEvent) -> EventRow:
    return EventRow(
        sequence=event.sequence,
        at=event.at,
        actor=event.actor_label,
        role=label(Role(event.role)) if event.role else "",
        action=event.action,
        deed=deed(event.action),
        target=event.target_label,
        details=event.details,
        hash=event.hash,
    )
