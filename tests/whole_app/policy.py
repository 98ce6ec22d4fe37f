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
from app.domain.questionnaires import STATEMENTS
from app.domain.roles import Permission, Role
from tests.faults.files import picture
from tests.world import PASSWORD


class Kind(StrEnum):
    """Of what the id in an address is; each kind has a scope of its own."""

    COURSE = "course"
    EDITION = "edition"
    LESSON = "lesson"
    PERSON = "person"
    ORGANISATION = "organisation"
    CERTIFICATE = "certificate"
    MESSAGE = "message"
    SCAN = "scan"
    CORRECTION = "correction"
    ENROLMENT = "enrolment"
    RECOVERY = "recovery"
    IMPORT = "import"
    BATCH = "batch"
    DEROGATION = "derogation"
    LINK = "link"
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
    "certificate_id": Kind.CERTIFICATE,
    "correction_id": Kind.CORRECTION,
    "message_id": Kind.MESSAGE,
    "scan_id": Kind.SCAN,
    "import_id": Kind.IMPORT,
    "batch_id": Kind.BATCH,
    "derogation_id": Kind.DEROGATION,
    "link_id": Kind.LINK,
    "venue_id": Kind.VENUE,
}

# Parameters that are no id, and why no typed converter fits them.
TEXT_PARAMETERS = {
    "text": "the signed pass of whoever framed the code of a lesson",
    "token": "the code on the wall, good for half a minute; the secret of a shared record",
    "filename": "the path of a static file",
    "code": "the code printed on a certificate, typed with or without dashes",
    "figure": "the word of an indicator, looked up in a closed list",
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
    Kind.ENROLMENT: {
        _PC: {"own", "sibling", "other"},
        _AU: {"own", "sibling", "other"},
        _OR: {"own", "sibling"},
        _TR: {"own", "sibling"},
        _TU: {"own", "sibling"},
        _PA: {"own"},
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
    Kind.LINK: {_PA: {"own"}},
    # Rooms are shared.
    Kind.VENUE: {
        _PC: {"own", "other", "elsewhere"},
        _AU: {"own", "other", "elsewhere"},
        _OR: {"own", "other", "elsewhere"},
    },
    # The mail of the whole installation.
    Kind.MESSAGE: {_SA: {"own", "other", "elsewhere"}},
}

# A photo of one colour, as small as a JPEG can be.
PHOTO = picture(size=(8, 8))

# A platform's log of somebody nobody knows.
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

REASON = "Rilasciato per errore."
DEROGATED = "Richiamato in servizio dal proprio ente."
OPINIONS = dict.fromkeys(STATEMENTS, "4")

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


ROUTES: dict[str, Route] = {
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
            lambda side: {"old": PASSWORD, "new": "altra-parola", "again": "altra-parola"},
        ),
    ),
    "auth.accounts": Route(Permission.ACCOUNT_LIST),
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
    "bodies.index": Route(Permission.BODY_READ),
    "bodies.show": Route(Permission.BODY_READ),
    "book.download": Route(Permission.REGISTER_READ),
    "book.endorse": Route(Permission.REGISTER_ENDORSE, of="unendorsed_edition"),
    "book.reopen": Route(
        Permission.SHEET_REOPEN,
        Write("organiser_alfa", lambda side: {"reason": "Manca una firma"}, of="closed_lesson"),
        of="closed_lesson",
    ),
    "book.show": Route(Permission.REGISTER_READ),
    "bundle.download": Route(Permission.CERTIFICATE_BUNDLE, of="closed_edition"),
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
    "mailbox.index": Route(Permission.MAIL_READ),
    "mailbox.requeue": Route(Permission.MAIL_RESEND, Write("admin")),
    "mailbox.show": Route(Permission.MAIL_READ),
    "people.edit": Route(
        Permission.PERSON_CORRECT,
        Write(
            "organiser_alfa",
            lambda side: {
                "given_name": "Lucia",
                "family_name": "Fontebella",
                "birth_place": "Assisi",
            },
        ),
    ),
    "people.index": Route(Permission.PERSON_READ),
    "people.show": Route(Permission.PERSON_READ),
    "planning.archive": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", of="past_edition"),
        of="past_edition",
    ),
    "planning.cancel": Route(
        Permission.EDITION_PUBLISH,
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="cancelled_edition"),
        of="draft_edition",
    ),
    "planning.clone": Route(
        Permission.EDITION_PLAN,
        Write(
            "organiser_alfa",
            lambda side: {"code": token_hex(5), "first_day": "2015-09-07", "staff": "y"},
            of="draft_edition",
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
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="open_edition"),
        of="open_edition",
    ),
    "planning.delete": Route(
        Permission.EDITION_PLAN, Write("organiser_alfa", of="spare_edition"), of="draft_edition"
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
        Write("organiser_alfa", lambda side: {"reason": NOT_HELD}, of="draft_edition"),
        of="draft_edition",
    ),
    "planning.preview_cancelling": Route(
        Permission.EDITION_PUBLISH,
        Write(
            "organiser_alfa",
            lambda side: {"reason": NOT_HELD, "tell": "y"},
            of="open_edition",
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
    "certificates.choose", "check_in.note", "imports.preview", "life.sign", "planning.clone_preview", "planning.preview_cancelling", "public.certificate", "public.verify", "template.show_preview",
}  # fmt: skip
