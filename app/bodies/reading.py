# SPDX-License-Identifier: AGPL-3.0-or-later
"""What forms say of a body's parts and offices, checked row by row before anything is changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.bodies.forms import PartForm, PartsForm
from app.bodies.parts import Held, OfficeLine, seen_parts
from app.domain.errors import RuleViolation
from app.domain.partnership import Span, check_alone, check_begun, check_span
from app.domain.people import search_key
from app.domain.vocabulary import PartnershipRole, ServiceArea
from app.forms import add_violation
from app.models import Programme

Others = Mapping[PartnershipRole, Sequence[tuple[str, Span]]]


def filled_parts(held: Held, programme: Programme) -> dict[str, Any]:
    """The form as the parts stand; one not held offers the beginning of the programme."""
    filled: dict[str, Any] = {"seen": seen_parts(held)}
    for role in PartnershipRole:
        part = held.get(role)
        filled[role.value] = {
            "held": part is not None,
            "starts_on": part.starts_on if part else programme.starts_on,
            "ends_on": part.ends_on if part else None,
        }
    return filled


def read_parts(form: PartsForm, held: Held, others: Others) -> dict[PartnershipRole, Span] | None:
    """The parts wanted, if nothing is wrong with any."""
    if not form.validate():
        return None
    wanted = {}
    for role, row in form.rows:
        try:
            check_begun(begun=role in held, held=row.held.data)
        except RuleViolation as violation:
            add_violation(row.held, violation)
        if row.held.data:
            wanted[role] = _span(row, role, others.get(role, ()))
    return None if any(row.errors for _role, row in form.rows) else wanted


def _span(row: PartForm, role: PartnershipRole, others: Sequence[tuple[str, Span]]) -> Span:
    span = Span(row.starts_on.data, row.ends_on.data)
    try:
        check_span(span)
        check_alone(role, span, others)
    except RuleViolation as violation:
        add_violation(row.ends_on, violation)
    return span


def read_offices(form: Any) -> list[OfficeLine] | None:
    """The lines of the form that say something, if nothing is wrong with any."""
    if not form.validate():
        return None
    lines, names = [], set()
    for number, row in form.rows():
        name = row.name.data or ""
        if not name:
            if number is not None:
                row.name.errors = [_("Un ufficio non si toglie: togliere la spunta «Attivo».")]
            continue
        if search_key(name) in names:
            row.name.errors = [_("Lo stesso ufficio compare due volte.")]
        names.add(search_key(name))
        area = ServiceArea(row.service_area.data) if row.service_area.data else None
        lines.append(OfficeLine(number, name, area, bool(row.active.data)))
    return None if any(row.errors for _number, row in form.rows()) else lines
