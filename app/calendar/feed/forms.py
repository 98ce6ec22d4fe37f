# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form that makes an address: nothing is chosen, it is for the role in use."""

import secrets

from wtforms import HiddenField
from wtforms.validators import Regexp

from app.forms import Form


class FeedForm(Form):
    """Without the key against double sending, under which the answer, and so the address, would
    be kept: the nonce does the same (``sharing.link_token``)."""

    idempotency_key = None
    nonce = HiddenField(default=lambda: secrets.token_hex(16), validators=[Regexp("[0-9a-f]{32}$")])
