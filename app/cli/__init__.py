# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of the application: ``./run <command>``."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands to the flask command line."""
