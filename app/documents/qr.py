# SPDX-License-Identifier: AGPL-3.0-or-later
"""A QR code as painting operators (ISO/IEC 18004), to be read by a telephone from paper."""

import re

import segno

QUIET_ZONE = 4  # modules left white on every side
_DARK = re.compile(rb"\x01+")


def qr_code(text: str, side: float) -> tuple[str, int]:
    """Operators of a ``side`` points wide code from the origin, and its modules per side.

    Both count the quiet zone in. Error correction M; the mask is fixed because
    looking for the best one costs more than drawing the page.
    """
    matrix = segno.make(text, error="m", mask=2, micro=False, boost_error=False).matrix
    modules = len(matrix) + 2 * QUIET_ZONE
    operators = [f"q {side / modules:.5f} 0 0 {side / modules:.5f} 0 0 cm"]
    operators.append(f"1 g 0 0 {modules} {modules} re f 0 g")
    for row, cells in enumerate(matrix, start=1):
        y = modules - QUIET_ZONE - row
        for dark in _DARK.finditer(cells):
            start, end = dark.span()
            operators.append(f"{start + QUIET_ZONE} {y} {end - start} 1 re")
    return "\n".join([*operators, "f Q"]), modules
