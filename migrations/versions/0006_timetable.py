# SPDX-License-Identifier: AGPL-3.0-or-later
"""Variations of a timetable, pages endorsed later; a page never opened may go with its lesson."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KINDS = ("cancelled", "added", "moved", "venue", "staff")
APPEND_ONLY = ("variation", "additional_pages")


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def refuse(table: str, deed: str, when: str = "") -> None:
    """A trigger that refuses the deed (UPDATE or DELETE) on the table."""
    name, message = f"{table}_no_{deed.lower()}", f"{table} is append-only"
    if when:
        when = f"WHEN ({when}) "
    if on_postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"{when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def drop_trigger(table: str, deed: str) -> None:
    on = f" ON {table}" if on_postgresql() else ""
    op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed.lower()}{on}")


def make_variation() -> None:
    op.create_table(
        "variation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="variationkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("old", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_label", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_variation_number")),
        sa.CheckConstraint(
            "old IS NOT NULL OR new IS NOT NULL", name=op.f("ck_variation_says_something")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_variation_edition_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_variation_lesson_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_variation_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variation")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_variation_edition_id_number")),
    )
    op.create_index(op.f("ix_variation_lesson_id"), "variation", ["lesson_id"])


def make_additional_pages() -> None:
    op.create_table(
        "additional_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endorsed_by_id", sa.Integer(), nullable=True),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "first_page BETWEEN 2 AND last_page", name=op.f("ck_additional_pages_first_page")
        ),
        sa.CheckConstraint("last_page <= 1000", name=op.f("ck_additional_pages_last_page")),
        sa.ForeignKeyConstraint(
            ["register_id"], ["attendance_register.id"], name=op.f("fk_additional_pages_register_id")
        ),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["user_account.id"], name=op.f("fk_additional_pages_endorsed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_pages")),
        sa.UniqueConstraint(
            "register_id", "first_page", name=op.f("uq_additional_pages_register_id_first_page")
        ),
    )


def upgrade() -> None:
    make_variation()
    make_additional_pages()
    for table in APPEND_ONLY:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
        if on_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    op.execute("ALTER TABLE lesson ADD COLUMN revision INTEGER DEFAULT 0 NOT NULL")
    op.execute(
        "ALTER TABLE attendance_register ADD COLUMN added_pages INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_attendance_register_added_pages CHECK (added_pages BETWEEN 0 AND 1000)"
    )
    # A blank page goes with a lesson of a draft; whatever was opened stays.
    drop_trigger("register_sheet", "DELETE")
    refuse("register_sheet", "DELETE", "OLD.state <> 'not_open' OR OLD.opened_at IS NOT NULL")


def downgrade() -> None:
    drop_trigger("register_sheet", "DELETE")
    refuse("register_sheet", "DELETE")
    op.execute("ALTER TABLE attendance_register DROP COLUMN added_pages")
    op.execute("ALTER TABLE lesson DROP COLUMN revision")
    op.drop_table("additional_pages")
    op.drop_table("variation")
