"""How good is it, in the words of those who are no statisticians, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.evaluate.backtest import CANDIDATES, name_options
from analysis.evaluate.comparison import LEVELS, compare_models
from analysis.evaluate.forecasts import RETOLD, WRITTEN
from analysis.evaluate.multiverse import digest_polls
from analysis.trend import TrendOptions
from analysis.trend.options import ESTIMATED

POOLED = "pooled"
OURS, LAST, MEAN = "published", "last_of_house", "mean_of_house"
SUMMARY_COLUMNS = (
    "series",
    "horizon",
    "model",
    "n",
    "crps",
    "difference",
    "difference_se",
    "mae",
    "bias",
    *(f"covered_{level}_pct" for level in LEVELS),
    "log_score",
    "polls",
    "options",
)
FACT_COLUMNS = ("fact", "series", "value", "unit")


def summarise_backtest(rows: pd.DataFrame, polls: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Average a back-test by series, horizon and model, and say what it was made from.

    Parameters
    ----------
    rows : DataFrame
        As of :func:`analysis.evaluate.backtest.backtest`, with a column series.
    polls : mapping of str to DataFrame
        Polls of each series.

    Returns
    -------
    DataFrame
        The columns ``SUMMARY_COLUMNS``: those of
        :func:`analysis.evaluate.comparison.compare_models`, against the first model, for each
        series and, where there are several, for all of them pooled; polls: the digest of the polls;
        options: those of the published model that are not its defaults.  First polls of a house
        are left out.
    """
    known = rows[~rows["is_new"]]
    groups = {name: known[known["series"] == name] for name in polls}
    digests = {name: digest_polls(obs) for name, obs in polls.items()}
    if len(polls) > 1:
        groups[POOLED], digests[POOLED] = known, " ".join(digests.values())
    parts = [
        compare_models(part, str(part["model"].iloc[0])).assign(
            series=name, polls=digests[name], options=name_options()
        )
        for name, part in groups.items()
        if len(part)
    ]
    columns = list(SUMMARY_COLUMNS)
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def is_summary_current(summary: pd.DataFrame, polls: Mapping[str, pd.DataFrame]) -> bool:
    """Was a stored summary made from these polls, by the model that is published now.

    Parameters
    ----------
    summary : DataFrame
        As of :func:`summarise_backtest`.
    polls : mapping of str to DataFrame
    """
    told = summary.groupby("series")["polls"].first()
    same = [told.get(name) == digest_polls(obs) for name, obs in polls.items()]
    return all(same) and bool((summary["options"] == name_options()).all())


def how_good(summary: pd.DataFrame, scores: pd.DataFrame, n_open: int) -> pd.DataFrame:
    """Collect the facts that tell how good the published model is.

    Parameters
    ----------
    summary : DataFrame
        As of :func:`summarise_backtest`.
    scores : DataFrame
        As of :func:`analysis.evaluate.forecasts.score_forecasts`.
    n_open : int
        Forecasts whose wave has not come in.

    Returns
    -------
    DataFrame
        fact, series (empty where it is of none), value and unit.  Of each series, from the next
        poll of houses that had polled before: n_polls, error (mean distance of the prediction
        from the poll, points), error_of_last (of the last poll of the same house), error_of_mean
        (of the mean of its last three, if the summary has it), gain (percent by which the CRPS is
        lower than that of the last poll), held_50, held_80, held_95 (percent of the intervals that
        held the poll), error_12m (a year ahead).  Of the forecasts: n_open;
        and of those written in advance and of those made afterwards as of a day, n_registered
        and n_as_of with error_ and held_95_ (a count).

    Raises
    ------
    PollInputError
        When the summary lacks the published model or the last poll of the same house.

    See Also
    --------
    say_how_good : the same in sentences.
    """
    rows: list[tuple[str, str, float, str]] = []
    told = {(row["series"], row["horizon"], row["model"]): row for _, row in summary.iterrows()}
    for series in dict.fromkeys(map(str, summary["series"])):
        ours, last = told.get((series, "next", OURS)), told.get((series, "next", LAST))
        if ours is None or last is None:
            cure = f"run the back-test with {OURS} and {LAST}"
            raise PollInputError(f"the summary of {series} lacks a model", cure)
        rows += [
            ("n_polls", series, float(ours["n"]), "polls"),
            ("error", series, float(ours["mae"]), "points"),
            ("error_of_last", series, float(last["mae"]), "points"),
            ("gain", series, 100 * (1 - float(ours["crps"]) / float(last["crps"])), "percent"),
        ]
        if (mean := told.get((series, "next", MEAN))) is not None:
            rows.append(("error_of_mean", series, float(mean["mae"]), "points"))
        held = {level: float(ours[f"covered_{level}_pct"]) for level in LEVELS}
        rows += [(f"held_{level}", series, share, "percent") for level, share in held.items()]
        far = told.get((series, "12m", OURS))
        if far is not None:
            rows.append(("error_12m", series, float(far["mae"]), "points"))
    rows.append(("n_open", "", float(n_open), "forecasts"))
    for kind, name in ((WRITTEN, "registered"), (RETOLD, "as_of")):
        part = scores[scores["kind"] == kind]
        rows.append((f"n_{name}", "", float(len(part)), "forecasts"))
        if len(part):
            error = (part["mean"].astype(float) - part["seen"].astype(float)).abs().mean()
            rows.append((f"error_{name}", "", float(error), "points"))
            rows.append((f"held_95_{name}", "", float(part["is_inside_95"].sum()), "forecasts"))
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS))


def describe_candidates(summary: pd.DataFrame) -> pd.DataFrame:
    """Say in plain words what each candidate of a back-test assumes.

    Parameters
    ----------
    summary : DataFrame
        As of :func:`summarise_backtest`; rows of what is no candidate are left out.

    Returns
    -------
    DataFrame
        Those rows, with the columns opinion (how fast it moves), leans (of the pollsters) and
        scatter (beyond that of samples) before them.

    Examples
    --------
    >>> rows = pd.DataFrame({"model": ["calming_drift_by_house", "lowess"], "crps": [1.0, 2.0]})
    >>> describe_candidates(rows).iloc[0].to_dict()["scatter"]
    'one each'
    """
    chosen = summary[summary["model"].isin(list(CANDIDATES))]
    words = [_say_choices(CANDIDATES[name].options) for name in chosen["model"]]
    columns = ["opinion", "leans", "scatter"]
    return pd.DataFrame(words, columns=columns, index=chosen.index).join(chosen)


def _say_choices(options: TrendOptions) -> tuple[str, str, str]:
    """What a model assumes of opinion, leans and scatter."""
    opinion = "always as fast"
    if options.walk == "calming":
        days = options.calm_days
        opinion = "calms in days estimated" if days == ESTIMATED else f"calms in {days:g} days"
    leans = ("drift" if options.drift_days is None else "drift and return") if options.drift else ""
    scatter = "one each" if options.house_variance == "by_house" else "one for all"
    return opinion, leans or "stand still", "outliers" if options.errors == "student" else scatter


def say_how_good(facts: pd.DataFrame, series: str = "support") -> list[str]:
    """Tell the facts of one series in sentences for everybody.

    Parameters
    ----------
    facts : DataFrame
        As of :func:`how_good`.
    series : str

    Returns
    -------
    list of str
    """
    own = facts[facts["series"].isin([series, ""])].set_index("fact")["value"]
    foreseen = (
        f"Before each of {own['n_polls']:.0f} polls of {series} we worked out what it would find, "
        "from nothing but the polls published until then."
    )
    off = (
        f"We were {own['error']:.1f} points off on average. Simply repeating the pollster’s "
        f"last result is {own['error_of_last']:.1f} points off"
    )
    # What is simple and better is told as well.
    if "error_of_mean" in own:
        off += f", the mean of its last three {own['error_of_mean']:.1f}"
    off += "."
    sure = (
        f"Where we said that we were 95 percent sure, we were right in {own['held_95']:.0f} "
        f"percent of the cases; where we said 80, in {own['held_80']:.0f}; where we said 50, in "
        f"{own['held_50']:.0f}."
    )
    ahead = ""
    if "error_12m" in own:
        ahead = f"A year ahead we were {own['error_12m']:.1f} points off on average."
    limit = (
        "All this is about polls, and not about what people think: an error that all pollsters "
        "share would not show here."
    )
    return [line for line in (foreseen, off, sure, ahead, _say_forecasts(own), limit) if line]


def _say_forecasts(own: pd.Series[float]) -> str:
    """What came of forecasts that were written down."""
    told = f"{own['n_open']:.0f} forecasts are written down and wait for their poll"
    if own["n_registered"]:
        held, n = own["held_95_registered"], own["n_registered"]
        told += f"; of {n:.0f} that have met theirs, {held:.0f} held it in their 95 percent range"
    else:
        told += "; none that was written down in advance has met its poll yet"
    if own["n_as_of"]:
        told += (
            f". Of {own['n_as_of']:.0f} made later, as if on a day before the poll, "
            f"{own['held_95_as_of']:.0f} held it, {own['error_as_of']:.1f} points off on average"
        )
    return told + "."
