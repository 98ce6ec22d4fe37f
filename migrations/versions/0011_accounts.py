# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links sent by mail to begin an account or to choose a new password; proposals of bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ROLE = (
    'programme_coordinator', 'organiser', 'trainer', 'tutor', 'participant', 'body_representative', 'auditor',
    'system_admin',
)
LIVING = 'used_at IS NULL AND void_at IS NULL'
OPEN = "state = 'proposed'"


def word(name: str, *words: str) -> sa.Enum:
    """A column that holds one of these words, checked by the database."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table('account_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', word('tokenpurpose', 'invitation', 'reset'), nullable=False),
    sa.Column('token_hash', sa.String(64), nullable=False),
    sa.Column('sent_to', sa.String(254), nullable=False),
    moment('created_at'),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    moment('expires_at'),
    moment('used_at', nullable=True),
    moment('void_at', nullable=True),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_account_token_expires_later')),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_account_token_account_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_account_token_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_token_token_hash'))
    )
    op.create_index('ix_account_token_account_id', 'account_token', ['account_id', 'purpose'], unique=False)
    op.create_index('uq_account_token_living', 'account_token', ['account_id', 'purpose'], unique=True, sqlite_where=sa.text(LIVING), postgresql_where=sa.text(LIVING))
    op.create_table('reset_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(254), nullable=False),
    moment('asked_at'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reset_request'))
    )
    op.create_table('user_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('given_name', sa.String(80), nullable=False),
    sa.Column('family_name', sa.String(80), nullable=False),
    sa.Column('email', sa.String(254), nullable=False),
    sa.Column('role', word('role', *ROLE), nullable=False),
    sa.Column('state', word('proposalstate', 'proposed', 'accepted', 'declined'), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    moment('proposed_at'),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    moment('decided_at', nullable=True),
    sa.Column('decision_note', sa.String(500), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("role IN ('participant', 'body_representative')", name=op.f('ck_user_proposal_proposable')),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_user_proposal_decided')),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_user_proposal_account_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_user_proposal_decided_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_user_proposal_organisation_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_user_proposal_programme_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_user_proposal_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_proposal'))
    )
    op.create_index(op.f('ix_user_proposal_organisation_id'), 'user_proposal', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_user_proposal_programme_id'), 'user_proposal', ['programme_id'], unique=False)
    op.create_index('uq_user_proposal_open', 'user_proposal', ['programme_id', 'organisation_id', 'email'], unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))


def downgrade() -> None:
    op.drop_table('user_proposal')
    op.drop_table('reset_request')
    op.drop_table('account_token')
