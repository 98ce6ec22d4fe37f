# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a visitor types to verify a certificate."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from app.forms import Form


class CodeForm(Form):
    number = StringField(
        _l("Numero dell'attestato"),
        [Optional()],
        description=_l("Facoltativo, ad esempio 12/2015. Le dichiarazioni non hanno numero."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    code = StringField(
        _l("Codice di verifica"),
        [InputRequired(_l("Scrivere il codice stampato sull'attestato."))],
        description=_l(
            "32 lettere e cifre, con o senza trattini; con il numero bastano le prime 16."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class HolderForm(Form):
    name = StringField(
        _l("Nome e cognome dell'intestatario"),
        [InputRequired(_l("Scrivere nome e cognome.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
