# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of the application: ``./run <command>``."""

from flask import Flask

from app.cli.access_docs import access_table
from app.cli.demo.command import demo
from app.cli.first_day import create_coordinator, serve
from app.cli.verify import verify
from app.cli.worker import worker

COMMANDS = (access_table, create_coordinator, demo, serve, verify, worker)


def init_app(app: Flask) -> None:
    """Add the commands to the flask command line."""
    for command in COMMANDS:
        app.cli.add_command(command)
