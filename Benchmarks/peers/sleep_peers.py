#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sleep_peers.py TOOL FILE: a week of raw acceleration through a tool's own sleep analysis.

skdh           reading, calibration, wear, days, windows and sleep of scikit-digital-health, as its manual
               puts them together
asleep-reading what asleep does before its net: actipy with asleep's settings. The net's weights are fetched
               from the web at its first run and may not be had.
accelerometer  accProcess without its activity model, whose weights are fetched likewise: reading,
               calibration, non-wear and 30-second means
"""
import os
import subprocess
import sys
import tempfile

name, path = sys.argv[1], sys.argv[2]
# One core each, as Hearth.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"


def skdh():
    from skdh.io import ReadBin, ReadCwa
    from skdh.preprocessing import AccelThresholdWearDetection, CalibrateAccelerometer
    from skdh.preprocessing import GetDayWindowIndices
    from skdh.sleep import Sleep

    reader = ReadCwa() if path.endswith(".cwa") else ReadBin()
    data = reader.predict(file=path, tz_name=None)
    steps = [
        CalibrateAccelerometer(),
        AccelThresholdWearDetection(),
        GetDayWindowIndices(bases=[12], periods=[24]),
        Sleep(day_window=(12, 24)),
    ]
    found = {}
    for step in steps:
        result = step.predict(**data)
        found = result if isinstance(result, dict) else {}
        if not isinstance(step, Sleep):
            data.update({key: value for key, value in found.items() if value is not None})
    print("nights", len(found.get("Date", [])))
    for key in ("total sleep time", "percent time asleep", "waso"):
        if key in found:
            print(key, list(found[key]))


def asleep_reading():
    import actipy

    data, _ = actipy.read_device(
        path, lowpass_hz=15, calibrate_gravity=True, detect_nonwear=False, resample_hz=30,
        verbose=False,
    )
    print("samples", len(data))


def accelerometer():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "accProcess"), path,
             "--activityClassification", "False", "--outputFolder", folder],
            check=True, stdout=subprocess.DEVNULL)
        print(sorted(os.listdir(folder)))


{"skdh": skdh, "asleep-reading": asleep_reading, "accelerometer": accelerometer}[name]()
