"""From the tables to one tidy row per poll, ready for a model."""

from collections.abc import Iterable
from pathlib import Path
from statistics import NormalDist

import pandas as pd

from polls.names import name_alike
from polls.tables import load
from polls.tidy._shares import derive_shares

# What `include` can bring back, and the words that say why a row was left out.
REASONS = {
    "questions": "the question is not the series question of its construct",
    "context": "the wave is context only",
    "exclude": "the wave must not enter an estimate",
    "opinion_holders": "the shares are of those with an opinion only",
    "overlap": "its interviews enter through another wave",
}
COLUMNS = [
    "poll_id",
    "house_id",
    "sector",
    "question_id",
    "start_date",
    "end_date",
    "mid_date",
    "published",
    "sample_size",
    "share_pct",
    "for_pct",
    "against_pct",
    "undecided_pct",
    "refused_pct",
    "decimals",
    "design_effect",
    "n_imputed",
    "date_imputed",
    "source_url",
    "no_answer_pct",
    "n_parts",
    "mode",
    "frame",
    "offers_refusal",
    "offers_undecided",
    "available_from",
    "house",
    "instrument",
    "source_kind",
]


def series(
    construct: str = "support",
    *,
    data: str | Path | None = None,
    include: Iterable[str] = (),
    weight: str = "published",
) -> pd.DataFrame:
    """One tidy row per poll for one construct.

    Parameters
    ----------
    construct : str
        construct_id, such as "support" or "talks".
    data : path-like, optional
        Folder with the tables; the package's own by default.
    include : iterable of {"questions", "context", "exclude", "opinion_holders", "overlap"}
        What to bring back that is left out by default.
    weight : {"published", "raked"}
        Which weights the shares of the Chronicles carry. All other houses
        published one weight only.

    Returns
    -------
    DataFrame
        Sorted by mid_date and poll_id. Percent of all respondents in share_pct
        (= for_pct), against_pct, undecided_pct, refused_pct, no_answer_pct (printed
        only as a sum); sample_size in interviews; start_date, end_date, mid_date,
        published and available_from as days. n_imputed and date_imputed say where
        the house's usual values stand in for what was not printed; available_from is
        published, else the end of fieldwork plus the house's usual delay. n_parts
        counts the rounded figures that were added up in for_pct. instrument names the form
        of the question: its id, and what sets a reading apart from its usual form at the
        house (place in the interview, wording, menu, mode) after a colon. source_kind says
        whether source_url is primary (of the house or its sponsor) or secondary. A poll that does
        not print a share for, or has neither a sample size nor a usual one, is not here:
        see `left_out`.

    Raises
    ------
    ValueError
        Unknown construct, include or weight; the message lists what there is.
    DataError
        The tables cannot be read.

    See Also
    --------
    left_out : the polls that are not in the series, each with the reason.

    Examples
    --------
    >>> obs = series("support")
    >>> obs["poll_id"].is_unique
    True
    """
    rows, _ = split_polls(load(data), construct, tuple(include), weight)
    return rows


def left_out(
    construct: str = "support", *, data: str | Path | None = None, include: Iterable[str] = ()
) -> pd.DataFrame:
    """Polls that asked about a construct and are not in its series, with the reason.

    Parameters
    ----------
    construct, data, include
        As in `series`.

    Returns
    -------
    DataFrame
        poll_id, question_id, reason; one row per poll and question.

    Examples
    --------
    >>> "reason" in left_out("support")
    True
    """
    _, out = split_polls(load(data), construct, tuple(include))
    return out


def split_polls(
    frames: dict[str, pd.DataFrame],
    construct: str,
    include: tuple[str, ...] = (),
    weight: str = "published",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Polls of a construct that are in its series, and those that are left out.

    Parameters
    ----------
    frames : dict of str to DataFrame
        The tables, as `load` gives them.
    construct, include, weight
        As in `series`.

    Returns
    -------
    rows, out : DataFrame
        What `series` and `left_out` give.
    """
    _check_arguments(frames, construct, include, weight)
    rows = _candidates(frames, construct, weight)
    rows["reason"] = _find_reason(rows, include)
    if "overlap" not in include:
        double = _shared_interviews(rows[rows["reason"].isna()], frames["overlaps"], construct)
        rows.loc[rows["poll_id"].isin(double), "reason"] = rows["reason"].fillna(REASONS["overlap"])
    kept = rows["reason"].isna()
    keys = ["poll_id", "question_id"]
    out = rows.loc[~kept, [*keys, "reason"]].sort_values(keys).reset_index(drop=True)
    tidy = rows.loc[kept, COLUMNS].sort_values(["mid_date", "poll_id", "question_id"])
    tidy["sample_size"] = tidy["sample_size"].astype("int64")
    return tidy.reset_index(drop=True), out


def _check_arguments(
    frames: dict[str, pd.DataFrame], construct: str, include: tuple[str, ...], weight: str
) -> None:
    known = sorted(frames["constructs"]["construct_id"])
    if construct not in known:
        alike = name_alike(construct, known)
        more = f"It is {alike}." if alike else f"There are: {', '.join(known)}."
        raise ValueError(f"There is no construct {construct!r}. {more}")
    for word in include:
        if word not in REASONS:
            raise ValueError(f"include={word!r} is not known. Known: {', '.join(REASONS)}.")
    if weight not in ("published", "raked"):
        raise ValueError(f"weight={weight!r} is not known. Known: published, raked.")


def _candidates(frames: dict[str, pd.DataFrame], construct: str, weight: str) -> pd.DataFrame:
    """Every poll and question of a construct with all that the tidy row needs."""
    answers = frames["answers"]
    questions = frames["questions"]
    mine = questions.loc[questions["construct_id"] == construct].drop(columns=["notes", "house_id"])
    answers = answers[
        (answers["subgroup"] == "all") & answers["question_id"].isin(mine["question_id"])
    ].copy()
    if weight == "raked":
        answers["share_pct"] = answers["share_raked_pct"].fillna(answers["share_pct"])
    shares = derive_shares(answers, frames["options"])
    printed = _describe_print(answers, frames)
    houses = frames["houses"].rename(columns={"name": "house"}).drop(columns=["notes", "url"])
    polls = frames["polls"].drop(columns=["notes", "source_id"])
    rows = shares.merge(printed).merge(mine).merge(polls).merge(houses, on="house_id")
    rows["share_pct"] = rows["for_pct"]
    return _fill_dates(fill_size(rows))


def _describe_print(answers: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How each poll printed its answers to a question: base, digits, design effect, address."""
    keys = ["poll_id", "question_id"]
    urls = frames["sources"][["source_id", "url", "kind"]]
    printed = answers.merge(urls, on="source_id").groupby(keys, as_index=False)
    described = printed.agg(
        base=("base", "first"),
        base_n=("base_n", "first"),
        answer_deff=("design_effect", "first"),
        source_url=("url", "first"),
        source_kind=("kind", "first"),
        instrument=("instrument", "first"),
    )
    label = described["instrument"]
    described["instrument"] = described["question_id"] + (":" + label).fillna("")
    # The digits of the share for: the other answers may be printed to more or fewer.
    sided = frames["options"][frames["options"]["pole"].isin(["for", "total_for"])]
    sided = answers.merge(sided[["question_id", "option"]], on=["question_id", "option"])
    return described.merge(sided.groupby(keys, as_index=False)["decimals"].min(), how="left")


def _find_reason(rows: pd.DataFrame, include: tuple[str, ...]) -> pd.Series:
    """The first reason to leave a row out; missing for rows that enter."""
    tests = {
        "questions": ~rows["in_series"].astype(bool),
        "exclude": rows["quality"] == "exclude",
        "context": rows["quality"] == "context",
        "opinion_holders": rows["base"] == "opinion_holders",
    }
    reason = pd.Series(None, index=rows.index, dtype="str")
    for word, mask in tests.items():
        if word not in include:
            why = REASONS[word]
            if word in ("exclude", "context"):
                text = why + ": " + rows["quality_reason"].fillna("")
            elif word == "questions":
                text = why + ": " + rows["in_series_reason"]
            else:
                text = pd.Series(why, index=rows.index)
            reason = reason.where(reason.notna() | ~mask, text)
    reason = reason.where(reason.notna() | rows["share_pct"].notna(), "no share for was printed")
    no_size = "no sample size was printed and the house has no usual one"
    return reason.where(reason.notna() | rows["sample_size"].notna(), no_size)


def _shared_interviews(rows: pd.DataFrame, overlaps: pd.DataFrame, construct: str) -> set[str]:
    """Polls whose interviews are already there through the wave that `overlaps` keeps."""
    pairs = overlaps[overlaps["construct_id"].isna() | (overlaps["construct_id"] == construct)]
    # What is said of one construct goes before what is said of all.
    pairs = pairs.sort_values("construct_id", na_position="last")
    present = set(rows["poll_id"])
    gone: set[str] = set()
    for one, other, keep in pairs[["poll_id", "other_poll_id", "keep"]].to_numpy():
        if {one, other} <= present - gone:
            gone |= {one, other} - {keep}
    return gone


def fill_size(rows: pd.DataFrame) -> pd.DataFrame:
    """Interviews behind a share: its base, else half or all of the wave, else the usual wave.

    Parameters
    ----------
    rows : DataFrame
        base_n, sample_size, usual_sample_size (interviews), half_sample, answer_deff,
        stated_margin_pct. Changed in place.

    Returns
    -------
    DataFrame
        The same rows with sample_size filled, n_imputed and design_effect.
    """
    size = rows["sample_size"].fillna(rows["usual_sample_size"]).astype("Float64")
    size = (size / rows["half_sample"].map({True: 2, False: 1}).astype("Int64")).round()
    rows["n_imputed"] = rows["base_n"].isna() & rows["sample_size"].isna()
    rows["sample_size"] = rows["base_n"].astype("Float64").fillna(size)
    rows["design_effect"] = rows["answer_deff"].fillna(_stated_design_effect(rows)).fillna(1.0)
    return rows


def _stated_design_effect(rows: pd.DataFrame) -> pd.Series:
    """Design effect that a house's stated margin of error implies for its usual wave.

    The margin m (95%, at 50%) of a simple random sample of n is 100 z / (2 sqrt(n));
    the square of the ratio of the two is the design effect (Kish 1965, section 8.2).
    """
    z = NormalDist().inv_cdf(0.975)
    simple = 100 * z / (2 * rows["usual_sample_size"].astype("float64") ** 0.5)
    return (rows["stated_margin_pct"] / simple) ** 2


def _fill_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """Fieldwork days as printed, else the house's usual days of the month within the bounds."""
    usual = rows["usual_field_days"].str.extract(r"(\d+)-(\d+)").astype("float64")
    month = rows["earliest"].dt.to_period("M").dt.start_time
    days = rows["earliest"].dt.days_in_month
    usable = rows["date_precision"] == "month"
    first = month + pd.to_timedelta(usual[0].clip(upper=days) - 1, unit="D")
    last = month + pd.to_timedelta(usual[1].clip(upper=days) - 1, unit="D")
    # A release in mid-month leaves only the days before it: then the bounds stand, as they do
    # where no days are usual.
    usable &= (first >= rows["earliest"]) & (first <= rows["latest"])
    last = last.clip(upper=rows["latest"])
    start = rows["field_start"].fillna(first.where(usable, rows["earliest"]))
    end = rows["field_end"].fillna(last.where(usable, rows["latest"]))
    rows["date_imputed"] = rows["field_start"].isna() | rows["field_end"].isna()
    rows["start_date"] = start.astype("datetime64[us]")
    rows["end_date"] = end.astype("datetime64[us]")
    middle = rows["start_date"] + (rows["end_date"] - rows["start_date"]) / 2
    rows["mid_date"] = middle.dt.floor("D").astype("datetime64[us]")
    delay = pd.to_timedelta(rows["publication_delay_days"].fillna(0).astype("int64"), unit="D")
    rows["available_from"] = rows["published"].fillna(rows["end_date"] + delay)
    return rows
