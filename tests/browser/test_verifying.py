# SPDX-License-Identifier: AGPL-3.0-or-later
"""A file compared in the browser with the one issued: nothing of it leaves the device."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.conftest import DESK, PHONE, Visit
from tests.certificates import draw, put_certificate, put_signed_copy
from tests.ledger import arranging

pytestmark = pytest.mark.browser
# What a hand does that lets files fall on the card.
DROP = """files => {
  const held = new DataTransfer();
  for (const bytes of files) held.items.add(new File([new Uint8Array(bytes)], "lasciato.pdf"));
  const event = {dataTransfer: held, bubbles: true, cancelable: true};
  return document.getElementById("compare").dispatchEvent(new DragEvent("drop", event));
}"""


class Quiet(WSGIRequestHandler):
    def log_request(self, *_args) -> None:
        pass


@pytest.fixture(scope="module")
def paper() -> bytes:
    return draw()


@pytest.fixture
def server(app):
    """The application on a port of its own, in a thread; the requests it got."""
    asked: list[tuple[str, int]] = []
    inner = app.wsgi_app

    def watched(environ, start_response):
        asked.append((environ["REQUEST_METHOD"], int(environ.get("CONTENT_LENGTH") or 0)))
        return inner(environ, start_response)

    server = make_server("127.0.0.1", 0, watched, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.port}", asked=asked)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def code(app, world, paper) -> str:
    with arranging(app) as session:
        made = put_certificate(session, world.a.closed_enrolment_ids[0], pdf=paper)
        put_signed_copy(session, made, paper + b"signed", "Segretario di prova")
    return made


@pytest.fixture
def look(chromium, server, code):
    """look(size) is the page of the certificate; nothing complained of, nobody else asked."""
    made = []

    def begin(size: dict = DESK, **options):
        made.append(Visit(chromium, server, size, **options))
        made[-1].page.goto(f"/v/{code}")
        return made[-1].page

    yield begin
    for visit in made:
        visit.context.close()
        assert (visit.complaints, visit.foreign) == ([], [])


def choose(page, folder: Path, content: bytes) -> None:
    """Choose a file as a person does: from a click, which also lets the same one be chosen again."""
    file = folder / "ricevuto.pdf"
    file.write_bytes(content)
    with page.expect_file_chooser() as chooser:
        page.click("#compare-file")
    chooser.value.set_files(file)


def answers(page) -> list[str]:
    return page.eval_on_selector_all(
        "[data-answer]:not([data-answer=name]):not([hidden])",
        "found => found.map(one => one.dataset.answer)",
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_bit_anywhere_is_noticed_and_nothing_is_sent(look, server, paper, tmp_path, size):
    page = look(size)
    before = len(server.asked)
    choose(page, tmp_path, paper)
    page.wait_for_selector("[data-answer=issued]:not([hidden])")
    for at in (0, 9, len(paper) // 3, len(paper) // 2, len(paper) - 1):
        changed = bytearray(paper)
        changed[at] ^= 1
        choose(page, tmp_path, bytes(changed))
        page.wait_for_selector("[data-answer=different]:not([hidden])")
        assert answers(page) == ["different"]
        choose(page, tmp_path, paper)
        page.wait_for_selector("[data-answer=issued]:not([hidden])")
    for content in (b"", paper[:-1], paper + b"\n"):
        choose(page, tmp_path, content)
        page.wait_for_selector("[data-answer=different]:not([hidden])")
    assert [one for one in server.asked[before:] if one[0] != "GET" or one[1]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_signed_copy_is_told_from_the_file_issued(look, paper, tmp_path):
    page = look()
    choose(page, tmp_path, paper + b"signed")
    page.wait_for_selector("[data-answer=signed]:not([hidden])")
    assert answers(page) == ["signed"]
    assert "copia firmata da Segretario di prova" in page.inner_text("#compare")
    assert "ricevuto.pdf" in page.inner_text("#compare")


def test_a_file_let_fall_on_the_card_is_compared(look, paper):
    page = look()
    assert page.evaluate(DROP, [list(paper)]) is False  # the browser does not open it instead
    page.wait_for_selector("[data-answer=issued]:not([hidden])")
    page.evaluate(DROP, [list(paper), list(paper)])
    page.wait_for_selector("[data-answer=several]:not([hidden])")
    assert answers(page) == ["several"]


def test_without_a_script_it_is_done_by_hand(look):
    page = look(java_script_enabled=False)
    assert page.is_visible("[data-by=hand]")
    assert not page.is_visible("[data-by=browser]")


def test_it_fits_on_a_sheet_of_paper(look, tmp_path):
    page = look()
    page.emulate_media(media="print")
    assert page.is_visible("text=/Verificato .* alle /")
    for hidden in ("#compare", "#name", ".it-header-wrapper", ".breadcrumb-container"):
        assert not page.is_visible(hidden), hidden
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
