# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seats by body, the moves of enrolments, words of messages, apologies before a lesson."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

STATE = ('requested', 'body_approved', 'confirmed', 'waitlisted', 'rejected', 'withdrawn', 'completed', 'not_completed')
REASON = (
    'asked', 'nominated', 'approved', 'enrolled', 'confirmed', 'full', 'waitlisted', 'earlier_request', 'ahead_left',
    'seat_freed', 'seats_changed', 'given_back', 'reordered', 'overtaken', 'rejected', 'withdrawn',
)
KIND = ('confirmation', 'convocation', 'reminder', 'waiting', 'rejection')


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def word(name: str, *words: str) -> sa.Enum:
    """A column that holds one of these words, checked by the database."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


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


def make_moves() -> None:
    op.create_table('enrolment_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('from_state', word('from_state', *STATE), nullable=True),
    sa.Column('to_state', word('to_state', *STATE), nullable=False),
    sa.Column('from_position', sa.Integer(), nullable=True),
    sa.Column('to_position', sa.Integer(), nullable=True),
    sa.Column('reason', word('movereason', *REASON), nullable=False),
    sa.Column('note', sa.String(300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_label', sa.String(200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_enrolment_move_by_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_enrolment_move_enrolment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_move'))
    )
    op.create_index(op.f('ix_enrolment_move_enrolment_id'), 'enrolment_move', ['enrolment_id'], unique=False)
    refuse("enrolment_move", "UPDATE")
    refuse("enrolment_move", "DELETE")
    if on_postgresql():
        op.execute(
            "CREATE TRIGGER enrolment_move_no_truncate BEFORE TRUNCATE ON enrolment_move "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def make_seats() -> None:
    op.add_column('edition', sa.Column('gives_back_on', sa.Date(), nullable=True))
    op.add_column('edition', sa.Column('gave_back_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('seat_allotment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.CheckConstraint('seats BETWEEN 0 AND 10000', name=op.f('ck_seat_allotment_seats')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_seat_allotment_edition_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_seat_allotment_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat_allotment')),
    sa.UniqueConstraint('edition_id', 'organisation_id', name=op.f('uq_seat_allotment_edition_id_organisation_id'))
    )
    op.create_index(op.f('ix_seat_allotment_organisation_id'), 'seat_allotment', ['organisation_id'], unique=False)


def make_texts() -> None:
    op.create_table('notice_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('kind', word('noticekind', *KIND), nullable=False),
    sa.Column('subject', sa.String(200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user_account.id'], name=op.f('fk_notice_text_changed_by_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_notice_text_edition_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_notice_text_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_text'))
    )
    partial('uq_notice_text_edition', 'notice_text', ['edition_id', 'kind'], 'edition_id IS NOT NULL')
    partial('uq_notice_text_programme', 'notice_text', ['programme_id', 'kind'], 'edition_id IS NULL')


def partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def make_apologies() -> None:
    op.create_table('apology',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_apology_enrolment_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_apology_lesson_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user_account.id'], name=op.f('fk_apology_made_by_id')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_account.id'], name=op.f('fk_apology_withdrawn_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_apology'))
    )
    op.create_index(op.f('ix_apology_lesson_id'), 'apology', ['lesson_id'], unique=False)
    partial('uq_apology_standing', 'apology', ['enrolment_id', 'lesson_id'], 'withdrawn_at IS NULL')


def upgrade() -> None:
    make_moves()
    make_seats()
    make_texts()
    make_apologies()


def downgrade() -> None:
    op.drop_table('apology')
    op.drop_table('notice_text')
    op.drop_table('seat_allotment')
    op.drop_column('edition', 'gave_back_at')
    op.drop_column('edition', 'gives_back_on')
    op.drop_table('enrolment_move')
