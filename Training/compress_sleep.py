"""What smaller nets would cost: python compress_sleep.py [--out out/sleep] [--only PART].

Reads the cache that train_sleep.py left in `out`, so run that first. Everything is scored leaving one subject out, with the
decoding fitted anew on other subjects for every kind of net; the trees of the mix stay as they are.
"""
import argparse
import copy
import os
import pickle
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from hearth_sleep import compress, decode, export, grouped, metrics, nights, plan, pool, publish
from train_sleep import SEED, VARIATIONS

NETS = [n for n, m in plan.MODELS.items() if m[0] == "net"]
HEAD = "| nets | use | kappa, pooled | accuracy, 3 | wake spec. at 93 %, pooled | epochs scored otherwise |\n|---|---|---|---|---|---|\n"


class Scored:
    """Scores a kind of net in both uses and says how many epochs differ from the nets as they are."""

    def __init__(self, all_nights, folds, models):
        self.all_nights, self.folds, self.before = all_nights, folds, {}
        self.trees = publish.Measured(all_nights, models)

    def measured(self, models, run_net):
        """The features and what the trees said are the same for every kind of net."""
        of_trees = {k: v for k, v in self.trees.kept.items() if k[0] not in NETS}
        made = copy.copy(self.trees)
        made.models, made.run_net, made.kept = models, run_net, of_trees
        self.trees = made
        return made

    def rows(self, name, models, run_net=grouped.run):
        measured, text = self.measured(models, run_net), ""
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
    return text + scored.rows("8-bit weights and activations", models, compress.run_int8)


def pruning(scored, models, all_nights, sets):
    text, stayed = "", None
    for share in (0.3, 0.5, 0.7):
        stayed = with_nets(models, lambda p: compress.pruned(p, compress.kept(p, share)))
        text += scored.rows(f"{share:.0%} of the weights left out", stayed)
        if share >= 0.5:
            text += scored.rows(f"{share:.0%} left out, 20 more rounds of training", go_on(stayed, all_nights, sets))
    return text


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

    def __init__(self, causal, teacher, share):
        self.width, self.causal, self.teacher, self.share = causal.width, causal, teacher, share
        self.hide, self.kept = causal.hide, {}

    def pick(self, subject, rng, share):
        night = self.causal.pick(subject, rng, share)
        if self.share == 0:
            return night
        if id(night) not in self.kept:
            hard = np.eye(grouped.CLASSES, dtype=np.float32)[np.maximum(night[1], 0)]
            self.kept[id(night)] = (1 - self.share) * hard + self.share * self.teacher(subject, night)
        return (*night, self.kept[id(night)])


class Teacher:
    """The models of the night's end, for one left-out group: each subject is judged by those that saw neither the group
    nor the subject's own."""

    def __init__(self, group, causal, whole, models, folds):
        self.group, self.models, self.folds, self.kept = group, models, folds, {}
        self.row_of = {}
        for a, b in zip(every_night(causal), every_night(whole)):
            self.row_of[id(a)] = b

    def __call__(self, subject, night):
        other = self.folds.group[subject]
        which = len(self.folds.group) + self.folds.pairs.index((min(self.group, other), max(self.group, other)))
        x, said = self.row_of[id(night)][0], {}
        for m in decode.MEMBERS["atNightEnd"]:
            direction = plan.MODELS[m][1]
            scalers, params = self.models[m]
            run = grouped.run if m in NETS else publish.trees.run
            said[m] = run(params[which], scalers[which](x)[::direction])[::direction]
        return compress.soft_targets(said, decode.weights_of(decode.MEMBERS["atNightEnd"], decode.STAGE_TREES))


def every_night(p):
    for s in range(len(p.clean)):
        yield p.clean[s]
        yield p.thinned[s]
        yield from p.varied[s]


def distillation(models, all_nights, folds):
    """The online net taught by the stages and by the models of the night's end, in six folds of four subjects."""
    sets = [np.where(folds.group != a)[0] for a in range(plan.GROUPS)]
    causal = pool.Pool(all_nights, VARIATIONS, SEED, plan.columns("online"))
    whole = pool.Pool(all_nights, VARIATIONS, SEED, plan.columns("night"))
    scalers = [causal.scaler(s) for s in sets]
    teachers = [Teacher(a, causal, whole, models, folds) for a in range(plan.GROUPS)]
    text = "| teachers' share of the target | seed | kappa, pooled | accuracy, 3 | wake spec. at 93 % | log loss |\n|---|---|---|---|---|---|\n"
    for share in (0.0, 0.5, 0.9):
        pools = [Taught(causal, t, share) for t in teachers]
        for seed in (SEED, SEED + 1, SEED + 2):
            settings = grouped.Settings(size=24, steps=80, batch=16, variants=0.4, seed=seed)
            nets = grouped.train(pools, sets, scalers, settings)
            f = raw_figures(nets, scalers, causal, all_nights, folds)
            row = (f"| {share} | {seed} | {f['kappa4']:.3f} | {f['accuracy3']:.3f} | {f['wakeSpecificityAt93']:.3f} | "
                   f"{f['logLoss']:.3f} |\n")
            print(row, end="", flush=True)
            text += row
    return text


def raw_figures(nets, scalers, own, all_nights, folds):
    """Before any decoding: the softmax, and its largest."""
    ps = []
    for s in range(len(all_nights)):
        a = folds.group[s]
        ps.append(np.exp(decode.log_softmax(grouped.run(nets[a], own.only(scalers[a](own.clean[s][0]), "both")))))
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
    scored = Scored(all_nights, folds, models)
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
