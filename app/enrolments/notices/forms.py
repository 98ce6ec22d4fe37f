# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of a message; whom it goes to; what is sent again."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms import Form


class WordsForm(Form):
    subject = StringField(
        _l("Oggetto"),
        [
            InputRequired(_l("Scrivere l'oggetto.")),
            Length(max=200, message=_l("Al massimo 200 caratteri.")),
        ],
        render_kw={"maxlength": 200},
    )
    body = TextAreaField(
        _l("Testo"),
        [
            InputRequired(_l("Scrivere il testo.")),
            Length(max=5000, message=_l("Al massimo 5000 caratteri.")),
        ],
        render_kw={"rows": 12, "maxlength": 5000},
    )
    recipient = SelectField(_l("Anteprima per"), choices=[], validate_choice=False)


class SendForm(Form):
    seen = HiddenField()
    with_calendar = BooleanField(
        _l("Allega il calendario"),
        description=_l("Un file .ics con tutte le lezioni, da aprire con l'agenda."),
    )
