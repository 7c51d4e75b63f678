"""From the models' logits to calibrated probabilities and a hypnogram. Everything fitted here is fitted on nights
the models had not seen."""
import itertools

import numpy as np
from scipy.optimize import minimize

from . import metrics

# the models of each use, nets first, trees last
MEMBERS = {"online": ("online", "onlineTrees"), "atNightEnd": ("night", "backward", "nightTrees")}
FLOOR = 1e-6
SENSITIVITY = 0.93
STAGE_TREES = 0.5  # the trees' share in the mix for light, deep and REM
STAGE_BIASES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # tried for deep and for REM
WAKE_TREES = (0.3, 0.5, 0.7, 0.85, 1.0)  # the shares tried in the mix for wake


def weights_of(members, trees):
    """The trees' share `trees`, the rest split evenly among the nets. One member alone has all."""
    if len(members) == 1:
        return {members[0]: 1.0}
    return {m: round(trees if m.endswith("Trees") else (1 - trees) / (len(members) - 1), 4) for m in members}


def log_softmax(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))


def mix(night, weights):
    """Weighted mean of the members' log-probabilities, [T, 4]. night: model name -> logits."""
    return sum(w * log_softmax(night[m].astype(float)) for m, w in weights.items())


def wake_score(z):
    """Log-odds of wake from mixed log-probabilities."""
    return z[:, 0] - np.logaddexp.reduce(z[:, 1:], axis=1)


def probabilities(night, d):
    """Calibrated probabilities [T, 4].

    Wake: the log-odds of its own mix, moved by `shift` times the night's median's distance from `centre`, through a
    logistic curve. The other three: the mix for stages over `temperature`, scaled to fill the rest.
    """
    s = wake_score(mix(night, d["wakeMix"]))
    s = s - d["shift"] * (np.median(s) - d["centre"])
    wake = np.clip(1 / (1 + np.exp(-(d["slope"] * s + d["intercept"]))), FLOOR, 1 - FLOOR)
    rest = np.exp(log_softmax(mix(night, d["stageMix"])[:, 1:] / d["temperature"]))
    return np.column_stack([wake, (1 - wake)[:, None] * rest])


def hypnogram(p, bias):
    """The stage of each epoch: the largest log-probability plus bias."""
    return (np.log(np.maximum(p, FLOOR)) + bias).argmax(1)


def fit(items, truths, members, whole_night, stages=True):
    """Fits the decoding on held-out nights. items: one dictionary of logits a night. Without `stages` (movement alone cannot
    tell them apart) deep and REM get no bias."""
    ok = np.concatenate(truths) >= 0
    y = np.concatenate(truths)[ok]
    d = fit_wake(items, y, ok, members, (0.0, 0.3, 0.6) if whole_night else (0.0,))
    d |= fit_stages(items, y, ok, members)
    p = np.vstack([probabilities(i, d) for i in items])[ok]
    d["bias"] = fit_bias(p, y, STAGE_BIASES if stages else (0.0,))
    return d


def fit_wake(items, y, ok, members, shifts):
    """The mix and the night's shift with the best specificity at 93 % sensitivity, then a logistic curve."""
    best = None
    for trees, shift in itertools.product(WAKE_TREES if len(members) > 1 else (1.0,), shifts):
        weights = weights_of(members, trees)
        raw = [wake_score(mix(i, weights)) for i in items]
        centre = float(np.mean([np.median(s) for s in raw]))
        s = np.concatenate([s - shift * (np.median(s) - centre) for s in raw])[ok]
        reached = metrics.wake_specificity(y, s, SENSITIVITY)
        if best is None or reached > best[0]:
            best = reached, s, {"wakeMix": weights, "shift": shift, "centre": centre}
    s, w = best[1], (y == 0).astype(float)

    def loss(ab):
        u = ab[0] * s + ab[1]
        return np.mean(np.logaddexp(0, u) - w * u)

    slope, intercept = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    u = np.sort(slope * s[y > 0] + intercept)
    limit = u[int(np.ceil(SENSITIVITY * len(u))) - 1]
    return best[2] | {"slope": float(slope), "intercept": float(intercept), "wakeLimitAt93": float(1 / (1 + np.exp(-limit)))}


def fit_stages(items, y, ok, members):
    """The temperature of the three sleep stages with the smallest log loss; the trees have half the weight."""
    weights, target = weights_of(members, STAGE_TREES), y[y > 0] - 1
    z = np.vstack([mix(i, weights) for i in items])[ok][y > 0, 1:]
    tried = np.arange(0.5, 1.61, 0.05)
    best = min(tried, key=lambda t: -log_softmax(z / t)[np.arange(len(target)), target].mean())
    return {"stageMix": weights, "temperature": round(float(best), 2)}


def fit_bias(p, y, tried):
    """Biases of deep and REM with the best kappa; that of wake brings the mean error of total sleep time to zero."""
    best = None
    for deep, rem in itertools.product(tried, repeat=2):
        bias = np.array([balanced_wake_bias(p, y, deep, rem), 0.0, deep, rem])
        k = metrics.kappa(metrics.confusion(y, hypnogram(p, bias)))
        if best is None or k > best[0]:
            best = k, [float(b) for b in bias]
    return best[1]


def balanced_wake_bias(p, y, deep, rem):
    """The bias at which as many epochs are called wake as are wake."""
    log = np.log(np.maximum(p, FLOOR))
    needed = np.sort((log[:, 1:] + [0.0, deep, rem]).max(1) - log[:, 0])
    return round(float(needed[max(0, (y == 0).sum() - 1)]), 3)
