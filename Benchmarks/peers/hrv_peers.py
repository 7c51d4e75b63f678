#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hrv_peers.py NAME FILE [WINDOWS]: all heart-rate variability of five-minute windows with a library.

NAME: neurokit2 or pyhrv, in their documented simple way. FILE: one interval in milliseconds a line. Only
the first WINDOWS full windows are measured (default: all); the time a window is printed, so that a day can be
worked out where a library would take hours.
"""
import sys
import time
import warnings

import matplotlib
import numpy

matplotlib.use("Agg")
warnings.filterwarnings("ignore")
name, path = sys.argv[1], sys.argv[2]
most = int(sys.argv[3]) if len(sys.argv) > 3 else None
intervals = numpy.loadtxt(path)
window = (numpy.cumsum(intervals) // 300_000).astype(int)
windows = [intervals[window == k] for k in range(window.max())]
if name == "neurokit2":
    import neurokit2

    def measure(series):
        peaks = neurokit2.intervals_to_peaks(series, sampling_rate=1000)
        return neurokit2.hrv(peaks, sampling_rate=1000)

elif name == "pyhrv":
    import matplotlib.pyplot
    import pyhrv

    def measure(series):
        result = pyhrv.hrv(nni=series, show=False, plot_tachogram=False, plot_ecg=False)
        matplotlib.pyplot.close("all")
        return result

else:
    sys.exit(f"unknown library {name}")
measure(windows[0])
chosen = windows[:most]
wall, cpu = time.perf_counter(), time.process_time()
for series in chosen:
    measure(series)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(
    f"{name}: {len(chosen)} of {len(windows)} windows, {1000 * wall / len(chosen):.1f} ms a window "
    f"({1000 * cpu / len(chosen):.1f} ms of processor)"
)
