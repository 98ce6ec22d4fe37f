# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom to invite, to which role, for how long."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.actions import Invitee
from app.domain.roles import Role
from app.fields import Day
from app.forms import Form

NOBODY = 0


def is_address(_form: Any, field: Any) -> None:
    """A validator: the shape of an address."""
    try:
        validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValidationError(_l("Non è un indirizzo e-mail.")) from None


class PersonFields(Form):
    given_name = StringField(
        _l("Nome"), [InputRequired(_l("Scrivere il nome.")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    family_name = StringField(
        _l("Cognome"), [InputRequired(_l("Scrivere il cognome.")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    email = StringField(
        _l("Indirizzo e-mail di lavoro"),
        [InputRequired(_l("Scrivere l'indirizzo e-mail.")), Length(max=254), is_address],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )


class RoleForm(Form):
    """A role and its scope. Choices come from what whoever gives it may see."""

    role = SelectField(_l("Ruolo"), [InputRequired(_l("Scegliere il ruolo."))])
    body = SelectField(
        _l("Ente"),
        coerce=int,
        default=NOBODY,
        description=_l("Serve a referenti e partecipanti; per gli altri si può lasciare vuoto."),
    )
    programme = SelectField(_l("Progetto"), coerce=int)
    ends_on = Day(
        _l("Fino al"),
        [Optional()],
        description=_l("Vuoto: senza scadenza. A chi controlla conviene darne una."),
    )

    def offer(
        self,
        roles: list[tuple[str, str]],
        bodies: list[tuple[int, str]],
        programmes: list[tuple[int, str]],
    ) -> "RoleForm":
        """Put the choices in; a choice of one is none and is not asked."""
        self.role.choices = [("", _("Scegliere il ruolo")), *roles]
        self.body.choices = bodies if len(bodies) == 1 else [(NOBODY, _("nessuno")), *bodies]
        if len(bodies) == 1 and not self.is_submitted():
            self.body.data = bodies[0][0]
        self.programme.choices = programmes
        if len(programmes) == 1:
            self.programme.data = programmes[0][0]
        return self

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "role": Role(self.role.data),
            "programme_id": self.programme.data,
            "organisation_id": self.body.data or None,
            "ends_on": self.ends_on.data,
        }


class InviteForm(PersonFields, RoleForm):
    @property
    def invitee(self) -> Invitee:
        return Invitee(self.given_name.data, self.family_name.data, self.email.data, **self.scope)


class PeriodForm(Form):
    starts_on = Day(_l("Dal"), [InputRequired(_l("Scrivere la data."))])
    ends_on = Day(_l("Fino al"), [Optional()], description=_l("Vuoto: senza scadenza."))
