# SPDX-License-Identifier: AGPL-3.0-or-later
"""The publicity every specimen carries."""

from app.documents.publicity import PublicityBlock

PUBLICITY = PublicityBlock(
    union_line="UNIONE EUROPEA",
    fund_line="Fondo europeo per l'integrazione di cittadini di Paesi terzi 2007-2013",
    ministry_line="MINISTERO DELL'INTERNO",
    statement="Progetto co-finanziato dall'Unione Europea – Fondo europeo per l'integrazione "
    "di cittadini di Paesi terzi 2007-2013 – FOR PA – PROG 105920",
    programme_title="FOR PA – Formazione per le pubbliche amministrazioni",
    programme_code="PROG 105920",
)
