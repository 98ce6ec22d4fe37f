# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a form sent makes of the template: its logos checked, its certificate drawn once."""

from dataclasses import dataclass

from app.actor import Actor
from app.certificates.template import preview, queries
from app.certificates.template.forms import TemplateForm
from app.documents.certificate_content import Logo
from app.domain import templates
from app.domain.errors import RuleViolation
from app.forms import add_violation
from app.logos import read_logos
from app.models import Programme
from app.uploads import CheckedFile


@dataclass(frozen=True)
class Sent:
    """A template that can be printed: what each logo shows and its file, in order; a specimen."""

    logos: list[tuple[str, CheckedFile]]
    pdf: bytes


def read(actor: Actor, form: TemplateForm, programme: Programme) -> Sent | None:
    """What the form would put in force; None where the form now says what is wrong."""
    if not form.validate():
        return None
    template = queries.version_of(actor, form.version)
    kept = list(template.logos) if template else []
    logos = read_logos(form.logos, kept)
    pdf = _drawn(form, programme, logos) if logos is not None else None
    return Sent(logos, pdf) if logos is not None and pdf else None


def _drawn(
    form: TemplateForm, programme: Programme, logos: list[tuple[str, CheckedFile]]
) -> bytes | None:
    second = form.second_signatory_name, form.second_signatory_quality
    try:
        templates.check_signatories(name=second[0].data, quality=second[1].data)
    except RuleViolation as violation:
        add_violation(second[1] if second[0].data else second[0], violation)
        return None
    names = {choice.value: choice.label for choice in form.issuing_body.choices}
    shown = [(Logo(file.sha256, name), file.content) for name, file in logos]
    try:
        return preview.draw(programme, names[form.issuing_body.data], form.texts, shown)
    except RuleViolation as violation:
        add_violation(form.note, violation)
        return None
