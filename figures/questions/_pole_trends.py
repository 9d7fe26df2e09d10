"""Trends of the poles of questions, made once for all figures that show them."""

import pandas as pd

from figures.fitted_polls import FittedPolls

# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2
NUMBERS = ("mean", "lower", "upper")


def estimate_pole(fitted: FittedPolls, construct: str, pole: str) -> pd.DataFrame:
    """Share of a pole week by week, mean of the houses that ask: date, mean, lower, upper."""

    def estimate() -> pd.DataFrame:
        from analysis.findings import fit_pole

        (results,) = fit_pole(fitted, construct, pole).values()
        first, last = results.observations.first_date, results.observations.last_date
        # A week is less than a pixel of these panels; the last day is kept.
        weeks = pd.date_range(first, last, freq="7D").union([pd.Timestamp(last)])
        trend = results.trend(dates=list(weeks))
        return trend[["date", *NUMBERS]].round(dict.fromkeys(NUMBERS, DIGITS))

    return fitted.keep(("questions", "trend", construct, pole), estimate)
