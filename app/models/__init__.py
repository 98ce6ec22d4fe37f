# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables. One module per aggregate; no queries, no rules."""

from app.models.accounts import (
    AccountToken,
    LoginSession,
    ResetRequest,
    RoleAssignment,
    UserAccount,
    UserProposal,
)
from app.models.audit import AuditEvent, IdempotencyKey
from app.models.bodies import Office, Organisation, Partnership
from app.models.calendar import CalendarFeed
from app.models.certificates import (
    Certificate,
    CertificateBatch,
    CertificateBatchItem,
    CertificateCounter,
    CertificateFile,
    CertificateTemplate,
    Derogation,
    SignedCopy,
)
from app.models.checklist import ChecklistItem, StandardItem
from app.models.courses import Course, Module
from app.models.dossier import DataSubjectRequest, Document, ExportJob
from app.models.editions import Edition, Lesson, LessonBreak, LessonStaff, Venue
from app.models.enrolments import Apology, Enrolment, EnrolmentMove, Recovery, SeatAllotment
from app.models.evidence import (
    AttendanceImport,
    EvidenceFile,
    ReconciledLine,
    ScannedEvidence,
    SelfCheckIn,
)
from app.models.identity import PersonDistinction, PersonMerge
from app.models.intake import PersonImport, PersonImportRow
from app.models.mail import OutboxAttachment, OutboxMessage
from app.models.notices import NoticeText
from app.models.people import Affiliation, Person
from app.models.programme import Indicator, IndicatorReading, Programme
from app.models.questionnaires import QuestionnaireAnswer
from app.models.registers import (
    AdditionalPages,
    AttendanceEntry,
    AttendanceRegister,
    BookRecord,
    Correction,
    PresenceInterval,
    RegisterSheet,
)
from app.models.sharing import RecordLink
from app.models.throttle import ThrottleCount
from app.models.variations import Variation

__all__ = [
    "AccountToken",
    "AdditionalPages",
    "Affiliation",
    "Apology",
    "AttendanceEntry",
    "AttendanceImport",
    "AttendanceRegister",
    "AuditEvent",
    "BookRecord",
    "CalendarFeed",
    "Certificate",
    "CertificateBatch",
    "CertificateBatchItem",
    "CertificateCounter",
    "CertificateFile",
    "CertificateTemplate",
    "ChecklistItem",
    "Correction",
    "Course",
    "DataSubjectRequest",
    "Derogation",
    "Document",
    "Edition",
    "Enrolment",
    "EnrolmentMove",
    "EvidenceFile",
    "ExportJob",
    "IdempotencyKey",
    "Indicator",
    "IndicatorReading",
    "Lesson",
    "LessonBreak",
    "LessonStaff",
    "LoginSession",
    "Module",
    "NoticeText",
    "Office",
    "Organisation",
    "OutboxAttachment",
    "OutboxMessage",
    "Partnership",
    "Person",
    "PersonDistinction",
    "PersonImport",
    "PersonImportRow",
    "PersonMerge",
    "PresenceInterval",
    "Programme",
    "QuestionnaireAnswer",
    "ReconciledLine",
    "RecordLink",
    "Recovery",
    "RegisterSheet",
    "ResetRequest",
    "RoleAssignment",
    "ScannedEvidence",
    "SeatAllotment",
    "SelfCheckIn",
    "SignedCopy",
    "StandardItem",
    "ThrottleCount",
    "UserAccount",
    "UserProposal",
    "Variation",
    "Venue",
]
