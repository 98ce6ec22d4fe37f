# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every refusal in words: what happened, and what to do now."""

import logging
from datetime import timedelta

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import format_time
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    StatementError,
    TimeoutError,
)
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, TooManyRequests

from app import clock
from app.domain.errors import RuleViolation, Sentence
from app.extensions import db

log = logging.getLogger(__name__)

# The database does not answer, or not in time.
OUTAGES = (OperationalError, InterfaceError, TimeoutError)


def explain(sentence: Sentence) -> str:
    """The sentence in the reader's language, its places filled."""
    return _(sentence.text) % {
        name: explain(value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }


def texts(code: int) -> tuple[str, str]:
    """Heading and sentence for a status, in the reader's language."""
    known = {
        400: (
            _("Richiesta non valida"),
            _("I dati inviati non sono leggibili. Tornare alla pagina e riprovare."),
        ),
        401: (_("Accesso necessario"), _("Per questa pagina occorre accedere.")),
        403: (
            _("Pagina non consentita"),
            _("Il ruolo con cui si è entrati non permette questa pagina."),
        ),
        404: (
            _("Pagina non trovata"),
            _("L'indirizzo non corrisponde a nulla che si possa vedere."),
        ),
        405: (
            _("Operazione non consentita"),
            _("Questo indirizzo non accetta il tipo di richiesta inviata."),
        ),
        409: (
            _("Non possibile ora"),
            _("Nel frattempo qualcosa è cambiato. Ricaricare la pagina e riprovare."),
        ),
        413: (_("Dati troppo grandi"), _("Quanto inviato supera la dimensione ammessa.")),
        422: (_("Dati da correggere"), _("Alcuni dati non sono validi.")),
        429: (_("Troppe richieste"), _("Attendere qualche minuto e riprovare.")),
        503: (
            _("Servizio in pausa"),
            _("La banca dati non risponde. Riprovare tra pochi secondi: nulla è andato perso."),
        ),
    }
    return known.get(
        code,
        (
            _("Errore del sistema"),
            _("Qualcosa non ha funzionato. L'operazione non è stata registrata."),
        ),
    )


def answer(
    code: int, sentence: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """The page of a refusal. That of a failure (5xx) asks neither database nor session."""
    db.session.rollback()
    g.plain = code >= 500
    heading, usual = texts(code)
    template = "fragment" if "HX-Request" in request.headers and not g.plain else "error"
    html = render_template(
        f"errors/{template}.html", code=code, heading=heading, sentence=sentence or usual
    )
    return make_response(html, code, headers or {})


def init_app(app: Flask) -> None:
    """Register one answer for each family of refusals. Nothing catches ``Exception`` elsewhere."""

    @app.errorhandler(RuleViolation)
    def rule(error: RuleViolation) -> Response:
        return answer(409, explain(error.sentence))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return answer(
            400,
            _("La pagina era aperta da prima dell'ultimo accesso. Ricaricarla e inviare di nuovo."),
        )

    @app.errorhandler(IntegrityError)
    @app.errorhandler(StaleDataError)
    def lost_race(error: Exception) -> Response:
        log.info("lost race: %s", type(error).__name__)
        return answer(409)

    @app.errorhandler(DataError)
    @app.errorhandler(StatementError)
    def unstorable(error: StatementError) -> Response:
        if isinstance(error, DBAPIError) and not isinstance(error, DataError):
            raise error
        return answer(400)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(TimeoutError)
    def unavailable(error: Exception) -> Response:
        log.error("database unavailable: %s", type(error).__name__)
        return answer(503, headers={"Retry-After": "5"})

    @app.errorhandler(TooManyRequests)
    def too_many(error: TooManyRequests) -> Response:
        wait = timedelta(seconds=int(error.retry_after or 60))
        sentence = _(
            "Da questo indirizzo di rete sono arrivati troppi tentativi. Riprovare dopo le %(time)s.",
            time=format_time(clock.now() + wait + timedelta(minutes=1), "short"),
        )
        return answer(429, sentence, headers={"Retry-After": str(int(wait.total_seconds()))})

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response
        cause = getattr(error, "original_exception", None)
        if isinstance(cause, OUTAGES):  # it failed while another refusal was being drawn
            return unavailable(cause)
        headers = {"Allow": error.get_headers()[1][1]} if error.code == 405 else {}
        return answer(error.code or 500, headers=headers)
