"""Trends of the poles of questions, made once for all figures that show them."""

from typing import TYPE_CHECKING

import pandas as pd

from figures.fitted_polls import FittedPolls

if TYPE_CHECKING:
    from analysis import PollTrendResults

# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2
NUMBERS = ("mean", "lower", "upper")


def take_polls(fitted: FittedPolls, construct: str, pole: str) -> pd.DataFrame:
    """Polls of a construct with the share of a pole, "for" or "against"."""

    def take() -> pd.DataFrame:
        from analysis.questions import take_pole

        return take_pole(fitted.obs(construct), pole)

    return fitted.keep(("questions", "polls", construct, pole), take)


def fit_pole(fitted: FittedPolls, construct: str, pole: str) -> "dict[str, PollTrendResults]":
    """Fit the share of a pole, by the model that its polls allow.

    Returns
    -------
    dict
        "drift" or "static", as ``analysis.questions.changes.question_changes`` takes it.
    """

    def fit() -> "dict[str, PollTrendResults]":
        from analysis import PollTrend
        from analysis.questions import choose_model

        polls = take_polls(fitted, construct, pole)
        model = choose_model(polls)
        drift = model == "drift"
        if pole == "for":
            return {model: fitted.results(construct, drift=drift)}
        return {model: PollTrend(polls, drift=drift).fit()}

    return fitted.keep(("questions", "fit", construct, pole), fit)


def estimate_pole(fitted: FittedPolls, construct: str, pole: str) -> pd.DataFrame:
    """Share of a pole week by week, mean of the houses that ask: date, mean, lower, upper."""

    def estimate() -> pd.DataFrame:
        (results,) = fit_pole(fitted, construct, pole).values()
        first, last = results.observations.first_date, results.observations.last_date
        # A week is less than a pixel of these panels; the last day is kept.
        weeks = pd.date_range(first, last, freq="7D").union([pd.Timestamp(last)])
        trend = results.trend(dates=list(weeks))
        return trend[["date", *NUMBERS]].round(dict.fromkeys(NUMBERS, DIGITS))

    return fitted.keep(("questions", "trend", construct, pole), estimate)
