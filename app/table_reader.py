# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads tables nobody vouches for, in a process of its own with little time and memory.

``app.uploads`` runs it by its path, the file on standard input. On standard output
comes a line of JSON, then the rows. A file that crashes or starves the library ends
this process and nothing else.
"""

import json
import resource
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    # The rules of reading without the application around them, which importing would start.
    _bare = ModuleType("app")
    _bare.__path__ = [str(Path(__file__).parent)]
    sys.modules["app"] = _bare

from app.domain.errors import RuleViolation
from app.spreadsheets import PEOPLE, read

MEMORY = 1_000_000_000  # bytes of addresses, the libraries themselves included
SECONDS = 12  # of a processor


def main() -> None:
    """Answer with the rows, or with the sentence that says what is wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = b""
    try:
        table = read(sys.stdin.buffer.read(), PEOPLE)
        answer = {"hidden": list(table.hidden)}
        content = json.dumps(table.rows, ensure_ascii=False).encode()
    except RuleViolation as violation:
        answer = {"sentence": violation.sentence.text, "values": dict(violation.sentence.values)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
