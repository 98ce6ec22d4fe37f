# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a form sent makes of the template: its logos checked, its certificate drawn once."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.actor import Actor
from app.certificates.template import preview, queries
from app.certificates.template.forms import NOWHERE, LogoForm, TemplateForm
from app.documents.certificate_content import Logo
from app.domain import templates
from app.domain.errors import RuleViolation
from app.forms import add_violation
from app.models import EvidenceFile, Programme
from app.uploads import CheckedFile, check_logo


@dataclass(frozen=True)
class Sent:
    """A template that can be printed: what each logo shows and its file, in order; a specimen."""

    logos: list[tuple[str, CheckedFile]]
    pdf: bytes


def read(actor: Actor, form: TemplateForm, programme: Programme) -> Sent | None:
    """What the form would put in force; None where the form now says what is wrong.

    Kept logos are those of the version it was filled from, by their place: no hash that
    a form brings names a file.
    """
    if not form.validate():
        return None
    template = queries.version_of(actor, form.version)
    kept = list(template.logos) if template else []
    logos = _logos(form, kept, queries.logo_files(kept))
    pdf = _drawn(form, programme, logos) if logos is not None else None
    return Sent(logos, pdf) if logos is not None and pdf else None


def _logos(
    form: TemplateForm, kept: list[dict[str, str]], files: Mapping[str, EvidenceFile]
) -> list[tuple[str, CheckedFile]] | None:
    found = []
    for number, part in enumerate(form.logos):
        before = files[kept[number]["sha256"]] if number < len(kept) else None
        if file := _logo(part, before):
            found.append((part.place.data, part.name.data, file))
    if any(part.errors for part in form.logos):
        return None
    found.sort(key=lambda one: one[0])
    logos = [(name, file) for _place, name, file in found]
    try:
        templates.check_logos([file.sha256 for _name, file in logos])
    except RuleViolation as violation:
        add_violation(form.logos[0].place, violation)
        return None
    return logos


def _logo(part: LogoForm, kept: EvidenceFile | None) -> CheckedFile | None:
    """The logo of this place, if it is to be printed and nothing is wrong with it."""
    if part.place.data == NOWHERE:
        if part.sent:
            part.place.errors = [_("Scegliere il posto del logo.")]
        return None
    if not part.name.data:
        part.name.errors = [_("Scrivere che cosa mostra il logo.")]
    if not part.sent:
        if kept is not None:
            return CheckedFile(kept.media_type, kept.content, 1)
        part.file.errors = [_("Scegliere il file del logo.")]
        return None
    try:
        return check_logo(part.file.data.read())
    except RuleViolation as violation:
        add_violation(part.file, violation)
        return None


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


def ask_files_again(form: TemplateForm) -> None:
    """A browser does not send a file twice by itself: whoever corrects a field is told."""
    for part in form.logos:
        if part.sent and not part.file.errors:
            part.file.errors = [_("Scegliere di nuovo il file.")]
