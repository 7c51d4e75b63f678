"""Measures the trained models subject by subject and writes the bundle, the folds' bundles and the reports."""
import json
import os

import numpy as np

import canonical_json

from . import describe, decode, export, features, grouped, metrics, nights, plan, pool, trees

VARIANTS = {"both": "activity counts and heart rate", "coarse": "heart rate and steps by the minute",
            "sparse": "heart rate once a minute and steps by the minute",
            "motion": "activity counts only", "heart": "heart rate only"}
STAGES_OF_USE = ("online", "atNightEnd")


class Measured:
    """Logits of every model over every night, by the net of any training set."""

    def __init__(self, all_nights, models):
        self.models = models
        self.pools = {n: pool.Pool(all_nights, 0, 0, plan.columns(n)) for n in models}
        self.kept = {}

    def logits(self, name, subject, which, variant):
        key = (name, subject, which, variant)
        if key not in self.kept:
            kind, direction, _, _ = plan.MODELS[name]
            scalers, params = self.models[name]
            own = self.pools[name]
            rows = (own.thinned if variant == "sparse" else own.clean)[subject][0]
            x = own.only(scalers[which](rows), variant)[::direction]
            out = (grouped.run if kind == "net" else trees.run)(params[which], x)
            self.kept[key] = out[::direction]
        return self.kept[key]

    def night(self, members, subject, which, variant):
        return {m: self.logits(m, subject, which, variant) for m in members}


def evaluate(measured, all_nights, folds, use, variant, members=None):
    """Nested figures: each subject's decoding is fitted on nights of other groups, by nets that saw neither."""
    members = members or decode.MEMBERS[use]
    truths = [n.stages for n in all_nights]
    ps, saids, fitted = [None] * len(truths), [None] * len(truths), [None] * len(truths)
    for a in range(plan.GROUPS):
        group = np.where(folds.group == a)[0]
        inner = folds.inner(group[0])
        items = [measured.night(members, j, k, variant) for j, k in inner]
        d = decode.fit(items, [truths[j] for j, _ in inner], members, use == "atNightEnd", variant != "motion")
        for s in group:
            ps[s] = decode.probabilities(measured.night(members, s, folds.leaving_out(s), variant), d)
            saids[s] = decode.hypnogram(ps[s], np.array(d["bias"]))
            fitted[s] = d
    return metrics.summarise(truths, ps, saids, [n.subject for n in all_nights]), fitted


def final_decoding(measured, all_nights, folds, use, variant):
    """The shipped decoding: fitted on every night as scored by the nets that had not seen it."""
    members = decode.MEMBERS[use]
    items = [measured.night(members, s, folds.leaving_out(s), variant) for s in range(len(all_nights))]
    return decode.fit(items, [n.stages for n in all_nights], members, use == "atNightEnd", variant != "motion")


def baselines(measured, all_nights, folds):
    """Each member of the mixes alone, with the same nested decoding."""
    out = {}
    for use, names in decode.MEMBERS.items():
        for name in names:
            out[f"{use}: {name} alone"] = evaluate(measured, all_nights, folds, use, "both", (name,))[0]
    return out


def parameters(models, which, decodings, accuracy):
    """Everything beside the weights that scoring needs."""
    scaler = models["nightTrees"][0][which]
    described = {}
    for name, (kind, direction, names, units) in plan.MODELS.items():
        described[name] = {"file": export.file_name(name), "kind": kind, "direction": "forward" if direction > 0 else "backward",
                           "units": units, "features": len(names), "featureSchema": export.schema_hash(names),
                           "columns": [features.NIGHT_NAMES.index(n) for n in names]}
    return {
        "model": "sleep-stager", "version": export.MODEL_VERSION, "schemaVersion": features.SCHEMA_VERSION,
        "epochSeconds": int(features.EPOCH_SECONDS), "labels": nights.STAGES, "clip": 4.0,
        "features": [{"name": n, "mean": short(m), "scale": short(s), "needs": pool.group_of(n)}
                     for n, m, s in zip(features.NIGHT_NAMES, scaler.mean, scaler.scale)],
        "models": described, "decoding": decodings, "accuracy": accuracy,
    }


def short(x):
    """A float32 in the fewest digits that give it back."""
    return float(str(np.float32(x)))


def write_bundle(folder, models, which, decodings, accuracy, rows):
    """The files of one bundle; returns the largest difference of ONNX Runtime from the golden logits."""
    os.makedirs(folder, exist_ok=True)
    params = {n: m[1][which] for n, m in models.items()}
    golden = export.golden(params, 7, rows)
    worst = 0.0
    for name, p in params.items():
        data = export.to_onnx(name, p)
        with open(os.path.join(folder, export.file_name(name)), "wb") as f:
            f.write(data)
        said = export.onnx_logits(data, np.array(golden[name]["x"], np.float32), plan.MODELS[name][0] == "net")
        worst = max(worst, float(np.abs(said - np.array(golden[name]["logits"])).max()))
    write_json(folder, "golden", golden)
    write_json(folder, "parameters", parameters(models, which, decodings, accuracy))
    return worst


def write_json(folder, name, value):
    with open(os.path.join(folder, name + ".json"), "wb") as f:
        f.write(canonical_json.canonical(value))


def brief(summary):
    """The part of a summary that travels with the bundle: no subject's own figures."""
    c = np.array(summary["pooled"]["confusion"])
    classes = {s: {"sensitivity": float(c[k, k] / c[k].sum()), "precision": float(c[k, k] / max(1, c[:, k].sum()))}
               for k, s in enumerate(nights.STAGES)}
    return {"pooled": summary["pooled"], "subjects": summary["subjects"], "tst": summary["tst"], "classes": classes}


def publish(out, all_nights, models, folds):
    """Writes everything under `out`."""
    measured = Measured(all_nights, models)
    summaries, fitted = {}, {}
    for variant in VARIANTS:
        for use in STAGES_OF_USE:
            summaries[variant, use], fitted[variant, use] = evaluate(measured, all_nights, folds, use, variant)
            print(line(f"{variant}, {use}", summaries[variant, use]), flush=True)
    alone = baselines(measured, all_nights, folds)
    decodings = {v: {u: final_decoding(measured, all_nights, folds, u, v) for u in STAGES_OF_USE} for v in VARIANTS}
    accuracy = {v: {u: brief(summaries[v, u]) for u in STAGES_OF_USE} for v in VARIANTS}
    bundle = os.path.join(out, "bundle")
    worst = write_bundle(bundle, models, folds.final, decodings, accuracy, 8)
    write_json(bundle, "bundle", describe.manifest(n.subject for n in all_nights))
    write_json(bundle, "card", describe.card(accuracy, VARIANTS))
    for s, night in enumerate(all_nights):
        own = {v: {u: fitted[v, u][s] for u in STAGES_OF_USE} for v in VARIANTS}
        write_bundle(os.path.join(out, "folds", night.subject), models, folds.leaving_out(s), own, {}, 4)
    report = {"left-one-out": {f"{v}/{u}": s for (v, u), s in summaries.items()}, "members": alone,
              "onnxRuntimeLargestDifference": worst}
    with open(os.path.join(out, "report.json"), "w") as f:
        json.dump(report, f, indent=1, sort_keys=True)
    with open(os.path.join(out, "report.md"), "w") as f:
        f.write(markdown(summaries, alone, worst))


def line(name, s):
    p, u, t = s["pooled"], s["subjects"], s["tst"]
    return (f"| {name} | {p['kappa4']:.3f} | {u['kappa4']['mean']:.3f} ± {u['kappa4']['sd']:.2f} | {p['accuracy4']:.3f} | "
            f"{p['accuracy3']:.3f} ({u['accuracy3']['mean']:.3f}) | {p['accuracy3OfHypnogram']:.3f} | "
            f"{p['wakeSpecificityAt93']:.3f} | {u['wakeSpecificityAt93']['mean']:.3f} ± {u['wakeSpecificityAt93']['sd']:.2f} | "
            f"{t['biasMinutes']:+.1f} ({t['lowerLimit']:+.0f} to {t['upperLimit']:+.0f}) | {p['ece']:.3f} | {p['brier']:.3f} |")


HEAD = """| model | kappa, pooled | kappa, subjects | accuracy, 4 | accuracy, 3 (subjects) | accuracy, 3, hypnogram | wake spec. at 93 %, pooled | wake spec., subjects | TST error, min (limits) | ECE | Brier |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def markdown(summaries, alone, worst):
    first = summaries["both", "atNightEnd"]["pooled"]["majority"]
    text = "# Sleep stager, leave one subject out\n\n" + HEAD
    text += f"| majority class (NREM, light) | 0 | 0 | {first['accuracy4']:.3f} | {first['accuracy3']:.3f} | | 0.07 | 0.07 | | | |\n"
    text += "".join(line(f"{VARIANTS[v]}, {'online' if u == 'online' else 'night end'}", s) + "\n" for (v, u), s in summaries.items())
    text += "\nEach member alone (activity counts and heart rate):\n\n" + HEAD
    text += "".join(line(n, s) + "\n" for n, s in alone.items())
    text += "\nBoth inputs, per stage (rows: polysomnography; columns: wake, light, deep, REM):\n"
    for use in STAGES_OF_USE:
        s = summaries["both", use]
        text += f"\n{use}:\n\n| | wake | light | deep | REM |\n|---|---|---|---|---|\n"
        text += "".join(f"| {n} | " + " | ".join(map(str, r)) + " |\n" for n, r in zip(nights.STAGES, s["pooled"]["confusion"]))
        text += "\n| subject | kappa | accuracy, 3 | wake spec. | TST error, min |\n|---|---|---|---|---|\n"
        text += "".join(f"| {k} | {e['kappa4']:.2f} | {e['accuracy3']:.2f} | {e['wakeSpecificityAt93']:.2f} | {e['tstErrorMinutes']:+.0f} |\n"
                        for k, e in s["each"].items())
    return text + f"\nLargest difference of ONNX Runtime from the golden logits: {worst:.2e}\n"
