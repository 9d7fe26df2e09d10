"""PollTrend: what users type."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.design import build_design
from analysis.errors import PollInputError
from analysis.exact import ScaleSpace
from analysis.fits import METHODS, fit_full, fit_given, fit_map
from analysis.observations import prepare_observations
from analysis.priors import Priors
from analysis.results import PollTrendResults
from analysis.sampling import Array
from analysis.statespace import HouseEffectsModel


class PollTrend:
    """Trend of a share over time from polls of several houses.

    Parameters
    ----------
    obs : DataFrame
        One row per poll: ``house_id``, ``start_date``, ``end_date``,
        ``sample_size``, ``share_pct`` (percent of all respondents);
        optionally ``sector``, ``decimals``, ``n_parts``,
        ``design_effect``, ``sampling_var`` (squared points) and ``poll_id``.
        It is not changed, and the order of its rows is irrelevant.
    priors : Priors, optional
        Prior scales, in points.
    drift : bool
        May house effects drift from the first poll of each house on.

    Attributes
    ----------
    observations : Observations
        The checked polls.
    design : Design
        The same as arrays.
    statespace : HouseEffectsModel
        The model as statsmodels sees it.

    Raises
    ------
    PollInputError
        A ValueError that names row, column, what was found and the cure.

    Notes
    -----
    Given the scales the model is linear and Gaussian, and level and effects
    are exact (a Kalman filter with irregular gaps; Jackman 2005, "Pooling the
    polls over an election campaign", Australian Journal of Political Science
    40(4)).  The scales are integrated out on a lattice, so intervals are those
    of the full posterior.  They leave out any error that all houses share.

    See Also
    --------
    analysis.results.PollTrendResults

    Examples
    --------
    >>> import pandas as pd
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": [1600, 1000, 1600, 1000],
    ...     "share_pct": [70, 62, 72, 65],
    ... })
    >>> res = PollTrend(obs).fit()
    >>> res.trend().columns.tolist()
    ['date', 'mean', 'sd', 'lower', 'upper']
    >>> len(res.trend())
    41
    """

    def __init__(
        self, obs: pd.DataFrame, *, priors: Priors | None = None, drift: bool = False
    ) -> None:
        self.priors = Priors() if priors is None else priors
        self.observations = prepare_observations(obs)
        self.design = build_design(self.observations, self.priors, drift=drift)
        self._space = ScaleSpace(self.design, self.priors)
        self._statespace: HouseEffectsModel | None = None

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the scales: tau, omega, sigma_h and, with drift, kappa."""
        return (
            ("tau", "omega", "sigma_h", "kappa")
            if self.design.drift
            else (
                "tau",
                "omega",
                "sigma_h",
            )
        )

    @property
    def statespace(self) -> HouseEffectsModel:
        """The model as a statsmodels ``MLEModel``, built when first asked for."""
        if self._statespace is None:
            self._statespace = HouseEffectsModel(self.design, self.priors)
        return self._statespace

    def loglike(self, scales: Sequence[float]) -> float:
        """Log likelihood at (tau, omega, sigma_h[, kappa]), in points.

        Level and effects are integrated out; priors of the scales are not in it.
        """
        return float(self.statespace.loglike(np.asarray(scales, dtype=float)))

    def log_posterior(self, log_scales: Array) -> float:
        """Log posterior density of the logarithms of the scales, up to a constant.

        The Jacobian of the logarithms is included
        (:meth:`analysis.priors.Priors.log_density_of_logs`).
        """
        scales = np.exp(np.asarray(log_scales, dtype=float))
        prior = self.priors.log_density_of_logs([float(v) for v in log_scales])
        return self.loglike([float(v) for v in scales]) + prior

    def fit(self, method: str = "full") -> PollTrendResults:
        """Estimate.

        Parameters
        ----------
        method : str
            ``"full"`` integrates the scales out; ``"map"`` plugs in their
            maximum a posteriori, which leaves their uncertainty out.

        Returns
        -------
        PollTrendResults

        Raises
        ------
        PollInputError
            When the method is unknown.
        """
        if method == "full":
            return PollTrendResults(self, fit_full(self._space))
        if method == "map":
            return PollTrendResults(self, fit_map(self._space))
        known = ", ".join(repr(name) for name in METHODS if name != "given")
        raise PollInputError(f"method {method!r} is not known", f"use one of {known}")

    def smooth(self, scales: Sequence[float]) -> PollTrendResults:
        """Smooth at scales that the caller gives, without estimating them.

        Parameters
        ----------
        scales : sequence of 3 or 4 floats
            tau (points per root day), omega and sigma_h (points), with drift
            kappa (points per root day), all above 0.

        Returns
        -------
        PollTrendResults
        """
        values = np.asarray(scales, dtype=float)
        names = self.scale_names
        if values.shape != (len(names),) or not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"scales must be {len(names)} numbers above 0: {', '.join(names)}")
        named = dict(zip(names, (float(v) for v in values), strict=True))
        return PollTrendResults(self, fit_given(self._space, named))
