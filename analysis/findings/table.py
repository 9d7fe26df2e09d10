"""All findings in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.findings.at_the_time import claim_findings
from analysis.findings.events import event_findings
from analysis.findings.groups import group_findings
from analysis.findings.hidden import hidden_findings
from analysis.findings.houses import house_findings
from analysis.findings.opinion import opinion_findings
from analysis.findings.parts import part_findings
from analysis.findings.questions import question_findings
from analysis.findings.source import Source
from analysis.findings.support import instrument_findings, support_findings

TOPICS: Mapping[str, Callable[[Source], pd.DataFrame]] = {
    "support": support_findings,
    "instruments": instrument_findings,
    "questions": question_findings,
    "houses": house_findings,
    "claim": claim_findings,
    "hidden": hidden_findings,
    "opinion": opinion_findings,
    "parts": part_findings,
    "events": event_findings,
    "groups": group_findings,
}


def findings(source: Source, topics: Iterable[str] = tuple(TOPICS)) -> pd.DataFrame:
    """Tell what is published, from the models and tables of today.

    Title and alt text of a figure, the README, the site and the notebooks take direction, base and
    size of a finding from here, so that they cannot contradict each other.

    Parameters
    ----------
    source : Source
        Such as ``FittedPolls({**polls.load(), "arms": polls.experiments()}, polls.series)`` of
        the figures: models fitted for one topic serve the next, and the pictures.
    topics : iterable of str
        Of `TOPICS`; all of them by default.

    Returns
    -------
    DataFrame
        One row a finding, its name unique:

        ========================  ==================================================================
        finding                   name; its first word is the topic of a reader
        house_id                  where it is of one house
        unit                      points (of a change or a difference), percent (a level), ratio,
                                  count
        base                      name of the first window (:func:`analysis.claims.windows`)
        start, start_until        first and last day of the window that it begins with
        end, end_until            the same of the one that it ends with
        panel, n_houses           ids of the houses whose mean it is, and how many they are
        mean, lower, upper        size, and its interval
        prob_negative             probability that it is below zero, where it is a posterior
        direction                 as the interval carries: fallen, risen or unclear of a change,
                                  lower, higher or unclear of a difference or a ratio
        interval                  what the interval is: a posterior, sampling, an assumption
        ========================  ==================================================================

    Raises
    ------
    PollInputError
        For an unknown topic, and where the polls carry no finding yet.
    ValueError
        Of the claim, where the source is of a day before it.

    Examples
    --------
    >>> findings(None, ["weather"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: topic 'weather' is not known; use support, ...
    """
    chosen = list(topics)
    for topic in chosen:
        if topic not in TOPICS:
            raise PollInputError(f"topic {topic!r} is not known", f"use {', '.join(TOPICS)}")
    return pd.concat([TOPICS[topic](source) for topic in chosen], ignore_index=True)
