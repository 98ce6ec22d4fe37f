# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small world for tests: two delivering bodies, two home bodies, one of everything.

Plain functions, each making one row with sensible values. ``build_world(n)``
repeats people, editions, lessons and marks n times, so that a page may be
asked in a small and in a large world.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.security import generate_password_hash

from app import audit
from app.actor import Actor
from app.audit import Action
from app.domain.attendance import Presence, Source
from app.domain.book import additional_pages_hash, endorsement_hash
from app.domain.certificates import CertificateKind
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState, MoveReason
from app.domain.intake.life import IntakeState
from app.domain.people import name_key, search_key
from app.domain.register import Hand, SheetState
from app.domain.roles import Role
from app.domain.timetable import Window
from app.domain.variations import LessonFacts, VariationKind
from app.domain.vocabulary import (
    AccountState,
    BodyKind,
    CheckInKind,
    CorrectionState,
    CorrectionSubject,
    CourseState,
    EditionKind,
    ImportKind,
    LessonState,
    MessageState,
    PartnershipRole,
    RecordKind,
    StaffRole,
    TargetGroup,
)
from app.extensions import db
from app.kept_files import keep
from app.models import (
    AdditionalPages,
    Affiliation,
    Apology,
    AttendanceEntry,
    AttendanceImport,
    AttendanceRegister,
    CertificateTemplate,
    Correction,
    Course,
    Edition,
    Enrolment,
    EnrolmentMove,
    Indicator,
    Lesson,
    LessonStaff,
    Organisation,
    OutboxMessage,
    Partnership,
    Person,
    PersonImport,
    PersonImportRow,
    PresenceInterval,
    Programme,
    Recovery,
    RegisterSheet,
    RoleAssignment,
    ScannedEvidence,
    SelfCheckIn,
    StandardItem,
    UserAccount,
    Variation,
    Venue,
)
from app.people.imports.checking import check, read_all, reader_for, waiting_rows
from app.people.imports.writing import write
from app.registers.binding import bind
from app.registers.closing import content
from tests.faults.files import picture

# Thursday 14 May 2015, 09:20 in Rome: when every test begins.
NOW = datetime(2015, 5, 14, 7, 20, tzinfo=UTC)
PASSWORD = "parola-di-prova"
_HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
_serial = count(1)


def _next() -> int:
    return next(_serial)


def add(row):
    db.session.add(row)
    db.session.flush()
    return row


def make_programme(**over) -> Programme:
    n = _next()
    values = {
        "code": f"{n:06d}",
        "acronym": f"PROVA {n}",
        "title": "Formazione di prova",
        "fund_name": "Fondo di prova",
        "annual_programme": "2013",
        "starts_on": date(2014, 8, 1),
        "ends_on": date(2015, 6, 30),
        "retention_until": date(2025, 6, 30),
        "union_line": "UNIONE EUROPEA",
        "fund_line": "Fondo di prova",
        "ministry_line": "MINISTERO DELL'INTERNO",
        "publicity_statement": f"Progetto co-finanziato dall'Unione Europea – PROG {n:06d}",
    }
    return add(Programme(**values | over))


def make_body(name: str | None = None, **over) -> Organisation:
    name = name or f"Comune di Borgo {_next()}"
    values = {
        "kind": BodyKind.MUNICIPALITY,
        "name": name,
        "short_name": name.removeprefix("Comune di "),
        "search_key": search_key(name),
        "province_code": "PG",
    }
    return add(Organisation(**values | over))


def make_person(family: str | None = None, given: str = "Lucia", **over) -> Person:
    n = _next()
    family = family or f"Fontebella{n}"
    values = {
        "given_name": given,
        "family_name": family,
        "search_key": search_key(f"{family} {given}"),
        "name_key": name_key(given, family),
        "work_email": f"p{n}@ente.example",
        "birth_date": date(1978, 3, 12),
        "birth_place": "Perugia (PG)",
        "tax_code": f"TEST{n:012d}",
    }
    return add(Person(**values | over))


def make_affiliation(person: Person, body: Organisation, **over) -> Affiliation:
    values = {"office": "URP", "target_group": TargetGroup.OFFICIAL, "starts_on": date(2010, 1, 1)}
    return add(Affiliation(person_id=person.id, organisation_id=body.id, **values | over))


def make_course(programme: Programme, **over) -> Course:
    n = _next()
    values = {
        "code": f"C{n}",
        "title": f"Corso di prova {n}",
        "search_key": f"c{n} corso di prova {n}",
        "planned_minutes": 480,
        "certificate_kind": CertificateKind.FREQUENCY,
        "state": CourseState.PUBLISHED,
    }
    return add(Course(programme_id=programme.id, **values | over))


def make_venue(**over) -> Venue:
    return add(Venue(**{"name": f"Sala {_next()}", "town": "Perugia", "capacity": 40} | over))


def make_edition(course: Course, body: Organisation, venue: Venue, **over) -> Edition:
    values = {
        "course_title": course.title,
        "code": f"{course.code}-{_next()}",
        "kind": EditionKind.COURSE,
        "seats_max": 200,
        "threshold": 80,
        "planned_minutes": course.planned_minutes,
        "state": EditionState.RUNNING,
    }
    return add(
        Edition(course_id=course.id, delivering_body_id=body.id, venue_id=venue.id, **values | over)
    )


def make_register(edition: Edition, endorsed: bool = True, **over) -> AttendanceRegister:
    values = {"number": f"REG-{edition.code}", "pages": 100}
    register = AttendanceRegister(edition_id=edition.id, **values | over)
    if endorsed:
        register.endorsed_at = NOW - timedelta(days=90)
        register.endorsement_hash = endorsement_hash(
            edition=edition.code,
            number=register.number,
            pages=register.pages,
            endorsed_at=register.endorsed_at,
            endorsed_by=None,
        )
    return add(register)


def make_lesson(edition: Edition, seq: int, starts_at: datetime, **over) -> Lesson:
    values = {
        "ends_at": starts_at + timedelta(hours=4),
        "planned_minutes": 240,
        "topic": f"Argomento {seq}",
        "state": LessonState.SCHEDULED,
    }
    lesson = add(Lesson(edition_id=edition.id, seq=seq, starts_at=starts_at, **values | over))
    add(RegisterSheet(lesson_id=lesson.id, state=SheetState.NOT_OPEN))
    return lesson


def make_staff(lesson: Lesson, person: Person, role: StaffRole = StaffRole.TRAINER) -> LessonStaff:
    return add(LessonStaff(lesson_id=lesson.id, person_id=person.id, role=role))


def make_enrolment(edition: Edition, person: Person, body: Organisation, **over) -> Enrolment:
    values = {"state": EnrolmentState.CONFIRMED, "requested_at": NOW - timedelta(days=40)}
    return add(
        Enrolment(edition_id=edition.id, person_id=person.id, home_body_id=body.id, **values | over)
    )


def make_account(name: str, person: Person | None = None, **over) -> UserAccount:
    values = {
        "login": f"{name}@prova.example",
        "display_name": name.replace(".", " ").title(),
        "person_id": person.id if person else None,
        "password_hash": _HASH,
        "state": AccountState.ACTIVE,
    }
    return add(UserAccount(**values | over))


def give_role(
    account: UserAccount, role: Role, programme=None, body=None, **over
) -> RoleAssignment:
    return add(
        RoleAssignment(
            account_id=account.id,
            role=role,
            programme_id=programme.id if programme else None,
            organisation_id=body.id if body else None,
            **{"starts_on": date(2014, 8, 1)} | over,
        )
    )


def make_message(to: str, **over) -> OutboxMessage:
    n = _next()
    values = {
        "kind": "prova",
        "subject": f"Messaggio {n}",
        "body": f"Testo del messaggio {n}.",
        "message_id": f"<{n:036d}@prova.example>",
        "created_at": NOW,
        "next_try_at": NOW,
        "state": MessageState.QUEUED,
    }
    return add(OutboxMessage(to_address=to, **values | over))


def make_recovery(
    enrolment: Enrolment, missed: Lesson, lesson: Lesson, account: UserAccount
) -> Recovery:
    return add(
        Recovery(
            enrolment_id=enrolment.id,
            missed_lesson_id=missed.id,
            lesson_id=lesson.id,
            arranged_by_id=account.id,
            arranged_at=NOW,
        )
    )


def make_variation(lesson: Lesson, number: int, account: UserAccount, told: list[int]) -> Variation:
    """The lesson moved by an hour."""
    edition = db.session.get_one(Edition, lesson.edition_id)
    facts = LessonFacts(
        Window(lesson.starts_at, lesson.ends_at), (), edition.venue_id, (account.person_id,), ()
    )
    hour = timedelta(hours=1)
    earlier = Window(lesson.starts_at - hour, lesson.ends_at - hour)
    lesson.revision += 1
    return add(
        Variation(
            edition_id=edition.id,
            number=number,
            lesson_id=lesson.id,
            kind=VariationKind.MOVED,
            old=replace(facts, window=earlier).as_kept(),
            new=facts.as_kept(),
            reason="Sede occupata fino alle nove",
            decided_by_id=account.id,
            decided_by_label=account.display_name,
            decided_at=NOW,
            told=told,
        )
    )


def add_pages(register: AttendanceRegister, first: int, last: int) -> AdditionalPages:
    """Pages endorsed after the register was."""
    register.added_pages = last - register.pages
    values = {"first_page": first, "last_page": last, "endorsed_at": NOW, "endorsed_by": None}
    previous = register.endorsement_hash
    return add(
        AdditionalPages(
            register_id=register.id,
            first_page=first,
            last_page=last,
            endorsed_at=NOW,
            previous_hash=previous,
            hash=additional_pages_hash(previous, number=register.number, **values),
        )
    )


def make_move(enrolment: Enrolment, **over) -> EnrolmentMove:
    values = {
        "to_state": enrolment.state,
        "to_position": enrolment.waitlist_position,
        "reason": MoveReason.ENROLLED,
        "by_label": "Organizzatore",
        "at": NOW - timedelta(days=40),
    }
    return add(EnrolmentMove(enrolment_id=enrolment.id, **values | over))


def make_apology(enrolment: Enrolment, lesson: Lesson, **over) -> Apology:
    values = {"note": "In ferie", "made_at": NOW - timedelta(days=1)}
    return add(Apology(enrolment_id=enrolment.id, lesson_id=lesson.id, **values | over))


def check_in(
    lesson: Lesson, enrolment: Enrolment, at: datetime, kind: CheckInKind = CheckInKind.ENTRY
) -> SelfCheckIn:
    sheet = db.session.query(RegisterSheet).filter_by(lesson_id=lesson.id).one()
    return add(SelfCheckIn(sheet_id=sheet.id, enrolment_id=enrolment.id, kind=kind, at=at))


def make_intake(
    programme: Programme, account: UserAccount, body: Organisation, people: int = 3, **over
) -> PersonImport:
    """A list of people of the body, as far as the state says: sent, looked at, imported."""
    n, state = _next(), over.get("state", IntakeState.COLUMNS)
    assignment = db.session.scalars(
        select(RoleAssignment).where(RoleAssignment.account_id == account.id)
    ).first()
    values = {
        "file_name": f"elenco {n}.csv",
        "sha256": f"{n:064x}",
        "uploaded_by_id": account.id,
        "assignment_id": assignment.id,
        "uploaded_at": NOW,
        "headings": ["Cognome", "Nome"],
        "heading_key": f"{n:064x}",
        "hidden": [],
        "mapping": {"0": "family", "1": "given"},
        "total": people,
    }
    intake = add(
        PersonImport(
            programme_id=programme.id,
            organisation_id=body.id,
            **values | over | {"state": IntakeState.COLUMNS},
        )
    )
    for number in range(2, people + 2):
        family = f"Torreforte {chr(97 + n % 26)}{chr(95 + number)}{chr(97 + n // 26 % 26)}"
        add(PersonImportRow(import_id=intake.id, number=number, cells=[family, "Pietro"]))
    actor = Actor(
        account.display_name,
        assignment.role,
        account.id,
        None,
        programme.id,
        body.id,
        assignment.id,
    )
    if state is not IntakeState.COLUMNS:
        check(actor, intake)
    if state is IntakeState.APPLIED:
        rows = waiting_rows(intake)
        assert write(actor, intake, rows, read_all(rows, reader_for(actor, intake)))
    db.session.flush()
    return intake


def make_scan(lesson: Lesson, account: UserAccount, **over) -> ScannedEvidence:
    n = _next()
    sheet = db.session.query(RegisterSheet).filter_by(lesson_id=lesson.id).one()
    values = {
        "file_name": f"foglio {n}.jpg",
        "sha256": keep("image/jpeg", b"\xff\xd8\xff scansione %d" % n),
        "uploaded_by_id": account.id,
        "uploaded_at": NOW,
    }
    return add(ScannedEvidence(sheet_id=sheet.id, **values | over))


def make_import(
    lesson: Lesson, account: UserAccount, people: list[Enrolment], **over
) -> AttendanceImport:
    """The log of a platform: everybody by name, and a guest nobody knows."""
    persons = [db.session.get_one(Person, enrolment.person_id) for enrolment in people]
    names = [f"{one.given_name} {one.family_name}" for one in persons] + [f"Ospite {_next()}"]
    text = "".join(f"{name};9:00;13:00\n" for name in names)
    sheet = db.session.query(RegisterSheet).filter_by(lesson_id=lesson.id).one()
    values = {
        "kind": ImportKind.ONLINE_LOG,
        "file_name": f"registro {_next()}.csv",
        "uploaded_by_id": account.id,
        "uploaded_at": NOW,
    }
    over.setdefault("sha256", keep("text/csv", f"Nome;Entrata;Uscita\n{text}".encode()))
    return add(AttendanceImport(sheet_id=sheet.id, **values | over))


def close_page(lesson: Lesson, people: list[Enrolment], account: UserAccount, minutes=240) -> None:
    """A closed page on which everybody was present for so many minutes."""
    sheet = db.session.query(RegisterSheet).filter_by(lesson_id=lesson.id).one()
    for enrolment in people:
        entry = AttendanceEntry(
            sheet_id=sheet.id,
            enrolment_id=enrolment.id,
            status=Presence.PRESENT if minutes else Presence.ABSENT,
            counted_minutes=minutes,
            source=Source.TRAINER,
            marked_by_id=account.id,
            marked_by_label=account.display_name,
            marked_at=lesson.starts_at,
        )
        if minutes:
            entry.intervals = [
                PresenceInterval(
                    entered_at=lesson.starts_at,
                    left_at=lesson.starts_at + timedelta(minutes=minutes),
                )
            ]
        db.session.add(entry)
    sheet.starts_at_real, sheet.ends_at_real = lesson.starts_at, lesson.ends_at
    sheet.topic_done, sheet.heads_counted = lesson.topic, len(people) if minutes else 0
    sheet.closed_at, sheet.closed_by_id = lesson.ends_at, account.id
    sheet.closed_hand, sheet.delivered_minutes, sheet.page_version = Hand.TRAINER, 240, 1
    sheet.closed_late = False
    lesson.state = LessonState.HELD
    db.session.flush()
    _bind(lesson, sheet, account)
    sheet.state = SheetState.CLOSED
    db.session.flush()


def _bind(lesson: Lesson, sheet: RegisterSheet, account: UserAccount) -> None:
    """Write the page into its book, as closing does."""
    register = db.session.query(AttendanceRegister).filter_by(edition_id=lesson.edition_id).one()
    entries = (
        db.session.query(AttendanceEntry)
        .filter_by(sheet_id=sheet.id)
        .options(joinedload(AttendanceEntry.intervals))
        .all()
    )
    record = bind(
        Actor(account.display_name, account_id=account.id),
        register,
        sheet,
        RecordKind.CLOSED,
        content(sheet, entries, 0),
        sheet.closed_at,
    )
    sheet.previous_hash, sheet.content_hash = record.previous_hash, record.hash


def make_correction(lesson: Lesson, account: UserAccount, **over) -> Correction:
    """A request about the topic of the lesson's page, with a file that speaks for it."""
    sheet = db.session.query(RegisterSheet).filter_by(lesson_id=lesson.id).one()
    content = f"%PDF-1.7 {_next()}".encode()
    values = {
        "subject": CorrectionSubject.TOPIC,
        "old_value": sheet.topic_done or lesson.topic,
        "new_value": "Ascolto attivo",
        "reason": "L'argomento svolto era un altro.",
        "state": CorrectionState.ASKED,
        "asked_role": Role.TRAINER.value,
        "asked_at": NOW,
        "attachment_name": "foglio.pdf",
        "attachment_sha256": keep("application/pdf", content),
    }
    return add(Correction(sheet_id=sheet.id, asked_by_id=account.id, **values | over))


@dataclass
class Side:
    """One delivering body, its edition in progress and one concluded, and one of its people."""

    delivering: Organisation
    home: Organisation
    trainer: Person
    edition: Edition
    today: Lesson
    closed_edition: Edition
    past: Lesson
    enrolments: list[Enrolment]
    closed_enrolments: list[Enrolment]

    @property
    def person_id(self) -> int:
        return self.enrolments[0].person_id


@dataclass
class World:
    """Two sides that must never see each other, and somebody in every role."""

    programme: Programme
    a: Side
    b: Side
    accounts: dict[str, UserAccount] = field(default_factory=dict)


def build_side(programme: Programme, accounts: dict, name: str, size: int) -> Side:
    delivering = make_body(f"Ente attuatore {name}", kind=BodyKind.TRAINING_PROVIDER)
    home = make_body(f"Comune di {name}")
    for body, part in (
        (delivering, PartnershipRole.PARTNER_BODY),
        (home, PartnershipRole.PARTICIPATING_BODY),
    ):
        add(Partnership(programme_id=programme.id, organisation_id=body.id, role=part))
    trainer, tutor = make_person(f"Docente {name}"), make_person(f"Tutor {name}")
    venue = make_venue(name=f"Sala {name}")
    people = [make_person(f"Partecipante {name} {i}") for i in range(3 * size)]
    for person in people:
        make_affiliation(person, home)
    low = name.lower()
    who = {
        f"organiser_{low}": (Role.ORGANISER, None, delivering),
        f"trainer_{low}": (Role.TRAINER, trainer, None),
        f"tutor_{low}": (Role.TUTOR, tutor, None),
        f"participant_{low}": (Role.PARTICIPANT, people[0], None),
        f"representative_{low}": (Role.BODY_REPRESENTATIVE, None, home),
    }
    for login, (role, person, body) in who.items():
        accounts[login] = make_account(login, person)
        give_role(accounts[login], role, programme, body)
    sides = []
    for i in range(size):
        course = make_course(programme, code=f"{name}{i}")
        edition = make_edition(course, delivering, venue)
        make_register(edition)
        today = make_lesson(edition, 1, NOW - timedelta(minutes=20) + timedelta(days=7 * i))
        make_lesson(edition, 2, today.starts_at + timedelta(days=1))
        closed = make_edition(course, delivering, venue, state=EditionState.CLOSED)
        make_register(closed)
        past = make_lesson(closed, 1, NOW - timedelta(days=60))
        enrolments = [make_enrolment(edition, p, home) for p in people]
        completed = EnrolmentState.COMPLETED
        closed_enrolments = [make_enrolment(closed, p, home, state=completed) for p in people]
        for lesson in (today, past):
            make_staff(lesson, trainer)
            make_staff(lesson, tutor, StaffRole.TUTOR)
        close_page(past, closed_enrolments, accounts[f"trainer_{low}"])
        sides.append((edition, today, closed, past, enrolments, closed_enrolments))
    return Side(delivering, home, trainer, *sides[0])


def build_world(size: int = 1) -> World:
    """Everything twice, for two bodies; committed, with an audit entry."""
    programme = make_programme()
    for code, target in (("OUT2", 100), ("OUT3", 180)):
        add(Indicator(programme_id=programme.id, code=code, target=target))
    add(StandardItem(programme_id=programme.id, title="Sede confermata", days=-30))
    accounts: dict[str, UserAccount] = {}
    a = build_side(programme, accounts, "Alfa", size)
    b = build_side(programme, accounts, "Beta", size)
    add(
        CertificateTemplate(
            programme_id=programme.id,
            version=1,
            issuing_body_id=a.home.id,
            issue_place="Perugia",
            signatory_name="nome di esempio",
            signatory_quality="Il Dirigente",
        )
    )
    for login, role in (
        ("coordinator", Role.PROGRAMME_COORDINATOR),
        ("auditor", Role.AUDITOR),
        ("admin", Role.SYSTEM_ADMIN),
    ):
        accounts[login] = make_account(login)
        give_role(accounts[login], role, None if role == Role.SYSTEM_ADMIN else programme)
    commit(programme)
    return World(programme, a, b, accounts)


def add_logo(programme: Programme) -> None:
    """A logo on the template in force, and one beside the emblem."""
    template = db.session.scalars(
        select(CertificateTemplate)
        .where(CertificateTemplate.programme_id == programme.id)
        .order_by(CertificateTemplate.version.desc())
    ).first()
    template.logos = [{"sha256": keep("image/png", picture("PNG")), "name": "Stemma"}]
    programme.logos = template.logos
    db.session.flush()


def commit(target, label: str = "prova") -> None:
    """Commit what a test made, with the entry that every commit needs."""
    audit.record(Actor(name="prove"), Action.PROGRAMME_CREATED, target, label)
    db.session.commit()
