# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accreditation of an edition: asked or not, and what the Order answered."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Length, NumberRange, Optional

from app.domain.credits import MOST
from app.fields import Whole
from app.forms import Form
from app.logos import printable


class CreditsForm(Form):
    asked = BooleanField(
        _l("Accreditamento chiesto all'Ordine"),
        description=_l("Va chiesto prima dell'inizio: dopo, non si può più."),
    )
    event_id = StringField(
        _l("Codice dell'evento"),
        [Length(max=40, message=_l("Al massimo 40 caratteri.")), printable],
        description=_l("Il numero dato dal CNOAS, per esempio 12345."),
        render_kw={"maxlength": 40, "autocomplete": "off", "class": "field-short"},
    )
    training = Whole(
        _l("Crediti formativi"),
        [Optional(), NumberRange(1, MOST, _l("Da 1 a 60."))],
        description=_l("In tutto, compresi i deontologici."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 1, "max": MOST},
    )
    ethics = Whole(
        _l("di cui deontologici"),
        [Optional(), NumberRange(0, MOST, _l("Da 0 a 60."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 0, "max": MOST},
    )
