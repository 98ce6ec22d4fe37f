# SPDX-License-Identifier: AGPL-3.0-or-later
"""The world of these tests: two bodies, a second programme, somebody in every situation.

``Grounds`` is an application on a database of its own with everything built
and everybody signed in; ``Watch`` tells whether anything in the database has
changed since it was last asked.
"""

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import create_engine, make_url, select, text, update
from werkzeug.security import check_password_hash
from werkzeug.test import TestResponse

from app import account_tokens, create_app
from app.auth.queries import token_hash
from app.courses.checklist.queries import standard_of, trace
from app.domain.attendance import Presence, Source
from app.domain.certificates import BatchItemState, CertificateKind, CertificateState
from app.domain.derogations import DerogationCategory
from app.domain.edition import EditionState
from app.domain.enrolment import EnrolmentState
from app.domain.intake.life import IntakeState
from app.domain.register import SheetState
from app.domain.roles import Role
from app.domain.sharing import token_hash as secret_hash
from app.domain.vocabulary import (
    AccountState,
    CheckInKind,
    CourseState,
    ImportKind,
    MessageState,
    ProposalState,
    StaffRole,
    TokenPurpose,
)
from app.extensions import db
from app.kept_files import keep
from app.models import (
    AccountToken,
    Affiliation,
    AttendanceEntry,
    CalendarFeed,
    Certificate,
    CertificateBatch,
    CertificateBatchItem,
    CertificateFile,
    ChecklistItem,
    Derogation,
    Edition,
    Lesson,
    LoginSession,
    PresenceInterval,
    RecordLink,
    Recovery,
    RegisterSheet,
    RoleAssignment,
    SeatAllotment,
    SignedCopy,
    UserAccount,
    UserProposal,
)
from tests import world as worlds
from tests.documents.specimens import CERTIFICATE
from tests.whole_app.policy import (
    CODE,
    DEROGATED,
    PARAMETERS,
    PHOTO,
    RESET,
    ROUTES,
    SECRET,
    TEXT_PARAMETERS,
    WELCOME,
    Kind,
    Route,
)

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SEEN_HIDDEN = re.compile(r'name="seen" type="hidden" value="(\d+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')
# Everybody signs in before the tests begin: a cookie of the future is worth nothing.
BEFORE = worlds.NOW - timedelta(minutes=5)
TOO_LARGE = 2**31
MISSING = 987_654

# Whose objects each principal calls its own.
SIDES = {
    "alfa": ("organiser_alfa", "trainer_alfa", "tutor_alfa", "participant_alfa", "representative_alfa"),
    "beta": ("organiser_beta", "trainer_beta", "tutor_beta", "participant_beta", "representative_beta"),
}  # fmt: skip
WIDE = ("coordinator", "auditor", "admin")
ROLES = {
    "coordinator": Role.PROGRAMME_COORDINATOR,
    "organiser": Role.ORGANISER,
    "trainer": Role.TRAINER,
    "tutor": Role.TUTOR,
    "participant": Role.PARTICIPANT,
    "representative": Role.BODY_REPRESENTATIVE,
    "auditor": Role.AUDITOR,
    "admin": Role.SYSTEM_ADMIN,
}
# One of each role; the twins of the other body are tried in the matrix.
EIGHT = ("coordinator", *SIDES["alfa"], "auditor", "admin")
# Cookies that were good once, and what they are worth now.
SPENT = ("disabled", "signed_out", "idle")
ROLELESS = ("no_role", "expired")
EVERYBODY = ("anonymous", *EIGHT, *SIDES["beta"], *ROLELESS, *SPENT)


def role_of(who: str) -> Role | None:
    return ROLES.get(who.partition("_")[0])


@dataclass(kw_only=True)
class Side:
    """The objects of one body, as plain numbers."""

    course: int
    draft_course: int
    edition: int
    closed_edition: int
    ready_edition: int
    unendorsed_edition: int
    lesson: int
    unassigned_lesson: int
    marking_lesson: int
    full_lesson: int
    closed_lesson: int
    person: int
    colleague: int
    body: int
    certificate: int
    colleague_certificate: int
    enrolments: list[int]
    due_enrolment: int
    message: int
    scan: int
    spare_scan: int
    unassigned_scan: int
    someone: str
    past_lesson: int
    correction: int
    unassigned_correction: int
    enrolment: int
    colleague_enrolment: int
    recovery: int
    arranged: dict[str, Any]
    missed_lesson: int
    lesson_elsewhere: int
    import_lesson: int
    attendance_import: int
    spare_import: int
    unassigned_import: int
    below_edition: int
    delivering: int
    venue: int
    proposed_course: int
    plan_draft: int
    plan_open: int
    published_course: int
    retired_course: int
    draft_edition: int
    spare_edition: int
    spare: dict[str, Any]
    cancelled_edition: int
    open_edition: int
    past_edition: int
    checklist_item: int
    list_seen: str
    standard_seen: str
    below_enrolment: int
    batch: int
    derogation: int
    link: int
    programme: int
    programme_code: str
    programme_seen: int
    spare_body: int
    inactive_body: int
    extended_edition: int
    timetable_seen: int = 0
    feed: int
    trainer: int
    tutor: int
    spare_lesson: int
    place: int
    deliverer: int
    affiliation: int
    colleague_affiliation: int
    double: int
    double_twin: int
    hasty: int
    hasty_known: int
    intake: int
    spare_intake: int
    ready_intake: int
    applied_intake: int
    intake_digest: str
    wanted_edition: int
    open_enrolment: int
    waiting_enrolment: int
    requested_pick: str
    approved_pick: str
    own_affiliation: int
    candidate: int
    notice: int
    partners: list[int] = field(default_factory=list)
    account: int
    invited_account: int
    spare_account: int
    closed_account: int
    granted_account: int
    assignment: int
    proposal: int
    no_role_assignment: int = 0
    import_seen: int = 0
    seen: int = 0


@dataclass
class Client:
    """A browser of somebody who is (or was) signed in, with its token."""

    who: str
    browser: Any
    token: str = ""

    def ask(
        self, method: str, path: str, body: dict | None = None, *, token: bool = True, **more: Any
    ) -> TestResponse:
        if method == "POST":
            with_token = {"csrf_token": self.token} if token else {}
            more["data"] = {**with_token, **(body or {})}
        return self.browser.open(path, method=method, buffered=True, **more)


@dataclass
class Grounds:
    """An application, its world, and a browser for everybody."""

    app: Any
    sides: dict[str, Side]
    elsewhere: Side
    logins: dict[str, str]
    clients: dict[str, Client] = field(default_factory=dict)

    def side_of(self, who: str) -> Side:
        return self.sides["beta" if who in SIDES["beta"] else "alfa"]

    def twin_of(self, who: str) -> Side:
        return self.sides["alfa" if who in SIDES["beta"] else "beta"]

    def client(self, who: str) -> Client:
        """The browser of this person, signed in at the first call."""
        if who not in self.clients:
            with time_machine.travel(BEFORE, tick=True):
                self.clients[who] = self._begin(who)
        return self.clients[who]

    def fresh(self, who: str) -> Client:
        """The same person in a new browser: for requests that spend the session."""
        self.restore_password(who)
        self.restore_roles()
        return self._begin(who)

    def copy(self, client: Client) -> Client:
        """A second browser with the same cookie."""
        twin = Client(client.who, self.app.test_client(), client.token)
        twin.browser.set_cookie("forpa", client.browser.get_cookie("forpa").value)
        return twin

    def restore_password(self, who: str) -> None:
        if who == "anonymous":
            return
        with self.app.app_context():
            account = db.session.scalars(
                select(UserAccount).where(UserAccount.login == self.logins[who])
            ).one()
            if not check_password_hash(account.password_hash, worlds.PASSWORD):
                account.password_hash = worlds._HASH
                worlds.commit(account)

    def restore_roles(self) -> None:
        """Take back the roles that a write gave: whoever has two is asked which before all else."""
        with self.app.app_context():
            given = db.session.scalars(
                select(RoleAssignment).where(
                    RoleAssignment.granted_by_id.is_not(None),
                    RoleAssignment.revoked_by_id.is_(None),
                )
            ).all()
            for one in given:
                one.revoked_by_id = one.granted_by_id
            if given:
                worlds.commit(given[0])

    def restore_recovery(self) -> None:
        """Arrange again what was called off: whoever asks next finds the same one."""
        with self.app.app_context():
            for side in (*self.sides.values(), self.elsewhere):
                kept = side.arranged
                if db.session.get(Recovery, kept["id"]) is None:
                    row = Recovery(**kept)
                    db.session.add(row)
                    worlds.commit(row)

    def restore_edition(self) -> None:
        """Plan again the draft that was deleted: whoever asks next finds the same one."""
        with self.app.app_context():
            for side in (*self.sides.values(), self.elsewhere):
                if db.session.get(Edition, side.spare_edition) is None:
                    row = Edition(**side.spare)
                    db.session.add(row)
                    worlds.commit(row)

    def _begin(self, who: str) -> Client:
        client = Client(who, self.app.test_client())
        self.refresh(client)
        if who != "anonymous":
            answer = client.ask(
                "POST", "/login", {"login": self.logins[who], "password": worlds.PASSWORD}
            )
            assert answer.status_code == 302, (who, answer.status_code)
            self.refresh(client)
            SPOILING.get(who, lambda *_: None)(self, client)
        return client

    def refresh(self, client: Client) -> None:
        found = TOKEN.search(client.ask("GET", "/privacy").text)
        assert found, "no token on /privacy"
        client.token = found[1]

    def cases(self, who: str, route: Route, kind: Kind | None, method: str) -> dict[str, int]:
        """The ids to try: case -> id. Empty for an address without an id."""
        if kind is None:
            return {}
        own, twin = self.side_of(who), self.twin_of(who)
        name = route.write.of if method == "POST" and route.write else route.of
        usual, sibling = OBJECTS[kind]
        name = name or usual
        found = {
            "own": getattr(own, name),
            "other": getattr(twin, name),
            "elsewhere": getattr(self.elsewhere, name),
            "missing": MISSING,
            "too large": TOO_LARGE,
        }
        if sibling:
            found["sibling"] = getattr(own, sibling)
        return found

    def path(self, rule: Any, values: dict[str, Any]) -> str:
        """The address of the rule with these values, written even where no converter would."""
        issuing = {"issuer_id": self.sides["alfa"].body}
        parts = {**issuing, **ROUTES[rule.endpoint].values, **values}
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda m: str(parts[m[1]]), rule.rule)

    def own_path(self, who: str, endpoint: str, method: str = "GET") -> str:
        """The address of the endpoint with the person's own object in it."""
        rule = next(r for r in self.app.url_map.iter_rules(endpoint) if method in (r.methods or ()))
        kind = kind_of(rule)
        case = self.cases(who, ROUTES[endpoint], kind, method)
        return self.path(rule, ids_in(rule, case["own"]) if case else {})

    def body(self, who: str, route: Route, twin: bool = False) -> dict[str, Any]:
        side = self.twin_of(who) if twin else self.side_of(who)
        return route.write.body(side) if route.write else {}

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


# The object an id usually names, and another of the same body that not everybody sees.
OBJECTS = {
    Kind.COURSE: ("course", "draft_course"),
    Kind.EDITION: ("edition", None),
    Kind.LESSON: ("lesson", "unassigned_lesson"),
    Kind.PERSON: ("person", "colleague"),
    Kind.ORGANISATION: ("body", None),
    Kind.PROGRAMME: ("programme", None),
    Kind.CERTIFICATE: ("certificate", "colleague_certificate"),
    Kind.MESSAGE: ("message", None),
    Kind.SCAN: ("scan", "unassigned_scan"),
    Kind.CORRECTION: ("correction", "unassigned_correction"),
    Kind.ENROLMENT: ("enrolment", "colleague_enrolment"),
    Kind.RECOVERY: ("recovery", None),
    Kind.IMPORT: ("attendance_import", "unassigned_import"),
    Kind.BATCH: ("batch", None),
    Kind.DEROGATION: ("derogation", None),
    Kind.FEED: ("feed", None),
    Kind.LINK: ("link", None),
    Kind.TRAINER: ("trainer", "tutor"),
    Kind.AFFILIATION: ("affiliation", "colleague_affiliation"),
    Kind.INTAKE: ("intake", None),
    Kind.ACCOUNT: ("account", "invited_account"),
    Kind.ASSIGNMENT: ("assignment", None),
    Kind.PROPOSAL: ("proposal", None),
    Kind.VENUE: ("venue", None),
}


def kind_of(rule: Any) -> Kind | None:
    kinds = [PARAMETERS[name] for name in rule.arguments if name in PARAMETERS]
    return kinds[0] if kinds else None


def ids_in(rule: Any, number: int) -> dict[str, int]:
    """The address's parameters that are an id; words among them keep those of the table."""
    return {name: number for name in rule.arguments if name not in TEXT_PARAMETERS}


# --- spent cookies -----------------------------------------------------------


def _account_id(grounds: Grounds, client: Client) -> int:
    with client.browser.session_transaction() as session:
        token = session["_user_id"]
    return db.session.execute(
        select(LoginSession.account_id).where(LoginSession.token_hash == token_hash(token))
    ).scalar_one()


def _disable(grounds: Grounds, client: Client) -> None:
    with grounds.app.app_context():
        account = db.session.get_one(UserAccount, _account_id(grounds, client))
        account.state = AccountState.DISABLED
        worlds.commit(account)


def _expire(grounds: Grounds, client: Client) -> None:
    with grounds.app.app_context():
        account_id = _account_id(grounds, client)
        db.session.execute(
            update(RoleAssignment)
            .where(RoleAssignment.account_id == account_id)
            .values(ends_on=(worlds.NOW - timedelta(days=1)).date())
        )
        worlds.commit(db.session.get_one(UserAccount, account_id))


def _sign_out(grounds: Grounds, client: Client) -> None:
    """Sign out, and go on with the cookie that was copied before."""
    kept = client.browser.get_cookie("forpa")
    assert client.ask("POST", "/logout").status_code == 302
    client.browser.set_cookie("forpa", kept.value)


def _idle(grounds: Grounds, client: Client) -> None:
    with grounds.app.app_context():
        db.session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == _account_id(grounds, client))
            .values(last_seen_at=worlds.NOW - timedelta(hours=1))
        )
        db.session.commit()


SPOILING = {"disabled": _disable, "expired": _expire, "signed_out": _sign_out, "idle": _idle}


# --- building ----------------------------------------------------------------


def build(config: type, size: int = 1) -> Grounds:
    """An application on the database of the configuration, filled and ready."""
    app = create_app(config)
    with app.app_context():
        world = worlds.build_world(size)
        worlds.add_logo(world.programme)
        sides = {
            "alfa": _side(world.a, "alfa", world.programme, world.accounts),
            "beta": _side(world.b, "beta", world.programme, world.accounts),
        }
        programme = worlds.make_programme(logos=world.programme.logos)
        gamma = worlds.build_side(programme, world.accounts, "Gamma", 1)
        elsewhere = _side(gamma, "gamma", programme, world.accounts)
        for who in ("disabled", "signed_out", "idle", "expired", "no_role"):
            world.accounts[who] = worlds.make_account(who)
            worlds.give_role(
                world.accounts[who], Role.ORGANISER, world.programme, world.a.delivering
            )
        chosen = worlds.give_role(world.accounts["no_role"], Role.AUDITOR, world.programme)
        partners = [world.a.delivering.id, world.a.home.id, world.b.delivering.id, world.b.home.id]
        for side in sides.values():
            side.no_role_assignment = chosen.id
            side.partners = partners
        logins = {name: account.login for name, account in world.accounts.items()}
        worlds.commit(programme)
    grounds = Grounds(app, sides, elsewhere, logins)
    for name, side in sides.items():
        page = grounds.client(f"trainer_{name}").ask("GET", f"/lessons/{side.full_lesson}/sheet")
        side.seen = int(SEEN.search(page.text)[1])
        page = grounds.client(f"trainer_{name}").ask("GET", f"/imports/{side.spare_import}")
        side.import_seen = int(SEEN.search(page.text)[1])
        organiser = grounds.client(f"organiser_{name}")
        page = organiser.ask("GET", f"/editions/{side.draft_edition}/timetable")
        side.timetable_seen = int(SEEN_HIDDEN.search(page.text)[1])
    return grounds


def _side(side: worlds.Side, name: str, programme: Any, accounts: dict[str, Any]) -> Side:
    trainer, tutor = accounts[f"trainer_{name}"], accounts[f"tutor_{name}"]
    draft = worlds.make_course(programme, state=CourseState.DRAFT)
    marking, full = (_lesson_today(side, seq, tutor.person_id) for seq in (3, 4))
    _open(full, side.enrolments, trainer)
    _open(marking, [], trainer)
    worlds.check_in(marking, side.enrolments[1], worlds.NOW - timedelta(minutes=20))
    worlds.check_in(marking, side.enrolments[1], worlds.NOW, CheckInKind.EXIT)
    importing = _lesson_today(side, 6, tutor.person_id)
    _open(importing, [], trainer)
    closed = _lesson_today(side, 5, tutor.person_id)
    closed.starts_at -= timedelta(days=2)
    closed.ends_at -= timedelta(days=2)
    worlds.close_page(closed, side.enrolments, trainer)
    ready = _ready_edition(side, trainer, tutor.person_id)
    unendorsed = _unendorsed_edition(side, tutor.person_id)
    certificates = [
        _certificate(side, enrolment, trainer, name, number)
        for number, enrolment in enumerate(side.closed_enrolments[:-1], 1)
    ]
    unassigned = db.session.scalars(
        select(Lesson).where(Lesson.edition_id == side.edition.id, Lesson.seq == 2)
    ).one()
    first, second = _lessons_elsewhere(side)
    below = _below_edition(side, programme, trainer)
    representative = accounts[f"representative_{name}"]
    intakes = {
        state: worlds.make_intake(programme, representative, side.home, state=state)
        for state in (IntakeState.COLUMNS, IntakeState.CHECKED, IntakeState.APPLIED)
    }
    recovery = worlds.make_recovery(side.enrolments[0], side.today, first, trainer)
    for number in range(1, len(side.enrolments) // 3 + 1):
        worlds.make_variation(
            side.today, number, trainer, [one.person_id for one in side.enrolments]
        )
    spare = worlds.make_lesson(side.edition, 9, worlds.NOW + timedelta(days=3))
    tutoring = worlds.make_staff(
        spare, db.session.get_one(worlds.Person, tutor.person_id), StaffRole.TUTOR
    )
    return Side(
        course=side.edition.course_id,
        draft_course=draft.id,
        edition=side.edition.id,
        closed_edition=side.closed_edition.id,
        ready_edition=ready.id,
        unendorsed_edition=unendorsed.id,
        lesson=side.today.id,
        unassigned_lesson=unassigned.id,
        marking_lesson=marking.id,
        full_lesson=full.id,
        closed_lesson=closed.id,
        person=side.person_id,
        colleague=side.enrolments[1].person_id,
        body=side.home.id,
        certificate=certificates[0].id,
        colleague_certificate=certificates[1].id,
        enrolments=[e.id for e in side.enrolments],
        due_enrolment=side.closed_enrolments[-1].id,
        message=worlds.make_message(trainer.login, state=MessageState.FAILED).id,
        scan=worlds.make_scan(side.today, trainer).id,
        spare_scan=worlds.make_scan(side.today, trainer).id,
        unassigned_scan=worlds.make_scan(unassigned, trainer).id,
        someone=tutor.login,
        past_lesson=side.past.id,
        correction=worlds.make_correction(
            side.past, accounts[f"participant_{name}"], asked_role="participant"
        ).id,
        unassigned_correction=worlds.make_correction(unassigned, trainer).id,
        enrolment=side.enrolments[0].id,
        colleague_enrolment=side.enrolments[1].id,
        recovery=recovery.id,
        arranged={c.name: getattr(recovery, c.name) for c in Recovery.__table__.columns},
        missed_lesson=unassigned.id,
        lesson_elsewhere=second.id,
        import_lesson=importing.id,
        attendance_import=worlds.make_import(importing, trainer, side.enrolments).id,
        spare_import=_spare_import(importing, trainer, side.enrolments).id,
        unassigned_import=worlds.make_import(unassigned, trainer, side.enrolments).id,
        below_edition=below[0].edition_id,
        **_planned(side, programme, name),
        below_enrolment=below[0].id,
        batch=_batch(side.closed_edition.id, accounts["coordinator"], side.closed_enrolments[0]),
        derogation=_derogation(below[1].id, accounts["coordinator"]),
        draft_edition=_draft_edition(side).id,
        extended_edition=_extended_edition(side).id,
        intake=intakes[IntakeState.COLUMNS].id,
        spare_intake=worlds.make_intake(programme, representative, side.home).id,
        ready_intake=intakes[IntakeState.CHECKED].id,
        applied_intake=intakes[IntakeState.APPLIED].id,
        intake_digest=intakes[IntakeState.CHECKED].digest,
        link=_link(side.enrolments[0].person_id, accounts[f"participant_{name}"], name),
        programme=programme.id,
        programme_code=programme.code,
        programme_seen=programme.version,
        spare_body=worlds.make_body().id,
        inactive_body=worlds.make_body(active=False).id,
        feed=_feed(accounts[f"participant_{name}"], name),
        trainer=side.trainer.id,
        tutor=tutor.person_id,
        spare_lesson=spare.id,
        place=tutoring.id,
        deliverer=side.delivering.id,
        affiliation=_affiliation(side.person_id),
        colleague_affiliation=_affiliation(side.enrolments[1].person_id),
        double=_double(side, "Pontesasso", "Andrea"),
        double_twin=_double(side, "Andrea", "Pontesasso"),
        hasty=_double(side, "Roccalta", "Noe'", incomplete=True),
        hasty_known=_double(side, "Roccalta", "Noè"),
        notice=worlds.make_message(
            "non-recapitato@ente.example",
            kind="enrolment-confirmation",
            state=MessageState.FAILED,
            about_type="enrolment",
            about_id=side.enrolments[1].id,
        ).id,
        **_enrolling(side, programme),
        account=trainer.id,
        invited_account=_account(side, programme, f"invited_{name}", AccountState.INVITED).id,
        spare_account=(spare := _account(side, programme, f"spare_{name}")).id,
        closed_account=_account(side, programme, f"closed_{name}", AccountState.DISABLED).id,
        granted_account=_account(side, programme, f"granted_{name}").id,
        assignment=_role(spare, programme, side, Role.TRAINER).id,
        proposal=_proposal(side, programme, accounts[f"representative_{name}"]).id,
        delivering=side.delivering.id,
    )


def _account(
    side: worlds.Side, programme: Any, login: str, state: AccountState = AccountState.ACTIVE
) -> UserAccount:
    """An account with a role of the body that nobody signs in with."""
    account = worlds.make_account(login, state=state)
    _role(account, programme, side, Role.TRAINER if login[:5] == "grant" else Role.TUTOR)
    if login == "invited_alfa":
        _token(account, TokenPurpose.INVITATION, WELCOME)
    if login == "spare_alfa":
        _token(account, TokenPurpose.RESET, RESET)
    return account


def _role(account: UserAccount, programme: Any, side: worlds.Side, role: Role) -> RoleAssignment:
    return worlds.give_role(account, role, programme, side.delivering)


def _token(account: UserAccount, purpose: TokenPurpose, secret: str) -> None:
    worlds.add(
        AccountToken(
            account_id=account.id,
            purpose=purpose,
            token_hash=account_tokens.token_hash(purpose, secret),
            sent_to=account.login,
            created_at=worlds.NOW - timedelta(minutes=5),
            expires_at=worlds.NOW + timedelta(minutes=55),
        )
    )


def _proposal(side: worlds.Side, programme: Any, by: UserAccount) -> UserProposal:
    return worlds.add(
        UserProposal(
            programme_id=programme.id,
            organisation_id=side.home.id,
            given_name="Proposta",
            family_name="Persona",
            email=f"proposta.{by.id}@prova.example",
            role=Role.PARTICIPANT,
            state=ProposalState.PROPOSED,
            proposed_by_id=by.id,
            proposed_at=worlds.NOW,
        )
    )


def _affiliation(person_id: int) -> int:
    """Where the person works now."""
    return db.session.scalars(
        select(Affiliation.id).where(Affiliation.person_id == person_id)
    ).one()


def _double(side: worlds.Side, family: str, given: str, **over: Any) -> int:
    """Somebody of the home body whose record is there twice; in no edition."""
    person = worlds.make_person(family, given, registered_by_body_id=side.delivering.id, **over)
    worlds.make_affiliation(person, side.home)
    return person.id


def _enrolling(side: worlds.Side, programme: Any) -> dict[str, Any]:
    """An edition open to enrolment with somebody in every state, and one nobody is in yet."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    venue = db.session.get_one(worlds.Venue, side.edition.venue_id)
    opened, wanted = (
        worlds.make_edition(
            course, side.delivering, venue, state=EditionState.OPEN, seats_max=4,
            gives_back_on=worlds.NOW.date() + timedelta(days=5),
        )
        for _ in range(2)
    )  # fmt: skip
    worlds.make_lesson(opened, 1, worlds.NOW + timedelta(days=30))
    worlds.make_lesson(wanted, 1, worlds.NOW + timedelta(days=31))
    worlds.add(SeatAllotment(edition_id=opened.id, organisation_id=side.home.id, seats=4))
    first = db.session.get_one(worlds.Person, side.enrolments[0].person_id)
    enrolment = worlds.make_enrolment(opened, first, side.home)
    states = (
        (EnrolmentState.REQUESTED, None), (EnrolmentState.BODY_APPROVED, None),
        (EnrolmentState.WAITLISTED, 1), (EnrolmentState.WAITLISTED, 2),
        (EnrolmentState.REJECTED, None), (EnrolmentState.WITHDRAWN, None),
    )  # fmt: skip
    others = []
    for state, position in states:
        person = worlds.make_person(f"Iscrivendo {state.value}")
        worlds.make_affiliation(person, side.home)
        one = worlds.make_enrolment(
            opened, person, side.home, state=state, waitlist_position=position
        )
        others.append(one)
        worlds.make_move(one)
    worlds.make_move(enrolment)
    worlds.make_apology(side.enrolments[1], side.today)
    candidate = worlds.make_person("Segnalanda")
    return {
        "open_edition": opened.id,
        "wanted_edition": wanted.id,
        "open_enrolment": enrolment.id,
        "waiting_enrolment": others[3].id,
        "requested_pick": f"{others[0].id}-{others[0].version}",
        "approved_pick": f"{others[1].id}-{others[1].version}",
        "own_affiliation": db.session.scalars(
            select(worlds.Affiliation.id).where(worlds.Affiliation.person_id == first.id)
        ).first(),
        "candidate": worlds.make_affiliation(candidate, side.home).id,
    }


def _planned(side: worlds.Side, programme: Any, name: str) -> dict[str, Any]:
    """Courses and editions that are still being planned, and a room of one's own."""
    venue = worlds.make_venue(name=f"Aula {name}", organisation_id=side.delivering.id)
    proposed = worlds.make_course(
        programme, state=CourseState.DRAFT, proposed_by_id=side.delivering.id
    )
    published = worlds.make_course(programme)
    person = worlds.make_person()
    worlds.make_affiliation(person, side.delivering)

    def planned(state: EditionState) -> Any:
        return worlds.make_edition(
            published, side.delivering, venue, state=state, seats_max=30, organiser_id=person.id
        )

    drafts = [planned(EditionState.DRAFT) for _ in range(3)]
    opened = planned(EditionState.OPEN)
    worlds.make_register(opened, endorsed=False)
    for number, edition in enumerate((*drafts, opened)):
        worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=60 + number))
    past = planned(EditionState.CLOSED)
    worlds.make_register(past)
    item = worlds.add(ChecklistItem(edition_id=side.edition.id, title="Sede confermata", days=-30))
    return {
        "venue": venue.id,
        "proposed_course": proposed.id,
        "published_course": published.id,
        "retired_course": worlds.make_course(programme).id,
        "plan_draft": drafts[0].id,
        "spare_edition": drafts[1].id,
        "spare": {c.name: getattr(drafts[1], c.name) for c in Edition.__table__.columns},
        "cancelled_edition": drafts[2].id,
        "plan_open": opened.id,
        "past_edition": past.id,
        "checklist_item": item.id,
        "list_seen": trace([item]),
        "standard_seen": trace(standard_of(programme.id)),
    }


def _below_edition(side: worlds.Side, programme: Any, trainer: UserAccount) -> list[Any]:
    """A concluded edition with a test and a questionnaire, in which nobody reached the threshold."""
    course = worlds.make_course(programme, certificate_kind=CertificateKind.WITH_ASSESSMENT)
    venue = db.session.get_one(worlds.Venue, side.edition.venue_id)
    edition = worlds.make_edition(
        course, side.delivering, venue, state=EditionState.CLOSED, asks_questionnaire=True
    )
    worlds.make_register(edition)
    lesson = worlds.make_lesson(edition, 1, worlds.NOW - timedelta(days=20))
    worlds.make_staff(lesson, side.trainer)
    enrolments = [
        worlds.make_enrolment(
            edition,
            db.session.get_one(worlds.Person, one.person_id),
            side.home,
            state=EnrolmentState.NOT_COMPLETED,
        )
        for one in side.enrolments
    ]
    worlds.close_page(lesson, enrolments, trainer, minutes=60)
    return enrolments


def _batch(edition_id: int, coordinator: UserAccount, enrolment: worlds.Enrolment) -> int:
    """An issue asked for and done: nothing of it waits."""
    assignment = db.session.scalars(
        select(RoleAssignment.id).where(RoleAssignment.account_id == coordinator.id)
    ).first()
    batch = worlds.add(
        CertificateBatch(
            edition_id=edition_id,
            asked_by_id=coordinator.id,
            assignment_id=assignment,
            asked_at=worlds.NOW,
            finished_at=worlds.NOW,
        )
    )
    worlds.add(
        CertificateBatchItem(
            batch_id=batch.id,
            seq=1,
            person_id=enrolment.person_id,
            enrolment_id=enrolment.id,
            kind=CertificateKind.FREQUENCY,
            state=BatchItemState.REFUSED,
            reason="Il documento non si è potuto comporre.",
        )
    )
    return batch.id


def _derogation(enrolment_id: int, coordinator: UserAccount) -> int:
    return worlds.add(
        Derogation(
            enrolment_id=enrolment_id,
            category=DerogationCategory.SERVICE,
            reason=DEROGATED,
            file_name="nota.jpg",
            sha256=keep("image/jpeg", PHOTO),
            decided_at=worlds.NOW,
            decided_by_id=coordinator.id,
        )
    ).id


def _link(person_id: int, account: UserAccount, name: str) -> int:
    """A link to the person's record; that of the first body's official has a known secret."""
    secret = SECRET if name == "alfa" else name[0] * 43
    return worlds.add(
        RecordLink(
            person_id=person_id,
            label="Ufficio personale",
            token_hash=secret_hash(secret),
            created_at=worlds.NOW,
            created_by_id=account.id,
            expires_at=worlds.NOW + timedelta(days=30),
        )
    ).id


def _feed(account: UserAccount, name: str) -> int:
    """The address of the official's calendar; that of the first body's has a known secret."""
    assignment = db.session.scalars(
        select(RoleAssignment.id).where(RoleAssignment.account_id == account.id)
    ).first()
    return worlds.add(
        CalendarFeed(
            account_id=account.id,
            assignment_id=assignment,
            token_hash=secret_hash(SECRET if name == "alfa" else name[0] * 43),
            created_at=worlds.NOW,
        )
    ).id


def _spare_import(lesson: Lesson, trainer: UserAccount, people: list[worlds.Enrolment]) -> Any:
    """A spreadsheet that marks everybody absent."""
    rows = "".join(f"{enrolment.id};A\n" for enrolment in people)
    return worlds.make_import(
        lesson,
        trainer,
        people,
        kind=ImportKind.SPREADSHEET,
        sha256=keep("text/csv", f"Numero d'iscrizione;Presenza\n{rows}".encode()),
    )


def _lessons_elsewhere(side: worlds.Side) -> list[Lesson]:
    """The first two lessons of another edition of the course, where lessons may be recovered."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    venue = db.session.get_one(worlds.Venue, side.edition.venue_id)
    edition = worlds.make_edition(course, side.delivering, venue)
    worlds.make_register(edition)
    return [
        worlds.make_lesson(edition, seq, worlds.NOW + timedelta(days=40 + seq)) for seq in (1, 2)
    ]


def _lesson_today(side: worlds.Side, seq: int, tutor_id: int | None) -> Lesson:
    lesson = worlds.make_lesson(side.edition, seq, side.today.starts_at)
    worlds.make_staff(lesson, side.trainer)
    worlds.add(
        worlds.LessonStaff(lesson_id=lesson.id, person_id=tutor_id, role=worlds.StaffRole.TUTOR)
    )
    return lesson


def _open(lesson: Lesson, marked: list[worlds.Enrolment], account: UserAccount) -> None:
    """The page of the lesson, open, with these people present from the start."""
    sheet = db.session.scalars(
        select(RegisterSheet).where(RegisterSheet.lesson_id == lesson.id)
    ).one()
    sheet.state, sheet.opened_at, sheet.opened_by_id = SheetState.OPEN, worlds.NOW, account.id
    for enrolment in marked:
        entry = AttendanceEntry(
            sheet_id=sheet.id,
            enrolment_id=enrolment.id,
            status=Presence.PRESENT,
            counted_minutes=240,
            source=Source.TRAINER,
            marked_by_id=account.id,
            marked_by_label=account.display_name,
            marked_at=worlds.NOW,
        )
        entry.intervals = [PresenceInterval(entered_at=lesson.starts_at)]
        db.session.add(entry)
    db.session.flush()


def _ready_edition(side: worlds.Side, trainer: UserAccount, tutor_id: int | None) -> Any:
    """An edition with every page closed and a register nobody has endorsed."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    venue = db.session.get_one(worlds.Venue, side.edition.venue_id)
    edition = worlds.make_edition(course, side.delivering, venue)
    register = worlds.make_register(edition)
    lesson = worlds.make_lesson(edition, 1, worlds.NOW - timedelta(days=10))
    worlds.make_staff(lesson, side.trainer)
    worlds.add(
        worlds.LessonStaff(lesson_id=lesson.id, person_id=tutor_id, role=worlds.StaffRole.TUTOR)
    )
    people = [db.session.get_one(worlds.Person, e.person_id) for e in side.enrolments]
    enrolments = [worlds.make_enrolment(edition, person, side.home) for person in people]
    worlds.close_page(lesson, enrolments, trainer)
    register.endorsed_at = None  # pages are bound after an endorsement: it is to be given again
    assert edition.state == EditionState.RUNNING
    assert enrolments[0].state == EnrolmentState.CONFIRMED
    return edition


def _unendorsed_edition(side: worlds.Side, tutor_id: int | None) -> Any:
    """An edition that begins tomorrow, with a register nobody has endorsed yet."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    venue = db.session.get_one(worlds.Venue, side.edition.venue_id)
    edition = worlds.make_edition(course, side.delivering, venue, state=EditionState.CONFIRMED)
    worlds.make_register(edition, endorsed=False)
    lesson = worlds.make_lesson(edition, 1, worlds.NOW + timedelta(days=1))
    worlds.make_staff(lesson, side.trainer)
    worlds.add(
        worlds.LessonStaff(lesson_id=lesson.id, person_id=tutor_id, role=worlds.StaffRole.TUTOR)
    )
    for enrolment in side.enrolments:
        person = db.session.get_one(worlds.Person, enrolment.person_id)
        worlds.make_enrolment(edition, person, side.home)
    return edition


def _draft_edition(side: worlds.Side) -> Any:
    """An edition in preparation, in a room of its own, without lessons."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    return worlds.make_edition(
        course, side.delivering, worlds.make_venue(), state=EditionState.DRAFT, seats_max=30
    )


def _extended_edition(side: worlds.Side) -> Any:
    """An edition with a lesson more than the pages endorsed, and one page endorsed since."""
    course = db.session.get_one(worlds.Course, side.edition.course_id)
    edition = worlds.make_edition(
        course, side.delivering, worlds.make_venue(), state=EditionState.CONFIRMED
    )
    register = worlds.make_register(edition, pages=1)
    for seq in (1, 2, 3):
        worlds.make_lesson(edition, seq, worlds.NOW + timedelta(days=30 + seq))
    worlds.add_pages(register, 2, 2)
    return edition


def _certificate(
    side: worlds.Side, enrolment: worlds.Enrolment, by: UserAccount, name: str, number: int
) -> Certificate:
    digest = hashlib.sha256(f"{name} {number}".encode()).digest()
    code = b32encode(digest[:20]).decode()
    certificate = worlds.add(
        Certificate(
            edition_id=enrolment.edition_id,
            person_id=enrolment.person_id,
            enrolment_id=enrolment.id,
            kind=CertificateKind.FREQUENCY,
            issuing_body_id=side.home.id,
            year=2014,  # the counter of the year at hand has given no number yet
            number=number,
            code=CODE if (name, number) == ("alfa", 1) else code,
            holder_given_name="Lucia",
            holder_family_name="Fontebella",
            content=CERTIFICATE.to_json(),
            template_version=1,
            state=CertificateState.ISSUED,
            issued_at=worlds.NOW,
            issued_by_id=by.id,
        )
    )
    pdf = f"%PDF-1.7 {number}".encode()
    worlds.add(
        CertificateFile(
            certificate_id=certificate.id, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest()
        )
    )
    worlds.add(
        SignedCopy(
            certificate_id=certificate.id,
            pdf=pdf + b" signed",
            sha256=hashlib.sha256(pdf + b" signed").hexdigest(),
            signers="Firmatario di prova",
            added_at=worlds.NOW,
            added_by_id=by.id,
        )
    )
    return certificate


# --- has anything changed? ---------------------------------------------------

# When a session was last used is noted even by a GET.
ASIDE = {("login_session", "last_seen_at")}

# Tries are counted even by a GET, and by a refusal above all: they say nothing of the programme.
TRIES = "throttle_count"


class Watch:
    """Tells which tables changed since the last question."""

    def __init__(self, app: Any) -> None:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        self._sqlite = url.get_backend_name() == "sqlite"
        self._digests = _digests_on_postgresql()
        self._mark, self._contents = self._version(), self._read()

    def changed(self) -> set[str]:
        """The tables changed since the last call."""
        mark = self._version()
        if mark is not None and mark == self._mark:
            return set()
        before, self._mark, self._contents = self._contents, mark, self._read()
        return {name for name in before if before[name] != self._contents[name]}

    def _version(self) -> int | None:
        """SQLite tells whether another connection has written at all; PostgreSQL does not."""
        return self._connection.scalar(text("PRAGMA data_version")) if self._sqlite else None

    def _read(self) -> dict[str, str]:
        """A digest of every table."""
        if not self._sqlite:
            return {name: digest for name, digest in self._connection.execute(self._digests)}  # noqa: C416
        found = {}
        for table in _watched_tables():
            rows = self._connection.execute(select(*_watched(table)).order_by(*table.primary_key))
            found[table.name] = hashlib.sha256(repr(rows.all()).encode()).hexdigest()
        return found

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _watched_tables() -> list[Any]:
    return [table for table in db.metadata.sorted_tables if table.name != TRIES]


def _watched(table: Any) -> list[Any]:
    return [column for column in table.columns if (table.name, column.name) not in ASIDE]


def _digests_on_postgresql() -> Any:
    """One statement for all tables: it is asked after every request."""
    parts = []
    for table in _watched_tables():
        columns = ", ".join(f'"{column.name}"' for column in _watched(table))
        parts.append(
            f"SELECT '{table.name}', md5(string_agg(t::text, '|' ORDER BY t::text)) "  # noqa: S608
            f'FROM (SELECT {columns} FROM "{table.name}") AS t'
        )
    return text(" UNION ALL ".join(parts))


def get_rules(app: Any) -> list[Any]:
    """Every rule that answers GET, in the order of its endpoint."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted(rules, key=lambda rule: rule.endpoint)


def write_rules(app: Any) -> list[tuple[Any, str]]:
    """Every rule with a method that may write, and that method."""
    reading = {"GET", "HEAD", "OPTIONS"}
    return sorted(
        ((rule, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - reading),
        key=lambda pair: (pair[0].endpoint, pair[1]),
    )  # fmt: skip
