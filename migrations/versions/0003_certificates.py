# SPDX-License-Identifier: AGPL-3.0-or-later
"""Declarations and certificates of teaching, batches, derogations, signed copies, shared records.

The table of certificates is made anew: a certificate of teaching has no
enrolment and a declaration no number. What was issued is carried over as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'

KIND = ('participation', 'frequency', 'with_assessment', 'declaration', 'teaching')
STATE = ('issued', 'under_review', 'revoked', 'replaced')
APPEND_ONLY = ("certificate_file", "signed_copy")
NEVER_DELETED = ("certificate", "certificate_batch", "derogation")
CARRIED = (
    "id, enrolment_id, kind, issuing_body_id, year, number, code, holder_given_name, holder_family_name, "
    "content, template_version, state, issued_at, issued_by_id, revoked_at, revoked_by_id, revoked_reason, replaces_id"
)
VALID = "state IN ('issued', 'under_review')"


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


def guard(append_only: tuple[str, ...], never_deleted: tuple[str, ...]) -> None:
    for table in append_only:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
        if on_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    for table in never_deleted:
        refuse(table, "DELETE")


def lay_aside() -> None:
    """Keep what was issued while the tables are made anew."""
    for table in ("certificate", "certificate_file"):
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    op.drop_table('certificate_file')
    op.drop_table('certificate')


def put_back(columns: str, values: str, source: str) -> None:
    op.execute(f"INSERT INTO certificate ({columns}) SELECT {values} FROM {source} ORDER BY k.id")
    op.execute("INSERT INTO certificate_file SELECT * FROM kept_certificate_file")
    if on_postgresql():
        op.execute(
            "SELECT setval(pg_get_serial_sequence('certificate', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM certificate), false)"
        )
    op.execute("DROP TABLE kept_certificate_file")
    op.execute("DROP TABLE kept_certificate")


def make_file_table() -> None:
    op.create_table('certificate_file',
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_file_certificate_id')),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificate_file'))
    )


def valid_index(columns: list[str], where: str) -> None:
    op.create_index('uq_certificate_valid', 'certificate', columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    lay_aside()
    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.Column('lesson_id', sa.Integer(), nullable=True),
    sa.Column('kind', word('certificatekind', *KIND), nullable=False),
    sa.Column('issuing_body_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(32), nullable=False),
    sa.Column('holder_given_name', sa.String(80), nullable=False),
    sa.Column('holder_family_name', sa.String(80), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('template_version', sa.Integer(), nullable=False),
    sa.Column('state', word('certificatestate', *STATE), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_reason', sa.String(300), nullable=False),
    sa.Column('review_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_reason', sa.String(300), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_certificate_number')),
    sa.CheckConstraint("(kind = 'declaration') = (number IS NULL)", name=op.f('ck_certificate_numbered')),
    sa.CheckConstraint("kind = 'teaching' OR enrolment_id IS NOT NULL", name=op.f('ck_certificate_enrolled')),
    sa.CheckConstraint('year BETWEEN 2000 AND 9999', name=op.f('ck_certificate_year')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_certificate_edition_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_certificate_enrolment_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_certificate_lesson_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['user_account.id'], name=op.f('fk_certificate_issued_by_id')),
    sa.ForeignKeyConstraint(['issuing_body_id'], ['organisation.id'], name=op.f('fk_certificate_issuing_body_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['certificate.id'], name=op.f('fk_certificate_replaces_id')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['user_account.id'], name=op.f('fk_certificate_revoked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('code', name=op.f('uq_certificate_code')),
    sa.UniqueConstraint('issuing_body_id', 'year', 'number', name=op.f('uq_certificate_issuing_body_id_year_number')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_certificate_replaces_id'))
    )
    for column in ('edition_id', 'person_id', 'enrolment_id'):
        op.create_index(op.f(f'ix_certificate_{column}'), 'certificate', [column], unique=False)
    valid_index(['edition_id', 'person_id', 'kind'], f"{VALID} AND kind <> 'declaration'")
    make_file_table()
    put_back(
        f"{CARRIED}, edition_id, person_id, review_reason",
        ", ".join(f"k.{column.strip()}" for column in CARRIED.split(",")) + ", e.edition_id, e.person_id, ''",
        "kept_certificate k JOIN enrolment e ON e.id = k.enrolment_id",
    )
    op.create_table('signed_copy',
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('signers', sa.String(300), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_signed_copy_certificate_id')),
    sa.ForeignKeyConstraint(['added_by_id'], ['user_account.id'], name=op.f('fk_signed_copy_added_by_id')),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_signed_copy'))
    )
    op.create_table('certificate_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('notify', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_certificate_batch_edition_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_certificate_batch_asked_by_id')),
    sa.ForeignKeyConstraint(['assignment_id'], ['role_assignment.id'], name=op.f('fk_certificate_batch_assignment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_batch'))
    )
    op.create_index(op.f('ix_certificate_batch_edition_id'), 'certificate_batch', ['edition_id'], unique=False)
    op.create_index(op.f('ix_certificate_batch_finished_at'), 'certificate_batch', ['finished_at'], unique=False)
    op.create_table('certificate_batch_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.Column('kind', word('certificatekind', *KIND), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('replaced_reason', sa.String(300), nullable=False),
    sa.Column('state', word('batchitemstate', 'waiting', 'issued', 'refused'), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(400), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['certificate_batch.id'], name=op.f('fk_certificate_batch_item_batch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_batch_item_person_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_certificate_batch_item_enrolment_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['certificate.id'], name=op.f('fk_certificate_batch_item_replaces_id')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_batch_item_certificate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_batch_item')),
    sa.UniqueConstraint('batch_id', 'seq', name=op.f('uq_certificate_batch_item_batch_id_seq')),
    sa.UniqueConstraint('batch_id', 'person_id', 'kind', name=op.f('uq_certificate_batch_item_batch_id_person_id_kind'))
    )
    op.create_table('derogation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('category', word('derogationcategory', 'service', 'protected_absence', 'organisation', 'equivalent_training', 'other'), nullable=False),
    sa.Column('reason', sa.String(1000), nullable=False),
    sa.Column('file_name', sa.String(200), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(300), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_derogation_enrolment_id')),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_file.sha256'], name=op.f('fk_derogation_sha256')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_derogation_decided_by_id')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_account.id'], name=op.f('fk_derogation_withdrawn_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_derogation'))
    )
    op.create_index('uq_derogation_in_force', 'derogation', ['enrolment_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.create_table('questionnaire_answer',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('ratings', sa.JSON(), nullable=False),
    sa.Column('comment', sa.String(1000), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_questionnaire_answer_edition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questionnaire_answer'))
    )
    op.create_index(op.f('ix_questionnaire_answer_edition_id'), 'questionnaire_answer', ['edition_id'], unique=False)
    op.create_table('record_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(120), nullable=False),
    sa.Column('token_hash', sa.String(64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_record_link_expires_later')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_record_link_person_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_record_link_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_record_link_token_hash'))
    )
    op.create_index(op.f('ix_record_link_person_id'), 'record_link', ['person_id'], unique=False)
    op.create_table('throttle_count',
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('source', sa.String(64), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'source', name=op.f('pk_throttle_count'))
    )
    op.create_index(op.f('ix_throttle_count_opened_at'), 'throttle_count', ['opened_at'], unique=False)
    moment = "TIMESTAMP WITH TIME ZONE" if on_postgresql() else "DATETIME"
    for statement in (
        "certificate_template ADD COLUMN intro_text VARCHAR(120) NOT NULL DEFAULT 'Si attesta che'",
        "certificate_template ADD COLUMN note VARCHAR(300) NOT NULL DEFAULT ''",
        "certificate_template ADD COLUMN second_signatory_name VARCHAR(120) NOT NULL DEFAULT ''",
        "certificate_template ADD COLUMN second_signatory_quality VARCHAR(120) NOT NULL DEFAULT ''",
        "certificate_template ADD COLUMN logos JSON NOT NULL DEFAULT '[]'",
        f"certificate_template ADD COLUMN set_at {moment}",
        "certificate_template ADD COLUMN set_by_id INTEGER CONSTRAINT fk_certificate_template_set_by_id REFERENCES user_account (id)",
        "edition ADD COLUMN asks_questionnaire BOOLEAN NOT NULL DEFAULT false",
        f"enrolment ADD COLUMN questionnaire_at {moment}",
        "enrolment ADD COLUMN assessment_passed BOOLEAN",
    ):
        op.execute(f"ALTER TABLE {statement}")
    guard(APPEND_ONLY, NEVER_DELETED)


def downgrade() -> None:
    for table, columns in (
        ("enrolment", ("assessment_passed", "questionnaire_at")),
        ("edition", ("asks_questionnaire",)),
        ("certificate_template", ("logos", "second_signatory_quality", "second_signatory_name", "note", "intro_text", "set_at")),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    if on_postgresql():
        op.execute("ALTER TABLE certificate_template DROP COLUMN set_by_id")
    else:  # a column with a foreign key is dropped by copying the table
        with op.batch_alter_table("certificate_template") as table:
            table.drop_column("set_by_id")
    for table in ('throttle_count', 'record_link', 'questionnaire_answer', 'derogation', 'certificate_batch_item', 'certificate_batch', 'signed_copy'):
        op.drop_table(table)
    lay_aside()
    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', word('certificatekind', *KIND), nullable=False),
    sa.Column('issuing_body_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(32), nullable=False),
    sa.Column('holder_given_name', sa.String(80), nullable=False),
    sa.Column('holder_family_name', sa.String(80), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('template_version', sa.Integer(), nullable=False),
    sa.Column('state', word('certificatestate', *STATE), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_reason', sa.String(300), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_certificate_number')),
    sa.CheckConstraint('year BETWEEN 2000 AND 9999', name=op.f('ck_certificate_year')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_certificate_enrolment_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['user_account.id'], name=op.f('fk_certificate_issued_by_id')),
    sa.ForeignKeyConstraint(['issuing_body_id'], ['organisation.id'], name=op.f('fk_certificate_issuing_body_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['certificate.id'], name=op.f('fk_certificate_replaces_id')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['user_account.id'], name=op.f('fk_certificate_revoked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('code', name=op.f('uq_certificate_code')),
    sa.UniqueConstraint('issuing_body_id', 'year', 'number', name=op.f('uq_certificate_issuing_body_id_year_number')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_certificate_replaces_id'))
    )
    op.create_index(op.f('ix_certificate_enrolment_id'), 'certificate', ['enrolment_id'], unique=False)
    valid_index(['enrolment_id', 'kind'], VALID)
    make_file_table()
    # What the schema before cannot say stays behind, with its file.
    op.execute("DELETE FROM kept_certificate WHERE number IS NULL OR enrolment_id IS NULL")
    op.execute("DELETE FROM kept_certificate_file WHERE certificate_id NOT IN (SELECT id FROM kept_certificate)")
    put_back(CARRIED, CARRIED, "kept_certificate k")
    guard(("certificate_file",), ("certificate",))
