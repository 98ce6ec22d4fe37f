# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a form says of a programme, checked field by field before anything is changed."""

from datetime import date

from app.domain import indicators, programme
from app.domain.errors import RuleViolation
from app.forms import add_violation
from app.logos import Kept, read_logos
from app.programmes.forms import ProgrammeForm, SuccessorForm, TargetsForm
from app.uploads import CheckedFile

Logos = list[tuple[str, CheckedFile]]


def read(form: ProgrammeForm, kept: Kept) -> Logos | None:
    """The logos of a form in which nothing is wrong; None where it now says what is."""
    valid = form.validate() and dates_agree(form)
    if valid and form.retention_until.data:
        valid = _retention_agrees(form, form.ends_on.data, form.retention_until.data)
    logos = read_logos(form.logos, kept)
    return logos if valid else None


def dates_agree(form: ProgrammeForm | SuccessorForm) -> bool:
    """Whether the programme ends after it begins; if not, the field says so."""
    try:
        programme.check_dates(starts_on=form.starts_on.data, ends_on=form.ends_on.data)
    except RuleViolation as violation:
        add_violation(form.ends_on, violation)
        return False
    return True


def _retention_agrees(form: ProgrammeForm, ends_on: date, retention_until: date) -> bool:
    try:
        programme.check_retention(ends_on=ends_on, retention_until=retention_until)
    except RuleViolation as violation:
        add_violation(form.retention_until, violation)
        return False
    return True


def read_targets(form: TargetsForm) -> dict[str, int | None] | None:
    """The targets of a form in which nothing is wrong."""
    if not form.validate():
        return None
    for code, target in form.targets.items():
        try:
            indicators.check_target(code, target or 0)
        except RuleViolation as violation:
            add_violation(form[code], violation)
    return None if any(form[code].errors for code in form.targets) else form.targets
