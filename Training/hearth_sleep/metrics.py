"""Accuracy of staging against polysomnography. Stages: 0 wake, 1 light, 2 deep, 3 REM; -1 unscored."""
import numpy as np

THREE = np.array([0, 1, 1, 2])


def confusion(truth, said, k=4):
    """Rows: polysomnography; columns: the model."""
    c = np.zeros((k, k), int)
    np.add.at(c, (truth, said), 1)
    return c


def kappa(c):
    """Cohen's kappa of a confusion matrix; NaN where agreement by chance is complete."""
    n = c.sum()
    chance = (c.sum(0) * c.sum(1)).sum() / n**2
    return float((np.trace(c) / n - chance) / (1 - chance)) if chance < 1 else float("nan")


def wake_specificity(truth, wake, sensitivity=0.93):
    """Share of wake found where `sensitivity` of sleep is kept (at least), thresholding the wake score."""
    asleep = np.sort(wake[truth > 0])
    limit = asleep[int(np.ceil(sensitivity * len(asleep))) - 1]
    return float((wake[truth == 0] > limit).mean())


def calibration_error(truth, p, bins=10):
    """Expected calibration error of the most probable stage, over equal-width bins."""
    top, right = p.max(1), p.argmax(1) == truth
    cell = np.minimum((top * bins).astype(int), bins - 1)
    return float(sum(abs(right[cell == b].mean() - top[cell == b].mean()) * (cell == b).mean() for b in np.unique(cell)))


def brier(truth, p):
    """Mean over epochs of the summed squared error of the four probabilities."""
    return float(((p - np.eye(4)[truth]) ** 2).sum(1).mean())


def three(p):
    """Probabilities of wake, NREM, REM."""
    return np.column_stack([p[:, 0], p[:, 1] + p[:, 2], p[:, 3]])


def night_figures(truth, p, said):
    """The figures of one night, or of all nights together."""
    ok = truth >= 0
    truth, p, said = truth[ok], p[ok], said[ok]
    c = confusion(truth, said)
    return {
        "epochs": int(len(truth)),
        "kappa4": kappa(c),
        "accuracy4": float(np.trace(c) / c.sum()),
        "accuracy3": float((three(p).argmax(1) == THREE[truth]).mean()),
        "accuracy3OfHypnogram": float((THREE[said] == THREE[truth]).mean()),
        "wakeSpecificityAt93": wake_specificity(truth, p[:, 0]) if (truth == 0).any() else float("nan"),
        "tstErrorMinutes": float(((said > 0).sum() - (truth > 0).sum()) / 2),
        "confusion": c.tolist(),
        "ece": calibration_error(truth, p),
        "brier": brier(truth, p),
        "wakeBrier": float(((p[:, 0] - (truth == 0)) ** 2).mean()),
        "logLoss": float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-9)).mean()),
        "majority": {"accuracy4": float(c.sum(1).max() / c.sum()), "accuracy3": float(np.bincount(THREE[truth]).max() / len(truth))},
    }


def summarise(truths, ps, saids, subjects):
    """Pooled figures, mean and spread over subjects, and each subject's own."""
    each = [night_figures(*a) for a in zip(truths, ps, saids)]
    pooled = night_figures(np.concatenate(truths), np.concatenate(ps), np.concatenate(saids))
    keys = ["kappa4", "accuracy4", "accuracy3", "accuracy3OfHypnogram", "wakeSpecificityAt93", "ece", "brier"]
    spread = {}
    for k in keys:
        v = np.array([e[k] for e in each])
        spread[k] = {"mean": float(np.nanmean(v)), "sd": float(np.nanstd(v, ddof=1)), "low": float(np.nanmin(v)),
                     "median": float(np.nanmedian(v)), "high": float(np.nanmax(v))}
    tst = np.array([e["tstErrorMinutes"] for e in each])
    sd = float(tst.std(ddof=1))
    pooled.pop("tstErrorMinutes")
    tst = {"biasMinutes": float(tst.mean()), "sdMinutes": sd, "lowerLimit": float(tst.mean() - 1.96 * sd),
           "upperLimit": float(tst.mean() + 1.96 * sd), "meanAbsoluteMinutes": float(np.abs(tst).mean())}
    return {"pooled": pooled, "subjects": spread, "tst": tst, "each": dict(zip(subjects, each))}
