# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is typed by whoever has a link, or asks for one."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.domain.passwords import LONGEST
from app.forms import Form


class AddressForm(Form):
    idempotency_key = None
    login = StringField(
        _l("Indirizzo e-mail"),
        [InputRequired(_l("Scrivere l'indirizzo e-mail.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


class NewPasswordForm(Form):
    """Without the key against double sending: a password leaves no trace, not even a hash."""

    idempotency_key = None
    new = PasswordField(
        _l("Nuova password"),
        [InputRequired(_l("Scrivere la nuova password.")), Length(max=LONGEST)],
        description=_l("Almeno 12 caratteri; tre o quattro parole senza legame vanno bene."),
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
