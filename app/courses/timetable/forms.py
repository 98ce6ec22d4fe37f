# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form around a timetable: its rows, a weekly pattern, pasted text, a reason."""

import re
from dataclasses import replace

from flask import abort, request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.courses.timetable.table import Table
from app.domain.errors import RuleViolation, Sentence
from app.domain.lesson_rows import FIELDS, RowText
from app.domain.pasted_timetable import MOST_CHARACTERS
from app.domain.text import clean
from app.domain.timetable import Window, at, check_lesson, length_minutes
from app.domain.variations import LONGEST_REASON
from app.domain.weekly import Days, Pattern, pattern_days
from app.domain.written_times import parse_day, parse_days, parse_hour, parse_spans
from app.forms import Form, add_violation
from app.models.types import INTEGER_MAX

MOST_SENT = 400  # rows of a request; a timetable has fewer
LONGEST_FIELD = 500
_DAYS = [
    SelectChoice(str(number), name)
    for number, name in enumerate(
        (
            _l("lunedì"), _l("martedì"), _l("mercoledì"), _l("giovedì"),
            _l("venerdì"), _l("sabato"), _l("domenica"),
        )
    )
]  # fmt: skip
_SHORT = {"autocomplete": "off", "size": 6}


class TimetableForm(Form):
    """What stands around the rows; the rows themselves are lists of fields of one name."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Motivo"),
        [Length(max=LONGEST_REASON, message=_l("Al massimo 300 caratteri."))],
        description=_l("Almeno 10 caratteri: resta nel fascicolo con la variazione."),
        render_kw={"rows": 2},
    )
    tell = BooleanField(_l("Spedisci il messaggio con il calendario aggiornato"))
    weekdays = SelectMultipleField(
        _l("Giorni della settimana"),
        choices=_DAYS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    first = StringField(_l("Dal giorno"), render_kw={"autocomplete": "off", "size": 12})
    starts = StringField(_l("Inizio"), render_kw=_SHORT)
    ends = StringField(_l("Fine"), render_kw=_SHORT)
    pauses = StringField(_l("Pause"), description=_l("Ad esempio 11:00-11:15."))
    lessons = StringField(
        _l("Numero di lezioni"),
        description=_l("Vuoto: quante bastano a coprire la durata del corso."),
        render_kw={"inputmode": "numeric", **_SHORT},
    )
    left_out = StringField(
        _l("Date da saltare"),
        description=_l("Le feste nazionali si saltano da sé; qui il patrono e altre chiusure."),
    )
    pasted = TextAreaField(
        _l("Righe del foglio di calcolo"),
        [Length(max=MOST_CHARACTERS, message=_l("Il testo è troppo lungo: incollarne una parte."))],
        description=_l(
            "Con la riga dei titoli: Data, Inizio, Fine (o Orario), Pause, Modulo, Argomento, "
            "Docente, Tutor, Sede, in qualsiasi ordine."
        ),
        render_kw={"rows": 6, "spellcheck": "false", "wrap": "off"},
    )

    @property
    def seen_number(self) -> int:
        return int(self.seen.data) if re.fullmatch("[0-9]{1,9}", self.seen.data or "") else -1

    def pattern(self, table: Table) -> tuple[list[RowText], Days] | None:
        """The rows of the weekly pattern, after those there are; None with what is wrong beside."""
        found = {
            name: self._read(name, reader)
            for name, reader in (
                ("first", parse_day), ("starts", parse_hour), ("ends", parse_hour),
                ("pauses", parse_spans), ("left_out", parse_days),
                ("lessons", _number),
            )
        }  # fmt: skip
        if self.errors:
            return None
        first, starts, ends = found["first"], found["starts"], found["ends"]
        try:
            start, end = at(first, starts), at(first, ends)
            check_lesson(start, end)
            breaks = [Window(at(first, a), at(first, b)) for a, b in found["pauses"]]
            days = pattern_days(
                Pattern(
                    weekdays=frozenset(int(day) for day in self.weekdays.data or ()),
                    first=first,
                    lesson_minutes=length_minutes(start, end, breaks),
                    lessons=found["lessons"],
                    minutes=table.missing,
                    left_out=frozenset(found["left_out"]),
                )
            )
        except RuleViolation as violation:
            add_violation(self.weekdays, violation)
            return None
        like = RowText(
            start=f"{starts:%H:%M}", end=f"{ends:%H:%M}", breaks=(self.pauses.data or "").strip()
        )
        return [replace(like, day=f"{day:%d/%m/%Y}") for day in days.chosen], days

    def _read(self, name: str, reader):  # type: ignore[no-untyped-def]
        field = self[name]
        try:
            return reader(field.data or "")
        except RuleViolation as violation:
            add_violation(field, violation)
            return None


def _number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,3}", text):
        raise RuleViolation(Sentence("«%(text)s» non è un numero di lezioni.", {"text": text[:40]}))
    return int(text)


def sent_rows() -> list[RowText]:
    """The rows of the request, in their order; 400 where they are no table."""
    columns = {name: request.form.getlist(name) for name in ("lesson", *FIELDS)}
    count = len(columns["lesson"])
    if count > MOST_SENT or any(len(values) != count for values in columns.values()):
        abort(400)
    return [
        RowText(
            lesson=_lesson(columns["lesson"][place]),
            **{name: _line(columns[name][place]) for name in FIELDS},
        )
        for place in range(count)
    ]


def _lesson(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > INTEGER_MAX:
        abort(400)
    return int(text)


def _line(text: str) -> str:
    """One line; what is longer than any field is cut, and refused for its length."""
    return " ".join(clean(text[: LONGEST_FIELD * 2]).split())[:LONGEST_FIELD]
