# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of a body, its parts in the programme, its offices."""

from collections.abc import Callable, Iterable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, FormField, HiddenField, SelectField, StringField, ValidationError
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.domain import body_codes
from app.domain.errors import RuleViolation
from app.domain.tax_code import normalise
from app.domain.vocabulary import BodyKind, PartnershipRole, ServiceArea
from app.errors import explain
from app.fields import Day
from app.forms import Form, clean_line, no_control_characters
from app.labels import LABELS, choices

BLANK_OFFICES = 4


def _length(longest: int) -> Length:
    return Length(
        max=longest, message=_l("Al massimo %(characters)d caratteri.", characters=longest)
    )


def _line(label: Any, longest: int, required: Any = None, **more: Any) -> StringField:
    wanted = [DataRequired(required)] if required else []
    return StringField(
        label,
        [*wanted, _length(longest)],
        render_kw={"maxlength": longest, "autocomplete": "off"},
        **more,
    )


def _code(label: Any, longest: int, check: Callable[[str], None], **more: Any) -> StringField:
    """A code in capitals without spaces; the domain says what is wrong with it."""

    def valid(_form: Any, field: Any) -> None:
        try:
            check(field.data)
        except RuleViolation as violation:
            raise ValidationError(explain(violation.sentence)) from None

    return StringField(
        label,
        [Optional(), _length(longest), valid],
        filters=[lambda text: normalise(text) if isinstance(text, str) else text],
        render_kw={"maxlength": longest, "autocomplete": "off"},
        **more,
    )


def kinds() -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices(*BodyKind)]


def roles() -> list[SelectChoice]:
    """The parts a body may take, the most frequent first."""
    first = PartnershipRole.PARTICIPATING_BODY
    ordered = [first, *(role for role in PartnershipRole if role is not first)]
    return [SelectChoice(value, label) for value, label in choices(*ordered)]


def check_email(text: str) -> str:
    """The address as it is kept; ValueError says that it is none."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(text) from None


class BodyForm(Form):
    seen = HiddenField()
    kind = SelectField(_l("Tipo"), choices=kinds)
    name = _line(_l("Nome"), 200, _l("Scrivere il nome dell'ente."))
    short_name = _line(
        _l("Nome breve"), 80,
        description=_l("Come sta negli elenchi; vuoto vale il nome, senza «Comune di»."),
    )  # fmt: skip
    province_code = _code(
        _l("Provincia"), 2, body_codes.check_province, description=_l("La sigla: PG.")
    )
    istat_code = _code(
        _l("Codice Istat"), 6, body_codes.check_istat,
        description=_l("Solo per i Comuni: 6 cifre."),
    )  # fmt: skip
    belfiore_code = _code(_l("Codice catastale"), 4, body_codes.check_belfiore)
    tax_code = _code(_l("Codice fiscale"), 16, body_codes.check_tax_code)
    ipa_code = _line(_l("Codice IPA"), 20)
    certified_email = _line(_l("PEC"), 254)

    def validate_certified_email(self, field: StringField) -> None:
        if field.data:
            try:
                field.data = check_email(field.data)
            except ValueError:
                raise ValidationError(_l("Quello scritto non è un indirizzo e-mail.")) from None

    @property
    def version(self) -> int:
        """The version the form was filled from; -1 where it does not say."""
        sent = self.seen.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1

    @property
    def values(self) -> dict[str, Any]:
        """What to keep: empty text is nothing."""
        names = ("province_code", "istat_code", "belfiore_code", "tax_code", "ipa_code", "certified_email")  # fmt: skip
        known = {name: getattr(self, name).data or None for name in names}
        name = self.name.data
        short = self.short_name.data or name.removeprefix("Comune di ")[:80]
        return {"kind": BodyKind(self.kind.data), "name": name, "short_name": short, **known}


class NewBodyForm(BodyForm):
    role = SelectField(_l("Ruolo nel progetto"), choices=roles)


class PickForm(Form):
    """Municipalities are boxes beside it; here only the part they take."""

    role = SelectField(_l("Ruolo nel progetto"), choices=roles)


class TableForm(PickForm):
    file = FileField(
        _l("File"),
        description=_l("CSV o XLSX, con le intestazioni nella prima riga: nome, tipo, provincia, codice Istat, codice fiscale, PEC."),
        render_kw={"accept": ".csv,.xlsx,text/csv"},
    )  # fmt: skip


class PartForm(Part):
    held = BooleanField(_l("Ha questo ruolo"))
    starts_on = Day(_l("Dal"), [Optional()])
    ends_on = Day(_l("Al"), [Optional()])


class PartsForm(Form):
    """One row for each part a body may play; its field bears the word of the part."""

    seen = HiddenField()

    @property
    def rows(self) -> list[tuple[PartnershipRole, PartForm]]:
        return [(role, self[role.value].form) for role in PartnershipRole]


for _role, _words in LABELS:
    if isinstance(_role, PartnershipRole):
        setattr(PartsForm, _role.value, FormField(PartForm, _words, separator="-"))


class OfficePart(Part):
    name = StringField(
        _l("Nome"),
        [no_control_characters, _length(120)],
        filters=[clean_line],
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    service_area = SelectField(
        _l("Area di servizio"),
        choices=lambda: [
            SelectChoice("", "–"),
            *(SelectChoice(v, t) for v, t in choices(*ServiceArea)),
        ],
    )
    active = BooleanField(_l("Attivo"), default=True)


class _OfficesForm(Form):
    def rows(self) -> list[tuple[int | None, OfficePart]]:
        """Each office by its number, then those that are new."""
        return [
            (int(name[6:]) if name.startswith("office") else None, field.form)
            for name, field in self._fields.items()
            if isinstance(field, FormField)
        ]


def offices_form(offices: Iterable[Any], *, sent: bool) -> _OfficesForm:
    """The form of these offices with some free rows; filled with them unless it was sent."""
    kept = list(offices)
    names = [f"office{one.id}" for one in kept] + [f"new{n}" for n in range(1, BLANK_OFFICES + 1)]
    fields = {name: FormField(OfficePart, _l("Ufficio"), separator="-") for name in names}
    form = type("OfficesForm", (_OfficesForm,), fields)
    data = {
        f"office{one.id}": {
            "name": one.name,
            "service_area": one.service_area.value if one.service_area else "",
            "active": one.active,
        }
        for one in kept
    }
    return form(data=None if sent else data)  # type: ignore[no-any-return]
