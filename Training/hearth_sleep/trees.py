"""Gradient-boosted trees over the same normalised features: the explainable alternative, and a member of the mix."""
import lightgbm
import numpy as np

PARAMETERS = {
    "objective": "multiclass", "num_class": 4, "learning_rate": 0.1, "num_leaves": 6, "min_data_in_leaf": 80,
    "feature_fraction": 0.3, "bagging_fraction": 0.5, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 63,
    "verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True,
}
ROUNDS = 80
# variant, one epoch in how many, weight
VARIANTS = (("both", 1, 1.0), ("coarse", 4, 0.6), ("sparse", 3, 0.6), ("motion", 4, 0.6), ("heart", 4, 0.6))


def rows_of(pool, subjects, scaler, rng):
    """Scored epochs with both inputs, and a quarter as many for each variant that lacks one or is sparse."""
    xs, ys, ws = [], [], []
    for j in subjects:
        y = pool.clean[j][1]
        ok = np.where(y >= 0)[0]
        for variant, share, weight in VARIANTS:
            x = scaler((pool.thinned if variant == "sparse" else pool.clean)[j][0])
            i = ok if share == 1 else rng.choice(ok, len(ok) // share, replace=False)
            xs.append(pool.only(x, variant)[i])
            ys.append(y[i])
            ws.append(np.full(len(i), weight))
    return np.vstack(xs), np.concatenate(ys), np.concatenate(ws)


def train(pool, groups, scalers, seed):
    """One booster per group of subjects, as LightGBM's own text."""
    out = []
    for group, scaler in zip(groups, scalers):
        x, y, w = rows_of(pool, group, scaler, np.random.default_rng([seed, *map(int, group)]))
        data = lightgbm.Dataset(x, y, weight=w)
        out.append(lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS).model_to_string())
    return out


def run(text, x):
    """Raw scores [T, 4] of a booster."""
    return lightgbm.Booster(model_str=text).predict(x, raw_score=True, num_threads=1)
