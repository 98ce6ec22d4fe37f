# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person, what a certificate must state about her, and where she works."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app import clock, labels
from app.domain.errors import RuleViolation
from app.domain.people import check_name
from app.domain.vocabulary import PolicyOffice, ServiceArea, TargetGroup
from app.errors import explain
from app.fields import Day
from app.forms import Form

OLDEST = 120  # years
UNSAID = SelectChoice("", "–")
BIRTH = ("sex", "birth_date", "birth_place", "tax_code")


def name_of(_form: Any, field: Any) -> None:
    """Letters of any alphabet, nothing that turns the text around it."""
    try:
        check_name(field.data)
    except RuleViolation as violation:
        raise ValidationError(explain(violation.sentence)) from None


def _at_most(number: int) -> Length:
    return Length(max=number, message=_l("Al massimo %(max)d caratteri."))


def _line(label: Any, longest: int, *validators: Any, **more: Any) -> StringField:
    keywords = {"maxlength": longest, "autocomplete": "off"}
    return StringField(label, [*validators, _at_most(longest)], render_kw=keywords, **more)


class IdentityForm(Form):
    """Who the person is."""

    given_name = _line(_l("Nome"), 80, InputRequired(_l("Scrivere il nome.")), name_of)
    family_name = _line(_l("Cognome"), 80, InputRequired(_l("Scrivere il cognome.")), name_of)
    work_email = _line(
        _l("E-mail di lavoro"), 254, description=_l("Quella dell'ente: serve per i messaggi e per accedere.")
    )  # fmt: skip
    is_social_worker = BooleanField(_l("Assistente sociale (per i crediti formativi)"))

    def validate_work_email(self, field: StringField) -> None:
        if not field.data:
            return
        try:
            found = validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_l("Non è un indirizzo e-mail: ricontrollarlo.")) from None
        field.data = found.normalized.casefold()

    @property
    def identity(self) -> dict[str, Any]:
        """What to keep: empty text is nothing."""
        return {
            "given_name": self.given_name.data,
            "family_name": self.family_name.data,
            "work_email": self.work_email.data or None,
            "is_social_worker": self.is_social_worker.data,
        }


class PersonForm(IdentityForm):
    """The person, and with ``birth`` what her certificate must state."""

    version = HiddenField(validators=[InputRequired(), Regexp(r"[0-9]{1,9}\Z")])
    birth_date = Day(_l("Data di nascita"), [Optional()])
    birth_place = _line(
        _l("Luogo di nascita"), 120, description=_l("Come va sull'attestato: il Comune, o lo Stato estero.")
    )  # fmt: skip
    sex = SelectField(
        _l("Sesso"),
        default="",
        choices=[
            UNSAID,
            SelectChoice("F", _l("Femminile")),
            SelectChoice("M", _l("Maschile")),
        ],
        description=_l("Serve soltanto a controllare il codice fiscale."),
    )
    tax_code = StringField(
        _l("Codice fiscale"),
        [Length(max=40, message=_l("Al massimo 16 caratteri."))],
        render_kw={"maxlength": 40, "autocomplete": "off", "autocapitalize": "characters"},
    )
    complete = BooleanField(_l("La scheda è completa: togliere «da completare»"), default=True)

    def narrow(self, *, birth: bool, incomplete: bool) -> "PersonForm":
        """Leave out what this page does not ask."""
        if not birth:
            for name in BIRTH:
                del self[name]
        if not incomplete:
            del self.complete
        return self

    def validate_birth_date(self, field: Day) -> None:
        today = clock.today()
        if field.data and not (today.year - OLDEST <= field.data.year and field.data < today):
            raise ValidationError(_l("Una data di nascita nel passato."))

    @property
    def values(self) -> dict[str, Any]:
        """What to keep of the fields this page has."""
        kept = self.identity
        if "tax_code" in self:
            kept |= {name: self[name].data or None for name in BIRTH}
        if "complete" in self and self["complete"].data:
            kept["incomplete"] = False
        return kept


class AffiliationForm(Form):
    """Where the person works, in which office, since when."""

    office = _line(
        _l("Ufficio"), 120, description=_l("Scrivendo si propongono gli uffici già noti.")
    )
    job_title = _line(_l("Qualifica"), 120)
    service_area = SelectField(_l("Area di servizio"), default="")
    group = SelectField(
        _l("Gruppo"), default="", description=_l("Chi insegna o organizza non ha un gruppo.")
    )  # fmt: skip
    policy_office = SelectField(_l("Carica, per gli amministratori"), default="")
    starts_on = Day(_l("Dal"), [InputRequired(_l("Scrivere il primo giorno."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service_area.choices = _choices(ServiceArea)
        self.group.choices = _choices(TargetGroup)
        self.policy_office.choices = _choices(PolicyOffice)

    def validate_policy_office(self, field: SelectField) -> None:
        if field.data and self.group.data != TargetGroup.POLICY_MAKER:
            raise ValidationError(_l("Una carica va con il gruppo degli amministratori."))

    @property
    def work(self) -> dict[str, Any]:
        """What to keep of the work, empty words as none."""
        return {
            "office": self.office.data or "",
            "job_title": self.job_title.data or "",
            "service_area": _word(ServiceArea, self.service_area.data),
            "group": _word(TargetGroup, self.group.data),
            "policy_office": _word(PolicyOffice, self.policy_office.data),
        }


def _choices(words: Iterable[Any]) -> list[SelectChoice]:
    return [UNSAID, *(SelectChoice(*pair) for pair in labels.choices(*words))]


def _word(words: Callable[[str], Any], chosen: str) -> Any:
    return words(chosen) if chosen else None


class WithBody(AffiliationForm):
    """The same with a body to choose: ``bodies`` are (number, name)."""

    body = SelectField(_l("Ente"), [InputRequired(_l("Scegliere l'ente."))])

    def __init__(self, bodies: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body.choices = [SelectChoice(str(number), name) for number, name in bodies]
        if len(bodies) > 1:
            self.body.choices.insert(0, SelectChoice("", _l("Scegliere")))


class NewPersonForm(IdentityForm, WithBody):
    """Somebody new, and where she works. ``another`` is asked where somebody alike is known."""

    another = BooleanField(_l("È un'altra persona: registrala"))


class CorrectAffiliationForm(AffiliationForm):
    """What was written wrongly, the last day too."""

    ends_on = Day(
        _l("Al"), [Optional()], description=_l("Vuoto: lavora lì ancora oggi.")
    )  # fmt: skip


class EndForm(Form):
    """The last day of work."""

    ends_on = Day(_l("Ultimo giorno"), [InputRequired(_l("Scrivere l'ultimo giorno."))])
