# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which lesson is recovered where."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired, Regexp

from app.forms import Form

DIGITS = Regexp(r"[0-9]{1,9}\Z", message=_l("Richiesta non valida."))


class RecoveryForm(Form):
    """Chosen with one button among the lessons proposed."""

    missed = HiddenField(validators=[InputRequired(), DIGITS])
    lesson = HiddenField(validators=[InputRequired(), DIGITS])
