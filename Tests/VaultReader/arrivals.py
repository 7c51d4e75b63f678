# SPDX-License-Identifier: Apache-2.0
"""The inbox: files sealed to the closed vault."""
from __future__ import annotations

import struct
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from keyfiles import Keys
from primitives import Cursor, need, unseal_chunk

CHUNK = 65_536


def arrivals(folder: Path, keys: Keys) -> Iterator[dict[str, Any]]:
    """One line a waiting file: what it is, and the SHA-256 of its content."""
    for path in sorted((folder / "inbox").glob("*.sealed")):
        data, what = path.read_bytes(), f"The arrival {path.name}"
        need(data[:8] == b"HEARTHI1" and data[8:24] == keys.vault_id, f"{what} is another's.")
        chunks, rest = divmod(len(data) - 56, CHUNK + 16)
        need(chunks > 0 and rest == 0, f"{what} has a wrong length.")
        key, plain = keys.arrival_key(data[24:56]), b""
        for number in range(chunks):
            nonce = struct.pack("<QB15x", number, number == chunks - 1)
            start = 56 + number * (CHUNK + 16)
            sealed = data[start : start + CHUNK + 16]
            plain += unseal_chunk(key, nonce, sealed, b"hearth/in/v1" + keys.vault_id, what)
        at = Cursor(plain, what)
        name, person, size = at.text(), at.text(), at.one("Q")
        content = at.bytes(size)
        need(not any(plain[at.at :]), f"{what} has bytes behind its end.")
        yield {"name": name, "person": person, "size": size,
               "sha256": sha256(content).hexdigest()}
