# SPDX-License-Identifier: Apache-2.0
"""Conventions: errors, sealing, hashes, and a cursor over documents."""
from __future__ import annotations

import ctypes
import ctypes.util
import struct
from hashlib import blake2b
from typing import Any, NamedTuple, NoReturn

U64 = 2**64 - 1


class Damage(Exception):
    """The store is not what the document says; the text is a sentence without content."""


class WrongPassphrase(Exception):
    """No key slot opens with the passphrase."""


def damaged(sentence: str) -> NoReturn:
    raise Damage(sentence)


def need(right: bool, sentence: str) -> None:
    if not right:
        damaged(sentence)


def library(name: str, fallback: str) -> ctypes.CDLL:
    return ctypes.CDLL(ctypes.util.find_library(name) or fallback)


SODIUM, ZSTD = library("sodium", "libsodium.so.23"), library("zstd", "libzstd.so.1")
if SODIUM.sodium_init() < 0:
    raise SystemExit("libsodium does not start.")
TEXT, SIZE, LONG = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_ulonglong
SODIUM.crypto_pwhash.argtypes = [TEXT, LONG, TEXT, LONG, TEXT, LONG, SIZE, ctypes.c_int]
OPEN = SODIUM.crypto_aead_xchacha20poly1305_ietf_decrypt
OPEN.argtypes = [TEXT, ctypes.c_void_p, ctypes.c_void_p, TEXT, LONG, TEXT, LONG, TEXT, TEXT]
SODIUM.crypto_scalarmult.argtypes = [TEXT, TEXT, TEXT]
SODIUM.crypto_scalarmult_base.argtypes = [TEXT, TEXT]
ZSTD.ZSTD_findFrameCompressedSize.argtypes = [TEXT, SIZE]
ZSTD.ZSTD_findFrameCompressedSize.restype = SIZE
ZSTD.ZSTD_decompress.argtypes = [TEXT, SIZE, TEXT, SIZE]
ZSTD.ZSTD_decompress.restype = SIZE
ARGON2ID13 = 2


class Secret(NamedTuple):
    """What opens a vault: a passphrase, the 32 bytes of a key file, or both."""

    passphrase: bytes = b""
    key_file: bytes = b""


def x25519(secret: bytes, public: bytes) -> bytes:
    out = ctypes.create_string_buffer(32)
    need(SODIUM.crypto_scalarmult(out, secret, public) == 0, "A public key is of small order.")
    return out.raw


def x25519_base(secret: bytes) -> bytes:
    out = ctypes.create_string_buffer(32)
    SODIUM.crypto_scalarmult_base(out, secret)
    return out.raw


def unseal_chunk(key: bytes, nonce: bytes, sealed: bytes, aad: bytes, what: str) -> bytes:
    return unseal(key, nonce + sealed, aad, what)


def argon2id(secret: bytes, salt: bytes, opslimit: int, memlimit: int) -> bytes:
    out = ctypes.create_string_buffer(32)
    if SODIUM.crypto_pwhash(out, 32, secret, len(secret), salt, opslimit, memlimit,
                            ARGON2ID13) != 0:
        raise MemoryError("There is not enough memory for the key derivation.")
    return out.raw


def unseal(key: bytes, sealed: bytes, aad: bytes, what: str) -> bytes:
    """Opens `nonce ‖ ciphertext ‖ tag`."""
    need(len(sealed) >= 40, f"{what} is too short.")
    out = ctypes.create_string_buffer(len(sealed))
    body = sealed[24:]
    failed = OPEN(out, None, None, body, len(body), aad, len(aad), sealed[:24], key)
    need(failed == 0, f"{what} does not open: it was changed, moved or sealed under another key.")
    return out.raw[: len(body) - 16]


def unpack_frame(stored: bytes, size: int) -> bytes:
    """The content of exactly one zstd frame of exactly `size` bytes."""
    whole = ZSTD.ZSTD_findFrameCompressedSize(stored, len(stored)) == len(stored)
    out = ctypes.create_string_buffer(size + 1)
    got = ZSTD.ZSTD_decompress(out, size, stored, len(stored)) if whole else -1
    need(got == size, "A zstd frame is damaged or has another length.")
    return out.raw[:size]


def hash16(key: bytes, *parts: bytes) -> bytes:
    return blake2b(b"".join(parts), digest_size=16, key=key).digest()


def hash32(key: bytes, *parts: bytes) -> bytes:
    return blake2b(b"".join(parts), digest_size=32, key=key).digest()


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def u64(value: int) -> bytes:
    return struct.pack("<Q", value)


def signed64(value: int) -> int:
    return ((value + 2**63) & U64) - 2**63


class Cursor:
    """Reads a document from front to back, never past its end."""

    def __init__(self, data: bytes, what: str) -> None:
        self.data, self.what, self.at = data, what, 0

    def bytes(self, count: int) -> bytes:
        need(self.at + count <= len(self.data), f"{self.what} ends too early.")
        self.at += count
        return self.data[self.at - count : self.at]

    def take(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))

    def one(self, layout: str) -> int:
        return int(self.take(layout)[0])

    def text(self) -> str:
        try:
            return self.bytes(self.one("H")).decode("utf-8")
        except UnicodeDecodeError:
            damaged(f"{self.what} has a text that is no UTF-8.")

    def items(self) -> range:
        return range(self.one("I"))

    def references(self) -> list[Reference]:
        return [Reference(*self.take("QQ16s")) for _ in self.items()]

    @property
    def more(self) -> bool:
        return self.at < len(self.data)

    def end(self) -> None:
        need(not self.more, f"{self.what} goes on behind its end.")


class Reference(NamedTuple):
    """Pack reference."""

    pack: int
    generation: int
    digest: bytes
