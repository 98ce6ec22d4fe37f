# SPDX-License-Identifier: AGPL-3.0-or-later
"""A venue as it is written down."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, NumberRange

from app.fields import Whole, line, version_of
from app.forms import Form

COLUMNS = ("name", "town", "address", "capacity", "accessible")


class VenueForm(Form):
    seen = HiddenField()
    name = line(_l("Nome"), 200, _l("Scrivere il nome."))
    town = line(_l("Comune"), 80, _l("Scrivere il Comune."))
    address = line(_l("Indirizzo"), 200)
    capacity = Whole(
        _l("Posti"),
        [InputRequired(_l("Scrivere un numero.")), NumberRange(1, 10_000, _l("Da 1 a 10.000."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 1, "max": 10_000},
    )
    accessible = BooleanField(_l("Accessibile a persone con disabilità motoria"))

    @property
    def version(self) -> int:
        return version_of(self.seen)

    @property
    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name).data for name in COLUMNS} | {
            "address": self.address.data or ""
        }
