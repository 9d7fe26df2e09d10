"""The composition once more, as one dense Gaussian in plain numpy.

Written from the equations, sharing no code with the package: no state space, no filter, no
transformed rows.  Both parts of all polls, of the level on every day, of each house's effect
and of its drift on every day are one normal vector; conditioning on the printed shares is two
lines of linear algebra.
"""

from dataclasses import dataclass

import numpy as np
from reference.dense_gaussian import mid_days

PARTS = ("for", "against")


@dataclass
class Dense:
    """Log likelihood and posterior of (levels, house effects, drifts), each with both parts last.

    The vector holds level[day, part], then effect[house, part], then drift[house, day, part].
    """

    loglike: float
    mean: np.ndarray
    cov: np.ndarray
    n_days: int
    houses: list[str]

    def row(self, part, days=(), houses=(), drifts=()):
        """One row of weights for a part: {day: w}, {house: w}, {(house, day): w}."""
        row = np.zeros(len(self.mean))
        for day, weight in dict(days).items():
            row[2 * day + part] += weight
        start = 2 * self.n_days
        for house, weight in dict(houses).items():
            row[start + 2 * self.houses.index(house) + part] += weight
        start += 2 * len(self.houses)
        for (house, day), weight in dict(drifts).items():
            row[start + 2 * (self.houses.index(house) * self.n_days + day) + part] += weight
        return row

    def as_house(self, part, house, day):
        """Row of the level of a part on a day as a house measures it."""
        return self.row(part, {day: 1.0}, {house: 1.0}, {(house, day): 1.0})

    def moments(self, rows):
        """Posterior means and sds of rows of weights."""
        variance = np.einsum("...i,ij,...j->...", rows, self.cov, rows)
        return rows @ self.mean, np.sqrt(variance)


def pair(sd, correlation):
    """Covariance of two parts."""
    return np.diag(sd) @ np.array([[1, correlation], [correlation, 1]]) @ np.diag(sd)


def errors_of(frame, omega):
    """Covariance of the errors of all shares, printed or not: (2 n, 2 n)."""
    n_polls = len(frame)
    cov = np.zeros((2 * n_polls, 2 * n_polls))
    for i in range(n_polls):
        poll = frame.iloc[i]
        n, deff = float(poll["sample_size"]), float(poll.get("design_effect", 1.0))
        y = np.array([poll[f"{part}_pct"] for part in PARTS], dtype=float)
        p = (n * y + 50) / (n + 1)
        sd = np.sqrt(deff * p * (100 - p) / n)
        # The correlation of two counts of a multinomial, shares drawn to one third.
        inside = y * min(1, 100 / y.sum()) if not np.isnan(y).any() else np.array([50.0, 0.0])
        a, b = (n * inside + 100 / 3) / (n + 1)
        correlation = -np.sqrt(a / (100 - a) * b / (100 - b))
        rounding = float(poll.get("n_parts", 1)) * 100.0 ** -float(poll["decimals"]) / 12
        block = pair(sd, correlation) + pair(omega, correlation) + rounding * np.eye(2)
        cov[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = block
    return cov


def as_pairs(params, drift):
    """Hyperparameters given by part, as :func:`condition` takes them."""
    pairs = {k: [v[p] for p in PARTS] if isinstance(v, dict) else v for k, v in params.items()}
    return pairs if drift else pairs | {"kappa": [0.0, 0.0]}


def condition(frame, params, calming=None):
    """Condition on the printed shares at hyperparameters.

    `params` is a dict: tau, omega, sigma_h, kappa (pairs; kappa zero without drift), rho_x, rho_h;
    shock (a pair) with `calming`, day and length of a shock.
    """
    day, house = mid_days(frame), frame["house_id"].to_numpy()
    n_days, houses = int(day.max()) + 1, sorted(set(house))
    sector_of = dict(zip(house, frame["sector"], strict=True)) if "sector" in frame else {}
    several = len(set(sector_of.values())) > 1
    t = np.arange(n_days)
    walked = np.minimum(t[:, None], t[None, :])
    both = np.ones((n_days, n_days))
    level = np.kron(50.0**2 * both, np.eye(2)) + np.kron(
        walked, pair(params["tau"], params["rho_x"])
    )
    if calming is not None:
        start, length = calming
        clock = length * (1 - np.exp(-np.maximum(t - start, 0) / length))
        clock = clock - clock[0]
        passed = np.minimum(clock[:, None], clock[None, :])
        level = level + np.kron(passed, pair(params["shock"], params["rho_x"]))
    together = np.eye(len(houses))
    effects = np.kron(together, pair(params["sigma_h"], params["rho_h"]))
    if several:
        same = np.array([[float(sector_of[a] == sector_of[b]) for b in houses] for a in houses])
        effects = effects + 10.0**2 * np.kron(same, np.eye(2))
    k = 2 * (n_days + len(houses) + n_days * len(houses))
    prior = np.zeros((k, k))
    a, b = 2 * n_days, 2 * (n_days + len(houses))
    prior[:a, :a], prior[a:b, a:b] = level, effects
    for j, name in enumerate(houses):
        since = np.maximum(t - day[house == name].min(), 0)
        own = slice(b + 2 * j * n_days, b + 2 * (j + 1) * n_days)
        drifted = np.minimum(since[:, None], since[None, :])
        prior[own, own] = np.kron(drifted, pair(params["kappa"], params["rho_h"]))
    mean = np.concatenate([np.full(a, 50.0), np.zeros(k - a)])

    pick = np.zeros((2 * len(day), k))
    for i, (d, name) in enumerate(zip(day, house, strict=True)):
        j = houses.index(name)
        for part in (0, 1):
            pick[2 * i + part, [2 * d + part, a + 2 * j + part]] = 1
            pick[2 * i + part, b + 2 * (j * n_days + d) + part] = 1
    y = frame[[f"{part}_pct" for part in PARTS]].to_numpy(float).ravel()
    seen = ~np.isnan(y)
    noise = errors_of(frame, params["omega"])[np.ix_(seen, seen)]
    pick, y = pick[seen], y[seen]
    cov_y = pick @ prior @ pick.T + noise
    gain = np.linalg.solve(cov_y, pick @ prior).T
    residual = y - pick @ mean
    quadratic = residual @ np.linalg.solve(cov_y, residual)
    loglike = -0.5 * (len(y) * np.log(2 * np.pi) + np.linalg.slogdet(cov_y)[1] + quadratic)
    return Dense(loglike, mean + gain @ residual, prior - gain @ pick @ prior, n_days, houses)
