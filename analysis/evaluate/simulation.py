"""Polls that the model itself would publish, with the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.errors import PollInputError
from analysis.trend import PollTrend
from analysis.trend.solver import Design

# Of those in favour, the share in each part where a house prints two ("definitely", "rather"),
# and of all others the share against; the rest has no opinion or refuses.
STRONG, AGAINST = 0.6, 0.7
# Levels of all houses stay inside, percent; truths are drawn anew until they do.
INSIDE = (30.0, 80.0)
MAX_TRIES = 100_000


@dataclass(frozen=True, eq=False)
class Simulated:
    """One draw from the prior of a model, and polls drawn given it.

    Parameters
    ----------
    params : dict
        Value of each hyperparameter, by the names of ``model.param_names``.
    effects : ndarray, shape (n_effects,)
        Constant effects, in the order of ``model.design.names``.
    days : ndarray of int, shape (n_days,)
        Every day from the first observation to the last, as the model counts them.
    level : ndarray, shape (n_days,)
        Level with the shifts of events, percent; it may leave 0 to 100.
    houses : ndarray, shape (n_days, n_houses)
        House effects with their drift, points.
    response : ndarray, shape (n,)
        Observations in the order of ``model.design``: polls, and anchors if there are any.
    expected : ndarray, shape (n,)
        The same without their errors.
    """

    params: dict[str, float]
    effects: Array
    days: Days
    level: Array
    houses: Array
    response: Array
    expected: Array

    def level_under(self, weights: Array, days: Days) -> Array:
        """True level under a reference, such as the mean of these houses, on some days.

        Parameters
        ----------
        weights : ndarray, shape (n_houses,)
        days : ndarray of int, shape (n,)

        Returns
        -------
        ndarray, shape (n,)
        """
        at = np.searchsorted(self.days, days)
        return np.asarray(self.level[at] + self.houses[at] @ weights)

    def house_effects(self, design: Design, weights: Array) -> Array:
        """True effects from a reference, each averaged over the dates of the house's polls."""
        polls = design.house >= 0
        house, at = design.house[polls], np.searchsorted(self.days, design.day[polls])
        distance = self.houses[at, house] - self.houses[at] @ weights
        return np.asarray(np.bincount(house, distance) / np.bincount(house))


def simulate_polls(
    model: PollTrend, rng: np.random.Generator, params: dict[str, float] | None = None
) -> Simulated:
    """Draw everything from the prior, then polls of the same dates, houses and variances.

    Nothing is rounded and nothing clipped: shares may leave 0 to 100, as they
    may in the model.  Sampling variances are those of the model's own polls.

    Parameters
    ----------
    model : PollTrend
        On the percent scale or on logits; the response is on that scale.
    rng : numpy Generator
    params : dict, optional
        Hyperparameters by name; drawn from their priors when left out.

    Returns
    -------
    Simulated

    See Also
    --------
    analysis.evaluate.calibration.check_calibration
    analysis.trend.model.PollTrend.with_response : the same model, on the simulated polls.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import PollTrend
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72],
    ... })
    >>> model = PollTrend(obs)
    >>> drawn = simulate_polls(model, np.random.default_rng(1))
    >>> drawn.response.shape, drawn.level.shape, drawn.houses.shape
    ((3,), (32,), (32, 2))
    """
    design = model.design
    if params is None:
        params = model.draw_params(rng)
    days = np.arange(design.day[0], max(design.day[-1], design.day[0]) + 1)
    start = design.level_mean + design.level_sd * rng.standard_normal()
    scale: float | Array = params["tau"]
    if design.calming is not None:
        passed = np.diff(design.calming.clock(days, params.get("calm")), prepend=0.0)
        scale = np.sqrt(params["tau"] ** 2 + params["shock"] ** 2 * passed)
    steps = scale * rng.standard_normal(len(days))
    level = start + np.cumsum(steps) - steps[0]
    spread = np.sqrt(design.effects_variance(params["sigma_h"]))
    effects = spread * rng.standard_normal(len(spread))
    level = level + design.level_columns(days) @ effects
    houses = np.tile(design.house_map @ effects, (len(days), 1))
    if design.drift:
        walking = days[1:, None] > design.first_day[None, :]
        steps_of = params["kappa"] * rng.standard_normal(walking.shape) * walking
        if design.is_reverting:
            steps_of *= np.sqrt(np.diff(design.reversion.clock(days)))[:, None]
        drifts = np.cumsum(steps_of, axis=0)
        houses[1:] += drifts * design.reversion.loading(days[1:])[:, None]
    at = np.searchsorted(days, design.day)
    mean = level[at] + (design.columns - design.level_columns(design.day)) @ effects
    polls = design.house >= 0
    mean[polls] += (houses - houses[0])[at[polls], design.house[polls]]
    variance = model.model.space.draw_error_variance(params, rng)[:, 0]
    error = np.sqrt(variance) * rng.standard_normal(len(mean))
    return Simulated(params, effects, days, level, houses, mean + error, mean)


def simulate_answers(
    model: PollTrend,
    rng: np.random.Generator,
    inside: tuple[float, float] = INSIDE,
    *,
    normal: bool = False,
) -> tuple[PollTrend, Simulated]:
    """Draw whole answers of whole people and print them as the houses do.

    Truths come from the prior, kept where the level as every house measures it
    stays inside the limits.  Each poll then has its excess error, a multinomial
    sample of ``sample_size / design_effect`` answers, and shares rounded part
    by part to the decimals that its house prints.

    Parameters
    ----------
    model : PollTrend
        On the percent scale, without anchors, events and covariates; its polls
        need sample sizes.
    rng : numpy Generator
    inside : tuple of two floats
        Limits of the level as houses measure it, percent.
    normal : bool
        Draw normal errors with the model's own variances in place of answers:
        the same truths from the same generator, for comparison.

    Returns
    -------
    fitted : PollTrend
        The model on the printed shares, with variances computed from them.
    truth : Simulated

    Raises
    ------
    PollInputError
        When a poll has no sample size, or no truth stays inside the limits.

    Notes
    -----
    Keeping only some truths restricts the prior, and ranks are no longer
    uniform for that reason alone: a level that must stay inside moves less than
    tau allows.  What the step from answers to a normal error costs is the
    difference to ``normal=True``.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import PollTrend
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72],
    ... })
    >>> fitted, truth = simulate_answers(PollTrend(obs), np.random.default_rng(1))
    >>> bool((fitted.observations.share_pct % 1 == 0).all())  # printed without decimals
    True
    """
    if len(model.design.names) > len(model.observations.effects) or model.design.is_anchored:
        cure = "simulate answers without anchors, events and covariates"
        raise PollInputError("the model has more than polls and houses", cure)
    polls = model.observations.polls
    size = polls["sample_size"].to_numpy(dtype=float) / polls["design_effect"].to_numpy()
    if np.isnan(size).any():
        raise PollInputError("a poll has no sample_size", "answers need a number of interviews")
    truth, expected = _draw_inside(model, rng, inside)
    chance = rng.spawn(1)[0]  # the next truth does not depend on what is drawn here
    if normal:
        error = np.sqrt(model.design.known_variance) * chance.standard_normal(len(expected))
        return model.with_response(expected + error), truth
    n_parts = polls["n_parts"].to_numpy().astype(int)
    rows = zip(expected, np.maximum(np.rint(size), 1), polls["decimals"], n_parts, strict=True)
    shares = [_print_share(chance, *row) for row in rows]
    unused = ["sampling_var", "rounding_var", "mid_date"]
    unused += [] if model.observations.sectors else ["sector"]
    frame = polls.drop(columns=unused).assign(share_pct=shares)
    return PollTrend(frame, priors=model.model.priors, options=model.options), truth


def _draw_inside(
    model: PollTrend, rng: np.random.Generator, inside: tuple[float, float]
) -> tuple[Simulated, Array]:
    """Truth whose house levels stay inside, and each poll's expected share, percent."""
    design = model.design
    for _ in range(MAX_TRIES):
        truth = simulate_polls(model, rng)
        levels = truth.level[:, None] + truth.houses
        if levels.min() > inside[0] and levels.max() < inside[1]:
            at = np.searchsorted(truth.days, design.day)
            excess = model.error_variance(truth.params) - design.known_variance
            noise = np.sqrt(np.maximum(excess, 0.0)) * rng.standard_normal(len(excess))
            return truth, np.clip(levels[at, design.house] + noise, 0.0, 100.0)
    low, high = inside
    raise PollInputError(
        f"no truth of {MAX_TRIES} kept all levels between {low:g} and {high:g} percent",
        "give wider limits or narrower priors",
    )


def _print_share(
    rng: np.random.Generator, expected: float, n: float, decimals: float, n_parts: int
) -> float:
    """One share as printed: parts counted, rounded one by one and added."""
    split = [1.0] if n_parts == 1 else [STRONG, *[(1 - STRONG) / (n_parts - 1)] * (n_parts - 1)]
    p = expected / 100
    answers = rng.multinomial(
        int(n), [*(p * np.array(split)), (1 - p) * AGAINST, (1 - p) * (1 - AGAINST)]
    )
    printed = np.round(100 * answers[:n_parts] / n, int(decimals))
    return float(min(printed.sum(), 100.0))
