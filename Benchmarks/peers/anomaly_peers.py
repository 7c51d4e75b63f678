#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""anomaly_peers.py river|stumpy: one value through a streaming detector, in its documented way.

The series is the one of hearth-bench anomaly: a swing with noise, scaled to 0..1. Prints the best
round's microseconds of processor time a value.
"""
import sys
import time


def series(count):
    state = 1
    for index in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield ((index % 977) / 977 + (state >> 40) / (1 << 24)) / 2


def best_of(rounds, values, step):
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for value in values:
            step(value)
        best = min(best, (time.process_time() - began) / len(values))
    return best * 1e6


name = sys.argv[1]
if name == "river":
    from river import anomaly

    model = anomaly.HalfSpaceTrees(seed=1)

    def step(value):
        model.score_one({"x": value})
        model.learn_one({"x": value})

    values = list(series(3000))
    for value in values[:500]:
        step(value)
    print(f"river HalfSpaceTrees: {best_of(3, values, step):.1f} us a value")
elif name == "stumpy":
    import numpy
    import stumpy

    history, values = list(series(5000)), list(series(500))
    stream = stumpy.stumpi(numpy.array(history[:4000]), m=48, egress=True)
    for value in history[4000:4020]:
        stream.update(value)
    print(f"stumpy stumpi, 4000 values, m 48: {best_of(3, values, stream.update):.1f} us a value")
else:
    sys.exit(f"unknown peer {name}")
