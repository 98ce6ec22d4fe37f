# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom a body proposes, and the answer."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.accounts.forms import PersonFields
from app.domain.roles import Role
from app.forms import Form

ACCEPT, DECLINE = "accept", "decline"


class ProposalForm(PersonFields):
    role = RadioField(
        _l("Che cosa farà"),
        [InputRequired(_l("Scegliere il ruolo."))],
        choices=[
            SelectChoice(Role.PARTICIPANT.value, _l("Partecipante: i propri corsi e attestati")),
            SelectChoice(
                Role.BODY_REPRESENTATIVE.value, _l("Referente dell’ente: i corsi del personale")
            ),
        ],
        default=Role.PARTICIPANT.value,
    )


class DecisionForm(Form):
    decision = RadioField(
        _l("Decisione"),
        [InputRequired(_l("Scegliere se accettare o respingere."))],
        choices=[
            SelectChoice(ACCEPT, _l("Accetta: parte l’invito")),
            SelectChoice(DECLINE, _l("Respingi, con un motivo")),
        ],
    )
    note = TextAreaField(
        _l("Motivo"),
        [Length(max=500)],
        description=_l("Serve per respingere: lo legge chi ha proposto."),
        render_kw={"rows": 3},
    )
