# SPDX-License-Identifier: Apache-2.0
"""Packs and signs a model bundle, checks one, or unpacks it. The format: docs/model-bundle.md.

    python Training/sign_bundle.py pack out/sleep Sources/CHearthBundles/Bundles/sleep.hearthmodel
    python Training/sign_bundle.py verify FILE --key HEX
    python Training/sign_bundle.py unpack FILE FOLDER --key HEX
    python Training/sign_bundle.py schema NAME FEATURE...

`pack` takes a folder with bundle.json (the manifest without targets), card.json, parameters.json,
golden vectors and model files. The private key is the PEM file that HEARTH_SIGNING_KEY names;
several, joined by colons, sign one after the other. Without it a new key is made in out/keys, which
git ignores, and the public key is printed for Sources/HearthInference/Bundle/TrustedKeys.swift.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

sys.path.insert(0, str(Path(__file__).resolve().parent))
from canonical_json import canonical, parse  # noqa: E402

MAGIC = b"\x89HMODEL\n"
CONTAINER_VERSION = 1
FORMAT = "hearth-model/1"
PAYLOAD_TYPE = "application/vnd.hearth.model-manifest+json"
ENVELOPE = "envelope.json"
INPUT_MANIFEST = "bundle.json"
CANONICAL = {"card.json", "parameters.json"}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
MEMBERS = {
    "model", "version", "sequence", "expires", "minimumEngine", "epochSeconds", "labels",
    "features", "training", "variants", "extensions",
}
PROJECT = Path(__file__).resolve().parent.parent


def raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def schema_digest(name: str, features: list[str]) -> str:
    """The digest of a feature schema; FeatureSchema.digest of the program is the same."""
    return hashlib.sha256(canonical({"features": features, "schema": name})).hexdigest()


def subject_digest(dataset: str, subject: str) -> str:
    """Names a subject of the training set; TrainingSubject.digest of the program is the same."""
    return hashlib.sha256(f"hearth-subject/1\n{dataset}\n{subject}".encode()).hexdigest()


def pre_authentication(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def signing_keys() -> list[Ed25519PrivateKey]:
    named = os.environ.get("HEARTH_SIGNING_KEY")
    if named:
        return [
            serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
            for path in named.split(":")
        ]
    folder = PROJECT / "out" / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    public = raw(key.public_key())
    path = folder / f"{key_id(public)}.pem"
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    print(f"new key in {path}; keep it, and never commit it", file=sys.stderr)
    print("for TrustedKeys.swift:", file=sys.stderr)
    print(f'    TrustedKey(hexadecimal: "{public.hex()}")', file=sys.stderr)
    return [key]


def read_entries(folder: Path) -> dict[str, bytes]:
    entries = {}
    for path in sorted(folder.iterdir()):
        if path.name == INPUT_MANIFEST:
            continue
        if not path.is_file() or not NAME.fullmatch(path.name) or path.name == ENVELOPE:
            raise ValueError(f"{path.name} cannot be an entry of a bundle")
        content = path.read_bytes()
        if path.name in CANONICAL:
            content = canonical(json.loads(content))
        entries[path.name] = content
    for needed in CANONICAL:
        if needed not in entries:
            raise ValueError(f"{needed} is missing")
    if not any(name.startswith("golden") for name in entries):
        raise ValueError("golden vectors are missing")
    return entries


def manifest(folder: Path, entries: dict[str, bytes]) -> dict:
    given = json.loads((folder / INPUT_MANIFEST).read_bytes())
    given.setdefault("expires", None)
    given.setdefault("extensions", {})
    features = given["features"]
    if "names" in features:
        given["features"] = {
            "schema": features["schema"],
            "sha256": schema_digest(features["schema"], features["names"]),
        }
    training = given["training"]
    if "dataset" in training:
        given["training"] = {
            "data": training["data"],
            "subjects": sorted(
                subject_digest(training["dataset"], subject) for subject in training["subjects"]),
        }
    if set(given) != MEMBERS:
        raise ValueError(f"bundle.json: missing or unknown: {sorted(set(given) ^ MEMBERS)}")
    given["format"] = FORMAT
    given["targets"] = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(entries.items())
    ]
    return given


def sign(payload: bytes, keys: list[Ed25519PrivateKey]) -> bytes:
    signatures = [
        {
            "keyid": key_id(raw(key.public_key())),
            "sig": base64.b64encode(key.sign(pre_authentication(payload))).decode(),
        }
        for key in keys
    ]
    return canonical({
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": signatures,
    })


def join(entries: list[tuple[str, bytes]]) -> bytes:
    body = b"".join(
        struct.pack("<H", len(name)) + name.encode() + struct.pack("<I", len(content)) + content
        for name, content in entries
    )
    head = MAGIC + struct.pack("<IIQ", CONTAINER_VERSION, len(entries), 24 + len(body))
    return head + body


def split(data: bytes) -> list[tuple[str, bytes]]:
    version, count, size = struct.unpack_from("<IIQ", data, 8)
    if data[:8] != MAGIC or version != CONTAINER_VERSION or size != len(data):
        raise ValueError("not a model bundle")
    entries, place = [], 24
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2:place + 2 + length].decode("ascii")
        place += 2 + length
        (size,) = struct.unpack_from("<I", data, place)
        place += 4
        if place + size > len(data):
            raise ValueError("an entry passes the end")
        entries.append((name, data[place:place + size]))
        place += size
    if place != len(data):
        raise ValueError("bytes behind the last entry")
    return entries


def verify(data: bytes, public: bytes) -> tuple[dict, dict[str, bytes]]:
    """The manifest and the entries of a bundle that the key signed."""
    listed = split(data)
    names = [name for name, _ in listed]
    if names[0] != ENVELOPE or names[1:] != sorted(set(names[1:])) or ENVELOPE in names[1:]:
        raise ValueError("entries out of order or twice")
    envelope = parse(listed[0][1])
    payload = base64.b64decode(envelope["payload"], validate=True)
    if envelope["payloadType"] != PAYLOAD_TYPE:
        raise ValueError("another type of payload")
    mine = [line for line in envelope["signatures"] if line["keyid"] == key_id(public)]
    if len(mine) != 1:
        raise ValueError("the key did not sign")
    Ed25519PublicKey.from_public_bytes(public).verify(
        base64.b64decode(mine[0]["sig"], validate=True), pre_authentication(payload))
    signed = parse(payload)
    entries = dict(listed[1:])
    told = {target["name"]: target for target in signed["targets"]}
    if set(told) != set(entries):
        raise ValueError("the entries are not those of the manifest")
    for name, content in entries.items():
        if hashlib.sha256(content).hexdigest() != told[name]["sha256"]:
            raise ValueError(f"{name} has another digest")
        if len(content) != told[name]["size"]:
            raise ValueError(f"{name} has another size")
    return signed, entries


def pack(folder: Path, output: Path) -> None:
    entries = read_entries(folder)
    payload = canonical(manifest(folder, entries))
    keys = signing_keys()
    data = join([(ENVELOPE, sign(payload, keys))] + sorted(entries.items()))
    for key in keys:
        verify(data, raw(key.public_key()))
    output.write_bytes(data)
    print(f"{output}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Packs, signs and checks model bundles.")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("pack", help="pack and sign a folder")
    one.add_argument("folder", type=Path)
    one.add_argument("output", type=Path)
    for name in ["verify", "unpack"]:
        one = commands.add_parser(name)
        one.add_argument("file", type=Path)
        if name == "unpack":
            one.add_argument("folder", type=Path)
        one.add_argument("--key", required=True, help="the public key, 64 hexadecimal digits")
    one = commands.add_parser("schema", help="print the digest of a feature schema")
    one.add_argument("name")
    one.add_argument("features", nargs="+")
    given = parser.parse_args()
    try:
        if given.command == "pack":
            pack(given.folder, given.output)
        elif given.command == "schema":
            print(schema_digest(given.name, given.features))
        else:
            signed, entries = verify(given.file.read_bytes(), bytes.fromhex(given.key))
            if given.command == "unpack":
                given.folder.mkdir(parents=True, exist_ok=True)
                entries["manifest.json"] = canonical(signed)
                for name, content in entries.items():
                    if not NAME.fullmatch(name):
                        raise ValueError("an entry whose name is no file name")
                    (given.folder / name).write_bytes(content)
            print(f"{signed['model']} {signed['version']}, number {signed['sequence']}: sound")
    except (ValueError, KeyError, struct.error, InvalidSignature, OSError) as error:
        print(f"sign_bundle: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
