# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked when certificates are issued."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.forms import Form


class IssueForm(Form):
    notify = BooleanField(
        _l("Avvisare per e-mail chi lo riceve"),
        description=_l("Un messaggio a testa, dopo il rilascio, con l'indirizzo di verifica."),
    )
