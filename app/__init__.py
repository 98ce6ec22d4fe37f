# SPDX-License-Identifier: AGPL-3.0-or-later
"""The factory: puts the parts together and holds no logic."""

from app import (
    access,
    audit,
    badges,
    cli,
    database,
    errors,
    idempotency,
    jobs,
    mail,
    mail_delivery,
    models,  # noqa: F401 - the tables must be known before the first query
    pages,
    seals,
    security_headers,
    server,
    throttle,
    transaction,
    uploads,
)
from app.accounts import routes as accounts
from app.accounts.proposals import routes as proposals
from app.application import Application
from app.auditing import routes as auditing
from app.auth import routes as auth
from app.auth.links import routes as links
from app.auth.links.actions import answer_reset_requests
from app.bodies import routes as bodies
from app.bodies.adding import routes as adding
from app.calendar import routes as calendar
from app.calendar.feed import routes as feed
from app.calendar.offices import routes as offices
from app.certificates import routes as certificates
from app.certificates.assessment import routes as assessment
from app.certificates.badges import routes as open_badges
from app.certificates.bundle import routes as bundle
from app.certificates.credits import routes as credits
from app.certificates.declarations import routes as declarations
from app.certificates.derogations import routes as derogations
from app.certificates.issuing import issue_waiting
from app.certificates.life import routes as life
from app.certificates.template import routes as template
from app.courses import routes as courses
from app.courses.catalogue import routes as catalogue
from app.courses.checklist import routes as checklist
from app.courses.planning import passages as planning
from app.courses.timetable import routes as timetable
from app.courses.variations import routes as variations
from app.courses.venues import routes as venues
from app.dashboard import routes as dashboard
from app.enrolments import routes as enrolments
from app.enrolments.apologies import routes as apologies
from app.enrolments.nominations import routes as nominations
from app.enrolments.notices import routes as notices
from app.enrolments.questionnaire import routes as questionnaire
from app.enrolments.record import routes as record
from app.enrolments.requests import routes as requests
from app.enrolments.roll import routes as roll
from app.enrolments.seats import routes as seats
from app.enrolments.seats.giving_back import give_back_seats
from app.enrolments.sharing import routes as sharing
from app.enrolments.withdrawals import routes as withdrawals
from app.extensions import compress, csrf, db, login_manager, migrate
from app.integrity.heads import keep_head
from app.mailbox import routes as mailbox
from app.people import routes as people
from app.people.affiliations import routes as affiliations
from app.people.duplicates import routes as duplicates
from app.people.imports import routes as intake
from app.people.imports.work import advance_imports, clear_imports
from app.programmes import routes as programmes
from app.prospects import routes as prospects
from app.public import routes as public
from app.registers import routes as registers
from app.registers.book import routes as book
from app.registers.chasing import chase_open_sheets
from app.registers.check_in import routes as check_in
from app.registers.corrections import routes as corrections
from app.registers.evidence import routes as evidence
from app.registers.imports import routes as imports
from app.registers.walk_ins import routes as walk_ins
from app.trainers import routes as trainers
from config import Config

FEATURES = (
    auth, links, accounts, proposals, public, auditing, mailbox, dashboard,
    programmes, bodies, adding, people, affiliations, duplicates, intake,
    courses, catalogue, venues, planning, checklist, timetable, variations, calendar, feed, offices, trainers,
    enrolments, roll, nominations, requests, withdrawals, seats, notices, apologies,
    registers, book, evidence, check_in, corrections, imports, walk_ins, prospects,
    certificates, life, derogations, assessment, template, credits, bundle, declarations, open_badges,
    record, sharing, questionnaire,
)  # fmt: skip
JOBS = (
    mail_delivery.deliver, issue_waiting, chase_open_sheets, keep_head, idempotency.forget_old_keys,
    throttle.forget_old_counts, advance_imports, clear_imports, give_back_seats, answer_reset_requests,
)  # fmt: skip


def create_app(config: type[Config]) -> Application:
    """The application with the given settings."""
    app = Application(__name__, instance_path=str(config.SECRET_KEY_FILE.parent))
    app.config.from_object(config)
    server.init_app(app)
    database.init_app(app)
    with app.app_context():
        audit.init_app()
    migrate.init_app(app, db)
    transaction.init_app(app)
    security_headers.init_app(app)
    pages.init_app(app)
    uploads.init_app(app)  # before anything reads a form
    csrf.init_app(app)
    compress.init_app(app)
    login_manager.init_app(app)
    errors.init_app(app)
    mail.init_app(app)
    seals.init_app(app)
    badges.init_app(app)
    jobs.init_app(app, *JOBS)
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    access.init_app(app)
    cli.init_app(app)
    return app
