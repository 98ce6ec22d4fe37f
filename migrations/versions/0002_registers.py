# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bound book, corrections with two keys, evidence on paper, self check-in, recoveries, mail.

Pages closed before are written into the book as their first records, and the
entries of the trail get their seals, so that all can be verified from now on.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from datetime import UTC

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = '0002'
down_revision = '0001'

APPEND_ONLY = ("book_record", "evidence_file", "self_check_in")
NEVER_DELETED = ("correction", "scanned_evidence", "attendance_import")


def refuse(table: str, deed: str) -> None:
    """A trigger that refuses the deed (UPDATE or DELETE) on the table."""
    name, message = f"{table}_no_{deed.lower()}", f"{table} is append-only"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def allow(table: str, deed: str) -> None:
    """Take the trigger away."""
    on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {table}_no_{deed.lower()}{on}")


def seal_the_trail() -> None:
    """Seal every entry with the key of the installation."""
    key = current_app.config["CHAIN_KEY"].encode()
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT sequence, hash FROM audit_event")).all()
    if not rows:
        return
    allow("audit_event", "UPDATE")
    bind.execute(
        sa.text("UPDATE audit_event SET seal = :seal WHERE sequence = :sequence"),
        [
            {"sequence": n, "seal": hmac.new(key, own.encode(), hashlib.sha256).hexdigest()}
            for n, own in rows
        ],
    )
    refuse("audit_event", "UPDATE")


MOMENT = sa.DateTime(timezone=True)
SHEETS = sa.text(
    "SELECT s.*, r.id AS register_id FROM register_sheet s JOIN lesson l ON l.id = s.lesson_id "
    "JOIN attendance_register r ON r.edition_id = l.edition_id "
    "WHERE s.state = 'closed' ORDER BY r.id, s.closed_at, s.id"
).columns(starts_at_real=MOMENT, ends_at_real=MOMENT, closed_at=MOMENT)
ENTRIES = sa.text("SELECT * FROM attendance_entry ORDER BY enrolment_id")
STAYS = sa.text("SELECT * FROM presence_interval ORDER BY entered_at").columns(
    entered_at=MOMENT, left_at=MOMENT
)


def moment(value) -> str:
    """ISO 8601 in UTC with Z; SQLite gives moments without zone."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return f"{value.isoformat()}Z"


def write_the_books() -> None:
    """A record for every page closed, with the content its hash covers."""
    bind = op.get_bind()
    sheets = bind.execute(SHEETS).mappings().all()
    if not sheets:
        return
    stays, entries = defaultdict(list), defaultdict(list)
    for stay in bind.execute(STAYS).mappings():
        ends = [moment(m) for m in (stay["entered_at"], stay["left_at"]) if m is not None]
        stays[stay["entry_id"]].append(ends)
    for entry in bind.execute(ENTRIES).mappings():
        entries[entry["sheet_id"]].append(
            {
                "enrolment": entry["enrolment_id"],
                "status": entry["status"],
                "stays": stays[entry["id"]],
                "counted_minutes": entry["counted_minutes"],
                "source": entry["source"],
            }
        )
    positions: dict[int, int] = defaultdict(int)
    for sheet in sheets:
        positions[sheet["register_id"]] += 1
        write_page(bind, sheet, entries[sheet["id"]], positions[sheet["register_id"]])


def write_page(bind, sheet, entries: list, position: int) -> None:
    """One closed page as the record at this position of its book."""
    content = {
        "lesson": sheet["lesson_id"],
        "version": sheet["page_version"],
        "topic": sheet["topic_done"],
        "start_real": moment(sheet["starts_at_real"]),
        "end_real": moment(sheet["ends_at_real"]),
        "heads": sheet["heads_counted"] or 0,
        "note": sheet["note"],
        "hand": sheet["closed_hand"],
        "closed_by": sheet["closed_by_id"],
        "closed_at": moment(sheet["closed_at"]),
        "entries": entries,
    }
    bind.execute(
        sa.text(
            "INSERT INTO book_record (register_id, position, kind, sheet_id, version, at, "
            "account_id, content, previous_hash, hash) VALUES (:register, :position, 'closed', "
            ":sheet, :version, :at, :account, :content, :previous, :hash)"
        ).bindparams(sa.bindparam("at", type_=MOMENT)),
        {
            "register": sheet["register_id"],
            "position": position,
            "sheet": sheet["id"],
            "version": sheet["page_version"],
            "at": sheet["closed_at"],
            "account": sheet["closed_by_id"],
            "content": json.dumps(
                content, ensure_ascii=False, separators=(",", ":"), sort_keys=True
            ),
            "previous": sheet["previous_hash"],
            "hash": sheet["content_hash"],
        },
    )


def upgrade() -> None:
    op.create_table('evidence_file',
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('media_type', sa.String(80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_evidence_file_size')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_evidence_file'))
    )
    op.create_table('outbox_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('to_address', sa.String(254), nullable=False),
    sa.Column('to_name', sa.String(200), nullable=False),
    sa.Column('subject', sa.String(200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('about_type', sa.String(40), nullable=False),
    sa.Column('about_id', sa.Integer(), nullable=True),
    sa.Column('once_key', sa.String(120), nullable=True),
    sa.Column('message_id', sa.String(120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sent', 'failed', name='messagestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_error', sa.String(300), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_outbox_message_attempts')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_outbox_message_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbox_message_message_id')),
    sa.UniqueConstraint('once_key', name=op.f('uq_outbox_message_once_key'))
    )
    op.create_index('ix_outbox_message_about', 'outbox_message', ['about_type', 'about_id'], unique=False)
    op.create_index('ix_outbox_message_due', 'outbox_message', ['state', 'next_try_at'], unique=False)
    op.create_table('recovery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('missed_lesson_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('arranged_by_id', sa.Integer(), nullable=False),
    sa.Column('arranged_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('lesson_id <> missed_lesson_id', name=op.f('ck_recovery_another_lesson')),
    sa.ForeignKeyConstraint(['arranged_by_id'], ['user_account.id'], name=op.f('fk_recovery_arranged_by_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_recovery_enrolment_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_recovery_lesson_id')),
    sa.ForeignKeyConstraint(['missed_lesson_id'], ['lesson.id'], name=op.f('fk_recovery_missed_lesson_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery')),
    sa.UniqueConstraint('enrolment_id', 'lesson_id', name=op.f('uq_recovery_enrolment_id_lesson_id')),
    sa.UniqueConstraint('enrolment_id', 'missed_lesson_id', name=op.f('uq_recovery_enrolment_id_missed_lesson_id'))
    )
    op.create_index(op.f('ix_recovery_lesson_id'), 'recovery', ['lesson_id'], unique=False)
    op.create_table('attendance_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('online_log', 'spreadsheet', name='importkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('file_name', sa.String(200), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_by_id', sa.Integer(), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['applied_by_id'], ['user_account.id'], name=op.f('fk_attendance_import_applied_by_id')),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_file.sha256'], name=op.f('fk_attendance_import_sha256')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_attendance_import_sheet_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_attendance_import_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_import'))
    )
    op.create_index(op.f('ix_attendance_import_sheet_id'), 'attendance_import', ['sheet_id'], unique=False)
    op.create_table('book_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('register_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('closed', 'reopened', 'corrected', name='recordkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('previous_hash', sa.String(64), nullable=False),
    sa.Column('hash', sa.String(64), nullable=False),
    sa.CheckConstraint('position >= 1', name=op.f('ck_book_record_position')),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_book_record_account_id')),
    sa.ForeignKeyConstraint(['register_id'], ['attendance_register.id'], name=op.f('fk_book_record_register_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_book_record_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book_record')),
    sa.UniqueConstraint('hash', name=op.f('uq_book_record_hash')),
    sa.UniqueConstraint('register_id', 'position', name=op.f('uq_book_record_register_id_position'))
    )
    op.create_index(op.f('ix_book_record_sheet_id'), 'book_record', ['sheet_id'], unique=False)
    op.create_table('self_check_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('entry', 'exit', name='checkinkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_self_check_in_enrolment_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_self_check_in_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_self_check_in')),
    sa.UniqueConstraint('sheet_id', 'enrolment_id', 'kind', name=op.f('uq_self_check_in_sheet_id_enrolment_id_kind'))
    )
    # Nothing ever wrote into these two: they are made again in the shape they need.
    op.drop_table('correction')
    op.drop_table('scanned_evidence')
    op.create_table('scanned_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(200), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('pages BETWEEN 1 AND 1000', name=op.f('ck_scanned_evidence_pages')),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_file.sha256'], name=op.f('fk_scanned_evidence_sha256')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_scanned_evidence_sheet_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_scanned_evidence_uploaded_by_id')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['user_account.id'], name=op.f('fk_scanned_evidence_withdrawn_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scanned_evidence')),
    sa.UniqueConstraint('sheet_id', 'sha256', name=op.f('uq_scanned_evidence_sheet_id_sha256'))
    )
    op.create_table('reconciled_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('agrees', sa.Boolean(), nullable=False),
    sa.Column('remark', sa.String(200), nullable=False),
    sa.Column('written_by_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_reconciled_line_enrolment_id')),
    sa.ForeignKeyConstraint(['evidence_id'], ['scanned_evidence.id'], name=op.f('fk_reconciled_line_evidence_id')),
    sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'], name=op.f('fk_reconciled_line_written_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciled_line')),
    sa.UniqueConstraint('evidence_id', 'enrolment_id', name=op.f('uq_reconciled_line_evidence_id_enrolment_id'))
    )
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.Enum('mark', 'topic', 'heads', name='correctionsubject', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('old_value', sa.String(400), nullable=False),
    sa.Column('new_value', sa.String(400), nullable=False),
    sa.Column('reason', sa.String(400), nullable=False),
    sa.Column('attachment_name', sa.String(200), nullable=False),
    sa.Column('attachment_sha256', sa.String(64), nullable=True),
    sa.Column('state', sa.Enum('asked', 'approved', 'rejected', name='correctionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_role', sa.String(32), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.String(400), nullable=False),
    sa.Column('counted_before', sa.Integer(), nullable=True),
    sa.Column('counted_after', sa.Integer(), nullable=True),
    sa.CheckConstraint('decided_by_id <> asked_by_id', name=op.f('ck_correction_four_eyes')),
    sa.CheckConstraint("(state = 'asked') = (decided_by_id IS NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f('ck_correction_decided')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_correction_asked_by_id')),
    sa.ForeignKeyConstraint(['attachment_sha256'], ['evidence_file.sha256'], name=op.f('fk_correction_attachment_sha256')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_correction_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['attendance_entry.id'], name=op.f('fk_correction_entry_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_correction_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    op.create_index(op.f('ix_correction_sheet_id'), 'correction', ['sheet_id'], unique=False)
    op.create_index('uq_correction_pending', 'correction', ['sheet_id', 'entry_id', 'subject'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
    op.add_column('attendance_entry', sa.Column('received_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('audit_event', sa.Column('seal', sa.String(64), nullable=True))
    seal_the_trail()
    write_the_books()
    for table in APPEND_ONLY:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
    for table in NEVER_DELETED:
        refuse(table, "DELETE")


def downgrade() -> None:
    op.drop_table('correction')
    op.drop_table('reconciled_line')
    op.drop_table('scanned_evidence')
    op.create_table('scanned_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(200), nullable=False),
    sa.Column('media_type', sa.String(80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_scanned_evidence_size')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_scanned_evidence_sheet_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_scanned_evidence_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scanned_evidence'))
    )
    op.create_index(op.f('ix_scanned_evidence_sheet_id'), 'scanned_evidence', ['sheet_id'], unique=False)
    op.create_index('uq_scanned_evidence_file', 'scanned_evidence', ['sheet_id', 'sha256'], unique=True)
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('field', sa.String(40), nullable=False),
    sa.Column('old_value', sa.String(400), nullable=False),
    sa.Column('new_value', sa.String(400), nullable=False),
    sa.Column('reason', sa.String(400), nullable=False),
    sa.Column('state', sa.Enum('asked', 'approved', 'rejected', name='correctionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('decided_by_id <> asked_by_id', name=op.f('ck_correction_four_eyes')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_correction_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_correction_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['attendance_entry.id'], name=op.f('fk_correction_entry_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_correction_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    op.create_index(op.f('ix_correction_sheet_id'), 'correction', ['sheet_id'], unique=False)
    refuse('correction', "DELETE")
    op.execute("ALTER TABLE audit_event DROP COLUMN seal")
    op.execute("ALTER TABLE attendance_entry DROP COLUMN received_at")
    op.drop_table('self_check_in')
    op.drop_table('book_record')
    op.drop_table('attendance_import')
    op.drop_table('recovery')
    op.drop_table('outbox_message')
    op.drop_table('evidence_file')
