# SPDX-License-Identifier: Apache-2.0
"""`store.db`: schema, roots, anchor and packs."""
from __future__ import annotations

import hmac
import shutil
import sqlite3
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from keyfiles import Keys
from primitives import Cursor, Reference, damaged, hash16, hash32, need, u64, unseal

CLASS_BYTES = {1: 4096, 2: 65_536}
RAW, INDEX, NODE, TOP, FINGERPRINTS, RESULTS, AUDIT, CORRECTIONS, LIVE, RIGHTS = range(1, 11)
SCHEMA = {
    "CREATE TABLE pack(id INTEGER PRIMARY KEY, ct BLOB NOT NULL)",
    "CREATE TABLE root(id INTEGER PRIMARY KEY CHECK(id IN (0,1)), ct BLOB NOT NULL)",
}


class Root(NamedTuple):
    """A root row and its hash."""

    generation: int
    before: bytes
    tree: bytes
    packs: int
    audit: bytes
    key_epoch: int
    top: list[Reference]
    digest: bytes


class Store:
    """The opened store: its newest root, checked, and its packs."""

    def __init__(self, folder: Path, secret: bytes, state: Path | None, spare: Path) -> None:
        self.keys = Keys(folder, secret)
        self.database = open_database(folder, spare)
        rows = self.database.execute("SELECT sql FROM sqlite_master").fetchall()
        need(len(rows) == 2 and {row[0] for row in rows} == SCHEMA, "The schema is another.")
        page = self.database.execute("PRAGMA page_size").fetchone()[0]
        need(page == 16_384, "The page size is another.")
        self.root = self.newest_root()
        if state is not None:
            self.check_anchor(state / self.keys.vault_id.hex() / "anchor")
        need(self.keys.epoch >= self.root.key_epoch, "The key files are older than the store.")
        packs = self.database.execute("SELECT count(*) FROM pack").fetchone()[0]
        need(packs == self.root.packs, "The store has another number of packs than its root says.")
        self.reached: set[int] = set()

    def newest_root(self) -> Root:
        rows = self.database.execute("SELECT id, ct FROM root").fetchall()
        roots = sorted((self.read_root(*row) for row in rows), key=lambda root: -root.generation)
        need(bool(roots), "There is no root.")
        newest = roots[0]
        if len(roots) == 2:
            follows = roots[1].generation == newest.generation - 1
            need(follows and roots[1].digest == newest.before, "The roots are no chain.")
        else:
            need(newest.generation == 1 and not any(newest.before), "A root is missing.")
        return newest

    def read_root(self, row: int, sealed: bytes) -> Root:
        """Root."""
        need(isinstance(sealed, bytes) and len(sealed) == 4096, "A root has a wrong size.")
        aad = b"hearth/root/v1" + self.keys.vault_id + bytes([row])
        plain = unseal(self.keys.index, sealed, aad, "A root")
        at = Cursor(plain, "A root")
        generation, before, tree, packs, audit, epoch, _ = at.take("Q32s32sQ32sQq")
        top = at.references()
        need(not any(plain[at.at :]), "A root has bytes behind its end.")
        need(generation & 1 == row, "A root lies in the wrong row.")
        digest = hash32(self.keys.hash, plain)
        return Root(generation, before, tree, packs, audit, epoch, top, digest)

    def check_anchor(self, path: Path) -> None:
        """Anchor."""
        if not path.exists():
            return
        data = path.read_bytes()
        need(len(data) == 104 and data[:8] == b"HEARTHA1", "The anchor has a wrong form.")
        tag = hash32(self.keys.anchor, data[:72])
        need(hmac.compare_digest(tag, data[72:]), "The anchor has a wrong tag.")
        need(data[8:24] == self.keys.vault_id, "The anchor is another vault's.")
        generation, digest = struct.unpack_from("<Q32s", data, 24)
        expected = {generation: self.root.digest, generation + 1: self.root.before}
        need(expected.get(self.root.generation) == digest, "The store is not the anchored one.")

    def pack(
        self, ref: Reference, kind: int, class_: int, key_id: bytes, key: bytes, what: str
    ) -> list[tuple[int, bytes]]:
        """Pack: its blocks as (type, body), after all checks."""
        what = f"A pack of {what}"
        row = None
        if 0 < ref.pack < 2**63:
            row = self.database.execute("SELECT ct FROM pack WHERE id = ?", (ref.pack,)).fetchone()
        if row is None or not isinstance(row[0], bytes):
            damaged(f"{what} is missing.")
        need(len(row[0]) == CLASS_BYTES.get(class_), f"{what} has a wrong size.")
        aad = b"hearth/pk/v1" + self.keys.vault_id + u64(ref.pack) + key_id
        plain = unseal(key, row[0], aad + bytes([class_, kind]) + u64(ref.generation), what)
        used, count, zero = struct.unpack_from("<IHH", plain)
        need(8 <= used <= len(plain) and zero == 0, f"{what} has a wrong header.")
        need(not any(plain[used:]), f"{what} has bytes behind its end.")
        digest = hash16(self.keys.hash, plain[:used])
        need(hmac.compare_digest(digest, ref.digest), f"{what} has another hash than its name.")
        need(ref.pack not in self.reached, f"{what} is named twice.")
        self.reached.add(ref.pack)
        at, blocks = Cursor(plain[8:used], what), []
        for _ in range(count):
            type_, zero, length = at.take("HHI")
            need(zero == 0, f"{what} has a wrong block.")
            blocks.append((type_, at.bytes(length)))
        at.end()
        return blocks

    def piece(self, ref: Reference, kind: int, slot: int | None, what: str) -> bytes:
        """What a pack of kind 2 … 10 holds; without a slot its key is K_index or K_audit."""
        key_id, key = bytes(16), self.keys.audit if kind == AUDIT else self.keys.index
        if slot is not None:
            key_id, key = self.keys.data_key(slot, what)
        blocks = self.pack(ref, kind, 1, key_id, key, what)
        need([type_ for type_, _ in blocks] == [2], f"A pack of {what} is no piece of a document.")
        return blocks[0][1]

    def document(
        self, refs: Iterable[Reference], kind: int, slot: int | None, what: str
    ) -> Cursor:
        """Documents: the pieces of the packs, joined."""
        return Cursor(b"".join(self.piece(ref, kind, slot, what) for ref in refs), what)


def open_database(folder: Path, spare: Path) -> sqlite3.Connection:
    """Opens `store.db` without writing to it; with a write-ahead log, a copy of both."""
    log = folder / "store.db-wal"
    if log.exists() and log.stat().st_size > 0:
        for name in ("store.db", "store.db-wal"):
            shutil.copyfile(folder / name, spare / name)
        return sqlite3.connect(spare / "store.db")
    uri = (folder / "store.db").resolve(strict=True).as_uri()
    return sqlite3.connect(uri + "?mode=ro&immutable=1", uri=True)
