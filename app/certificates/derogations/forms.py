# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a derogation wants: category, text, attachment; and its withdrawal a reason."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.domain.derogations import SHORTEST_TEXT, DerogationCategory
from app.forms import Form
from app.labels import choices


class DerogationForm(Form):
    category = SelectField(
        _l("Categoria"),
        [InputRequired(_l("Scegliere la categoria."))],
        choices=lambda: [SelectChoice(*pair) for pair in choices(*DerogationCategory)],
    )
    reason = TextAreaField(
        _l("Motivazione"),
        [
            InputRequired(_l("Scrivere la motivazione.")),
            Length(SHORTEST_TEXT, 1000, _l("Da 20 a 1000 caratteri.")),
        ],
        description=_l("Perché l'attestato si rilascia sotto la soglia. Senza dati sulla salute."),
        render_kw={"rows": 5, "maxlength": 1000},
    )
    file = FileField(
        _l("Documento che la giustifica"),
        [FileRequired(_l("Allegare il documento."))],
        description=_l("PDF, JPEG o PNG, al massimo 10 MB."),
        render_kw={"accept": "application/pdf,image/jpeg,image/png"},
    )


class WithdrawalForm(Form):
    reason = TextAreaField(
        _l("Motivo del ritiro"),
        [
            InputRequired(_l("Scrivere il motivo.")),
            Length(10, 300, _l("Da 10 a 300 caratteri.")),
        ],
        render_kw={"rows": 3, "maxlength": 300},
    )
