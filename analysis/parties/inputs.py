"""From a frame of polls with several printed parts to checked arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import read_numbers
from analysis.base.errors import PollInputError, row_error
from analysis.base.sampling import guess_decimals, rounding_variance
from analysis.observations.frame import (
    REQUIRED,
    UNKNOWN,
    Observations,
    prepare_observations,
    tell_missing,
)

FEWEST, MOST = 3, 10
REST = "rest"
# The rest is taken to be at least so many percent, or nothing could move against all parts.
LEAST_REST = 0.5
# Sums of rounded parts may exceed 100 by so much for each part.
ROUNDING = 0.5


@dataclass(frozen=True, eq=False)
class PartyPolls:
    """Checked polls of several parts.

    Parameters
    ----------
    answers : tuple of str
    observations : Observations
        Houses, sectors and days.
    shares : ndarray, shape (n, k)
        Percent; NaN where a part was not printed.
    sampling : ndarray, shape (n, k, k)
        Covariance of the sampling errors, squared points: multinomial, with the design effect.
    rounding : ndarray, shape (n, k)
        Variances, squared points.
    """

    answers: tuple[str, ...]
    observations: Observations
    shares: Array
    sampling: Array
    rounding: Array

    @property
    def usual(self) -> Array:
        """Mean share of each part, scaled down where they leave less than the least rest."""
        mean = np.maximum(np.nanmean(self.shares, axis=0), 0.1)
        return np.asarray(mean * min(1.0, (100 - LEAST_REST) / mean.sum()))

    @property
    def shape(self) -> Array:
        """Covariance in which parts move against each other, shape (k, k), 1 at one half.

        Multinomial at the usual shares: a part of 4% moves by 0.39 of what one of 50% does, and
        what one gains the others and the rest lose.
        """
        return multinomial(self.usual) / 2500


def multinomial(shares: Array) -> Array:
    """Covariance of one answer, squared points, (..., k, k), at shares (..., k) in percent."""
    diagonal = 100 * shares[..., None] * np.eye(shares.shape[-1])
    return np.asarray(diagonal - shares[..., None] * shares[..., None, :])


def read_parties(obs: pd.DataFrame, answers: Sequence[str]) -> PartyPolls:
    """Check a frame of polls that print several parts.

    Parameters
    ----------
    obs : DataFrame
        house_id, start_date, end_date, sample_size and for each answer ``<answer>_pct`` (percent,
        empty where it was not printed); optionally sector, design_effect, decimals, poll_id.
    answers : sequence of str
        Three to ten.

    Raises
    ------
    PollInputError
        Naming row, column, what was found and the cure.
    """
    names = tuple(map(str, answers))
    if not FEWEST <= len(names) <= MOST or len(set(names)) < len(names) or REST in names:
        cure = f"name {FEWEST} to {MOST} different parts; what they leave is called {REST}"
        raise PollInputError(f"answers names {', '.join(names) or 'nothing'}", cure)
    needed = [*(c for c in REQUIRED if c != "share_pct"), *(f"{name}_pct" for name in names)]
    missing = tell_missing(obs, needed)
    if missing is not None:
        raise PollInputError(missing, f"the parts need the columns {', '.join(needed)}")
    shares = np.column_stack([_read_part(obs, name) for name in names])
    printed = ~np.isnan(shares)
    for k in np.flatnonzero(~printed.any(axis=0)):
        raise PollInputError(f"no poll prints {names[k]}", "leave it out", f"column {names[k]}_pct")
    empty = np.flatnonzero(~printed.any(axis=1))
    if len(empty):
        cure = "leave the row out"
        raise row_error(obs, [int(i) for i in empty], f"{names[0]}_pct", "no part", cure)
    total = np.nansum(shares, axis=1)
    over = np.flatnonzero(total > 100 + ROUNDING * printed.sum(axis=1))
    if len(over):
        found = f"the parts add up to {total[over[0]]:g} percent"
        cure = "give all in percent of the same people, from one question"
        raise row_error(obs, [int(i) for i in over], f"{names[0]}_pct", found, cure)
    frame = obs.assign(share_pct=np.nanmax(shares, axis=1))
    for name, column in zip(names, shares.T, strict=True):
        frame[f"{name}_pct"] = column
    carried = [f"{name}_pct" for name in names]
    observations = prepare_observations(frame, carried=carried)
    polls = observations.polls
    texts = polls[carried].to_numpy(object)
    ordered = np.where(texts == UNKNOWN, np.nan, texts).astype(float)
    size = (polls["sample_size"] / polls["design_effect"]).to_numpy(dtype=float)
    if np.isnan(size).any():
        raise PollInputError(
            "a poll has no sample_size", "several parts need the number of interviews"
        )
    usual = np.nanmean(ordered, axis=0)
    at = np.where(np.isnan(ordered), usual, ordered)
    # Drawn to the usual shares by one answer, so that a part of 0 percent has a variance.
    at = (size[:, None] * at + usual) / (size[:, None] + 1)
    at *= np.minimum(1.0, (100 - LEAST_REST) / at.sum(axis=1))[:, None]
    houses = polls["house_id"].to_numpy(object)
    digits = np.array([guess_decimals(np.where(np.isnan(y), 0.0, y), houses) for y in ordered.T]).T
    if "decimals" in obs.columns:
        digits = np.repeat(polls["decimals"].to_numpy(dtype=float)[:, None], len(names), axis=1)
    rounding = rounding_variance(digits, np.ones_like(digits))
    sampling = multinomial(at) / size[:, None, None]
    variances = np.diagonal(sampling, axis1=1, axis2=2)
    observations = observations.with_far_parts(names, ordered, variances)
    return PartyPolls(names, observations, ordered, sampling, rounding)


def _read_part(obs: pd.DataFrame, name: str) -> Array:
    """Percentages of one part; NaN where it was not printed."""
    cure = f"give the share of {name} in percent, 0 to 100, or leave it empty"
    return read_numbers(obs, f"{name}_pct", low=0, high=100, required=False, cure=cure)
