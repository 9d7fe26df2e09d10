"""What answers did at events: the shift at each, and the evidence that there was one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError
from analysis.findings._rows import as_frame, number_row
from analysis.findings.source import Source, fit_pole, take_polls
from analysis.questions import check_events

# Events of which people speak as turning points; ids of the table events.
EVENTS = (
    "partial_mobilisation",
    "kherson_ordered",
    "wagner_mutiny",
    "kursk_incursion",
    "trump_putin_call",
    "istanbul_2025_1",
    "alaska_summit",
)
# Construct and pole of each question whose polls are dense enough to be asked.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "support": ("support", "for"),
    "continue": ("talks", "against"),
}
# A shift stands out where the evidence for it, the Bayes factor against none, is "positive" (Kass
# and Raftery 1995, JASA 90(430), section 3.2): at least three to one.
POSITIVE = 3.0
SEED = 20220921


def event_findings(source: Source) -> pd.DataFrame:
    """Tell what support and the wish to fight on did at events.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`: ``event.QUESTION.ID``, the shift in points with
        its interval. Whether it stands out is said by :func:`stand_out` of :func:`event_shifts`.
    """
    shifts = event_shifts(source).to_dict("records")
    return as_frame(_tell(row) for row in shifts)


def event_shifts(source: Source) -> pd.DataFrame:
    """Shifts of both questions at all events that have polls on both sides.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        The tables ``events`` of :func:`analysis.questions.events.check_events` with question and
        evidence, the Bayes factor for a shift against none.

    Raises
    ------
    PollInputError
        When no event has polls on both sides.
    """

    def check() -> pd.DataFrame:
        table = source.tables["events"].set_index("event_id")["date"]
        found = []
        for question, (construct, pole) in QUESTIONS.items():
            obs = take_polls(source, construct, pole)
            days = table.loc[list(EVENTS)]
            inside = (days > obs["mid_date"].min()) & (days <= obs["mid_date"].max())
            if not inside.any():
                continue
            (results,) = fit_pole(source, construct, pole).values()
            events = check_events(results, days[inside].to_dict(), rng=SEED).events
            evidence = np.exp(events["log_bayes_factor"])
            found.append(events.assign(question=question, evidence=evidence))
        if not found:
            raise PollInputError("none of the events has polls on both sides yet", "wait for polls")
        return pd.concat(found, ignore_index=True)

    return source.keep("events.shifts", check)


def stand_out(shifts: pd.DataFrame) -> pd.Series[bool]:
    """Whether the evidence for each shift is at least three to one.

    Examples
    --------
    >>> stand_out(pd.DataFrame({"evidence": [3.5, 1.4]})).tolist()
    [True, False]
    """
    return shifts["evidence"] >= POSITIVE


def _tell(row: Mapping[Any, Any]) -> dict[str, Any]:
    finding = f"event.{row['question']}.{row['event']}"
    numbers = (row["mean"], row["lower"], row["upper"])
    day = pd.Timestamp(row["date"])
    made = number_row(finding, *numbers, unit="points", interval="95% posterior")
    return {**made, "start": day, "start_until": day}
