# SPDX-License-Identifier: AGPL-3.0-or-later
"""A course, and its modules as a table."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form as Part
from wtforms import FormField, HiddenField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from app import labels
from app.domain.catalogue import MOST_MODULES
from app.domain.certificates import CertificateKind
from app.fields import Whole, line, row_id, row_number, text, version_of
from app.forms import Form, clean_line, no_control_characters

KINDS = (CertificateKind.FREQUENCY, CertificateKind.PARTICIPATION, CertificateKind.WITH_ASSESSMENT)
COLUMNS = ("code", "title", "area", "audience", "objectives", "contents")


def number(label: Any, least: int, most: int, **more: Any) -> Whole:
    """A whole number that must be there."""
    return Whole(
        label,
        [
            InputRequired(_l("Scrivere un numero.")),
            NumberRange(least, most, _l("Da %(least)d a %(most)d.", least=least, most=most)),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": least, "max": most,
                   "class": "field-short"},
        **more,
    )  # fmt: skip


class CourseForm(Form):
    seen = HiddenField()
    code = line(_l("Codice"), 20, _l("Scrivere il codice."))
    title = line(_l("Titolo"), 200, _l("Scrivere il titolo."))
    area = line(_l("Area"), 80)
    audience = text(_l("Destinatari"), 400, rows=2)
    objectives = text(_l("Obiettivi"), 2000)
    contents = text(_l("Contenuti"), 4000, rows=6)
    hours = number(_l("Durata: ore"), 0, 1000)
    minutes = number(_l("Durata: minuti"), 0, 59)
    certificate_kind = SelectField(_l("Attestato"))
    default_threshold = number(
        _l("Soglia di frequenza, in percento"),
        0,
        100,
        description=_l("Quanta parte delle ore svolte serve per l'attestato."),
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.certificate_kind.choices = labels.choices(*KINDS)

    @property
    def version(self) -> int:
        return version_of(self.seen)

    @property
    def columns(self) -> dict[str, Any]:
        """What to keep, by the name of its column; the length apart."""
        return {
            **{name: getattr(self, name).data or "" for name in COLUMNS},
            "certificate_kind": CertificateKind(self.certificate_kind.data),
            "default_threshold": self.default_threshold.data,
        }


class ModuleRow(Part):
    """One row of the table."""

    number = row_number()
    title = line(_l("Titolo"), 200, filters=[clean_line])
    minutes = Whole(
        _l("Minuti"),
        [Optional(), NumberRange(1, 60_000, _l("Da 1 a 60.000."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "field-short"},
    )

    def validate_title(self, field: Any) -> None:
        no_control_characters(self, field)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and bool(self.title.data) != (self.minutes.data is not None):
            wrong = self.minutes if self.title.data else self.title
            wrong.errors = [_l("Servono sia il titolo sia i minuti.")]
            return False
        return valid


class ModulesForm(Form):
    """As many rows as a course may have modules; the page shows those written and three more."""

    seen = HiddenField()

    @property
    def version(self) -> int:
        return version_of(self.seen)

    @property
    def parts(self) -> list[ModuleRow]:
        return [getattr(self, f"row{i}").form for i in range(MOST_MODULES)]

    @property
    def rows(self) -> list[tuple[int | None, str, int]]:
        """The rows written: id of the module it was, title, minutes."""
        return [
            (row_id(p.number.data), p.title.data, p.minutes.data)
            for p in self.parts
            if p.title.data
        ]

    def shown(self, more: int = 3) -> list[Any]:
        """The fields of the rows to draw."""
        fields = [getattr(self, f"row{i}") for i in range(MOST_MODULES)]
        written = [i for i, f in enumerate(fields) if f.form.title.data or f.errors]
        return fields[: (written[-1] + 1 if written else 0) + more]


for _i in range(MOST_MODULES):
    setattr(
        ModulesForm,
        f"row{_i}",
        FormField(ModuleRow, _l("Riga %(number)d", number=_i + 1), separator="-"),
    )


def rows_of(modules: Sequence[Any]) -> dict[str, Any]:
    """The modules as the table shows them."""
    return {
        f"row{i}": {"number": str(m.id), "title": m.title, "minutes": m.minutes}
        for i, m in enumerate(modules)
    }
