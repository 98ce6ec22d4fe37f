# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a role allows, in sentences: one for every permission, grouped for reading.

Derived from GRANTS, so that page and policy cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import Sentence
from app.domain.roles import GRANTS, Permission, Role, permits

P = Permission


@dataclass(frozen=True)
class Group:
    """Permissions that people think of together."""

    title: Sentence
    sentences: Mapping[Permission, Sentence]


GROUPS = (
    Group(
        Sentence("La propria utenza"),
        {
            P.ACCOUNT_OWN: Sentence("vedere la propria utenza e cambiare la password"),
            P.TODAY_READ: Sentence("vedere le proprie lezioni di oggi"),
            P.MY_RECORD: Sentence("vedere i propri corsi, le proprie ore e i propri attestati"),
            P.RECORD_SHARE: Sentence("far leggere il proprio percorso con un link che scade"),
            P.DECLARATION_MAKE: Sentence(
                "farsi rilasciare subito una dichiarazione di ore o di presenza"
            ),
        },
    ),
    Group(
        Sentence("Progetto, corsi, edizioni"),
        {
            P.PROGRAMME_READ: Sentence("leggere i dati del progetto"),
            P.PROGRAMME_SET: Sentence("impostare il progetto, gli obiettivi e l'intestazione"),
            P.COURSE_READ: Sentence("leggere il catalogo dei corsi"),
            P.COURSE_PROPOSE: Sentence("proporre un corso e i suoi moduli"),
            P.COURSE_PUBLISH: Sentence("pubblicare o ritirare un corso"),
            P.EDITION_READ: Sentence("leggere le edizioni e il loro calendario"),
            P.EDITION_PLAN: Sentence("preparare, copiare e modificare un'edizione"),
            P.EDITION_PUBLISH: Sentence("aprire, confermare o annullare un'edizione"),
            P.EDITION_CLOSE: Sentence("concludere un'edizione"),
            P.CHECKLIST_READ: Sentence("leggere che cosa resta da preparare"),
            P.CHECKLIST_WRITE: Sentence("segnare che cosa è pronto"),
            P.CHECKLIST_SET: Sentence("cambiare l'elenco comune di che cosa preparare"),
            P.VENUE_READ: Sentence("leggere le sedi e le loro sale"),
            P.VENUE_SET: Sentence("aggiungere e correggere una sede"),
            P.CREDITS_READ: Sentence("leggere i crediti formativi di un'edizione"),
            P.CREDITS_SET: Sentence("indicare i crediti formativi di un'edizione"),
        },
    ),
    Group(
        Sentence("Calendario e docenti"),
        {
            P.CALENDAR_READ: Sentence("leggere il calendario delle lezioni"),
            P.CALENDAR_SUBSCRIBE: Sentence("tenere le lezioni nel calendario del telefono"),
            P.TIMETABLE_READ: Sentence("leggere il calendario di un'edizione come tabella"),
            P.LESSON_PLAN: Sentence("scrivere, spostare e annullare le lezioni"),
            P.VARIATION_READ: Sentence("leggere le variazioni con il loro motivo"),
            P.TRAINER_READ: Sentence("leggere i docenti e i loro incarichi"),
            P.STAFF_SUBSTITUTE: Sentence("sostituire un docente o un tutor, con un motivo"),
            P.TIMESHEET_OWN: Sentence("scaricare le proprie ore mese per mese"),
            P.TIMESHEET_READ: Sentence("leggere le ore di docenti e tutor"),
            P.OFFICE_READ: Sentence("vedere quali uffici resterebbero vuoti"),
            P.OFFICE_SET: Sentence("decidere quanta parte di un ufficio può mancare"),
        },
    ),
    Group(
        Sentence("Iscrizioni"),
        {
            P.ENROLMENT_READ: Sentence("vedere chi è iscritto"),
            P.ENROLMENT_FOLLOW: Sentence("seguire segnalazioni, posti e lista d'attesa"),
            P.ENROLMENT_HISTORY: Sentence("leggere ogni passaggio di un'iscrizione"),
            P.ENROLMENT_REQUEST: Sentence("chiedere di partecipare a un'edizione"),
            P.ENROLMENT_NOMINATE: Sentence("segnalare persone per un'edizione"),
            P.ENROLMENT_APPROVE: Sentence("approvare le richieste del personale"),
            P.ENROLMENT_DECIDE: Sentence("confermare o respingere un'iscrizione"),
            P.ENROLMENT_REORDER: Sentence("cambiare l'ordine della lista d'attesa, con un motivo"),
            P.ENROLMENT_WITHDRAW: Sentence("ritirare un'iscrizione"),
            P.SEATS_SET: Sentence("assegnare i posti agli enti"),
            P.NOTICE_SEND: Sentence("spedire conferme, convocazioni e promemoria"),
            P.NOTICE_SET: Sentence("cambiare il testo usuale dei messaggi"),
            P.APOLOGY_MAKE: Sentence("avvisare di un'assenza prima della lezione"),
            P.PROSPECT_READ: Sentence("vedere chi può ancora raggiungere la soglia"),
            P.RECOVERY_ARRANGE: Sentence("organizzare il recupero di una lezione"),
            P.QUESTIONNAIRE_ASK: Sentence("chiedere il questionario di gradimento"),
            P.QUESTIONNAIRE_ANSWER: Sentence("rispondere al questionario, in forma anonima"),
        },
    ),
    Group(
        Sentence("Registro e presenze"),
        {
            P.REGISTER_READ: Sentence("leggere e scaricare il registro"),
            P.REGISTER_ENDORSE: Sentence("vidimare il registro"),
            P.SHEET_READ: Sentence("leggere i fogli delle presenze"),
            P.SHEET_MARK: Sentence("segnare le presenze"),
            P.SHEET_CLOSE: Sentence("chiudere il foglio di una lezione"),
            P.SHEET_REOPEN: Sentence("riaprire un foglio chiuso, con un motivo"),
            P.CHECK_IN_CONFIRM: Sentence("confermare la propria presenza dal telefono"),
            P.EVIDENCE_ADD: Sentence("allegare il foglio firmato su carta"),
            P.CORRECTION_READ: Sentence("leggere le rettifiche"),
            P.CORRECTION_ASK: Sentence("chiedere una rettifica"),
            P.CORRECTION_DECIDE: Sentence("decidere sulle rettifiche chieste da altri"),
        },
    ),
    Group(
        Sentence("Attestati"),
        {
            P.ASSESSMENT_RECORD: Sentence("registrare l'esito della prova finale"),
            P.CERTIFICATE_LIST: Sentence("vedere l'elenco degli attestati"),
            P.CERTIFICATE_DOWNLOAD: Sentence("scaricare gli attestati"),
            P.CERTIFICATE_BUNDLE: Sentence("scaricare insieme gli attestati di un'edizione"),
            P.CERTIFICATE_ISSUE: Sentence("rilasciare gli attestati"),
            P.CERTIFICATE_REVIEW: Sentence("confermare, revocare o sostituire un attestato"),
            P.CERTIFICATE_SIGN: Sentence("allegare la copia firmata di un attestato"),
            P.DEROGATION_READ: Sentence("leggere le deroghe alla soglia"),
            P.DEROGATION_DECIDE: Sentence("concedere o ritirare una deroga alla soglia"),
            P.TEMPLATE_READ: Sentence("leggere il modello degli attestati"),
            P.TEMPLATE_SET: Sentence("cambiare il modello degli attestati"),
        },
    ),
    Group(
        Sentence("Persone ed enti"),
        {
            P.PERSON_READ: Sentence("cercare le persone e aprirne la scheda"),
            P.PERSON_READ_BIRTH: Sentence("leggere codice fiscale e dati di nascita"),
            P.PERSON_CORRECT: Sentence("correggere i dati di una persona"),
            P.PERSON_EDIT: Sentence("registrare persone e dire dove lavorano"),
            P.PERSON_MERGE: Sentence("unire due schede della stessa persona"),
            P.INTAKE_READ: Sentence("leggere le importazioni di elenchi"),
            P.INTAKE_MAKE: Sentence("importare persone da un elenco, e annullare per un giorno"),
            P.BODY_READ: Sentence("leggere gli enti del progetto"),
            P.BODY_EDIT: Sentence("aggiungere enti, dare loro un ruolo, cambiarne gli uffici"),
        },
    ),
    Group(
        Sentence("Utenze e posta"),
        {
            P.ACCOUNT_LIST: Sentence("vedere le utenze e che cosa permettono"),
            P.ACCOUNT_INVITE: Sentence("invitare persone, dare e togliere ruoli"),
            P.ACCOUNT_DISABLE: Sentence("disattivare e riattivare un'utenza"),
            P.PROPOSAL_READ: Sentence("vedere le utenze proposte dagli enti"),
            P.PROPOSAL_MAKE: Sentence("proporre utenze per il proprio ente"),
            P.PROPOSAL_DECIDE: Sentence("accettare o respingere le utenze proposte"),
            P.MAIL_FAILURES: Sentence("vedere i messaggi del progetto che non sono arrivati"),
            P.MAIL_READ: Sentence("leggere la posta spedita dall'applicazione"),
            P.MAIL_RESEND: Sentence("rimettere in coda un messaggio non recapitato"),
        },
    ),
    Group(
        Sentence("Controllo e rendicontazione"),
        {
            P.DASHBOARD_READ: Sentence("leggere il cruscotto"),
            P.AUDIT_READ: Sentence("leggere la pista di controllo"),
        },
    ),
)

# Over what a role reaches; %(body)s and %(programme)s are filled in.
REACH: dict[Role, Sentence] = {
    Role.PROGRAMME_COORDINATOR: Sentence("su tutto il progetto %(programme)s"),
    Role.ORGANISER: Sentence("sulle edizioni di %(body)s, progetto %(programme)s"),
    Role.TRAINER: Sentence("sulle proprie lezioni da docente, progetto %(programme)s"),
    Role.TUTOR: Sentence("sulle proprie lezioni da tutor, progetto %(programme)s"),
    Role.PARTICIPANT: Sentence("soltanto su ciò che è proprio, progetto %(programme)s"),
    Role.BODY_REPRESENTATIVE: Sentence("sul personale di %(body)s, progetto %(programme)s"),
    Role.AUDITOR: Sentence("su tutto il progetto %(programme)s, in sola lettura"),
    Role.SYSTEM_ADMIN: Sentence("sulle utenze e sulla posta, senza i dati dei corsi"),
}


@dataclass(frozen=True)
class Explained:
    """A group for one role: what it allows, what it does not."""

    title: Sentence
    allowed: tuple[Sentence, ...]
    denied: tuple[Sentence, ...]


def explained(role: Role) -> list[Explained]:
    """What the role allows and what not, group by group."""
    return [
        Explained(
            group.title,
            tuple(s for p, s in group.sentences.items() if permits(role, p)),
            tuple(s for p, s in group.sentences.items() if not permits(role, p)),
        )
        for group in GROUPS
    ]


def unexplained() -> set[Permission]:
    """Permissions without their sentence: none, or the page would keep something back."""
    return set(GRANTS) - {permission for group in GROUPS for permission in group.sentences}
