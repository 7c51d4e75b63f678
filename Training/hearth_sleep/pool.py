"""Normalisation, and the pool of nights a net draws its training from."""
import numpy as np

from . import features, nights

THIN_SHARE = 0.15  # of the unvaried nights a net sees: heart rate once a minute
HEART = set(features.CAUSAL_NAMES[2:27]) | {"hasHR", "hrDensity"} | {
    "cm11", "cm21", "cm61", "cz21", "csd21", "csd7r", "csd11r", "csd21r", "csd41r", "rankHR", "rankSD"}
MOTION = {"onsetHours", "hasMotion"} | set(features.CAUSAL_NAMES[27:42]) | {"ca3", "ca11", "ca21", "ca41", "cla21", "cla81"}
COARSE = {"coarse", "coarse20", "sinceCoarse", "hasCoarse"}


def group_of(name):
    """Which input a feature needs: heart, motion, coarse, or none (time)."""
    name = name.removeprefix("later.")
    return "heart" if name in HEART else "motion" if name in MOTION else "coarse" if name in COARSE else "time"


class Scaler:
    """The fixed affine map of the features, fitted on the given rows; undefined becomes 0 after it."""

    def __init__(self, rows, names):
        self.mean, self.scale = np.nanmean(rows, 0), np.nanstd(rows, 0) + 1e-3
        plain = [k for k, n in enumerate(names) if n in features.MASKS]
        self.mean[plain], self.scale[plain] = 0, 1
        self.mean, self.scale = self.mean.astype(np.float32), self.scale.astype(np.float32)

    def __call__(self, x):
        return np.nan_to_num(np.clip((x - self.mean) / self.scale, -4, 4)).astype(np.float32)


class Pool:
    """Features of every subject's night and of its variations. Columns are `names`."""

    def __init__(self, all_nights, variants, seed, columns):
        rng = np.random.default_rng(seed)
        self.names = [features.NIGHT_NAMES[k] for k in columns]
        self.width = len(columns)
        kinds = np.array([group_of(n) for n in self.names])
        self.of = {k: np.where(kinds == k)[0] for k in ("heart", "motion", "coarse")}
        self.clean, self.varied, self.thinned = [], [], []
        for night in all_nights:
            self.clean.append(self.rows(night, columns))
            sparse = nights.Night(night.subject, nights.thin(night.epochs, rng), night.stages)
            self.thinned.append(self.rows(sparse, columns))
            self.varied.append([self.rows(nights.vary(night, rng), columns) for _ in range(variants)])

    @staticmethod
    def rows(night, columns):
        ep = night.epochs
        ep.coarse = nights.walking(ep)
        return features.extract_night(ep)[:, columns].astype(np.float32), night.stages

    def pick(self, subject, rng, share):
        """The subject's night; with probability `share` one of its variations, else now and then thinned."""
        if self.varied[subject] and rng.random() < share:
            return self.varied[subject][rng.integers(len(self.varied[subject]))]
        return self.thinned[subject] if rng.random() < THIN_SHARE else self.clean[subject]

    def scaler(self, subjects):
        return Scaler(np.vstack([self.clean[j][0] for j in subjects]), self.names)

    def only(self, x, variant):
        """Normalised features with every input absent that the variant lacks (a copy)."""
        x = x.copy()
        for kind in {"both": ["coarse"], "coarse": ["motion"], "sparse": ["motion"], "motion": ["heart", "coarse"],
                     "heart": ["motion", "coarse"]}[variant]:
            x[:, self.of[kind]] = 0
        return x

    def hide(self, x, rng):
        """A random variant, most often with both inputs."""
        return self.only(x, rng.choice(["both", "coarse", "motion", "heart"], p=[0.79, 0.07, 0.07, 0.07]))
