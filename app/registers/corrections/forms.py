# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of a request for a correction, and of its decision."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.domain.attendance import Interval, Presence
from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import Window, clock_text
from app.domain.vocabulary import CorrectionSubject
from app.forms import Form, add_violation
from app.registers.corrections.actions import Wanted
from app.registers.forms import TIME, HeadCount, moment
from app.registers.marks import Mark
from app.uploads import MAX_BYTES, shown_name

FEWEST_STAYS, MOST_STAYS = 2, 20


class AskForm(Form):
    """What every request says: why, and perhaps a file that speaks for it."""

    reason = TextAreaField(
        _l("Motivo"),
        [InputRequired(_l("Scrivere il motivo della rettifica.")), Length(max=400)],
        description=_l("Che cosa è successo, in una o due frasi. Nessun dato sulla salute."),
        render_kw={"rows": 3, "maxlength": 400},
    )
    file = FileField(
        _l("Allegato (facoltativo)"),
        description=_l("PDF, JPEG o PNG, al massimo 10 MB. Nessun certificato medico."),
        render_kw={"accept": "image/*,application/pdf"},
    )
    times: Sequence[tuple[str, str]] = ()

    @property
    def has_file(self) -> bool:
        return bool(self.file.data and getattr(self.file.data, "filename", ""))

    @property
    def raw(self) -> bytes:
        """The bytes sent; one more than allowed is enough to refuse them."""
        return bytes(self.file.data.read(MAX_BYTES + 1))

    @property
    def file_name(self) -> str:
        """The name as the sender's computer has it, for people only: fit to be shown."""
        return shown_name(self.file.data.filename)

    @property
    def value(self) -> Any:
        """The field a wrong value is told beside."""
        raise NotImplementedError

    def wanted(self, starts_at: datetime, window: Window) -> Wanted:
        """What the page should say; RuleViolation for an impossible time, beside its field."""
        raise NotImplementedError


class TopicForm(AskForm):
    topic = TextAreaField(
        _l("Argomento svolto"),
        [InputRequired(_l("Scrivere l'argomento svolto.")), Length(max=300)],
        render_kw={"rows": 3, "maxlength": 300},
    )

    @property
    def value(self) -> Any:
        return self.topic

    def wanted(self, starts_at: datetime, window: Window) -> Wanted:
        return Wanted(CorrectionSubject.TOPIC, topic=self.topic.data)


class HeadsForm(AskForm):
    heads = HeadCount(
        _l("Persone contate in aula"),
        [InputRequired(_l("Scrivere quante persone c'erano in aula."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": 10_000},
    )

    @property
    def value(self) -> Any:
        return self.heads

    def wanted(self, starts_at: datetime, window: Window) -> Wanted:
        return Wanted(CorrectionSubject.HEADS, heads=self.heads.data)


class MarkCorrectionForm(AskForm):
    """One person's presence; as many stays as ``mark_form`` made room for."""

    status = RadioField(
        _l("Presenza giusta"),
        [InputRequired(_l("Scegliere presente, assente o assente giustificato."))],
        choices=[
            SelectChoice(Presence.PRESENT.value, _l("Presente")),
            SelectChoice(Presence.ABSENT.value, _l("Assente")),
            SelectChoice(Presence.JUSTIFIED.value, _l("Assente giustificato")),
        ],
    )

    @property
    def value(self) -> Any:
        return self.status

    def wanted(self, starts_at: datetime, window: Window) -> Wanted:
        status = Presence(self.status.data)
        stays = self._stays(starts_at, window) if status is Presence.PRESENT else ()
        return Wanted(CorrectionSubject.MARK, mark=Mark(status, stays))

    def _stays(self, starts_at: datetime, window: Window) -> tuple[Interval, ...]:
        """The stays written; nothing written means from the beginning to the end."""
        pairs = [(self[entered], self[left]) for entered, left in self.times]
        filled = [pair for pair in pairs if pair[0].data or pair[1].data] or pairs[:1]
        stays = []
        for number, (entered, left) in enumerate(filled):
            if number and not entered.data:
                violation = RuleViolation(Sentence("Scrivere a che ora è rientrata la persona."))
                add_violation(entered, violation)
                raise violation
            begin = moment(entered, starts_at) if entered.data else starts_at
            stays.append(Interval(begin, moment(left, starts_at) if left.data else window.end))
        return tuple(stays)


@cache
def _mark_form(number: int) -> type[MarkCorrectionForm]:
    fields: dict[str, Any] = {}
    times = []
    for i in range(number):
        names = (f"entered_{i}", f"left_{i}")
        entered = _l("Rientra alle") if i else _l("Entra alle")
        left = _l("Esce di nuovo alle") if i else _l("Esce alle")
        for name, label in zip(names, (entered, left), strict=True):
            fields[name] = StringField(label, [Optional(), Length(max=5)], render_kw=TIME)
        times.append(names)
    return type("MarkForm", (MarkCorrectionForm,), {**fields, "times": tuple(times)})


def mark_form(stays: Sequence[Interval]) -> type[MarkCorrectionForm]:
    """A form with room for the stays there are, and one more."""
    return _mark_form(min(max(FEWEST_STAYS, len(stays) + 1), MOST_STAYS))


def times_of(stays: Sequence[Interval]) -> dict[str, str]:
    """The stays as the form shows them."""
    shown = {}
    for i, stay in enumerate(stays):
        shown[f"entered_{i}"] = clock_text(stay.entered)
        shown[f"left_{i}"] = clock_text(stay.left) if stay.left else ""
    return shown


class DecideForm(Form):
    """The second key: which way, and why."""

    decision = RadioField(
        _l("Decisione"),
        [InputRequired(_l("Scegliere se approvare o respingere."))],
        choices=[SelectChoice("approve", _l("Approva")), SelectChoice("reject", _l("Respingi"))],
    )
    note = TextAreaField(
        _l("Nota"),
        [Optional(), Length(max=400)],
        description=_l("Necessaria per respingere: la legge chi ha chiesto la rettifica."),
        render_kw={"rows": 2, "maxlength": 400},
    )

    @property
    def approves(self) -> bool:
        return bool(self.decision.data == "approve")
