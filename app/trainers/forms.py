# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who takes whose place at a lesson, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms import Form


class SubstituteForm(Form):
    staff = SelectField(_l("Chi va sostituito"), coerce=int)
    person = SelectField(_l("Chi subentra"), coerce=int)
    reason = TextAreaField(
        _l("Motivo"),
        [InputRequired(_l("Scrivere il motivo della sostituzione.")), Length(max=200)],
        description=_l(
            "Almeno 10 caratteri. Resta nella pista di controllo: senza notizie sulla salute."
        ),
        render_kw={"rows": 3},
    )
    tell = BooleanField(_l("Spedisci il messaggio con il calendario aggiornato"))
