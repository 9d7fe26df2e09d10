"""Prior distributions of the trend model, all in percentage points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from analysis.base.arrays import Array, is_real
from analysis.base.errors import PollInputError

PARAM_NAMES = ("tau", "omega", "sigma_h")
PARAM_UNITS = {
    "tau": "points per root day",
    "omega": "points",
    "sigma_h": "points",
    "kappa": "points per root day",
    "shock": "points per root day",
    "calm": "days",
}
# Points; with larger scales a likelihood is all rounding.
LARGEST = 1e6
# What each is, in words for those who meet it in a warning.
PARAM_MEANINGS = {
    "tau": "steps of the level",
    "omega": "an excess error of the polls",
    "sigma_h": "a spread of the houses",
    "kappa": "a drift of the houses",
    "shock": "a shock of the level",
    "calm": "days by which the shock calms",
}


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
    kappa : float
        Half-normal scale of the daily step of a house's drift, points per root day.
    shock : float
        Half-normal scale of what a shock adds to the daily step of the level, points per root
        day: 1.5 lets it move the level by 12 points in all when it calms within 60 days.
    calm : float
        Median of the log-normal prior of the days by which the variance of a shock falls by a
        factor e, where they are estimated.
    calm_spread : float
        Standard deviation of the logarithm of these days: 0.7 puts 95 percent between a quarter
        of the median and four times as much.
    sector_sd : float
        Standard deviation of a sector's effect, points.
    level_mean, level_sd : float
        Mean and standard deviation of the level on the first mid-field date, percent.
    event_sd : float
        Standard deviation of the level shift of an event, points.
    covariate_sd : float
        Standard deviation of the coefficient of a covariate, points.
    omega_spread : float
        Half-normal scale of the standard deviation of the logarithms of the
        houses' excess errors, where each house has its own.

    Raises
    ------
    PollInputError
        For a scale that is no number above 0.

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
    kappa: float = 0.15
    sector_sd: float = 10.0
    level_mean: float = 50.0
    level_sd: float = 50.0
    event_sd: float = 5.0
    covariate_sd: float = 5.0
    omega_spread: float = 0.5
    shock: float = 1.5
    calm: float = 60.0
    calm_spread: float = 0.7

    def __post_init__(self) -> None:
        """Refuse what is no scale."""
        for field in fields(self):
            value = getattr(self, field.name)
            low = -LARGEST if field.name == "level_mean" else 0.0
            if not is_real(value) or not low < value <= LARGEST:
                cure = f"give a number above {low:g}, up to {LARGEST:g}"
                raise PollInputError(f"the prior {field.name} is {value!r}", cure)

    def prior_sd_of(self, name: str) -> float:
        """Return the half-normal scale of a hyperparameter, such as ``"tau"``.

        The prior of calm is log-normal: its median.
        """
        return float(getattr(self, name))

    def draw(self, name: str, rng: np.random.Generator) -> float:
        """Draw a hyperparameter from its prior."""
        score = rng.standard_normal()
        if name == "calm":
            return float(self.calm * np.exp(self.calm_spread * score))
        return float(abs(score) * self.prior_sd_of(name))

    def log_density_of_log(self, name: str, log_scale: Array) -> Array:
        """Log prior density of the logarithm of one scale, normalised.

        Includes the Jacobian: ``p(log s) = p(s) * s``.  The density of a
        half-normal is highest at zero, so without the Jacobian the mode of a
        scale could sit at zero, where a random walk stands still.  The prior of
        calm is log-normal.

        Parameters
        ----------
        name : str
        log_scale : ndarray, any shape

        Returns
        -------
        ndarray, same shape
        """
        relative = log_scale - np.log(self.prior_sd_of(name))
        if name == "calm":
            score = relative / self.calm_spread
            return np.asarray(-0.5 * score**2 - np.log(np.sqrt(2 * np.pi) * self.calm_spread))
        return np.asarray(0.5 * np.log(2 / np.pi) + relative - 0.5 * np.exp(2 * relative))

    def log_density_of_logs(
        self, log_params: Sequence[float], names: Sequence[str] = PARAM_NAMES
    ) -> float:
        """Log prior density of the logarithms of some hyperparameters, normalised."""
        pairs = zip(names, log_params, strict=True)
        return float(sum(self.log_density_of_log(n, np.asarray(v)) for n, v in pairs))


def read_priors(priors: object) -> Priors:
    """Return priors, the usual ones in place of None.

    Raises
    ------
    PollInputError
        For anything else.

    Examples
    --------
    >>> read_priors({"tau": 1})
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: priors is {'tau': 1}; give analysis.Priors(...)
    """
    if priors is None:
        return Priors()
    if not isinstance(priors, Priors):
        raise PollInputError(f"priors is {priors!r}", "give analysis.Priors(...)")
    return priors
