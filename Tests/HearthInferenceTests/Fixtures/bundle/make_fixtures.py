# SPDX-License-Identifier: Apache-2.0
"""Writes the fixtures of the bundle's tests; run once, with the packages of Training.

    python Tests/HearthInferenceTests/Fixtures/bundle/make_fixtures.py

test-model/           what Training/sign_bundle.py packs into the test bundle
signed.hearthmodel    the same, signed with a key whose seed is the first test vector of RFC 8032
canonical.jsonl       canonical texts written by Training/canonical_json.py, one a line
numbers.tsv           bits of a number and its canonical text
"""

import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
TRAINING = HERE.parents[3] / "Training"
sys.path.insert(0, str(TRAINING))
from canonical_json import canonical, number  # noqa: E402

# RFC 8032, section 7.1, test 1. Everybody knows it, so it signs nothing but this fixture.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
LABELS = ["wake", "light", "deep", "rem"]


def test_model(folder: Path) -> None:
    weights = np.array([[1, 0.5, -0.5, 0], [0, 0.25, 0.5, -1]], dtype=np.float32)
    bias = np.array([0.125, 0, 0, -0.125], dtype=np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["features", "w", "b"], ["logits"])], "test",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(bias, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    (folder / "test.onnx").write_bytes(model.SerializeToString())
    rows = [[0.0, 0.0], [1.0, -2.0], [0.5, 0.25]]
    golden = {"inputs": rows, "logits": (np.array(rows, np.float32) @ weights + bias).tolist()}
    texts = {
        "golden.json": golden,
        "parameters.json": {"mean": [0.5, 1e-07], "scale": [1, 2.5]},
        "card.json": {
            "title": "Test model",
            "intendedUse": ["To try the format of bundles.", "Not for scoring anything."],
            "data": ["None: the weights are made up."],
            "measuredError": [
                {"measure": "four-class kappa", "value": "not measured", "on": "nobody"}
            ],
            "limits": ["It knows nothing about sleep."],
        },
        "bundle.json": {
            "model": "test", "version": "1.0.0", "sequence": 1, "expires": None,
            "minimumEngine": 1, "epochSeconds": 30, "labels": LABELS,
            "features": {"schema": "test/1", "names": ["one", "two"]},
            "training": {
                "data": "None: the weights are made up.", "dataset": "none",
                "subjects": ["a", "b"],
            },
            "variants": [
                {
                    "name": "counts", "inputs": ["activity-counts", "heart-rate"],
                    "files": {"online": "test.onnx"},
                }
            ],
            "extensions": {},
        },
    }
    for name, value in texts.items():
        (folder / name).write_text(json.dumps(value, indent=2) + "\n")


def signed(folder: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem)
        file.flush()
        subprocess.run(
            [sys.executable, TRAINING / "sign_bundle.py", "pack", folder,
             HERE / "signed.hearthmodel"],
            check=True, env={**os.environ, "HEARTH_SIGNING_KEY": file.name})


def value(random_: random.Random, depth: int):
    kinds = ["null", "bool", "integer", "number", "text"] + (["list", "object"] * 2) * (depth < 4)
    match random_.choice(kinds):
        case "null":
            return None
        case "bool":
            return random_.random() < 0.5
        case "integer":
            return random_.randint(-(2**53) + 1, 2**53 - 1) >> random_.randint(0, 53)
        case "number":
            return random_.gauss(0, 1) * 10.0 ** random_.randint(-30, 30)
        case "text":
            return text(random_)
        case "list":
            return [value(random_, depth + 1) for _ in range(random_.randint(0, 4))]
        case _:
            return {text(random_): value(random_, depth + 1) for _ in range(random_.randint(0, 5))}


def text(random_: random.Random) -> str:
    letters = "abcXYZ09 \"\\/\b\t\n\f\r\x00\x1f\x7fäé\u0301€\u2028\uffee\ufb33😀𝄞"
    return "".join(random_.choice(letters) for _ in range(random_.randint(0, 6)))


def main() -> None:
    folder = HERE / "test-model"
    folder.mkdir(exist_ok=True)
    test_model(folder)
    signed(folder)
    random_ = random.Random(1)
    lines = [canonical(value(random_, 0)) for _ in range(300)]
    (HERE / "canonical.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    rows = []
    while len(rows) < 2000:
        bits = random_.getrandbits(64)
        if len(rows) % 2:  # ordinary sizes too, where the layout changes
            ordinary = random_.gauss(0, 1) * 10.0 ** random_.randint(-9, 24)
            (bits,) = struct.unpack("<Q", struct.pack("<d", ordinary))
        (number_,) = struct.unpack("<d", struct.pack("<Q", bits))
        if number_ - number_ == 0:
            rows.append(f"{bits:016x}\t{number(number_)}\n")
    (HERE / "numbers.tsv").write_text("".join(rows))


main()
