"""The two poles of a construct: which share of a poll a trend is fitted to."""

from __future__ import annotations

import pandas as pd

from analysis.base.errors import PollInputError

POLES = ("for", "against")


def take_pole(obs: pd.DataFrame, pole: str) -> pd.DataFrame:
    """Polls of one pole of a construct, as the share that a trend is fitted to.

    Parameters
    ----------
    obs : DataFrame
        As from ``polls.series``: share_pct, and against_pct for "against".
    pole : {"for", "against"}
        Which share.

    Returns
    -------
    DataFrame
        A copy; for "against" without the polls that did not print that share, and
        without n_parts, which counts the parts of the share for.

    Raises
    ------
    PollInputError
        When the pole is unknown, its column is missing or no poll printed it.

    Examples
    --------
    >>> obs = pd.DataFrame({"share_pct": [70.0, 68.0], "against_pct": [20.0, None]})
    >>> take_pole(obs, "against")["share_pct"].tolist()
    [20.0]
    """
    if pole not in POLES:
        raise PollInputError(f"pole {pole!r} is not known", f"use one of {', '.join(POLES)}")
    if pole == "for":
        return obs.copy()
    if "against_pct" not in obs.columns:
        cure = "add the share against, or take the pole for"
        raise PollInputError("column against_pct is missing", cure)
    mine = obs[obs["against_pct"].notna()].drop(columns=["n_parts"], errors="ignore")
    if mine.empty:
        raise PollInputError("no poll printed a share against", "take the pole for")
    return mine.assign(share_pct=mine["against_pct"])


def take_opinion_holders(obs: pd.DataFrame) -> pd.DataFrame:
    """Polls of a construct as the share for among those who said for or against.

    Parameters
    ----------
    obs : DataFrame
        As from ``polls.series``: for_pct, against_pct (percent of all respondents),
        sample_size (interviews).

    Returns
    -------
    DataFrame
        A copy of the polls that printed both shares: share_pct is 100 for / (for + against),
        sample_size the interviews with such an answer, and n_parts 2, since both parts were
        rounded.

    Raises
    ------
    PollInputError
        When no poll printed both shares.

    Examples
    --------
    >>> obs = pd.DataFrame({"for_pct": [60.0, 70.0], "against_pct": [20.0, None],
    ...                     "sample_size": [1000, 1000]})
    >>> take_opinion_holders(obs)[["share_pct", "sample_size"]].to_numpy().tolist()
    [[75.0, 800.0]]
    """
    both = obs["for_pct"] + obs["against_pct"]
    mine = obs[both > 0]
    if mine.empty:
        raise PollInputError("no poll printed both shares", "take the share of all respondents")
    both = both[mine.index]
    return mine.assign(
        share_pct=100 * mine["for_pct"] / both,
        sample_size=(mine["sample_size"] * both / 100).round().clip(lower=1).astype("int64"),
        n_parts=2,
    )
