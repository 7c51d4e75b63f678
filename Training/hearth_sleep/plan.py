"""Which nights train which model, and which models there are."""
import numpy as np

from . import features

GROUPS = 6  # of subjects, for the inner folds
causal = list(features.CAUSAL_NAMES)

# name: (kind, direction, feature names, units)
MODELS = {
    "online": ("net", 1, causal, 24),
    "onlineTrees": ("trees", 1, causal, 0),
    "night": ("net", 1, features.NIGHT_NAMES, 24),
    "backward": ("net", -1, features.NIGHT_NAMES, 24),
    "nightTrees": ("trees", 1, features.NIGHT_NAMES, 0),
}


def columns(name):
    """Positions in the night vector of a model's features."""
    return np.array([features.NIGHT_NAMES.index(n) for n in MODELS[name][2]])


class Plan:
    """The training sets: one per left-out subject, one per pair of left-out groups, one with everyone."""

    def __init__(self, subjects, seed):
        order = np.random.default_rng(seed).permutation(subjects)
        self.group = np.empty(subjects, int)
        self.group[order] = np.arange(subjects) % GROUPS
        everyone = np.arange(subjects)
        self.sets = [np.delete(everyone, s) for s in everyone]
        self.pairs = [(a, b) for a in range(GROUPS) for b in range(a + 1, GROUPS)]
        self.sets += [np.where((self.group != a) & (self.group != b))[0] for a, b in self.pairs]
        self.sets.append(everyone)

    def leaving_out(self, subject):
        """The set trained without this subject."""
        return subject

    def inner(self, subject):
        """(other subject, set trained without the other's group and without this subject's group) for each other group."""
        a = self.group[subject]
        first = len(self.group)
        return [(j, first + self.pairs.index((min(a, b), max(a, b)))) for j, b in enumerate(self.group) if b != a]

    @property
    def final(self):
        return len(self.sets) - 1
