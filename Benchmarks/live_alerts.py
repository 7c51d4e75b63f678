#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays recordings through `hearth stream` and counts its alerts.

Usage: live_alerts.py HEARTH DATA

DATA/rr-24h: RR intervals of people in sinus rhythm, a day each, with a heart rate once a second
made of them as a chest strap sends it: every alert counts per person-week.
DATA/afdb-rr: RR intervals with annotated atrial fibrillation: of the episodes of at least twelve
minutes, how many raise `irregular-rhythm` (which waits for ten), and how many alerts touch none.
Episodes less than three minutes apart count as one: one alert stands for them.
"""
import collections
import datetime
import glob
import gzip
import json
import os
import re
import subprocess
import sys

START = 1767571200.0
LONG = 720
JOIN = 180


def stamp(seconds):
    moment = datetime.datetime.fromtimestamp(START + seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def alerts(hearth, lines):
    """The alerts for CSV lines: rule, start and end in seconds."""
    run = subprocess.run(
        [hearth, "stream", "--no-store", "--late", "0"],
        input="\n".join(["time,quantity,value"] + lines) + "\n", capture_output=True, text=True)
    found = []
    for line in map(json.loads, run.stdout.splitlines()):
        if line["type"] == "alert":
            times = [
                datetime.datetime.fromisoformat(line[key].replace("Z", "+00:00")).timestamp() - START
                for key in ("from", "to")]
            found.append((line["rule"], *times))
    return found


def numbers(path):
    with gzip.open(path, "rt") as file:
        for word in file.read().split():
            try:
                yield float(word)
            except ValueError:
                pass


def strap(intervals):
    """Lines of a strap: each interval, and a heart rate a second."""
    time, due, lines = 0.0, 0.0, []
    for interval in intervals:
        time += interval / 1000
        if time >= due and 300 < interval < 2000:
            lines.append(f"{stamp(time)},heart-rate,{round(60000 / interval)}")
            due = time + 1
        lines.append(f"{stamp(time)},rr-interval,{interval:g}")
    return lines, time


def sinus(hearth, data):
    total, people, seconds, touched = collections.Counter(), 0, 0.0, collections.Counter()
    for path in sorted(glob.glob(f"{data}/rr-24h/*/*.gz")):
        values = list(numbers(path))
        if "healthy_ms" not in path:
            values = [value * 1000 for value in values[1:]]
        lines, length = strap(values)
        rules = [rule for rule, _, _ in alerts(hearth, lines)]
        total.update(rules)
        touched.update(set(rules))
        people, seconds = people + 1, seconds + length
        print(f"{os.path.basename(path)}  {length / 3600:.1f} h  {dict(collections.Counter(rules))}")
    weeks = seconds / 604800
    print(f"sinus rhythm: {people} people, {seconds / 3600:.1f} h, {weeks:.2f} person-weeks")
    for rule, count in sorted(total.items()):
        print(f"  {rule}: {count}, {count / weeks:.2f} a person-week, {touched[rule]} people")


def annotated(path):
    """Beats and fibrillation of a record, in samples of 1/250 s."""
    beats = [int(line.split()[-1]) for line in open(path) if line.strip()]
    marks = []
    for line in open(path.replace("qrs", "atr")):
        name = re.search(r"\((\w+)", line)
        sample = [word for word in line.split() if word.isdigit()]
        if name and sample:
            marks.append((int(sample[0]), name.group(1)))
    ends = [mark[0] for mark in marks[1:]] + [beats[-1]]
    episodes = []
    for (start, name), end in zip(marks, ends):
        if name != "AFIB":
            continue
        if episodes and start / 250 - episodes[-1][1] < JOIN:
            episodes[-1] = (episodes[-1][0], end / 250)
        else:
            episodes.append((start / 250, end / 250))
    return beats, episodes


def fibrillation(hearth, data):
    long, found, false, count, other = 0, 0, 0, 0, 0.0
    for path in sorted(glob.glob(f"{data}/afdb-rr/qrs*.txt")):
        beats, episodes = annotated(path)
        lines = [f"{stamp(b / 250)},rr-interval,{(b - a) * 4}" for a, b in zip(beats, beats[1:])]
        times = [(s, e) for rule, s, e in alerts(hearth, lines) if rule == "irregular-rhythm"]
        lasting = [(s, e) for s, e in episodes if e - s >= LONG]
        hits = sum(any(a < e and b > s for a, b in times) for s, e in lasting)
        wrong = sum(not any(a < e and b > s for s, e in episodes) for a, b in times)
        print(f"{os.path.basename(path)[3:-4]}  episodes {len(episodes)}, long {len(lasting)}, "
              f"with an alert {hits}; alerts {len(times)}, in none {wrong}")
        long, found, false, count = long + len(lasting), found + hits, false + wrong, count + len(times)
        other += (beats[-1] / 250 - sum(e - s for s, e in episodes)) / 3600
    print(f"fibrillation: {found} of {long} long episodes with an alert; {count} alerts, "
          f"{false} in none of the episodes, in {other:.0f} h without fibrillation")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sinus(*sys.argv[1:])
    fibrillation(*sys.argv[1:])
