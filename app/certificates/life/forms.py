# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of whoever decides on a certificate."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.forms import Form

DECISIONS = (
    ("confirm", _l("Confermare: dice ancora il vero")),
    ("replace", _l("Sostituire: se ne rilascia un altro, con un numero nuovo")),
    ("revoke", _l("Revocare: non vale più, e resta scritto")),
)


class DecisionForm(Form):
    decision = RadioField(
        _l("Che cosa fare"),
        [InputRequired(_l("Scegliere che cosa fare."))],
        choices=[SelectChoice(*pair) for pair in DECISIONS],
    )
    reason = TextAreaField(
        _l("Motivo"),
        [Length(max=300, message=_l("Al massimo 300 caratteri."))],
        description=_l("Per sostituire o revocare: almeno dieci caratteri. Resta agli atti, non è pubblico."),
        render_kw={"rows": 3, "maxlength": 300},
    )  # fmt: skip
    notify = BooleanField(_l("Avvisare per e-mail chi riceve il nuovo attestato"))


class SignedCopyForm(Form):
    file = FileField(
        _l("Copia firmata (PDF)"),
        [FileRequired(_l("Scegliere il file firmato."))],
        description=_l("Il PDF scaricato da qui, firmato con il proprio strumento (PAdES)."),
        render_kw={"accept": "application/pdf,.pdf"},
    )
