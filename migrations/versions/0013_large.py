# SPDX-License-Identifier: AGPL-3.0-or-later
"""Indexes by which lists stay quick with a hundred thousand people."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

OPEN, ENDED = "ends_on IS NULL", "ends_on IS NOT NULL"
# Name, columns, of which rows.
AFFILIATIONS = (
    ("ix_affiliation_group", ["target_group", "person_id"], OPEN),
    ("ix_affiliation_area", ["service_area", "person_id"], OPEN),
    ("ix_affiliation_ended", ["person_id"], ENDED),
)
# Name, columns before and from now on.
ENROLMENTS = (
    (
        "ix_enrolment_person_id",
        ["person_id"],
        ["person_id", "home_body_id", "edition_id", "state"],
    ),
    (
        "ix_enrolment_home_body_id",
        ["home_body_id"],
        ["home_body_id", "edition_id", "state", "person_id"],
    ),
)


def upgrade() -> None:
    for name, columns, where in AFFILIATIONS:
        only = sa.text(where)
        op.create_index(name, "affiliation", columns, sqlite_where=only, postgresql_where=only)
    for name, _before, columns in ENROLMENTS:
        op.drop_index(name, "enrolment")
        op.create_index(name, "enrolment", columns)
    op.create_index("ix_enrolment_edition_id", "enrolment", ["edition_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_enrolment_edition_id", "enrolment")
    for name, columns, _after in ENROLMENTS:
        op.drop_index(name, "enrolment")
        op.create_index(name, "enrolment", columns)
    for name, _columns, _where in AFFILIATIONS:
        op.drop_index(name, "affiliation")
