# SPDX-License-Identifier: AGPL-3.0-or-later
"""A QR code as painting operators (ISO/IEC 18004), to be read by a telephone from paper.

segno draws what is the same for all the codes of a size; the message, which
differs, is put in here, because segno would take as long as the rest of the page.
"""

from functools import cache
from typing import Any

import segno
from segno import consts
from segno import encoder as segno_encoder

QUIET_ZONE = 4  # modules left white on every side
_LEVEL = consts.ERROR_LEVEL_M
_BLOCKS: Any = consts.ECC
_CAPACITY: Any = consts.SYMBOL_CAPACITY  # bits, by version and level
_MASK = 2  # fixed: every third column is turned; looking for the best one costs too much
_FREE = 2  # what segno calls a module that belongs to no pattern
_BYTES = 0b0100  # the mode of the message
_DIGITS = bytes.maketrans(b"\0\1", b"01")


def qr_code(text: str, side: float) -> tuple[str, int]:
    """Operators of a ``side`` points wide code from the origin, and its modules per side.

    Both count the quiet zone in. Error correction M. Raises ValueError beyond 2331 bytes.
    """
    rows = matrix(text)
    size, modules = len(rows), len(rows) + 2 * QUIET_ZONE
    quiet = side / modules * QUIET_ZONE
    extent = side - 2 * quiet
    # An inline stencil (ISO 32000-1, 8.9.7): a bit for each module, where dark the ink goes through.
    return (
        f"q 1 g 0 0 {side:.3f} {side:.3f} re f 0 g "
        f"{extent:.4f} 0 0 {extent:.4f} {quiet:.4f} {quiet:.4f} cm\n"
        f"BI /W {size} /H {size} /IM true /D [1 0] /F /AHx ID {_stencil(rows)}> EI Q"
    ), modules


def _stencil(rows: list[bytes]) -> str:
    """A bit for each module, each row filled up to whole bytes, in hexadecimal."""
    width = (len(rows) + 7) // 8
    padding = 8 * width - len(rows)
    return b"".join(
        (int(row.translate(_DIGITS), 2) << padding).to_bytes(width) for row in rows
    ).hex()


def matrix(text: str) -> list[bytes]:
    """The modules row by row, 1 where dark, without quiet zone. Raises ValueError when too long."""
    data = text.encode()
    version, message = _message(data)
    size, modules, places = _empty(version)
    cells = bytearray(modules)
    bits = f"{int.from_bytes(message):0{len(message) * 8}b}"
    for place, bit in zip(places, bits, strict=False):  # a few modules may remain
        if bit == "1":
            cells[place] ^= 1
    return [bytes(cells[start : start + size]) for start in range(0, size * size, size)]


def _message(data: bytes) -> tuple[int, bytes]:
    """The smallest version that holds the data, and its codewords (7.4 to 7.6)."""
    for version in range(1, 41):
        capacity = _CAPACITY[version][_LEVEL] // 8
        counted = 8 if version < 10 else 16  # bits of the length
        if len(data) + counted // 8 + 1 <= capacity:
            head = (_BYTES << counted | len(data)) << 8 * len(data) | int.from_bytes(data)
            words = (head << 4).to_bytes(len(data) + counted // 8 + 1)
            filling = b"\xec\x11" * (capacity // 2 + 1)
            return version, _interleaved(version, (words + filling)[:capacity])
    raise ValueError("too long for a QR code")


def _interleaved(version: int, words: bytes) -> bytes:
    """The words in blocks, then the words that correct each block, one of each in turn."""
    blocks, corrections = [], []
    start = 0
    for kind in _BLOCKS[version][_LEVEL]:
        for _ in range(kind.num_blocks):
            block = words[start : start + kind.num_data]
            start += kind.num_data
            blocks.append(block)
            corrections.append(_correction(block, kind.num_total - kind.num_data))
    return _in_turn(blocks) + _in_turn(corrections)


def _in_turn(blocks: list[bytes]) -> bytes:
    longest = max(map(len, blocks))
    return bytes(block[i] for i in range(longest) for block in blocks if i < len(block))


def _correction(block: bytes, count: int) -> bytes:
    """The rest of the block divided by the generator polynomial of this degree (7.5.2)."""
    multiples = _multiples(count)
    rest, above = 0, 8 * (count - 1)
    for word in block:
        first = rest >> above
        rest = (rest - (first << above)) << 8 ^ multiples[word ^ first]
    return rest.to_bytes(count)


@cache
def _multiples(count: int) -> list[int]:
    """The generator polynomial times every element of the field, without its highest term."""
    exponents = consts.GALIOS_EXP
    generator = consts.GEN_POLY[count]
    multiples = [0]
    for factor in range(1, 256):
        power = consts.GALIOS_LOG[factor]
        multiples.append(int.from_bytes(bytes(exponents[power + term] for term in generator)))
    return multiples


@cache
def _empty(version: int) -> tuple[int, bytes, list[int]]:
    """Modules per side, the code with a message of zeros, and where the bits of one go in turn."""
    drawn = segno.make("0", version=version, error="m", mask=_MASK, boost_error=False).matrix
    size = len(drawn)
    encoder: Any = segno_encoder  # without types
    free = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(free, size, size)
    encoder.add_alignment_patterns(free, size, size)
    modules = bytes(
        column % 3 == 0 if free[row][column] == _FREE else drawn[row][column]
        for row in range(size)
        for column in range(size)
    )
    places = []
    for turn, right in enumerate([*range(size - 1, 6, -2), *range(5, 0, -2)]):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        places += [
            row * size + column
            for row in rows
            for column in (right, right - 1)
            if free[row][column] == _FREE
        ]
    return size, modules, places
