#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of Hearth's vault, written from docs/vault-format.md alone.

  read_vault.py STORE [--passphrase-file FILE] [--key-file FILE] [--state FOLDER]
                [--summary | --corrections | --inbox]

Prints every sample as one JSON line, or what the persons said; exits 1 with a sentence at the first damage, 12 if the
passphrase opens no key slot. Docstrings name the section of the document. STORE is only read.
"""
from __future__ import annotations

import sys

sys.dont_write_bytecode = True

import argparse
import fcntl
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from arrivals import arrivals
from documents import Samples
from keyfiles import Keys
from primitives import Damage, Secret, WrongPassphrase
from store import Store


def lines(vault: Samples, summary: bool) -> Iterator[dict[str, Any]]:
    for stream, samples in sorted(vault.items()):
        head = {"person": stream.person, "device": stream.device, "vendor": stream.vendor,
                "model": stream.model, "quantity": stream.quantity, "origin": stream.origin,
                "derivation": stream.derivation}
        samples.sort()
        if summary:
            yield head | {"samples": len(samples), "first_ns": samples[0].time,
                          "last_ns": samples[-1].time}
            continue
        for sample in samples:
            yield head | {"time_ns": sample.time, "duration_ns": sample.duration,
                          "values": sample.values, "quality": sample.quality}


def read(folder: Path, secret: Secret, state: Path | None) -> Samples:
    """Reads the whole store while nobody else has it open."""
    with ExitStack() as stack:
        if (folder / "lock").exists():
            lock = stack.enter_context(open(folder / "lock", "rb"))
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OSError("Another process has the vault open.") from None
        spare = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return Samples(Store(folder, secret, state, spare))


def main() -> int:
    parser = argparse.ArgumentParser(description="Prints the samples of a vault as JSON lines.")
    parser.add_argument("store", type=Path)
    parser.add_argument("--passphrase-file", type=Path, help="its first line counts")
    parser.add_argument("--key-file", type=Path, help="its 32 bytes open a slot, alone or with both")
    parser.add_argument("--state", type=Path, help="the folder of anchors; checked if given")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--summary", action="store_true", help="one line a stream")
    form.add_argument("--corrections", action="store_true", help="one line a correction or tag")
    form.add_argument("--inbox", action="store_true", help="one line a file that waits, sealed")
    asked = parser.parse_args()
    try:
        secret = Secret()
        if asked.passphrase_file:
            line = asked.passphrase_file.read_bytes().split(b"\n")[0].removesuffix(b"\r")
            secret = secret._replace(passphrase=line)
        if asked.key_file:
            secret = secret._replace(key_file=asked.key_file.read_bytes())
        if asked.inbox:
            for line in arrivals(asked.store, Keys(asked.store, secret)):
                print(json.dumps(line, separators=(",", ":")))
            return 0
        vault = read(asked.store, secret, asked.state)
        for line in vault.said if asked.corrections else lines(vault, asked.summary):
            print(json.dumps(line, separators=(",", ":")))
    except WrongPassphrase:
        print("The passphrase opens no key slot.", file=sys.stderr)
        return 12
    except (Damage, MemoryError, OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
