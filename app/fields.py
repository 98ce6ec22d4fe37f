# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fields that several forms have: whole numbers, days, texts of bounded length."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.domain.text import clean


class Whole(IntegerField):
    """A whole number in plain figures, and an Italian sentence for what is none."""

    sign = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = clean(valuelist[0]).strip() if valuelist else ""
        self.raw_data = [text]  # the page that says what is wrong repeats it
        digits = text.removeprefix(self.sign)
        if text and not (digits.isascii() and digits.isdigit() and len(digits) < 8):
            raise ValueError(_l("Serve un numero intero."))
        self.data = int(text) if text else None


class Signed(Whole):
    """The same, which may be below zero."""

    sign = "-"


class Day(DateField):
    """A day, and an Italian sentence for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        valuelist = self.raw_data = [clean(sent) for sent in valuelist]  # the page repeats it
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Quello scritto non è una data.")) from None


def line(label: Any, longest: int, missing: Any = None, **more: Any) -> StringField:
    """A line of text; ``missing``: what is said when it is empty, if it must not be."""
    return StringField(
        label,
        _bounds(longest, missing),
        render_kw={"maxlength": longest, "autocomplete": "off", **more.pop("render_kw", {})},
        **more,
    )


def text(
    label: Any, longest: int, missing: Any = None, rows: int = 4, **more: Any
) -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(
        label, _bounds(longest, missing), render_kw={"maxlength": longest, "rows": rows}, **more
    )


def _bounds(longest: int, missing: Any) -> list[Any]:
    words = _l("Al massimo %(longest)d caratteri.", longest=longest)
    required = [DataRequired(missing)] if missing else []
    return [*required, Length(max=longest, message=words)]


def version_of(field: Any) -> int:
    """The version a form was drawn from; -1 where it does not say."""
    sent = field.data or ""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


def row_number() -> HiddenField:
    """The id of what a row of a table was, or nothing: never anything else."""
    return HiddenField(filters=[lambda sent: str(row_id(sent) or "")])


def row_id(sent: str | None) -> int | None:
    """The id a row sent; None for a new row, and for what is no id."""
    text = sent or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
