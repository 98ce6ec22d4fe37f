# SPDX-License-Identifier: AGPL-3.0-or-later
"""The template to fill in, and the list given back with a remark beside each row."""

from flask_babel import gettext as _

from app.errors import explain
from app.labels import label
from app.models import PersonImport
from app.people.imports import queries
from app.people.imports.queries import ShownProblem
from app.spreadsheets import write_table, write_template

# The headings of the template are Italian: so are the lists of Italian offices.
HEADINGS = (
    "Cognome", "Nome", "Codice fiscale", "E-mail", "Ente", "Ufficio", "Qualifica", "Data di nascita",
    "Luogo di nascita", "Sesso", "Assistente sociale",
)  # fmt: skip
EXAMPLE = (
    "Fontebella", "Lucia", "FNTLCU78C52G478B", "lucia.fontebella@ente.example", "", "URP",
    "Istruttore amministrativo", "12/03/1978", "Perugia (PG)", "F", "no",
)  # fmt: skip


def template() -> bytes:
    """A workbook with the headings and a row as an example, every cell text."""
    return write_template(HEADINGS, [EXAMPLE])


def with_remarks(intake: PersonImport) -> bytes:
    """The same rows with one more column: what to correct. Sent back, that column tells nothing."""
    header = [text or f"{_('Colonna')} {index + 1}" for index, text in enumerate(intake.headings)]
    width = len(header)
    rows = (
        [*cells[:width], *[""] * (width - len(cells)), " ".join(map(remark, problems))]
        for cells, problems in queries.rows_with_remarks(intake)
    )
    return write_table([*header, _("Osservazioni")], rows)


def remark(problem: ShownProblem) -> str:
    """One problem on a line of its own, without a page around it."""
    where = f"{problem.column}: " if problem.column else ""
    return f"[{label(problem.severity)}] {where}{explain(problem.sentence)}"
