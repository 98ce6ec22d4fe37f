# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody chooses who makes a link to her record."""

import secrets

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from app.domain.sharing import VALID_DAYS
from app.forms import Form


class LinkForm(Form):
    """Without the key against double sending, under which the answer, and so the address, would
    be kept: the nonce does the same (``sharing.link_token``)."""

    idempotency_key = None
    nonce = HiddenField(default=lambda: secrets.token_hex(16), validators=[Regexp("[0-9a-f]{32}$")])
    label = StringField(
        _l("Per chi è"),
        [InputRequired(_l("Scrivere per chi è il link.")), Length(max=120)],
        description=_l(
            "Ad esempio «Ufficio personale». Serve solo a riconoscerlo in questo elenco."
        ),
        render_kw={"autocomplete": "off"},
    )
    days = RadioField(
        _l("Per quanto vale"),
        coerce=int,
        choices=[
            SelectChoice(VALID_DAYS[0], _l("7 giorni")),
            SelectChoice(VALID_DAYS[1], _l("30 giorni")),
            SelectChoice(VALID_DAYS[2], _l("90 giorni")),
        ],
        default=VALID_DAYS[1],
    )
