"""What results of several parts have alike: their face, joint draws, words for what they lack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_rng
from analysis.observations.frame import Observations
from analysis.present import plots
from analysis.present.inference_data import make_inference_data
from analysis.present.prediction import PredictionResults

if TYPE_CHECKING:
    from analysis.present.plots import Axes


@dataclass(frozen=True, eq=False)
class PartsDraws:
    """Joint draws of all that a model of parts holds; a row is a draw in each table.

    Parameters
    ----------
    params : DataFrame
        Hyperparameters, by name.
    level : DataFrame
        Percent, by date and part.
    house_effects : DataFrame
        Points from the reference, by house_id and part.
    """

    params: pd.DataFrame
    level: pd.DataFrame
    house_effects: pd.DataFrame


class JointDraws(Protocol):
    """Some of the draws behind every table, as each model of parts holds them."""

    def params(self) -> pd.DataFrame:
        """Hyperparameters, a row a draw."""

    def level(self, dates: np.ndarray[Any, Any], reference: Any) -> pd.DataFrame:
        """All parts on dates, by date and part."""

    def house_effects(self, reference: Any) -> pd.DataFrame:
        """Effects from a reference, by house_id and part."""

    def simulate(self, rng: np.random.Generator | None) -> Array:
        """Shares that the polls might have printed, (n, n_polls, n_answers)."""

    def log_likelihood(self) -> Array:
        """Log density of all that each poll printed, (n, n_polls)."""


class PartsResults(ABC):
    """The face that results of two parts and of several have in common.

    A model of parts gives tables, predictions and joint draws; what is only read from those
    is here once.
    """

    @property
    @abstractmethod
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""

    @property
    @abstractmethod
    def answers(self) -> tuple[str, ...]:
        """The parts in the order the caller named them."""

    @property
    @abstractmethod
    def _printed(self) -> Array:
        """Published shares, (n_polls, n_answers); not a number where one was not printed."""

    @abstractmethod
    def _named_params(self, alpha: float) -> pd.DataFrame:
        """Columns mean, sd, lower, upper of the hyperparameters, indexed by their names."""

    @abstractmethod
    def _joint(self, n: int, rng: np.random.Generator | None) -> JointDraws:
        """Choose n of the draws."""

    @abstractmethod
    def trend(
        self, *, part: str | None = None, reference: Any = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """Daily shares."""

    @abstractmethod
    def house_effects(
        self, part: str, reference: Any = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects on one part."""

    @abstractmethod
    def residuals(self) -> pd.DataFrame:
        """Distance of each printed share from the level as its house measures it."""

    @abstractmethod
    def get_forecast(
        self,
        steps: object = 1,
        reference: Any = "houses",
        part: str | None = None,
        alpha: float = 0.05,
    ) -> PredictionResults:
        """Levels on the days after the last poll."""

    @abstractmethod
    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""

    @property
    def params(self) -> pd.Series[float]:
        """Posterior means of the hyperparameters, or those given, by name."""
        return self._named_params(0.05)["mean"].rename("params")

    @property
    def bse(self) -> pd.Series[float]:
        """Posterior standard deviations of the hyperparameters: what standard errors are here."""
        return self._named_params(0.05)["sd"].rename("bse")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Intervals of the hyperparameters: lower, upper, indexed by their names."""
        return self._named_params(alpha)[["lower", "upper"]]

    def forecast(self, steps: object = 1, reference: Any = "houses") -> pd.DataFrame:
        """Expected shares on the days after the last poll, percent: by date, a column a part."""
        found = self.get_forecast(steps, reference)
        parts = list(dict.fromkeys(found.keys["part"]))
        values = found.predicted_mean.to_numpy().reshape(-1, len(parts))
        return pd.DataFrame(values, index=found.keys.index[:: len(parts)], columns=parts)

    def draws(
        self,
        n: int = 1000,
        rng: np.random.Generator | None = None,
        reference: Any = "houses",
        dates: Sequence[object] | None = None,
    ) -> PartsDraws:
        """Joint draws of hyperparameters, levels and house effects.

        Parameters
        ----------
        n : int
            At most as many as stand behind every table (``diagnostics()["n_draws"]``).
        rng : numpy Generator, optional
            Chooses which of them; without it the same on every call.
        reference : str
            As in :meth:`trend`.
        dates : sequence of dates, optional
            Days of the level, in order of time; daily by default.

        Returns
        -------
        PartsDraws
            Percent; draws outside 0 to 100 are among them.

        Raises
        ------
        PollInputError
            When there are fewer draws, a date is none or before what the model knows, or the
            reference is unknown.

        Examples
        --------
        How likely did red lead blue all the time:

        >>> from analysis.parties import PartiesTrend
        >>> obs = pd.DataFrame({
        ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
        ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
        ...     "red_pct": [40, 42, 41, 44], "blue_pct": [30, 29, 31, 27],
        ...     "green_pct": [9, 8, None, 9],
        ... })
        >>> level = PartiesTrend(obs, ("red", "blue", "green")).fit().draws(256).level
        >>> lead = level.xs("red", axis=1, level="part") > level.xs("blue", axis=1, level="part")
        >>> bool(lead.all(axis=1).mean() > 0.5)
        True
        """
        obs, joint = self.observations, self._joint(n, rng)
        days = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
        if dates is not None:
            days = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
        level = joint.level(days, reference)
        return PartsDraws(joint.params(), level, joint.house_effects(reference))

    def simulate(self, n: int = 500, rng: np.random.Generator | None = None) -> pd.DataFrame:
        """Shares that the same polls might have printed: the posterior predictive.

        Parameters
        ----------
        n, rng
            As in :meth:`draws`.

        Returns
        -------
        DataFrame, shape (n, n_polls * n_answers)
            Percent, by poll and answer; empty where the poll did not print it.
        """
        return self._polls_table(self._joint(n, rng).simulate(rng))

    def to_inference_data(self, n: int = 500, rng: np.random.Generator | None = None) -> Any:
        """Draws as ArviZ knows them; needs the library arviz.

        Parameters
        ----------
        n, rng
            As in :meth:`draws`.

        Returns
        -------
        arviz.InferenceData
            posterior (hyperparameters, level by date and part, house_effect by house_id and
            part), posterior_predictive and observed_data (share_pct by poll and answer),
            log_likelihood (poll_density: of all that a poll printed).

        Raises
        ------
        ImportError
            Without arviz, saying how to install it.
        """
        joint, obs = self._joint(n, rng), self.observations
        days = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
        return make_inference_data(
            params=joint.params(),
            posterior={
                "level": joint.level(days, "houses"),
                "house_effect": joint.house_effects("houses"),
            },
            replicates=self._polls_table(joint.simulate(rng)),
            log_likelihood=pd.DataFrame(joint.log_likelihood(), columns=self._poll_names()),
            observed=self._printed,
        )

    def _poll_names(self) -> pd.Index[Any]:
        polls = self.observations.polls
        names: pd.Index[Any] = pd.Index(polls.get("poll_id", polls.index), name="poll")
        return names

    def _polls_table(self, shares: Array) -> pd.DataFrame:
        return parts_table(shares, self._poll_names(), self.answers, ("poll", "answer"))

    def plot_trend(
        self,
        part: str | None = None,
        reference: Any = "houses",
        ax: Axes | None = None,
        **style: Any,
    ) -> Axes:
        """Draw polls, estimates and 95% bands: of all answers, or of one alone.

        Parameters
        ----------
        part : str, optional
            One of the answers.
        reference : str
            As in :meth:`trend`.
        ax : matplotlib Axes, optional
        **style
            title, ylabel, palette and credit of :func:`analysis.present.plots.plot_parts`; of one
            answer those of :func:`analysis.present.plots.plot_trend`.
        """
        trend, polls = self.trend(part=part, reference=reference), self.residuals()
        if part is not None:
            return plots.plot_trend(trend, polls[polls["part"] == part], ax, **style)
        return plots.plot_parts(trend[trend["part"].isin(self.answers)], polls, ax, **style)

    def plot_houses(
        self,
        part: str | None = None,
        reference: Any = "houses",
        ax: Axes | None = None,
        **style: Any,
    ) -> Axes:
        """Draw house effects on a part, by default the first answer.

        See Also
        --------
        analysis.present.plots.plot_houses : title, xlabel, palette, credit.
        """
        chosen = self.answers[0] if part is None else part
        return plots.plot_houses(self.house_effects(chosen, reference), ax, **style)

    def plot_residuals(self, part: str | None = None, ax: Axes | None = None, **style: Any) -> Axes:
        """Draw residuals of all answers, or of one; see :func:`analysis.present.plots`."""
        table = self.residuals()
        chosen = table if part is None else table[table["part"] == part]
        return plots.plot_residuals(chosen.reset_index(drop=True), ax, **style)

    def __getattr__(self, name: str) -> Any:
        """Name what can be asked for where something cannot."""
        raise refuse_door(self, name)


def choose_draws(n: int, most: int, rng: np.random.Generator | None) -> Days:
    """Which n of the draws: every so many, since those of one set of scales stand together.

    Parameters
    ----------
    n, most : int
    rng : numpy Generator, optional
        Puts them in an order of chance first.

    Raises
    ------
    PollInputError
        When n is no whole number from 1 to ``most``.

    Examples
    --------
    >>> choose_draws(2, 6, None).tolist()
    [0, 3]
    """
    if not 1 <= n <= most or int(n) != n:
        raise PollInputError(f"n is {n!r}", f"give a whole number of draws, 1 to {most}")
    order = np.arange(most) if rng is None else check_rng(rng).permutation(most)
    return np.asarray(order[np.arange(int(n)) * most // int(n)])


def parts_table(
    values: Array, first: pd.Index[Any], parts: Sequence[str], names: tuple[str, str]
) -> pd.DataFrame:
    """Draws of shape (n, n_first, n_parts) as a table with two levels of columns, a row a draw."""
    columns = pd.MultiIndex.from_product([first, list(parts)], names=list(names))
    # Thousands of days of a thousand draws: one copy of them is enough.
    table = pd.DataFrame(values.reshape(len(values), -1), columns=columns, copy=False)
    return table.rename_axis("draw")


def refuse_door(results: object, name: str) -> AttributeError:
    """Error for an attribute that there is not, which names those that there are.

    Parameters
    ----------
    results : object
        Results of a model of parts.
    name : str

    Examples
    --------
    >>> class Results:
    ...     def trend(self): ...
    >>> print(refuse_door(Results(), "loo"))
    Results has no loo; ask for one of trend
    """
    kind = type(results)
    doors = ", ".join(door for door in sorted(dir(kind)) if not door.startswith("_"))
    return AttributeError(f"{kind.__name__} has no {name}; ask for one of {doors}")
