# SPDX-License-Identifier: AGPL-3.0-or-later
"""Versions and proposals of courses, reasons of editions, venues out of use, lists of what to prepare."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# Table, column, its type and bounds.
COLUMNS = (
    ("course", "proposed_by_id", "INTEGER CONSTRAINT fk_course_proposed_by_id REFERENCES organisation (id)"),
    ("course", "version", "INTEGER DEFAULT 1 NOT NULL"),
    ("venue", "active", "BOOLEAN DEFAULT {true} NOT NULL"),
    ("venue", "version", "INTEGER DEFAULT 1 NOT NULL"),
    ("edition", "minutes_reason", "VARCHAR(500) DEFAULT '' NOT NULL"),
    ("edition", "confirm_reason", "VARCHAR(500) DEFAULT '' NOT NULL"),
    ("edition", "cancel_reason", "VARCHAR(500) DEFAULT '' NOT NULL"),
    ("edition", "version", "INTEGER DEFAULT 1 NOT NULL"),
)
STANDARD_LIST = (
    (-30, "Sede confermata"),
    (-30, "Docenti incaricati"),
    (-14, "Convocazioni inviate"),
    (-7, "Registro vidimato"),
    (-2, "Fogli firme e materiali in sede"),
    (3, "Attestati da rilasciare controllati"),
)
# A page never opened goes with a lesson of a draft; whatever was opened stays.
NEVER_OPENED = "OLD.state <> 'not_open' OR OLD.opened_at IS NOT NULL"


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def keep_pages(when: str = "") -> None:
    """The trigger that refuses to delete a page of a register, always or ``when``."""
    when = f"WHEN ({when}) " if when else ""
    on = " ON register_sheet" if on_postgresql() else ""
    op.execute(f"DROP TRIGGER IF EXISTS register_sheet_no_delete{on}")
    if on_postgresql():
        op.execute(
            "CREATE TRIGGER register_sheet_no_delete BEFORE DELETE ON register_sheet "
            f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER register_sheet_no_delete BEFORE DELETE ON register_sheet "
            f"{when}BEGIN SELECT RAISE(ABORT, 'register_sheet is append-only'); END"
        )


def upgrade() -> None:
    true = "true" if on_postgresql() else "1"
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.format(true=true)}")
    op.create_table(
        "standard_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days BETWEEN -365 AND 365", name=op.f("ck_standard_item_days")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_standard_item_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_item")),
    )
    op.create_index(op.f("ix_standard_item_programme_id"), "standard_item", ["programme_id"])
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_by_label", sa.String(200), server_default="", nullable=False),
        sa.CheckConstraint("days BETWEEN -365 AND 365", name=op.f("ck_checklist_item_days")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_checklist_item_edition_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user_account.id"], name=op.f("fk_checklist_item_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
    )
    op.create_index("ix_checklist_item_edition_id_days", "checklist_item", ["edition_id", "days"])
    for days, title in STANDARD_LIST:
        op.execute(
            "INSERT INTO standard_item (programme_id, title, days) "
            f"SELECT id, '{title}', {days} FROM programme"
        )
    keep_pages(NEVER_OPENED)


def downgrade() -> None:
    keep_pages()
    op.drop_table("checklist_item")
    op.drop_table("standard_item")
    for table, column, _kind in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
