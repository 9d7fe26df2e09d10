"""Prior distributions of the trend model, all in percentage points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SCALE_NAMES = ("tau", "omega", "sigma_h")
SCALE_UNITS = {"tau": "points per root day", "omega": "points", "sigma_h": "points"}


@dataclass(frozen=True)
class Priors:
    """Scales of the prior distributions.

    Parameters
    ----------
    tau : float
        Half-normal scale of the daily step of the level, points per root day.
    omega : float
        Half-normal scale of the excess error of a poll, points.
    sigma_h : float
        Half-normal scale of the spread of houses within a sector, points.
    sector_sd : float
        Standard deviation of a sector's effect, points.
    level_mean, level_sd : float
        Mean and standard deviation of the level on the first mid-field date, percent.

    Notes
    -----
    HalfNormal(s) has a density proportional to ``exp(-x ** 2 / (2 s ** 2))`` for x > 0.

    Examples
    --------
    >>> Priors().sigma_h
    10.0
    """

    tau: float = 0.5
    omega: float = 3.0
    sigma_h: float = 10.0
    sector_sd: float = 10.0
    level_mean: float = 50.0
    level_sd: float = 50.0

    def scale_of(self, name: str) -> float:
        """Return the half-normal scale of ``"tau"``, ``"omega"`` or ``"sigma_h"``."""
        return float(getattr(self, name))

    def log_density_of_logs(self, log_scales: Sequence[float]) -> float:
        """Log prior density of the logarithms of (tau, omega, sigma_h), normalised.

        Includes the Jacobian: ``p(log s) = p(s) * s``.  The density of a
        half-normal is highest at zero, so without the Jacobian the mode of a
        scale could sit at zero, where a random walk stands still.

        Parameters
        ----------
        log_scales : sequence of 3 floats

        Returns
        -------
        float
        """
        total = 0.0
        for name, log_scale in zip(SCALE_NAMES, log_scales, strict=True):
            s = self.scale_of(name)
            total += 0.5 * np.log(2 / np.pi) - np.log(s) + log_scale
            total -= 0.5 * np.exp(2 * (log_scale - np.log(s)))
        return float(total)
