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
from app.domain.attendance import hours_text
from app.domain.errors import Sentence
from app.domain.roles import Permission, permits
from app.errors import explain
from app.extensions import babel, db
from app.models import Programme

LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class Publicity:
    """The block every document and page of a co-financed project carries (grant agreement)."""

    union_line: str = ""
    fund_line: str = ""
    ministry_line: str = ""
    statement: str = ""
    programme_title: str = "FOR PA – Formazione nella Pubblica Amministrazione"
    programme_code: str = ""


# Where each role begins, and what its navigation offers: (permission, endpoint, label).
NAVIGATION = (
    (Permission.TODAY_READ, "registers.today", _l("Oggi")),
    (Permission.MY_RECORD, "enrolments.my", _l("I miei corsi")),
    (Permission.DASHBOARD_READ, "dashboard.show", _l("Cruscotto")),
    (Permission.COURSE_READ, "courses.index", _l("Corsi")),
    (Permission.EDITION_READ, "courses.editions", _l("Edizioni")),
    (Permission.PERSON_READ, "people.index", _l("Persone")),
    (Permission.BODY_READ, "bodies.index", _l("Enti")),
    (Permission.CERTIFICATE_LIST, "certificates.index", _l("Attestati")),
    (Permission.AUDIT_READ, "auditing.index", _l("Pista di controllo")),
    (Permission.ACCOUNT_LIST, "auth.accounts", _l("Utenze")),
)

# Pages that lie under another page of the navigation than the index of their own part.
LIES_UNDER = {
    "certificates.edition": "courses.editions",
    "courses.close_edition": "courses.editions",
    "courses.edition": "courses.editions",
    "dashboard.figure": "dashboard.show",
    "dashboard.people": "dashboard.show",
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
    """gio 14 mag 2015; long: giovedì 14 maggio 2015; plain: 14 maggio 2015; brief: 14 mag."""
    if isinstance(value, datetime):
        value = _local(value).date()
    pattern = {
        "short": "EEE d MMM y",
        "long": "EEEE d MMMM y",
        "plain": "d MMMM y",
        "brief": "d MMM",
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


def publicity() -> Publicity:
    """The block of the programme at hand; for a visitor, of the programme founded last."""
    if "publicity" not in g:
        ours = current_user.programme_id if current_user.is_authenticated else None
        last = select(func.max(Programme.id)).scalar_subquery()
        row = db.session.execute(
            select(
                Programme.union_line,
                Programme.fund_line,
                Programme.ministry_line,
                Programme.publicity_statement,
                Programme.acronym,
                Programme.title,
                Programme.code,
            ).where(Programme.id == (ours or last))
        ).first()
        g.publicity = Publicity(*row[:4], f"{row[4]} – {row[5]}", f"PROG {row[6]}") if row else None
    return g.publicity or Publicity()


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
        "language": str(get_locale() or "it"),
        "owner_name": current_app.config["OWNER_NAME"],
        "contact_email": current_app.config["CONTACT_EMAIL"],
        "source_url": current_app.config["SOURCE_URL"],
        "Sentence": Sentence,
    }


def _demo_clock() -> str:
    here = clock.now()
    return _("%(day)s, ore %(time)s", day=day(here, "long"), time=clock_time(here))
