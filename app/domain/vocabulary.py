# SPDX-License-Identifier: AGPL-3.0-or-later
"""The controlled lists of the programme, in the words of its glossary."""

from enum import StrEnum


class BodyKind(StrEnum):
    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    ASSOCIATION = "association"
    TRAINING_PROVIDER = "training_provider"
    MINISTRY = "ministry"
    OTHER = "other"


class PartnershipRole(StrEnum):
    LEAD_BENEFICIARY = "lead_beneficiary"
    COORDINATOR_BODY = "coordinator_body"
    PARTNER_BODY = "partner_body"
    PARTICIPATING_BODY = "participating_body"
    RESPONSIBLE_AUTHORITY = "responsible_authority"


class TargetGroup(StrEnum):
    OFFICIAL = "official"
    POLICY_MAKER = "policy_maker"


class PolicyOffice(StrEnum):
    SINDACO = "sindaco"
    ASSESSORE = "assessore"
    CONSIGLIERE = "consigliere"
    DIRIGENTE = "dirigente"


class ServiceArea(StrEnum):
    FRONT_OFFICE = "front_office"
    REGISTRY = "registry"
    SOCIAL_SERVICES = "social_services"
    EDUCATION = "education"
    LOCAL_POLICE = "local_police"
    IMMIGRATION_DESK = "immigration_desk"
    HOUSING = "housing"
    EMPLOYMENT = "employment"
    CULTURE_YOUTH = "culture_youth"


class CourseState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class EditionKind(StrEnum):
    COURSE = "course"
    WORKSHOP = "workshop"
    CONFERENCE = "conference"


class Mode(StrEnum):
    IN_PERSON = "in_person"
    ONLINE_SYNC = "online_sync"
    BLENDED = "blended"


class LessonState(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"
    MOVED = "moved"


class StaffRole(StrEnum):
    TRAINER = "trainer"
    CO_TRAINER = "co_trainer"
    TUTOR = "tutor"
    MEDIATOR = "mediator"


class AccountState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


class CorrectionState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"


class CorrectionSubject(StrEnum):
    """What of a closed page a correction changes."""

    MARK = "mark"
    TOPIC = "topic"
    HEADS = "heads"


class RecordKind(StrEnum):
    """What is written into the bound register."""

    CLOSED = "closed"
    REOPENED = "reopened"
    CORRECTED = "corrected"


class CheckInKind(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class ImportKind(StrEnum):
    ONLINE_LOG = "online_log"
    SPREADSHEET = "spreadsheet"


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class DataRequestKind(StrEnum):
    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class TokenPurpose(StrEnum):
    """What a link sent by mail lets its reader do."""

    INVITATION = "invitation"
    RESET = "reset"
