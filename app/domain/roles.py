# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what: the whole policy on one screen.

Rows (whose data?) are the business of ``app.scope``; whether a thing is
allowed now is a rule of the domain. Here stands only: may this role?
"""

from enum import StrEnum


class Role(StrEnum):
    PROGRAMME_COORDINATOR = "programme_coordinator"
    ORGANISER = "organiser"
    TRAINER = "trainer"
    TUTOR = "tutor"
    PARTICIPANT = "participant"
    BODY_REPRESENTATIVE = "body_representative"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"


class Permission(StrEnum):
    """``<resource>:<action>``, in alphabetical order."""

    ACCOUNT_DISABLE = "account:disable"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_LIST = "account:list"
    ACCOUNT_OWN = "account:own"
    APOLOGY_MAKE = "apology:make"
    ASSESSMENT_RECORD = "assessment:record"
    AUDIT_READ = "audit:read"
    BODY_EDIT = "body:edit"
    BODY_READ = "body:read"
    CALENDAR_READ = "calendar:read"
    CALENDAR_SUBSCRIBE = "calendar:subscribe"
    CERTIFICATE_BUNDLE = "certificate:bundle"
    CERTIFICATE_DOWNLOAD = "certificate:download"
    CERTIFICATE_ISSUE = "certificate:issue"
    CERTIFICATE_LIST = "certificate:list"
    CERTIFICATE_REVIEW = "certificate:review"
    CERTIFICATE_SIGN = "certificate:sign"
    CHECK_IN_CONFIRM = "check-in:confirm"
    CHECKLIST_READ = "checklist:read"
    CHECKLIST_SET = "checklist:set"
    CHECKLIST_WRITE = "checklist:write"
    CORRECTION_ASK = "correction:ask"
    CORRECTION_DECIDE = "correction:decide"
    CORRECTION_READ = "correction:read"
    COURSE_PROPOSE = "course:propose"
    COURSE_PUBLISH = "course:publish"
    COURSE_READ = "course:read"
    CREDITS_READ = "credits:read"
    CREDITS_SET = "credits:set"
    DASHBOARD_READ = "dashboard:read"
    DECLARATION_MAKE = "declaration:make"
    DEROGATION_DECIDE = "derogation:decide"
    DEROGATION_READ = "derogation:read"
    EDITION_CLOSE = "edition:close"
    EDITION_PLAN = "edition:plan"
    EDITION_PUBLISH = "edition:publish"
    EDITION_READ = "edition:read"
    ENROLMENT_APPROVE = "enrolment:approve"
    ENROLMENT_DECIDE = "enrolment:decide"
    ENROLMENT_FOLLOW = "enrolment:follow"
    ENROLMENT_HISTORY = "enrolment:history"
    ENROLMENT_NOMINATE = "enrolment:nominate"
    ENROLMENT_READ = "enrolment:read"
    ENROLMENT_REORDER = "enrolment:reorder"
    ENROLMENT_REQUEST = "enrolment:request"
    ENROLMENT_WITHDRAW = "enrolment:withdraw"
    EVIDENCE_ADD = "evidence:add"
    INTAKE_MAKE = "intake:make"
    INTAKE_READ = "intake:read"
    LESSON_PLAN = "lesson:plan"
    MAIL_FAILURES = "mail:failures"
    MAIL_READ = "mail:read"
    MAIL_RESEND = "mail:resend"
    MY_RECORD = "my:record"
    NOTICE_SEND = "notice:send"
    NOTICE_SET = "notice:set"
    OFFICE_READ = "office:read"
    OFFICE_SET = "office:set"
    PERSON_CORRECT = "person:correct"
    PERSON_EDIT = "person:edit"
    PERSON_MERGE = "person:merge"
    PERSON_READ = "person:read"
    PERSON_READ_BIRTH = "person:read-birth"
    PROGRAMME_READ = "programme:read"
    PROGRAMME_SET = "programme:set"
    PROPOSAL_DECIDE = "proposal:decide"
    PROPOSAL_MAKE = "proposal:make"
    PROPOSAL_READ = "proposal:read"
    PROSPECT_READ = "prospect:read"
    QUESTIONNAIRE_ANSWER = "questionnaire:answer"
    QUESTIONNAIRE_ASK = "questionnaire:ask"
    RECORD_SHARE = "record:share"
    RECOVERY_ARRANGE = "recovery:arrange"
    REGISTER_ENDORSE = "register:endorse"
    REGISTER_READ = "register:read"
    SEATS_SET = "seats:set"
    SHEET_CLOSE = "sheet:close"
    SHEET_MARK = "sheet:mark"
    SHEET_READ = "sheet:read"
    SHEET_REOPEN = "sheet:reopen"
    STAFF_SUBSTITUTE = "staff:substitute"
    TEMPLATE_READ = "template:read"
    TEMPLATE_SET = "template:set"
    TIMESHEET_OWN = "timesheet:own"
    TIMESHEET_READ = "timesheet:read"
    TIMETABLE_READ = "timetable:read"
    TODAY_READ = "today:read"
    TRAINER_READ = "trainer:read"
    VARIATION_READ = "variation:read"
    VENUE_READ = "venue:read"
    VENUE_SET = "venue:set"


_PC = Role.PROGRAMME_COORDINATOR
_OR = Role.ORGANISER
_TR = Role.TRAINER
_TU = Role.TUTOR
_PA = Role.PARTICIPANT
_BR = Role.BODY_REPRESENTATIVE
_AU = Role.AUDITOR
_SA = Role.SYSTEM_ADMIN

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.ACCOUNT_DISABLE: frozenset({_PC, _SA}),
    Permission.ACCOUNT_INVITE: frozenset({_PC, _OR, _SA}),
    Permission.ACCOUNT_LIST: frozenset({_PC, _OR, _SA}),
    Permission.ACCOUNT_OWN: frozenset(Role),
    Permission.APOLOGY_MAKE: frozenset({_PA, _BR}),
    Permission.ASSESSMENT_RECORD: frozenset({_PC, _OR, _TR}),
    Permission.AUDIT_READ: frozenset({_PC, _AU}),
    Permission.BODY_EDIT: frozenset({_PC}),
    Permission.BODY_READ: frozenset({_PC, _OR, _BR, _AU}),
    Permission.CALENDAR_READ: frozenset({_PC, _OR, _TR, _TU, _PA, _BR, _AU}),
    Permission.CALENDAR_SUBSCRIBE: frozenset({_PC, _OR, _TR, _TU, _PA}),
    Permission.CERTIFICATE_BUNDLE: frozenset({_PC, _OR, _AU}),
    Permission.CERTIFICATE_DOWNLOAD: frozenset({_PC, _OR, _TR, _TU, _PA, _AU}),
    Permission.CERTIFICATE_ISSUE: frozenset({_PC}),
    Permission.CERTIFICATE_LIST: frozenset({_PC, _OR, _BR, _AU}),
    Permission.CERTIFICATE_REVIEW: frozenset({_PC}),
    Permission.CERTIFICATE_SIGN: frozenset({_PC}),
    Permission.CHECK_IN_CONFIRM: frozenset({_PA}),
    Permission.CHECKLIST_READ: frozenset({_PC, _OR, _AU}),
    Permission.CHECKLIST_SET: frozenset({_PC}),
    Permission.CHECKLIST_WRITE: frozenset({_PC, _OR}),
    Permission.CORRECTION_ASK: frozenset({_PC, _OR, _TR, _TU, _PA}),
    Permission.CORRECTION_DECIDE: frozenset({_PC, _OR}),
    Permission.CORRECTION_READ: frozenset({_PC, _OR, _TR, _TU, _PA, _AU}),
    Permission.COURSE_PROPOSE: frozenset({_PC, _OR}),
    Permission.COURSE_PUBLISH: frozenset({_PC}),
    Permission.COURSE_READ: frozenset({_PC, _OR, _TR, _TU, _PA, _BR, _AU}),
    Permission.CREDITS_READ: frozenset({_PC, _OR, _AU}),
    Permission.CREDITS_SET: frozenset({_PC, _OR}),
    Permission.DASHBOARD_READ: frozenset({_PC, _OR, _BR, _AU}),
    Permission.DECLARATION_MAKE: frozenset({_PA}),
    Permission.DEROGATION_DECIDE: frozenset({_PC}),
    Permission.DEROGATION_READ: frozenset({_PC, _OR, _AU}),
    Permission.EDITION_CLOSE: frozenset({_PC, _OR}),
    Permission.EDITION_PLAN: frozenset({_PC, _OR}),
    Permission.EDITION_PUBLISH: frozenset({_PC, _OR}),
    Permission.EDITION_READ: frozenset({_PC, _OR, _TR, _TU, _PA, _BR, _AU}),
    Permission.ENROLMENT_APPROVE: frozenset({_PC, _BR}),
    Permission.ENROLMENT_DECIDE: frozenset({_PC, _OR}),
    Permission.ENROLMENT_FOLLOW: frozenset({_PC, _OR, _BR, _AU}),
    Permission.ENROLMENT_HISTORY: frozenset({_PC, _OR, _PA, _BR, _AU}),
    Permission.ENROLMENT_NOMINATE: frozenset({_PC, _OR, _BR}),
    Permission.ENROLMENT_READ: frozenset({_PC, _OR, _TR, _TU, _BR, _AU}),
    Permission.ENROLMENT_REORDER: frozenset({_PC}),
    Permission.ENROLMENT_REQUEST: frozenset({_PA}),
    Permission.ENROLMENT_WITHDRAW: frozenset({_PC, _OR, _PA, _BR}),
    Permission.EVIDENCE_ADD: frozenset({_PC, _OR, _TR, _TU}),
    Permission.INTAKE_MAKE: frozenset({_PC, _OR, _BR}),
    Permission.INTAKE_READ: frozenset({_PC, _OR, _BR, _AU}),
    Permission.LESSON_PLAN: frozenset({_PC, _OR}),
    Permission.MAIL_FAILURES: frozenset({_PC}),
    Permission.MAIL_READ: frozenset({_SA}),
    Permission.MAIL_RESEND: frozenset({_SA}),
    Permission.MY_RECORD: frozenset({_TR, _TU, _PA}),
    Permission.NOTICE_SEND: frozenset({_PC, _OR}),
    Permission.NOTICE_SET: frozenset({_PC}),
    Permission.OFFICE_READ: frozenset({_PC, _OR, _BR, _AU}),
    Permission.OFFICE_SET: frozenset({_PC}),
    Permission.PERSON_CORRECT: frozenset({_PC, _OR}),
    Permission.PERSON_EDIT: frozenset({_PC, _OR, _BR}),
    Permission.PERSON_MERGE: frozenset({_PC}),
    Permission.PERSON_READ: frozenset({_PC, _OR, _BR, _AU}),
    Permission.PERSON_READ_BIRTH: frozenset({_PC, _OR, _AU}),
    Permission.PROGRAMME_READ: frozenset({_PC, _AU}),
    Permission.PROGRAMME_SET: frozenset({_PC}),
    Permission.PROPOSAL_DECIDE: frozenset({_PC}),
    Permission.PROPOSAL_MAKE: frozenset({_BR}),
    Permission.PROPOSAL_READ: frozenset({_PC, _BR}),
    Permission.PROSPECT_READ: frozenset({_PC, _OR, _TR, _TU, _PA, _AU}),
    Permission.QUESTIONNAIRE_ANSWER: frozenset({_PA}),
    Permission.QUESTIONNAIRE_ASK: frozenset({_PC, _OR}),
    Permission.RECORD_SHARE: frozenset({_TR, _TU, _PA}),
    Permission.RECOVERY_ARRANGE: frozenset({_PC, _OR}),
    Permission.REGISTER_ENDORSE: frozenset({_PC, _OR}),
    Permission.REGISTER_READ: frozenset({_PC, _OR, _TR, _TU, _AU}),
    Permission.SEATS_SET: frozenset({_PC, _OR}),
    Permission.SHEET_CLOSE: frozenset({_OR, _TR}),
    Permission.SHEET_MARK: frozenset({_PC, _OR, _TR, _TU}),
    Permission.SHEET_READ: frozenset({_PC, _OR, _TR, _TU, _AU}),
    Permission.SHEET_REOPEN: frozenset({_PC, _OR}),
    Permission.STAFF_SUBSTITUTE: frozenset({_PC, _OR}),
    Permission.TEMPLATE_READ: frozenset({_PC, _AU}),
    Permission.TEMPLATE_SET: frozenset({_PC}),
    Permission.TIMESHEET_OWN: frozenset({_TR, _TU}),
    Permission.TIMESHEET_READ: frozenset({_PC, _OR, _TR, _TU, _AU}),
    Permission.TIMETABLE_READ: frozenset({_PC, _OR, _AU}),
    Permission.TODAY_READ: frozenset({_TR, _TU}),
    Permission.TRAINER_READ: frozenset({_PC, _OR, _AU}),
    Permission.VARIATION_READ: frozenset({_PC, _OR, _AU}),
    Permission.VENUE_READ: frozenset({_PC, _OR, _AU}),
    Permission.VENUE_SET: frozenset({_PC, _OR}),
}


def permits(role: Role | None, permission: Permission) -> bool:
    """Whether the role is granted the permission; nobody (None) is granted nothing."""
    return role is not None and role in GRANTS[permission]
