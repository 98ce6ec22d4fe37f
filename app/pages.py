# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page shows around its content: navigation, publicity block, language, formats."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import format_date, get_locale, get_translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from jinja2 import StrictUndefined
from sqlalchemy import func, select

from app import clock, labels
from app.access import can
from app.clock import ROME
from app.documents.publicity import PublicityBlock
from app.domain.attendance import hours_text
from app.domain.roles import Permission, permits
from app.errors import explain
from app.extensions import babel, db
from app.models import Programme
from app.security_headers import account_mark

LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    active: bool


# Before the first programme is founded there is no funding to acknowledge.
NO_PROGRAMME = PublicityBlock(
    "", "", "", "", "FOR PA – Formazione nella Pubblica Amministrazione", ""
)


# Where each role begins, and what its navigation offers: (permission, endpoint, label).
NAVIGATION = (
    (Permission.TODAY_READ, "registers.today", _l("Oggi")),
    (Permission.MY_RECORD, "enrolments.my", _l("I miei corsi")),
    (Permission.DASHBOARD_READ, "dashboard.show", _l("Cruscotto")),
    (Permission.COURSE_READ, "courses.index", _l("Corsi")),
    (Permission.EDITION_READ, "courses.editions", _l("Edizioni")),
    (Permission.VENUE_READ, "venues.index", _l("Sedi")),
    (Permission.CORRECTION_READ, "corrections.index", _l("Rettifiche")),
    (Permission.PERSON_READ, "people.index", _l("Persone")),
    (Permission.BODY_READ, "bodies.index", _l("Enti")),
    (Permission.CERTIFICATE_LIST, "certificates.index", _l("Attestati")),
    (Permission.AUDIT_READ, "auditing.index", _l("Pista di controllo")),
    (Permission.ACCOUNT_LIST, "auth.accounts", _l("Utenze")),
    (Permission.MAIL_READ, "mailbox.index", _l("Posta")),
)

# Pages that lie under another page of the navigation than the index of their own part.
LIES_UNDER = {
    "prospects.index": "dashboard.show",
    "prospects.show": "courses.editions",
    "book.endorse": "courses.editions",
    "book.reopen": "courses.editions",
    "book.show": "courses.editions",
    "check_in.wall": "courses.editions",
    "assessment.record": "courses.editions",
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
    "imports.apply": "courses.editions",
    "imports.index": "courses.editions",
    "imports.preview": "courses.editions",
    "imports.show": "courses.editions",
    "imports.upload": "courses.editions",
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
    "sharing.links": "enrolments.my",
    "template.edit": "certificates.index",
    "template.show": "certificates.index",
    "template.show_preview": "certificates.index",
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
        "moment": moment,
        "clock_time": clock_time,
        "hours": hours_text,
        "percent": percent,
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


def clock_time(value: datetime) -> str:
    """09:20, in the programme's zone."""
    return f"{_local(value):%H:%M}"


def moment(value: datetime) -> str:
    """gio 14 mag 2015, 09:20."""
    return f"{day(value)}, {clock_time(value)}"


def percent(number: int) -> str:
    """80 % as Italian writes it; English takes the space away."""
    return _("%(percent)d %%", percent=number)


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file; it changes with its content, so it may be kept for ever."""
    path = Path(str(current_app.static_folder)) / name
    version = _digest(path, path.stat().st_mtime_ns) if path.exists() else "missing"
    return url_for("static", filename=name, v=version)


def publicity() -> PublicityBlock:
    """The block of the programme at hand; for a visitor, of the programme founded last."""
    if "publicity" not in g:
        ours = current_user.programme_id if current_user.is_authenticated else None
        last = select(func.max(Programme.id)).scalar_subquery()
        programme = db.session.scalars(
            select(Programme).where(Programme.id == (ours or last))
        ).one_or_none()
        g.publicity = publicity_of(programme) if programme else NO_PROGRAMME
    return g.publicity


def publicity_of(programme: Programme) -> PublicityBlock:
    """What page and paper say of the funding (publicity rules of the grant agreement)."""
    return PublicityBlock(
        union_line=programme.union_line,
        fund_line=programme.fund_line,
        ministry_line=programme.ministry_line,
        statement=programme.publicity_statement,
        programme_title=f"{programme.acronym} – {programme.title}",
        programme_code=f"PROG {programme.code}",
    )


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
    return {
        "navigation": _navigation(),
        "publicity": publicity(),
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
