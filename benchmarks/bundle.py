# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seconds and memory to send the certificates of an edition in one archive, a tenth of them and all.

    .venv/bin/python -m benchmarks.bundle [--people 1000] [--kilobytes 80]

On a scratch database of SQLite in a file. The archive is taken part by part, as a
server takes it, and thrown away; memory is what the process grows by meanwhile.
"""

import argparse
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

from app.application import Application
from app.extensions import db
from benchmarks.issue import furnish
from benchmarks.sheet import Hand, scratch
from tests import world as worlds
from tests.certificates import put_certificate


def put(app: Application, people: int, size: int) -> int:
    """An edition in which so many people have a certificate of so many bytes: its id."""
    edition_id, enrolments = furnish(app, people)
    with app.app_context():
        for number, enrolment_id in enumerate(enrolments, 1):
            put_certificate(db.session, enrolment_id, number=number, pdf=os.urandom(size))
            db.session.expunge_all()
        worlds.commit(worlds.make_programme())
        db.session.remove()
    return edition_id


def resident() -> int:
    """Bytes of memory the process holds now."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize()


def take(hand: Hand, edition_id: int) -> tuple[int, int, float]:
    """Bytes of the archive, bytes the process grew by at most, seconds."""
    began, before, most, total = perf_counter(), resident(), 0, 0
    answer = hand.client.get(f"/editions/{edition_id}/certificates.zip", buffered=False)
    for part in answer.iter_encoded():
        total += len(part)
        most = max(most, resident() - before)
    answer.close()
    return total, most, perf_counter() - began


def measure(folder: str, people: int, size: int) -> None:
    """Print what an archive of the people takes."""
    app = scratch(folder)
    edition_id = put(app, people, size)
    hand = Hand(app, "coordinator", [])
    hand.client.get(f"/editions/{edition_id}")  # signed in, libraries loaded
    total, most, seconds = take(hand, edition_id)
    print(
        f"{people:>5} certificates, {total / 1e6:.0f} MB: {seconds:.1f} s, "
        f"{most / 1e6:.1f} MB more memory at most"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=80, help="of a certificate, sealed")
    arguments = parser.parse_args()
    for number in (arguments.people // 10, arguments.people):
        with tempfile.TemporaryDirectory() as scratch_folder:
            measure(scratch_folder, number, arguments.kilobytes * 1000)
