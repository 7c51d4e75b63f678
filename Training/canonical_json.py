# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON as in RFC 8785: one text for one value."""

import json
import math

LARGEST_INTEGER = 2**53 - 1


def canonical(value) -> bytes:
    """The canonical text of a value in UTF-8."""
    return _text(value).encode("utf-8")


def parse(text: bytes):
    """Reads a text that must be canonical: the value is written again and compared."""

    def once(pairs):
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a member stands twice")
        return members

    value = json.loads(text.decode("utf-8"), object_pairs_hook=once)
    if canonical(value) != text:
        raise ValueError("the text is not canonical")
    return value


def _text(value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            return number(float(value))
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_text(element) for element in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_string(name)}:{_text(value[name])}" for name in names) + "}"
    raise TypeError(f"no JSON for {type(value).__name__}")


def _string(text: str) -> str:
    # json.dumps has the same short escapes; it differs in nothing else once ASCII is not forced.
    return json.dumps(text, ensure_ascii=False)


def number(value: float) -> str:
    """A finite number as ECMAScript prints it."""
    if not math.isfinite(value):
        raise ValueError("JSON has finite numbers only")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"
