# SPDX-License-Identifier: Apache-2.0
"""Keys and Key files: from the passphrase to the data key of a slot."""
from __future__ import annotations

import ctypes
import hmac
import struct
from hashlib import blake2b
from pathlib import Path

from primitives import (
    SODIUM, Damage, Secret, WrongPassphrase, argon2id, hash16, hash32, need, u32, u64, unseal,
    x25519, x25519_base)

SECTOR, HEAD, SLOT = 4096, 36_864, 128
PASSPHRASE, KEY_FILE, BOTH, KEPT = 1, 4, 5, 1 << 31
COPIES, NEXT = ("keys.a", "keys.b"), ("keys.next",)
LASTING = (4, 5, 6, 7, 9, 10, 11, 12)


def long_lived(master: bytes, number: int) -> bytes:
    """K(n)."""
    return blake2b(digest_size=32, key=master, salt=u64(number), person=b"hearthv1").digest()


class KeyFile:
    """One copy, `keys.a` or `keys.b`."""

    def __init__(self, path: Path) -> None:
        self.name, self.data = path.name, path.read_bytes() if path.exists() else b""
        self.is_key_file = len(self.data) >= HEAD and self.data[:8] == b"HEARTHK1"
        head = self.data if self.is_key_file else bytes(HEAD)
        self.major, _, self.flags, self.slot_size, self.count, self.places = struct.unpack_from(
            "<HHIIII", head, 8)
        self.vault_id, self.verify_key = head[28:44], head[76:108]
        self.epoch: int = struct.unpack_from("<Q", head, 108)[0]

    def slot(self, number: int) -> bytes:
        return self.data[HEAD + SLOT * number : HEAD + SLOT * (number + 1)]

    def has_right_head(self, master: bytes) -> bool:
        tag = hash32(long_lived(master, 1), self.data[:116], self.data[SECTOR:HEAD])
        if not self.is_key_file or not hmac.compare_digest(tag, self.data[116:148]):
            return False
        if len(self.data) < HEAD + SLOT * self.count:
            return False
        fits = (self.major, self.flags & ~1, self.slot_size, self.places) == (1, 0, SLOT, 8)
        fits = fits and self.count % 32 == 0 and 32 <= self.count <= 2**20
        own = x25519_base(long_lived(master, 8))
        fits = fits and self.data[44:76] in (bytes(32), own)
        need(fits, f"The header of {self.name} has a right tag and wrong content.")
        return True

    def unlock(self, secret: Secret) -> bytes | None:
        """The master key, if a slot belongs to the secret."""
        broken: Damage | None = None
        for number in range(8 if self.is_key_file and self.major == 1 else 0):
            sector = self.data[SECTOR * (1 + number) :][:SECTOR]
            derived = derive(sector, secret)
            if derived is None:
                continue
            place = self.vault_id + u32(number)
            kek = hash32(derived, b"hearth/kek/v1", place)
            commit = hash32(kek, b"hearth/commit/v1", place, sector[:44])
            if not hmac.compare_digest(commit, sector[116:148]):
                continue
            aad = b"hearth/ks/v1" + place + sector[:44]
            try:
                return unseal(kek, sector[44:116], aad, f"Key slot {number} of {self.name}")
            except Damage as damage:
                broken = damage
        if broken:
            raise broken
        return None

    def lasting(self, master: bytes) -> dict[int, bytes]:
        """I(n)."""
        if not self.flags & 1:
            return {number: long_lived(master, number) for number in LASTING}
        aad = b"hearth/identity/v1" + self.vault_id
        all_ = unseal(long_lived(master, 13), self.data[148:444], aad, "The lasting keys")
        return {number: all_[32 * at : 32 * at + 32] for at, number in enumerate(LASTING)}


def derive(sector: bytes, secret: Secret) -> bytes | None:
    """What a key slot makes of the secret; nothing if it asks for another or for too much work."""
    state, method, ops, mem, salt, factor = struct.unpack_from("<IIQQ16sI", sector)
    if state != 1:
        return None
    part = hash32(secret.key_file, b"hearth/keyfile/v1", salt) if secret.key_file else None
    if factor == KEY_FILE:
        return part if (method, ops, mem) == (2, 0, 0) else None
    if method != 1 or not 3 <= ops <= 16 or not 2**26 <= mem <= 2**31:
        return None
    factor &= ~KEPT
    if factor not in (PASSPHRASE, BOTH) or not secret.passphrase:
        return None
    if factor == BOTH and part is None:
        return None
    derived = argon2id(secret.passphrase, salt, ops, mem)
    if factor == BOTH and part is not None:
        return hash32(derived, b"hearth/both/v1", part)
    return derived


class Keys:
    """Both key files, merged: the long-lived keys and the data keys."""

    def __init__(self, store: Path, secret: Secret, names: tuple[str, ...] = COPIES) -> None:
        self.copies = [KeyFile(store / name) for name in names]
        present = [copy for copy in self.copies if copy.is_key_file]
        need(bool(present), "Neither key file has a header.")
        need(any(copy.major == 1 for copy in present), "The key files have an unknown version.")
        master = unlock_either(self.copies, secret)
        right = [copy for copy in self.copies if copy.has_right_head(master)]
        need(bool(right), "Neither key file is complete and has a right header tag.")
        need(right[0].vault_id == right[-1].vault_id, "The key files belong to two vaults.")
        head = max(right, key=lambda copy: copy.epoch)
        self.vault_id, self.count, self.epoch = head.vault_id, head.count, head.epoch
        self.slots, self.index = long_lived(master, 2), long_lived(master, 3)
        self.audit_seal, self.inbox = long_lived(master, 6), long_lived(master, 8)
        lasting = head.lasting(master)
        self.hash, self.audit, self.anchor = lasting[4], lasting[6], lasting[11]
        public, private = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, private, lasting[7])
        need(public.raw == head.verify_key, "The verify key is not that of the signing key.")

    def arrival_key(self, ephemeral: bytes) -> bytes:
        """Inbox: the key of a file."""
        shared = x25519(self.inbox, ephemeral)
        recipient = x25519_base(self.inbox)
        return hash32(shared, b"hearth/inbox/v1", self.vault_id, ephemeral, recipient)

    def data_key(self, number: int, what: str) -> tuple[bytes, bytes]:
        """Key id and data key of a slot: the winner of the copies, if it is not destroyed."""
        need(number < self.count, f"{what} names a data-key slot that does not exist.")
        place = self.vault_id + u32(number)
        best, won = (False, 0, False), b""  # not empty, epoch, destroyed
        for slot in (copy.slot(number) for copy in self.copies):
            if len(slot) < SLOT:
                continue
            epoch: int = struct.unpack_from("<I", slot, 88)[0]
            for mark, gone in ((b"hearth/slot/v1", False), (b"hearth/wipe/v1", True)):
                check = hash16(self.slots, mark, place, slot[:92])
                if hmac.compare_digest(check, slot[92:108]) and (True, epoch, gone) > best:
                    best, won = (True, epoch, gone), slot
        need(best[0], f"The data-key slot of {what} is empty.")
        need(not best[2], f"The data key of {what} is destroyed.")
        aad = b"hearth/dek/v1" + place + won[:16] + won[88:92]
        return won[:16], unseal(self.slots, won[16:88], aad, f"The data key of {what}")


def unlock_either(copies: list[KeyFile], secret: Secret) -> bytes:
    """The master key from A, or from B if its head differs."""
    broken: Damage | None = None
    for number, copy in enumerate(copies):
        if number and copy.data[:HEAD] == copies[0].data[:HEAD]:
            continue
        try:
            master = copy.unlock(secret)
        except Damage as damage:
            broken = damage
            continue
        if master is not None:
            return master
    raise broken or WrongPassphrase
