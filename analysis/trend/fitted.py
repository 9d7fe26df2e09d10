"""What a fit holds, and two ways to one: hyperparameters estimated, or given by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, on_one_thread
from analysis.base.errors import PollInputError
from analysis.observations.frame import Observations
from analysis.observations.references import Reference, reference_weights
from analysis.trend.hyperparameters.fits import fit_params, give_params
from analysis.trend.hyperparameters.inference import Fit
from analysis.trend.options import METHODS
from analysis.trend.solver.posterior import Posterior
from analysis.trend.solver.queries import Queries
from analysis.trend.specification import TrendSpecification


@dataclass(frozen=True, eq=False)
class FittedTrend:
    """A model and the posterior that it gave.

    Parameters
    ----------
    model : TrendSpecification
    fit : Fit
        Posterior of hyperparameters, level and effects, and how it came about.
    """

    model: TrendSpecification
    fit: Fit

    @property
    def observations(self) -> Observations:
        """The checked polls."""
        return self.model.observations

    @property
    def posterior(self) -> Posterior:
        """Joint posterior on the scale of the model."""
        return self.fit.posterior

    @cached_property
    def queries(self) -> Queries:
        """The door to levels, changes, effects and contrasts in percent and points."""
        options = self.model.options
        return Queries(self.posterior, options.is_logit, options.common_error)

    @property
    def params(self) -> dict[str, float]:
        """Posterior means of the hyperparameters, or the values plugged in, by name."""
        return {name: self.posterior.expected(name) for name in self.model.space.param_names}

    @property
    def default_reference(self) -> str:
        """``"anchor"`` once anchors are given, else ``"houses"``."""
        return "anchor" if self.model.design.is_anchored else "houses"

    def weights_of(self, reference: Reference | None) -> Array:
        """Weights of the houses in a reference; the default one when none is named."""
        name = self.default_reference if reference is None else reference
        return reference_weights(self.observations, name, anchored=self.model.design.is_anchored)

    @cached_property
    def errors(self) -> tuple[Array, Array]:
        """Posterior mean of each observation's error, and mean variance it has: (n,) each."""
        return self.posterior.errors()


@on_one_thread
def fit_model(model: TrendSpecification, method: str = "full") -> FittedTrend:
    """Estimate a model.

    Parameters
    ----------
    model : TrendSpecification
    method : str
        As in :meth:`analysis.trend.model.PollTrend.fit`.

    Raises
    ------
    PollInputError
        When the method is unknown, or plugs in hyperparameters of single houses.
    """
    if method not in METHODS:
        cure = f"use one of {', '.join(map(repr, METHODS))}"
        raise PollInputError(f"method {method!r} is not known", cure)
    return FittedTrend(model, fit_params(model.space, method))


@on_one_thread
def smooth_model(
    model: TrendSpecification, params: Sequence[float] | Mapping[str, float] | pd.Series[float]
) -> FittedTrend:
    """Smooth at hyperparameters that the caller gives.

    Parameters
    ----------
    model : TrendSpecification
    params : sequence of floats, mapping or Series
        In the order of ``model.space.param_names``, or by these names; above 0.
    """
    names = model.space.param_names
    if isinstance(params, Mapping | pd.Series):
        strangers = sorted(set(map(str, params.keys())) ^ set(names))
        if strangers:
            raise ValueError(
                f"params must name {', '.join(names)}; missing or too many: {', '.join(strangers)}"
            )
        params = [float(params[name]) for name in names]
    values = np.asarray(params, dtype=float)
    if values.shape != (len(names),) or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"params must be {len(names)} numbers above 0: {', '.join(names)}")
    named = dict(zip(names, (float(v) for v in values), strict=True))
    return FittedTrend(model, give_params(model.space, named))
