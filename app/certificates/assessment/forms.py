# SPDX-License-Identifier: AGPL-3.0-or-later
"""The result of the final test, person by person."""

from flask import request

from app.certificates.assessment.actions import Result
from app.forms import Form

RESULTS = {"passed": True, "not_passed": False, "": None}


class ResultsForm(Form):
    """For each enrolment a group of radio buttons, and what it showed when it was drawn."""

    def results(self, enrolment_ids: list[int]) -> dict[int, Result] | None:
        """What was chosen for each one sent; None when something sent is no result."""
        sent = {
            i: request.form[f"result-{i}"] for i in enrolment_ids if f"result-{i}" in request.form
        }
        were = {i: request.form.get(f"was-{i}", "") for i in sent}
        if not {*sent.values(), *were.values()} <= RESULTS.keys():
            return None
        return {i: Result(RESULTS[were[i]], RESULTS[sent[i]]) for i in sent}
