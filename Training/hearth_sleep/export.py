"""Writes nets and trees as ONNX (opset 17, IR 8, float32), and golden vectors to check a reader against."""
import hashlib
import json

import lightgbm
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from . import features, grouped, nights, plan

MODEL_VERSION = "1.0.0"


def file_name(model):
    """Of a model's file: names in a bundle are lower case."""
    return model.replace("Trees", "-trees") + ".onnx"


def schema_hash(names):
    """SHA-256 of the feature names and the schema version, one a line."""
    return hashlib.sha256("\n".join([*names, str(features.SCHEMA_VERSION)]).encode()).hexdigest()


def metadata(model, name):
    fields = {
        "hearth.model": "sleep-stager." + name, "hearth.version": MODEL_VERSION,
        "hearth.featureSchema": schema_hash(plan.MODELS[name][2]), "hearth.labels": ",".join(nights.STAGES),
        "hearth.epochSeconds": str(int(features.EPOCH_SECONDS)),
        "hearth.direction": "forward" if plan.MODELS[name][1] > 0 else "backward",
    }
    helper.set_model_props(model, fields)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def model_of(graph, domains):
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(d, v) for d, v in domains], ir_version=8,
                             producer_name="hearth-training")


def net_to_onnx(params, name):
    """One step of the recurrent net: x [1,F], h [1,H] -> logits [1,4], h_out [1,H]."""
    size, width = params["u"].shape[0], params["w"].shape[0]
    keep = {"w": params["w"], "b": params["b"][0], "u": params["u"],
            "c": np.concatenate([np.zeros(2 * size, np.float32), params["bn"][0]]), "wo": params["wo"], "bo": params["bo"][0]}
    weights = [numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in keep.items()]
    weights += [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in
                (("outer", [2 * size, size]), ("inner", [size, size]))]
    node = helper.make_node
    nodes = [
        node("Gemm", ["x", "w", "b"], ["gx"]), node("Gemm", ["h", "u", "c"], ["gh"]),
        node("Split", ["gx", "outer"], ["gx_rz", "gx_n"], axis=1), node("Split", ["gh", "outer"], ["gh_rz", "gh_n"], axis=1),
        node("Add", ["gx_rz", "gh_rz"], ["pre"]), node("Sigmoid", ["pre"], ["rz"]),
        node("Split", ["rz", "inner"], ["r", "z"], axis=1), node("Mul", ["r", "gh_n"], ["own"]),
        node("Add", ["gx_n", "own"], ["cand"]), node("Tanh", ["cand"], ["n"]), node("Sub", ["h", "n"], ["gap"]),
        node("Mul", ["z", "gap"], ["kept"]), node("Add", ["n", "kept"], ["h_out"]),
        node("Gemm", ["h_out", "wo", "bo"], ["logits"]),
    ]
    shaped = lambda n, k: helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, k])
    graph = helper.make_graph(nodes, name, [shaped("x", width), shaped("h", size)],
                              [shaped("logits", 4), shaped("h_out", size)], weights)
    return metadata(model_of(graph, [("", 17)]), name)


def below(x):
    """The largest float32 not above x, so that a float32 compares the same with either."""
    y = np.float32(x)
    return float(np.nextafter(y, np.float32(-np.inf)) if float(y) > x else y)


def flat_trees(text):
    """The booster's trees as the attributes of a TreeEnsembleRegressor with four targets."""
    a = {k: [] for k in ("nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values",
                         "nodes_truenodeids", "nodes_falsenodeids", "target_treeids", "target_nodeids", "target_ids",
                         "target_weights")}
    for tree in lightgbm.Booster(model_str=text).dump_model()["tree_info"]:
        add_tree(a, tree)
    return a


def add_tree(a, tree):
    count = 0

    def add(node):
        nonlocal count
        me, count = count, count + 1
        leaf = "leaf_value" in node
        assert leaf or node["decision_type"] == "<="
        for key, value in (("treeids", tree["tree_index"]), ("nodeids", me), ("featureids", 0 if leaf else node["split_feature"]),
                           ("modes", "LEAF" if leaf else "BRANCH_LEQ"), ("values", 0.0 if leaf else below(node["threshold"]))):
            a["nodes_" + key].append(value)
        at = len(a["nodes_truenodeids"])
        a["nodes_truenodeids"].append(0)
        a["nodes_falsenodeids"].append(0)
        if leaf:
            for key, value in (("treeids", tree["tree_index"]), ("nodeids", me), ("ids", tree["tree_index"] % 4),
                               ("weights", node["leaf_value"])):
                a["target_" + key].append(value)
        else:
            a["nodes_truenodeids"][at], a["nodes_falsenodeids"][at] = add(node["left_child"]), add(node["right_child"])
        return me

    add(tree["tree_structure"])


def trees_to_onnx(text, name):
    """The trees' raw scores: x [1,F] -> logits [1,4]."""
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["logits"], domain="ai.onnx.ml", n_targets=4,
                            aggregate_function="SUM", post_transform="NONE", **flat_trees(text))
    shaped = lambda n, k: helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, k])
    graph = helper.make_graph([node], name, [shaped("x", len(plan.MODELS[name][2]))], [shaped("logits", 4)])
    return metadata(model_of(graph, [("", 17), ("ai.onnx.ml", 3)]), name)


def to_onnx(name, params):
    return net_to_onnx(params, name) if plan.MODELS[name][0] == "net" else trees_to_onnx(params, name)


def torch_logits(params, x):
    """Logits of a net over normalised rows, by PyTorch."""
    net = grouped.GroupedGRU(1, x.shape[1], params["u"].shape[0], 0)
    with torch.no_grad():
        for k, p in net.named_parameters():
            p.copy_(torch.from_numpy(params[k])[None])
        return net.eval()(torch.from_numpy(x)[None, None])[0, 0].numpy()


def logits_of(name, params, x):
    """Logits of any model over rows in the order it reads them, by PyTorch or LightGBM."""
    if plan.MODELS[name][0] == "net":
        return torch_logits(params, x)
    return lightgbm.Booster(model_str=params).predict(x, raw_score=True, num_threads=1)


def golden(models, seed, rows=48):
    """A synthetic normalised sequence for each model, and the logits expected. Rows are in reading order."""
    rng, out = np.random.default_rng(seed), {}
    for name, params in models.items():
        steps = rng.normal(0, 1, (rows, len(plan.MODELS[name][2])))
        x = (np.clip(np.cumsum(steps, 0) * 0.5, -4, 4) * 4).round() / 4  # quarters are short to write
        x = x.astype(np.float32)
        logits = np.asarray(logits_of(name, params, x), np.float32)
        out[name] = {"x": x.tolist(), "logits": [[float(str(v)) for v in r] for r in logits]}
    return out


def onnx_logits(data, x, recurrent):
    """The same by ONNX Runtime, step by step."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    if not recurrent:
        return np.vstack([session.run(["logits"], {"x": r[None]})[0] for r in x])
    h, out = np.zeros((1, session.get_inputs()[1].shape[1]), np.float32), []
    for r in x:
        y, h = session.run(["logits", "h_out"], {"x": r[None], "h": h})
        out.append(y)
    return np.vstack(out)


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
