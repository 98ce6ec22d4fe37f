# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the migrations in one transaction, on the application's own engine."""

from alembic import context
from flask import current_app


def run() -> None:
    """Bring the schema to the version asked; SQLite alters tables by copying them."""
    db = current_app.extensions["migrate"].db
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
