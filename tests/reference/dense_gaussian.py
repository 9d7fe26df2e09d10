"""The trend model once more, as one dense Gaussian in plain numpy.

Written from the equations, sharing no code with the package: no state space,
no filter, no checked frame.  All polls, daily levels and effects are one
normal vector; conditioning on the polls is two lines of linear algebra.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Dense:
    """Log likelihood and posterior of (levels at days, house effects, sector effects)."""

    loglike: float
    mean: np.ndarray
    cov: np.ndarray
    n_days: int
    houses: list[str]
    sectors: list[str]

    def level(self, weights=()):
        """Mean and sd of the daily level plus a weighted mean of the house effects."""
        rows = np.zeros((self.n_days, len(self.mean)))
        rows[:, : self.n_days] = np.eye(self.n_days)
        for house, weight in dict(weights).items():
            rows[:, self.n_days + self.houses.index(house)] = weight
        return self.combine(rows)

    def combine(self, rows):
        """Mean and sd of linear combinations."""
        return rows @ self.mean, np.sqrt(((rows @ self.cov) * rows).sum(axis=1))

    def row(self, days=(), houses=(), sectors=(), drifts=()):
        """One row of weights from {day: w}, {house: w}, {sector: w}, {(house, day): w}."""
        row = np.zeros(len(self.mean))
        for day, weight in dict(days).items():
            row[day] += weight
        for house, weight in dict(houses).items():
            row[self.n_days + self.houses.index(house)] += weight
        for sector, weight in dict(sectors).items():
            row[self.n_days + len(self.houses) + self.sectors.index(sector)] += weight
        start = self.n_days + len(self.houses) + len(self.sectors)
        for (house, day), weight in dict(drifts).items():
            row[start + self.houses.index(house) * self.n_days + day] += weight
        return row


def mid_days(frame):
    """Middle day of fieldwork, counted from the earliest; the earlier of two middles."""
    start, end = (frame[c].to_numpy().astype("datetime64[D]") for c in ("start_date", "end_date"))
    mid = start + (end - start) // 2
    return (mid - mid.min()).astype(int)


def walk_cov(n_days, tau, shock=0.0, start=0, calm_days=1.0):
    """Covariance of the level's walk from day 0: its variance a day, added up in closed form.

    From day `start` on a shock adds `shock ** 2 * exp(-(t - start) / calm_days)` a day.
    """
    t = np.arange(n_days)
    since, at_first = np.maximum(t - start, 0), max(-start, 0)
    added = calm_days * (np.exp(-at_first / calm_days) - np.exp(-since / calm_days))
    variance = tau**2 * t + shock**2 * added
    return np.minimum(variance[:, None], variance[None, :])


def drift_cov(since, kappa, drift_days=None):
    """Covariance of a house's drift, zero on its first day, by days since then.

    Drawn back by a factor e in `drift_days` it is an Ornstein-Uhlenbeck process.
    """
    if drift_days is None:
        return kappa**2 * np.minimum(since[:, None], since[None, :])
    apart, both = np.abs(since[:, None] - since), since[:, None] + since
    return 0.5 * kappa**2 * drift_days * (np.exp(-apart / drift_days) - np.exp(-both / drift_days))


def condition(frame, scales, rounding_var, extra_days=0, calming=None, drift_days=None):
    """Condition on the polls of a frame at scales (tau, omega, sigma_h[, kappa]).

    Days run from the first mid-field date to `extra_days` after the last.  `calming` is
    (shock, day of the shock, days by which its variance falls by e); drifts are drawn back by a
    factor e in `drift_days`.
    """
    tau, omega, sigma_h, *drifting = scales
    y = frame["share_pct"].to_numpy(float)
    n = frame["sample_size"].to_numpy(float)
    deff = frame["design_effect"].to_numpy(float) if "design_effect" in frame else np.ones(len(y))
    p = (n * y + 50) / (n + 1)
    noise = deff * p * (100 - p) / n + rounding_var + omega**2
    day = mid_days(frame)
    n_days = int(day.max()) + 1 + extra_days
    house = frame["house_id"].to_numpy()
    houses = sorted(set(house))
    sector_of = dict(zip(house, frame["sector"], strict=True)) if "sector" in frame else {}
    sectors = sorted(set(sector_of.values()))
    sectors = sectors if len(sectors) > 1 else []

    t = np.arange(n_days)
    level_cov = 50.0**2 + walk_cov(n_days, tau, *(calming or ()))
    belongs = np.array([[float(sector_of[h] == s) for s in sectors] for h in houses])
    belongs = belongs.reshape(len(houses), len(sectors))
    house_cov = sigma_h**2 * np.eye(len(houses)) + 10.0**2 * belongs @ belongs.T
    n_drifts = n_days * len(houses) if drifting else 0
    k = n_days + len(houses) + len(sectors) + n_drifts
    prior = np.zeros((k, k))
    a, b = n_days, n_days + len(houses)
    c = b + len(sectors)
    prior[:a, :a] = level_cov
    prior[a:b, a:b] = house_cov
    prior[a:b, b:c] = 10.0**2 * belongs
    prior[b:c, a:b] = prior[a:b, b:c].T
    prior[b:c, b:c] = 10.0**2 * np.eye(len(sectors))
    for j, name in enumerate(houses if drifting else []):
        since = np.maximum(t - day[house == name].min(), 0)
        block = slice(c + j * n_days, c + (j + 1) * n_days)
        prior[block, block] = drift_cov(since, drifting[0], drift_days)
    mean = np.concatenate([np.full(n_days, 50.0), np.zeros(k - n_days)])

    pick = np.zeros((len(y), k))
    pick[np.arange(len(y)), day] = 1
    pick[np.arange(len(y)), [n_days + houses.index(h) for h in house]] = 1
    if drifting:
        pick[
            np.arange(len(y)),
            [c + houses.index(h) * n_days + d for h, d in zip(house, day, strict=True)],
        ] = 1
    cov_y = pick @ prior @ pick.T + np.diag(noise)
    gain = np.linalg.solve(cov_y, pick @ prior).T
    residual = y - pick @ mean
    quadratic = residual @ np.linalg.solve(cov_y, residual)
    loglike = -0.5 * (len(y) * np.log(2 * np.pi) + np.linalg.slogdet(cov_y)[1] + quadratic)
    posterior = prior - gain @ pick @ prior
    return Dense(loglike, mean + gain @ residual, posterior, n_days, houses, sectors)
