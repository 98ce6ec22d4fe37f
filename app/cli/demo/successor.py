# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second programme, begun from this one: side by side with it, with logos of its own."""

from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select

from app.cli.demo.agenda import Agenda, moment
from app.cli.demo.foundation import enlist
from app.cli.demo.staff import ANCI, Staff
from app.cli.demo.stage import Stage
from app.domain.roles import Role
from app.extensions import db
from app.models import Programme
from app.programmes.changing import change_programme
from app.programmes.forms import DATA, TEXTS
from app.programmes.queries import heritage
from app.programmes.succession import TAKERS, begin_successor
from app.uploads import check_logo

DAY = date(2015, 5, 11)
WHO = Staff(
    "coordinatrice@anci.example", "Fulvia", "Boscochiaro", ANCI, (Role.PROGRAMME_COORDINATOR,)
)
CODE = "DEMO-2016"
NEW = {
    "code": CODE,
    "acronym": "FOR PA 2",
    "title": "Formazione nella Pubblica Amministrazione: secondo ciclo (progetto di esempio)",
    "fund_name": "Fondo Asilo, Migrazione e Integrazione 2014-2020",
    "annual_programme": "FAMI 2014-2020",
    "starts_on": date(2015, 9, 1),
    "ends_on": date(2016, 12, 31),
}
LOGOS = {"Ente di esempio: cerchio blu": "#0b5394", "Ente di esempio: cerchio verde": "#38761d"}


def note_successor(agenda: Agenda, stage: Stage) -> None:
    """Note who coordinates both, the new programme, and its logos."""
    agenda.note(moment(DAY, "10:00"), partial(enlist, stage, [WHO]))
    agenda.note(moment(DAY, "11:00"), partial(_begin, stage))
    agenda.note(moment(DAY, "11:20"), partial(_set_logos, stage))


def _begin(stage: Stage) -> None:
    actor = stage.actors[WHO.login, Role.PROGRAMME_COORDINATOR]
    takes = dict.fromkeys((*TAKERS, "texts"), True)
    begin_successor(actor, stage.programme, NEW, takes, heritage(actor, stage.programme))


def _set_logos(stage: Stage) -> None:
    programme = db.session.scalars(select(Programme).where(Programme.code == CODE)).one()
    values = {name: getattr(programme, name) for name in (*DATA, *TEXTS)}
    logos = [(name, check_logo(_drawn(colour))) for name, colour in LOGOS.items()]
    actor = replace(stage.actors[WHO.login, Role.PROGRAMME_COORDINATOR], programme_id=programme.id)
    change_programme(actor, programme, programme.version, values, logos, marked=False)


def _drawn(colour: str) -> bytes:
    """A ring in one colour, as PNG: nobody's logo."""
    picture = Image.new("RGB", (240, 240), "white")
    ImageDraw.Draw(picture).ellipse((20, 20, 220, 220), outline=colour, width=36)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
