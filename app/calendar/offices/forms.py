# SPDX-License-Identifier: AGPL-3.0-or-later
"""From which share of an office on there is a warning."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

from app.fields import Whole
from app.forms import Form


class ShareForm(Form):
    share = Whole(
        _l("Quota dell'ufficio, in percento"),
        [
            InputRequired(_l("Scrivere un numero da 1 a 100.")),
            NumberRange(1, 100, _l("Scrivere un numero da 1 a 100.")),
        ],
        description=_l(
            "L'avviso compare quando è a lezione più di questa quota, e da due persone in su."
        ),
    )
