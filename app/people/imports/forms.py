# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list that is sent, what its columns tell, how unsure names are read."""

import re
from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from app.domain.intake.columns import Field
from app.forms import Form
from app.uploads import MAX_TABLE_BYTES, shown_name


class IntakeForm(Form):
    """One file; the coordinator says whose people they are."""

    body = SelectField(
        _l("Ente"),
        description=_l("Di chi sono le persone. «Scritto nel file» se ogni riga ha il suo ente."),
        default="",
        validate_choice=True,
    )
    file = FileField(
        _l("File"),
        [FileRequired(_l("Scegliere il file."))],
        description=_l(
            "CSV o XLSX, al massimo 5 MB e 20 000 righe. Prima di registrare qualcosa si vede il controllo."
        ),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )

    def choices(self, bodies: Sequence[tuple[int, str]]) -> None:
        """The bodies to choose from; none for whoever sends her own body's people."""
        if not bodies:
            del self.body
            return
        named = [(str(body_id), name) for body_id, name in bodies]
        self.body.choices = [("", _l("Scritto nel file, riga per riga")), *named]

    @property
    def body_id(self) -> int | None:
        chosen = self.body.data if "body" in self else ""
        return int(chosen) if chosen else None

    @property
    def raw(self) -> bytes:
        """The bytes sent; one more than allowed is enough to refuse them."""
        return bytes(self.file.data.read(MAX_TABLE_BYTES + 1))

    @property
    def file_name(self) -> str:
        return shown_name(self.file.data.filename)


def sent_mapping(number: int) -> dict[int, Field] | None:
    """What each of so many columns was said to tell; None when that was never offered."""
    known = {one.value: one for one in Field}
    found: dict[int, Field] = {}
    for index in range(number):
        value = request.form.get(f"column-{index}", "")
        if value and value not in known:
            return None
        if value:
            found[index] = known[value]
    return found


def sent_names() -> dict[int, int]:
    """The choices for unsure names, by row of the file."""
    found = {}
    for name, value in request.form.items():
        line = re.fullmatch("name-([0-9]{1,5})", name)
        if line and re.fullmatch("[0-9]{1,2}", value):
            found[int(line[1])] = int(value)
    return found
