"""Smaller nets: what compress.py says of a net, against ONNX Runtime and by hand."""
import unittest

import numpy as np
import onnxruntime

from hearth_sleep import compress, export, grouped, plan

NAME = "online"
WIDTH, UNITS = len(plan.MODELS[NAME][2]), plan.MODELS[NAME][3]


def random_net(seed):
    net = grouped.GroupedGRU(1, WIDTH, UNITS, seed)
    return {k: p.detach().numpy()[0] for k, p in net.named_parameters()}


def as_written(data, x):
    """Logits by ONNX Runtime, each operator as the file has it (its optimiser would fuse them)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    h, out = np.zeros((1, UNITS), np.float32), []
    for row in x:
        y, h = session.run(["logits", "h_out"], {"x": row[None], "h": h})
        out.append(y[0])
    return np.array(out)


class QuantisationTests(unittest.TestCase):
    def setUp(self):
        self.params = random_net(3)
        self.x = np.random.default_rng(1).uniform(-4, 4, (30, WIDTH)).astype(np.float32)

    def test_a_weight_is_off_by_half_a_step_at_most(self):
        whole, scale = compress.to_int8(self.params["w"])
        self.assertLessEqual(np.abs(whole * scale - self.params["w"]).max() / scale.min(), 0.5 * scale.max() / scale.min() + 1e-3)
        self.assertTrue((np.abs(whole).max(0) == 127).all())

    def test_a_column_of_zeros_stays_zero(self):
        whole, scale = compress.to_int8(np.zeros((5, 2), np.float32))
        self.assertEqual(np.abs(whole * scale).max(), 0)

    def test_eight_bit_weights_as_onnx_runtime_reads_them(self):
        said = as_written(compress.quantised_onnx(self.params, NAME, False), self.x)
        np.testing.assert_allclose(grouped.run(compress.rounded_weights(self.params), self.x), said, atol=1e-5)
        self.assertGreater(np.abs(grouped.run(self.params, self.x) - said).max(), 1e-4)

    def test_eight_bit_products_as_onnx_runtime_computes_them(self):
        said = as_written(compress.quantised_onnx(self.params, NAME, True), self.x)
        np.testing.assert_allclose(compress.run([self.params], [self.x], True)[0], said, atol=1e-4)

    def test_nets_side_by_side_say_what_each_says_alone(self):
        nets, nights = [random_net(s) for s in (3, 4)], [self.x, self.x[:12] / 2]
        for said, p, x in zip(compress.run(nets, nights), nets, nights):
            np.testing.assert_allclose(said, grouped.run(p, x), atol=1e-5)

    def test_the_file_is_smaller(self):
        self.assertLess(len(compress.quantised_onnx(self.params, NAME, False)), 0.45 * len(export.net_to_onnx(self.params, NAME)))


class Constant:
    """A pool with one night of noise for everyone."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.width = WIDTH
        self.night = rng.normal(0, 1, (60, WIDTH)).astype(np.float32), rng.integers(0, 4, 60)

    def pick(self, subject, rng, share):
        return self.night

    def hide(self, x, rng):
        return x


class PruningTests(unittest.TestCase):
    def test_the_smallest_go(self):
        params = random_net(5)
        left = compress.pruned(params, compress.kept(params, 0.7))
        for name in ("w", "u"):
            gone = left[name] == 0
            self.assertAlmostEqual(gone.mean(), 0.7, delta=0.001)
            self.assertLessEqual(np.abs(params[name][gone]).max(), np.abs(params[name][~gone]).min())

    def test_what_was_left_out_stays_out_in_training(self):
        params = random_net(5)
        left = compress.pruned(params, compress.kept(params, 0.7))
        settings = grouped.Settings(size=UNITS, steps=3, batch=2, length=40)
        after = grouped.train(Constant(), [[0]], [lambda x: x], settings, start=[left])[0]
        for name in ("w", "u"):
            np.testing.assert_array_equal(after[name] == 0, left[name] == 0)
        self.assertGreater(np.abs(after["w"] - left["w"]).max(), 1e-4)


class TargetTests(unittest.TestCase):
    def test_certain_targets_teach_what_stages_teach(self):
        hard, soft = Constant(), Constant()
        soft.night = (*soft.night, np.eye(4, dtype=np.float32)[soft.night[1]])
        settings = grouped.Settings(size=UNITS, steps=2, batch=2, length=40, seed=4)
        a, b = (grouped.train(p, [[0]], [lambda x: x], settings)[0] for p in (hard, soft))
        np.testing.assert_allclose(a["w"], b["w"], atol=1e-6)


if __name__ == "__main__":
    unittest.main()
