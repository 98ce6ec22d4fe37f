# SPDX-License-Identifier: AGPL-3.0-or-later
"""An edition as it is planned; how it is held again; the reasons of its passages."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from app import labels
from app.domain.vocabulary import EditionKind, Mode
from app.fields import Day, Whole, line, text, version_of
from app.forms import Form

NOBODY = 0
# Fields that the opening of the edition fixes.
FROZEN = ("code", "kind", "body", "venue", "threshold", "hours", "minutes", "credits_asked")

Choices = Sequence[tuple[int, str]]


def _number(label: Any, least: int, most: int, **more: Any) -> Whole:
    return Whole(
        label,
        [
            InputRequired(_l("Scrivere un numero.")),
            NumberRange(least, most, _l("Da %(least)d a %(most)d.", least=least, most=most)),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": least, "max": most},
        **more,
    )


class EditionForm(Form):
    seen = HiddenField()
    code = line(_l("Codice"), 30, _l("Scrivere il codice."))
    kind = SelectField(_l("Tipo"))
    body = SelectField(_l("Ente attuatore"), coerce=int)
    organiser = SelectField(
        _l("Referente"), coerce=int, description=_l("Una persona dell'ente attuatore.")
    )
    venue = SelectField(
        _l("Sede"), coerce=int, description=_l("Tra parentesi i posti. Serve anche a distanza: da lì si tiene.")
    )  # fmt: skip
    mode = SelectField(_l("Modalità"))
    seats_min = _number(_l("Posti: minimo per confermare"), 1, 10_000)
    seats_max = _number(_l("Posti: massimo"), 1, 10_000)
    enrol_opens_on = Day(_l("Iscrizioni dal"), [Optional()])
    enrol_closes_on = Day(_l("Iscrizioni fino al"), [Optional()])
    threshold = _number(_l("Soglia di frequenza, in percento"), 0, 100)
    hours = _number(_l("Durata prevista: ore"), 0, 1000)
    minutes = _number(_l("Durata prevista: minuti"), 0, 59)
    body_approval = BooleanField(_l("L'iscrizione chiesta da una persona la approva il suo ente"))
    asks_questionnaire = BooleanField(_l("Chiede il questionario di gradimento"))
    credits_asked = BooleanField(_l("Accreditamento chiesto all'Ordine degli assistenti sociali"))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.kind.choices = labels.choices(*EditionKind)
        self.mode.choices = labels.choices(*Mode)

    def offer(self, bodies: Choices, organisers: Choices, venues: Choices) -> "EditionForm":
        """Bodies, people and venues to choose among."""
        self.body.choices = list(bodies)
        self.organiser.choices = [(NOBODY, str(_l("Da indicare"))), *organisers]
        self.venue.choices = list(venues)
        return self

    def drop(self, *names: str) -> None:
        """Take fields away: what is sent under their names is not read."""
        for name in names:
            if name in self:
                del self[name]

    @property
    def version(self) -> int:
        return version_of(self.seen)


class CloneForm(Form):
    code = line(_l("Codice della nuova edizione"), 30, _l("Scrivere il codice."))
    first_day = Day(_l("Primo giorno"), [InputRequired(_l("Scegliere il primo giorno."))])
    staff = BooleanField(_l("Copia anche docenti e tutor"))
    breaks = BooleanField(_l("Copia anche le pause"))


class ReasonForm(Form):
    reason = text(_l("Motivo"), 500, rows=3)


class CancelForm(Form):
    reason = text(_l("Motivo"), 500, _l("Scrivere il motivo."), rows=3)
    tell = BooleanField(_l("Avvisa per posta chi è iscritto o in attesa, docenti e tutor"))
