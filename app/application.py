# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Flask application whose every request is one transaction and answered once."""

from typing import Any

from flask import Flask

from app import idempotency, transaction


class Application(Flask):
    """Commits inside the dispatch, so that a lost race is still answered in words."""

    def dispatch_request(self) -> Any:
        view = super().dispatch_request
        return transaction.run(self, lambda: idempotency.run(self, view))
