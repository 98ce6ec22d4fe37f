# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every route must answer to whom, written down a second time and by hand.

The application declares its access beside each view and its scope in
``app.scope``; here stands what the tests expect of both. A route that is not
in ``ROUTES``, or a row of ``ROUTES`` without a route, fails the suite.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from secrets import token_hex
from typing import Any

from app.access import PUBLIC, SIGNED_IN
from app.bodies.forms import BLANK_OFFICES
from app.domain.notices import DEFAULTS, NoticeKind
from app.domain.questionnaires import STATEMENTS
from app.domain.roles import Permission, Role
from app.enrolments.notices.queries import Words
from app.municipalities import municipalities
from app.programmes.changing import seen_targets
from tests.faults.files import picture
from tests.world import PASSWORD


class Kind(StrEnum):
    """Of what the id in an address is; each kind has a scope of its own."""

    COURSE = "course"
    EDITION = "edition"
    LESSON = "lesson"
    PERSON = "person"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    CERTIFICATE = "certificate"
    MESSAGE = "message"
    SCAN = "scan"
    CORRECTION = "correction"
    ENROLMENT = "enrolment"
    RECOVERY = "recovery"
    IMPORT = "import"
    BATCH = "batch"
    DEROGATION = "derogation"
    FEED = "feed"
    LINK = "link"
    TRAINER = "trainer"
    AFFILIATION = "affiliation"
    INTAKE = "intake"
    ACCOUNT = "account"
    ASSIGNMENT = "assignment"
    PROPOSAL = "proposal"
    VENUE = "venue"


# The name of an address's parameter tells the kind of its object.
PARAMETERS = {
    "enrolment_id": Kind.ENROLMENT,
    "recovery_id": Kind.RECOVERY,
    "course_id": Kind.COURSE,
    "edition_id": Kind.EDITION,
    "lesson_id": Kind.LESSON,
    "person_id": Kind.PERSON,
    "body_id": Kind.ORGANISATION,
    "programme_id": Kind.PROGRAMME,
    "certificate_id": Kind.CERTIFICATE,
    "correction_id": Kind.CORRECTION,
    "message_id": Kind.MESSAGE,
    "scan_id": Kind.SCAN,
    "import_id": Kind.IMPORT,
    "batch_id": Kind.BATCH,
    "derogation_id": Kind.DEROGATION,
    "feed_id": Kind.FEED,
    "link_id": Kind.LINK,
    "trainer_id": Kind.TRAINER,
    "affiliation_id": Kind.AFFILIATION,
    "intake_id": Kind.INTAKE,
    "account_id": Kind.ACCOUNT,
    "assignment_id": Kind.ASSIGNMENT,
    "proposal_id": Kind.PROPOSAL,
    "venue_id": Kind.VENUE,
}

# Parameters that are no id, and why no typed converter fits them.
TEXT_PARAMETERS = {
    "text": "the signed pass of whoever framed the code of a lesson",
    "token": "the code on the wall, good for half a minute; the secret of a record, calendar or account",
    "filename": "the path of a static file",
    "code": "the code printed on a certificate, typed with or without dashes",
    "figure": "the word of an indicator, looked up in a closed list",
    "kind": "the word of a kind of message, looked up in a closed list",
}

# Numbers that are no secret and belong to nobody, and why.
OPEN_NUMBERS = {"issuer_id": "a body in the badges it issues, for anybody"}

_PC, _OR, _TR, _TU = Role.PROGRAMME_COORDINATOR, Role.ORGANISER, Role.TRAINER, Role.TUTOR
_PA, _BR, _AU = Role.PARTICIPANT, Role.BODY_REPRESENTATIVE, Role.AUDITOR
_SA = Role.SYSTEM_ADMIN

# Whose rows: own = one's own body, lesson or self; sibling = another of the same
# body (a colleague, a lesson of the same edition taught by others, a draft course);
# other = the twin body's; elsewhere = another programme's. What is missing is unseen.
SEES: dict[Kind, dict[Role, set[str]]] = {
    Kind.COURSE: {
        _PC: {"own", "sibling", "other"},
        _OR: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _TR: {"own", "other"},
        _TU: {"own", "other"},
        _PA: {"own", "other"},
        _BR: {"own", "other"},
    },
    Kind.EDITION: {
        _PC: {"own", "other"},
        _AU: {"own", "other"},
        _OR: {"own"},
        _TR: {"own"},
        _TU: {"own"},
        _PA: {"own"},
        _BR: {"own"},
    },
    Kind.LESSON: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own"},
        _TU: {"own"},
        _PA: {"own", "sibling"},  # of the edition she is enrolled in
    },
    Kind.PERSON: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _BR: {"own", "sibling"},
    },
    Kind.ORGANISATION: {
        _PC: {"own", "other", "elsewhere"},
        _AU: {"own", "other", "elsewhere"},
        _OR: {"own", "other", "elsewhere"},
        _BR: {"own"},
    },
    # Both bodies work in the same one.
    Kind.PROGRAMME: {_PC: {"own", "other"}, _AU: {"own", "other"}},
    Kind.ENROLMENT: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own", "sibling"},
        _TU: {"own", "sibling"},
        _PA: {"own"},
        _BR: {"own", "sibling"},
    },
    Kind.RECOVERY: {_PC: {"own", "other"}, _OR: {"own"}},
    Kind.CORRECTION: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own"},
        _TU: {"own"},
        _PA: {"own"},
    },
    Kind.CERTIFICATE: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _PA: {"own"},
    },
    Kind.SCAN: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own"},
        _TU: {"own"},
    },
    Kind.IMPORT: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own"},
        _TU: {"own"},
    },
    Kind.BATCH: {_PC: {"own", "other"}, _AU: {"own", "other"}, _OR: {"own"}},
    Kind.DEROGATION: {_PC: {"own", "other"}, _AU: {"own", "other"}, _OR: {"own"}},
    Kind.FEED: {_PA: {"own"}},
    Kind.LINK: {_PA: {"own"}},
    # The sibling is the tutor of the same lessons.
    Kind.TRAINER: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own"},
        _TU: {"sibling"},
    },
    Kind.AFFILIATION: {
        _PC: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _BR: {"own", "sibling"},
    },
    # Sent by the representative: an organiser of the same programme does not read it.
    Kind.INTAKE: {_PC: {"own", "other"}, _AU: {"own", "other"}, _BR: {"own"}},
    Kind.ACCOUNT: {
        _PC: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _SA: {"own", "sibling", "other", "elsewhere"},
    },
    # The roles that may be changed, not those that may be read.
    Kind.ASSIGNMENT: {
        _PC: {"own", "other"},
        _OR: {"own"},
        _SA: {"own", "other", "elsewhere"},
    },
    Kind.PROPOSAL: {_PC: {"own", "other"}},
    # Rooms are shared.
    Kind.VENUE: {
        _PC: {"own", "other", "elsewhere"},
        _AU: {"own", "other", "elsewhere"},
        _OR: {"own", "other", "elsewhere"},
    },
    # The mail of the whole installation.
    Kind.MESSAGE: {_SA: {"own", "other", "elsewhere"}},
}

# Editions open to enrolment are offered to every body and official of the programme.
OPEN_EDITION = {**SEES[Kind.EDITION], _PA: {"own", "other"}, _BR: {"own", "other"}}

# A photo of one colour, as small as a JPEG can be.
PHOTO = picture(size=(8, 8))

# A platform's log of somebody nobody knows.
PEOPLE = b"Cognome;Nome\nMontepiano;Davide\n"
LOG = b"Nome;Entrata;Uscita\nOspite;9:00;10:00\n"


def template(side: Any) -> dict[str, Any]:
    """The second version of what certificates say, with the logo of the first."""
    return {
        "seen": "1",
        "issuing_body": side.body,
        "issue_place": "Perugia",
        "intro_text": "Si attesta che",
        "signatory_name": "nome di esempio",
        "signatory_quality": "Il Dirigente",
        "logo1-name": "Stemma",
        "logo1-place": "1",
    }


MUNICIPALITIES = iter(municipalities())


def programme(side: Any) -> dict[str, Any]:
    """The programme's data with another title."""
    return {
        "seen": side.programme_seen,
        "title": f"Titolo {token_hex(4)}",
        "acronym": "PROVA",
        "code": side.programme_code,
        "fund_name": "Fondo di prova",
        "starts_on": "2014-08-01",
        "ends_on": "2015-06-30",
        "default_threshold": "80",
        "late_grace_minutes": "0",
        "union_line": "UNIONE EUROPEA",
        "fund_line": "Fondo di prova",
        "ministry_line": "MINISTERO DELL'INTERNO",
        "publicity_statement": "Progetto co-finanziato dall'Unione Europea",
        "logo1-name": "Stemma",
        "logo1-place": "1",
        **{f"logo{n}-place": "0" for n in (2, 3, 4)},
    }


def successor(side: Any) -> dict[str, Any]:
    """A programme that takes everything over."""
    return {
        "title": "Formare ancora",
        "acronym": "PROVA II",
        "code": token_hex(4),
        "fund_name": "Fondo nuovo",
        "starts_on": "2016-01-01",
        "ends_on": "2016-12-31",
        **dict.fromkeys(
            ("take_partners", "take_courses", "take_indicators", "take_texts", "take_template"), "y"
        ),
    }


def offices(side: Any) -> dict[str, Any]:
    """A new office; the other free rows stay free."""
    free = {f"new{n}-service_area": "" for n in range(1, BLANK_OFFICES + 1)}
    return {**free, "new1-name": f"Ufficio {token_hex(4)}", "new1-active": "y"}


def body(side: Any) -> dict[str, Any]:
    return {"seen": "1", "kind": "other", "name": f"Ente {token_hex(4)}"}


def course(side: Any) -> dict[str, Any]:
    """What a course is, and the version of it that was seen."""
    return {
        "seen": "1",
        "code": f"P{side.draft_course}",
        "title": "Corso proposto",
        "hours": "8",
        "minutes": "0",
        "certificate_kind": "frequency",
        "default_threshold": "80",
    }


def edition(side: Any) -> dict[str, Any]:
    """A new edition, of whoever plans it."""
    return {
        "code": token_hex(5),
        "kind": "course",
        "body": side.delivering,
        "organiser": "0",
        "venue": side.venue,
        "mode": "in_person",
        "seats_min": "1",
        "seats_max": "20",
        "threshold": "80",
        "hours": "8",
        "minutes": "0",
    }


NOT_HELD = "Il docente è malato e nessuno lo sostituisce."

# The code of the first certificate of the first body.
CODE = "A" * 32

# The secret of the link that the first official made to her record.
SECRET = "s" * 43

# The secrets of the links sent to one who is invited, and to one who forgot her password.
WELCOME, RESET = "w" * 43, "p" * 43
NEW_PASSWORD = "cavalli bianchi sotto la pioggia"
SHORT = {"new": "corta", "again": "corta"}


def invitee(side: Any) -> dict[str, Any]:
    """Somebody nobody knows yet, to teach for the body."""
    return {
        "given_name": "Nuova",
        "family_name": "Docente",
        "email": f"{token_hex(6)}@prova.example",
        **teaching(side),
    }


def teaching(side: Any) -> dict[str, Any]:
    return {"role": "tutor", "body": side.delivering, "programme": side.programme}


REASON = "Rilasciato per errore."
DEROGATED = "Richiamato in servizio dal proprio ente."
OPINIONS = dict.fromkeys(STATEMENTS, "4")

NOTICE = {"subject": "Conferma: {corso}", "body": "Gentile {nome} {cognome}, a presto."}
USUAL = Words(NoticeKind.CONFIRMATION, *DEFAULTS[NoticeKind.CONFIRMATION])

Body = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Write:
    """A form that is valid and does something.

    ``of``: which of a side's objects the form is about, where the usual one is
    not fit for it. ``by``: somebody who may do it.
    """

    by: str
    body: Body = field(default=lambda side: {})
    of: str = ""
    status: int = 302


@dataclass(frozen=True)
class Route:
    """The access an endpoint must declare, its valid forms, values of its text parameters."""

    access: str
    write: Write | None = None
    of: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sees: Mapping[Role, set[str]] | None = None

    def visible_to(self, kind: Kind, role: Role | None) -> set[str]:
        """Which cases the role sees: of the kind, or of this route's own objects."""
        return (self.sees or SEES[kind]).get(role, set()) if role else set()


# A lesson that a draft has not yet.
LESSON = dict.fromkeys(("breaks", "module", "trainers", "tutors", "venue", "lesson"), "") | {
    "day": "1/2/2016", "start": "9", "end": "11", "topic": "Ascolto attivo",
}  # fmt: skip


ROUTES: dict[str, Route] = {
    "adding.apply": Route(
        Permission.BODY_EDIT,
        Write(
            "coordinator",
            lambda side: {
                "role": "partner_body",
                "table": f"nome;tipo\nEnte {token_hex(4)};altro\n",
            },
        ),
    ),
    "adding.by_hand": Route(
        Permission.BODY_EDIT,
        Write("coordinator", lambda side: {**body(side), "role": "partner_body"}),
    ),
    "adding.municipalities": Route(Permission.BODY_EDIT),
    "adding.pick": Route(
        Permission.BODY_EDIT,
        Write(
            "coordinator",
            lambda side: {"role": "partner_body", "istat": next(MUNICIPALITIES).istat_code},
        ),
    ),
    "adding.preview": Route(
        Permission.BODY_EDIT,
        Write(
            "coordinator",
            lambda side: {"role": "partner_body", "file": (BytesIO(b"nome\nTodi\n"), "enti.csv")},
            status=200,
        ),
    ),
    "adding.search": Route(
        Permission.BODY_EDIT,
        Write("coordinator", lambda side: {"role": "partner_body", "q": "todi"}, status=200),
    ),
    "adding.table": Route(Permission.BODY_EDIT),
    "affiliations.begin": Route(
        Permission.PERSON_EDIT,
        Write("organiser_alfa", lambda side: {"body": side.deliverer, "starts_on": "2015-01-01"}),
    ),
    "affiliations.correct": Route(
        Permission.PERSON_EDIT,
        Write(
            "representative_alfa",
            lambda side: {"office": "Protocollo", "starts_on": "2010-01-01"},
        ),
    ),
    "affiliations.end": Route(
        Permission.PERSON_EDIT,
        Write("coordinator", lambda side: {"ends_on": "2015-05-13"}),
    ),
    "affiliations.move": Route(
        Permission.PERSON_CORRECT,
        Write(
            "coordinator",
            lambda side: {"body": side.deliverer, "starts_on": "2015-03-01"},
            of="colleague_affiliation",
        ),
    ),
    "apologies.index": Route(
        Permission.APOLOGY_MAKE,
        Write("participant_alfa", lambda side: {"deed": "make", "lesson": side.unassigned_lesson}),
    ),
    "accounts.disable": Route(Permission.ACCOUNT_DISABLE, Write("coordinator", of="spare_account")),
    "accounts.end": Route(Permission.ACCOUNT_INVITE, Write("organiser_alfa")),
    "accounts.grant": Route(
        Permission.ACCOUNT_INVITE, Write("organiser_alfa", teaching, of="granted_account")
    ),
    "accounts.index": Route(Permission.ACCOUNT_LIST),
    "accounts.invite": Route(Permission.ACCOUNT_INVITE, Write("organiser_alfa", invitee)),
    "accounts.own": Route(Permission.ACCOUNT_OWN),
    "accounts.period": Route(
        Permission.ACCOUNT_INVITE,
        Write("organiser_alfa", lambda side: {"starts_on": "2015-01-01", "ends_on": "2015-12-31"}),
    ),
    "accounts.reactivate": Route(
        Permission.ACCOUNT_DISABLE, Write("coordinator", of="closed_account")
    ),
    "accounts.resend": Route(
        Permission.ACCOUNT_INVITE, Write("organiser_alfa", of="invited_account")
    ),
    "accounts.show": Route(Permission.ACCOUNT_LIST),
    "accounts.undelivered": Route(Permission.MAIL_FAILURES),
    "accounts.withdraw": Route(
        Permission.ACCOUNT_INVITE, Write("organiser_alfa", of="invited_account")
    ),
    "assessment.ask_questionnaire": Route(Permission.QUESTIONNAIRE_ASK, Write("organiser_alfa")),
    "assessment.record": Route(
        Permission.ASSESSMENT_RECORD,
        Write(
            "organiser_alfa",
            lambda side: {f"result-{side.below_enrolment}": "passed"},
            of="below_edition",
        ),
        of="below_edition",
    ),
    "auditing.index": Route(Permission.AUDIT_READ),
    "auth.account": Route(
        Permission.ACCOUNT_OWN,
        Write(
            "tutor_beta",
            lambda side: {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD},
        ),
    ),
    "auth.choose_role": Route(
        SIGNED_IN, Write("no_role", lambda side: {"assignment": side.no_role_assignment})
    ),
    "auth.end_sessions": Route(Permission.ACCOUNT_OWN, Write("tutor_beta")),
    "auth.language": Route(PUBLIC, Write("tutor_alfa", lambda side: {"language": "en"})),
    "auth.login": Route(
        PUBLIC,
        Write("anonymous", lambda side: {"login": side.someone, "password": PASSWORD}),
    ),
    "auth.logout": Route(SIGNED_IN, Write("tutor_beta")),
    "auth.start": Route(Permission.ACCOUNT_OWN),
    "badges.credential": Route(Permission.MY_RECORD),
    "badges.issuer": Route(PUBLIC),
    "badges.keys": Route(PUBLIC),
    "bodies.deactivate": Route(
        Permission.BODY_EDIT, Write("coordinator", of="spare_body"), of="spare_body"
    ),
    "bodies.edit": Route(Permission.BODY_EDIT, Write("coordinator", body)),
    "bodies.index": Route(Permission.BODY_READ),
    "bodies.reactivate": Route(
        Permission.BODY_EDIT, Write("coordinator", of="inactive_body"), of="inactive_body"
    ),
    "bodies.set_offices": Route(Permission.BODY_EDIT, Write("coordinator", offices)),
    "bodies.set_parts": Route(
        Permission.BODY_EDIT,
        Write(
            "coordinator",
            lambda side: {
                "seen": "",
                "partner_body-held": "y",
                "partner_body-starts_on": "2015-01-01",
            },
            of="spare_body",
        ),
    ),
    "bodies.show": Route(Permission.BODY_READ),
    "book.download": Route(Permission.REGISTER_READ),
    "book.endorse": Route(Permission.REGISTER_ENDORSE, of="unendorsed_edition"),
    "book.endorse_more": Route(
        Permission.REGISTER_ENDORSE,
        Write("organiser_alfa", of="extended_edition"),
        of="extended_edition",
    ),
    "book.reopen": Route(
        Permission.SHEET_REOPEN,
        Write("organiser_alfa", lambda side: {"reason": "Manca una firma"}, of="closed_lesson"),
        of="closed_lesson",
    ),
    "book.show": Route(Permission.REGISTER_READ),
    "bundle.download": Route(Permission.CERTIFICATE_BUNDLE, of="closed_edition"),
    "calendar.edition_file": Route(Permission.CALENDAR_READ),
    "calendar.lessons": Route(Permission.CALENDAR_READ),
    "calendar.month": Route(Permission.CALENDAR_READ),
    "calendar.week": Route(Permission.CALENDAR_READ),
    "catalogue.edit": Route(
        Permission.COURSE_PROPOSE,
        Write("organiser_alfa", course, of="proposed_course"),
        of="proposed_course",
    ),
    "catalogue.modules": Route(
        Permission.COURSE_PROPOSE,
        Write(
            "coordinator",
            lambda side: {"seen": "1", "row0-title": "Primo modulo", "row0-minutes": "240"},
            of="retired_course",
        ),
        of="proposed_course",
    ),
    "catalogue.new": Route(
        Permission.COURSE_PROPOSE,
        Write("organiser_alfa", lambda side: {**course(side), "code": token_hex(5)}),
    ),
    "catalogue.publish": Route(
        Permission.COURSE_PUBLISH, Write("coordinator", of="proposed_course"), of="draft_course"
    ),
    "catalogue.retire": Route(Permission.COURSE_PUBLISH, Write("coordinator", of="retired_course")),
    "certificates.batch": Route(Permission.CERTIFICATE_LIST),
    "certificates.choose": Route(
        Permission.CERTIFICATE_ISSUE,
        Write(
            "coordinator",
            lambda side: {"enrolment": side.due_enrolment},
            of="closed_edition",
            status=200,
        ),
    ),
    "certificates.download": Route(Permission.CERTIFICATE_DOWNLOAD),
    "certificates.edition": Route(Permission.CERTIFICATE_LIST, of="closed_edition"),
    "certificates.index": Route(Permission.CERTIFICATE_LIST),
    "certificates.issue": Route(
        Permission.CERTIFICATE_ISSUE,
        Write("coordinator", lambda side: {"enrolment": side.due_enrolment}, of="closed_edition"),
    ),
    "certificates.progress": Route(Permission.CERTIFICATE_LIST),
    "certificates.signed": Route(Permission.CERTIFICATE_DOWNLOAD),
    "checklist.edit": Route(
        Permission.CHECKLIST_WRITE,
        Write(
            "organiser_alfa",
            lambda side: {
                "seen": side.list_seen,
                "row0-number": side.checklist_item,
                "row0-title": "Sede",
                "row0-days": "-30",
            },
        ),
    ),
    "checklist.edit_standard": Route(
        Permission.CHECKLIST_SET,
        Write(
            "coordinator",
            lambda side: {"seen": side.standard_seen, "row0-title": "Sede", "row0-days": "-30"},
        ),
    ),
    "checklist.show": Route(Permission.CHECKLIST_READ),
    "checklist.standard": Route(Permission.CHECKLIST_READ),
    "checklist.tick": Route(
        Permission.CHECKLIST_WRITE,
        Write("organiser_alfa", lambda side: {"item": side.checklist_item, "done": "y"}),
    ),
    "check_in.accept": Route(Permission.SHEET_MARK, Write("trainer_alfa", of="marking_lesson")),
    "check_in.confirm": Route(Permission.CHECK_IN_CONFIRM, values={"text": "x"}),
    "check_in.frame": Route(PUBLIC, values={"token": "x"}),
    "check_in.live": Route(Permission.SHEET_MARK),
    "check_in.note": Route(
        Permission.CHECK_IN_CONFIRM,
        Write("participant_alfa", lambda side: {"kind": "entry"}, status=410),
        values={"text": "x"},
    ),
    "check_in.wall": Route(Permission.SHEET_MARK),
    "corrections.ask": Route(
        Permission.CORRECTION_ASK,
        Write(
            "participant_alfa",
            lambda side: {"status": "absent", "reason": "Quel giorno era in ufficio."},
            of="past_lesson",
        ),
    ),
    "corrections.attachment": Route(Permission.CORRECTION_READ),
    "corrections.decide": Route(
        Permission.CORRECTION_DECIDE,
        Write(
            "organiser_alfa",
            lambda side: {"decision": "reject", "note": "Il foglio firmato dice presente."},
        ),
    ),
    "corrections.index": Route(Permission.CORRECTION_READ),
    "corrections.own_marks": Route(Permission.MY_RECORD),
    "corrections.show": Route(Permission.CORRECTION_READ),
    "courses.close_edition": Route(
        Permission.EDITION_CLOSE, Write("organiser_alfa", of="ready_edition"), of="ready_edition"
    ),
    "courses.edition": Route(Permission.EDITION_READ),
    "courses.editions": Route(Permission.EDITION_READ),
    "courses.index": Route(Permission.COURSE_READ),
    "courses.show": Route(Permission.COURSE_READ),
    "credits.save": Route(
        Permission.CREDITS_SET,
        Write("organiser_alfa", lambda side: {"asked": "y", "event_id": "12345", "training": "8"}),
    ),
    "credits.show": Route(Permission.CREDITS_READ),
    "dashboard.figure": Route(Permission.DASHBOARD_READ, values={"figure": "OUT1"}),
    "dashboard.people": Route(Permission.DASHBOARD_READ),
    "dashboard.show": Route(Permission.DASHBOARD_READ),
    "declarations.hours": Route(
        Permission.DECLARATION_MAKE, Write("participant_alfa", of="below_enrolment")
    ),
    "declarations.presence": Route(
        Permission.DECLARATION_MAKE, Write("participant_alfa", of="past_lesson")
    ),
    "derogations.download": Route(Permission.DEROGATION_READ),
    "derogations.grant": Route(
        Permission.DEROGATION_DECIDE,
        Write(
            "coordinator",
            lambda side: {
                "category": "service",
                "reason": DEROGATED,
                "file": (BytesIO(PHOTO), "nota.jpg"),
            },
            of="below_enrolment",
        ),
        of="below_enrolment",
    ),
    "derogations.index": Route(Permission.DEROGATION_READ),
    "derogations.withdraw": Route(
        Permission.DEROGATION_DECIDE, Write("coordinator", lambda side: {"reason": REASON})
    ),
    "duplicates.distinguish": Route(
        Permission.PERSON_MERGE,
        Write("coordinator", lambda side: {"one": side.double, "other": side.double_twin}),
    ),
    "duplicates.incomplete": Route(Permission.PERSON_EDIT),
    "duplicates.index": Route(Permission.PERSON_MERGE),
    "duplicates.merge": Route(
        Permission.PERSON_MERGE,
        Write(
            "coordinator",
            lambda side: {
                "other": side.double_twin,
                "kept_version": 1,
                "merged_version": 1,
                "step": "merge",
                "sure": "y",
                "given_name": "kept",
                "family_name": "kept",
                "work_email": "kept",
                "tax_code": "kept",
            },
            of="double",
        ),
        of="double",
    ),
    "duplicates.recognise": Route(
        Permission.PERSON_EDIT,
        Write("representative_alfa", lambda side: {"other": side.hasty_known}, of="hasty"),
        of="hasty",
    ),
    "enrolments.my": Route(Permission.MY_RECORD),
    "evidence.attach": Route(
        Permission.EVIDENCE_ADD,
        Write("trainer_alfa", lambda side: {"file": (BytesIO(PHOTO), "foglio.jpg")}),
    ),
    "evidence.download": Route(Permission.SHEET_READ),
    "evidence.edition_sign_sheets": Route(Permission.SHEET_READ),
    "evidence.picture": Route(Permission.SHEET_READ),
    "evidence.reconcile": Route(
        Permission.EVIDENCE_ADD, Write("tutor_alfa", lambda side: {"others": "1"})
    ),
    "evidence.reconciliation": Route(Permission.SHEET_READ),
    "evidence.scans": Route(Permission.SHEET_READ),
    "evidence.sign_sheet": Route(Permission.SHEET_READ),
    "evidence.withdraw": Route(Permission.EVIDENCE_ADD, Write("trainer_alfa", of="spare_scan")),
    "feed.calendar": Route(PUBLIC, values={"token": SECRET}),
    "feed.show": Route(
        Permission.CALENDAR_SUBSCRIBE,
        Write("trainer_alfa", lambda side: {"nonce": token_hex(16)}, status=200),
    ),
    "feed.withdraw": Route(Permission.CALENDAR_SUBSCRIBE, Write("participant_alfa")),
    "imports.apply": Route(
        Permission.SHEET_MARK,
        Write("trainer_alfa", lambda side: {"seen": side.import_seen}, of="spare_import"),
    ),
    "imports.download": Route(Permission.SHEET_READ),
    "imports.index": Route(Permission.SHEET_READ),
    "imports.preview": Route(Permission.SHEET_MARK, Write("tutor_alfa", status=200)),
    "imports.show": Route(Permission.SHEET_READ),
    "imports.template": Route(Permission.SHEET_MARK),
    "imports.upload": Route(
        Permission.SHEET_MARK,
        Write(
            "tutor_alfa",
            lambda side: {"kind": "online_log", "file": (BytesIO(LOG), "registro.csv")},
            of="import_lesson",
        ),
    ),
    "intake.apply": Route(
        Permission.INTAKE_MAKE,
        Write("representative_alfa", lambda side: {"seen": side.intake_digest}, of="ready_intake"),
    ),
    "intake.columns": Route(
        Permission.INTAKE_MAKE,
        Write(
            "representative_alfa",
            lambda side: {"column-0": "family", "column-1": "given", "update_known": "y"},
        ),
    ),
    "intake.drop": Route(Permission.INTAKE_MAKE, Write("representative_alfa", of="spare_intake")),
    "intake.index": Route(Permission.INTAKE_READ),
    "intake.names": Route(
        Permission.INTAKE_MAKE, Write("representative_alfa", lambda side: {"all": "1"})
    ),
    "intake.progress": Route(Permission.INTAKE_READ),
    "intake.remarks": Route(Permission.INTAKE_MAKE, of="ready_intake"),
    "intake.show": Route(Permission.INTAKE_READ),
    "intake.template": Route(Permission.INTAKE_MAKE),
    "intake.undo": Route(
        Permission.INTAKE_MAKE,
        Write("representative_alfa", of="applied_intake"),
        of="applied_intake",
    ),
    "intake.upload": Route(
        Permission.INTAKE_MAKE,
        Write("representative_alfa", lambda side: {"file": (BytesIO(PEOPLE), "elenco.csv")}),
    ),
    "life.decide": Route(
        Permission.CERTIFICATE_REVIEW,
        Write(
            "coordinator",
            lambda side: {"decision": "revoke", "reason": REASON},
            of="colleague_certificate",
        ),
    ),
    "life.show": Route(Permission.CERTIFICATE_DOWNLOAD),
    "life.sign": Route(
        Permission.CERTIFICATE_SIGN,
        # The certificate has its copy already.
        Write("coordinator", lambda side: {"file": (BytesIO(PHOTO), "copia.pdf")}, status=409),
    ),
    "links.forgotten": Route(
        PUBLIC, Write("anonymous", lambda side: {"login": side.someone}, status=200)
    ),
    "links.invitation": Route(
        PUBLIC, Write("anonymous", lambda side: SHORT, status=422), values={"token": WELCOME}
    ),
    "links.reset": Route(
        PUBLIC, Write("anonymous", lambda side: SHORT, status=422), values={"token": RESET}
    ),
    "mailbox.index": Route(Permission.MAIL_READ),
    "mailbox.requeue": Route(Permission.MAIL_RESEND, Write("admin")),
    "mailbox.show": Route(Permission.MAIL_READ),
    "offices.index": Route(Permission.OFFICE_READ),
    "offices.set_share": Route(
        Permission.OFFICE_SET, Write("coordinator", lambda side: {"share": "60"})
    ),
    "people.create": Route(
        Permission.PERSON_EDIT,
        Write(
            "representative_alfa",
            lambda side: {
                "given_name": "Noè",
                "family_name": "Roccalta",
                "body": side.body,
                "starts_on": "2015-01-01",
                "another": "y",
            },
        ),
    ),
    "nominations.choose": Route(
        Permission.ENROLMENT_NOMINATE,
        Write("representative_alfa", lambda side: {"pick": side.candidate}, of="wanted_edition"),
        of="wanted_edition",
        sees=OPEN_EDITION,
    ),
    "nominations.index": Route(
        Permission.ENROLMENT_NOMINATE, of="wanted_edition", sees=OPEN_EDITION
    ),
    "notices.index": Route(Permission.NOTICE_SEND),
    "notices.preview": Route(
        Permission.NOTICE_SEND,
        Write("organiser_alfa", lambda side: NOTICE, status=200),
        values={"kind": "confirmation"},
    ),
    "notices.resend": Route(
        Permission.NOTICE_SEND,
        Write("organiser_alfa", lambda side: {"message": side.notice}),
    ),
    "notices.send": Route(
        Permission.NOTICE_SEND,
        Write(
            "organiser_alfa",
            lambda side: {"pick": side.enrolments[0], "seen": USUAL.seal},
        ),
        values={"kind": "confirmation"},
    ),
    "notices.write": Route(
        Permission.NOTICE_SEND,
        Write("organiser_alfa", lambda side: NOTICE),
        values={"kind": "confirmation"},
    ),
    "people.edit": Route(
        Permission.PERSON_EDIT,
        Write(
            "organiser_alfa",
            lambda side: {
                "version": 1,
                "given_name": "Lucia",
                "family_name": "Fontebella",
                "birth_place": "Assisi",
            },
        ),
    ),
    "people.index": Route(Permission.PERSON_READ),
    "people.show": Route(Permission.PERSON_READ),
    "programmes.edit": Route(Permission.PROGRAMME_SET, Write("coordinator", programme)),
    "programmes.index": Route(Permission.PROGRAMME_READ),
    "programmes.indicators": Route(
        Permission.PROGRAMME_SET,
        Write(
            "coordinator",
            lambda side: {
                "seen": seen_targets({"OUT2": 100, "OUT3": 180}),
                "OUT2": "100",
                "OUT3": "180",
                "OUT5": "16",
            },
        ),
    ),
    "programmes.logo": Route(PUBLIC),
    "programmes.preview_successor": Route(
        Permission.PROGRAMME_SET, Write("coordinator", successor, status=200)
    ),
    "programmes.show": Route(Permission.PROGRAMME_READ),
    "programmes.successor": Route(Permission.PROGRAMME_SET, Write("coordinator", successor)),
    "proposals.decide": Route(
        Permission.PROPOSAL_DECIDE,
        Write("coordinator", lambda side: {"decision": "decline", "note": "Non lavora più qui."}),
    ),
    "proposals.index": Route(Permission.PROPOSAL_READ),
    "proposals.propose": Route(
        Permission.PROPOSAL_MAKE,
        Write("representative_alfa", lambda side: {**invitee(side), "role": "participant"}),
    ),
    "planning.archive": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", of="past_edition"),
        of="past_edition",
    ),
    "planning.cancel": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="cancelled_edition"),
        of="plan_draft",
    ),
    "planning.clone": Route(
        Permission.EDITION_PLAN,
        Write(
            "organiser_alfa",
            lambda side: {"code": token_hex(5), "first_day": "2015-09-07", "staff": "y"},
            of="plan_draft",
        ),
    ),
    "planning.clone_preview": Route(
        Permission.EDITION_PLAN,
        Write(
            "organiser_alfa",
            lambda side: {"code": "NUOVA-01", "first_day": "2015-09-07", "staff": "y"},
            status=200,
        ),
    ),
    "planning.confirm": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="plan_open"),
        of="plan_open",
    ),
    "planning.delete": Route(
        Permission.EDITION_PLAN, Write("organiser_alfa", of="spare_edition"), of="plan_draft"
    ),
    "planning.edit": Route(
        Permission.EDITION_PLAN,
        Write(
            "organiser_alfa",
            lambda side: {
                "seen": "1",
                "organiser": "0",
                "venue": side.venue,
                "mode": "in_person",
                "seats_min": "1",
                "seats_max": "30",
            },
        ),
    ),
    "planning.new": Route(
        Permission.EDITION_PLAN, Write("organiser_alfa", edition, of="published_course")
    ),
    "planning.open": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="plan_draft"),
        of="plan_draft",
    ),
    "planning.preview_cancelling": Route(
        Permission.EDITION_PUBLISH,
        Write(
            "organiser_alfa",
            lambda side: {"reason": NOT_HELD, "tell": "y"},
            of="plan_open",
            status=200,
        ),
    ),
    "prospects.arrange": Route(
        Permission.RECOVERY_ARRANGE,
        Write(
            "organiser_alfa",
            lambda side: {"missed": side.missed_lesson, "lesson": side.lesson_elsewhere},
        ),
    ),
    "prospects.call_off": Route(Permission.RECOVERY_ARRANGE, Write("organiser_alfa")),
    "prospects.index": Route(Permission.ENROLMENT_READ),
    "prospects.show": Route(Permission.PROSPECT_READ),
    "public.accessibility": Route(PUBLIC),
    "public.certificate": Route(
        PUBLIC,
        # The holder: wrong names from one address are few.
        Write("anonymous", lambda side: {"name": "Lucia Fontebella"}, status=200),
        values={"code": CODE},
    ),
    "public.healthz": Route(PUBLIC),
    "public.home": Route(PUBLIC),
    "public.privacy": Route(PUBLIC),
    "public.readyz": Route(PUBLIC),
    "public.service_worker": Route(PUBLIC),
    "public.verify": Route(PUBLIC, Write("anonymous", lambda side: {"code": CODE}, status=302)),
    "questionnaire.fill_in": Route(
        Permission.QUESTIONNAIRE_ANSWER,
        Write("participant_alfa", lambda side: OPINIONS, of="below_edition"),
        of="below_edition",
    ),
    "record.paper": Route(Permission.MY_RECORD),
    "record.plain": Route(Permission.MY_RECORD),
    "record.table": Route(Permission.MY_RECORD),
    "registers.close_sheet": Route(
        Permission.SHEET_CLOSE,
        Write(
            "trainer_alfa",
            lambda side: {
                "seen": side.seen,
                "topic": "Ascolto attivo",
                "start": "09:00",
                "end": "13:00",
                "heads": len(side.enrolments),
            },
            of="full_lesson",
        ),
    ),
    "registers.endorse": Route(
        Permission.REGISTER_ENDORSE, Write("organiser_alfa", of="unendorsed_edition")
    ),
    "registers.mark": Route(
        Permission.SHEET_MARK,
        Write(
            "tutor_alfa",
            lambda side: {"enrolment": side.enrolments[0], "version": 0, "mark": "present"},
            of="marking_lesson",
        ),
    ),
    "registers.mark_all_present": Route(
        Permission.SHEET_MARK,
        Write("trainer_alfa", lambda side: {"entered": "09:00"}, of="marking_lesson"),
    ),
    "registers.open_sheet": Route(Permission.SHEET_MARK, Write("tutor_alfa", of="lesson")),
    "registers.sheet": Route(Permission.SHEET_READ),
    "registers.today": Route(Permission.TODAY_READ),
    "requests.ask": Route(
        Permission.ENROLMENT_REQUEST,
        Write(
            "participant_alfa",
            lambda side: {"affiliation": side.own_affiliation},
            of="wanted_edition",
        ),
        of="wanted_edition",
        sees=OPEN_EDITION,
    ),
    "requests.index": Route(Permission.ENROLMENT_REQUEST),
    "roll.approve": Route(
        Permission.ENROLMENT_APPROVE,
        Write(
            "representative_alfa",
            lambda side: {"decision": "approve", "pick": side.requested_pick},
            of="open_edition",
        ),
        of="open_edition",
        sees=OPEN_EDITION,
    ),
    "roll.decide": Route(
        Permission.ENROLMENT_DECIDE,
        Write(
            "organiser_alfa",
            lambda side: {"decision": "confirm", "pick": side.approved_pick},
            of="open_edition",
        ),
        of="open_edition",
    ),
    "roll.index": Route(Permission.ENROLMENT_FOLLOW, of="open_edition", sees=OPEN_EDITION),
    "seats.edit": Route(
        Permission.SEATS_SET,
        Write(
            "organiser_alfa",
            lambda side: {f"seats_{body}": "1" for body in side.partners},
            of="open_edition",
        ),
        of="open_edition",
    ),
    "sharing.links": Route(
        Permission.RECORD_SHARE,
        Write(
            "participant_alfa",
            lambda side: {"nonce": token_hex(16), "label": "Ufficio personale", "days": "30"},
            status=200,
        ),
    ),
    "sharing.paper": Route(PUBLIC, values={"token": SECRET}),
    "sharing.shared": Route(PUBLIC, values={"token": SECRET}),
    "sharing.withdraw": Route(Permission.RECORD_SHARE, Write("participant_alfa")),
    "static": Route(PUBLIC, values={"filename": "css/forpa.css"}),
    "template.edit": Route(Permission.TEMPLATE_SET, Write("coordinator", template)),
    "template.logo": Route(Permission.TEMPLATE_READ),
    "template.picture": Route(Permission.TEMPLATE_READ),
    "template.show": Route(Permission.TEMPLATE_READ),
    "template.show_preview": Route(
        Permission.TEMPLATE_SET, Write("coordinator", template, status=200)
    ),
    "timetable.preview": Route(
        Permission.LESSON_PLAN,
        Write("organiser_alfa", lambda side: {"do": "check"}, status=200),
    ),
    "timetable.save": Route(
        Permission.LESSON_PLAN,
        Write(
            "organiser_alfa",
            lambda side: {"seen": side.timetable_seen, **LESSON},
            of="draft_edition",
        ),
    ),
    "timetable.show": Route(Permission.TIMETABLE_READ),
    "variations.download": Route(Permission.VARIATION_READ),
    "variations.index": Route(Permission.VARIATION_READ),
    "trainers.index": Route(Permission.TRAINER_READ),
    "trainers.own": Route(Permission.TIMESHEET_OWN),
    "trainers.review": Route(
        Permission.STAFF_SUBSTITUTE,
        Write(
            "organiser_alfa",
            lambda side: {"staff": side.place, "person": side.trainer, "reason": REASON},
            of="spare_lesson",
            status=200,
        ),
    ),
    "trainers.show": Route(Permission.TIMESHEET_READ),
    "trainers.substitute": Route(
        Permission.STAFF_SUBSTITUTE,
        Write(
            "organiser_alfa",
            lambda side: {"staff": side.place, "person": side.trainer, "reason": REASON},
            of="spare_lesson",
        ),
    ),
    "trainers.timesheet": Route(Permission.TIMESHEET_READ),
    "walk_ins.add": Route(
        Permission.SHEET_MARK,
        Write(
            "tutor_alfa",
            lambda side: {"name": "Noè Roccalta", "body": side.body},
            of="marking_lesson",
        ),
    ),
    "withdrawals.history": Route(Permission.ENROLMENT_HISTORY, of="open_enrolment"),
    "withdrawals.reorder": Route(
        Permission.ENROLMENT_REORDER,
        Write(
            "coordinator",
            lambda side: {"position": "1", "note": "Esigenza del servizio."},
            of="waiting_enrolment",
        ),
    ),
    "withdrawals.withdraw": Route(
        Permission.ENROLMENT_WITHDRAW,
        Write("participant_alfa", lambda side: {"reason": "service"}, of="open_enrolment"),
        of="open_enrolment",
    ),
    "venues.edit": Route(
        Permission.VENUE_SET,
        Write(
            "coordinator",
            lambda side: {
                "seen": "1",
                "name": f"Sala {side.venue}",
                "town": "Terni",
                "capacity": "300",
            },
        ),
    ),
    "venues.index": Route(Permission.VENUE_READ),
    "venues.new": Route(
        Permission.VENUE_SET,
        Write(
            "organiser_alfa",
            lambda side: {"name": token_hex(6), "town": "Terni", "capacity": "30"},
        ),
    ),
    "venues.show": Route(Permission.VENUE_READ),
    "venues.use": Route(Permission.VENUE_SET, Write("coordinator")),
}

# Writes that change nothing but the browser's cookie, or nothing at all; a pass that is
# good for three minutes has its tests elsewhere.
CHANGE_NOTHING = {
    "adding.preview", "adding.search", "programmes.preview_successor",
    "certificates.choose", "check_in.note", "imports.preview", "life.sign", "public.certificate", "public.verify", "template.show_preview",
    "timetable.preview", "trainers.review", "notices.preview",
    "links.invitation", "links.reset",
    "planning.clone_preview", "planning.preview_cancelling",
}  # fmt: skip
