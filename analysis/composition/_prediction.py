"""Shares as houses print them: of the polls that are there, and of polls to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import read_text
from analysis.base.errors import PollInputError
from analysis.base.intervals import Drawn
from analysis.base.sampling import rounding_variance, sampling_variance
from analysis.composition._design import error_covariance, multinomial_correlation
from analysis.composition._draws import (
    N_NODES,
    POLL_SEED,
    CompositionDraws,
    inside_simplex,
)
from analysis.composition._measures import Dates, count_kept, measure_of
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import REST, check_no_sampling_var, read_part_option
from analysis.observations.frame import (
    CURES,
    read_decimals,
    read_field_dates,
    read_optional,
    read_sizes,
    sector_of_new_house,
    usual_decimals,
)
from analysis.present import choose_draws, parts_table

REQUIRED = ("house_id", "start_date", "end_date")


def residuals(fitted: FittedComposition) -> pd.DataFrame:
    """Distance of each printed share from the level as its house measures it.

    Returns
    -------
    DataFrame
        See :meth:`analysis.composition.results.CompositionResults.residuals`.
    """
    composition, obs, draws = fitted.composition, fitted.observations, fitted.raw_draws
    knots = np.searchsorted(fitted.design.knots, fitted.design.day)
    expected = (draws.levels[knots] + draws.on_polls()).mean(axis=(-2, -1))
    excess = (draws.params.omega**2).mean(axis=-1)
    carried = [f"{part}{end}" for part in composition.parts for end in ("_pct", "_rounding")]
    polls = obs.polls.drop(columns=carried)
    frames = []
    for answer in composition.answers:
        k = composition.parts.index(answer)
        error = composition.shares[:, k] - expected[:, k]
        sampling, rounding = composition.sampling[:, k], composition.rounding[:, k]
        frame = polls.assign(
            share_pct=composition.shares[:, k], sampling_var=sampling, rounding_var=rounding
        )
        frame.insert(0, "part", answer)
        frame["fitted"] = expected[:, k]
        frame["residual"] = error
        frame["standardised"] = error / np.sqrt(sampling + rounding + excess[k])
        frames.append(frame[~np.isnan(error)])
    found: pd.DataFrame = pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)
    return found


def predict_polls(
    fitted: FittedComposition, new_polls: pd.DataFrame, part: str | None
) -> tuple[pd.DataFrame, Drawn]:
    """Predictive distribution of the shares that new polls will print.

    Returns
    -------
    keys : DataFrame
    quantities : Drawn
        See :meth:`analysis.composition.results.CompositionResults.get_prediction`.
    """
    wanted = (*fitted.answers, REST) if part is None else (fitted.measure(part),)
    _check_new_polls(new_polls)
    house = read_text(new_polls, "house_id", CURES["house_id"])
    mid = read_field_dates(new_polls)[2]
    days = fitted.observations.days_of(mid)
    errors = _Errors(fitted, new_polls, house)
    found: list[Array] = [np.zeros(0)] * len(house)
    counted = list(found)
    for name in dict.fromkeys(house):
        draws = _draw_house(fitted, str(name))
        for i in (int(k) for k in np.flatnonzero(house == name)):
            expected = _level(draws, int(days[i])) + _effect(fitted, new_polls, i, str(name))
            printed = expected + draws.noise(errors.covariance(i, expected), _rng(1))
            levels, shares = expected.reshape(2, -1), printed.reshape(2, -1)
            kept = inside_simplex(levels) & inside_simplex(shares)
            count_kept(kept[None, :])
            found[i] = np.array([measure_of(fitted.composition, each, shares) for each in wanted])
            counted[i] = np.tile(kept, (len(wanted), 1))
    keys = pd.DataFrame({"house_id": house, "mid_date": mid}, index=new_polls.index)
    if "poll_id" in new_polls.columns:
        keys.insert(0, "poll_id", new_polls["poll_id"])
    keys = keys.iloc[np.repeat(np.arange(len(house)), len(wanted))]
    if part is None:
        keys = keys.assign(part=list(wanted) * len(house))
    return keys, Drawn(np.concatenate(found), np.concatenate(counted))


class JointDraws:
    """Some of the posterior draws, with polls that they might have printed.

    Parameters
    ----------
    fitted : FittedComposition
    n : int
    rng : numpy Generator, optional
        Chooses which; without it every so many of them.
    """

    def __init__(
        self, fitted: FittedComposition, n: int, rng: np.random.Generator | None = None
    ) -> None:
        self.fitted = fitted
        self.chosen = choose_draws(n, fitted.n_draws, rng)

    def params(self) -> pd.DataFrame:
        """Hyperparameters, a row a draw."""
        posterior = self.fitted.posterior
        # Draws lie by column, then by node; each node has one set of hyperparameters.
        sets = posterior.sets[posterior.choose(N_NODES)]
        rows = sets[self.chosen % len(sets)]
        names = [name_param(name, self.fitted, part) for name, part in posterior.space.param_names]
        return pd.DataFrame(rows, columns=pd.Index(names, name="parameter"))

    def level(self, dates: Dates, reference: str) -> pd.DataFrame:
        """Answers and the rest on dates, by date and part."""
        days = self.fitted.observations.days_of(dates)
        parts = [
            levels[:, :, self.chosen] for _, levels in self.fitted.draws(reference).on_days(days)
        ]
        stamps = pd.DatetimeIndex(dates.astype("datetime64[s]"))
        return self._frame(np.concatenate(parts), stamps, "date")

    def house_effects(self, reference: str) -> pd.DataFrame:
        """Effects from a reference, by house_id and part; the rest loses what answers gain."""
        houses = self.fitted.draws(reference).houses
        flat = houses.reshape(*houses.shape[:2], -1)[:, :, self.chosen]
        index = pd.Index(self.fitted.observations.houses)
        return self._frame(flat, index, "house_id", whole=0.0)

    def _frame(
        self, values: Array, first: pd.Index[Any], name: str, whole: float = 100.0
    ) -> pd.DataFrame:
        """Both parts (n_first, 2, n) and the rest of a whole as a table, a row a draw."""
        at = [self.fitted.composition.parts.index(answer) for answer in self.fitted.answers]
        both = values[:, at]
        full = np.concatenate([both, whole - both.sum(axis=1, keepdims=True)], axis=1)
        parts = (*self.fitted.answers, REST)
        return parts_table(np.moveaxis(full, -1, 0), first, parts, (name, "part"))

    def simulate(self, rng: np.random.Generator | None) -> Array:
        """Shares that the polls might have printed.

        Parameters
        ----------
        rng : numpy Generator, optional
            Without it the same on every call.

        Returns
        -------
        ndarray, shape (n, n_polls, 2)
            By ``answers``; no number where the poll did not print one.
        """
        rng = np.random.default_rng(POLL_SEED) if rng is None else rng
        composition, draws = self.fitted.composition, self.fitted.raw_draws
        at = [composition.parts.index(answer) for answer in self.fitted.answers]
        shares = np.full((len(self.chosen), *composition.shares.shape), np.nan)
        for i, level, cov in self._polls():
            drawn = (level + draws.noise(cov, rng)).reshape(2, -1)[:, self.chosen]
            drawn[np.isnan(composition.shares[i])] = np.nan
            shares[:, i] = drawn[at].T
        return shares

    def log_likelihood(self) -> Array:
        """Log density of what each poll printed, given the draw: (n, n_polls)."""
        published = self.fitted.composition.shares
        density = np.zeros((len(self.chosen), len(published)))
        for i, level, cov in self._polls():
            printed = ~np.isnan(published[i])
            apart = published[i][:, None] - level.reshape(2, -1)[:, self.chosen]
            own = cov[:, :, self.chosen % cov.shape[2]]
            density[:, i] = _log_density(apart[printed], own[np.ix_(printed, printed)])
        return density

    def _polls(self) -> Iterator[tuple[int, Array, Array]]:
        """Each poll: what its house measures, (2, n_columns, n_nodes), and the errors around it."""
        composition, draws, design = (
            self.fitted.composition, self.fitted.raw_draws, self.fitted.design,
        )  # fmt: skip
        knots = np.searchsorted(design.knots, design.day)
        of_polls = design.house if not design.drift else np.arange(len(design.day))
        effects = draws.drifted if design.drift else draws.houses
        for i, knot in enumerate(knots):
            cov = error_covariance(
                np.nan_to_num(composition.sampling[i]), np.nan_to_num(composition.rounding[i]),
                float(design.correlation[i]), draws.params.omega,
            )  # fmt: skip
            yield i, draws.levels[knot] + effects[of_polls[i]], cov


def _log_density(apart: Array, cov: Array) -> Array:
    """Log density of one error or of two, (n_parts, n) with covariances (n_parts, n_parts, n)."""
    whole = np.moveaxis(cov, -1, 0)
    square = np.einsum("pn,npq,qn->n", apart, np.linalg.inv(whole), apart)
    return np.asarray(-0.5 * (square + np.linalg.slogdet(2 * np.pi * whole)[1]))


def name_param(name: str, fitted: FittedComposition, part: int) -> str:
    """Name of a hyperparameter of a part, such as ``"tau:for"``, or of both, such as rho_x."""
    return f"{name}:{fitted.composition.parts[part]}" if part >= 0 else name


def _check_new_polls(new_polls: pd.DataFrame) -> None:
    """Refuse a frame without rows or a needed column, or with one that says something else."""
    if not isinstance(new_polls, pd.DataFrame):
        raise PollInputError(f"polls came as {type(new_polls).__name__}", "pass a pandas DataFrame")
    missing = [c for c in REQUIRED if c not in new_polls.columns]
    if missing:
        raise PollInputError(
            f"column {missing[0]} is missing", f"new polls need {', '.join(REQUIRED)}"
        )
    if new_polls.empty:
        raise PollInputError("there are no polls", "give at least one row")
    check_no_sampling_var(new_polls)


def _rng(stream: int) -> np.random.Generator:
    """Numbers of one poll: the same for each, so that no prediction hangs on the others asked."""
    return np.random.default_rng([POLL_SEED, stream])


def _draw_house(fitted: FittedComposition, house: str) -> CompositionDraws:
    """Draws of the level, with a house's effect where it drifts and so has one for each day."""
    if fitted.design.drift and house in fitted.observations.houses:
        return fitted.house_draws(house)
    return fitted.raw_draws


def _effect(fitted: FittedComposition, new_polls: pd.DataFrame, i: int, house: str) -> Array:
    """What :func:`_draw_house` leaves out of a house's effect, (2, n_columns, n_nodes)."""
    houses, draws = fitted.observations.houses, fitted.raw_draws
    if house not in houses:
        return _draw_new_house(fitted, new_polls, i)
    effect = draws.houses[houses.index(house)]
    return np.zeros_like(effect) if fitted.design.drift else effect


def _level(draws: CompositionDraws, day: int) -> Array:
    """Draws of a day, shape (2, n_columns, n_nodes)."""
    (level,) = (levels for _, levels in draws.on_days(np.array([day])))
    return level.reshape(draws.levels.shape[1:])


def _draw_new_house(fitted: FittedComposition, new_polls: pd.DataFrame, i: int) -> Array:
    """Effects of a house never seen, shape (2, n_columns, n_nodes)."""
    rng, draws, observations = _rng(0), fitted.raw_draws, fitted.observations
    effect = draws.noise(draws.params.house_spread(), rng)
    if len(observations.sectors) <= 1:
        return effect
    sector = sector_of_new_house(new_polls, i, observations)
    if sector in observations.sectors:
        return np.asarray(effect + draws.sector_effects()[observations.sectors.index(sector)])
    prior = fitted.design.priors.sector_sd**2 * np.eye(2)
    return effect + draws.noise(np.repeat(prior[..., None], len(draws.params), axis=-1), rng)


class _Errors:
    """What is known of the errors of new polls before any share is printed."""

    def __init__(
        self, fitted: FittedComposition, new_polls: pd.DataFrame, house: np.ndarray[Any, Any]
    ) -> None:
        self.params = fitted.raw_draws.params
        self.size, _ = read_sizes(new_polls)
        self.design_effect = read_optional(new_polls, "design_effect", 1.0, 0.0, True)
        guess = usual_decimals(house, fitted.observations)
        frame = new_polls.assign(decimals=read_decimals(new_polls, guess))
        self.rounding = np.column_stack(
            [
                rounding_variance(
                    read_part_option(frame, part, "decimals"),
                    read_part_option(frame, part, "n_parts"),
                )
                for part in fitted.composition.parts
            ]
        )

    def covariance(self, i: int, expected: Array) -> Array:
        """Error covariance of both parts of a poll at its expected shares, (2, 2, n_nodes)."""
        share = np.clip(expected.mean(axis=(1, 2)), 0.0, 100.0)
        one = np.ones(2)
        sampling = sampling_variance(share, self.size[i] * one, self.design_effect[i] * one)
        correlation = multinomial_correlation(share[None, :], self.size[i : i + 1])[0]
        return error_covariance(sampling, self.rounding[i], float(correlation), self.params.omega)
