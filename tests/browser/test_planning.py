# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a course to a full edition and its calendar, in a real browser, across the change of hour."""

import urllib.request
from datetime import UTC, datetime

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.spring import Spring
from tests.documents.calendar_reader import events

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("planning")]

CODE = "PRIM-1"
SHEET = """Data\tOrario\tArgomento\tDocente\tSede
28/03/2015\t9:00-13:00\tAscolto in gruppo\tVentoforte Dario\tSala grande
30/03/2015\t9.00 - 13.00\tCasi pratici\tVentoforte Dario\tSala grande
8 aprile 2015\t14-18\tRestituzione\tVentoforte Dario\tSala grande
"""
# Nine in Rome is eight in Greenwich before 29 March 2015, and seven after.
LESSONS = [
    (datetime(2015, month, day, hour, tzinfo=UTC), datetime(2015, month, day, hour + 4, tzinfo=UTC))
    for month, day, hour in ((3, 17, 8), (3, 24, 8), (3, 28, 8), (3, 30, 7), (4, 8, 12))
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    server = Spring(tmp_path_factory.mktemp("spring"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def test_an_edition_is_planned_filled_and_read_by_a_calendar(visit):
    desk = visit("referente@prova.example", DESK)
    clone(desk.page)
    paste(desk)
    open_with_seats(desk.page)
    roll = f"{desk.page.url}/enrolments"
    foligno, todi = (
        visit(f"ente.{town}@prova.example", PHONE).page for town in ("foligno", "todi")
    )
    nominate(foligno, roll, 15, waiting=0)
    nominate(todi, roll, 12, waiting=2)
    nominate(foligno, roll, 3, waiting=3)
    confirm_all(desk.page, roll)
    assert waiting(desk.page, roll) == [
        "Todiprova 11", "Todiprova 12", "Folignoprova 16", "Folignoprova 17", "Folignoprova 18",
    ]  # fmt: skip
    # A seat of Foligno goes to the first of Foligno who waits, not to the first of all.
    leave(foligno, roll, "Folignoprova 04")
    assert waiting(desk.page, roll) == [
        "Todiprova 11", "Todiprova 12", "Folignoprova 17", "Folignoprova 18",
    ]  # fmt: skip
    assert state_of(desk.page, roll, "Folignoprova 16") == "Confermata"
    leave(todi, roll, "Todiprova 07")
    assert waiting(desk.page, roll) == ["Todiprova 12", "Folignoprova 17", "Folignoprova 18"]
    assert state_of(desk.page, roll, "Todiprova 11") == "Confermata"
    assert calendar(desk.page) == LESSONS


def clone(page) -> None:
    """From the course to the edition held in autumn, and that again from 17 March."""
    page.goto("/courses")
    page.click("main th a:text-is('AUT')")
    page.click("main th a:text-is('AUT-1')")
    page.click("main a:text-is('Copia')")
    page.fill("#code", CODE)
    page.fill("#first_day", "2015-03-17")
    page.click("main button:has-text('Anteprima')")
    assert "mar 24 mar 2015" in page.inner_text("main table")
    page.click(f"text=Crea l’edizione {CODE}")
    assert CODE in page.inner_text("main")


def paste(desk) -> None:
    """Three lessons more from a spreadsheet; what clashes is shown, blocks, and is mended."""
    page = desk.page
    edition = page.url
    page.goto(f"{edition}/timetable")
    page.click("summary:has-text('Incolla')")
    page.fill("#pasted", SHEET)
    page.click("text=Aggiungi le righe incollate")
    assert "3 righe aggiunte" in page.inner_text("main")
    blocks = page.locator(".timetable-block")
    # The other body's edition is not named: only when.
    assert blocks.all_inner_texts() == [
        "Foligno, Sala grande è già occupata in un'altra edizione, 30/03/2015, 11:00–15:00.",
        "Ventoforte Dario insegna già in un'altra edizione, 08/04/2015, 15:00–19:00.",
    ]
    page.click("text=Salva il calendario")
    assert "il calendario non è salvato" in page.inner_text("main")
    refused(desk)
    assert blocks.count() == 2
    page.fill("#row-4-venue", "Aula piccola")
    page.fill("#row-5-trainers", "Pratoverde Dario")
    page.click("text=Salva il calendario")
    assert "Il calendario è salvato." in page.inner_text("main")
    assert page.url == edition


def open_with_seats(page) -> None:
    """Enrolment opens; 15 of the 25 seats are kept for Foligno and 10 for Todi."""
    edition = page.url
    page.click("main a:has-text('Apri le iscrizioni')")
    page.click("main button:has-text('Apri le iscrizioni')")
    assert "sono aperte" in page.inner_text("main")
    page.goto(f"{edition}/seats")
    page.get_by_label("Foligno").fill("15")
    page.get_by_label("Todi").fill("10")
    page.click("main button:has-text('Salva i posti')")
    assert "al primo in attesa dello stesso ente" in page.inner_text(".seat-order")
    page.goto(edition)


def nominate(page, roll: str, number: int, waiting: int) -> None:
    """The representative picks so many of her people on the telephone."""
    page.goto(roll)
    page.click("main a:has-text('Segnala persone')")
    boxes = page.locator("main input[name=pick]")
    for place in range(number):
        boxes.nth(place).check()
    page.click("text=Continua con le persone scelte")
    assert page.locator(".names li").count() == number
    page.click("main button:text-is('Segnala')")
    told = f"{number - waiting} con il posto, {waiting} in lista d'attesa"
    assert told in page.inner_text("main")


def confirm_all(page, roll: str) -> None:
    """The organiser confirms everybody who has a seat: 25 of 30."""
    page.goto(f"{roll}?state=body_approved")
    boxes = page.locator("main input[name=pick]")
    assert boxes.count() == 25
    for box in boxes.all():
        box.check()
    page.click("main .roll-bar button:text-is('Conferma')")
    assert "Ci sono i posti per tutti" in page.inner_text("main")
    page.click("main form button:text-is('Conferma')")
    assert "Confermata: 25" in page.inner_text("main")


def waiting(page, roll: str) -> list[str]:
    """Who is on the waiting list, by the place that the page gives."""
    page.goto(f"{roll}?state=waitlisted&sort=position")
    rows = page.locator("main tbody tr").all()
    places = [row.locator("td[data-label='In lista']").inner_text() for row in rows]
    assert places == [str(place) for place in range(1, len(rows) + 1)]
    return [family(row) for row in rows]


def state_of(page, roll: str, name: str) -> str:
    page.goto(f"{roll}?q={name}")
    return page.locator("main tbody td[data-label='Stato']").inner_text().strip()


def family(row) -> str:
    return row.locator("th").inner_text().strip().removesuffix(" Lucia")


def leave(page, roll: str, name: str) -> None:
    """The representative withdraws one of her people."""
    page.goto(f"{roll}?q={name}")
    page.click("main tbody a:has-text('Ritira')")
    page.select_option("#reason", index=1)
    page.click("main button:has-text('Ritira')")
    page.wait_for_load_state()


def calendar(page) -> list[tuple[datetime, datetime]]:
    """When the lessons of the edition are held, as another program reads at the secret address."""
    page.goto("/my/calendar")
    page.click("main button:has-text('Crea l’indirizzo')")
    address = page.input_value("#address")
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        assert answer.headers["Content-Type"].startswith("text/calendar")
        found = events(answer.read())
    ours = [one for one in found if one["SUMMARY"].startswith(CODE)]
    return sorted((one["DTSTART"], one["DTEND"]) for one in ours)


def refused(made) -> None:
    """The browser says that the answer was 422, as it should be."""
    (said,) = made.complaints
    assert "422" in said
    made.complaints.clear()
