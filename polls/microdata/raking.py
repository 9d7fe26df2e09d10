"""Raking: weights that make a sample agree with several margins of the population."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

TOLERANCE = 1e-12  # change of a weight in the last round; the result is stored with 5 decimals
ROUNDS = 1_000
MISS = 1e-8  # relative; contradicting margins come to rest too, but not on their targets


def rake(sample: pd.DataFrame, margins: Mapping[str, pd.Series]) -> pd.Series:
    """Rake a sample to margins by iterative proportional fitting.

    Starts from equal weights. Where a respondent's level of a margin is missing, that margin
    leaves the weight alone: those with a missing level keep the share that they have.

    Parameters
    ----------
    sample : DataFrame, shape (n, at least the margins)
        One row per interview, with a column of levels for each margin.
    margins : mapping of str to Series
        For each column, the population share of each level (any scale: shares are divided
        by their sum).

    Returns
    -------
    Series, shape (n,)
        Weights with mean 1.

    Raises
    ------
    ValueError
        A level of the sample has no share, a share has no interview, or the margins contradict
        each other in this sample.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940), "On a least squares adjustment of a sampled
    frequency table when the expected marginal totals are known", Annals of Mathematical
    Statistics 11(4), 427-444.

    Examples
    --------
    >>> sample = pd.DataFrame({"sex": ["male", "male", "male", "female"]})
    >>> rake(sample, {"sex": pd.Series({"male": 50.0, "female": 50.0})}).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    coded = [_code_margin(sample[column], shares) for column, shares in margins.items()]
    weights = np.ones(len(sample))
    for _ in range(ROUNDS):
        before = weights.copy()
        for known, codes, shares in coded:
            weights[known] *= _find_factors(weights[known], codes, shares)[codes]
        if np.abs(weights - before).max(initial=0.0) < TOLERANCE:
            break
    worst = max(np.abs(_find_factors(weights[k], c, s) - 1).max() for k, c, s in coded)
    if worst > MISS:
        raise ValueError(
            f"A margin is missed by {worst:.1%} after {ROUNDS} rounds: in this sample the margins"
            f" {', '.join(margins)} contradict each other. Join levels or leave one margin out."
        )
    return pd.Series(weights / weights.mean(), index=sample.index, name="weight_raked")


def _find_factors(weights: np.ndarray, codes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """What the weights of each level have to be multiplied by to meet one margin."""
    sums = np.bincount(codes, weights, minlength=len(shares))
    return np.asarray(shares * sums.sum() / sums)


def _code_margin(values: pd.Series, shares: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which rows have a level, its number, and the shares in the order of the numbers."""
    known = values.notna().to_numpy()
    codes = pd.Index(shares.index).get_indexer(values[known])
    strange = sorted(set(values[known][codes < 0]))
    if strange:
        raise ValueError(
            f"The level {strange[0]!r} of {values.name} has no population share."
            f" Levels with one: {', '.join(map(str, shares.index))}."
        )
    absent = sorted(set(shares.index) - set(values[known]))
    if absent:
        raise ValueError(
            f"Nobody in the sample has the level {absent[0]!r} of {values.name}, which has a"
            " population share. Join it with another level first."
        )
    return known, codes, (shares / shares.sum()).to_numpy(dtype=float)
