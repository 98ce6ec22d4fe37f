# SPDX-License-Identifier: AGPL-3.0-or-later
"""The file that is sent, and what a person says of those the log does not name plainly."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.domain.vocabulary import ImportKind
from app.forms import Form
from app.spreadsheets import MAX_BYTES
from app.uploads import shown_name


class ImportForm(Form):
    """One file and what it is; its content is checked."""

    kind = RadioField(
        _l("Che cosa contiene"),
        [InputRequired(_l("Scegliere che cosa contiene il file."))],
        choices=[
            SelectChoice(
                ImportKind.ONLINE_LOG.value,
                _l("Registro della piattaforma (CSV): chi si è collegato, da che ora a che ora"),
            ),
            SelectChoice(
                ImportKind.SPREADSHEET.value,
                _l("Foglio di calcolo (CSV o XLSX): le presenze scritte nel modello"),
            ),
        ],
    )
    file = FileField(
        _l("File"),
        [FileRequired(_l("Scegliere il file."))],
        description=_l("Al massimo 5 MB. Prima di scrivere qualcosa si vede l'anteprima."),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )

    @property
    def chosen(self) -> ImportKind:
        return ImportKind(self.kind.data)

    @property
    def raw(self) -> bytes:
        """The bytes sent; one more than allowed is enough to refuse them."""
        return bytes(self.file.data.read(MAX_BYTES + 1))

    @property
    def file_name(self) -> str:
        return shown_name(self.file.data.filename)


@dataclass
class Choices:
    """Who strangers of the log are, which likely ones are confirmed, whether the rest is absent."""

    who: dict[int, int] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    absent: bool = False
    errors: dict[int, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, people: Collection[int]) -> "Choices":
        """The choices of the request; only these enrolments may be chosen."""
        known = {str(number): number for number in people}
        choices = cls(absent=request.form.get("absent") == "1")
        choices.confirmed = {known[n] for n in request.form.getlist("confirm") if n in known}
        for name, value in request.form.items():
            line = re.fullmatch("who-([0-9]{1,6})", name)
            if line is None or not value:
                continue
            if value in known:
                choices.who[int(line[1])] = known[value]
            else:
                choices.errors[int(line[1])] = _("Richiesta non valida.")
        return choices
