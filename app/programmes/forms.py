# SPDX-License-Identifier: AGPL-3.0-or-later
"""A programme's data and publicity, its targets, and what its successor takes over."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.domain.indicators import UNITS
from app.domain.templates import MOST_LOGOS
from app.fields import Day, Signed
from app.forms import Form
from app.logos import LogoForm, one_line, printable

REQUIRED_DAY = _l("Scrivere la data.")
REQUIRED_NUMBER = _l("Scrivere il numero.")
TEXTS = ("union_line", "fund_line", "ministry_line", "publicity_statement")
DATA = (
    "title", "acronym", "code", "fund_name", "annual_programme", "starts_on", "ends_on",
    "retention_until", "default_threshold", "late_grace_minutes",
)  # fmt: skip


def _text(label: Any, longest: int, required: Any = None, area: bool = False, **more: Any) -> Any:
    wanted = [DataRequired(required)] if required else []
    message = _l("Al massimo %(characters)d caratteri.", characters=longest)
    return (TextAreaField if area else StringField)(
        label,
        [*wanted, Length(max=longest, message=message), printable],
        filters=[one_line],
        default="",  # a field that is not sent says nothing
        render_kw={"maxlength": longest, "autocomplete": "off", **({"rows": 3} if area else {})},
        **more,
    )


def _number(label: Any, most: int, **more: Any) -> Any:
    message = _l("Un numero da 0 a %(most)d.", most=most)
    return Signed(
        label,
        [InputRequired(REQUIRED_NUMBER), NumberRange(0, most, message)],
        render_kw={"inputmode": "numeric", "min": 0, "max": most},
        **more,
    )


class _Identity(Form):
    """What a programme is called, who funds it, when it runs."""

    title = _text(_l("Titolo"), 300, _l("Scrivere il titolo."), area=True)
    acronym = _text(_l("Nome breve"), 40, _l("Scrivere il nome breve."))
    code = _text(
        _l("Codice del progetto"), 40, _l("Scrivere il codice."),
        description=_l("Solo il codice: «PROG» lo aggiungono i documenti."),
    )  # fmt: skip
    fund_name = _text(_l("Fondo"), 200, _l("Scrivere il fondo."))
    annual_programme = _text(_l("Programma annuale"), 80)
    starts_on = Day(_l("Inizio"), [InputRequired(REQUIRED_DAY)])
    ends_on = Day(_l("Fine"), [InputRequired(REQUIRED_DAY)])


class ProgrammeForm(_Identity):
    seen = HiddenField()
    retention_until = Day(
        _l("Termine di conservazione degli atti"), [Optional()],
        description=_l("Vuoto vale dieci anni dalla fine del progetto."),
    )  # fmt: skip
    default_threshold = _number(
        _l("Soglia di frequenza"), 100,
        description=_l("Percento. Vale per i corsi nuovi: le edizioni aperte tengono la loro."),
    )  # fmt: skip
    late_grace_minutes = _number(
        _l("Tolleranza in entrata"), 60,
        description=_l("Minuti: chi entra entro questi è contato dall'inizio."),
    )  # fmt: skip
    union_line = _text(_l("Riga dell'Unione europea"), 80)
    fund_line = _text(_l("Riga del fondo"), 200)
    ministry_line = _text(_l("Riga del Ministero"), 120)
    publicity_statement = _text(
        _l("Frase sul cofinanziamento"), 400, area=True,
        description=_l("Dice che il progetto è cofinanziato dal fondo; sta su ogni documento."),
    )  # fmt: skip
    logo1 = FormField(LogoForm, _l("Logo 1"), separator="-")
    logo2 = FormField(LogoForm, _l("Logo 2"), separator="-")
    logo3 = FormField(LogoForm, _l("Logo 3"), separator="-")
    logo4 = FormField(LogoForm, _l("Logo 4"), separator="-")

    @property
    def version(self) -> int:
        """The version the form was filled from; -1 where it does not say."""
        sent = self.seen.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1

    @property
    def logos(self) -> list[LogoForm]:
        """The places, as many as a document has."""
        return [getattr(self, f"logo{number}").form for number in range(1, MOST_LOGOS + 1)]

    @property
    def values(self) -> dict[str, Any]:
        """What to keep of the fields, by the name of its column."""
        return {name: getattr(self, name).data for name in (*DATA, *TEXTS)}


class TargetsForm(Form):
    """One number for each indicator; nothing is no target."""

    seen = HiddenField()

    @property
    def targets(self) -> dict[str, int | None]:
        return {code: self[code].data for code in UNITS}


for _code in UNITS:
    setattr(
        TargetsForm,
        _code,
        Signed(
            _code,
            [Optional(), NumberRange(0, 1_000_000, _l("Un numero da 0 a 1.000.000."))],
            render_kw={"inputmode": "numeric", "min": 0, "max": 1_000_000},
        ),
    )


class SuccessorForm(_Identity):
    """The new programme, and what it takes over from the one it follows."""

    take_partners = BooleanField(_l("Gli enti e i loro ruoli"))
    take_courses = BooleanField(_l("Il catalogo dei corsi"))
    take_indicators = BooleanField(_l("Gli indicatori e gli obiettivi"))
    take_texts = BooleanField(_l("I testi e i loghi della pubblicità"))
    take_template = BooleanField(_l("Il modello degli attestati"))

    @property
    def values(self) -> dict[str, Any]:
        """The new programme's own data, by the name of the column."""
        return {name: getattr(self, name).data for name in DATA[:7]}

    @property
    def takes(self) -> Mapping[str, bool]:
        """What is taken over, by its name."""
        names = ("partners", "courses", "indicators", "texts", "template")
        return {name: bool(self[f"take_{name}"].data) for name in names}
