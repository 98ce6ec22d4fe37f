# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one tap that confirms."""

from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired

from app.domain.vocabulary import CheckInKind
from app.forms import Form


class ConfirmForm(Form):
    """Which of the two the person confirms; the button says it in words."""

    kind = HiddenField(validators=[InputRequired(), AnyOf([k.value for k in CheckInKind])])
