# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of officials that were sent, and what came of every row."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table('person_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('file_name', sa.String(200), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('columns', 'checking', 'checked', 'applying', 'applied', 'undone', 'dropped', name='intakestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(400), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('heading_key', sa.String(64), nullable=False),
    sa.Column('hidden', sa.JSON(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('family_first', sa.Boolean(), nullable=False),
    sa.Column('update_known', sa.Boolean(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('asking', sa.Integer(), nullable=False),
    sa.Column('warned', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.Column('applied_by_id', sa.Integer(), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('done BETWEEN 0 AND total', name=op.f('ck_person_import_done')),
    sa.CheckConstraint('total BETWEEN 1 AND 20000', name=op.f('ck_person_import_total')),
    sa.CheckConstraint('undone_at IS NULL OR applied_at IS NOT NULL', name=op.f('ck_person_import_undone_after')),
    sa.ForeignKeyConstraint(['applied_by_id'], ['user_account.id'], name=op.f('fk_person_import_applied_by_id')),
    sa.ForeignKeyConstraint(['assignment_id'], ['role_assignment.id'], name=op.f('fk_person_import_assignment_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_person_import_organisation_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_person_import_programme_id')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user_account.id'], name=op.f('fk_person_import_undone_by_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_person_import_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_import'))
    )
    op.create_index(op.f('ix_person_import_programme_id'), 'person_import', ['programme_id'], unique=False)
    op.create_index('ix_person_import_remembered', 'person_import', ['programme_id', 'heading_key'], unique=False)
    op.create_index(op.f('ix_person_import_state'), 'person_import', ['state'], unique=False)

    op.create_table('person_import_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=True),
    sa.Column('label', sa.String(170), nullable=False),
    sa.Column('options', sa.JSON(), nullable=True),
    sa.Column('chosen', sa.Integer(), nullable=True),
    sa.Column('problems', sa.JSON(), nullable=True),
    sa.Column('stops', sa.Boolean(), nullable=False),
    sa.Column('asks', sa.Boolean(), nullable=False),
    sa.Column('warns', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.Enum('created', 'joined', 'updated', 'unchanged', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('affiliation_id', sa.Integer(), nullable=True),
    sa.Column('affiliated', sa.Boolean(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('written', sa.String(64), nullable=True),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_person_import_row_affiliation_id')),
    sa.ForeignKeyConstraint(['import_id'], ['person_import.id'], name=op.f('fk_person_import_row_import_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_import_row_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_import_row')),
    sa.UniqueConstraint('import_id', 'number', name=op.f('uq_person_import_row_import_id_number'))
    )
    op.create_index(op.f('ix_person_import_row_affiliation_id'), 'person_import_row', ['affiliation_id'], unique=False)
    op.create_index(op.f('ix_person_import_row_person_id'), 'person_import_row', ['person_id'], unique=False)



def downgrade() -> None:
    op.drop_table('person_import_row')
    op.drop_table('person_import')
