# SPDX-License-Identifier: AGPL-3.0-or-later
"""A QR code as painting operators (ISO/IEC 18004), to be read by a telephone from paper."""

from itertools import groupby

import segno

QUIET_ZONE = 4  # modules left white on every side


def qr_code(text: str, side: float) -> tuple[str, int]:
    """Operators of a ``side`` points wide code from the origin, and its modules per side.

    Both count the quiet zone in. Error correction M; the mask is fixed because
    looking for the best one costs more than drawing the page.
    """
    matrix = segno.make(text, error="m", mask=2, micro=False, boost_error=False).matrix
    modules = len(matrix) + 2 * QUIET_ZONE
    module = side / modules
    operators = [f"1 g 0 0 {side:.3f} {side:.3f} re f 0 g"]
    for row, cells in enumerate(matrix):
        y = side - (row + 1 + QUIET_ZONE) * module
        column = 0
        for dark, stretch in groupby(cells):
            length = len(list(stretch))
            if dark:
                x = (column + QUIET_ZONE) * module
                operators.append(f"{x:.3f} {y:.3f} {length * module:.3f} {module:.3f} re")
            column += length
    return "\n".join([*operators, "f"]), modules
