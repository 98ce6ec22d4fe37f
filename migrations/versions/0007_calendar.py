# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses of personal calendars, and the share of an office that may be away at once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("withdrawn_at >= created_at", name=op.f("ck_calendar_feed_withdrawn_later")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["user_account.id"], name=op.f("fk_calendar_feed_account_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["role_assignment.id"],
            name=op.f("fk_calendar_feed_assignment_id_role_assignment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_account_id"), "calendar_feed", ["account_id"])
    op.create_index(
        "uq_calendar_feed_in_use",
        "calendar_feed",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    # With its check in one statement, which both engines take without making the table anew.
    op.execute(
        "ALTER TABLE programme ADD COLUMN office_share INTEGER DEFAULT 50 NOT NULL "
        "CONSTRAINT ck_programme_office_share CHECK (office_share BETWEEN 1 AND 100)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE programme DROP COLUMN office_share")
    op.drop_table("calendar_feed")
