# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody at the door, in two fields."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.domain.errors import RuleViolation
from app.domain.people import split_name
from app.errors import explain
from app.forms import Form

LONGEST_PART = 80


class WalkInForm(Form):
    """A name and a body; ``another`` is asked where the sheet has that name already."""

    name = StringField(
        _l("Nome e cognome"),
        [InputRequired(_l("Scrivere nome e cognome.")), Length(max=2 * LONGEST_PART + 1, message=_l("Al massimo 161 caratteri."))],
        description=_l("Nell'ordine in cui si leggono. Con più cognomi: «Cognome, Nome»."),
        render_kw={"maxlength": 2 * LONGEST_PART + 1, "autocomplete": "off", "autocapitalize": "words"},
    )  # fmt: skip
    body = SelectField(_l("Ente"), [InputRequired(_l("Scegliere l'ente."))])
    another = BooleanField(_l("È un'altra persona con lo stesso nome"))

    def __init__(self, bodies: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body.choices = [
            SelectChoice("", _l("Scegliere")),
            *(SelectChoice(str(number), name) for number, name in bodies),
        ]

    def validate_name(self, field: StringField) -> None:
        try:
            given, family = split_name(field.data)
        except RuleViolation as violation:
            raise ValidationError(explain(violation.sentence)) from None
        if max(len(given), len(family)) > LONGEST_PART:
            raise ValidationError(_l("Nome e cognome: al massimo 80 caratteri ciascuno."))
