# SPDX-License-Identifier: AGPL-3.0-or-later
"""The people ticked in a list, as the form sends them: a number, or a number and a version."""

from collections.abc import Sequence

from flask import abort

from app.models.types import INTEGER_MAX

MOST = 500  # at once


def picked(values: Sequence[str]) -> list[int]:
    """The numbers ticked, each once; 400 for what is none."""
    found = [_whole(value) for value in values[: MOST + 1]]
    if len(found) > MOST:
        abort(400)
    return list(dict.fromkeys(found))


def versions(values: Sequence[str]) -> dict[int, int]:
    """Number and version of each (``12-3``); 400 for what is none."""
    found: dict[int, int] = {}
    for value in values[: MOST + 1]:
        number, _dash, version = value.partition("-")
        found[_whole(number)] = _whole(version)
    if len(found) > MOST:
        abort(400)
    return found


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 11 and int(value) <= INTEGER_MAX):
        abort(400)
    return int(value)
