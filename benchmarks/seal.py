# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many certificates one core draws and seals in a second.

    .venv/bin/python -m benchmarks.seal [--rounds 7] [--count 100]

The seal is a demonstration's, RSA of 3072 bits, made in a folder that is removed;
without time stamps, which depend on somebody else's server.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from app.documents.certificate import render_certificate
from app.documents.seal import Seal
from app.documents.seal_keys import demo_key
from benchmarks.certificates import issue

GOAL = 45
AT = datetime(2015, 5, 14, 10, 30, tzinfo=UTC)


def rates(make: Callable[[int], bytes], rounds: int, count: int) -> list[float]:
    """Documents per second in each round; the first document of all is not counted."""
    make(0)
    found = []
    for _ in range(rounds):
        start = perf_counter()
        for number in range(1, count + 1):
            make(number)
        found.append(count / (perf_counter() - start))
    return found


def main() -> None:
    """Print certificates per second without and with the seal, and what it adds in bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=100)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        seal = Seal(demo_key(Path(folder) / "demo.pem"))

    def drawn(number: int) -> bytes:
        return render_certificate(issue(number))

    def sealed(number: int) -> bytes:
        return seal.apply(drawn(number), AT)

    for name, make in (("unsealed", drawn), ("sealed", sealed)):
        found = rates(make, options.rounds, options.count)
        print(f"{name} per second: best {max(found):.0f}, median {median(found):.0f}")
    added = len(sealed(1)) - len(drawn(1))
    print(f"goal {GOAL} sealed; {options.rounds} rounds of {options.count}; {added} bytes of seal")


if __name__ == "__main__":
    main()
