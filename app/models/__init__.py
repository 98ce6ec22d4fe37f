# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tables. One module per aggregate; no queries, no rules."""

from app.models.accounts import LoginSession, RoleAssignment, UserAccount
from app.models.audit import AuditEvent, IdempotencyKey
from app.models.bodies import Organisation, Partnership
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
from app.models.enrolments import Enrolment, Recovery
from app.models.evidence import (
    AttendanceImport,
    EvidenceFile,
    ReconciledLine,
    ScannedEvidence,
    SelfCheckIn,
)
from app.models.mail import OutboxMessage
from app.models.people import Affiliation, Person
from app.models.programme import Indicator, IndicatorReading, Programme
from app.models.questionnaires import QuestionnaireAnswer
from app.models.registers import (
    AttendanceEntry,
    AttendanceRegister,
    BookRecord,
    Correction,
    PresenceInterval,
    RegisterSheet,
)
from app.models.sharing import RecordLink
from app.models.throttle import ThrottleCount

__all__ = [
    "Affiliation",
    "AttendanceEntry",
    "AttendanceImport",
    "AttendanceRegister",
    "AuditEvent",
    "BookRecord",
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
    "Organisation",
    "OutboxMessage",
    "Partnership",
    "Person",
    "PresenceInterval",
    "Programme",
    "QuestionnaireAnswer",
    "ReconciledLine",
    "RecordLink",
    "Recovery",
    "RegisterSheet",
    "RoleAssignment",
    "ScannedEvidence",
    "SelfCheckIn",
    "SignedCopy",
    "StandardItem",
    "ThrottleCount",
    "UserAccount",
    "Venue",
]
