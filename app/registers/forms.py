# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shape of marks and of the closing of a sheet."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.clock import ROME
from app.domain.attendance import Interval, Presence
from app.domain.errors import RuleViolation, Sentence
from app.domain.timetable import at, parse_time
from app.forms import Form, add_violation
from app.models.types import INTEGER_MAX
from app.registers.marks import Mark

DIGITS = Regexp(r"[0-9]{1,9}\Z", message=_l("Richiesta non valida."))
MOMENT = Regexp(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z\Z",
    message=_l("Richiesta non valida."),
)
TIME = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 5, "size": 5}
STATUSES = {
    "present": Presence.PRESENT,
    "absent": Presence.ABSENT,
    "justified": Presence.JUSTIFIED,
    "clear": None,
}


class MarkForm(Form):
    """One person's mark; the times are those of the lesson's day.

    ``marked_at`` is when the hand made it (ISO 8601, UTC with Z), told by a page that may
    have been without network.
    """

    enrolment = HiddenField(validators=[InputRequired(), DIGITS])
    version = HiddenField(validators=[InputRequired(), DIGITS])
    mark = HiddenField(
        validators=[InputRequired(), Regexp(r"(present|absent|justified|clear|times)\Z")]
    )
    entered = StringField(_l("Entra alle"), [Optional(), Length(max=5)], render_kw=TIME)
    left = StringField(_l("Esce alle"), [Optional(), Length(max=5)], render_kw=TIME)
    entered_again = StringField(_l("Rientra alle"), [Optional(), Length(max=5)], render_kw=TIME)
    left_again = StringField(_l("Esce di nuovo alle"), [Optional(), Length(max=5)], render_kw=TIME)
    marked_at = HiddenField(validators=[Optional(), MOMENT])

    def validate_marked_at(self, field: Any) -> None:
        """A day and an hour that exist."""
        try:
            self.told()
        except ValueError:
            raise ValidationError(_("Richiesta non valida.")) from None

    def told(self) -> datetime | None:
        """When the hand made the mark, as the page tells."""
        return datetime.fromisoformat(self.marked_at.data) if self.marked_at.data else None

    def wanted(self, starts_at: datetime) -> Mark:
        """The mark meant; RuleViolation for an impossible time, told beside its field."""
        if self.mark.data == "present":
            return Mark(Presence.PRESENT, (Interval(starts_at, None),))
        if self.mark.data != "times":
            return Mark(STATUSES[self.mark.data])
        entered = self._moment(self.entered, starts_at) or starts_at
        stays = [Interval(entered, self._moment(self.left, starts_at))]
        again = self._moment(self.entered_again, starts_at)
        left_again = self._moment(self.left_again, starts_at)
        if again:
            stays.append(Interval(again, left_again))
        elif left_again:
            violation = RuleViolation(Sentence("Scrivere a che ora è rientrata la persona."))
            add_violation(self.entered_again, violation)
            raise violation
        return Mark(Presence.PRESENT, tuple(stays))

    def in_words(self, words: Mapping[str, str]) -> str:
        """What the hand wanted, for who must choose again; ``words`` name the marks."""
        if self.mark.data != "times":
            return words[self.mark.data]
        times = [self.entered, self.left, self.entered_again, self.left_again]
        entered, left, again, left_again = (field.data or "…" for field in times)
        stays = [f"{entered}–{left}", *([f"{again}–{left_again}"] if times[2].data else [])]
        return f"{words['present']} {', '.join(stays)}"

    def _moment(self, field: Any, starts_at: datetime) -> datetime | None:
        return moment(field, starts_at) if field.data else None


def moment(field: Any, starts_at: datetime) -> datetime:
    """The time written in the field, on the lesson's day; a mistake is told beside the field."""
    try:
        return at(starts_at.astimezone(ROME).date(), parse_time(field.data))
    except RuleViolation as violation:
        add_violation(field, violation)
        raise


class AllPresentForm(Form):
    """Everybody not yet marked, from a time."""

    entered = StringField(_l("Dalle ore"), [InputRequired(), Length(max=5)], render_kw=TIME)


class HeadCount(IntegerField):
    """A number in plain digits: ``int`` alone would also read 1_0 and ٣."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and valuelist[0] and not re.fullmatch("-?[0-9]{1,9}", valuelist[0].strip()):
            self.data = None
            raise ValueError(_("Un numero tra 0 e 10 000."))
        super().process_formdata(valuelist)


class CloseForm(Form):
    """What the trainer writes at the end of the lesson."""

    seen = HiddenField(validators=[InputRequired(), DIGITS])
    topic = TextAreaField(
        _l("Argomento svolto"),
        [InputRequired(_l("Scrivere l'argomento svolto.")), Length(max=300)],
        render_kw={"rows": 2},
    )
    start = StringField(_l("Inizio effettivo"), [InputRequired(), Length(max=5)], render_kw=TIME)
    end = StringField(_l("Fine effettiva"), [InputRequired(), Length(max=5)], render_kw=TIME)
    heads = HeadCount(
        _l("Persone contate in aula"),
        [
            InputRequired(_l("Contare le persone in aula e scrivere quante sono.")),
            NumberRange(0, 10_000, _l("Un numero tra 0 e 10 000.")),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": 10_000},
    )
    note = StringField(
        _l("Nota"),
        [Optional(), Length(max=300)],
        description=_l("Necessaria se le persone contate non sono quante i presenti segnati."),
    )


def integer(text: str) -> int:
    """A number already checked to be at most nine digits."""
    return min(int(text), INTEGER_MAX)
