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
