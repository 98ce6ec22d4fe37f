# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every table shares."""

from functools import partial

from sqlalchemy.orm import relationship

from app.extensions import db


class Table(db.Model):  # type: ignore[name-defined, misc]
    """The base of every table."""

    __abstract__ = True


# A relationship never loads by itself: a page names what it needs, or the test suite stops.
related = partial(relationship, lazy="raise_on_sql")
