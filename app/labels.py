# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Italian word for each word of the controlled lists, and the tone it is shown in."""

from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.domain.attendance import Presence
from app.domain.certificates import BatchItemState, CertificateKind, CertificateState
from app.domain.checklist import ItemState
from app.domain.derogations import DerogationCategory
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.prospects import ProspectState
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.sharing import LinkState
from app.domain.vocabulary import (
    AccountState,
    BodyKind,
    CorrectionState,
    CorrectionSubject,
    CourseState,
    EditionKind,
    ImportKind,
    LessonState,
    MessageState,
    Mode,
    PartnershipRole,
    ServiceArea,
    StaffRole,
    TargetGroup,
)

# Pairs, not a mapping by word: members of different lists may spell the same word.
LABELS: tuple[tuple[StrEnum, Any], ...] = (
    (Role.PROGRAMME_COORDINATOR, _l("Coordinatore di progetto")),
    (Role.ORGANISER, _l("Referente dell'ente partner")),
    (Role.TRAINER, _l("Docente")),
    (Role.TUTOR, _l("Tutor d'aula")),
    (Role.PARTICIPANT, _l("Partecipante")),
    (Role.BODY_REPRESENTATIVE, _l("Referente dell'ente")),
    (Role.AUDITOR, _l("Controllore")),
    (Role.SYSTEM_ADMIN, _l("Amministratore di sistema")),
    (Presence.PRESENT, _l("Presente")),
    (Presence.ABSENT, _l("Assente")),
    (Presence.JUSTIFIED, _l("Assente giustificato")),
    (Presence.NOT_EXPECTED, _l("Non previsto")),
    (CertificateKind.PARTICIPATION, _l("Attestato di partecipazione")),
    (CertificateKind.FREQUENCY, _l("Attestato di frequenza")),
    (CertificateKind.WITH_ASSESSMENT, _l("Attestato di frequenza con profitto")),
    (CertificateKind.DECLARATION, _l("Dichiarazione di presenza")),
    (CertificateKind.TEACHING, _l("Attestato di docenza")),
    (CertificateState.ISSUED, _l("Valido")),
    (CertificateState.UNDER_REVIEW, _l("In verifica")),
    (CertificateState.REVOKED, _l("Revocato")),
    (CertificateState.REPLACED, _l("Sostituito")),
    (BatchItemState.WAITING, _l("In attesa")),
    (BatchItemState.ISSUED, _l("Rilasciato")),
    (BatchItemState.REFUSED, _l("Non rilasciato")),
    (DerogationCategory.SERVICE, _l("Esigenze di servizio")),
    (DerogationCategory.PROTECTED_ABSENCE, _l("Assenza tutelata dalla legge")),
    (DerogationCategory.ORGANISATION, _l("Cause dell'organizzazione del corso")),
    (DerogationCategory.EQUIVALENT_TRAINING, _l("Formazione equivalente svolta altrove")),
    (DerogationCategory.OTHER, _l("Altro motivo")),
    (EditionState.DRAFT, _l("In preparazione")),
    (EditionState.OPEN, _l("Iscrizioni aperte")),
    (EditionState.CONFIRMED, _l("Confermata")),
    (EditionState.RUNNING, _l("In corso")),
    (EditionState.CLOSED, _l("Conclusa")),
    (EditionState.ARCHIVED, _l("Archiviata")),
    (EditionState.CANCELLED, _l("Annullata")),
    (EnrolmentState.REQUESTED, _l("Richiesta")),
    (EnrolmentState.BODY_APPROVED, _l("Approvata dall'ente")),
    (EnrolmentState.CONFIRMED, _l("Confermata")),
    (EnrolmentState.WAITLISTED, _l("In lista d'attesa")),
    (EnrolmentState.REJECTED, _l("Respinta")),
    (EnrolmentState.WITHDRAWN, _l("Ritirata")),
    (EnrolmentState.COMPLETED, _l("Completata")),
    (EnrolmentState.NOT_COMPLETED, _l("Non completata")),
    (SheetState.NOT_OPEN, _l("Da aprire")),
    (SheetState.OPEN, _l("Aperto")),
    (SheetState.CLOSED, _l("Chiuso")),
    (SheetState.REOPENED, _l("Riaperto")),
    (AccountState.INVITED, _l("Invitata")),
    (AccountState.ACTIVE, _l("Attiva")),
    (AccountState.LOCKED, _l("Bloccata")),
    (AccountState.DISABLED, _l("Disattivata")),
    (BodyKind.MUNICIPALITY, _l("Comune")),
    (BodyKind.PROVINCE, _l("Provincia")),
    (BodyKind.ASSOCIATION, _l("Associazione")),
    (BodyKind.TRAINING_PROVIDER, _l("Ente di formazione")),
    (BodyKind.MINISTRY, _l("Ministero")),
    (BodyKind.OTHER, _l("Altro ente")),
    (PartnershipRole.LEAD_BENEFICIARY, _l("Beneficiario capofila")),
    (PartnershipRole.COORDINATOR_BODY, _l("Ente coordinatore")),
    (PartnershipRole.PARTNER_BODY, _l("Ente partner")),
    (PartnershipRole.PARTICIPATING_BODY, _l("Ente partecipante")),
    (PartnershipRole.RESPONSIBLE_AUTHORITY, _l("Autorità responsabile")),
    (CorrectionState.ASKED, _l("Da decidere")),
    (CorrectionState.APPROVED, _l("Approvata")),
    (CorrectionState.REJECTED, _l("Respinta")),
    (CorrectionSubject.MARK, _l("Presenza e orari")),
    (CorrectionSubject.TOPIC, _l("Argomento svolto")),
    (CorrectionSubject.HEADS, _l("Persone contate in aula")),
    (CourseState.DRAFT, _l("In preparazione")),
    (CourseState.PUBLISHED, _l("Pubblicato")),
    (CourseState.RETIRED, _l("Ritirato")),
    (EditionKind.COURSE, _l("Corso")),
    (EditionKind.WORKSHOP, _l("Workshop")),
    (EditionKind.CONFERENCE, _l("Conferenza")),
    (ItemState.DONE, _l("Fatto")),
    (ItemState.OVERDUE, _l("Scaduta")),
    (ItemState.SOON, _l("Entro sette giorni")),
    (ItemState.AHEAD, _l("Più avanti")),
    (ItemState.UNDATED, _l("Senza data")),
    (LinkState.ACTIVE, _l("Attivo")),
    (LinkState.EXPIRED, _l("Scaduto")),
    (LinkState.WITHDRAWN, _l("Ritirato")),
    (LessonState.SCHEDULED, _l("In calendario")),
    (LessonState.HELD, _l("Svolta")),
    (LessonState.CANCELLED, _l("Annullata")),
    (LessonState.MOVED, _l("Spostata")),
    (MessageState.QUEUED, _l("In coda")),
    (MessageState.SENT, _l("Spedito")),
    (MessageState.FAILED, _l("Non recapitato")),
    (ImportKind.ONLINE_LOG, _l("Registro della piattaforma")),
    (ImportKind.SPREADSHEET, _l("Foglio di calcolo")),
    (Mode.IN_PERSON, _l("In presenza")),
    (Mode.ONLINE_SYNC, _l("A distanza sincrona")),
    (Mode.BLENDED, _l("Mista")),
    (ProspectState.REACHED, _l("Soglia raggiunta")),
    (ProspectState.ON_TRACK, _l("In linea")),
    (ProspectState.AT_RISK, _l("A rischio")),
    (ProspectState.IMPOSSIBLE, _l("Non più raggiungibile")),
    (ServiceArea.FRONT_OFFICE, _l("URP e front office")),
    (ServiceArea.REGISTRY, _l("Anagrafe e stato civile")),
    (ServiceArea.SOCIAL_SERVICES, _l("Servizi sociali")),
    (ServiceArea.EDUCATION, _l("Servizi educativi")),
    (ServiceArea.LOCAL_POLICE, _l("Polizia locale")),
    (ServiceArea.IMMIGRATION_DESK, _l("Sportello immigrati")),
    (ServiceArea.HOUSING, _l("Casa")),
    (ServiceArea.EMPLOYMENT, _l("Lavoro")),
    (ServiceArea.CULTURE_YOUTH, _l("Cultura e giovani")),
    (StaffRole.TRAINER, _l("Docente")),
    (StaffRole.CO_TRAINER, _l("Codocente")),
    (StaffRole.TUTOR, _l("Tutor d'aula")),
    (StaffRole.MEDIATOR, _l("Mediatore")),
    (TargetGroup.OFFICIAL, _l("Funzionario")),
    (TargetGroup.POLICY_MAKER, _l("Amministratore")),
)

TONES: tuple[tuple[StrEnum, str], ...] = (
    (CertificateState.ISSUED, "success"),
    (CertificateState.UNDER_REVIEW, "warning"),
    (CertificateState.REVOKED, "danger"),
    (BatchItemState.ISSUED, "success"),
    (BatchItemState.REFUSED, "danger"),
    (CorrectionState.ASKED, "warning"),
    (CorrectionState.APPROVED, "success"),
    (CorrectionState.REJECTED, "danger"),
    (EditionState.RUNNING, "primary"),
    (EditionState.CLOSED, "success"),
    (EditionState.CANCELLED, "danger"),
    (EnrolmentState.COMPLETED, "success"),
    (EnrolmentState.CONFIRMED, "primary"),
    (EnrolmentState.NOT_COMPLETED, "warning"),
    (EnrolmentState.WITHDRAWN, "neutral"),
    (ProspectState.REACHED, "success"),
    (ProspectState.ON_TRACK, "primary"),
    (ProspectState.AT_RISK, "warning"),
    (ProspectState.IMPOSSIBLE, "danger"),
    (SheetState.OPEN, "primary"),
    (SheetState.CLOSED, "success"),
    (SheetState.REOPENED, "warning"),
    (ItemState.DONE, "success"),
    (ItemState.OVERDUE, "danger"),
    (ItemState.SOON, "warning"),
    (LinkState.ACTIVE, "success"),
    (LessonState.CANCELLED, "danger"),
    (MessageState.QUEUED, "primary"),
    (MessageState.SENT, "success"),
    (MessageState.FAILED, "danger"),
)

_BY_LIST = {(type(word).__name__, word.value): label for word, label in LABELS}
_TONES_BY_LIST = {(type(word).__name__, word.value): tone for word, tone in TONES}


def label(word: StrEnum) -> str:
    """The word as people read it."""
    return str(_BY_LIST[type(word).__name__, word.value])


def italian(word: StrEnum) -> str:
    """The word for paper, which is Italian whatever its writer reads."""
    with force_locale("it"):
        return label(word)


def tone(word: StrEnum) -> str:
    """The tone of its badge; never the only carrier of meaning."""
    return _TONES_BY_LIST.get((type(word).__name__, word.value), "neutral")


def choices(*words: StrEnum) -> list[tuple[str, str]]:
    """Value and label of each, for a filter or a select."""
    return [(word.value, label(word)) for word in words]
