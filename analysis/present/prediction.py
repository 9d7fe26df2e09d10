"""What is predicted, as users of statsmodels know it: mean, standard error, interval, a frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.intervals import Distribution, check_alpha, check_threshold, interval_frame


@dataclass(frozen=True, eq=False)
class PredictionResults:
    """Predictive distribution of some quantities.

    Parameters
    ----------
    keys : DataFrame
        What each quantity is of, such as house_id and mid_date; its index is that of all
        answers.
    quantities : Distribution
        Percent.
    alpha : float
        Of the intervals, where none is named.

    Examples
    --------
    >>> from analysis.base.mixture import Mixture
    >>> one = np.ones((1, 1))
    >>> keys = pd.DataFrame({"house_id": ["a"]})
    >>> found = PredictionResults(keys, Mixture(np.ones(1), 50 * one, 4 * one))
    >>> found.summary_frame(alpha=0.1).round(2)
      house_id  mean   sd  lower  upper
    0        a  50.0  2.0  46.71  53.29
    >>> float(found.prob_above(50).iloc[0])
    0.5
    """

    keys: pd.DataFrame
    quantities: Distribution
    alpha: float = 0.05

    @property
    def predicted_mean(self) -> pd.Series[float]:
        """Expected values, percent."""
        return self._series(self.quantities.centre, "predicted_mean")

    @property
    def se_mean(self) -> pd.Series[float]:
        """Standard deviations, points: of what is predicted, not of its mean alone."""
        return self._series(np.sqrt(self.quantities.total_variance), "sd")

    def conf_int(self, alpha: float | None = None) -> pd.DataFrame:
        """Intervals: lower, upper (percent)."""
        return self.summary_frame(alpha)[["lower", "upper"]]

    def prob_above(self, threshold: float) -> pd.Series[float]:
        """Probability that each quantity lies above a threshold."""
        return self._series(
            self.quantities.probability_above(check_threshold(threshold)), "prob_above"
        )

    def summary_frame(self, alpha: float | None = None) -> pd.DataFrame:
        """Keys, mean, sd, lower, upper (percent).

        Parameters
        ----------
        alpha : float, optional
            0.05 gives 95% intervals; without it that of the prediction.

        Returns
        -------
        DataFrame
        """
        numbers = interval_frame(
            self.quantities, self.alpha if alpha is None else check_alpha(alpha)
        )
        return pd.concat([self.keys, numbers.set_axis(self.keys.index, axis=0)], axis=1)

    def _series(self, values: Array, name: str) -> pd.Series[float]:
        return pd.Series(values, index=self.keys.index, name=name)
