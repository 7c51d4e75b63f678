"""Smaller nets: 8-bit weights and activations, and weights left out. What each costs is measured by compress_sleep.py."""
import numpy as np
from onnx import helper, numpy_helper

from . import export, grouped

MATRICES = ("w", "u", "wo")
FEATURE_LIMIT = 4.0  # normalised features are clipped here
STATE_LIMIT = 1.0  # the state of a GRU lies between -1 and 1
LARGEST = 127


def to_int8(matrix):
    """Whole numbers -127 to 127 and one scale a column (an output of the product)."""
    scale = np.maximum(np.abs(matrix).max(0), 1e-12).astype(np.float32) / LARGEST
    return np.clip(np.rint(matrix / scale), -LARGEST, LARGEST).astype(np.int8), scale.astype(np.float32)


def rounded_weights(params):
    """The same net with its matrices as 8 bits give them back; biases stay float32."""
    out = dict(params)
    for name in MATRICES:
        whole, scale = to_int8(params[name])
        out[name] = whole.astype(np.float32) * scale
    return out


def rounded(x, limit):
    """Activations as 8 bits give them back; one scale for all, known before any data."""
    step = np.float32(limit / LARGEST)
    return (np.clip(np.rint(x / step), -LARGEST, LARGEST) * step).astype(np.float32)


def run(nets, nights, eight_bits=False):
    """Logits [T, 4] of each net over its own night of normalised features, all nets side by side as in `grouped.run`.

    With `eight_bits` every product is of 8-bit numbers; gates and state stay float32.
    """
    nets = [rounded_weights(p) for p in nets] if eight_bits else nets
    keep = rounded if eight_bits else lambda x, limit: x
    longest, size = max(map(len, nights)), len(nets[0]["u"])
    gates = np.zeros((longest, len(nets), 1, 3 * size), np.float32)
    for k, (p, x) in enumerate(zip(nets, nights)):
        gates[: len(x), k, 0] = keep(x, FEATURE_LIMIT) @ p["w"] + p["b"]
    u, bn, wo, bo = (np.stack([p[name] for p in nets]) for name in ("u", "bn", "wo", "bo"))
    h, out = np.zeros((len(nets), 1, size), np.float32), np.empty((longest, len(nets), grouped.CLASSES), np.float32)
    for t, g in enumerate(gates):
        own = keep(h, STATE_LIMIT) @ u
        rz = 1 / (1 + np.exp(-(g[..., : 2 * size] + own[..., : 2 * size])))
        n = np.tanh(g[..., 2 * size :] + rz[..., :size] * (own[..., 2 * size :] + bn))
        h = (1 - rz[..., size:]) * n + rz[..., size:] * h
        out[t] = (keep(h, STATE_LIMIT) @ wo + bo)[:, 0]
    return [out[: len(x), k] for k, x in enumerate(nights)]


def kept(params, share):
    """Masks of the weights that stay when the smallest `share` of each large matrix is left out."""
    masks = {}
    for name in ("w", "u"):
        size = np.abs(params[name])
        masks[name] = (size > np.quantile(size, share)).astype(np.float32)
    return masks


def pruned(params, masks):
    return params | {name: params[name] * mask for name, mask in masks.items()}


def quantised_onnx(params, name, activations):
    """The net with 8-bit weights behind DequantizeLinear; with `activations`, x and h are rounded too (QDQ)."""
    import onnx

    model = onnx.load_from_string(export.net_to_onnx(params, name))
    graph = model.graph
    first = []
    for matrix in MATRICES:
        old = next(i for i in graph.initializer if i.name == matrix)
        whole, scale = to_int8(numpy_helper.to_array(old))
        graph.initializer.remove(old)
        graph.initializer.extend([numpy_helper.from_array(whole, matrix + "_q"), numpy_helper.from_array(scale, matrix + "_s"),
                                  numpy_helper.from_array(np.zeros(len(scale), np.int8), matrix + "_z")])
        first.append(helper.make_node("DequantizeLinear", [matrix + "_q", matrix + "_s", matrix + "_z"], [matrix], axis=1))
    nodes = first + list(graph.node)
    if activations:
        nodes = with_rounding(graph, nodes)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def with_rounding(graph, nodes):
    """Puts QuantizeLinear and DequantizeLinear before each product."""
    graph.initializer.extend([
        numpy_helper.from_array(np.float32(FEATURE_LIMIT / LARGEST), "x_step"),
        numpy_helper.from_array(np.float32(STATE_LIMIT / LARGEST), "h_step"),
        numpy_helper.from_array(np.int8(0), "zero"),
    ])
    out = []
    for node in nodes:
        if node.op_type == "Gemm":
            of = node.input[0]
            step = "x_step" if of == "x" else "h_step"
            out.append(helper.make_node("QuantizeLinear", [of, step, "zero"], [of + "_q8"]))
            out.append(helper.make_node("DequantizeLinear", [of + "_q8", step, "zero"], [of + "_8"]))
            node.input[0] = of + "_8"
        out.append(node)
    return out


def soft_targets(logits_of_members, weights):
    """What a mix of teachers says: probabilities [T, 4] from its members' logits."""
    from . import decode

    z = decode.mix(logits_of_members, weights)
    return np.exp(decode.log_softmax(z)).astype(np.float32)
