# SPDX-License-Identifier: AGPL-3.0-or-later
"""One of every document, and the contents that put a layout to the test."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from types import ModuleType

from app import documents
from app.documents.certificate import render_certificate
from app.documents.declaration import render_declaration
from app.documents.record import render_record
from app.documents.register_book import render_register_book
from app.documents.repertory import render_repertory
from app.documents.sign_sheet import render_sign_sheets
from app.documents.timesheet import render_timesheet
from app.documents.variations import render_variations
from tests.documents.certificate_specimens import (
    BARE,
    CERTIFICATE,
    DECLARATION_OF_HOURS,
    DECLARATION_OF_PRESENCE,
    FULL,
    IMAGES,
    PARTICIPATION,
    TEACHING,
    TUTORING,
    WITH_ASSESSMENT,
)
from tests.documents.record_specimens import RECORD, REPERTORY
from tests.documents.register_specimens import BOOK, SIGN_SHEET
from tests.documents.timesheet_specimens import TIMESHEET
from tests.documents.variation_specimens import VARIATIONS

__all__ = ["BARE", "CERTIFICATE", "FULL", "SPECIMENS"]

SPECIMENS: dict[str, Callable[[], bytes]] = {
    "app.documents.certificate.render_certificate": lambda: render_certificate(CERTIFICATE),
    "certificate of participation": lambda: render_certificate(PARTICIPATION),
    "certificate with assessment": lambda: render_certificate(WITH_ASSESSMENT, IMAGES),
    "certificate of teaching": lambda: render_certificate(TEACHING, IMAGES),
    "certificate of tutoring": lambda: render_certificate(TUTORING, IMAGES),
    "app.documents.declaration.render_declaration": lambda: render_declaration(
        DECLARATION_OF_HOURS, IMAGES
    ),
    "declaration of presence": lambda: render_declaration(DECLARATION_OF_PRESENCE, IMAGES),
    "app.documents.record.render_record": lambda: render_record(RECORD),
    "app.documents.register_book.render_register_book": lambda: render_register_book(BOOK),
    "app.documents.repertory.render_repertory": lambda: render_repertory(REPERTORY),
    "app.documents.sign_sheet.render_sign_sheets": lambda: render_sign_sheets([SIGN_SHEET]),
    "app.documents.variations.render_variations": lambda: render_variations(VARIATIONS),
    "app.documents.timesheet.render_timesheet": lambda: render_timesheet(TIMESHEET),
}


def document_modules() -> list[ModuleType]:
    """Every module of the package of documents."""
    return [
        importlib.import_module(f"{documents.__name__}.{found.name}")
        for found in pkgutil.iter_modules(documents.__path__)
    ]


def templates(modules: list[ModuleType]) -> set[str]:
    """Full names of the functions that draw a whole document."""
    return {
        f"{module.__name__}.{name}"
        for module in modules
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("render_") and value.__module__ == module.__name__
    }


def without_specimen(found: set[str], specimens: Mapping[str, object]) -> set[str]:
    """Templates nobody has given a specimen to, hence nobody tests."""
    return found - specimens.keys()
