#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""signal_peers.py READER FILE: reads a whole recording with a library, in its documented simple way.

READER: actipy (CWA, GENEActiv, GT3X), pyedflib, edfio-digital, edfio-physical, wfdb.
"""
import sys

name, path = sys.argv[1], sys.argv[2]
if name == "actipy":
    import actipy

    data, _ = actipy.read_device(
        path, lowpass_hz=None, calibrate_gravity=False, detect_nonwear=False, resample_hz=None,
        verbose=False,
    )
    print("samples", len(data), "sum", float(data["x"].sum()))
elif name == "pyedflib":
    import pyedflib

    with pyedflib.EdfReader(path) as reader:
        print("samples", sum(len(reader.readSignal(i)) for i in range(reader.signals_in_file)))
elif name.startswith("edfio"):
    import edfio

    edf = edfio.read_edf(path)
    kind = "digital" if name == "edfio-digital" else "data"
    print("samples", sum(len(getattr(signal, kind)) for signal in edf.signals))
elif name == "wfdb":
    import wfdb

    record = wfdb.rdrecord(path.removesuffix(".hea"))
    print("samples", record.p_signal.size)
else:
    sys.exit(f"unknown reader {name}")
