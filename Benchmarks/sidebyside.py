#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs whole commands in turn (A B C A B C ...) and prints medians and ratios to the first.

  sidebyside.py [-n ROUNDS] [--no-warm-up] [--bytes FILE] NAME='command' NAME='command' ...

Figures of one process and its children as the system counts them: CPU seconds, wall seconds, peak
resident memory of the largest process. Ratios are taken round by round, so they hold when the machine's
speed drifts; on a machine that others use too the CPU ratio is the steadier one.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time


def run(command):
    start = time.monotonic()
    process = subprocess.Popen(
        ["bash", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall": time.monotonic() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss / 1024,
        "code": process.returncode,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--no-warm-up", action="store_true", help="no unmeasured first round")
    parser.add_argument("--bytes", help="the input, for MB/s")
    parser.add_argument("commands", nargs="+")
    options = parser.parse_args()
    commands = dict(text.split("=", 1) for text in options.commands)
    first = next(iter(commands))
    rounds = {name: [] for name in commands}
    first_measured = 0 if options.no_warm_up else 1
    for number in range(options.n + first_measured):
        for name, command in commands.items():
            figures = run(command)
            if figures["code"] != 0:
                sys.exit(f"{name}: exit code {figures['code']}")
            if number >= first_measured:  # The round before warms the caches.
                rounds[name].append(figures)
    size = os.path.getsize(options.bytes) / 1e6 if options.bytes else None
    print("| command | wall s | CPU s | MB/s (CPU) | peak MB | times the first: wall | CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, runs in rounds.items():
        median = lambda key: statistics.median(figures[key] for figures in runs)
        ratio = lambda key: statistics.median(
            mine[key] / base[key] for mine, base in zip(runs, rounds[first])
        )
        speed = f"{size / median('cpu'):.0f}" if size else "-"
        print(
            f"| {name} | {median('wall'):.3f} | {median('cpu'):.3f} | {speed} "
            f"| {median('rss'):.0f} | {ratio('wall'):.2f} | {ratio('cpu'):.2f} |"
        )


main()
