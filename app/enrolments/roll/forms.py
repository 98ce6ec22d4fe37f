# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a decision asks: a reason, where somebody is refused or put off."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms import Form


class DecisionForm(Form):
    note = TextAreaField(
        _l("Nota"),
        [Length(max=300, message=_l("Al massimo 300 caratteri."))],
        description=_l("La leggono la persona e il suo ente. Senza dati sulla salute."),
        render_kw={"rows": 3, "maxlength": 300},
    )


class RefusalForm(Form):
    note = TextAreaField(
        _l("Motivo"),
        [
            InputRequired(_l("Scrivere il motivo.")),
            Length(10, 300, _l("Da 10 a 300 caratteri.")),
        ],
        description=_l("Lo leggono la persona e il suo ente. Senza dati sulla salute."),
        render_kw={"rows": 3, "maxlength": 300},
    )
