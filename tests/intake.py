# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of officials sent, settled and imported as a person and the worker do it."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

from app.people.imports.work import advance_imports
from tests.conftest import Visitor
from tests.pages import form, main, post_file, tree

PAGE = "/people/imports"
HEAD = ("Cognome", "Nome", "C.F.", "E-mail", "Ente", "Ufficio")


def lines(*rows: Sequence[str], head: Sequence[str] = HEAD, sign: str = ";") -> str:
    """The rows as a CSV."""
    return "\r\n".join(sign.join(row) for row in (head, *rows)) + "\r\n"


def many(number: int, body: str = "") -> str:
    """A list of so many people, each with an address."""
    return lines(*(
        (f"Fontebella{_letters(n)}", "Lucia", "", f"lucia.{n}@lista.example", body, f"Ufficio {n % 9}")
        for n in range(number)
    ))  # fmt: skip


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def workbook(*rows: Sequence, hidden: str = "") -> bytes:
    """The rows as a workbook; values stay dates and numbers."""
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    if hidden:
        made.active.column_dimensions[hidden].hidden = True
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(visitor: Visitor, raw: bytes | str, name: str = "elenco.csv", **more):
    """Send a file; the answer leads to its columns."""
    raw = raw.encode("cp1252") if isinstance(raw, str) else raw
    return post_file(visitor, PAGE, raw, name, csrf_token=visitor.token(), **more)


def offered(page) -> dict[str, str]:
    """What the page of the columns proposes, as it would be sent."""
    return {
        box.get("name"): next(
            (o.get("value") for o in box.iter("option") if "selected" in o.attrib), ""
        )
        for box in tree(page).iter("select")
        if box.get("name", "").startswith("column-")
    }


def check(
    visitor: Visitor, raw: bytes | str, columns: dict | None = None, update="y", **more
) -> str:
    """Send a list and confirm its columns; the address of its page."""
    answer = send(visitor, raw, **more)
    assert answer.status_code == 302, main(answer)
    url = answer.headers["Location"].removesuffix("/columns")
    sent = {**offered(visitor.get(f"{url}/columns")), **(columns or {})}
    answer = visitor.post(f"{url}/columns", {**sent, "update_known": update})
    assert answer.status_code == 302, main(answer)
    return url


def apply(visitor: Visitor, url: str):
    """Press the button of the dry run."""
    page = visitor.get(url)
    return visitor.client.post(f"{url}/apply", data=form(page, f"{url}/apply"))


def bring_in(visitor: Visitor, raw: bytes | str, **more) -> str:
    """The whole way at once."""
    url = check(visitor, raw, **more)
    answer = apply(visitor, url)
    assert answer.status_code == 302, main(answer)
    return url


def undo(visitor: Visitor, url: str):
    return visitor.client.post(f"{url}/undo", data=form(visitor.get(f"{url}/undo"), ""))


def work(app) -> int:
    """Let the worker do what is asked for."""
    with app.app_context():
        return advance_imports()
