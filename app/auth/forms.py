# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of what people type to sign in and to change their password."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.domain.passwords import LONGEST
from app.forms import Form


class LoginForm(Form):
    """Without the key against double sending: a password leaves no trace, not even a hash."""

    idempotency_key = None
    login = StringField(
        _l("Indirizzo e-mail"),
        [InputRequired(_l("Scrivere l'indirizzo e-mail.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Scrivere la password.")), Length(max=LONGEST)],
        filters=[],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    """As above."""

    idempotency_key = None
    old = PasswordField(
        _l("Password attuale"),
        [InputRequired(_l("Scrivere la password attuale.")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("Nuova password"),
        [
            InputRequired(_l("Scrivere la nuova password.")),
            Length(max=LONGEST),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Nuova password, di nuovo"),
        [
            InputRequired(_l("Scrivere di nuovo la nuova password.")),
            EqualTo("new", _l("Le due password non coincidono.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
