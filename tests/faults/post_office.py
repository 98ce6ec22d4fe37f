# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server on this machine that says what a test wants it to say."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

DROP = "drop"


class PostOffice:
    """Takes messages, unless ``moods`` has another answer ready: a line, or DROP."""

    def __init__(self) -> None:
        self.inbox: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.moods: list[str] = []
        self.rcpt_moods: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt_moods:
            return self.rcpt_moods.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mood = self.moods.pop(0) if self.moods else "250 OK"
        if mood == DROP:
            server.transport.abort()
        if not mood.startswith("250"):
            return "451 later" if mood == DROP else mood
        self.inbox.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return mood


@contextmanager
def opened(**options: Any) -> Iterator[PostOffice]:
    """A post office for the time of a test, on a port of its own."""
    office = PostOffice()
    office.port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
