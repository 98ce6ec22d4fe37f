# SPDX-License-Identifier: AGPL-3.0-or-later
"""A QR code as painting operators (ISO/IEC 18004), to be read by a telephone from paper."""

from itertools import groupby

import segno

QUIET_ZONE = 4  # modules left white on every side


def qr_code(text: str, side: float) -> str:
    """Operators of a ``side`` points wide code, its quiet zone included, from the origin.

    Error correction M; the mask is fixed because looking for the best one
    costs more than drawing the page, and readers accept any.
    """
    matrix = segno.make(text, error="m", mask=2, micro=False, boost_error=False).matrix
    module = side / (len(matrix) + 2 * QUIET_ZONE)
    operators = [f"1 g 0 0 {side:.3f} {side:.3f} re f 0 g"]
    for row, modules in enumerate(matrix):
        y = side - (row + 1 + QUIET_ZONE) * module
        column = 0
        for dark, stretch in groupby(modules):
            length = len(list(stretch))
            if dark:
                x = (column + QUIET_ZONE) * module
                operators.append(f"{x:.3f} {y:.3f} {length * module:.3f} {module:.3f} re")
            column += length
    return "\n".join([*operators, "f"])
