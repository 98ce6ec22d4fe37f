# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an official says when she asks for a seat: for which of her offices."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from app.forms import Form


class RequestForm(Form):
    affiliation = SelectField(
        _l("Ente e ufficio"), [InputRequired(_l("Scegliere l'ente."))], choices=[]
    )
