"""Simulated polls of three parties or more, of the model itself."""

import numpy as np
import pandas as pd

NAMES = ("red", "blue", "green")
TRUTH = np.array([38.0, 30.0, 9.0])
PARAMS = np.array([0.3, 1.5, 3.0])


def simulate(rng, n=24, n_days=90, n_houses=4, truth=TRUTH, params=PARAMS, gaps=True):
    """Polls of the model itself, partly printed unless all are, and the level of the last day."""
    k = len(truth)
    shape = (np.diag(100 * truth) - np.outer(truth, truth)) / 2500
    root = np.linalg.cholesky(shape)
    tau, omega, sigma_h = params
    level = truth + np.cumsum(tau * rng.standard_normal((n_days, k)) @ root.T, axis=0)
    effects = sigma_h * rng.standard_normal((n_houses, k)) @ root.T
    house = np.concatenate([np.arange(n_houses), rng.integers(0, n_houses, n - n_houses)])
    day = np.sort(rng.integers(0, n_days, n))
    size = rng.integers(800, 3000, n)
    mean = level[day] + effects[house] + omega * rng.standard_normal((n, k)) @ root.T
    p = np.clip(np.column_stack([mean, 100 - mean.sum(axis=1)]), 0.1, None)
    counts = [rng.multinomial(m, q / q.sum()) for m, q in zip(size, p, strict=True)]
    shares = 100 * np.array(counts)[:, :k] / size[:, None]
    names = (*NAMES, *(f"party_{i}" for i in range(len(NAMES), k)))[:k]
    frame = pd.DataFrame(shares.round(1), columns=[f"{name}_pct" for name in names])
    date = pd.Timestamp("2022-03-01") + pd.to_timedelta(day, unit="D")
    frame = frame.assign(start_date=date, end_date=date, sample_size=size, decimals=1)
    frame["house_id"] = [f"h{j}" for j in house]
    frame["poll_id"] = [f"p{i}" for i in range(n)]
    if gaps:
        frame["sector"] = np.where(house < 2, "one", "two")
        frame.loc[frame.index % 5 == 3, "green_pct"] = np.nan
    return frame, level[-1] + effects.mean(axis=0)
