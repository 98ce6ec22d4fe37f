# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which value of two records stays, and the second yes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp

from app.forms import Form
from app.models import Person
from app.pages import day

DIGITS = Regexp(r"[0-9]{1,9}\Z", message=_l("Richiesta non valida."))
KEPT, MERGED = "kept", "merged"


class PairForm(Form):
    """Two records, by number."""

    one = HiddenField(validators=[InputRequired(), DIGITS])
    other = HiddenField(validators=[InputRequired(), DIGITS])


class OtherForm(Form):
    """The known person that a record turned out to be."""

    other = HiddenField(validators=[InputRequired(), DIGITS])


class MergeForm(OtherForm):
    """A choice for each field in which the two records differ."""

    kept_version = HiddenField(validators=[InputRequired(), DIGITS])
    merged_version = HiddenField(validators=[InputRequired(), DIGITS])
    step = HiddenField(validators=[Regexp(r"(preview|merge)?\Z")])
    given_name = RadioField(_l("Nome"))
    family_name = RadioField(_l("Cognome"))
    work_email = RadioField(_l("E-mail di lavoro"))
    is_social_worker = RadioField(_l("Assistente sociale"))
    sex = RadioField(_l("Sesso"))
    birth_date = RadioField(_l("Data di nascita"))
    birth_place = RadioField(_l("Luogo di nascita"))
    tax_code = RadioField(_l("Codice fiscale"))
    sure = BooleanField(
        _l("Ho ricontrollato: è la stessa persona, e so che l'unione non si annulla da qui.")
    )

    @classmethod
    def of(cls, kept: Person, merged: Person, fields: tuple[str, ...], **more: Any) -> "MergeForm":
        """The form with a choice where the two differ; the value that is there is proposed."""
        form = cls(**more)
        for name in fields:
            mine, yours = getattr(kept, name), getattr(merged, name)
            if mine == yours:
                del form[name]
                continue
            form[name].choices = [
                SelectChoice(KEPT, shown(mine)),
                SelectChoice(MERGED, shown(yours)),
            ]
            if form[name].data not in (KEPT, MERGED) and not form.is_submitted():
                form[name].data = MERGED if mine is None else KEPT
        return form

    @property
    def chosen(self) -> list[Any]:
        """The fields with a choice."""
        return [field for field in self if isinstance(field, RadioField)]

    @property
    def taken(self) -> Mapping[str, bool]:
        """The fields whose value comes from the record that goes."""
        return {field.name: field.data == MERGED for field in self.chosen}

    def word(self, field: Any) -> str:
        """The value chosen."""
        return next((str(one.label) for one in field.choices if one.value == field.data), "")


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return _("(nessuno)")
    if isinstance(value, bool):
        return _("sì") if value else _("no")
    return value if isinstance(value, str) else day(value, "plain")
