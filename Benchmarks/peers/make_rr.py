#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_rr.py FILE: 100,000 intervals (a day) with slow and fast waves, noise and 600 early beats; seeded."""
import sys

import numpy

random = numpy.random.default_rng(1)
count = 100_000
beat = numpy.arange(count)
intervals = (
    860 + 60 * numpy.sin(2 * numpy.pi * beat / 4800) + 35 * numpy.sin(2 * numpy.pi * beat / 11)
    + 30 * numpy.sin(2 * numpy.pi * beat / 4.3) + random.normal(0, 12, count)
)
early = random.choice(count - 1, 600, replace=False)
intervals[early] -= 300
intervals[early + 1] += 300
# Steps of 1/1024 s, as straps send them.
numpy.savetxt(sys.argv[1], numpy.round(intervals * 1.024) / 1.024)
