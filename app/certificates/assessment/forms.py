# SPDX-License-Identifier: AGPL-3.0-or-later
"""The result of the final test, person by person."""

from typing import Any

from flask import request

from app.forms import Form

RESULTS = {"passed": True, "not_passed": False, "": None}


class ResultsForm(Form):
    """One group of radio buttons for each enrolment: ``result-<id>``."""

    def results(self, enrolment_ids: list[int]) -> dict[int, bool | None] | None:
        """What was chosen for each; None when something sent is no result."""
        sent: dict[int, Any] = {i: request.form.get(f"result-{i}", "") for i in enrolment_ids}
        if not set(sent.values()) <= RESULTS.keys():
            return None
        return {i: RESULTS[value] for i, value in sent.items()}
