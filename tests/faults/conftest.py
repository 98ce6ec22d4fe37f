# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each test has its own copy of the small world; an error of the server is answered, not raised."""

import pytest

from tests.furnished import app, compiled, database_url, furnished, world

__all__ = ["app", "compiled", "database_url", "furnished", "world"]


@pytest.fixture(autouse=True)
def answered(app):
    app.config["PROPAGATE_EXCEPTIONS"] = False
