#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small models of Tests/HearthInferenceTests/Fixtures, with golden vectors.

Seeded; needs numpy, onnx and torch (for the goldens: what torch computes is what Hearth must give).
Each NAME.onnx has a NAME.golden beside it, little-endian:
  int32 steps, int32 floats a step in, int32 floats a step out, then for each step input and output.
State runs on from step to step.

usage: make_test_models.py FOLDER
"""
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
rng = np.random.default_rng(20261121)
folder = Path(sys.argv[1])
torch.manual_seed(1)
torch.set_num_threads(1)


def weights(*shape, scale=None):
    scale = scale or 1 / np.sqrt(shape[-1])
    return rng.uniform(-scale, scale, shape).astype(np.float32)


def save(name, nodes, inputs, outputs, initializers, tree=False, metadata=None):
    graph = helper.make_graph(
        nodes, "hearth-test",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
        [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs],
        [numpy_helper.from_array(a, n) for n, a in initializers.items()])
    opsets = [helper.make_opsetid("", OPSET)]
    if tree:
        opsets.append(helper.make_opsetid("ai.onnx.ml", 3))
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    for key, value in (metadata or {"model": name}).items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())


def golden(name, steps):
    ins, outs = len(steps[0][0]), len(steps[0][1])
    with open(folder / f"{name}.golden", "wb") as file:
        file.write(struct.pack("<iii", len(steps), ins, outs))
        for given, wanted in steps:
            file.write(np.asarray(given, "<f4").tobytes() + np.asarray(wanted, "<f4").tobytes())


F = TensorProto.FLOAT


def gru():
    """Features -> Gemm + Relu -> two GRU cells written out -> 4 logits; the shape of a sleep stager."""
    features, hidden, classes = 12, 24, 4
    head = torch.nn.Linear(features, hidden)
    cells = [torch.nn.GRUCell(hidden, hidden) for _ in range(2)]
    tail = torch.nn.Linear(hidden, classes)
    init, nodes = {}, []
    arr = lambda t: t.detach().numpy()
    init.update(w0=arr(head.weight), b0=arr(head.bias), w9=arr(tail.weight), b9=arr(tail.bias),
                one=np.float32(1))
    nodes += [helper.make_node("Gemm", ["x", "w0", "b0"], ["e"], transB=1),
              helper.make_node("Relu", ["e"], ["a0"])]
    for i, cell in enumerate(cells):
        p = f"g{i}_"
        init.update({p + "wi": arr(cell.weight_ih), p + "bi": arr(cell.bias_ih),
                     p + "wh": arr(cell.weight_hh), p + "bh": arr(cell.bias_hh)})
        n = lambda op, a, b, **k: nodes.append(helper.make_node(op, a, b, **k))
        n("Gemm", [f"a{i}", p + "wi", p + "bi"], [p + "gi"], transB=1)
        n("Gemm", [f"h{i}", p + "wh", p + "bh"], [p + "gh"], transB=1)
        n("Split", [p + "gi"], [p + "ir", p + "iz", p + "in"], axis=1, num_outputs=3)
        n("Split", [p + "gh"], [p + "hr", p + "hz", p + "hn"], axis=1, num_outputs=3)
        n("Add", [p + "ir", p + "hr"], [p + "r0"])
        n("Sigmoid", [p + "r0"], [p + "r"])
        n("Add", [p + "iz", p + "hz"], [p + "z0"])
        n("Sigmoid", [p + "z0"], [p + "z"])
        n("Mul", [p + "r", p + "hn"], [p + "rn"])
        n("Add", [p + "in", p + "rn"], [p + "n0"])
        n("Tanh", [p + "n0"], [p + "n"])
        n("Sub", ["one", p + "z"], [p + "k"])
        n("Mul", [p + "k", p + "n"], [p + "kn"])
        n("Mul", [p + "z", f"h{i}"], [p + "zh"])
        n("Add", [p + "kn", p + "zh"], [f"h{i}_out"])
        nodes.append(helper.make_node("Identity", [f"h{i}_out"], [f"a{i + 1}"]))
    nodes.append(helper.make_node("Gemm", ["a2", "w9", "b9"], ["logits"], transB=1))
    save("gru", nodes, [("x", [1, features]), ("h0", [1, hidden]), ("h1", [1, hidden])],
         [("logits", F, [1, classes]), ("h0_out", F, [1, hidden]), ("h1_out", F, [1, hidden])], init,
         metadata={"model": "test-gru", "feature_schema": "none"})
    steps, h = [], [torch.zeros(1, hidden) for _ in cells]
    with torch.no_grad():
        for _ in range(200):
            x = torch.randn(1, features)
            a = torch.relu(head(x))
            for i, cell in enumerate(cells):
                a = h[i] = cell(a, h[i])
            steps.append((x.numpy().ravel(), tail(a).numpy().ravel()))
    golden("gru", steps)


def conv():
    """Raw signal -> strided Conv1D + Relu -> mean -> Gemm -> Softmax, with pads, groups, dilation."""
    c1 = torch.nn.Conv1d(3, 16, 7, stride=3, padding=2)
    c2 = torch.nn.Conv1d(16, 20, 5, padding=4, dilation=2, groups=2)
    fc = torch.nn.Linear(20, 5)
    arr = lambda t: t.detach().numpy()
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], strides=[3], pads=[2, 2], kernel_shape=[7]),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], pads=[4, 4], dilations=[2], group=2),
        helper.make_node("Tanh", ["c2"], ["r2"]),
        helper.make_node("ReduceMean", ["r2", "axes"], ["m"], keepdims=0),
        helper.make_node("MatMul", ["m", "w3"], ["d"]),
        helper.make_node("Add", ["d", "b3"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["p"], axis=-1),
    ]
    save("conv", nodes, [("x", [1, 3, 100])], [("logits", F, [1, 5]), ("p", F, [1, 5])],
         dict(w1=arr(c1.weight), b1=arr(c1.bias), w2=arr(c2.weight), b2=arr(c2.bias),
              w3=arr(fc.weight).T.copy(), b3=arr(fc.bias), axes=np.array([2], np.int64)))
    steps = []
    with torch.no_grad():
        for _ in range(8):
            x = torch.randn(1, 3, 100)
            logits = fc(torch.tanh(c2(torch.relu(c1(x)))).mean(2))
            steps.append((x.numpy().ravel(), torch.cat([logits, logits.softmax(1)]).numpy().ravel()))
    golden("conv", steps)


def tcn():
    """Two causal dilated layers whose past is state: Concat, Conv, Slice a step."""
    layers = [torch.nn.Conv1d(2, 8, 3, dilation=1), torch.nn.Conv1d(8, 4, 3, dilation=4)]
    arr = lambda t: t.detach().numpy()
    nodes, init = [], {}
    source, ports, outs = "x", [("x", [1, 2, 1])], []
    for i, layer in enumerate(layers):
        past = 2 * layer.dilation[0]
        init.update({f"w{i}": arr(layer.weight), f"b{i}": arr(layer.bias),
                     f"s{i}": np.array([1], np.int64), f"e{i}": np.array([past + 1], np.int64),
                     f"a{i}": np.array([2], np.int64)})
        nodes += [helper.make_node("Concat", [f"h{i}", source], [f"c{i}"], axis=2),
                  helper.make_node("Conv", [f"c{i}", f"w{i}", f"b{i}"], [f"y{i}"],
                                   dilations=[layer.dilation[0]]),
                  helper.make_node("Relu", [f"y{i}"], [f"r{i}"]),
                  helper.make_node("Slice", [f"c{i}", f"s{i}", f"e{i}", f"a{i}"], [f"h{i}_out"])]
        channels = layer.in_channels
        ports.append((f"h{i}", [1, channels, past]))
        outs.append((f"h{i}_out", F, [1, channels, past]))
        source = f"r{i}"
    nodes.append(helper.make_node("Squeeze", [source, "a0"], ["y"]))
    save("tcn", nodes, ports, [("y", F, [1, 4])] + outs, init)
    x = torch.randn(1, 2, 60)
    with torch.no_grad():
        y = x
        for layer in layers:
            y = torch.relu(layer(torch.nn.functional.pad(y, (2 * layer.dilation[0], 0))))
    golden("tcn", [(x[0, :, t].numpy(), y[0, :, t].numpy()) for t in range(60)])


def shapes():
    """The operators that move elements, and stretching."""
    init = dict(axes=np.array([1, 2], np.int64), starts=np.array([-1, 3], np.int64),
                ends=np.array([-100, 0], np.int64), steps=np.array([-2, -1], np.int64),
                whole=np.array([0, -1], np.int64), pads=np.array([0, 1, 0, 0, 0, 2], np.int64),
                fill=np.float32(0.5), at1=np.array([1], np.int64), at0=np.array([0], np.int64),
                parts=np.array([1, 3], np.int64), column=weights(4, 1), row=weights(5),
                square=weights(3, 4, 1), low=np.float32(-1), high=np.float32(1.5))
    N = helper.make_node
    nodes = [
        N("Transpose", ["x"], ["t"], perm=[0, 2, 1]),            # 1 5 4
        N("Slice", ["t", "starts", "ends", "axes", "steps"], ["s"]),  # 1 3 3
        N("Reshape", ["s", "whole"], ["a"]),                     # 1 9
        N("Pad", ["x", "pads", "fill"], ["p"]),                  # 1 5 7
        N("Reshape", ["p", "whole"], ["b"]),                     # 1 35
        N("Split", ["x", "parts"], ["q0", "q1"], axis=1),        # 1 1 5, 1 3 5
        N("Mul", ["q0", "q1"], ["m0"]),                          # 1 3 5
        N("Add", ["x", "column"], ["m1"]),                       # 1 4 5
        N("Div", ["m1", "row"], ["m2"]),
        N("Clip", ["m2", "low", "high"], ["m3"]),
        N("Unsqueeze", ["x", "at1"], ["u"]),                     # 1 1 4 5
        N("Sub", ["square", "u"], ["m4"]),                       # 1 3 4 5
        N("ReduceMean", ["m4", "axes"], ["m5"], keepdims=1),     # 1 1 1 5
        N("Squeeze", ["m5", "axes"], ["m6"]),                    # 1 5
        N("Softmax", ["m3"], ["m7"], axis=1),
        N("MatMul", ["t", "m7"], ["m8"]),                        # 1 5 5
        N("Reshape", ["m0", "whole"], ["c0"]),
        N("Reshape", ["m8", "whole"], ["c1"]),
        N("Concat", ["a", "b", "c0", "c1", "m6"], ["y"], axis=1),
    ]
    save("shapes", nodes, [("x", [1, 4, 5])], [("y", F, [1, 9 + 35 + 15 + 25 + 5])], init)
    steps = []
    w = {k: torch.from_numpy(np.asarray(v)) for k, v in init.items()}
    for _ in range(4):
        x = torch.randn(1, 4, 5)
        t = x.transpose(1, 2)
        s = t.flip(1)[:, ::2].flip(2)[:, :, :3]
        p = torch.nn.functional.pad(x, (0, 2, 1, 0), value=0.5)
        m7 = ((x + w["column"]) / w["row"]).clamp(-1, 1.5).softmax(1)
        m6 = (w["square"] - x[:, None]).mean((1, 2))
        y = torch.cat([v.flatten() for v in (s, p, x[:, :1] * x[:, 1:], t @ m7, m6)])
        steps.append((x.numpy().ravel(), y.numpy()))
    golden("shapes", steps)


def quantized():
    """Gemm with QDQ around input and weights: what a quantiser leaves behind."""
    w = weights(6, 10)
    scale = (np.abs(w).max(1) / 127).astype(np.float32)
    q = np.clip(np.rint(w / scale[:, None]), -128, 127).astype(np.int8)
    init = dict(q=q, scale=scale, zero=np.zeros(6, np.int8), xs=np.float32(0.03), xz=np.uint8(120),
                b=np.rint(rng.uniform(-900, 900, 6)).astype(np.int32), bs=(scale * 0.03))
    N = helper.make_node
    nodes = [
        N("QuantizeLinear", ["x", "xs", "xz"], ["xq"]),
        N("DequantizeLinear", ["xq", "xs", "xz"], ["xd"]),
        N("DequantizeLinear", ["q", "scale", "zero"], ["w"], axis=0),
        N("DequantizeLinear", ["b", "bs"], ["bias"], axis=0),
        N("Gemm", ["xd", "w", "bias"], ["y"], transB=1),
    ]
    save("quantized", nodes, [("x", [1, 10])], [("y", F, [1, 6])], init)
    steps = []
    for _ in range(8):
        x = torch.randn(1, 10) * 2
        # torch rounds halves to even and clamps, as ONNX asks.
        xd = torch.fake_quantize_per_tensor_affine(x, 0.03, 120, 0, 255)
        wd = torch.from_numpy(q).float() * torch.from_numpy(scale)[:, None]
        bias = torch.from_numpy(init["b"]).float() * torch.from_numpy(init["bs"])
        steps.append((x.numpy().ravel(), (xd @ wd.T + bias).numpy().ravel()))
    golden("quantized", steps)


def random_trees(features, trees, depth, scores):
    """Attributes of an ensemble, and a function that walks it as slowly as can be."""
    nodes, leaves = [], []
    for tree in range(trees):
        last = 2 ** depth - 1
        for node in range(2 * last + 1):
            if node < last:
                mode = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"][rng.integers(4)]
                nodes.append((tree, node, int(rng.integers(features)), mode, float(np.float32(rng.normal())),
                              2 * node + 1, 2 * node + 2, int(rng.integers(2))))
            else:
                nodes.append((tree, node, 0, "LEAF", 0.0, 0, 0, 0))
                for score in range(scores):
                    leaves.append((tree, node, score, float(np.float32(rng.normal()))))
    names = ["treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids",
             "missing_value_tracks_true"]
    attributes = {f"nodes_{n}": list(c) for n, c in zip(names, zip(*nodes))}
    by = {(t, n): rest for t, n, *rest in nodes}
    compare = {"BRANCH_LEQ": np.less_equal, "BRANCH_LT": np.less, "BRANCH_GTE": np.greater_equal,
               "BRANCH_GT": np.greater}

    def walk(x):
        out = np.zeros(scores)
        for tree in range(trees):
            node = 0
            while by[tree, node][1] != "LEAF":
                feature, mode, value, yes, no, missing = by[tree, node]
                holds = missing if np.isnan(x[feature]) else compare[mode](x[feature], np.float32(value))
                node = yes if holds else no
            for t, n, score, weight in leaves:
                if (t, n) == (tree, node):
                    out[score] += weight
        return out

    return attributes, leaves, walk


def trees():
    attributes, leaves, walk = random_trees(6, 10, 4, 4)
    tree, node, score, weight = (list(c) for c in zip(*leaves))
    base = [0.1, -0.2, 0.3, 0.0]
    nodes = [helper.make_node(
        "TreeEnsembleClassifier", ["x"], ["label", "p"], domain="ai.onnx.ml", class_ids=score,
        class_nodeids=node, class_treeids=tree, class_weights=weight, base_values=base,
        classlabels_int64s=[10, 11, 12, 13], post_transform="SOFTMAX", **attributes)]
    save("trees", nodes, [("x", [1, 6])],
         [("label", TensorProto.INT64, [1]), ("p", F, [1, 4])], {}, tree=True)
    steps = []
    for number in range(100):
        x = rng.normal(size=6).astype(np.float32)
        if number % 5 == 0:
            x[rng.integers(6)] = np.nan
        raw = torch.from_numpy(walk(x) + np.array(base))
        steps.append((x, [10 + int(raw.argmax())] + raw.softmax(0).tolist()))
    golden("trees", steps)


def regressor():
    attributes, leaves, walk = random_trees(5, 6, 3, 2)
    tree, node, score, weight = (list(c) for c in zip(*leaves))
    nodes = [helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", target_ids=score,
        target_nodeids=node, target_treeids=tree, target_weights=weight, n_targets=2,
        aggregate_function="AVERAGE", **attributes)]
    save("regressor", nodes, [("x", [3, 5])], [("y", F, [3, 2])], {}, tree=True)
    steps = []
    for _ in range(20):
        x = rng.normal(size=(3, 5)).astype(np.float32)
        steps.append((x.ravel(), np.concatenate([walk(row) / 6 for row in x])))
    golden("regressor", steps)


for make in (gru, conv, tcn, shapes, quantized, trees, regressor):
    make()
total = sum(f.stat().st_size for f in folder.iterdir())
print(f"{total} bytes")
