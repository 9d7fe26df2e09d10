"""PartiesTrend: three to ten parts of a whole in one fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, on_one_thread
from analysis.base.errors import PollInputError
from analysis.base.priors import Priors, read_priors
from analysis.integrate import half_normal, sample_posterior
from analysis.observations.frame import Observations
from analysis.parties.draws import PartiesPosterior
from analysis.parties.gaussian import PARAM_NAMES, Given, PartiesDesign
from analysis.parties.inputs import read_parties
from analysis.parties.results import PartiesResults

N_POINTS = 128
# Three scales of many shares are well known: so many effective points do.
SMALLEST_ESS = 50.0
LARGEST_K = 0.7
BATCH = 64


class PartiesTrend:
    """Trend of three to ten parts of a whole, and of the rest.

    Parameters
    ----------
    obs : DataFrame
        One row per poll: house_id, start_date, end_date, sample_size and for each answer
        ``<answer>_pct`` (percent, empty where it was not printed); optionally sector,
        design_effect, decimals, poll_id.  It is not changed, and the order of its rows is
        irrelevant.
    answers : sequence of str
    priors : Priors, optional
        Prior scales, in points, of a part of one half.

    Raises
    ------
    PollInputError
        A ValueError that names row, column, what was found and the cure.

    Notes
    -----
    Poll i of house j at day t_i prints some of k parts, in percent::

        y_i = x(t_i) + h_j + e_i             e_i ~ N(0, V_i + R_i + omega^2 M)
        x(t + d) = x(t) + N(0, tau^2 d M)    x(t_1) ~ N(100 / (k + 1), level_sd^2) for each part
        h_j = g_s(j) + u_j                   u_j ~ N(0, sigma_h^2 M), g_s ~ N(0, sector_sd^2 M)

    M is the multinomial covariance at the mean shares, 1 for a part of one half: moves, house
    effects and excess errors are in proportion to ``sqrt(p (100 - p))``, and what a part gains the
    others and the rest lose.  V_i is multinomial sampling at the poll's own shares with its
    design effect, R_i rounding.  The three scales have the half-normal priors of
    :class:`~analysis.base.priors.Priors` and are integrated out by importance sampling; given
    them all is exact.  House effects stand still.

    See Also
    --------
    analysis.composition.model.CompositionTrend : two parts, each with scales of its own.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "red_pct": [40, 42, 41, 44], "blue_pct": [30, 29, 31, 27], "green_pct": [9, 8, None, 9],
    ... })
    >>> res = PartiesTrend(obs, ("red", "blue", "green")).fit()
    >>> res.trend()["part"].unique().tolist()
    ['red', 'blue', 'green', 'rest']
    >>> table = res.election("2022-05-01", coalitions={"both": ["blue", "green"]}, threshold=5)
    >>> table.columns.tolist()
    ['name', 'mean', 'sd', 'lower', 'upper', 'prob_in', 'prob_majority']
    """

    def __init__(
        self, obs: pd.DataFrame, answers: Sequence[str], *, priors: Priors | None = None
    ) -> None:
        self.priors = read_priors(priors)
        self.polls = read_parties(obs, answers)
        self.design = PartiesDesign(self.polls, self.priors.level_sd, self.priors.sector_sd)

    @property
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""
        return self.polls.observations

    @property
    def param_names(self) -> tuple[str, ...]:
        """Tau (points per root day), omega and sigma_h (points), of a part of one half."""
        return PARAM_NAMES

    @on_one_thread
    def loglike(self, params: Sequence[float]) -> float:
        """Log likelihood at (tau, omega, sigma_h), levels and effects integrated out."""
        return Given(self.design, np.asarray(params, dtype=float)).loglike

    @on_one_thread
    def fit(self, method: str = "full") -> PartiesResults:
        """Integrate the scales out.

        Parameters
        ----------
        method : str
            ``"full"``; scales are not plugged in.

        Raises
        ------
        PollInputError
            When the method is unknown.
        """
        if method != "full":
            cure = "use 'full', or smooth() at scales of your own"
            raise PollInputError(f"method {method!r} is not known for several parts", cure)
        starts = np.array([[0.0, 0.0, 0.0], [-1.5, 0.0, 0.0]])
        found = sample_posterior(self._log_posterior, starts, n_points=N_POINTS, batch=BATCH)
        warnings = []
        if found.ess < SMALLEST_ESS or found.pareto_k > LARGEST_K:
            warnings.append(
                f"the scales are known from {found.ess:.0f} effective points only (Pareto k "
                f"{found.pareto_k:.2f}): give more polls, or narrower priors"
            )
        chosen, counts = np.unique(found.resample(N_POINTS), return_counts=True)
        details = {
            "ess": found.ess,
            "pareto_k": found.pareto_k,
            "n_evaluations": found.n_evaluations,
        }
        return PartiesResults(
            PartiesPosterior(
                self.design,
                self._values(found.points),
                found.weights,
                self._values(found.points[chosen]),
                counts,
                "full",
                details,
                tuple(warnings),
            )
        )

    def smooth(self, params: Sequence[float] | Mapping[str, float]) -> PartiesResults:
        """Smooth at scales that the caller gives: tau, omega, sigma_h, in order or by name."""
        if isinstance(params, Mapping):
            params = [params[name] for name in PARAM_NAMES]
        values = np.asarray(params, dtype=float)
        if values.shape != (3,) or not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"params must be 3 numbers above 0: {', '.join(PARAM_NAMES)}")
        one, sets = np.ones(1), values[None, :]
        return PartiesResults(
            PartiesPosterior(self.design, sets, one, sets, np.array([128]), "given", {}, ())
        )

    def _values(self, points: Array) -> Array:
        """Scales at coordinates whose prior is standard normal, shape (n, 3)."""
        columns = zip(PARAM_NAMES, points.T, strict=True)
        return np.column_stack([half_normal(z, self.priors.prior_sd_of(n)) for n, z in columns])

    def _log_posterior(self, points: Array) -> Array:
        """Log posterior density of coordinates, shape (n,)."""
        prior = -0.5 * (points**2 + np.log(2 * np.pi)).sum(axis=1)
        found = [Given(self.design, values).loglike for values in self._values(points)]
        return np.asarray(found + prior)
