# SPDX-License-Identifier: AGPL-3.0-or-later
"""The scan that is attached, and the lines written while looking at it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from app.domain.text import clean, is_clean
from app.forms import Form
from app.registers.evidence.actions import Line
from app.registers.evidence.queries import Compared
from app.uploads import MAX_BYTES, shown_name

LONGEST_REMARK = 200


class ScanForm(Form):
    """One file: what it is, its content says."""

    file = FileField(
        _l("Scansione o foto del foglio firmato"),
        [FileRequired(_l("Scegliere il file o scattare la foto."))],
        description=_l("PDF, JPEG o PNG, al massimo 10 MB. Di una foto si tiene solo l'immagine."),
        render_kw={"accept": "image/*,application/pdf"},
    )

    @property
    def raw(self) -> bytes:
        """The bytes sent; one more than allowed is enough to refuse them."""
        return bytes(self.file.data.read(MAX_BYTES + 1))

    @property
    def file_name(self) -> str:
        """The name as the sender's computer has it, for people only: fit to be shown."""
        return shown_name(self.file.data.filename)


@dataclass
class Lines:
    """What was chosen and written for each person, and what is wrong with it."""

    choices: dict[int, str] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, rows: Sequence[Compared]) -> "Lines":
        """The lines of these people as the request has them; nobody else's are read."""
        lines = cls()
        rest = "agrees" if request.form.get("others") else ""
        for row in rows:
            number = row.enrolment_id
            choice = request.form.get(f"line-{number}", "")
            remark = clean_remark(request.form.get(f"remark-{number}", ""))
            if row.line is None and not choice and not remark:
                choice = rest
            lines.choices[number], lines.remarks[number] = choice, remark
            lines._check(number)
        return lines

    def _check(self, number: int) -> None:
        choice, remark = self.choices[number], self.remarks[number]
        if choice not in ("", "agrees", "differs"):
            self.choices[number] = ""
            self.errors[number] = _("Richiesta non valida.")
        elif remark and choice == "":
            self.errors[number] = _("Scegliere se concorda o differisce.")
        elif remark and choice == "agrees":
            self.errors[number] = _("Chi concorda non ha differenze da descrivere.")
        elif len(remark) > LONGEST_REMARK:
            self.errors[number] = _(
                "Al massimo %(characters)d caratteri.", characters=LONGEST_REMARK
            )

    @property
    def wanted(self) -> dict[int, Line]:
        """The lines chosen, as the action takes them."""
        return {
            number: Line(choice == "agrees", self.remarks[number])
            for number, choice in self.choices.items()
            if choice
        }


def clean_remark(text: str) -> str:
    """One line, without what no keyboard writes."""
    return " ".join((text if is_clean(text) else clean(text)).split())
