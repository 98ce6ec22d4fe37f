# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a certificate says: frozen at issue, kept in the database, drawn again at will."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

from app.documents.pictures import Logo
from app.documents.publicity import PublicityBlock

__all__ = ["CertificateContent", "Logo"]

JsonObject = dict[str, Any]
_LISTS = {"venues", "presence_lines", "logos"}
_DATES = ("birth_date", "first_day", "last_day", "issue_date")


@dataclass(frozen=True)
class CertificateContent:
    """Everything printed on a certificate; minutes are whole, ``share_percent`` too.

    The list of contents is that of the programme's manual (holder, course,
    hours, bodies, signatory, verification); no reason of absence, telephone or
    sex is ever printed. ``art40_notice`` adds the sentence that DPR 445/2000
    art. 40 asks of administrations on pain of nullity. ``birth_date`` is None where
    it is not known: a declaration prints what there is.
    """

    kind_title: str
    number_text: str
    given_name: str
    family_name: str
    birth_place: str
    birth_date: date | None
    tax_code: str | None
    home_body: str
    course_title: str
    course_code: str
    edition_code: str
    programme_acronym: str
    programme_title: str
    programme_code: str
    counted_minutes: int
    planned_minutes: int
    share_percent: int
    first_day: date
    last_day: date
    venues: tuple[str, ...]
    mode_label: str
    delivering_body: str
    issuing_body: str
    issue_place: str
    issue_date: date
    signatory_name: str
    signatory_quality: str
    verification_url: str
    verification_code: str
    art40_notice: bool
    stamp_duty_note: str
    credits_line: str | None
    publicity: PublicityBlock
    template_version: int
    deed_text: str = "ha frequentato il corso"
    kind: str = "frequency"
    intro_text: str = "Si attesta che"
    note: str = ""
    hours_label: str = "Ore frequentate"
    assessment_line: str = ""
    presence_lines: tuple[str, ...] = ()
    second_signatory_name: str = ""
    second_signatory_quality: str = ""
    seal_note: str = ""
    logos: tuple[Logo, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names written on the page, which a logo beside them would only repeat."""
        block = self.publicity
        return (self.issuing_body, self.delivering_body, block.ministry_line, block.union_line)

    def to_json(self) -> JsonObject:
        """Text, whole numbers, booleans and lists only; dates are ISO 8601."""
        content: JsonObject = dict(vars(self))
        for name in _DATES:
            content[name] = content[name].isoformat() if content[name] else None
        for name in _LISTS:
            content[name] = list(content[name])
        content["logos"] = [dict(vars(logo)) for logo in self.logos]
        content["publicity"] = self.publicity.words()
        return content

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "CertificateContent":
        """The inverse of ``to_json``.

        Fields with a default may be absent: older certificates lack them.
        Raises ValueError when a field is missing or unknown, or a date is not ISO 8601.
        """
        known = {field.name for field in fields(cls)}
        needed = {field.name for field in fields(cls) if field.default is MISSING}
        if not needed <= content.keys() <= known:
            wrong = sorted((needed - content.keys()) | (content.keys() - known))
            raise ValueError(f"not the content of a certificate: {', '.join(wrong)}")
        values = dict(content)
        for name in _DATES:
            if values[name] is not None or name != "birth_date":
                values[name] = date.fromisoformat(values[name])
        for name in _LISTS & values.keys():
            values[name] = tuple(values[name])
        try:
            values["logos"] = tuple(Logo(**logo) for logo in values.get("logos", ()))
            values["publicity"] = PublicityBlock(**values["publicity"])
        except TypeError as error:
            raise ValueError("not the publicity or the logos of a certificate") from error
        return cls(**values)

    def canonical(self) -> bytes:
        """One form only for equal contents: sorted keys, no spaces, UTF-8."""
        return json.dumps(
            self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
