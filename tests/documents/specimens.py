# SPDX-License-Identifier: AGPL-3.0-or-later
"""One of every document, and the contents that put a layout to the test."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import ModuleType

from app import documents
from app.documents.certificate import CertificateContent, render_certificate
from app.documents.register_book import render_register_book
from app.documents.sign_sheet import render_sign_sheets
from tests.documents.funding import PUBLICITY
from tests.documents.register_specimens import BOOK, SIGN_SHEET

CERTIFICATE = CertificateContent(
    kind_title="ATTESTATO DI FREQUENZA",
    number_text="12/2015",
    given_name="Lucia",
    family_name="Fontebella",
    birth_place="Perugia (PG)",
    birth_date=date(1978, 3, 12),
    tax_code="FNTLCU78C52G478B",
    home_body="Comune di Gubbio",
    course_title="Comunicazione interculturale al front office",
    course_code="C02",
    edition_code="C02-01",
    programme_acronym="FOR PA",
    programme_title="Formazione per le pubbliche amministrazioni",
    programme_code="PROG 105920",
    counted_minutes=750,
    planned_minutes=960,
    share_percent=78,
    first_day=date(2014, 11, 11),
    last_day=date(2014, 11, 25),
    venues=("Anci Umbria, Via Alessi 1, Perugia",),
    mode_label="in presenza",
    delivering_body="Aris Formazione",
    issuing_body="Comune di Perugia",
    issue_place="Perugia",
    issue_date=date(2015, 5, 14),
    signatory_name="Nome di esempio",
    signatory_quality="Il Segretario Generale",
    verification_url="https://forpa.example.it/verifica/7QK2-M9TD-4XWB-H3RF-8ZPC-6VNA",
    verification_code="7QK2-M9TD-4XWB-H3RF-8ZPC-6VNA",
    art40_notice=True,
    stamp_duty_note="Imposta di bollo: nota dell'ente.",
    credits_line="Crediti formativi: 12, di cui 4 deontologici",
    publicity=PUBLICITY,
    template_version=1,
)

FULL = replace(
    CERTIFICATE,
    given_name="Maria Francesca Alessandra Guglielmina",
    family_name="Castelvento Pietrachiara della Roccalta Montelieve",
    home_body="Comune di Città della Pieve – Settore servizi sociali, culturali e sportivi",
    course_title="Servizi sociali e utenza straniera: accesso, presa in carico, lavoro di rete, "
    "mediazione linguistico-culturale e collaborazione interistituzionale fra gli enti locali "
    "dell'Umbria e il terzo settore",
    venues=(
        "Anci Umbria, Via Alessi 1, Perugia",
        "Palazzo dei Priori, Sala della Vaccara, Perugia",
        "Provincia di Perugia, Piazza Italia 11, Perugia",
        "Comune di Città di Castello, sala formazione",
    ),
    mode_label="mista (in presenza e a distanza)",
    delivering_body="Provincia di Perugia – Servizio politiche del lavoro",
    stamp_duty_note="Imposta di bollo assolta in modo virtuale ove dovuta – "
    "autorizzazione dell'Agenzia delle Entrate n. 12345 del 1º gennaio 2014.",
)
BARE = replace(
    CERTIFICATE,
    kind_title="ATTESTATO DI PARTECIPAZIONE",
    deed_text="ha partecipato al workshop",
    given_name="Ada",
    family_name="Fo",
    tax_code=None,
    last_day=CERTIFICATE.first_day,
    art40_notice=False,
    stamp_duty_note="",
    credits_line=None,
)


SPECIMENS: dict[str, Callable[[], bytes]] = {
    "app.documents.certificate.render_certificate": lambda: render_certificate(CERTIFICATE),
    "app.documents.register_book.render_register_book": lambda: render_register_book(BOOK),
    "app.documents.sign_sheet.render_sign_sheets": lambda: render_sign_sheets([SIGN_SHEET]),
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
