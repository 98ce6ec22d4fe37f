# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programme at hand and what is said of its funding: on pages always, on documents if whole."""

from dataclasses import replace

from flask import g
from flask_login import current_user
from sqlalchemy import case, select

from app import clock
from app.documents.pictures import Logo
from app.documents.publicity import PublicityBlock
from app.domain import publicity as rules
from app.extensions import db
from app.logos import logo_files
from app.models import Programme

# Before the first programme is founded there is no funding to acknowledge.
NO_PROGRAMME = PublicityBlock(
    "", "", "", "", "FOR PA – Formazione nella Pubblica Amministrazione", ""
)


def funded_programme() -> Programme | None:
    """The programme at hand; for a visitor, of those already begun the one founded last."""
    if "funded" not in g:
        ours = current_user.programme_id if current_user.is_authenticated else None
        found = select(Programme).limit(1)
        if ours:
            found = found.where(Programme.id == ours)
        else:
            begun = case((Programme.starts_on <= clock.today(), 0), else_=1)
            found = found.order_by(begun, Programme.id.desc())
        g.funded = db.session.scalars(found).one_or_none()
    return g.funded


def publicity() -> PublicityBlock:
    """The block that a document of the programme at hand carries, with its logos.

    Raises RuleViolation while a part is missing: no document is drawn without it.
    """
    programme = funded_programme()
    if programme is None:
        return NO_PROGRAMME
    block = publicity_of(programme)
    if not programme.logos:
        return block
    images = {digest: file.content for digest, file in logo_files(programme.logos).items()}
    return replace(block, logos=tuple(Logo(**one) for one in programme.logos), images=images)


def publicity_of(programme: Programme) -> PublicityBlock:
    """What the documents of the programme say of its funding. RuleViolation: a part is missing."""
    rules.check(publicity_lacks(programme))
    return publicity_words(programme)


def publicity_lacks(programme: Programme) -> tuple[rules.PublicityPart, ...]:
    """The parts of its publicity that the programme has not written yet."""
    return rules.missing(
        union_line=programme.union_line,
        fund_line=programme.fund_line,
        statement=programme.publicity_statement,
        code=programme.code,
        logos=programme.logos,
    )


def publicity_words(programme: Programme) -> PublicityBlock:
    """What pages and messages say of the funding, however much of it is written."""
    return PublicityBlock(
        union_line=programme.union_line,
        fund_line=programme.fund_line,
        ministry_line=programme.ministry_line,
        statement=programme.publicity_statement,
        programme_title=f"{programme.acronym} – {programme.title}",
        programme_code=f"PROG {programme.code}",
    )
