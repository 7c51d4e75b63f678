#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the rhythm screen's logistic regression.

    python train_rhythm.py simulate DATA OUT
        writes made-up rhythms over real sinus rhythm, in the layout of afdb-rr, into OUT
    hearth benchmark rhythm DATA --features > real.csv
    hearth benchmark rhythm OUT --features > made.csv
    python train_rhythm.py fit real.csv made.csv shipped.json folds.json

`shipped.json` holds the coefficients of IrregularityModel+Shipped.swift, to the digit; `folds.json` those
made without each record (`rhythm-folds.json` in this folder), for `hearth benchmark rhythm --folds`.
Seeded; one thread. Made with the sets named in docs/models/af-screen.md and NumPy.
"""
import csv
import glob
import gzip
import json
import os
import sys

import numpy as np

SEED = 7
ENTER, LEAVE = 0.5, -1.5
RATE = 250.0


def intervals(path, scale, skip):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as file:
        values = []
        for word in file.read().split()[skip:]:
            try:
                values.append(float(word) * scale)
            except ValueError:
                pass
    values = np.array(values)
    return values[(values >= 200) & (values <= 3000)]


def sinus(data):
    people = {}
    for path in sorted(glob.glob(f"{data}/rr-24h/normal/*_rr_secs.txt*")):
        people[os.path.basename(path).split("_")[0]] = intervals(path, 1000, 1)
    for path in sorted(glob.glob(f"{data}/rr-24h/healthy_ms/*.txt*")):
        people[os.path.basename(path).split(".")[0]] = intervals(path, 1, 0)
    return people


def fibrillation(data):
    stretches = {}
    for path in sorted(glob.glob(f"{data}/afdb-rr/qrs*.txt")):
        record = os.path.basename(path)[3:-4]
        rows = np.loadtxt(path)
        marks = [line.split() for line in open(f"{data}/afdb-rr/atr{record}.txt") if "(" in line]
        starts = [int(m[1]) for m in marks]
        place = np.searchsorted(starts, rows[:, 2], side="right") - 1
        is_fibrillation = np.array([p >= 0 and marks[p][-1] == "(AFIB" for p in place])
        ms = rows[:, 1] * 1000
        stretches[record] = ms[is_fibrillation & (ms >= 200) & (ms <= 3000)]
    return stretches


def premature(rng, x, share=0.0, every=None, spread=0.03, pause=True, coupling=None):
    coupling = coupling or rng.uniform(0.45, 0.8)
    out, i, since = [], 0, 0
    while i < len(x) - 2:
        due = since >= every - 1 if every else rng.random() < share
        if not due:
            out.append(x[i])
            i, since = i + 1, since + 1
            continue
        early = x[i] * np.clip(coupling + spread * rng.standard_normal(), 0.3, 0.92)
        after = x[i] + x[i + 1] - early if pause else x[i + 1] * (1 + rng.uniform(0, 0.1))
        pair = [x[i] * rng.uniform(0.4, 0.6)] if not every and rng.random() < 0.08 else []
        out += [early] + pair + [after]
        i, since = i + 2, 0
    return np.array(out)


def misdetected(rng, x, missed, doubled):
    out, carry = [], 0.0
    for value in x:
        value, carry = value + carry, 0.0
        if rng.random() < missed and value < 1500:
            carry = value
        elif rng.random() < doubled:
            part = rng.uniform(0.25, 0.75)
            out += [value * part, value * (1 - part)]
        else:
            out.append(value)
    return np.array(out)


def wenckebach(rng, n):
    cycle, out = rng.uniform(550, 900), []
    while len(out) < n:
        steps = rng.uniform(0.12, 0.3) * cycle / np.arange(1, rng.integers(3, 7)) ** 1.2
        last = 2 * cycle - steps.sum()
        out += [cycle + s + rng.normal(0, 12) for s in steps]
        out += [last if last > cycle else 1.4 * cycle]
    return np.array(out[:n])


def flutter(rng, n):
    wave, stay, ratio = rng.uniform(190, 250), rng.random() * 0.7, 2
    shares, out = rng.dirichlet([2, 1, 2]), []
    while len(out) < n:
        if rng.random() > stay:
            ratio = (2, 3, 4)[rng.choice(3, p=shares)]
        wave += rng.normal(0, 0.3)
        out.append(ratio * wave + rng.normal(0, 8))
    return np.array(out)


def breathing(rng, n):
    base, depth, rate = rng.uniform(750, 1150), rng.uniform(0.06, 0.22), rng.uniform(0.15, 0.33)
    phase, level, out = 0.0, base, []
    while len(out) < n:
        level += 0.05 * (base - level) + rng.normal(0, 8)
        value = level * (1 + depth * np.sin(phase) * rng.uniform(0.7, 1.3)) + rng.normal(0, 8)
        phase += 2 * np.pi * rate * (1 + 0.15 * rng.standard_normal()) * value / 1000
        out.append(max(value, 350))
    return np.array(out)


def atrial(rng, x, share):
    out, i = [], 0
    while i < len(x) - 1:
        chance = rng.random()
        if chance < share:
            out += [x[i] * rng.uniform(0.5, 0.88), x[i + 1] * rng.uniform(0.95, 1.25)]
            i += 2
        elif chance < 1.15 * share:
            run = x[i] * rng.uniform(0.45, 0.7)
            out += [run * (1 + 0.04 * rng.standard_normal()) for _ in range(rng.integers(3, 8))]
            out.append(x[i] * 1.15)
            i += 2
        else:
            out.append(x[i] * (rng.uniform(1.3, 1.9) if chance < 1.3 * share else 1))
            i += 1
    return np.array(out)


def dropped(rng, x):
    share, out, i = rng.uniform(0.02, 0.2), [], 0
    while i < len(x) - 1:
        drop = rng.random() < share
        out.append(x[i] + x[i + 1] + rng.normal(0, 15) if drop else x[i])
        i += 2 if drop else 1
    return np.array(out)


def mixed(rng, x):
    out, i = [], 0
    while i < len(x) - 40:
        part = x[i : i + rng.integers(8, 40)]
        every = (None, 2, 3, 4, 0)[rng.integers(5)]
        i += len(part)
        early = lambda e: premature(rng, part, rng.uniform(0.1, 0.35), e, 0.02, True, rng.uniform(0.5, 0.75))
        out.append(part if every == 0 else early(every))
    return np.concatenate(out)


def made_up(rng, kind, x, n):
    if kind == "pvc":
        return premature(rng, x, rng.uniform(0.03, 0.38), spread=rng.uniform(0.01, 0.06))
    if kind == "multiform":
        once = premature(rng, x, rng.uniform(0.03, 0.15), spread=0.02)
        return premature(rng, once, rng.uniform(0.03, 0.15), spread=0.02)
    if kind in ("two", "three", "four"):
        every = {"two": 2, "three": 3, "four": 4}[kind]
        return premature(rng, x, every=every, spread=rng.uniform(0.01, 0.04))
    if kind == "atrialpattern":
        return premature(rng, x, every=int(rng.integers(2, 4)), spread=rng.uniform(0.01, 0.05),
                         pause=False, coupling=rng.uniform(0.55, 0.85))
    if kind == "apc":
        return atrial(rng, x, rng.uniform(0.03, 0.35))
    if kind == "missed":
        return misdetected(rng, x, rng.uniform(0, 0.08), rng.uniform(0, 0.08))
    return {"wenckebach": lambda: wenckebach(rng, n), "flutter": lambda: flutter(rng, n),
            "breathing": lambda: breathing(rng, n), "block": lambda: dropped(rng, x),
            "mixed": lambda: mixed(rng, x)}[kind]()


KINDS = ["pvc", "two", "three", "four", "apc", "wenckebach", "flutter", "block", "breathing",
         "missed", "mixed", "atrialpattern", "multiform"]


def simulate(data, out, count=1500, n=400):
    rng = np.random.default_rng(SEED)
    people, ill = sinus(data), fibrillation(data)
    os.makedirs(out, exist_ok=True)

    def write(name, x, rhythm):
        ends = np.cumsum(np.clip(x, 210, 2990) / 1000 * RATE)
        starts = np.concatenate([[0], ends[:-1]])
        with open(f"{out}/qrs{name}.txt", "w") as file:
            for s, e in zip(starts, ends):
                file.write(f"{s:.1f}\t{(e - s) / RATE:.6f}\t{e:.1f}\n")
        with open(f"{out}/atr{name}.txt", "w") as file:
            file.write(f"0:00.000 0 + 0 0 0 ({rhythm}\n")

    names = sorted(people)
    for i in range(count):
        kind, base = KINDS[rng.integers(len(KINDS))], names[rng.integers(len(names))]
        start = rng.integers(0, len(people[base]) - n)
        write(f"sim{i:04d}-{kind}-{base}", made_up(rng, kind, people[base][start : start + n], n), "N")
    names = sorted(k for k in ill if len(ill[k]) > n + 20)
    for i in range(300):
        base = names[rng.integers(len(names))]
        start = rng.integers(0, len(ill[base]) - n)
        x = ill[base][start : start + n]
        early = rng.random() < 0.5
        x = (premature(rng, x, rng.uniform(0.03, 0.25), spread=0.06) if early
             else misdetected(rng, x, rng.uniform(0, 0.06), rng.uniform(0, 0.06)))
        write(f"fib{i:04d}-mixed-{base}", x, "AFIB")


def weight(kind, record, label):
    """What a block counts for. One record whose annotated fibrillation is as ordered as flutter
    counts less, and so do runs of atrial beats that no interval can tell from fibrillation."""
    if label == 2:
        return 0.1
    if record.startswith("sim"):
        return 0.2 if "-apc-" in record else 0.25
    if record.startswith("fib"):
        return 0.5
    if record == "04936":
        return 0.4
    return {"rr-24h/normal": 1.2, "rr-24h/healthy_ms": 1.4, "mitdb": 2.0}.get(kind, 1.0)


def newton(a, y, w, start, rounds):
    b = start.copy()
    penalty = np.eye(a.shape[1]) * 5.0
    penalty[-1, -1] = 0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(a @ b, -30, 30)))
        slope = a.T @ (w * (p - y)) + penalty @ b
        curve = (a * (w * p * (1 - p) + 1e-7)[:, None]).T @ a + penalty
        step = np.linalg.solve(curve, slope)
        b -= step
        if np.abs(step).max() < 0.01:
            break
    return b


def fit(real, made, shipped, folds):
    rng = np.random.default_rng(1)
    values, labels, weights, sources, records = [], [], [], [], set()
    for path in (real, made):
        for row in list(csv.reader(open(path)))[1:]:
            kind, record, label = row[0], row[1], int(row[2])
            share = weight(kind, record, label)
            if path == real:
                records.add((kind, record))
            # Drawn in proportion to the weight.
            if rng.random() >= min(1, 0.3 * share):
                continue
            values.append([float(v) for v in row[4:]])
            labels.append(label == 1)
            weights.append(share / min(1, 0.3 * share))
            sources.append(record.split("-")[-1])
    x, y, w, sources = np.array(values), np.array(labels, float), np.array(weights), np.array(sources)
    centre, scale = x.mean(0), x.std(0) + 1e-6
    a = np.hstack([np.clip((x - centre) / scale, -4, 4), np.ones((len(x), 1))])
    whole = newton(a, y, w, np.zeros(a.shape[1]), 14)

    def model(b):
        short = lambda v: [float(f"{one:.5g}") for one in v]
        return {"centres": short(centre), "scales": short(scale), "weights": short(b[:-1]),
                "offset": float(f"{b[-1]:.5g}"), "enter": ENTER, "leave": LEAVE}

    json.dump(model(whole), open(shipped, "w"), sort_keys=True)
    groups = {}
    for kind, record in sorted(records):
        # People in sinus rhythm in ninths, mitdb (no fibrillation in it) as a whole.
        place = {"afdb-rr": record, "mitdb": "mitdb"}.get(kind, f"ninth {sum(map(ord, record)) % 9}")
        groups.setdefault(place, []).append(record)
    result = {}
    for names in groups.values():
        b = newton(a[~np.isin(sources, names)], y[~np.isin(sources, names)],
                   w[~np.isin(sources, names)], whole, 6)
        result.update({name: model(b) for name in names})
    json.dump(result, open(folds, "w"), sort_keys=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"] and len(sys.argv) == 4:
        simulate(sys.argv[2], sys.argv[3])
    elif sys.argv[1:2] == ["fit"] and len(sys.argv) == 6:
        fit(*sys.argv[2:])
    else:
        sys.exit(__doc__)
