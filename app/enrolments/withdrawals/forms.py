# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why somebody leaves, and where somebody is moved in the waiting list."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from app.domain.enrolment import WithdrawalReason
from app.fields import Whole
from app.forms import Form
from app.labels import choices


class WithdrawalForm(Form):
    reason = SelectField(
        _l("Motivo"),
        [InputRequired(_l("Scegliere il motivo."))],
        choices=lambda: [SelectChoice(*pair) for pair in choices(*WithdrawalReason)],
    )
    promote = BooleanField(_l("Dai il posto al primo della lista d'attesa, a corso iniziato"))
    tell = BooleanField(
        _l("Manda la conferma a chi prende il posto"),
        description=_l(
            "Con il testo della conferma di questa edizione. Altrimenti non parte nulla."
        ),
    )


class PlaceForm(Form):
    position = Whole(
        _l("Nuovo posto in lista"),
        [
            InputRequired(_l("Scrivere il posto.")),
            NumberRange(1, 10_000, _l("Un numero da 1 in su.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    note = TextAreaField(
        _l("Motivo"),
        [
            InputRequired(_l("Scrivere il motivo.")),
            Length(10, 300, _l("Da 10 a 300 caratteri.")),
        ],
        description=_l("Lo leggono la persona e il suo ente. Senza dati sulla salute."),
        render_kw={"rows": 3, "maxlength": 300},
    )
