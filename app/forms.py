# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every form shares: cleaned text, a key against double sending, 422 when invalid."""

import secrets
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    StringField,
    ValidationError,
)
from wtforms.fields.core import UnboundField

from app.domain.errors import RuleViolation
from app.domain.text import clean, is_clean
from app.errors import explain
from app.idempotency import FIELD

__all__ = [
    "Form", "add_violation", "clean_line", "no_control_characters",
    "render_form",
]  # fmt: skip


def clean_line(value: Any) -> Any:
    """Text stripped at both ends, in NFC."""
    return clean(value).strip() if isinstance(value, str) and is_clean(value) else value


def no_control_characters(_form: Any, field: Any) -> None:
    """Refuse what no keyboard writes: NUL, escape sequences, halves of characters."""
    if isinstance(field.data, str) and not is_clean(field.data):
        field.data = clean(field.data)  # the page that says so must not repeat them
        raise ValidationError(_l("Il testo contiene caratteri non ammessi."))


class Form(FlaskForm):
    """Shape only: a form neither queries nor decides."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Fields only: JSON would bring numbers and lists where a field expects text."""
            return None if request.is_json else super().wrap_formdata(form, formdata)

        def bind_field(
            self, form: Any, unbound_field: UnboundField, options: dict[str, Any]
        ) -> Any:
            text = issubclass(unbound_field.field_class, StringField)
            if text:
                filters = [clean_line, *unbound_field.kwargs.get("filters", [])]
                unbound_field = UnboundField(
                    unbound_field.field_class,
                    *unbound_field.args,
                    **{**unbound_field.kwargs, "filters": filters},
                )
            field = unbound_field.bind(form=form, **options)
            if text:
                field.validators = (no_control_characters, *field.validators)
            return field

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """A box says that it is ticked, never what was sent in its place."""
            if isinstance(field, BooleanField):
                render_kw = {"value": "y", **render_kw}
            return super().render_field(field, render_kw)

    idempotency_key = HiddenField(name=FIELD, default=lambda: secrets.token_hex(16))


def add_violation(field: Any, violation: RuleViolation) -> None:
    """Show beside the field the rule it breaks."""
    field.errors = [*field.errors, explain(violation.sentence)]


def render_form(template: str, form: Form, status: int | None = None, **context: Any) -> Response:
    """Draw the form; 422 when what was sent is not valid, with everything still in it."""
    code = status or (422 if form.is_submitted() else 200)
    return make_response(render_template(template, form=form, **context), code)
