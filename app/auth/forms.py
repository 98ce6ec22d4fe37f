# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of what people type to sign in and to change their password."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.forms import Form


class LoginForm(Form):
    login = StringField(
        _l("Indirizzo e-mail"),
        [InputRequired(_l("Scrivere l'indirizzo e-mail.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Scrivere la password.")), Length(max=1024)],
        filters=[],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    old = PasswordField(
        _l("Password attuale"),
        [InputRequired(_l("Scrivere la password attuale.")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("Nuova password"),
        [
            InputRequired(_l("Scrivere la nuova password.")),
            Length(min=10, max=1024, message=_l("Almeno 10 caratteri.")),
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
