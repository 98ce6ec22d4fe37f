# SPDX-License-Identifier: AGPL-3.0-or-later
"""An office list that waits: sent by the Comune di Foligno, with what is still to be settled in it."""

from datetime import date
from functools import partial

from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.stage import Stage
from app.domain.intake.columns import Field
from app.domain.roles import Role
from app.people.imports.actions import map_columns, read_list, upload
from app.uploads import read_people

SENDER = "ente@foligno.example"
LIST = """\
COMUNE DI FOLIGNO - Elenco del personale da segnalare;;;;;
;;;;;
Cognome e nome;C.F.;E-mail;Servizio;Profilo;Data di nascita
COLLECHIARO MARTA;;marta.collechiaro@foligno.example;Sportello del cittadino;Istruttore amministrativo;30/06/1984
De Cerretalto Serena;;serena.decerretalto@foligno.example;Anagrafe e stato civile;Ufficiale d'anagrafe;12.5.79
BOSCOLIEVE NICOLO';;nicolo.boscolieve@foligno.example;Polizia locale;Agente di polizia locale;1981-09-03
Stradalta Ventorosa Irene;;irene.stradalta@foligno.example;Ufficio casa;Istruttore amministrativo;
Solcobruno Dario;SLCDRA75A21E256K;dario.solcobruno@foligno;URP;;31/02/1975
"""


def note_intake(agenda: Agenda, stage: Stage) -> None:
    """Note the list, sent the day before."""
    agenda.note(moment(date(2015, 5, 13), "12:10"), partial(_send, stage))


def _send(stage: Stage) -> None:
    sender = stage.actors[SENDER, Role.BODY_REPRESENTATIVE]
    raw = LIST.encode("cp1252")
    found = read_list(read_people(raw))
    intake = upload(sender, found, raw, "elenco personale Foligno.csv", None)
    mapping = {int(index): Field(one) for index, one in intake.mapping.items()}
    map_columns(sender, intake, mapping, update_known=True)
