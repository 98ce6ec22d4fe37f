# SPDX-License-Identifier: AGPL-3.0-or-later
"""Office lists through the page, from the file to the answer: soon, light, with a line for each row."""

import os
import re
import unicodedata
from pathlib import Path

import pytest

from tests.faults.test_intake import BOMBS
from tests.faults.test_uploads import LITTLE
from tests.intake import PAGE, check, lines, many, send
from tests.ledger import one
from tests.pages import csv_rows, main, table

SECOND = 1.0  # of a processor: what the clock on the wall says depends on who else works
PEAK = Path("/proc/self/clear_refs")


@pytest.fixture
def representative(visit):
    """Who has the page open: what drawing it for the first time takes is no list's."""
    browser = visit("representative_alfa")
    assert send(browser, b"").status_code == 422
    return browser


class Weighed:
    """What a piece of work takes: seconds of a processor, children's too, and kilobytes at its peak."""

    def __enter__(self) -> "Weighed":
        PEAK.write_text("5")  # the peak begins anew
        self.kilobytes, self.seconds = self._held("VmRSS"), sum(os.times()[:4])
        return self

    def __exit__(self, *_error: object) -> None:
        self.seconds = sum(os.times()[:4]) - self.seconds
        self.kilobytes = self._held("VmHWM") - self.kilobytes

    def _held(self, name: str) -> int:
        status = Path("/proc/self/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1])


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_list_is_refused_on_the_page_within_a_second(app, representative, name):
    make, sentence = BOMBS[name]
    raw = make()
    with Weighed() as took:
        answer = send(representative, raw)
    assert answer.status_code == 422
    assert sentence in main(answer).replace("\u00a0", " ")
    assert took.seconds < SECOND
    assert took.kilobytes < LITTLE / 2
    assert one(app, "SELECT count(*) FROM person_import") == 0


def test_a_long_list_is_taken_within_a_second_and_little_memory(app, representative):
    raw = many(5_000).encode("cp1252")
    with Weighed() as took:
        answer = send(representative, raw)
    assert answer.status_code == 302
    assert took.seconds < SECOND
    assert took.kilobytes < LITTLE / 2
    assert one(app, "SELECT total FROM person_import") == 5_000


HEAD = ("Cognome ", " Nome", "Data di nascita", "E-mail", "Ufficio")
ROWS = [
    ("Pontesàsso  ", " Noè", "12/03/1978", "noe@lista.example ", "Unità  affari "),  # 2
    ("", "", "", "", ""),  # 3
    ("Montepiano", "Davide", "5.11.69", "", "URP"),  # 4: guessed
    ("   ", "\u00a0", "", "", ""),  # 5
    ("Collechiaro", "Marta", "1984-06-30", "", "URP"),  # 6
    ("Torreforte", "Pietro", "21 gennaio 1975", "", "URP"),  # 7
    ("Pontesàsso", "Noè", "12/03/1978", "NOE@lista.example", "URP"),  # 8: as row 2
    ("Collechiaro", "Marta", "30/06/1984", "", "URP"),  # 9: as row 6
    ("Rivabella", "Ada", "31/02/1980", "", "URP"),  # 10: no such day
    ('=HYPERLINK("http://a.example")', "Ugo", "", "", "@SUM(A1)"),  # 11: no name
    ("Valdoro", "Lia", "", "non un indirizzo", "URP"),  # 12
]
SAID = {
    "Riga 8": "La stessa persona è già alla riga 2",
    "Riga 9": "La stessa persona è già alla riga 6",
    "Riga 10": "31/02/1980",
    "Riga 12": "Non è un indirizzo e-mail",
}


@pytest.mark.parametrize("form", ["cp1252", "accents apart"])
def test_a_list_as_excel_writes_it_gets_a_line_for_each_thing(app, representative, form):
    text = lines(*ROWS, head=HEAD)
    apart = unicodedata.normalize("NFD", text).encode()
    url = check(representative, text.encode("cp1252") if form == "cp1252" else apart)
    found = {row[0]: row[-1] for row in table(representative.get(url))}
    for row, sentence in SAID.items():
        assert sentence in found[row], (row, found)
    assert "Riga 11" in found
    assert "Riga 2" not in {row for row, said in found.items() if "correggere" in said}
    assert one(app, "SELECT count(*) FROM person_import_row") == len(ROWS) - 2
    assert one(app, "SELECT count(*) FROM person WHERE family_name = 'Pontesàsso'") == 0


def test_no_export_of_the_rows_begins_a_formula(representative):
    url = check(representative, lines(*ROWS, head=HEAD))
    for path in (f"{url}?format=csv", f"{PAGE}?format=csv"):
        cells = [cell for row in csv_rows(representative.get(path)) for cell in row]
        assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")] == []
