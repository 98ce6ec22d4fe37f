# SPDX-License-Identifier: AGPL-3.0-or-later
"""Logos of a programme's publicity, offices of a body, versions of what two people edit."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

AREAS = (
    'front_office', 'registry', 'social_services', 'education', 'local_police',
    'immigration_desk', 'housing', 'employment', 'culture_youth',
)  # fmt: skip


def upgrade() -> None:
    op.create_table('office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(120), nullable=False),
    sa.Column('service_area', sa.Enum(*AREAS, name='servicearea', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_office_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_office_organisation_id_name'))
    )
    op.add_column('programme', sa.Column('logos', sa.JSON(), nullable=False, server_default='[]'))
    for table in ('programme', 'organisation'):
        op.add_column(table, sa.Column('version', sa.Integer(), nullable=False, server_default='1'))


def downgrade() -> None:
    op.execute("ALTER TABLE programme DROP COLUMN logos")
    for table in ('programme', 'organisation'):
        op.execute(f"ALTER TABLE {table} DROP COLUMN version")
    op.drop_table('office')
