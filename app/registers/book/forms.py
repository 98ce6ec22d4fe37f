# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of a reopening."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms import Form


class ReopenForm(Form):
    """Why the page is opened again; how long a reason is at least, the rules say."""

    reason = TextAreaField(
        _l("Motivo della riapertura"),
        [InputRequired(_l("Scrivere il motivo della riapertura.")), Length(max=400)],
        description=_l("Almeno 10 caratteri. Resta scritto nel registro."),
        render_kw={"rows": 3, "maxlength": 400},
    )
