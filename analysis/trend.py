"""PollTrend: what users type."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.observations import prepare_observations
from analysis.optimise import Mode, find_mode
from analysis.priors import SCALE_NAMES, Priors
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

    Attributes
    ----------
    observations : Observations
        The checked polls.
    statespace : HouseEffectsModel
        The model as statsmodels sees it.

    Raises
    ------
    PollInputError
        A ValueError that names row, column, what was found and the cure.

    Notes
    -----
    Static and plug-in: house effects stand still, and the three scales are
    fixed at their maximum a posteriori.  Intervals therefore leave out the
    uncertainty of the scales, drift of houses, and any error that all houses
    share.  The level and the house effects are exact given the scales
    (a Kalman smoother with irregular gaps; Jackman 2005, "Pooling the polls
    over an election campaign", Australian Journal of Political Science 40(4)).

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

    def __init__(self, obs: pd.DataFrame, *, priors: Priors | None = None) -> None:
        self.priors = Priors() if priors is None else priors
        self.observations = prepare_observations(obs)
        self.statespace = HouseEffectsModel(self.observations, self.priors)

    def loglike(self, scales: Sequence[float]) -> float:
        """Log likelihood at (tau, omega, sigma_h), in points.

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

    def fit(self) -> PollTrendResults:
        """Find the maximum a posteriori of the scales on log scales, then smooth.

        Returns
        -------
        PollTrendResults
        """
        mode = find_mode(self.log_posterior)
        return self._results(mode)

    def smooth(self, scales: Sequence[float]) -> PollTrendResults:
        """Smooth at scales that the caller gives, without estimating them.

        Parameters
        ----------
        scales : sequence of 3 floats
            tau (points per root day), omega and sigma_h (points), all above 0.

        Returns
        -------
        PollTrendResults
        """
        values = np.asarray(scales, dtype=float)
        if values.shape != (len(SCALE_NAMES),) or not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(
                f"scales must be {len(SCALE_NAMES)} numbers above 0: {', '.join(SCALE_NAMES)}"
            )
        nothing = np.zeros((len(values), len(values)))
        at = Mode(np.log(values), self.log_posterior(np.log(values)), nothing, 0.0, 1)
        return self._results(at)

    def _results(self, mode: Mode) -> PollTrendResults:
        scales = [float(v) for v in np.exp(mode.log_scales)]
        posterior = self.statespace.joint_posterior(scales)
        return PollTrendResults(self, mode, posterior, self.loglike(scales))
