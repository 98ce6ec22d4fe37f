# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list of what to prepare, as a table; and the tick of one item."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form as Part
from wtforms import FormField, HiddenField
from wtforms.validators import NumberRange, Optional

from app.domain.checklist import FARTHEST, MOST_ITEMS
from app.fields import Signed, line, row_id, row_number
from app.forms import Form, clean_line, no_control_characters


class ItemRow(Part):
    """One row of the table."""

    number = row_number()
    title = line(_l("Che cosa"), 200, filters=[clean_line])
    days = Signed(
        _l("Giorni dalla prima lezione"),
        [Optional(), NumberRange(-FARTHEST, FARTHEST, _l("Da -365 a 365."))],
        render_kw={"autocomplete": "off"},
    )

    def validate_title(self, field: Any) -> None:
        no_control_characters(self, field)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and bool(self.title.data) and self.days.data is None:
            self.days.errors = [_l("Scrivere i giorni: -14 vuol dire due settimane prima.")]
            return False
        return valid


class ListForm(Form):
    """As many rows as a list may have; the page shows those written and three more."""

    seen = HiddenField()

    @property
    def rows(self) -> list[tuple[int | None, str, int]]:
        """The rows written: id of the item it was, title, days."""
        parts = [getattr(self, f"row{i}").form for i in range(MOST_ITEMS)]
        return [
            (row_id(part.number.data), part.title.data, part.days.data)
            for part in parts
            if part.title.data
        ]

    def shown(self, more: int = 3) -> list[Any]:
        """The fields of the rows to draw."""
        fields = [getattr(self, f"row{i}") for i in range(MOST_ITEMS)]
        written = [i for i, f in enumerate(fields) if f.form.title.data or f.errors]
        return fields[: (written[-1] + 1 if written else 0) + more]


for _i in range(MOST_ITEMS):
    setattr(
        ListForm,
        f"row{_i}",
        FormField(ItemRow, _l("Riga %(number)d", number=_i + 1), separator="-"),
    )


class TickForm(Form):
    item = HiddenField()
    done = HiddenField()

    @property
    def item_id(self) -> int:
        return row_id(self.item.data) or 0


def rows_of(items: Sequence[Any]) -> dict[str, Any]:
    """The items as the table shows them."""
    return {
        f"row{i}": {"number": str(item.id), "title": item.title, "days": item.days}
        for i, item in enumerate(items[:MOST_ITEMS])
    }
