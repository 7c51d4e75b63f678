"""Trains and measures Hearth's sleep stager: python train_sleep.py [--out out/sleep] [--only MODEL].

Reads $HEARTH_DATA/sleep-accel/cropped. One thread, fixed seeds. --only trains one model and keeps it in the
cache for a later full run; models found in the cache are not trained again.
"""
import argparse
import os
import pickle
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from hearth_sleep import grouped, nights, plan, pool, trees

SEED = 2019
VARIATIONS = 6


def train_model(name, all_nights, sets):
    """Every net of one model: (scalers, parameters), one per training set."""
    kind, direction, _, units = plan.MODELS[name]
    own = pool.Pool(all_nights, VARIATIONS if kind == "net" else 0, SEED, plan.columns(name))
    scalers = [own.scaler(s) for s in sets]
    if kind == "trees":
        return scalers, trees.train(own, sets, scalers, SEED)
    settings = grouped.Settings(size=units, steps=80, batch=16, variants=0.4, seed=SEED)
    return scalers, grouped.train(own, sets, scalers, settings, direction > 0)


def load_or_train(name, all_nights, sets, cache):
    path = os.path.join(cache, name + ".pkl")
    if os.path.exists(path):
        with open(path, "rb") as f:
            return pickle.load(f)
    start = time.process_time()
    made = train_model(name, all_nights, sets)
    print(f"{name}: {len(sets)} trained in {time.process_time() - start:.0f} s of processor time", flush=True)
    with open(path, "wb") as f:
        pickle.dump(made, f)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="out/sleep")
    parser.add_argument("--only", choices=list(plan.MODELS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    cache = os.path.join(options.out, "cache")
    os.makedirs(cache, exist_ok=True)
    all_nights = nights.load_nights(os.path.join(os.environ["HEARTH_DATA"], "sleep-accel", "cropped"))
    sets = plan.Plan(len(all_nights), SEED).sets
    names = [options.only] if options.only else list(plan.MODELS)
    models = {n: load_or_train(n, all_nights, sets, cache) for n in names}
    if options.only:
        return
    from hearth_sleep import publish

    publish.publish(options.out, all_nights, models, plan.Plan(len(all_nights), SEED))


if __name__ == "__main__":
    main()
