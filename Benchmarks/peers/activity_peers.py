# SPDX-License-Identifier: Apache-2.0
"""What other tools make of the seeded signals of Tests/Support/MotionSignal.swift.

The numbers printed here stand in the tests and cards of the activity operators.

    python3 activity_peers.py counts   # pip: numpy scipy agcounts
    python3 activity_peers.py motion   # pip: numpy scipy scikit-digital-health actipy
"""
import sys

import numpy as np
from scipy import signal as sg

MASK = (1 << 64) - 1


def splitmix(seed, count):
    state, out = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out.append(z ^ (z >> 31))
    return out


def triangle(i, period):
    place, half = i % period, period // 2
    if place < half:
        return place * 512 // half - 256
    return 256 - (place - half) * 512 // (period - half)


def moving(rate, seconds, seed):
    """Movement whose size changes every 20 s, in multiples of 1/1024 g."""
    count = rate * seconds
    random = splitmix(seed, 3 * count)
    out = np.empty((count, 3))
    for i in range(count):
        size = (i // (rate * 20)) % 4
        for k in range(3):
            noise = int(random[3 * i + k] >> 40) % 65 - 32
            wave = triangle(i + 7 * k, rate // 2 + k * (rate // 10))
            base = (102, -205, 973)[k]
            out[i, k] = (base + size * wave // 2 + noise * size // 2 + noise // 16) / 1024
    return out


def worn(rate, hours, seed):
    """Hours of which the third to the fifth are spent on a table, in multiples of 1/1024 g."""
    count = rate * 3600 * hours
    random = splitmix(seed, 3 * count)
    out = np.empty((count, 3))
    for i in range(count):
        still = rate * 7200 <= i < rate * 18000
        minute = i // (rate * 60)
        for k in range(3):
            noise = int(random[3 * i + k] >> 40) % 65 - 32
            tilt = 0 if still else (minute * (17 + 5 * k)) % 160 - 80
            base = (102, -205, 973)[k]
            out[i, k] = (base + tilt + (noise // 16 if still else noise)) / 1024
    return out


def walch(z):
    """Counts of z at 50 Hz by the published steps, forwards and backwards."""
    b, a = sg.butter(5, [3 / 25, 11 / 25], "bandpass")
    size = np.abs(sg.filtfilt(b, a, z))
    binned = np.digitize(size, np.linspace(0, 5, 129))
    seconds = binned[: len(binned) // 50 * 50].reshape(-1, 50).max(axis=1)
    sums = seconds[: len(seconds) // 15 * 15].reshape(-1, 15).sum(axis=1)
    return np.maximum(0, (sums - 18) * 3.07)


def counts():
    from agcounts.extract import get_counts

    for rate in (30, 40, 50, 60, 70, 80, 90, 100):
        print("actigraph", rate, get_counts(moving(rate, 120, rate), rate, 15).tolist())
    z = moving(50, 300, 7)[:, 2]
    print("walch", np.round(walch(z), 2).tolist())
    sections = sg.butter(5, [3, 11], "bandpass", fs=50, output="sos")
    print("band-pass", [float(v) for v in sg.sosfilt(sections, z)[1000:1040:4]])


def motion():
    import pandas as pd
    from actipy.processing import find_nonwear_segments
    from skdh.activity import metrics
    from skdh.preprocessing import AccelThresholdWearDetection
    from skdh.sleep.utility import compute_z_angle
    from skdh.utility import moving_median

    a = moving(100, 120, 100)
    print("enmo", np.round(1000 * metrics.metric_enmo(a, wlen=500, take_abs=False, trim_zero=True), 4).tolist())
    print("mad", np.round(1000 * metrics.metric_mad(a, wlen=500), 4).tolist())
    middle = np.median(a.reshape(-1, 500, 3), axis=1)
    flat = np.hypot(middle[:, 0], middle[:, 1])
    print("angle of medians (numpy)", np.round(np.degrees(np.arctan2(middle[:, 2], flat)), 4).tolist())
    rolling = compute_z_angle(moving_median(np.ascontiguousarray(a), 500, skip=1, axis=0))
    # The window of row i has its middle at i + 250; the first and last epoch have half of theirs.
    means = [rolling[max(0, 500 * e - 250) : 500 * e + 250].mean() for e in range(24)]
    print("angle of rolling medians (skdh)", np.round(means, 4).tolist())
    w = worn(10, 7, 3)
    t = 1_700_000_100 + np.arange(len(w)) / 10
    tool = AccelThresholdWearDetection(sd_crit=0.013, range_crit=0.05, apply_setup_criteria=False)
    found = tool.predict(time=t, accel=w, fs=10.0)["wear"]
    print("worn (skdh), hours", np.round(np.asarray(found) / 36000, 4).tolist())
    frame = pd.DataFrame(w, columns=list("xyz"), index=pd.to_datetime((t * 1e9).astype("int64")))
    for start, length in find_nonwear_segments(frame).items():
        begin = (start - frame.index[0]).total_seconds() / 3600
        print("off (actipy), hours", round(begin, 4), round(begin + length.total_seconds() / 3600, 4))


if __name__ == "__main__":
    {"counts": counts, "motion": motion}[sys.argv[1]]()
