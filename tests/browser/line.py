# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line between a phone and the server: it can be cut, and it can lose an answer."""

import contextlib
import socket
import threading
import time


class Line:
    """Carries bytes between a port of its own and the server's.

    ``cut``: nobody answers. ``deaf``: what is asked arrives, no answer to a POST comes back.
    ``marks_blocked``: marks do not pass, the rest does. ``pause``: seconds an answer takes.
    """

    def __init__(self, target: int) -> None:
        self.target, self.cut, self.deaf = target, False, False
        self.marks_blocked, self.pause = False, 0.0
        self.lost = 0  # answers that did not come back
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def break_off(self) -> None:
        """No network from now on, for connections under way too."""
        self.cut = True
        for one in list(self._open):
            _end(one)

    def mend(self) -> None:
        self.cut = self.deaf = self.marks_blocked = False

    def close(self) -> None:
        self.break_off()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _address = self._listener.accept()
            except OSError:
                return
            try:
                if self.cut:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                _end(phone)
                continue
            self._open |= {phone, server}
            asked = {"post": False}
            for source, sink, back in ((phone, server, False), (server, phone, True)):
                threading.Thread(
                    target=self._carry, args=(source, sink, asked, back), daemon=True
                ).start()

    def _carry(
        self, source: socket.socket, sink: socket.socket, asked: dict[str, bool], back: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not back and data[:5] in (b"GET /", b"POST "):
                    asked["post"] = data.startswith(b"POST ")
                if not back and self.marks_blocked and b"/sheet/marks" in data[:100]:
                    break
                time.sleep(self.pause if back else 0)
                if back and self.deaf and asked["post"]:
                    self.lost += 1
                    break
                sink.sendall(data)
        for one in (source, sink):
            _end(one)
            self._open.discard(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
