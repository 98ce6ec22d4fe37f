# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each test has its own copy of the small world."""

from tests.furnished import app, compiled, database_url, furnished, world

__all__ = ["app", "compiled", "database_url", "furnished", "world"]
