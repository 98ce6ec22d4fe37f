# SPDX-License-Identifier: AGPL-3.0-or-later
"""The questionnaire: five statements to rate, and room for a comment."""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.domain.questionnaires import RATINGS, STATEMENTS
from app.errors import explain
from app.forms import Form

CHOICES = [SelectChoice(rating, str(rating)) for rating in RATINGS]


class QuestionnaireForm(Form):
    """Without a key: what was sent must not be kept, not even as a hash, beside the account."""

    idempotency_key = None
    comment = TextAreaField(
        _l("Che cosa cambieresti, o terresti"),
        [Length(max=1000)],
        description=_l(
            "Facoltativo, al massimo 1000 caratteri. Non scrivere nomi, nemmeno il tuo."
        ),
        render_kw={"rows": 4, "maxlength": 1000},
    )

    @property
    def statements(self) -> list[RadioField]:
        return [self[key] for key in STATEMENTS]

    @property
    def ratings(self) -> dict[str, int]:
        return {key: self[key].data for key in STATEMENTS}


def _statement(key: str) -> RadioField:
    return RadioField(
        LazyString(explain, STATEMENTS[key]),
        [InputRequired(_l("Scegliere un voto da 1 a 5."))],
        coerce=int,
        choices=CHOICES,
    )


for _key in STATEMENTS:
    setattr(QuestionnaireForm, _key, _statement(_key))
