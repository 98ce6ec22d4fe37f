# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rule guarded: every page of everybody is valid HTML that assistive technology can read.

In both languages, with filled and with empty lists, and for every refusal.
"""

from collections import defaultdict
from collections.abc import Iterable

import pytest

from tests.whole_app.crawl import Visit, crawl, invalid_forms, refusals
from tests.whole_app.grounds import Grounds
from tests.whole_app.html_rules import findings

# Addresses that answer with a part of a page, asked for again while it is open.
FRAGMENTS = {"certificates.progress", "check_in.live", "intake.progress"}


def wrong_pages(visits: Iterable[Visit]) -> list[str]:
    """Findings on every page, each once with the first page that shows it."""
    found: dict[str, list[str]] = defaultdict(list)
    for visit in visits:
        answer, page = visit.answer, str(visit.page)
        if answer.status_code >= 400:
            found[f"answers {answer.status_code}"].append(page)
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302):
            for line in findings(answer.text, fragment=visit.page.endpoint in FRAGMENTS):
                found[line].append(page)
    return [f"{line} — {len(where)} pages, {where[0]}" for line, where in found.items()]


def wrong_answers(grounds: Grounds) -> list[str]:
    """Findings on refusals and on forms sent back with their errors, whole and in parts."""
    found = []
    for name, send in [*refusals(grounds), *invalid_forms(grounds)]:
        answer = send()
        if answer.mimetype == "text/html" and answer.status_code >= 400:
            part = "<html" not in answer.text
            found += [f"{line} — {name}" for line in findings(answer.text, fragment=part)]
    return found


def test_every_page_is_valid_and_readable(visits):
    assert visits
    assert wrong_pages(visits) == []


def test_every_refusal_is_valid_and_readable(new_grounds):
    assert wrong_answers(new_grounds()) == []


def test_pages_in_english_are_as_good(new_grounds):
    grounds = new_grounds()
    people = ("anonymous", "coordinator", "trainer_alfa", "participant_alfa")
    for who in people:
        grounds.client(who).ask("POST", "/language", {"language": "en"})
    assert 'lang="en"' in grounds.client("trainer_alfa").ask("GET", "/today").text
    assert wrong_pages(crawl(grounds, people)) == []


# --- planted faults ----------------------------------------------------------

PAGE = """<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Corsi</title></head>
<body><main><h1>Corsi</h1>{}</main></body></html>"""


def test_a_page_without_fault_has_no_findings():
    assert findings(PAGE.format("<p>Testo</p>")) == []


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("<p id='a'></p><p id='a'></p>", "id 'a' 2 times"),
        ("<h1>Ancora</h1>", "2 h1"),
        ("<h3>Salto</h3>", "h3 after h1"),
        ("<input name='q'>", "no label"),
        ("<label for='q'></label><input id='q'>", "no label"),
        ("<button type='button'></button>", "no name"),
        ("<a>senza meta</a>", "no href"),
        ("<a href='#nulla'>salta</a>", "#nulla is not there"),
        ("<p aria-describedby='x'></p>", "aria-describedby 'x' is not there"),
        ("<img src='/a.png'>", "no alt"),
        ("<table><tr><th>A</th></tr></table>", "no scope"),
        ("<table><tr><td>A</td></tr></table>", "no header cell"),
        ("<p style='color:red'>A</p>", "inline style"),
        ("<p onclick='x()'>A</p>", "inline script"),
        ("<script>x()</script>", "inline script"),
        ("<img alt='' src='https://example.org/a.png'>", "from elsewhere"),
        ("<form method='post'></form>", "no token"),
        ("<p>Totale: None</p>", "trace"),
        ("<p>%(number)s persone</p>", "trace"),
        ("<div><p>aperto</div></p>", "line"),
        ("<ul><div></ul>", "line"),
    ],
)
def test_a_fault_in_a_page_is_reported(fault, finding):
    assert [line for line in findings(PAGE.format(fault)) if finding in line]


@pytest.mark.parametrize(
    ("good", "bad", "finding"),
    [
        (' lang="it"', "", "no lang"),
        ("<title>Corsi</title>", "<title> – FOR PA</title>", "title without its first part"),
        ("<!doctype html>", "", "line"),
    ],
)
def test_a_fault_in_the_frame_is_reported(good, bad, finding):
    assert [line for line in findings(PAGE.format("").replace(good, bad)) if finding in line]


def test_a_fault_in_a_template_is_reported(grounds, monkeypatch):
    view = grounds.app.view_functions["public.privacy"]

    def planted():
        return view().replace("<h1>", "<h1>Titolo</h1><h1>")

    planted.access = view.access
    monkeypatch.setitem(grounds.app.view_functions, "public.privacy", planted)
    assert [line for line in wrong_pages(crawl(grounds, ("anonymous",))) if line.startswith("2 h1")]
