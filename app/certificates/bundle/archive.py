# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ZIP written while it is sent: at any moment the memory holds one file of it."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import RawIOBase


class _Pipe(RawIOBase):
    """Takes what the archive writes until it is fetched; it cannot be wound back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        content = bytes(part)  # type: ignore[call-overload]
        self._parts.append(content)
        return len(content)

    def fetch(self) -> bytes:
        """What was written since the last time."""
        content = b"".join(self._parts)
        self._parts.clear()
        return content


def zipped(files: Iterable[tuple[str, Callable[[], bytes]]], moment: datetime) -> Iterator[bytes]:
    """The archive in parts. Each file is asked for when its turn comes.

    A file that cannot be had ends the archive before its table of contents: what
    arrived is visibly no archive, never one with a file missing.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, read in files:
            member = zipfile.ZipInfo(name, moment.timetuple()[:6])
            member.external_attr = 0o644 << 16
            archive.writestr(member, read())
            yield pipe.fetch()
    yield pipe.fetch()
