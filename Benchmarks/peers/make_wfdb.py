#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_wfdb.py FOLDER [HOURS]: a two-lead record at 250 Hz in format 212, with true checksums."""
import os
import sys

import numpy

folder, hours = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 24
os.makedirs(folder, exist_ok=True)
count = int(hours * 3600 * 250)
random = numpy.random.default_rng(1)
time = numpy.arange(count) / 250
leads = []
for lead in range(2):
    # A narrow bump a second on a slow wander, with noise: enough for a decoder, not for a doctor.
    beat = 400 * numpy.exp(-((((time * 1.1 + 0.1 * lead) % 1) - 0.5) * 30) ** 2)
    wander = 60 * numpy.sin(time / 4 + lead)
    leads.append((beat + wander + random.normal(0, 5, count)).astype(numpy.int64))
a, b = (lead & 0xFFF for lead in leads)
packed = numpy.empty((count, 3), dtype=numpy.uint8)
packed[:, 0] = a & 0xFF
packed[:, 1] = (a >> 8) | ((b >> 8) << 4)
packed[:, 2] = b & 0xFF
packed.tofile(os.path.join(folder, "day.dat"))
with open(os.path.join(folder, "day.hea"), "w") as header:
    header.write(f"day 2 250 {count} 22:00:00 01/02/2026\n")
    for name, lead in zip(("MLII", "V1"), leads):
        checksum = (int(lead.sum()) + 0x8000) % 0x10000 - 0x8000
        header.write(f"day.dat 212 200 12 0 {lead[0]} {checksum} 0 {name}\n")
