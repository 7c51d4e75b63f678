# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of this folder from clones of the two collections named in README.md.

    python3 make_vectors.py WYCHEPROOF CCTV

Both are git directories or work trees; the newest commit of each is read.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SETS = {
    "xchacha20_poly1305": ("key", "iv", "aad", "msg", "ct", "tag"),
    "chacha20_poly1305": ("key", "iv", "aad", "msg", "ct", "tag"),
    "hkdf_sha256": ("ikm", "salt", "info", "size", "okm"),
    "hmac_sha256": ("key", "msg", "tag"),
    "x25519": ("public", "private", "shared"),
    "ed25519": ("pk", "msg", "sig"),
}


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True).stdout


def wycheproof(folder, name, fields):
    document = json.loads(git(folder, "show", f"HEAD:testvectors_v1/{name}_test.json"))
    lines = [f"# number result {' '.join(fields)}"]
    for group in document["testGroups"]:
        for test in group["tests"]:
            test = dict(test)
            if "publicKey" in group:
                test["pk"] = group["publicKey"]["pk"]
            values = [str(test[field]) or "-" for field in fields]
            lines.append(" ".join([str(test["tcId"]), test["result"], *values]))
    assert len(lines) - 1 == document["numberOfTests"]
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")


def age(folder):
    names = git(folder, "ls-tree", "-r", "--name-only", "HEAD", "age/testdata").decode().split()
    lines = ["# name result flags payload-sha256 key file"]
    for name in sorted(names):
        head, body = git(folder, "show", f"HEAD:{name}").split(b"\n\n", 1)
        keys = [line.split(": ", 1) for line in head.decode().splitlines()]
        short = name.split("/")[-1]
        identities = [v for k, v in keys if k == "identity"]
        if "hybrid" in short or any(v.startswith("AGE-SECRET-KEY-PQ-") for v in identities):
            continue
        facts = dict(keys)
        secrets = [v for k, v in keys if k == "passphrase"]
        flags = [
            flag for flag, is_set in [
                ("armored", facts.get("armored") == "yes"),
                ("zlib", facts.get("compressed") == "zlib")] if is_set]
        key = [("i" + v) for v in identities] + [("p" + v.encode().hex()) for v in secrets]
        lines.append(" ".join([
            short, facts["expect"].replace(" ", "-"), "+".join(flags) or "-",
            facts.get("payload", "-"), ",".join(key) or "-", body.hex() or "-"]))
    (HERE / "age.txt").write_text("\n".join(lines) + "\n")


for name, fields in SETS.items():
    wycheproof(sys.argv[1], name, fields)
age(sys.argv[2])
