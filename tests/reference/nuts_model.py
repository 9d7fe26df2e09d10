"""The trend model of the package written once more, for PyMC.

Nothing is integrated out and no state space is used: every level, sector and
house effect is a parameter that NUTS samples.  Shares no code with the package.

    y_i      = x(t_i) + h_j + e_i        e_i ~ N(0, v_i + r_i + omega^2)
    x(t + d) = x(t) + N(0, tau^2 d)      x(t_1) ~ N(50, 50^2)
    h_j      = g_s + u_j                 u_j ~ N(0, sigma_h^2), g_s ~ N(0, 10^2)

No g when there is one sector.  With drift, house j adds d_j(t): zero at its
first poll, then a random walk with step kappa.  A walk that calms has the variance

    tau^2 d + shock^2 integral of exp(-(s - 24 February 2022) / 60 days) over the d days

in place of tau^2 d, with shock ~ HalfNormal(1.5), all from that day on; in place of the 60 days
they may be a parameter, calm ~ LogNormal(log 60, 0.7).  A drift that is drawn back by a factor e in
L days goes on as d_j(t + d) = exp(-d / L) d_j(t) + N(0, kappa^2 L / 2 (1 - exp(-2 d / L))).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

N_REPORT_DAYS = 30
CALM_FROM, CALM_DAYS = pd.Timestamp("2022-02-24"), 60.0


@dataclass
class Polls:
    """Arrays of one case; days count from the first mid-field date."""

    share: np.ndarray
    known_variance: np.ndarray
    day: np.ndarray
    house: np.ndarray
    houses: list[str]
    sectors: list[str]
    sector_of_house: np.ndarray
    first_date: pd.Timestamp
    report_days: np.ndarray
    knots: np.ndarray


def read_polls(path):
    """Read a frozen input and compute what is known before sampling."""
    frame = pd.read_csv(path, parse_dates=["start_date", "end_date"])
    # Middle day of fieldwork, the earlier one of two middles.
    half = (frame["end_date"] - frame["start_date"]).dt.days // 2
    mid = frame["start_date"] + pd.to_timedelta(half, unit="D")
    frame = frame.assign(mid=mid).sort_values(["mid", "poll_id"], kind="stable")
    n, y = frame["sample_size"].to_numpy(float), frame["share_pct"].to_numpy(float)
    p = (n * y + 50) / (n + 1)
    sampling = frame["design_effect"].to_numpy(float) * p * (100 - p) / n
    unit = 10.0 ** -frame["decimals"].to_numpy(float)
    rounding = frame["n_parts"].to_numpy(float) * unit**2 / 12
    houses = sorted(frame["house_id"].unique())
    sectors = sorted(frame["sector"].unique())
    sector_of = dict(zip(frame["house_id"], frame["sector"], strict=True))
    day = (frame["mid"] - frame["mid"].min()).dt.days.to_numpy()
    report_days = np.round(np.linspace(0, day.max(), N_REPORT_DAYS)).astype(int)
    return Polls(
        share=y,
        known_variance=sampling + rounding,
        day=day,
        house=np.array([houses.index(h) for h in frame["house_id"]]),
        houses=houses,
        sectors=sectors if len(sectors) > 1 else [],
        sector_of_house=np.array([sectors.index(sector_of[h]) for h in houses]),
        first_date=frame["mid"].min(),
        report_days=report_days,
        knots=np.union1d(day, report_days),
    )


def build_model(polls, drift=False, calming=False):
    """All scales, levels and effects are free parameters; the walk is non-centred."""
    n_houses = len(polls.houses)
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 0.5)
        omega = pm.HalfNormal("omega", 3.0)
        sigma_h = pm.HalfNormal("sigma_h", 10.0)
        centre = 0.0
        if polls.sectors:
            g = pm.Deterministic("g", 10.0 * pm.Normal("g_raw", shape=len(polls.sectors)))
            centre = g[polls.sector_of_house]
        # Centred: the polls know most houses far better than sigma_h does.
        h = pm.Normal("h", centre, sigma_h, shape=n_houses)
        # Polls see x + mean(h), not x; sampling that sum avoids a ridge.  The shift has
        # Jacobian 1, so the prior stays the one of x(t_1).
        first = polls.share.mean() + 3.0 * pm.Flat("first_raw")
        pm.Potential("first_prior", -0.5 * ((first - h.mean() - 50.0) / 50.0) ** 2)
        level = pm.Deterministic("level", first + walk_of_level(polls, tau, calming))
        at = np.searchsorted(polls.knots, polls.day)
        mean = level[at] + (h - h.mean())[polls.house]
        if drift:
            mean = mean + _drift(polls)
        pm.Normal("y", mean, pt.sqrt(polls.known_variance + omega**2), observed=polls.share)
    return model


def walk_of_level(polls, tau, calming, is_calm_estimated=False):
    """Steps of the level summed up, zero on the first day."""
    gap = np.diff(polls.knots).astype(float)
    variance = tau**2 * gap
    if calming:
        since = np.maximum(polls.knots - (CALM_FROM - polls.first_date).days, 0)
        days = pm.LogNormal("calm", np.log(CALM_DAYS), 0.7) if is_calm_estimated else CALM_DAYS
        passed = days * (np.exp(-since[:-1] / days) - np.exp(-since[1:] / days))
        variance = variance + pm.HalfNormal("shock", 1.5) ** 2 * passed
    step = pt.sqrt(variance) * pm.Normal("step_raw", shape=len(gap))
    return pt.concatenate([[0.0], pt.cumsum(step)])


def _drift(polls, drift_days=None):
    """Drift of each poll's house at its poll: a walk over that house's own polls."""
    if drift_days is not None:
        return _reverting_drift(polls, drift_days)
    kappa = pm.HalfNormal("kappa", 0.15)
    order, root_gap, starts = own_polls(polls)
    raw = pm.Normal("drift_raw", shape=int((~starts).sum()))
    steps = pt.zeros(len(order))
    steps = pt.set_subtensor(steps[np.flatnonzero(~starts)], raw * root_gap[~starts])
    total = pt.cumsum(steps)
    # Subtract the total at the first poll of the same house.
    begin = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    drift = kappa * (total - total[begin])
    return pm.Deterministic("drift", drift[np.argsort(order)])


def _reverting_drift(polls, drift_days):
    """Drift of each poll's house, drawn back: a recursion, as a matrix on normal draws."""
    kappa = pm.HalfNormal("kappa", 0.15)
    order, root_gap, starts = own_polls(polls)
    kept = np.where(starts, 0.0, np.exp(-(root_gap**2) / drift_days))
    added = np.sqrt(0.5 * drift_days * (1 - np.exp(-2 * root_gap**2 / drift_days)))
    path = np.zeros((len(order), len(order)))
    for i in range(len(order)):
        if not starts[i]:
            path[i] = kept[i] * path[i - 1]
            path[i, i] = added[i]
    raw = pm.Normal("drift_raw", shape=int((~starts).sum()))
    drift = kappa * pt.dot(path[:, ~starts], raw)
    return pm.Deterministic("drift", drift[np.argsort(order)])


def own_polls(polls):
    """Polls in the order house, day; root of the gap to the house's last poll; first ones."""
    order = np.lexsort([np.arange(len(polls.day)), polls.day, polls.house])
    house, day = polls.house[order], polls.day[order]
    starts = np.append(True, house[1:] != house[:-1])
    gap = np.where(starts, 0, np.diff(day, prepend=day[0]))
    return order, np.sqrt(np.where(starts, 0, gap).astype(float)), starts
