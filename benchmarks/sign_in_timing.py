# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can the time of an answer tell who has an account? Signing in and asking for a link, by the clock.

Samples are interleaved; the figure is the AUC of the best classifier by time alone (0.50: nothing).
Usage: .venv/bin/python -m benchmarks.sign_in_timing [samples per class], with the demonstration loaded.
"""

import os
import re
import statistics
import sys
import time

os.environ.setdefault("FORPA_CONFIG", "demo")

from app import create_app
from config import from_environment

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# Asked equally often: each runs out of tries at the same sample.
KNOWN, NOBODY = "docente@aris.example", "nessuno@aris.example"


def main(samples: int) -> None:
    app = create_app(from_environment())
    for path, more in (
        ("/login", {"password": "sbagliata del tutto"}),
        ("/forgotten-password", {}),
    ):
        times: dict[str, list[float]] = {KNOWN: [], NOBODY: []}
        for i in range(samples):
            for login in (KNOWN, NOBODY) if i % 2 else (NOBODY, KNOWN):
                times[login].append(_once(app, path, {"login": login, **more}, i))
        known, nobody = times[KNOWN], times[NOBODY]
        gap = (statistics.median(known) - statistics.median(nobody)) * 1000
        print(f"{path:22} AUC {_auc(known, nobody):.2f}, gap of medians {gap:+.1f} ms")


def _once(app, path: str, data: dict[str, str], i: int) -> float:
    """Seconds of one answer, each from an address of its own."""
    client = app.test_client()
    where = {"REMOTE_ADDR": f"10.{i // 65536}.{i // 256 % 256}.{i % 256}"}
    token = TOKEN.search(client.get(path, environ_base=where).text)[1]
    begun = time.perf_counter()
    client.post(path, data={"csrf_token": token, **data}, environ_base=where)
    return time.perf_counter() - begun


def _auc(first: list[float], second: list[float]) -> float:
    """How often a sample of one is longer than one of the other, whichever way round."""
    won = sum((a > b) + (a == b) / 2 for a in first for b in second) / (len(first) * len(second))
    return max(won, 1 - won)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
