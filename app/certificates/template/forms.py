# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the certificates of a programme say: texts, signatures, notices, and up to four logos."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from app.domain.templates import MOST_LOGOS
from app.forms import Form
from app.logos import LogoForm, one_line, printable


def _text(label: Any, longest: int, required: Any = None, area: bool = False, **more: Any) -> Any:
    wanted = [DataRequired(required)] if required else []
    message = _l("Al massimo %(characters)d caratteri.", characters=longest)
    return (TextAreaField if area else StringField)(
        label,
        [*wanted, Length(max=longest, message=message), printable],
        filters=[one_line],
        render_kw={"maxlength": longest, "autocomplete": "off", **({"rows": 3} if area else {})},
        **more,
    )


class TemplateForm(Form):
    seen = HiddenField()
    issuing_body = SelectField(
        _l("Ente che rilascia"),
        coerce=int,
        description=_l("I numeri sono quelli del repertorio di questo ente."),
    )
    issue_place = _text(_l("Luogo di rilascio"), 80, _l("Scrivere il luogo."))
    intro_text = _text(_l("Parole di apertura"), 120, _l("Scrivere le parole di apertura."))
    signatory_name = _text(_l("Chi firma: nome"), 120, _l("Scrivere chi firma."))
    signatory_quality = _text(
        _l("Chi firma: qualifica"), 120, _l("Scrivere in quale qualità firma.")
    )
    second_signatory_name = _text(_l("Seconda firma: nome"), 120)
    second_signatory_quality = _text(_l("Seconda firma: qualifica"), 120)
    art40_notice = BooleanField(
        _l("Stampa l'avvertenza dell'art. 40 del DPR 445/2000"),
        description=_l(
            "Obbligatoria, a pena di nullità, quando l'ente che rilascia è una pubblica "
            "amministrazione e l'attestato è una sua certificazione. Un'associazione o un ente "
            "privato la toglie."
        ),
    )
    stamp_duty_note = _text(
        _l("Nota sull'imposta di bollo"), 300, area=True,
        description=_l("Chi rilascia senza bollo cita qui la norma di esenzione. Vuota, non si stampa."),
    )  # fmt: skip
    note = _text(
        _l("Altra nota"), 300, area=True, description=_l("In piccolo, in fondo all'attestato.")
    )
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
        """The places, as many as a certificate has."""
        return [getattr(self, f"logo{number}").form for number in range(1, MOST_LOGOS + 1)]

    def offer(self, bodies: Sequence[tuple[int, str]]) -> "TemplateForm":
        """The bodies to choose among."""
        self.issuing_body.choices = [SelectChoice(number, name) for number, name in bodies]
        return self

    @property
    def texts(self) -> dict[str, Any]:
        """What to keep of the fields, by the name of its column."""
        names = (
            "issue_place", "intro_text", "signatory_name", "signatory_quality", "second_signatory_name",
            "second_signatory_quality", "art40_notice", "stamp_duty_note", "note",
        )  # fmt: skip
        values = {name: getattr(self, name).data for name in names}
        return {"issuing_body_id": self.issuing_body.data, **values}
