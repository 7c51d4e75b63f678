"""The nights of the sleep-accel data set, and random variations of a night for training."""
import glob
import os

import numpy as np

from . import features
from .features import Epochs

# PSG codes 0 W, 1 N1, 2 N2, 3 N3, 4 N4, 5 R; -1 unscored
STAGE_OF_CODE = {-1: -1, 0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 3}
STAGES = ["wake", "light", "deep", "rem"]
WALKING_COUNT = 60.0  # mean 15-s count of a minute above which steps are assumed


class Night:
    """One subject's epoch summaries and stages (-1 where unscored)."""

    def __init__(self, subject, epochs, stages):
        self.subject, self.epochs, self.stages = subject, epochs, stages


def load_night(folder, subject):
    """Reads the three files of one subject."""
    path = os.path.join(folder, subject)
    hr = np.loadtxt(path + "_cleaned_hr.out")
    counts = np.loadtxt(path + "_cleaned_counts.out", delimiter=",")
    psg = np.loadtxt(path + "_cleaned_psg.out")
    stages = np.array([STAGE_OF_CODE[int(s)] for s in psg[:, 1]])
    return Night(subject, features.bin_epochs(hr, counts, len(stages)), stages)


def load_nights(folder):
    """Every subject of the folder, ordered by number."""
    names = [os.path.basename(p).split("_")[0] for p in glob.glob(os.path.join(folder, "*_cleaned_psg.out"))]
    return [load_night(folder, s) for s in sorted(names, key=int)]


def walking(ep):
    """Stands in for steps per minute: 1 where the minute's mean count reaches WALKING_COUNT, NaN without counts."""
    n = len(ep)
    minute = np.arange(n) // 2
    known = np.bincount(minute, ep.mo_n > 0)
    level = np.bincount(minute, np.where(ep.mo_n > 0, ep.mo_mean, 0)) / np.maximum(known, 1)
    return np.where(known > 0, level >= WALKING_COUNT, np.nan)[minute]


def thin(ep, rng):
    """Heart rate once a minute: one epoch in two, one sample each, drawn near the epoch's mean."""
    keep = (np.arange(len(ep)) + rng.integers(2)) % 2 == 0
    one = ep.hr_mean + rng.normal(size=len(ep)) * np.sqrt(ep.hr_var)
    present = keep & (ep.hr_n > 0)
    return Epochs(present.astype(float), np.where(present, one, 0), np.zeros(len(ep)), ep.mo_n, ep.mo_mean, ep.coarse)


def take(ep, i):
    """The epochs of the given indices."""
    return Epochs(*(a[i] for a in (ep.hr_n, ep.hr_mean, ep.hr_var, ep.mo_n, ep.mo_mean, ep.coarse)))


def vary(night, rng):
    """A random variation: stretched, cropped or led in, heart rate and counts rescaled, sometimes thinned."""
    n = len(night.stages)
    i = np.minimum((np.arange(int(n * (stretch := rng.uniform(0.92, 1.08)))) / stretch).astype(int), n - 1)
    asleep = int(np.argmax(night.stages > 0))
    kind = rng.random()
    if kind < 0.35:  # the window begins later, at most at sleep onset
        i = i[i >= rng.integers(0, max(1, min(asleep, 60)))]
    elif kind < 0.65 and asleep >= 10:  # wakefulness before bed: the waking start, mirrored
        lead = rng.integers(1, min(asleep, 60))
        i = np.concatenate([np.arange(lead)[::-1], i])
    if rng.random() < 0.3:  # the window ends early
        i = i[: len(i) - rng.integers(0, 60)]
    ep, stages = take(night.epochs, i), night.stages[i]
    scale, offset, level = rng.uniform(0.8, 1.25), rng.uniform(-8, 8), np.exp(rng.normal(0, 0.25))
    middle = np.median(ep.hr_mean[ep.hr_n > 0])
    ep = Epochs(ep.hr_n, (ep.hr_mean - middle) * scale + middle + offset, ep.hr_var * scale**2, ep.mo_n,
                ep.mo_mean * level, ep.coarse)
    if rng.random() < 0.15:
        ep = thin(ep, rng)
    return Night(night.subject, ep, stages)
