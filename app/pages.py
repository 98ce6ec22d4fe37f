# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page shows around its content: navigation, publicity block, language, formats."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import format_date, format_decimal, get_locale, get_translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from jinja2 import StrictUndefined

from app import clock, labels
from app.access import can
from app.clock import ROME
from app.domain.attendance import hours_text
from app.domain.roles import Permission, permits
from app.errors import explain
from app.extensions import babel
from app.funding import NO_PROGRAMME, funded_programme, publicity, publicity_of, publicity_words
from app.security_headers import account_mark

__all__ = ["asset", "clock_time", "day", "first_page", "language", "moment", "percent", "publicity", "publicity_of"]  # fmt: skip

LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    active: bool


# Where each role begins, and what its navigation offers: (permission, endpoint, label).
NAVIGATION = (
    (Permission.TODAY_READ, "registers.today", _l("Oggi")),
    (Permission.MY_RECORD, "enrolments.my", _l("I miei corsi")),
    (Permission.DASHBOARD_READ, "dashboard.show", _l("Cruscotto")),
    (Permission.CALENDAR_READ, "calendar.month", _l("Calendario")),
    (Permission.COURSE_READ, "courses.index", _l("Corsi")),
    (Permission.EDITION_READ, "courses.editions", _l("Edizioni")),
    (Permission.VENUE_READ, "venues.index", _l("Sedi")),
    (Permission.CORRECTION_READ, "corrections.index", _l("Rettifiche")),
    (Permission.PERSON_READ, "people.index", _l("Persone")),
    (Permission.TRAINER_READ, "trainers.index", _l("Docenti")),
    (Permission.TIMESHEET_OWN, "trainers.own", _l("Le mie ore")),
    (Permission.BODY_READ, "bodies.index", _l("Enti")),
    (Permission.CERTIFICATE_LIST, "certificates.index", _l("Attestati")),
    (Permission.PROGRAMME_READ, "programmes.index", _l("Progetti")),
    (Permission.AUDIT_READ, "auditing.index", _l("Pista di controllo")),
    (Permission.ACCOUNT_LIST, "accounts.index", _l("Utenze")),
    (Permission.PROPOSAL_MAKE, "proposals.index", _l("Utenze proposte")),
    (Permission.MAIL_READ, "mailbox.index", _l("Posta")),
)

# Pages that lie under another page of the navigation than the index of their own part.
LIES_UNDER = {
    "adding.apply": "bodies.index",
    "adding.by_hand": "bodies.index",
    "adding.municipalities": "bodies.index",
    "adding.pick": "bodies.index",
    "adding.preview": "bodies.index",
    "adding.search": "bodies.index",
    "adding.table": "bodies.index",
    "affiliations.begin": "people.index",
    "affiliations.correct": "people.index",
    "affiliations.end": "people.index",
    "affiliations.move": "people.index",
    "duplicates.incomplete": "people.index",
    "duplicates.index": "people.index",
    "duplicates.merge": "people.index",
    "prospects.index": "dashboard.show",
    "prospects.show": "courses.editions",
    "book.endorse": "courses.editions",
    "book.endorse_more": "courses.editions",
    "book.reopen": "courses.editions",
    "book.show": "courses.editions",
    "check_in.wall": "courses.editions",
    "apologies.index": "enrolments.my",
    "accounts.undelivered": "dashboard.show",
    "assessment.record": "courses.editions",
    "calendar.lessons": "calendar.month",
    "calendar.week": "calendar.month",
    "certificates.batch": "courses.editions",
    "certificates.choose": "courses.editions",
    "certificates.edition": "courses.editions",
    "certificates.issue": "courses.editions",
    "corrections.own_marks": "enrolments.my",
    "credits.save": "courses.editions",
    "credits.show": "courses.editions",
    "catalogue.edit": "courses.index",
    "catalogue.modules": "courses.index",
    "catalogue.new": "courses.index",
    "catalogue.publish": "courses.index",
    "catalogue.retire": "courses.index",
    "checklist.edit": "courses.editions",
    "checklist.show": "courses.editions",
    "checklist.standard": "courses.editions",
    "courses.close_edition": "courses.editions",
    "courses.edition": "courses.editions",
    "dashboard.figure": "dashboard.show",
    "dashboard.people": "dashboard.show",
    "derogations.grant": "courses.editions",
    "derogations.index": "certificates.index",
    "derogations.withdraw": "certificates.index",
    "evidence.reconciliation": "courses.editions",
    "evidence.scans": "courses.editions",
    "feed.show": "calendar.month",
    "imports.apply": "courses.editions",
    "imports.index": "courses.editions",
    "imports.preview": "courses.editions",
    "imports.show": "courses.editions",
    "imports.upload": "courses.editions",
    "offices.index": "calendar.month",
    "intake.apply": "people.index",
    "intake.columns": "people.index",
    "intake.index": "people.index",
    "intake.names": "people.index",
    "intake.show": "people.index",
    "intake.undo": "people.index",
    "intake.upload": "people.index",
    "nominations.choose": "courses.editions",
    "nominations.index": "courses.editions",
    "notices.index": "courses.editions",
    "notices.preview": "courses.editions",
    "notices.write": "courses.editions",
    "proposals.decide": "accounts.index",
    "planning.archive": "courses.editions",
    "planning.cancel": "courses.editions",
    "planning.clone": "courses.editions",
    "planning.clone_preview": "courses.editions",
    "planning.confirm": "courses.editions",
    "planning.delete": "courses.editions",
    "planning.edit": "courses.editions",
    "planning.new": "courses.editions",
    "planning.open": "courses.editions",
    "planning.preview_cancelling": "courses.editions",
    "questionnaire.fill_in": "enrolments.my",
    "registers.sheet": "courses.editions",
    "requests.ask": "enrolments.my",
    "requests.index": "enrolments.my",
    "roll.approve": "courses.editions",
    "roll.decide": "courses.editions",
    "roll.index": "courses.editions",
    "seats.edit": "courses.editions",
    "sharing.links": "enrolments.my",
    "timetable.preview": "courses.editions",
    "timetable.save": "courses.editions",
    "timetable.show": "courses.editions",
    "template.edit": "certificates.index",
    "template.show": "certificates.index",
    "template.show_preview": "certificates.index",
    "variations.index": "courses.editions",
    "trainers.review": "courses.editions",
    "trainers.substitute": "courses.editions",
    "walk_ins.add": "courses.editions",
    "withdrawals.history": "courses.editions",
    "withdrawals.reorder": "courses.editions",
    "withdrawals.withdraw": "courses.editions",
}


def first_page() -> str:
    """The first screen of the role chosen."""
    for permission, endpoint, _label in NAVIGATION:
        if permits(current_user.role, permission):
            return url_for(endpoint)
    return url_for("auth.account")


def init_app(app: Flask) -> None:
    """Strict templates with a small, named vocabulary."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "day": day,
        "weekday": weekday,
        "moment": moment,
        "clock_time": clock_time,
        "hours": hours_text,
        "percent": percent,
        "size": size,
        "label": labels.label,
        "tone": labels.tone,
        "explain": explain,
    }
    app.jinja_env.globals |= {"can": can, "asset": asset}
    app.context_processor(_around)
    babel.init_app(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(
        lambda text: _catalogue().ugettext(text),
        lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )


def _catalogue() -> Any:
    """The translations of this request, looked up once: a page asks two hundred times."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def language() -> str:
    """The language of the account, of this browser's choice, or Italian."""
    if not g.get("plain") and current_user and current_user.is_authenticated:
        return str(current_user.language)
    chosen = session.get("language", "it")
    return chosen if chosen in LANGUAGES else "it"


def _local(value: datetime) -> datetime:
    return value.astimezone(ROME)


def day(value: date | datetime, style: str = "short") -> str:
    """gio 14 mag 2015; long: giovedì 14 maggio 2015; plain: 14 maggio 2015; brief: 14 mag; month: maggio 2015."""
    if isinstance(value, datetime):
        value = _local(value).date()
    pattern = {
        "short": "EEE d MMM y",
        "long": "EEEE d MMMM y",
        "plain": "d MMMM y",
        "brief": "d MMM",
        "month": "MMMM y",
    }[style]
    return format_date(value, pattern, rebase=False)


def weekday(value: date) -> str:
    """lun, mar, mer: what stands above a column of days."""
    return format_date(value, "EEE", rebase=False)


def clock_time(value: datetime) -> str:
    """09:20, in the programme's zone."""
    return f"{_local(value):%H:%M}"


def moment(value: datetime) -> str:
    """gio 14 mag 2015, 09:20."""
    return f"{day(value)}, {clock_time(value)}"


def percent(number: int) -> str:
    """80 % as Italian writes it; English takes the space away."""
    return _("%(percent)d %%", percent=number)


def size(number: int) -> str:
    """Of a file, from its bytes: 12 kB, 3,4 MB."""
    if number < 1_000_000:
        return _("%(size)s kB", size=format_decimal(max(number // 1000, 1)))
    return _("%(size)s MB", size=format_decimal(round(number / 1_000_000, 1)))


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes with its content, so it may be kept for ever."""
    path = Path(str(current_app.static_folder)) / name
    version = _digest(path, path.stat().st_mtime_ns) if path.exists() else "missing"
    return url_for("static", filename=name, v=version)


def _navigation() -> list[NavItem]:
    here = request.endpoint or ""
    if here not in {endpoint for _permission, endpoint, _label in NAVIGATION}:
        here = LIES_UNDER.get(here, f"{here.partition('.')[0]}.index")
    return [
        NavItem(str(text), url_for(endpoint), endpoint == here)
        for permission, endpoint, text in NAVIGATION
        if current_user.is_authenticated and can(permission)
    ]


def _around() -> dict[str, Any]:
    if g.get("plain"):
        return {}  # the page of a failure asks nobody anything
    demo = current_app.config["NAME"] == "demo"
    programme = funded_programme()
    return {
        "navigation": _navigation(),
        "publicity": publicity_words(programme) if programme else NO_PROGRAMME,
        "publicity_logos": programme.logos if programme else [],
        "demo_clock": _demo_clock() if demo else None,
        "account_mark": account_mark(),
        "drawn_at": clock.now(),
        "language": str(get_locale() or "it"),
        "owner_name": current_app.config["OWNER_NAME"],
        "contact_email": current_app.config["CONTACT_EMAIL"],
        "source_url": current_app.config["SOURCE_URL"],
    }


def _demo_clock() -> str:
    here = clock.now()
    return _("%(day)s, ore %(time)s", day=day(here, "long"), time=clock_time(here))
