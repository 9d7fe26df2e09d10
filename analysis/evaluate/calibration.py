"""Does the posterior cover the truth as often as it says: simulation-based calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import Distribution
from analysis.evaluate.runner import Runner
from analysis.evaluate.simulation import Simulated, simulate_polls
from analysis.observations.references import sector_houses
from analysis.trend import PollTrend, PollTrendResults

# Days from the first poll to the last on which the level is checked.
N_DAYS = 5
HALF_NORMAL_MEDIAN = 0.6745
COLUMNS = (
    "estimand",
    "n_sets",
    "covered",
    "coverage_pct",
    "fewest",
    "most",
    "coverage_p",
    "rank_p",
    "passes",
)
Draw = Callable[[PollTrend, np.random.Generator], tuple[PollTrend, Simulated]]


def check_calibration(
    model: PollTrend,
    n_sets: int = 1000,
    seed: int = 1,
    *,
    alpha: float = 0.05,
    family_wise: float = 0.01,
    draw: Draw | None = None,
    runner: Runner | None = None,
) -> pd.DataFrame:
    """Draw truths and polls, fit each data set, and compare posterior with truth.

    Parameters
    ----------
    model : PollTrend
        Its design is kept: dates, houses, sectors and sampling variances.  On
        the percent scale.
    n_sets : int
        Simulated data sets.
    seed : int
        Of the generator that draws them all.
    alpha : float
        0.05 checks 95% intervals.
    family_wise : float
        Probability that a calibrated model fails any of the tests below, at most.
    draw : callable, optional
        From model and generator to the model to be fitted and the truth; by
        default truth and polls come from the model itself.
    runner : Runner, optional
        Where the fits run; the results do not depend on it.

    Returns
    -------
    DataFrame
        One row per estimand: n_sets, covered (intervals that hold the truth),
        coverage_pct, fewest and most (counts that binomial error allows),
        coverage_p (exact binomial test), rank_p (Kolmogorov-Smirnov test that
        the posterior's probability below the truth is uniform) and passes
        (neither p is below ``family_wise`` over the number of all tests).

    Raises
    ------
    PollInputError
        When the model is on logits.

    Notes
    -----
    When truths come from the prior and polls from the model given the truth,
    the truth is one more draw from the posterior, and its rank in it is
    uniform (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, "Validating
    Bayesian inference algorithms with simulation-based calibration",
    arXiv:1804.06788, theorem 1).  Ranks of parameters alone miss a posterior
    that left the data unread: three more turn with the data (Modrak, Moon, Kim,
    Buerkner, Huurre, Faltejskova, Gelman and Vehtari 2023, "Simulation-based
    calibration checking for Bayesian computation: the choice of test quantities
    shapes sensitivity", Bayesian Analysis, section 3).

    See Also
    --------
    analysis.evaluate.simulation.simulate_answers : what the Gaussian approximation costs.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72, 65],
    ... })
    >>> found = check_calibration(PollTrend(obs), n_sets=10)
    >>> bool(found["passes"].all())
    True
    """
    if model.options.is_logit:
        raise PollInputError("the model is on logits", "check it with scale='percent'")
    sets = _Sets(model, draw_from_model if draw is None else draw, n_sets, seed)
    rows = (runner or Runner()).run(fit_set, sets, "simulated sets of polls")
    return tabulate(pd.DataFrame(rows), alpha, family_wise)


@dataclass(frozen=True, eq=False)
class _Sets:
    """Truths with their polls, drawn as they are asked for, the same each time."""

    model: PollTrend
    draw: Draw
    n_sets: int
    seed: int

    def __len__(self) -> int:
        return self.n_sets

    def __iter__(self) -> Iterator[tuple[PollTrend, Simulated]]:
        rng = np.random.default_rng(self.seed)
        for _ in range(self.n_sets):
            yield self.draw(self.model, rng)


def fit_set(drawn: tuple[PollTrend, Simulated]) -> dict[str, float]:
    """Posterior probabilities below a truth, given the polls drawn with it."""
    fitted, truth = drawn
    return probabilities_below(fitted.fit(), truth)


def draw_from_model(model: PollTrend, rng: np.random.Generator) -> tuple[PollTrend, Simulated]:
    """Truth from the prior, and the same model on polls drawn given it."""
    truth = simulate_polls(model, rng)
    return model.with_response(truth.response), truth


def probabilities_below(results: PollTrendResults, truth: Simulated) -> dict[str, float]:
    """Posterior probability below the true value, by estimand.

    Levels are those of the mean of these houses, or with anchors of what they measure, on five
    evenly spaced days; the change is from the first to the last of them.
    """
    design, obs, queries = results.model.design, results.observations, results.queries
    weights = results.weights_of(None)
    days = np.linspace(0, obs.days_of(obs.last_date)[0], N_DAYS).round().astype(np.int64)
    level = truth.level_under(weights, days)
    dates = (obs.first_date + days).astype(str)
    found = _below(queries.level(days, weights), level, [f"level {date}" for date in dates])
    change = queries.change(days[:1], days[-1:], weights)
    found |= _below(change, level[-1:] - level[:1], ["change"])
    effects = truth.house_effects(design, weights)
    names = [f"house {house}" for house in obs.houses]
    found |= _below(queries.house_effects(weights), effects, names)
    for one, two in combinations(obs.sectors, 2):
        contrast = sector_houses(obs, one) - sector_houses(obs, two)
        true_gap = truth.house_effects(design, np.zeros(len(weights))) @ contrast
        found |= _below(queries.contrasts(contrast[None, :]), true_gap, [f"gap {one} - {two}"])
    found |= _params_below(results, truth)
    return found | _turned(results, found)


def _below(quantities: Distribution, values: Array, names: list[str]) -> dict[str, float]:
    """Probability of each quantity below its own value."""
    values = np.atleast_1d(values)
    above = [quantities.probability_above(float(v))[k] for k, v in enumerate(values)]
    return {name: float(1 - p) for name, p in zip(names, above, strict=True)}


def _params_below(results: PollTrendResults, truth: Simulated) -> dict[str, float]:
    """Probability of each hyperparameter below the true one."""
    cdf = results.fit_info.param_cdf
    if cdf is None:
        raise PollInputError("the scales were not integrated out", "fit with method='full'")
    return {name: cdf(name, truth.params[name]) for name in results.params.index}


def _turned(results: PollTrendResults, found: dict[str, float]) -> dict[str, float]:
    """Level, change and omega counted from above or below, as the shares themselves say.

    A level is counted from below where the shares are high and from above
    where they are low; a posterior that left them unread then shows.
    """
    design = results.model.design
    polls = np.flatnonzero(design.house >= 0)
    share, half = design.response[polls], len(polls) // 2
    order = polls[np.lexsort([polls, design.house[polls]])]
    step, same = np.diff(design.response[order]), np.diff(design.house[order]) == 0
    rough = float((step[same] ** 2).mean()) if same.any() else 0.0
    median = HALF_NORMAL_MEDIAN * results.model.model_priors.omega
    usual = 2 * (design.known_variance.mean() + median**2)
    signs = {
        "level": share.mean() > design.level_mean,
        "change": share[half:].mean() > share[:half].mean(),
        "omega": rough > usual,
    }
    level = next(name for name in found if name.startswith("level"))
    plain = {"level": found[level], "change": found["change"], "omega": found["omega"]}
    return {
        f"{name}, turned by the shares": plain[name] if up else 1 - plain[name]
        for name, up in signs.items()
    }


def tabulate(ranks: pd.DataFrame, alpha: float, family_wise: float) -> pd.DataFrame:
    """Coverage and uniformity, one row per estimand.

    Parameters
    ----------
    ranks : DataFrame, shape (n_sets, n_estimands)
        Posterior probabilities below the truth.
    alpha, family_wise : float
        As in :func:`check_calibration`.
    """
    # Here and not above: every command would wait for it.
    from scipy.stats import binom, binomtest, kstest

    n_sets, n_estimands = ranks.shape
    level = family_wise / (2 * n_estimands)
    fewest, most = (int(v) for v in binom.interval(1 - level, n_sets, 1 - alpha))
    rows = []
    for name in ranks:
        values = ranks[name].to_numpy(dtype=float)
        covered = int(((values >= alpha / 2) & (values <= 1 - alpha / 2)).sum())
        coverage_p = float(binomtest(covered, n_sets, 1 - alpha).pvalue)
        rank_p = float(kstest(values, "uniform").pvalue)
        share = 100 * covered / n_sets
        passes = min(coverage_p, rank_p) >= level
        rows.append((name, n_sets, covered, share, fewest, most, coverage_p, rank_p, passes))
    return pd.DataFrame(rows, columns=list(COLUMNS))
