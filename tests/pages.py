# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person sees of an answer (words, tables, forms), and how she fills it in."""

import csv
import io
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.conftest import Visitor

BUTTONS = ("submit", "button", "image", "reset")
VOID = ("br", "hr", "img", "input", "link", "meta", "source", "use", "wbr")


class _Builder(HTMLParser):
    """Our pages close every element they open, so a stack is parser enough, and a fast one."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document")
        self.stack = [self.root]

    def handle_starttag(self, tag, attrs):
        element = SubElement(self.stack[-1], tag, {k: v or "" for k, v in attrs})
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag, attrs):
        SubElement(self.stack[-1], tag, {k: v or "" for k, v in attrs})

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.stack.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        here = self.stack[-1]
        if len(here):
            here[-1].tail = (here[-1].tail or "") + data
        else:
            here.text = (here.text or "") + data


def tree(answer) -> Element:
    """The elements of a page, or of a fragment of one."""
    builder = _Builder()
    builder.feed(answer.get_data(as_text=True))
    builder.close()
    assert builder.stack == [builder.root], f"<{builder.stack[-1].tag}> is left open"
    page = builder.root.find("html")
    return builder.root if page is None else page


def words(element: Element) -> str:
    """The text of an element, spaces made one."""
    return " ".join("".join(element.itertext()).split())


def main(answer) -> str:
    """The words of the page's own part, without navigation and footer."""
    found = tree(answer).find(".//main")
    return words(found) if found is not None else words(tree(answer))


def with_class(element: Element, name: str) -> list[Element]:
    return [e for e in element.iter() if name in e.get("class", "").split()]


def table(answer, number: int = 0) -> list[list[str]]:
    """The body rows of a table of the page, as words."""
    tables = tree(answer).findall(".//main//table")
    rows = tables[number].findall(".//tbody/tr") if len(tables) > number else []
    return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in rows]


def csv_rows(answer) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet splits them, headings included."""
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def pairs(answer) -> dict[str, str]:
    """Names and values of the page's definition lists."""
    found = {}
    for pair in tree(answer).findall(".//main//dl/div"):
        found[words(pair.find("dt"))] = words(pair.find("dd"))
    return found


def fields(form: Element) -> dict[str, str]:
    """What a form would send as it stands, buttons left alone."""
    sent = {}
    for control in form.iter():
        kind = control.get("type", "text")
        if control.tag == "input" and control.get("name") and kind not in BUTTONS:
            if kind not in ("checkbox", "radio") or "checked" in control.attrib:
                sent[control.get("name")] = control.get("value", "")
        elif control.tag == "textarea":
            sent[control.get("name")] = (control.text or "").removeprefix("\r").removeprefix("\n")
    return sent


def form(answer, action: str) -> dict[str, str]:
    """The fields of the first form that goes to this address ("" for the page's own)."""
    for found in tree(answer).findall(".//form"):
        if found.get("action", "").partition("#")[0] == action and found.get("method") == "post":
            return fields(found)
    raise AssertionError(f"no form to {action!r}")


def post_file(visitor: Visitor, url: str, raw: bytes, name: str = "foglio.jpg", **fields):
    """A form with a file, as a browser writes it."""
    file = FileStorage(io.BytesIO(raw), filename=name)
    boundary, body = encode_multipart({**fields, "file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(url, data=body, content_type=kind)


class Hand:
    """A person's hand on the sheet of a lesson: looks, then writes what the page offers."""

    def __init__(self, visitor: Visitor, lesson_id: int) -> None:
        self.visitor, self.url = visitor, f"/lessons/{lesson_id}/sheet"

    def look(self):
        return self.visitor.get(self.url)

    def open(self):
        return self.visitor.post(f"{self.url}/open")

    def all_present(self, entered: str = "09:00"):
        return self.visitor.post(f"{self.url}/all-present", {"entered": entered})

    def row(self, enrolment_id: int, answer=None) -> Element:
        found = tree(answer or self.look()).find(f".//li[@id='p{enrolment_id}']")
        assert found is not None, f"no row p{enrolment_id}"
        return found

    def drawn(self, enrolment_id: int, answer=None) -> dict[str, str]:
        """The hidden fields and times of the person's row, as the page has them now."""
        forms = self.row(enrolment_id, answer).findall(".//form")
        return fields(next(f for f in forms if "sheet-times-form" in f.get("class", "")))

    def mark(self, enrolment_id: int, mark: str, drawn: dict | None = None, htmx=False, **times):
        """Press a button of the row, or write times; from an older drawing when one is given."""
        seen = drawn or self.drawn(enrolment_id)
        keys = {name: seen[name] for name in ("csrf_token", "enrolment", "version")}
        headers = {"HX-Request": "true"} if htmx else {}
        return self.visitor.client.post(
            f"{self.url}/marks", data={**keys, "mark": mark, **times}, headers=headers
        )

    def closing(self, answer=None) -> dict[str, str]:
        """The closing form as the page has it now."""
        return form(answer or self.look(), f"{self.url}/close")

    def close(self, drawn: dict | None = None, **changes):
        sent = {**(drawn or self.closing()), **changes}
        return self.visitor.client.post(f"{self.url}/close", data=sent)
