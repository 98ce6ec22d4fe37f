# SPDX-License-Identifier: AGPL-3.0-or-later
"""Office lists: one of Todi imported yesterday, one of Foligno with what is still to be settled in it."""

from datetime import date
from functools import partial

from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.stage import Stage
from app.domain.intake.columns import Field
from app.domain.roles import Role
from app.models import PersonImport
from app.people.imports.actions import ask_apply, map_columns, read_list, upload
from app.uploads import read_people

FOLIGNO, TODI = "ente@foligno.example", "ente@todi.example"
WAITS = """\
COMUNE DI FOLIGNO - Elenco del personale da segnalare;;;;;
;;;;;
Cognome e nome;C.F.;E-mail;Servizio;Profilo;Data di nascita
COLLECHIARO MARTA;;marta.collechiaro@foligno.example;Sportello del cittadino;Istruttore amministrativo;30/06/1984
De Cerretalto Serena;;serena.decerretalto@foligno.example;Anagrafe e stato civile;Ufficiale d'anagrafe;12.5.79
BOSCOLIEVE NICOLO';;nicolo.boscolieve@foligno.example;Polizia locale;Agente di polizia locale;1981-09-03
Stradalta Ventorosa Irene;;irene.stradalta@foligno.example;Ufficio casa;Istruttore amministrativo;
Solcobruno Dario;SLCDRA75A21E256K;dario.solcobruno@foligno;URP;;31/02/1975
"""
DONE = """\
Cognome;Nome;E-mail;Ufficio;Qualifica
Boscolieve;Anna;anna.boscolieve@todi.example;Stato civile;Ufficiale di stato civile
Ventorosa;Roberto;roberto.ventorosa@todi.example;Ufficio casa;Istruttore direttivo
Roccachiara;Ginevra;ginevra.roccachiara@todi.example;Servizi sociali;Assistente sociale
"""


def note_intake(agenda: Agenda, stage: Stage) -> None:
    """Note both lists, sent the day before."""
    agenda.note(moment(date(2015, 5, 13), "12:10"), partial(_send_to_settle, stage))
    agenda.note(moment(date(2015, 5, 13), "15:25"), partial(_import, stage))


def _send_to_settle(stage: Stage) -> None:
    _send(stage, FOLIGNO, WAITS, "elenco personale Foligno.csv")


def _import(stage: Stage) -> None:
    """Somebody new, somebody with another job, somebody as before: undone until this afternoon."""
    intake = _send(stage, TODI, DONE, "personale Todi maggio.csv")
    ask_apply(stage.actors[TODI, Role.BODY_REPRESENTATIVE], intake, intake.digest)


def _send(stage: Stage, login: str, text: str, name: str) -> PersonImport:
    sender = stage.actors[login, Role.BODY_REPRESENTATIVE]
    raw = text.encode("cp1252")
    found = read_list(read_people(raw))
    intake = upload(sender, found, raw, name, None)
    mapping = {int(index): Field(one) for index, one in intake.mapping.items()}
    map_columns(sender, intake, mapping, update_known=True)
    return intake
