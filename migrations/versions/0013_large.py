# SPDX-License-Identifier: AGPL-3.0-or-later
"""Indexes by which lists stay quick with a hundred thousand people."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

OPEN, ENDED = "ends_on IS NULL", "ends_on IS NOT NULL"
# Name, table, columns, of which rows.
INDEXES = (
    ("ix_affiliation_group", "affiliation", ["target_group", "person_id"], OPEN),
    ("ix_affiliation_area", "affiliation", ["service_area", "person_id"], OPEN),
    ("ix_affiliation_ended", "affiliation", ["person_id"], ENDED),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        only = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table)
