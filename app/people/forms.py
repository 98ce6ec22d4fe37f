# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a certificate must state about its holder."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app import clock
from app.forms import Day, Form

OLDEST = 120  # years


class PersonForm(Form):
    given_name = StringField(
        _l("Nome"),
        [InputRequired(_l("Scrivere il nome.")), Length(max=80, message=_l("Al massimo 80 caratteri."))],
        render_kw={"maxlength": 80, "autocomplete": "off"},
    )  # fmt: skip
    family_name = StringField(
        _l("Cognome"),
        [InputRequired(_l("Scrivere il cognome.")), Length(max=80, message=_l("Al massimo 80 caratteri."))],
        render_kw={"maxlength": 80, "autocomplete": "off"},
    )  # fmt: skip
    birth_date = Day(_l("Data di nascita"), [Optional()])
    birth_place = StringField(
        _l("Luogo di nascita"),
        [Length(max=120, message=_l("Al massimo 120 caratteri."))],
        description=_l("Come va sull'attestato: il Comune, o lo Stato estero."),
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    tax_code = StringField(
        _l("Codice fiscale"),
        [Length(max=20, message=_l("Al massimo 16 caratteri."))],
        render_kw={"maxlength": 20, "autocomplete": "off", "autocapitalize": "characters"},
    )
    is_social_worker = BooleanField(_l("Assistente sociale (per i crediti formativi)"))

    def validate_birth_date(self, field: DateField) -> None:
        today = clock.today()
        if field.data and not (today.year - OLDEST <= field.data.year and field.data < today):
            raise ValidationError(_l("Una data di nascita nel passato."))

    @property
    def values(self) -> dict[str, object]:
        """What to keep: empty text is nothing."""
        return {
            "given_name": self.given_name.data,
            "family_name": self.family_name.data,
            "birth_date": self.birth_date.data,
            "birth_place": self.birth_place.data or None,
            "tax_code": self.tax_code.data or None,
            "is_social_worker": self.is_social_worker.data,
        }
