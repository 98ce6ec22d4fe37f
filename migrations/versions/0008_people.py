# SPDX-License-Identifier: AGPL-3.0-or-later
"""People completed later, found to be one, or said to be two.

The keys by which two writings of one name or tax code are found are computed for
the people there are.
"""

import sqlalchemy as sa
from alembic import op

from app.domain.people import name_key
from app.domain.tax_code import comparable

revision = "0008"
down_revision = "0007"

BEFORE = (
    "id, given_name, family_name, search_key, sex, birth_date, birth_place, birth_place_code, tax_code, "
    "work_email, is_social_worker, active"
)
GUARDED = (("person_merge", "UPDATE"), ("person_merge", "DELETE"), ("person_distinction", "DELETE"))
BATCH = 1000


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def refuse(table: str, deed: str) -> None:
    """A trigger that refuses the deed (UPDATE or DELETE) on the table."""
    name, message = f"{table}_no_{deed.lower()}", f"{table} is append-only"
    if on_postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def fill_keys() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, given_name, family_name, tax_code FROM person ORDER BY id")
    ).all()
    update = sa.text("UPDATE person SET name_key = :name, tax_key = :code WHERE id = :id")
    for start in range(0, len(rows), BATCH):
        connection.execute(
            update,
            [
                {"id": r.id, "name": name_key(r.given_name, r.family_name), "code": comparable(r.tax_code) or None}
                for r in rows[start : start + BATCH]
            ],
        )


def upgrade() -> None:
    for column in (
        "name_key VARCHAR(500) NOT NULL DEFAULT ''",
        "tax_key VARCHAR(20)",
        "incomplete BOOLEAN NOT NULL DEFAULT false",
        "registered_by_body_id INTEGER CONSTRAINT fk_person_registered_by_body_id REFERENCES organisation (id)",
        "merged_into_id INTEGER CONSTRAINT fk_person_merged_into_id REFERENCES person (id) "
        "CONSTRAINT ck_person_merged_into_another CHECK (merged_into_id <> id)",
        "version INTEGER NOT NULL DEFAULT 1",
    ):
        op.execute(f"ALTER TABLE person ADD COLUMN {column}")
    for column in ("name_key", "tax_key"):
        op.create_index(op.f(f'ix_person_{column}'), 'person', [column], unique=False)
    pointers = sa.text('merged_into_id IS NOT NULL')
    op.create_index('ix_person_merged_into_id', 'person', ['merged_into_id'], unique=False, sqlite_where=pointers, postgresql_where=pointers)
    op.create_index('ix_person_incomplete', 'person', ['id'], unique=False, sqlite_where=sa.text('incomplete'), postgresql_where=sa.text('incomplete'))
    op.create_index(op.f('ix_affiliation_person_id'), 'affiliation', ['person_id'], unique=False)
    fill_keys()
    op.create_table('person_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('merged_id', sa.Integer(), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_by_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.CheckConstraint('merged_id <> kept_id', name=op.f('ck_person_merge_two_records')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_person_merge_kept_id')),
    sa.ForeignKeyConstraint(['merged_id'], ['person.id'], name=op.f('fk_person_merge_merged_id')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['user_account.id'], name=op.f('fk_person_merge_merged_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merge')),
    sa.UniqueConstraint('merged_id', name=op.f('uq_person_merge_merged_id'))
    )
    op.create_index(op.f('ix_person_merge_kept_id'), 'person_merge', ['kept_id'], unique=False)
    op.create_table('person_distinction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_person_distinction_in_order')),
    sa.ForeignKeyConstraint(['first_id'], ['person.id'], name=op.f('fk_person_distinction_first_id')),
    sa.ForeignKeyConstraint(['second_id'], ['person.id'], name=op.f('fk_person_distinction_second_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_person_distinction_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_distinction')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_person_distinction_first_id_second_id'))
    )
    op.create_index(op.f('ix_person_distinction_second_id'), 'person_distinction', ['second_id'], unique=False)
    for table, deed in GUARDED:
        refuse(table, deed)


def downgrade() -> None:
    op.drop_table('person_distinction')
    op.drop_table('person_merge')
    op.drop_index(op.f('ix_affiliation_person_id'), table_name='affiliation')
    op.drop_index('ix_person_incomplete', table_name='person')
    for column in ("name_key", "tax_key", "merged_into_id"):
        op.drop_index(op.f(f'ix_person_{column}'), table_name='person')
    if on_postgresql():
        for column in ("name_key", "tax_key", "incomplete", "registered_by_body_id", "merged_into_id", "version"):
            op.execute(f"ALTER TABLE person DROP COLUMN {column}")
        return
    make_anew()


def make_anew() -> None:
    """SQLite drops no column with a foreign key: the table is made anew, its rows put back."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE kept_person AS SELECT {BEFORE} FROM person")
    op.drop_table('person')
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('given_name', sa.String(80), nullable=False),
    sa.Column('family_name', sa.String(80), nullable=False),
    sa.Column('search_key', sa.String(340), nullable=False),
    sa.Column('sex', sa.String(1), nullable=True),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('birth_place', sa.String(120), nullable=True),
    sa.Column('birth_place_code', sa.String(4), nullable=True),
    sa.Column('tax_code', sa.String(16), nullable=True),
    sa.Column('work_email', sa.String(254), nullable=True),
    sa.Column('is_social_worker', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("sex IN ('F', 'M')", name=op.f('ck_person_sex_letter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('tax_code', name=op.f('uq_person_tax_code')),
    sa.UniqueConstraint('work_email', name=op.f('uq_person_work_email'))
    )
    op.create_index(op.f('ix_person_search_key'), 'person', ['search_key'], unique=False)
    op.execute(f"INSERT INTO person ({BEFORE}) SELECT {BEFORE} FROM kept_person ORDER BY id")
    op.execute("DROP TABLE kept_person")
