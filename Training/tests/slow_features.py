"""Slow, plain reference of the sleep stager's features (schema version 1).

Epoch by epoch, with lists and loops only, as docs/models/sleep-stager-features.md defines them. Streaming: `Causal.step` sees one epoch.
None marks an undefined value.
"""
import math

CARRY_HR, CARRY_MOTION = 10, 2


def mean(xs):
    xs = [x for x in xs if x is not None]
    return sum(xs) / len(xs) if xs else None


def log_sd(xs):
    xs = [x for x in xs if x is not None]
    if not xs:
        return None
    m = sum(xs) / len(xs)
    return math.log(0.3 + math.sqrt(sum((x - m) ** 2 for x in xs) / len(xs)))


def median(xs):
    s = sorted(x for x in xs if x is not None)
    if not s:
        return None
    k = len(s)
    return s[k // 2] if k % 2 else (s[k // 2 - 1] + s[k // 2]) / 2


def largest(xs):
    return max(x for x in xs if x is not None)


def least(xs):
    return min(x for x in xs if x is not None)


def minus(a, b):
    return None if a is None or b is None else a - b


class Carry:
    """Holds the last present value for at most `limit` epochs."""

    def __init__(self, limit):
        self.limit, self.value, self.age = limit, None, 10**9

    def step(self, x):
        if x is not None:
            self.value, self.age = x, 0
        else:
            self.age += 1
        return self.value if self.age <= self.limit else None


class SoFar:
    """Mean of all defined values since the start."""

    def __init__(self):
        self.n, self.sum = 0, 0.0

    def step(self, x):
        if x is not None:
            self.n, self.sum = self.n + 1, self.sum + x
        return self.sum / self.n if self.n else None


class Since:
    """ln(1 + epochs since the flag was true)."""

    def __init__(self):
        self.count = 0

    def step(self, flag):
        self.count = 0 if flag else self.count + 1
        return math.log1p(self.count)


class Causal:
    def __init__(self):
        self.i = -1
        self.hr_carry, self.mo_carry, self.co_carry = Carry(CARRY_HR), Carry(CARRY_MOTION), Carry(CARRY_MOTION)
        self.hist, self.hist_n = [0] * 461, 0
        self.v, self.b, self.lb, self.c, self.n, self.fine = [], [], [], [], [], []
        self.steps, self.sd10, self.m5, self.surges = [], [], [], []
        self.so = {k: SoFar() for k in ("sd20", "sd40", "ad20", "fs20", "lb")}
        self.since = {k: Since() for k in ("surge", "s05", "s5", "s30", "coarse")}
        self.onset = None

    def quantile(self, q):
        if not self.hist_n:
            return None
        total = 0
        for k, x in enumerate(self.hist):
            total += x
            if total >= q * self.hist_n:
                return k / 2

    def step(self, hr_n, hr_mean, hr_var, mo_n, mo_mean, coarse):
        """One epoch; coarse is 1, 0 or None. Returns a dict of features."""
        self.i += 1
        f = {}
        v = self.hr_carry.step(hr_mean if hr_n > 0 else None)
        b = self.mo_carry.step(mo_mean if mo_n > 0 else None)
        c = self.co_carry.step(coarse)
        self.v.append(v), self.b.append(b), self.c.append(c), self.n.append(hr_n)
        self.lb.append(None if b is None else math.log1p(b))
        self.fine.append(hr_var if hr_n >= 3 else None)
        self.time(f, b)
        self.heart(f, v)
        self.motion(f, b)
        self.coarse(f, c)
        return f

    def time(self, f, b):
        f["hours"] = min(self.i / 120, 12)
        w = [x for x in self.b[-20:] if x is not None]
        quiet = self.i >= 19 and len(w) >= 10 and sum(x > 5 for x in w) <= 0.1 * len(w)
        if self.onset is None and quiet:
            self.onset = self.i
        f["onsetHours"] = None if b is None else 0.0 if self.onset is None else min((self.i - self.onset) / 120, 12)

    def heart(self, f, v):
        if v is not None:
            self.hist[min(460, max(0, math.floor(2 * v + 0.5)))] += 1
            self.hist_n += 1
        low, med = self.quantile(0.1), self.quantile(0.5)
        m = {w: mean(self.v[-w:]) for w in (4, 5, 10, 20, 60, 120)}
        sd = {w: log_sd(self.v[-w:]) for w in (6, 10, 20, 40)}
        self.m5.append(m[5]), self.sd10.append(sd[10])
        self.steps.append(abs(v - self.v[-2]) if len(self.v) > 1 and v is not None and self.v[-2] is not None else None)
        a = mean(self.steps[-20:])
        ad20 = None if a is None else math.log(0.1 + a)
        fs = {w: mean(self.fine[-w:]) for w in (5, 20)}
        fs = {w: None if x is None else 0.5 * math.log(0.1 + x) for w, x in fs.items()}
        med20 = median(self.v[-20:])
        surge = None if v is None else v - med20 > 6
        self.surges.append(None if surge is None else float(surge))
        r = {k: minus(x, self.so[k].step(x)) for k, x in (("sd20", sd[20]), ("sd40", sd[40]), ("ad20", ad20), ("fs20", fs[20]))}
        since = self.since["surge"].step(surge)
        f["hasHR"] = 0.0 if v is None else 1.0
        names = "hrLow hrMed hr4Med hr20Low hr60Med hrD20x60 hrD10x120 sd6 sd10 sd20 sd40 sd20r sd40r ad20 ad20r fs5 fs20 fs20r rng60 max20 min20 sdMax60 sinceSurge surge60 vlf20 hrDensity".split()
        if v is None:
            f.update({k: None for k in names})
            return
        f.update(zip(names, [
            v - low, v - med, m[4] - med, m[20] - low, m[60] - med, m[20] - m[60], m[10] - m[120],
            sd[6], sd[10], sd[20], sd[40], r["sd20"], r["sd40"], ad20, r["ad20"], fs[5], fs[20], r["fs20"],
            largest(self.v[-60:]) - least(self.v[-60:]), largest(self.v[-20:]) - med20, v - least(self.v[-20:]),
            largest(self.sd10[-60:]), since, mean(self.surges[-60:]), log_sd(self.m5[-20:]) - sd[20],
            math.log1p(mean(self.n[-20:]))]))

    def motion(self, f, b):
        night = self.so["lb"].step(self.lb[-1])
        since = [self.since[k].step(b is not None and b > t) for k, t in (("s05", 0.5), ("s5", 5), ("s30", 30))]
        f["hasMotion"] = 0.0 if b is None else 1.0
        names = "a1 a3 a10 a20 a40 a100 f60 la20 la60 la120 la20r laNight s05 s5 s30".split()
        if b is None:
            f.update({k: None for k in names})
            return
        active = [None if x is None else float(x > 2) for x in self.b[-60:]]
        la20 = mean(self.lb[-20:])
        f.update(zip(names, [math.log1p(mean(self.b[-w:])) for w in (1, 3, 10, 20, 40, 100)] + [
            mean(active), la20, mean(self.lb[-60:]), mean(self.lb[-120:]), la20 - night, night] + since))

    def coarse(self, f, c):
        since = self.since["coarse"].step(c is not None and c > 0.5)
        f["hasCoarse"] = 0.0 if c is None else 1.0
        f["coarse"], f["coarse20"], f["sinceCoarse"] = (None,) * 3 if c is None else (c, mean(self.c[-20:]), since)


def night_quantile(xs, q):
    """Linear between order statistics: position q (k - 1)."""
    s = sorted(x for x in xs if x is not None)
    if not s:
        return None
    p = q * (len(s) - 1)
    i = int(math.floor(p))
    j = min(i + 1, len(s) - 1)
    return s[i] + (s[j] - s[i]) * (p - i)


def around(xs, i, w):
    return xs[max(0, i - w // 2): i + w // 2 + 1]


def rank(xs):
    xs = [None if x is None else math.floor(1024 * x + 0.5) for x in xs]
    s = [x for x in xs if x is not None]
    return [None if x is None else (sum(y < x for y in s) + 0.5 * sum(y == x for y in s)) / len(s) for x in xs]


def centred(v, b):
    """v, b: carried heart rate and motion of the whole night. Returns a list of dicts."""
    n = len(v)
    out = [{} for _ in range(n)]
    med = night_quantile(v, 0.5)
    spread = None if med is None else night_quantile(v, 0.75) - night_quantile(v, 0.25) + 1
    here = lambda fn: [None if v[i] is None else fn(i) for i in range(n)]
    cols = {f"cm{w}": here(lambda i, w=w: mean(around(v, i, w)) - med) for w in (11, 21, 61)}
    cols["cz21"] = [None if x is None else x / spread for x in cols["cm21"]]
    for w in (7, 11, 21, 41):
        sd = here(lambda i, w=w: log_sd(around(v, i, w)))
        m = night_quantile(sd, 0.5)
        cols[f"csd{w}r"] = [minus(x, m) for x in sd]
        if w == 21:
            cols["csd21"] = sd
    cols["rankHR"], cols["rankSD"] = rank(cols["cm21"]), rank(cols["csd21"])
    lb = [None if x is None else math.log1p(x) for x in b]
    there = lambda fn: [None if b[i] is None else fn(i) for i in range(n)]
    for w in (3, 11, 21, 41):
        cols[f"ca{w}"] = there(lambda i, w=w: math.log1p(mean(around(b, i, w))))
    for w in (21, 81):
        cols[f"cla{w}"] = there(lambda i, w=w: mean(around(lb, i, w)))
    cols["hoursLeft"] = [min((n - i) / 120, 12) for i in range(n)]
    return [{k: cols[k][i] for k in cols} for i in range(n)]


def bin_epochs(hr, counts, n):
    """hr: (seconds, bpm) pairs, counts: (seconds, count) pairs. Returns n tuples for Causal.step, coarse None."""
    rows = []
    for e in range(n):
        xs = [x for t, x in hr if math.floor(t / 30) == e and 25 <= x <= 230]
        cs = [x for t, x in counts if math.floor(t / 30) == e and x >= 0]
        m = sum(xs) / len(xs) if xs else 0.0
        var = sum((x - m) ** 2 for x in xs) / len(xs) if xs else 0.0
        rows.append((len(xs), m, var, len(cs), sum(cs) / len(cs) if cs else 0.0, None))
    return rows


def night(rows):
    """All features of a night: (causal, later, centred), lists of dicts."""
    forward, back = Causal(), Causal()
    first = [forward.step(*r) for r in rows]
    later = [back.step(*r) for r in rows[::-1]][::-1]
    return first, later, centred(forward.v, forward.b)
