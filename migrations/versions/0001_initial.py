# SPDX-License-Identifier: AGPL-3.0-or-later
"""The schema of the whole domain, but for correspondence and questionnaires."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


# Rows that are evidence: never changed, never deleted, not even by hand.
APPEND_ONLY = ("audit_event", "certificate_file")
NEVER_DELETED = ("certificate", "attendance_register", "register_sheet", "correction")


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


def guard_evidence() -> None:
    """Triggers on both engines; PostgreSQL also refuses TRUNCATE."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in APPEND_ONLY:
        refuse(table, "UPDATE")
        refuse(table, "DELETE")
        if postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    for table in NEVER_DELETED:
        refuse(table, "DELETE")


def upgrade() -> None:
    op.create_table('idempotency_key',
    sa.Column('key', sa.String(64), nullable=False),
    sa.Column('owner', sa.String(64), nullable=False),
    sa.Column('fingerprint', sa.String(64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('location', sa.String(500), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_idempotency_key'))
    )
    op.create_index(op.f('ix_idempotency_key_created_at'), 'idempotency_key', ['created_at'], unique=False)
    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('municipality', 'province', 'association', 'training_provider', 'ministry', 'other', name='bodykind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(200), nullable=False),
    sa.Column('short_name', sa.String(80), nullable=False),
    sa.Column('search_key', sa.String(300), nullable=False),
    sa.Column('istat_code', sa.String(6), nullable=True),
    sa.Column('belfiore_code', sa.String(4), nullable=True),
    sa.Column('province_code', sa.String(2), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('ipa_code', sa.String(20), nullable=True),
    sa.Column('tax_code', sa.String(16), nullable=True),
    sa.Column('certified_email', sa.String(254), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('population >= 0', name=op.f('ck_organisation_population_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('belfiore_code', name=op.f('uq_organisation_belfiore_code')),
    sa.UniqueConstraint('istat_code', name=op.f('uq_organisation_istat_code')),
    sa.UniqueConstraint('name', name=op.f('uq_organisation_name'))
    )
    op.create_index(op.f('ix_organisation_search_key'), 'organisation', ['search_key'], unique=False)
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
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(40), nullable=False),
    sa.Column('acronym', sa.String(40), nullable=False),
    sa.Column('title', sa.String(300), nullable=False),
    sa.Column('fund_name', sa.String(200), nullable=False),
    sa.Column('annual_programme', sa.String(80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('retention_until', sa.Date(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('default_threshold', sa.Integer(), nullable=False),
    sa.Column('late_grace_minutes', sa.Integer(), nullable=False),
    sa.Column('timezone', sa.String(40), nullable=False),
    sa.Column('union_line', sa.String(80), nullable=False),
    sa.Column('fund_line', sa.String(200), nullable=False),
    sa.Column('ministry_line', sa.String(120), nullable=False),
    sa.Column('publicity_statement', sa.String(400), nullable=False),
    sa.CheckConstraint('default_threshold BETWEEN 0 AND 100', name=op.f('ck_programme_threshold_percent')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_programme_ends_after_start')),
    sa.CheckConstraint('late_grace_minutes BETWEEN 0 AND 60', name=op.f('ck_programme_grace_minutes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('code', name=op.f('uq_programme_code'))
    )
    op.create_table('affiliation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(120), nullable=False),
    sa.Column('job_title', sa.String(120), nullable=False),
    sa.Column('service_area', sa.Enum('front_office', 'registry', 'social_services', 'education', 'local_police', 'immigration_desk', 'housing', 'employment', 'culture_youth', name='servicearea', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('target_group', sa.Enum('official', 'policy_maker', name='targetgroup', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('policy_office', sa.Enum('sindaco', 'assessore', 'consigliere', 'dirigente', name='policyoffice', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_affiliation_ends_after_start')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_affiliation_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_affiliation_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_affiliation'))
    )
    op.create_index(op.f('ix_affiliation_organisation_id'), 'affiliation', ['organisation_id'], unique=False)
    op.create_index('uq_affiliation_open', 'affiliation', ['person_id', 'organisation_id'], unique=True, sqlite_where=sa.text('ends_on IS NULL'), postgresql_where=sa.text('ends_on IS NULL'))
    op.create_table('certificate_counter',
    sa.Column('issuing_body_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.CheckConstraint('last_number >= 0', name=op.f('ck_certificate_counter_last_number')),
    sa.ForeignKeyConstraint(['issuing_body_id'], ['organisation.id'], name=op.f('fk_certificate_counter_issuing_body_id')),
    sa.PrimaryKeyConstraint('issuing_body_id', 'year', name=op.f('pk_certificate_counter'))
    )
    op.create_table('certificate_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('issuing_body_id', sa.Integer(), nullable=False),
    sa.Column('issue_place', sa.String(80), nullable=False),
    sa.Column('signatory_name', sa.String(120), nullable=False),
    sa.Column('signatory_quality', sa.String(120), nullable=False),
    sa.Column('art40_notice', sa.Boolean(), nullable=False),
    sa.Column('stamp_duty_note', sa.String(300), nullable=False),
    sa.ForeignKeyConstraint(['issuing_body_id'], ['organisation.id'], name=op.f('fk_certificate_template_issuing_body_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_certificate_template_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_template')),
    sa.UniqueConstraint('programme_id', 'version', name=op.f('uq_certificate_template_programme_id_version'))
    )
    op.create_table('course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(20), nullable=False),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('search_key', sa.String(400), nullable=False),
    sa.Column('objectives', sa.String(2000), nullable=False),
    sa.Column('contents', sa.String(4000), nullable=False),
    sa.Column('audience', sa.String(400), nullable=False),
    sa.Column('area', sa.String(80), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('certificate_kind', sa.Enum('participation', 'frequency', 'with_assessment', 'declaration', 'teaching', name='certificatekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('default_threshold', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'retired', name='coursestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('default_threshold BETWEEN 0 AND 100', name=op.f('ck_course_threshold_percent')),
    sa.CheckConstraint('planned_minutes BETWEEN 1 AND 100000', name=op.f('ck_course_planned_minutes')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_course_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    sa.UniqueConstraint('programme_id', 'code', name=op.f('uq_course_programme_id_code'))
    )
    op.create_table('data_subject_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('access', 'rectification', 'erasure', 'restriction', name='datarequestkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(400), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_data_subject_request_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_subject_request'))
    )
    op.create_index(op.f('ix_data_subject_request_person_id'), 'data_subject_request', ['person_id'], unique=False)
    op.create_table('indicator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(10), nullable=False),
    sa.Column('target', sa.Integer(), nullable=True),
    sa.CheckConstraint('target >= 0', name=op.f('ck_indicator_target_not_negative')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_indicator_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator')),
    sa.UniqueConstraint('programme_id', 'code', name=op.f('uq_indicator_programme_id_code'))
    )
    op.create_table('partnership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('lead_beneficiary', 'coordinator_body', 'partner_body', 'participating_body', 'responsible_authority', name='partnershiprole', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_partnership_ends_after_start')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_partnership_organisation_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_partnership_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partnership')),
    sa.UniqueConstraint('programme_id', 'organisation_id', 'role', name=op.f('uq_partnership_programme_id_organisation_id_role'))
    )
    op.create_index(op.f('ix_partnership_organisation_id'), 'partnership', ['organisation_id'], unique=False)
    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(254), nullable=False),
    sa.Column('display_name', sa.String(200), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.String(300), nullable=True),
    sa.Column('idp_subject', sa.String(200), nullable=True),
    sa.Column('totp_secret', sa.String(64), nullable=True),
    sa.Column('state', sa.Enum('invited', 'active', 'locked', 'disabled', name='accountstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.String(2), nullable=False),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("language IN ('it', 'en')", name=op.f('ck_user_account_language')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_user_account_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('idp_subject', name=op.f('uq_user_account_idp_subject')),
    sa.UniqueConstraint('login', name=op.f('uq_user_account_login')),
    sa.UniqueConstraint('person_id', name=op.f('uq_user_account_person_id'))
    )
    op.create_table('venue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(200), nullable=False),
    sa.Column('town', sa.String(80), nullable=False),
    sa.Column('address', sa.String(200), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('accessible', sa.Boolean(), nullable=False),
    sa.Column('istat_code', sa.String(6), nullable=True),
    sa.CheckConstraint('capacity BETWEEN 1 AND 10000', name=op.f('ck_venue_capacity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_venue_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_venue')),
    sa.UniqueConstraint('name', 'town', name=op.f('uq_venue_name_town'))
    )
    op.create_table('audit_event',
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('actor_label', sa.String(200), nullable=False),
    sa.Column('role', sa.String(32), nullable=False),
    sa.Column('action', sa.String(60), nullable=False),
    sa.Column('target_type', sa.String(40), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('target_label', sa.String(200), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('request_id', sa.String(36), nullable=False),
    sa.Column('previous_hash', sa.String(64), nullable=False),
    sa.Column('hash', sa.String(64), nullable=False),
    sa.CheckConstraint('sequence >= 1', name=op.f('ck_audit_event_sequence')),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_audit_event_account_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_audit_event_organisation_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_audit_event_programme_id')),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_event_hash'))
    )
    op.create_index('ix_audit_event_target', 'audit_event', ['target_type', 'target_id'], unique=False)
    op.create_table('edition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('course_title', sa.String(200), nullable=False),
    sa.Column('code', sa.String(30), nullable=False),
    sa.Column('kind', sa.Enum('course', 'workshop', 'conference', name='editionkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('delivering_body_id', sa.Integer(), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=True),
    sa.Column('venue_id', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Enum('in_person', 'online_sync', 'blended', name='mode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('seats_min', sa.Integer(), nullable=False),
    sa.Column('seats_max', sa.Integer(), nullable=False),
    sa.Column('enrol_opens_on', sa.Date(), nullable=True),
    sa.Column('enrol_closes_on', sa.Date(), nullable=True),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('body_approval', sa.Boolean(), nullable=False),
    sa.Column('credits_asked', sa.Boolean(), nullable=False),
    sa.Column('credits_event_id', sa.String(40), nullable=True),
    sa.Column('credits_training', sa.Integer(), nullable=True),
    sa.Column('credits_ethics', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'open', 'confirmed', 'running', 'closed', 'archived', 'cancelled', name='editionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('enrol_closes_on >= enrol_opens_on', name=op.f('ck_edition_enrol_dates')),
    sa.CheckConstraint('planned_minutes BETWEEN 1 AND 100000', name=op.f('ck_edition_planned_minutes')),
    sa.CheckConstraint('seats_max <= 10000', name=op.f('ck_edition_seats_bound')),
    sa.CheckConstraint('seats_min BETWEEN 1 AND seats_max', name=op.f('ck_edition_seats')),
    sa.CheckConstraint('threshold BETWEEN 0 AND 100', name=op.f('ck_edition_threshold_percent')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_edition_course_id')),
    sa.ForeignKeyConstraint(['delivering_body_id'], ['organisation.id'], name=op.f('fk_edition_delivering_body_id')),
    sa.ForeignKeyConstraint(['organiser_id'], ['person.id'], name=op.f('fk_edition_organiser_id')),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_edition_venue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition')),
    sa.UniqueConstraint('code', name=op.f('uq_edition_code'))
    )
    op.create_index(op.f('ix_edition_course_id'), 'edition', ['course_id'], unique=False)
    op.create_index(op.f('ix_edition_delivering_body_id'), 'edition', ['delivering_body_id'], unique=False)
    op.create_table('export_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', name='jobstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sha256', sa.String(64), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_export_job_asked_by_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_export_job_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_job'))
    )
    op.create_index(op.f('ix_export_job_asked_by_id'), 'export_job', ['asked_by_id'], unique=False)
    op.create_table('indicator_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('indicator_id', sa.Integer(), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('rows_ref', sa.String(200), nullable=True),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicator.id'], name=op.f('fk_indicator_reading_indicator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator_reading')),
    sa.UniqueConstraint('indicator_id', 'read_on', name=op.f('uq_indicator_reading_indicator_id_read_on'))
    )
    op.create_table('module',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 1 AND 100000', name=op.f('ck_module_minutes')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_module_course_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_module')),
    sa.UniqueConstraint('course_id', 'seq', name=op.f('uq_module_course_id_seq'))
    )
    op.create_table('attendance_register',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(40), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('endorsed_by_id', sa.Integer(), nullable=True),
    sa.Column('endorsed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('endorsement_hash', sa.String(64), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('pages BETWEEN 1 AND 1000', name=op.f('ck_attendance_register_pages')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_attendance_register_edition_id')),
    sa.ForeignKeyConstraint(['endorsed_by_id'], ['user_account.id'], name=op.f('fk_attendance_register_endorsed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_register')),
    sa.UniqueConstraint('edition_id', name=op.f('uq_attendance_register_edition_id')),
    sa.UniqueConstraint('number', name=op.f('uq_attendance_register_number'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('media_type', sa.String(80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('size >= 0', name=op.f('ck_document_size')),
    sa.ForeignKeyConstraint(['added_by_id'], ['user_account.id'], name=op.f('fk_document_added_by_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_document_edition_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_document_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document'))
    )
    op.create_index(op.f('ix_document_programme_id'), 'document', ['programme_id'], unique=False)
    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=True),
    sa.Column('home_body_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(120), nullable=False),
    sa.Column('state', sa.Enum('requested', 'body_approved', 'confirmed', 'waitlisted', 'rejected', 'withdrawn', 'completed', 'not_completed', name='enrolmentstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('body_approved_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waitlist_position', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.String(40), nullable=True),
    sa.Column('notice_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('waitlist_position >= 1', name=op.f('ck_enrolment_waitlist_position')),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_enrolment_affiliation_id')),
    sa.ForeignKeyConstraint(['body_approved_by_id'], ['user_account.id'], name=op.f('fk_enrolment_body_approved_by_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['user_account.id'], name=op.f('fk_enrolment_confirmed_by_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_enrolment_edition_id')),
    sa.ForeignKeyConstraint(['home_body_id'], ['organisation.id'], name=op.f('fk_enrolment_home_body_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_enrolment_person_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_enrolment_requested_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('edition_id', 'person_id', name=op.f('uq_enrolment_edition_id_person_id'))
    )
    op.create_index(op.f('ix_enrolment_home_body_id'), 'enrolment', ['home_body_id'], unique=False)
    op.create_index(op.f('ix_enrolment_person_id'), 'enrolment', ['person_id'], unique=False)
    op.create_table('lesson',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('module_id', sa.Integer(), nullable=True),
    sa.Column('topic', sa.String(300), nullable=False),
    sa.Column('venue_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('scheduled', 'held', 'cancelled', 'moved', name='lessonstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('moved_from', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_lesson_ends_after_start')),
    sa.CheckConstraint('planned_minutes BETWEEN 1 AND 720', name=op.f('ck_lesson_planned_minutes')),
    sa.CheckConstraint('seq BETWEEN 1 AND 1000', name=op.f('ck_lesson_seq')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_lesson_edition_id')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_lesson_module_id')),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_lesson_venue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lesson')),
    sa.UniqueConstraint('edition_id', 'seq', name=op.f('uq_lesson_edition_id_seq'))
    )
    op.create_index(op.f('ix_lesson_starts_at'), 'lesson', ['starts_at'], unique=False)
    op.create_table('role_assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('programme_coordinator', 'organiser', 'trainer', 'tutor', 'participant', 'body_representative', 'auditor', 'system_admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("role = 'system_admin' OR programme_id IS NOT NULL", name=op.f('ck_role_assignment_programme_scope')),
    sa.CheckConstraint("role NOT IN ('organiser', 'body_representative') OR organisation_id IS NOT NULL", name=op.f('ck_role_assignment_body_scope')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_role_assignment_ends_after_start')),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_role_assignment_account_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_role_assignment_edition_id')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['user_account.id'], name=op.f('fk_role_assignment_granted_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_role_assignment_organisation_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_role_assignment_programme_id')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['user_account.id'], name=op.f('fk_role_assignment_revoked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_assignment'))
    )
    op.create_index(op.f('ix_role_assignment_account_id'), 'role_assignment', ['account_id'], unique=False)
    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('participation', 'frequency', 'with_assessment', 'declaration', 'teaching', name='certificatekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('issuing_body_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(32), nullable=False),
    sa.Column('holder_given_name', sa.String(80), nullable=False),
    sa.Column('holder_family_name', sa.String(80), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('template_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('issued', 'under_review', 'revoked', 'replaced', name='certificatestate', native_enum=False, create_constraint=True, length=32), nullable=False),
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
    op.create_index('uq_certificate_valid', 'certificate', ['enrolment_id', 'kind'], unique=True, sqlite_where=sa.text("state IN ('issued', 'under_review')"), postgresql_where=sa.text("state IN ('issued', 'under_review')"))
    op.create_table('lesson_break',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_lesson_break_ends_after_start')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_lesson_break_lesson_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lesson_break'))
    )
    op.create_index(op.f('ix_lesson_break_lesson_id'), 'lesson_break', ['lesson_id'], unique=False)
    op.create_table('lesson_staff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('trainer', 'co_trainer', 'tutor', 'mediator', name='staffrole', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(200), nullable=False),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_lesson_staff_lesson_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_lesson_staff_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lesson_staff')),
    sa.UniqueConstraint('lesson_id', 'person_id', 'role', name=op.f('uq_lesson_staff_lesson_id_person_id_role'))
    )
    op.create_index(op.f('ix_lesson_staff_person_id'), 'lesson_staff', ['person_id'], unique=False)
    op.create_table('login_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('device', sa.String(200), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['user_account.id'], name=op.f('fk_login_session_account_id')),
    sa.ForeignKeyConstraint(['assignment_id'], ['role_assignment.id'], name=op.f('fk_login_session_assignment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_login_session_token_hash'))
    )
    op.create_index(op.f('ix_login_session_account_id'), 'login_session', ['account_id'], unique=False)
    op.create_table('register_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('not_open', 'open', 'closed', 'reopened', name='sheetstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('topic_done', sa.String(300), nullable=False),
    sa.Column('starts_at_real', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at_real', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heads_counted', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(300), nullable=False),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_hand', sa.Enum('trainer', 'tutor', 'substitute', name='hand', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('closed_late', sa.Boolean(), nullable=False),
    sa.Column('delivered_minutes', sa.Integer(), nullable=False),
    sa.Column('reopened_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('content_hash', sa.String(64), nullable=True),
    sa.Column('previous_hash', sa.String(64), nullable=True),
    sa.Column('page_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'closed' OR (closed_at IS NOT NULL AND starts_at_real IS NOT NULL AND ends_at_real IS NOT NULL AND content_hash IS NOT NULL)", name=op.f('ck_register_sheet_closed_complete')),
    sa.CheckConstraint('delivered_minutes BETWEEN 0 AND 720', name=op.f('ck_register_sheet_delivered_minutes')),
    sa.CheckConstraint('ends_at_real > starts_at_real', name=op.f('ck_register_sheet_real_times')),
    sa.CheckConstraint('heads_counted BETWEEN 0 AND 10000', name=op.f('ck_register_sheet_heads')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['user_account.id'], name=op.f('fk_register_sheet_closed_by_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_register_sheet_lesson_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user_account.id'], name=op.f('fk_register_sheet_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_sheet')),
    sa.UniqueConstraint('lesson_id', name=op.f('uq_register_sheet_lesson_id'))
    )
    op.create_table('attendance_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('present', 'absent', 'justified', 'not_expected', name='presence', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('counted_minutes', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('trainer', 'tutor', 'substitute', 'paper_import', 'online_log', name='source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('marked_by_id', sa.Integer(), nullable=False),
    sa.Column('marked_by_label', sa.String(200), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status = 'present' OR counted_minutes = 0", name=op.f('ck_attendance_entry_absent_counts_zero')),
    sa.CheckConstraint('counted_minutes BETWEEN 0 AND 720', name=op.f('ck_attendance_entry_counted_minutes')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_attendance_entry_enrolment_id')),
    sa.ForeignKeyConstraint(['marked_by_id'], ['user_account.id'], name=op.f('fk_attendance_entry_marked_by_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['register_sheet.id'], name=op.f('fk_attendance_entry_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_entry')),
    sa.UniqueConstraint('sheet_id', 'enrolment_id', name=op.f('uq_attendance_entry_sheet_id_enrolment_id'))
    )
    op.create_index(op.f('ix_attendance_entry_enrolment_id'), 'attendance_entry', ['enrolment_id'], unique=False)
    op.create_table('certificate_file',
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_file_certificate_id')),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificate_file'))
    )
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
    op.create_table('presence_interval',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('left_at > entered_at', name=op.f('ck_presence_interval_leaves_after_entering')),
    sa.ForeignKeyConstraint(['entry_id'], ['attendance_entry.id'], name=op.f('fk_presence_interval_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presence_interval'))
    )
    op.create_index(op.f('ix_presence_interval_entry_id'), 'presence_interval', ['entry_id'], unique=False)
    guard_evidence()


def downgrade() -> None:
    op.drop_index(op.f('ix_presence_interval_entry_id'), table_name='presence_interval')
    op.drop_table('presence_interval')
    op.drop_index(op.f('ix_correction_sheet_id'), table_name='correction')
    op.drop_table('correction')
    op.drop_index('uq_scanned_evidence_file', table_name='scanned_evidence')
    op.drop_index(op.f('ix_scanned_evidence_sheet_id'), table_name='scanned_evidence')
    op.drop_table('scanned_evidence')
    op.drop_table('certificate_file')
    op.drop_index(op.f('ix_attendance_entry_enrolment_id'), table_name='attendance_entry')
    op.drop_table('attendance_entry')
    op.drop_table('register_sheet')
    op.drop_index(op.f('ix_login_session_account_id'), table_name='login_session')
    op.drop_table('login_session')
    op.drop_index(op.f('ix_lesson_staff_person_id'), table_name='lesson_staff')
    op.drop_table('lesson_staff')
    op.drop_index(op.f('ix_lesson_break_lesson_id'), table_name='lesson_break')
    op.drop_table('lesson_break')
    op.drop_index('uq_certificate_valid', table_name='certificate', sqlite_where=sa.text("state IN ('issued', 'under_review')"), postgresql_where=sa.text("state IN ('issued', 'under_review')"))
    op.drop_index(op.f('ix_certificate_enrolment_id'), table_name='certificate')
    op.drop_table('certificate')
    op.drop_index(op.f('ix_role_assignment_account_id'), table_name='role_assignment')
    op.drop_table('role_assignment')
    op.drop_index(op.f('ix_lesson_starts_at'), table_name='lesson')
    op.drop_table('lesson')
    op.drop_index(op.f('ix_enrolment_person_id'), table_name='enrolment')
    op.drop_index(op.f('ix_enrolment_home_body_id'), table_name='enrolment')
    op.drop_table('enrolment')
    op.drop_index(op.f('ix_document_programme_id'), table_name='document')
    op.drop_table('document')
    op.drop_table('attendance_register')
    op.drop_table('module')
    op.drop_table('indicator_reading')
    op.drop_index(op.f('ix_export_job_asked_by_id'), table_name='export_job')
    op.drop_table('export_job')
    op.drop_index(op.f('ix_edition_delivering_body_id'), table_name='edition')
    op.drop_index(op.f('ix_edition_course_id'), table_name='edition')
    op.drop_table('edition')
    op.drop_index('ix_audit_event_target', table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_table('venue')
    op.drop_table('user_account')
    op.drop_index(op.f('ix_partnership_organisation_id'), table_name='partnership')
    op.drop_table('partnership')
    op.drop_table('indicator')
    op.drop_index(op.f('ix_data_subject_request_person_id'), table_name='data_subject_request')
    op.drop_table('data_subject_request')
    op.drop_table('course')
    op.drop_table('certificate_template')
    op.drop_table('certificate_counter')
    op.drop_index('uq_affiliation_open', table_name='affiliation', sqlite_where=sa.text('ends_on IS NULL'), postgresql_where=sa.text('ends_on IS NULL'))
    op.drop_index(op.f('ix_affiliation_organisation_id'), table_name='affiliation')
    op.drop_table('affiliation')
    op.drop_table('programme')
    op.drop_index(op.f('ix_person_search_key'), table_name='person')
    op.drop_table('person')
    op.drop_index(op.f('ix_organisation_search_key'), table_name='organisation')
    op.drop_table('organisation')
    op.drop_index(op.f('ix_idempotency_key_created_at'), table_name='idempotency_key')
    op.drop_table('idempotency_key')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
