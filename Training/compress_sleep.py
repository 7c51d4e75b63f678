"""What smaller nets would cost: python compress_sleep.py [--out out/sleep] [--only PART].

Reads the cache that train_sleep.py left in `out`, so run that first. Everything is scored leaving one subject out, with the
decoding fitted anew on other subjects for every kind of net; the trees of the mix stay as they are.
"""
import argparse
import os
import pickle
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from hearth_sleep import compress, decode, export, features, grouped, metrics, nights, plan, pool, publish, trees
from train_sleep import SEED, VARIATIONS

TAUGHT_VARIATIONS = 3
NETS = [n for n, m in plan.MODELS.items() if m[0] == "net"]
HEAD = "| nets | use | kappa, pooled | accuracy, 3 | wake spec. at 93 %, pooled | epochs scored otherwise |\n|---|---|---|---|---|---|\n"


class Nets:
    """Logits of every model over every night that scoring asks for, with counts and heart rate."""

    def __init__(self, clean, models, folds, eight_bits=False, of_trees=None):
        subjects = range(len(clean))
        asked = {(s, folds.leaving_out(s)) for s in subjects} | {pair for s in subjects for pair in folds.inner(s)}
        self.kept = {}
        for name, (kind, direction, _, _) in plan.MODELS.items():
            if kind == "trees" and of_trees:
                self.kept |= {k: v for k, v in of_trees.kept.items() if k[0] == name}
                continue
            scalers, params = models[name]
            xs = [inputs(clean[s], name, scalers[which])[::direction] for s, which in asked]
            own = [params[which] for _, which in asked]
            said = compress.run(own, xs, eight_bits) if kind == "net" else [trees.run(p, x) for p, x in zip(own, xs)]
            self.kept |= {(name, *which): y[::direction] for which, y in zip(asked, said)}

    def night(self, members, subject, which, variant):
        return {m: self.kept[m, subject, which] for m in members}


def inputs(rows, name, scaler):
    """A model's normalised features with counts and heart rate, from a night of all features."""
    x, names = scaler(rows[:, plan.columns(name)]), plan.MODELS[name][2]
    x[:, [pool.group_of(n) == "coarse" for n in names]] = 0
    return x


class Scored:
    """Scores a kind of net in both uses and says how many epochs differ from the nets as they are."""

    def __init__(self, all_nights, folds):
        every = np.arange(len(features.NIGHT_NAMES))
        self.clean = [pool.Pool.rows(n, every)[0] for n in all_nights]
        self.all_nights, self.folds, self.trees, self.before = all_nights, folds, None, {}

    def rows(self, name, models, eight_bits=False):
        measured, text = Nets(self.clean, models, self.folds, eight_bits, self.trees), ""
        self.trees = self.trees or measured
        for use in publish.STAGES_OF_USE:
            s, saids = self.score(measured, use)
            first = self.before.setdefault(use, saids)
            p = s["pooled"]
            text += (f"| {name} | {use} | {p['kappa4']:.4f} | {p['accuracy3']:.4f} | {p['wakeSpecificityAt93']:.4f} | "
                     f"{100 * (np.concatenate(saids) != np.concatenate(first)).mean():.1f} % |\n")
        print(text, end="", flush=True)
        return text

    def score(self, measured, use):
        s, fitted = publish.evaluate(measured, self.all_nights, self.folds, use, "both")
        saids = []
        for k, d in enumerate(fitted):
            night = measured.night(decode.MEMBERS[use], k, self.folds.leaving_out(k), "both")
            saids.append(decode.hypnogram(decode.probabilities(night, d), np.array(d["bias"])))
        return s, saids


def with_nets(models, change):
    """The models with `change` done to every net."""
    return {n: (m[0], [change(p) for p in m[1]]) if n in NETS else m for n, m in models.items()}


def quantisation(scored, models):
    text = scored.rows("float32", models)
    text += scored.rows("8-bit weights, float32 arithmetic", with_nets(models, compress.rounded_weights))
    return text + scored.rows("8-bit weights and activations", models, True)


def pruning(scored, models, all_nights, sets):
    text = ""
    for share in (0.3, 0.5, 0.7):
        left = with_nets(models, lambda p: compress.pruned(p, compress.kept(p, share)))
        text += scored.rows(f"{share:.0%} of the weights left out", left)
    return text + scored.rows(f"{share:.0%} left out, 20 more rounds of training", go_on(left, all_nights, sets))


def go_on(models, all_nights, sets):
    out = dict(models)
    for name in NETS:
        _, direction, _, units = plan.MODELS[name]
        own = pool.Pool(all_nights, VARIATIONS, SEED, plan.columns(name))
        settings = grouped.Settings(size=units, steps=20, rate=4e-3, batch=16, variants=0.4, seed=SEED + 1)
        scalers, params = models[name]
        out[name] = scalers, grouped.train(own, sets, scalers, settings, direction > 0, start=params)
    return out


class Taught:
    """A pool whose nights have, as targets, the stages mixed with what the teachers say of them."""

    def __init__(self, whole, said, share):
        self.whole, self.said, self.share, self.hide = whole, said, share, whole.hide
        self.columns = plan.columns("online")
        self.width = len(self.columns)

    def pick(self, subject, rng, share):
        x, y = night = self.whole.pick(subject, rng, share)
        hard = np.eye(grouped.CLASSES, dtype=np.float32)[np.maximum(y, 0)]
        return x[:, self.columns], y, (1 - self.share) * hard + self.share * self.said[id(night)]


def taught_by(group, whole, models, folds):
    """What the models of the night's end say of every night outside the group, each subject judged by those that saw
    neither the group nor the subject's own."""
    nights_of, weights = [], decode.weights_of(decode.MEMBERS["atNightEnd"], decode.STAGE_TREES)
    for s in np.where(folds.group != group)[0]:
        other = folds.group[s]
        which = len(folds.group) + folds.pairs.index((min(group, other), max(group, other)))
        nights_of += [(which, n) for n in (whole.clean[s], whole.thinned[s], *whole.varied[s])]
    said = [{} for _ in nights_of]
    for m in decode.MEMBERS["atNightEnd"]:
        kind, direction, _, _ = plan.MODELS[m]
        scalers, params = models[m]
        xs = [inputs(n[0], m, scalers[which])[::direction] for which, n in nights_of]
        own = [params[which] for which, _ in nights_of]
        logits = compress.run(own, xs) if kind == "net" else [trees.run(p, x) for p, x in zip(own, xs)]
        for one, y in zip(said, logits):
            one[m] = y[::direction]
    return {id(n): compress.soft_targets(one, weights) for (_, n), one in zip(nights_of, said)}


class Online(pool.Pool):
    """The pool of all features, hiding inputs by their places among the online net's."""

    def __init__(self, all_nights):
        super().__init__(all_nights, TAUGHT_VARIATIONS, SEED, np.arange(len(features.NIGHT_NAMES)))
        kinds = np.array([pool.group_of(n) for n in plan.MODELS["online"][2]])
        self.of = {k: np.where(kinds == k)[0] for k in ("heart", "motion", "coarse")}


def distillation(models, all_nights, folds):
    """The online net taught by the stages and by the models of the night's end, in six folds of four subjects."""
    sets = [np.where(folds.group != a)[0] for a in range(plan.GROUPS)]
    whole = Online(all_nights)
    scalers = [pool.Scaler(np.vstack([whole.clean[j][0][:, plan.columns("online")] for j in s]), plan.MODELS["online"][2])
               for s in sets]
    said = [taught_by(a, whole, models, folds) for a in range(plan.GROUPS)]
    text = "| teachers' share of the target | seed | kappa, pooled | accuracy, 3 | wake spec. at 93 % | log loss |\n|---|---|---|---|---|---|\n"
    for seed in (SEED, SEED + 1):
        for share in (0.0, 0.5, 0.9):
            settings = grouped.Settings(size=24, steps=80, batch=16, variants=0.4, seed=seed)
            nets = grouped.train([Taught(whole, one, share) for one in said], sets, scalers, settings)
            f = raw_figures(nets, scalers, whole, all_nights, folds)
            row = (f"| {share} | {seed} | {f['kappa4']:.3f} | {f['accuracy3']:.3f} | {f['wakeSpecificityAt93']:.3f} | "
                   f"{f['logLoss']:.3f} |\n")
            print(row, end="", flush=True)
            text += row
    return text


def raw_figures(nets, scalers, whole, all_nights, folds):
    """Before any decoding: the softmax, and its largest."""
    xs = [inputs(whole.clean[s][0], "online", scalers[a]) for s, a in enumerate(folds.group)]
    ps = [np.exp(decode.log_softmax(y)) for y in compress.run([nets[a] for a in folds.group], xs)]
    truth, p = np.concatenate([n.stages for n in all_nights]), np.vstack(ps)
    return metrics.night_figures(truth, p, p.argmax(1))


def speed(models, final):
    """One step of each net in ONNX Runtime, one thread: float32, and with 8-bit products."""
    text = "| net | float32 file, bytes | 8-bit weights | QDQ | float32, µs | 8-bit weights, µs | QDQ, µs |\n|---|---|---|---|---|---|---|\n"
    for name in NETS:
        p = models[name][1][final]
        made = [export.net_to_onnx(p, name), compress.quantised_onnx(p, name, False), compress.quantised_onnx(p, name, True)]
        times = best_step_times(made, p["w"].shape[0], len(p["u"]))
        row = f"| {name} | " + " | ".join(str(len(m)) for m in made) + " | " + " | ".join(f"{t:.1f}" for t in times) + " |\n"
        print(row, end="", flush=True)
        text += row
    return text


def best_step_times(files, width, size, rounds=40, steps=300):
    """Microseconds of processor time a step, the best of rounds taken in turn."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    x = np.random.default_rng(3).uniform(-2, 2, (1, width)).astype(np.float32)
    bound, best = [], [np.inf] * len(files)
    for data in files:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        io = session.io_binding()
        io.bind_cpu_input("x", x)
        io.bind_cpu_input("h", np.zeros((1, size), np.float32))
        io.bind_output("logits")
        io.bind_output("h_out")
        bound.append((session, io))
    for _ in range(rounds):
        for k, (session, io) in enumerate(bound):
            start = time.process_time()
            for _ in range(steps):
                session.run_with_iobinding(io)
            best[k] = min(best[k], (time.process_time() - start) / steps * 1e6)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="out/sleep")
    parser.add_argument("--only", choices=["quantisation", "pruning", "distillation", "speed"])
    options = parser.parse_args()
    torch.set_num_threads(1)
    all_nights = nights.load_nights(os.path.join(os.environ["HEARTH_DATA"], "sleep-accel", "cropped"))
    folds = plan.Plan(len(all_nights), SEED)
    models = {}
    for name in plan.MODELS:
        with open(os.path.join(options.out, "cache", name + ".pkl"), "rb") as f:
            models[name] = pickle.load(f)
    scored = Scored(all_nights, folds)
    parts = {
        "speed": lambda: speed(models, folds.final),
        "quantisation": lambda: HEAD + quantisation(scored, models),
        "distillation": lambda: distillation(models, all_nights, folds),
        "pruning": lambda: HEAD + pruning(scored, models, all_nights, folds.sets),
    }
    for part in [options.only] if options.only else parts:
        with open(os.path.join(options.out, part + ".md"), "w") as f:
            f.write(parts[part]())


if __name__ == "__main__":
    main()
