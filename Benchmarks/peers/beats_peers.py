#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""beats_peers.py PEER RECORD.hea: finds the beats of the first two leads with a library.

PEER: wfdb (xqrs_detect), neurokit2 (ecg_clean and ecg_peaks). Reading is not timed; the best of three
rounds is printed.
"""
import sys
import time

import wfdb

peer, path = sys.argv[1], sys.argv[2]
record = wfdb.rdrecord(path.removesuffix(".hea"))
leads = [record.p_signal[:, index] for index in range(min(2, record.n_sig))]
if peer == "wfdb":
    from wfdb import processing

    def detect(lead):
        return len(processing.xqrs_detect(sig=lead, fs=record.fs, verbose=False))

elif peer == "neurokit2":
    import neurokit2

    def detect(lead):
        cleaned = neurokit2.ecg_clean(lead, sampling_rate=int(record.fs))
        _, info = neurokit2.ecg_peaks(cleaned, sampling_rate=int(record.fs))
        return len(info["ECG_R_Peaks"])

else:
    sys.exit(f"unknown peer {peer}")
best = float("inf")
for _ in range(3):
    start = time.process_time()
    beats = [detect(lead) for lead in leads]
    best = min(best, time.process_time() - start)
print(f"{peer}: beats {beats}, {best:.4f} s of CPU time")
