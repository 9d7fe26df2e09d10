"""Ours on one CSV: `run_ours.py full|map|plugin|reference|as_of POLLS.csv [MODEL]`."""

import sys

import numpy as np
import pandas as pd

from analysis import PollTrend, as_of_history
from analysis.parties import draws
from analysis.parties import model as parties
from analysis.trend.hyperparameters import lattice, quadrature
from peers.cases import MODELS, N_REPORTED
from peers.usage import Clock, memory_mb, tell

# Warm runs: at least two more, until they have taken this many seconds together.
WARM_SECONDS = 3.0
N_VINTAGES = 300
# Points, and draws, of the long reference of several parties.
N_REFERENCE, DRAWS_REFERENCE = 1024, 16_384


def choose_days(day):
    """Poll days, evenly spread over the polls, on which the level is reported."""
    return day[np.round(np.linspace(0, len(day) - 1, N_REPORTED)).astype(int)]


def fit_ours(obs, method, model):
    """Posterior of scales, level and effects."""
    return PollTrend(obs, **MODELS.get(model, {})).fit(method)


def fit_plugin(obs):
    """The same model by statsmodels alone: maximum likelihood, plugged into its smoother."""
    model = PollTrend(obs).statespace
    return model, model.fit(disp=False)


def level_of_ours(results):
    """Mean and sd of the level on the reported days."""
    days = choose_days(results.observations.day)
    level = results.queries.level(days, results.weights_of("houses"))
    return level.centre.tolist(), np.sqrt(level.total_variance).tolist()


def level_of_parties(results):
    """Mean and sd of all parties on the reported days, one party after the other."""
    observations = results.observations
    dates = observations.first_date + choose_days(observations.day).astype("timedelta64[D]")
    table = results.trend().set_index(["part", "date"])
    shares = [table.loc[part].loc[dates] for part in results.parts[:-1]]
    return [[float(v) for one in shares for v in one[column]] for column in ("mean", "sd")]


def level_of_plugin(fitted):
    """The same from the smoothed states of statsmodels."""
    model, results = fitted
    design = model.design
    steps = np.round(np.linspace(0, len(design.day) - 1, N_REPORTED)).astype(int)
    weights = np.append(1.0, design.house_map.mean(axis=0))
    mean = weights @ results.smoothed_state[:, steps]
    var = np.einsum("i,ijt,j->t", weights, results.smoothed_state_cov[:, :, steps], weights)
    return mean.tolist(), np.sqrt(var).tolist()


def refine_lattice():
    """Half the spacing and half as far again: the long reference."""
    quadrature.FIRST_SPACING /= 2
    quadrature.TOLERANCE = 1e-4
    lattice.REACH = quadrature.REACH = 10.0
    lattice.DROPPED_WEIGHT = 1e-8


def measure(fit, level):
    """First and warm run of a fit; the level is read off outside the clock."""
    clock = Clock()
    fitted = fit()
    first, cpu = clock.read()
    memory, peak = clock.memory_above_import(), memory_mb("VmHWM")
    warm: list[tuple[float, float]] = []
    while first < 30 and (len(warm) < 2 or sum(wall for wall, _ in warm) < WARM_SECONDS):
        clock.restart()
        fit()
        warm.append(clock.read())
    best = min(warm, default=(first, cpu))
    mean, sd = level(fitted)
    return fitted, {
        "first": first, "first_cpu": cpu, "warm": best[0], "warm_cpu": best[1],
        "memory": memory, "peak": peak, "mean": mean, "sd": sd,
    }  # fmt: skip


def run_as_of(obs):
    """Refit as of the days on which the last 300 batches of polls ended."""
    days = sorted(obs["end_date"].unique())[-N_VINTAGES:]
    clock = Clock()
    history = as_of_history(obs, days)
    wall, cpu = clock.read()
    fits = int((history["n_polls"].diff() != 0).sum())
    tell(wall=wall, cpu=cpu, dates=len(days), fits=fits)


def main(program, path, model=""):
    """Run one program."""
    obs = pd.read_csv(path, parse_dates=["start_date", "end_date"])
    if program == "as_of":
        run_as_of(obs)
        return
    if program == "plugin":
        _, numbers = measure(lambda: fit_plugin(obs), level_of_plugin)
        tell(**numbers)
        return
    if model == "parties":
        if program == "reference":
            parties.N_POINTS, draws.MOST_DRAWS = N_REFERENCE, DRAWS_REFERENCE
            draws.LEVELS_BYTES = np.inf
        answers = [column.removesuffix("_pct") for column in obs.filter(regex="_pct$")]
        tell(**measure(lambda: parties.PartiesTrend(obs, answers).fit(), level_of_parties)[1])
        return
    if program == "reference":
        refine_lattice()
    method = "map" if program == "map" else "full"
    results, numbers = measure(lambda: fit_ours(obs, method, model), level_of_ours)
    clock = Clock()
    results.trend()
    tell(**numbers, trend=clock.read()[0], **results.fit_info.details)


if __name__ == "__main__":
    main(*sys.argv[1:])
