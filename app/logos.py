# SPDX-License-Identifier: AGPL-3.0-or-later
"""Up to four logos in a form: files judged and drawn anew, each with what is heard instead."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import undefer
from wtforms import Form as Part
from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.documents.fonts import missing_glyphs
from app.domain import templates
from app.domain.errors import RuleViolation
from app.extensions import db
from app.forms import add_violation, clean_line, no_control_characters
from app.models import EvidenceFile
from app.uploads import CheckedFile, check_logo

NOWHERE = "0"
PLACES = [
    SelectChoice(NOWHERE, _l("Non stampare")),
    SelectChoice("1", _l("1° da sinistra")),
    SelectChoice("2", _l("2° da sinistra")),
    SelectChoice("3", _l("3° da sinistra")),
    SelectChoice("4", _l("4° da sinistra")),
]

Kept = Sequence[Mapping[str, str]]


def one_line(value: Any) -> Any:
    """Spaces and line feeds made one: the paper breaks lines where it needs to."""
    return " ".join(value.split()) if isinstance(value, str) else value


def printable(_form: Any, field: Any) -> None:
    """Refuse characters that no typeface of the documents has."""
    if missing := missing_glyphs(field.data or ""):
        raise ValidationError(
            _l(
                "Il carattere dell'attestato non ha questi segni: %(signs)s",
                signs=" ".join(missing),
            )
        )


class LogoForm(Part):
    """One of the places for a logo: the file, what a reader hears instead, where it stands."""

    file = FileField(
        _l("File"),
        description=_l("PNG, JPEG o SVG, al massimo 1 MB."),
        render_kw={"accept": "image/png,image/jpeg,image/svg+xml"},
    )
    name = StringField(
        _l("Che cosa mostra"),
        [
            no_control_characters,
            Length(max=120, message=_l("Al massimo 120 caratteri.")),
            printable,
        ],
        filters=[clean_line, one_line],
        description=_l("Letto a chi non vede: per esempio «Stemma del Comune»."),
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    place = SelectField(_l("Posto"), choices=PLACES, default=NOWHERE)

    @property
    def sent(self) -> bool:
        """Whether a file was chosen."""
        return bool(self.file.data and self.file.data.filename)


def logo_files(logos: Kept) -> dict[str, EvidenceFile]:
    """The kept files of these logos, by SHA-256."""
    files = db.session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.sha256.in_([logo["sha256"] for logo in logos]))
        .options(undefer(EvidenceFile.content))
    )
    return {file.sha256: file for file in files}


def read_logos(parts: Sequence[LogoForm], kept: Kept) -> list[tuple[str, CheckedFile]] | None:
    """What each logo shows and its file, in order; None where a part now says what is wrong.

    ``kept``: the logos the form was filled from, by their place: no hash that a form
    brings names a file.
    """
    files = logo_files(kept) if kept else {}
    found = []
    for number, part in enumerate(parts):
        before = files[kept[number]["sha256"]] if number < len(kept) else None
        if file := _logo(part, before):
            found.append((part.place.data, part.name.data, file))
    if any(part.errors for part in parts):
        return None
    found.sort(key=lambda one: one[0])
    logos = [(name, file) for _place, name, file in found]
    try:
        templates.check_logos([file.sha256 for _name, file in logos])
    except RuleViolation as violation:
        add_violation(parts[0].place, violation)
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


def places_of(logos: Kept) -> dict[str, dict[str, str]]:
    """The parts of a form filled with these logos, as ``logo1``, ``logo2``…"""
    return {
        f"logo{number}": {"name": one["name"], "place": str(number)}
        for number, one in enumerate(logos, 1)
    }


def ask_files_again(parts: Sequence[LogoForm]) -> None:
    """A browser does not send a file twice by itself: whoever corrects a field is told."""
    for part in parts:
        if part.sent and not part.file.errors:
            part.file.errors = [_("Scegliere di nuovo il file.")]
