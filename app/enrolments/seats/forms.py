# SPDX-License-Identifier: AGPL-3.0-or-later
"""One number for each body, and the day of giving back."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange, Optional

from app.fields import Day, Signed
from app.forms import Form


class SeatsForm(Form):
    gives_back_on = Day(
        _l("I posti vuoti passano in comune il"),
        [Optional()],
        description=_l(
            "A mezzanotte di quel giorno. Vuoto: ogni ente tiene i propri fino alla fine."
        ),
    )


def seats_form(bodies: Sequence[Any]) -> type[SeatsForm]:
    """The form with a field for each body (``body_id``, ``name``, ``seats``)."""
    fields = {
        f"seats_{body.body_id}": Signed(
            body.name,
            [
                InputRequired(_l("Scrivere un numero, anche zero.")),
                NumberRange(0, 10_000, _l("Un numero da 0 in su.")),
            ],
            default=body.seats,
            render_kw={"inputmode": "numeric", "size": 4},
        )
        for body in bodies
    }
    return type("SeatsOfBodies", (SeatsForm,), fields)
