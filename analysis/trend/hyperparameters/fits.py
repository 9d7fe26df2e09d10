"""Which way to a posterior belongs to which space of hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.base.arrays import on_one_thread
from analysis.base.errors import PollInputError
from analysis.trend.hyperparameters.by_house import fit_by_house, give_by_house
from analysis.trend.hyperparameters.inference import Fit, fit_full, fit_given, fit_map
from analysis.trend.hyperparameters.single_polls import fit_single_polls, has_mostly_single_polls
from analysis.trend.hyperparameters.space import (
    HouseVarianceSpace,
    HyperparameterSpace,
    StudentSpace,
)
from analysis.trend.hyperparameters.student import fit_student


def fit_params(space: HyperparameterSpace, method: str = "full") -> Fit:
    """Integrate them out (``"full"``) or plug them in (``"map"``), whatever the space.

    Raises
    ------
    PollInputError
        When hyperparameters of single houses or polls would be plugged in: the density of
        many ratios and their spread together is highest where the spread is far
        too small.
    """
    if isinstance(space, StudentSpace):
        if method == "map":
            cure = "fit with method='full', or with errors='normal'"
            raise PollInputError("no stretches of single polls can be plugged in", cure)
        return fit_student(space)
    if not isinstance(space, HouseVarianceSpace):
        if method == "map":
            return fit_map(space)
        return fit_single_polls(space) if has_mostly_single_polls(space) else fit_full(space)
    if method == "map":
        cure = "fit with method='full', or with house_variance='common'"
        raise PollInputError("no scales of single houses can be plugged in", cure)
    return fit_by_house(space)


def give_params(space: HyperparameterSpace, params: dict[str, float]) -> Fit:
    """Take the hyperparameters as they are, whatever the space."""
    if isinstance(space, StudentSpace):
        return fit_student(space, params)
    if isinstance(space, HouseVarianceSpace):
        return give_by_house(space, params)
    return fit_given(space, params)


@on_one_thread
def compare_spaces(spaces: Mapping[str, HyperparameterSpace]) -> pd.DataFrame:
    """Fit several models of the same polls and set them beside the first.

    Returns
    -------
    DataFrame
        Index the names; log_posterior, log_evidence, gain (in log_posterior over the
        first) and log_bayes_factor (over the first).
    """
    if any(isinstance(space, StudentSpace) for space in spaces.values()):
        cure = "compare with errors='normal'"
        raise PollInputError("Markov chains give no evidence of a model", cure)
    fits = {name: fit_params(space) for name, space in spaces.items()}
    rows = [[fit.log_posterior, fit.details["log_evidence"]] for fit in fits.values()]
    table = pd.DataFrame(rows, index=list(fits), columns=["log_posterior", "log_evidence"])
    over = table - table.iloc[0]
    return table.assign(gain=over["log_posterior"], log_bayes_factor=over["log_evidence"])
