# SPDX-License-Identifier: AGPL-3.0-or-later
"""What gunicorn and the flask command import."""

from app import create_app
from config import from_environment

app = create_app(from_environment())
