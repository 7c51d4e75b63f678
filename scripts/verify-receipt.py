#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a receipt or audit head of Hearth without Hearth: python3 verify-receipt.py FILE [KEY].

Needs Python and the openssl program, version 1.1.1 or later. docs/receipt.md has the format."""
import re, subprocess, sys, tempfile

FORM = re.compile(
    rb'\{"(?:receipt|auditHead)":(.*),"signature":"([0-9a-f]{128})","verifyKey":"([0-9a-f]{64})"\}\n',
    re.DOTALL)

with open(sys.argv[1], "rb") as file:
    parts = FORM.fullmatch(file.read())
if parts is None:
    sys.exit("not a receipt, or changed outside of its document")
document, signature, key = parts[1], bytes.fromhex(parts[2].decode()), parts[3].decode()
if len(sys.argv) > 2 and sys.argv[2] != key:
    sys.exit(f"signed by another key: {key}")
with tempfile.TemporaryDirectory() as folder:
    # An Ed25519 public key as openssl reads it: a fixed head (RFC 8410) and the 32 bytes.
    head = bytes.fromhex("302a300506032b6570032100")
    for name, content in (("key", head + bytes.fromhex(key)), ("sig", signature), ("doc", document)):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(content)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key",
               "-rawin", "-sigfile", f"{folder}/sig", "-in", f"{folder}/doc"]
    if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        sys.exit("the signature does not match: the document was changed")
print("the signature matches, made by the key " + key)
