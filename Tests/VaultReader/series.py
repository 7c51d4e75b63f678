# SPDX-License-Identifier: Apache-2.0
"""Series block."""
from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from primitives import Cursor, damaged, need, signed64, unpack_frame


class Sample(NamedTuple):
    time: int
    duration: int
    values: tuple[str, ...]
    quality: int


def weave(at: Cursor, count: int, width: int) -> bytearray:
    """The bytes of `count` little-endian numbers that are stored as `width` planes."""
    woven = bytearray(count * width)
    for plane in range(width):
        woven[plane::width] = at.bytes(count)
    return woven


def integers(at: Cursor, m: int) -> list[int]:
    """Integers(m)."""
    width = at.one("B")
    need(width in (0, 1, 2, 4, 8), "A series block has a wrong width.")
    if width == 0:
        return [0] * m
    letter = {1: "B", 2: "H", 4: "I", 8: "Q"}[width]
    return [(z >> 1) ^ -(z & 1) for z in struct.unpack(f"<{m}{letter}", weave(at, m, width))]


def f32(value: float) -> float:
    return ctypes.c_float(value).value


def column(at: Cursor, n: int) -> list[str]:
    """Column: the bits of its 32-bit floats in hexadecimal digits."""
    kind = at.one("B")
    if kind == 0:
        words = struct.unpack(f"<{n}I", weave(at, n, 4))
        return [f"{bits:08x}" for bits in accumulate(words, int.__xor__)]
    if kind == 1:
        divisor = float(at.one("I"))
        need(divisor != 0, "A series block divides by zero.")
        values = [float(signed64(k)) / divisor for k in accumulate(integers(at, n))]
    elif kind in (2, 3):
        factor, offset = at.take("ff")
        counts = [signed64(k) for k in accumulate(integers(at, n))]
        bound = 2 ** (15 if kind == 2 else 31)
        need(all(-bound <= k < bound for k in counts), "A stored integer is out of its range.")
        # Rounding a product or sum of two f32 first to f64 and then to f32 rounds like f32 does.
        values = [f32(f32(k) * factor) + offset for k in counts]
    else:
        damaged("A series block has an unknown kind of column.")
    return [bytes(ctypes.c_float(value))[::-1].hex() for value in values]


def series(body: bytes) -> tuple[int, list[Sample]]:
    """Series block: the stream number and the samples."""
    head = Cursor(body, "A series block")
    number, n, c, form, flags, codec, size = head.take("IIBBBBI")
    need(1 <= n <= 65_536 and c <= 16 and form <= 1 and flags <= 3 and codec <= 1
         and size <= n * (17 + 9 * c) + 512, "A series block has a wrong head.")
    payload = body[head.at :] if codec == 0 else unpack_frame(body[head.at :], size)
    need(len(payload) == size, "A series block has another length than it says.")
    at = Cursor(payload, "A series block")
    first, unit = at.take("qq")  # regular: first and p
    if form == 0:
        q = at.one("q")
        need(q > 0, "A series block divides by zero.")
        times = [signed64(first + i * unit // q) for i in range(n)]
    else:
        steps = accumulate(integers(at, n - 1), initial=0)  # d
        times = [signed64(first + far) for far in accumulate(d * unit for d in steps)]
    durations = [0] * n
    if flags & 1:
        unit = at.one("q")
        durations = [signed64(s * unit) for s in accumulate(integers(at, n))]
    columns = [column(at, n) for _ in range(c)]
    quality = at.bytes(n) if flags & 2 else bytes(n)
    at.end()
    need(all(a <= b for a, b in zip(times, times[1:])),
         "The times of a series block fall.")
    rows: Iterable[tuple[str, ...]] = zip(*columns) if columns else [()] * n
    return number, [Sample(*row) for row in zip(times, durations, rows, quality)]
