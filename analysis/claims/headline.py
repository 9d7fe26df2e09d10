"""The findings of the headline: how far support moved within a panel, and what moved instead."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.claims.windows import Window, panel, windows
from analysis.trend.model import PollTrend

OTHER_BASES = ("first_weeks", "autumn")
# Of the bases the first that a house spans: other questions were not asked in spring 2022.
BASES = ("base", "asked_first", "autumn")


def headline(support: pd.DataFrame, fight_on: pd.DataFrame) -> pd.DataFrame:
    """Estimate the changes that the headline tells, between the windows that all texts use.

    The last window of each question ends with the month of the last poll of a house that also
    polled in its base.

    Parameters
    ----------
    support, fight_on : DataFrame
        Polls as from ``polls.series``; `fight_on` with the share that would go on with the
        fighting, as :func:`analysis.questions.poles.take_pole` gives it.

    Returns
    -------
    DataFrame
        finding, house_id (where it is one house), start, start_until, end, end_until (days of
        both windows), n_houses, mean, lower, upper (points; 95% intervals), prob_negative.
        Findings: ``"panel"``, the mean of the houses that polled in both windows, whose
        effects may drift; ``"panel_static"``, the same with effects that stand still;
        ``"house"``, one of them; ``"typical"``, a house like these, which may have drifted
        otherwise; ``"first_weeks"`` and ``"autumn"``, the panel's change from two other
        bases; ``"fight_on"``, the change of the share that would go on with the
        fighting in the panel of that question.

    Raises
    ------
    PollInputError
        When no house polled in both windows, or the data end too early.

    See Also
    --------
    analysis.claims.windows.windows : the windows.
    """
    spans = _spans(support, "base")
    base, last = spans["base"], spans["last"]
    houses = panel(support, base, last)
    reference = f"houses:{','.join(houses)}"
    results = PollTrend(support, drift=True).fit()
    changes = {
        "panel": results.change(base, last, reference=reference),
        "panel_static": PollTrend(support).fit().change(base, last, reference=reference),
        "typical": results.typical_change(base, last),
    }
    rows = [_row(name, base, last, change, len(houses)) for name, change in changes.items()]
    for house in houses:
        change = results.change(base, last, reference=house)
        rows.append({**_row("house", base, last, change, 1), "house_id": house})
    for name in OTHER_BASES:
        change = results.change(spans[name], last, reference=reference)
        rows.append(_row(name, spans[name], last, change, len(houses)))
    return pd.DataFrame([*rows, _fight_on(fight_on)])


def main_windows(obs: pd.DataFrame) -> tuple[Window, Window, str] | None:
    """Windows and reference between which a question's change is told.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.

    Returns
    -------
    tuple of Window, Window and str, or None
        First and last window, and the mean of the houses that polled in both, as
        :meth:`analysis.trend.results.PollTrendResults.change` takes them; None where no house
        polled in both, or the data end within a year of the first windows.
    """
    for name in BASES:
        try:
            spans = _spans(obs, name)
            houses = panel(obs, spans[name], spans["last"])
        except PollInputError:
            continue
        return spans[name], spans["last"], f"houses:{','.join(houses)}"
    return None


def _spans(obs: pd.DataFrame, base: str) -> dict[str, Window]:
    """Windows of which the last ends with the last poll of a house that polled in the base.

    A poll of another house, or of another question, says nothing of this panel's change: it
    must not move the window to where the panel has no poll.
    """
    spans = windows(obs["mid_date"].max())
    early = panel(obs, spans[base])
    return windows(obs.loc[obs["house_id"].isin(early), "mid_date"].max())


def _fight_on(obs: pd.DataFrame) -> dict[str, Any]:
    """Change of the share that would go on, within the houses that asked in both windows."""
    spans = _spans(obs, "asked_first")
    base, last = spans["asked_first"], spans["last"]
    houses = panel(obs, base, last)
    results = PollTrend(obs, drift=True).fit()
    change = results.change(base, last, reference=f"houses:{','.join(houses)}")
    row = _row("fight_on", base, last, change, len(houses))
    return {**row, "house_id": houses[0]} if len(houses) == 1 else row


def _row(
    finding: str, start: Window, end: Window, change: pd.Series[Any], n_houses: int
) -> dict[str, Any]:
    numbers = {name: change[name] for name in ("mean", "lower", "upper", "prob_negative")}
    days = {"start": start.start, "start_until": start.end, "end": end.start, "end_until": end.end}
    return {"finding": finding, "house_id": None, **days, "n_houses": n_houses, **numbers}
