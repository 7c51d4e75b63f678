"""Features of the sleep stager, computed for a whole night at once.

The definitions are in docs/models/sleep-stager-features.md. One row per 30-s epoch; every causal
feature of an epoch uses that epoch and earlier ones only. A value that cannot be computed is NaN.
"""
import warnings

import numpy as np

EPOCH_SECONDS = 30.0
CARRY_HEART_RATE = 10  # epochs a heart rate is held over a gap
CARRY_MOTION = 2  # epochs a motion level is held over a gap
SCHEMA_VERSION = 1

CAUSAL_NAMES = """hours onsetHours
hrLow hrMed hr4Med hr20Low hr60Med hrD20x60 hrD10x120
sd6 sd10 sd20 sd40 sd20r sd40r ad20 ad20r fs5 fs20 fs20r
rng60 max20 min20 sdMax60 sinceSurge surge60 vlf20
a1 a3 a10 a20 a40 a100 f60 la20 la60 la120 la20r laNight s05 s5 s30
coarse coarse20 sinceCoarse
hasHR hrDensity hasMotion hasCoarse""".split()

CENTRED_NAMES = """cm11 cm21 cm61 cz21 csd21 csd7r csd11r csd21r csd41r
ca3 ca11 ca21 ca41 cla21 cla81 hoursLeft rankHR rankSD""".split()

MASKS = {"hasHR", "hasMotion", "hasCoarse"}


class Epochs:
    """Per-epoch summaries, the only input of every feature.

    hr_n, hr_mean, hr_var: number, mean and population variance of heart-rate samples (bpm);
    mo_n, mo_mean: number and mean of 15-s activity counts; coarse: 1 walking, 0 not, NaN unknown.
    """

    def __init__(self, hr_n, hr_mean, hr_var, mo_n, mo_mean, coarse):
        self.hr_n, self.hr_mean, self.hr_var = hr_n, hr_mean, hr_var
        self.mo_n, self.mo_mean, self.coarse = mo_n, mo_mean, coarse

    def __len__(self):
        return len(self.hr_n)

    def reversed(self):
        """The same night, last epoch first."""
        return Epochs(*(a[::-1] for a in (self.hr_n, self.hr_mean, self.hr_var, self.mo_n, self.mo_mean, self.coarse)))


def bin_epochs(hr, counts, n, coarse=None):
    """Sorts samples into n epochs. hr: rows (seconds, bpm); counts: rows (seconds, count); either may be empty."""
    hr, counts = np.asarray(hr, float).reshape(-1, 2), np.asarray(counts, float).reshape(-1, 2)
    e = np.floor(hr[:, 0] / EPOCH_SECONDS).astype(int)
    ok = (e >= 0) & (e < n) & (hr[:, 1] >= 25) & (hr[:, 1] <= 230)
    e, v = e[ok], hr[ok, 1]
    hr_n = np.bincount(e, minlength=n).astype(float)
    mean = np.bincount(e, v, minlength=n) / np.maximum(hr_n, 1)
    var = np.bincount(e, (v - mean[e]) ** 2, minlength=n) / np.maximum(hr_n, 1)
    m = np.floor(counts[:, 0] / EPOCH_SECONDS).astype(int)
    ok = (m >= 0) & (m < n) & (counts[:, 1] >= 0)
    mo_n = np.bincount(m[ok], minlength=n).astype(float)
    mo = np.bincount(m[ok], counts[ok, 1], minlength=n) / np.maximum(mo_n, 1)
    return Epochs(hr_n, mean, var, mo_n, mo, np.full(n, np.nan) if coarse is None else np.asarray(coarse, float))


def carry(x, present, limit):
    """Holds the last present value for at most `limit` epochs; NaN beyond."""
    i = np.arange(len(x))
    last = np.maximum.accumulate(np.where(present, i, -(10**6)))
    return np.where(i - last <= limit, x[np.clip(last, 0, None)], np.nan)


def windows(x, w, centred=False):
    """Rows of the w values up to each epoch (or around it), NaN outside the night."""
    half = w // 2
    pad = (half, half) if centred else (w - 1, 0)
    return np.lib.stride_tricks.sliding_window_view(np.pad(x, pad, constant_values=np.nan), w)


def mean_over(x, w, centred=False):
    """Mean of the defined values among the last w (or the w around each epoch)."""
    return np.nanmean(windows(x, w, centred), axis=1)


def log_sd(x, w, centred=False):
    """ln(0.3 + population standard deviation) of the defined values of the window."""
    return np.log(0.3 + np.nanstd(windows(x, w, centred), axis=1))


def mean_so_far(x):
    """Mean of every defined value since the first epoch."""
    ok = ~np.isnan(x)
    k = np.cumsum(ok)
    return np.where(k > 0, np.cumsum(np.where(ok, x, 0)) / np.maximum(k, 1), np.nan)


def quantiles_so_far(v, qs):
    """Running quantiles on half-bpm bins: the lowest bin whose cumulated number reaches q times all."""
    bins = np.clip(np.floor(2 * np.nan_to_num(v) + 0.5), 0, 460).astype(int)
    hist, n, out = np.zeros(461), 0, np.full((len(qs), len(v)), np.nan)
    for i, value in enumerate(v):
        if not np.isnan(value):
            hist[bins[i]] += 1
            n += 1
        if n:
            total = np.cumsum(hist)
            out[:, i] = [np.searchsorted(total, q * n) / 2 for q in qs]
    return out


def log_since(flag):
    """ln(1 + epochs since the flag was last true); before the first, since one epoch before the night."""
    i = np.arange(len(flag))
    return np.log1p(i - np.maximum.accumulate(np.where(flag, i, -1)))


def extract(ep):
    """The causal features, shape (epochs, len(CAUSAL_NAMES)), NaN where undefined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        f = {**_time(ep), **_heart(ep), **_motion(ep), **_coarse(ep)}
    return np.column_stack([f[k] for k in CAUSAL_NAMES])


def _time(ep):
    n = len(ep)
    i = np.arange(n)
    b = carry(ep.mo_mean, ep.mo_n > 0, CARRY_MOTION)
    known = windows(b, 20)
    k = (~np.isnan(known)).sum(1)
    quiet = (i >= 19) & (k >= 10) & ((known > 5).sum(1) <= 0.1 * k)
    onset = np.argmax(quiet) if quiet.any() else n
    hours = np.where(np.isnan(b), np.nan, np.maximum(0, i - onset) / 120)
    return {"hours": np.minimum(i / 120, 12), "onsetHours": np.minimum(hours, 12)}


def _heart(ep):
    v = carry(ep.hr_mean, ep.hr_n > 0, CARRY_HEART_RATE)
    low, med = quantiles_so_far(v, (0.1, 0.5))
    mean = {w: mean_over(v, w) for w in (4, 5, 10, 20, 60, 120)}
    sd = {w: log_sd(v, w) for w in (6, 10, 20, 40)}
    step = np.abs(np.diff(v, prepend=np.nan))
    ad20 = np.log(0.1 + mean_over(step, 20))
    fine = np.where(ep.hr_n >= 3, ep.hr_var, np.nan)
    fs20 = 0.5 * np.log(0.1 + mean_over(fine, 20))
    w20, w60 = windows(v, 20), windows(v, 60)
    med20 = np.nanmedian(w20, axis=1)
    surge = v - med20 > 6
    f = {
        "hrLow": v - low, "hrMed": v - med, "hr4Med": mean[4] - med, "hr20Low": mean[20] - low,
        "hr60Med": mean[60] - med, "hrD20x60": mean[20] - mean[60], "hrD10x120": mean[10] - mean[120],
        "sd6": sd[6], "sd10": sd[10], "sd20": sd[20], "sd40": sd[40],
        "sd20r": sd[20] - mean_so_far(sd[20]), "sd40r": sd[40] - mean_so_far(sd[40]),
        "ad20": ad20, "ad20r": ad20 - mean_so_far(ad20),
        "fs5": 0.5 * np.log(0.1 + mean_over(fine, 5)), "fs20": fs20, "fs20r": fs20 - mean_so_far(fs20),
        "rng60": np.nanmax(w60, axis=1) - np.nanmin(w60, axis=1), "max20": np.nanmax(w20, axis=1) - med20,
        "min20": v - np.nanmin(w20, axis=1), "sdMax60": np.nanmax(windows(sd[10], 60), axis=1),
        "sinceSurge": log_since(surge), "surge60": mean_over(np.where(np.isnan(v), np.nan, surge), 60),
        "vlf20": log_sd(mean[5], 20) - sd[20], "hrDensity": np.log1p(mean_over(ep.hr_n, 20)),
    }
    f = {k: np.where(np.isnan(v), np.nan, x) for k, x in f.items()}
    return {**f, "hasHR": (~np.isnan(v)).astype(float)}


def _motion(ep):
    b = carry(ep.mo_mean, ep.mo_n > 0, CARRY_MOTION)
    lb = np.log1p(b)
    night = mean_so_far(lb)
    la20 = mean_over(lb, 20)
    active = np.where(np.isnan(b), np.nan, b > 2)
    f = {"a1": lb, "f60": mean_over(active, 60), "la20": la20, "la60": mean_over(lb, 60),
         "la120": mean_over(lb, 120), "la20r": la20 - night, "laNight": night,
         "s05": log_since(b > 0.5), "s5": log_since(b > 5), "s30": log_since(b > 30)}
    f |= {f"a{w}": np.log1p(mean_over(b, w)) for w in (3, 10, 20, 40, 100)}
    f = {k: np.where(np.isnan(b), np.nan, x) for k, x in f.items()}
    return {**f, "hasMotion": (~np.isnan(b)).astype(float)}


def _coarse(ep):
    c = carry(ep.coarse, ~np.isnan(ep.coarse), CARRY_MOTION)
    f = {"coarse": c, "coarse20": mean_over(c, 20), "sinceCoarse": log_since(c > 0.5)}
    f = {k: np.where(np.isnan(c), np.nan, x) for k, x in f.items()}
    return {**f, "hasCoarse": (~np.isnan(c)).astype(float)}


def extract_centred(ep):
    """The whole-night features, shape (epochs, len(CENTRED_NAMES)), NaN where undefined."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        v = carry(ep.hr_mean, ep.hr_n > 0, CARRY_HEART_RATE)
        b = carry(ep.mo_mean, ep.mo_n > 0, CARRY_MOTION)
        f = {**_centred_heart(v), **_centred_motion(b), "hoursLeft": np.minimum((len(ep) - np.arange(len(ep))) / 120, 12)}
    return np.column_stack([f[k] for k in CENTRED_NAMES])


def _centred_heart(v):
    med = np.nanmedian(v)
    spread = np.nanpercentile(v, 75) - np.nanpercentile(v, 25) + 1
    f = {f"cm{w}": mean_over(v, w, True) - med for w in (11, 21, 61)}
    sd = {w: log_sd(v, w, True) for w in (7, 11, 21, 41)}
    f |= {f"csd{w}r": sd[w] - np.nanmedian(np.where(np.isnan(v), np.nan, sd[w])) for w in sd}
    f |= {"cz21": f["cm21"] / spread, "csd21": sd[21]}
    f = {k: np.where(np.isnan(v), np.nan, x) for k, x in f.items()}
    return {**f, "rankHR": rank_of(f["cm21"]), "rankSD": rank_of(f["csd21"])}


def _centred_motion(b):
    f = {f"ca{w}": np.log1p(mean_over(b, w, True)) for w in (3, 11, 21, 41)}
    f |= {f"cla{w}": mean_over(np.log1p(b), w, True) for w in (21, 81)}
    return {k: np.where(np.isnan(b), np.nan, x) for k, x in f.items()}


def rank_of(x):
    """Share of the night's defined values below each value, ties (equal at 1/1024) counted half."""
    x = np.floor(1024 * x + 0.5)
    s = np.sort(x[~np.isnan(x)])
    r = (np.searchsorted(s, x, "left") + np.searchsorted(s, x, "right")) / (2 * max(len(s), 1))
    return np.where(np.isnan(x), np.nan, r)


BACKWARD_NAMES = [k for k in CAUSAL_NAMES if k not in MASKS]
NIGHT_NAMES = CAUSAL_NAMES + ["later." + k for k in BACKWARD_NAMES] + CENTRED_NAMES


def extract_night(ep):
    """Causal features, the same read from the end of the night, and the centred ones (NIGHT_NAMES)."""
    keep = [CAUSAL_NAMES.index(k) for k in BACKWARD_NAMES]
    return np.hstack([extract(ep), extract(ep.reversed())[::-1][:, keep], extract_centred(ep)])
