"""The statsmodels face of the model with an excess error for each house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.design import Design
from analysis.exact import ScaleSpace
from analysis.house_variance import SPREAD, HouseVarianceSpace, omega_name
from analysis.priors import Priors
from analysis.sampling import Array
from analysis.statespace import HouseEffectsModel


class HouseVarianceModel(HouseEffectsModel):
    """:class:`~analysis.statespace.HouseEffectsModel` with an excess sd for each house.

    Parameters
    ----------
    design : Design
    priors : Priors
    houses : sequence of str
        In the order of ``design.house_map``.

    Notes
    -----
    ``params`` are tau, omega, sigma_h, with drift kappa, then the spread of
    the logarithms and one excess sd for each house.  Given the latter, omega
    and the spread do not enter the likelihood: they are about the houses'
    prior alone.
    """

    def __init__(self, design: Design, priors: Priors, houses: Sequence[str]) -> None:
        self.houses = tuple(houses)
        super().__init__(design, priors)

    @property
    def param_names(self) -> list[str]:
        """Names of the scales, in the order of ``params``."""
        return [*super().param_names, SPREAD, *(omega_name(house) for house in self.houses)]

    @property
    def start_params(self) -> Array:
        """A fifth of each prior scale."""
        shared = [name for name in self.param_names if not name.startswith("omega:")]
        start = [0.2 * self.priors.scale_of(name) for name in shared]
        return np.array(start + [0.2 * self.priors.omega] * len(self.houses))

    def update(self, params: Any, **kwargs: Any) -> Any:
        """Put the scales into the system matrices."""
        params = super().update(params, **kwargs)
        omega_of = np.asarray(params)[-len(self.houses) :]
        excess = omega_of[self.design.house] ** 2
        noise = self.design.known_variance + self.design.has_excess * excess
        self.ssm["obs_cov"] = noise.reshape(1, 1, -1)
        return params


def make_statespace(space: ScaleSpace) -> HouseEffectsModel:
    """The statsmodels model that belongs to a space of scales."""
    if isinstance(space, HouseVarianceSpace):
        return HouseVarianceModel(space.design, space.priors, space.houses)
    return HouseEffectsModel(space.design, space.priors)
