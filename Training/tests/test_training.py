"""python -m unittest, in this folder: no data needed."""
import unittest

import numpy as np
import torch

from hearth_sleep import decode, export, features, grouped, metrics, nights, plan
from tests import slow_features


def synthetic_night(n=260, seed=5):
    """Heart rate with gaps and a thin stretch, counts with gaps, walking flags."""
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.choice([4.0, 5.0, 6.0], n * 6))
    hr = np.column_stack([t, np.round(60 + 5 * np.sin(t / 900) + rng.normal(0, 2, len(t)) + 20 * (rng.random(len(t)) < 0.01))])
    hr = hr[(t < n * 30) & ~((t > 1500) & (t < 2300)) & ~((t > 4000) & (t < 4800) & (np.arange(len(t)) % 12 > 0))]
    hr[3, 1] = 250
    c = np.arange(0, n * 30, 15.015)
    counts = np.column_stack([c, np.round((rng.random(len(c)) < np.where(c < 900, 0.6, 0.1)) * rng.gamma(1.2, 25, len(c)), 2)])
    counts = counts[~((c > 5000) & (c < 5300))]
    return hr, counts, n, (rng.random(n) < 0.05).astype(float)


class FeatureTests(unittest.TestCase):
    def test_agrees_with_the_plain_loops(self):
        hr, counts, n, walking = synthetic_night()
        rows = [r[:5] + (w,) for r, w in zip(slow_features.bin_epochs(hr, counts, n), walking)]
        parts = slow_features.night(rows)
        names = (features.CAUSAL_NAMES, features.BACKWARD_NAMES, features.CENTRED_NAMES)
        want = np.hstack([np.array([[np.nan if d[k] is None else d[k] for k in ks] for d in ds]) for ds, ks in zip(parts, names)])
        np.testing.assert_allclose(features.extract_night(features.bin_epochs(hr, counts, n, walking)), want, atol=1e-9)

    def test_causal_features_know_nothing_of_later_epochs(self):
        hr, counts, n, walking = synthetic_night()
        whole = features.extract(features.bin_epochs(hr, counts, n, walking))
        for cut in (1, 19, 40, 133):
            part = features.extract(features.bin_epochs(hr, counts, cut, walking[:cut]))
            np.testing.assert_allclose(part, whole[:cut], atol=1e-9)


class NetTests(unittest.TestCase):
    def test_gradient(self):
        torch.manual_seed(0)
        args = [torch.randn(s, dtype=torch.double, requires_grad=True) for s in ((5, 2, 3, 12), (2, 4, 12), (2, 1, 4))]
        self.assertTrue(torch.autograd.gradcheck(grouped.Recurrence.apply, args))

    def test_onnx_says_what_pytorch_says(self):
        name = "online"
        net = grouped.GroupedGRU(1, len(plan.MODELS[name][2]), 24, 3)
        params = {k: p.detach().numpy()[0] for k, p in net.named_parameters()}
        x = np.random.default_rng(1).normal(0, 1, (20, len(plan.MODELS[name][2]))).astype(np.float32)
        want = export.torch_logits(params, x)
        np.testing.assert_allclose(export.onnx_logits(export.net_to_onnx(params, name), x, True), want, atol=1e-5)
        np.testing.assert_allclose(grouped.run(params, x), want, atol=1e-5)

    def test_thresholds_are_rounded_down(self):
        for x in (0.1, -0.1, 1e-3, 2.0):
            self.assertLessEqual(export.below(x), x)
            self.assertGreater(float(np.nextafter(np.float32(export.below(x)), np.float32(np.inf))), x)


class PlanTests(unittest.TestCase):
    def test_nobody_is_scored_by_a_model_that_saw_them(self):
        folds = plan.Plan(24, 2019)
        for s in range(24):
            self.assertNotIn(s, folds.sets[folds.leaving_out(s)])
            for other, which in folds.inner(s):
                self.assertNotIn(s, folds.sets[which])
                self.assertNotIn(other, folds.sets[which])


class MetricTests(unittest.TestCase):
    def test_kappa_of_a_known_table(self):
        self.assertAlmostEqual(metrics.kappa(np.array([[20, 5], [10, 15]])), 0.4)

    def test_specificity_keeps_the_sensitivity(self):
        truth = np.array([1] * 100 + [0] * 10)
        wake = np.concatenate([np.arange(100), np.full(9, 95.0), [0.0]])
        self.assertAlmostEqual(metrics.wake_specificity(truth, wake), 0.9)

    def test_wake_bias_balances(self):
        rng = np.random.default_rng(2)
        p, y = rng.dirichlet(np.ones(4), 500), rng.integers(0, 4, 500)
        said = decode.hypnogram(p, np.array([decode.balanced_wake_bias(p, y, 0.2, 0.4), 0, 0.2, 0.4]))
        self.assertLessEqual(abs((said == 0).sum() - (y == 0).sum()), 2)


class VariationTests(unittest.TestCase):
    def test_a_varied_night_keeps_epochs_and_stages_together(self):
        hr, counts, n, _ = synthetic_night()
        stages = np.where(np.arange(n) < 30, 0, 1)
        for seed in range(20):
            v = nights.vary(nights.Night("x", features.bin_epochs(hr, counts, n), stages), np.random.default_rng(seed))
            self.assertEqual(len(v.epochs), len(v.stages))


if __name__ == "__main__":
    unittest.main()
