"""Who could not be interviewed: rates by name, and what is known of those who would not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError, row_error

COLUMNS = ("house_id", "study", "field_start", "field_end", "mode", "measure", "value", "unit",
           "definition", "source_id", "period", "notes")  # fmt: skip
DISPOSITION = "disposition_"
# Numerators and denominators as sums of call dispositions, in the words of the table. AAPOR
# (2023, Standard Definitions, 10th edition): I complete, P interrupted, R refusals, NC
# no answer. A call that was rejected before a word is a refusal to the second cooperation
# rate and unknown to the first. The table has no code for numbers that do not exist, so
# all starting numbers together give a response rate that is too low, never too high.
INTERVIEWS = ("complete", "interrupted")
SPOKEN_REFUSALS = ("soft_refusal", "hard_refusal")
RATES = {
    "cooperation_rate": (
        "COOP1",
        ("complete",),
        (*INTERVIEWS, *SPOKEN_REFUSALS),
        "complete / (complete + interrupted + soft and hard refusals)",
    ),
    "cooperation_rate_with_rejected": (
        "COOP1, rejected calls counted as refusals",
        ("complete",),
        (*INTERVIEWS, *SPOKEN_REFUSALS, "rejected"),
        "complete / (complete + interrupted + soft and hard refusals + rejected calls)",
    ),
    "response_rate_lowest": (
        "RR1, every starting number counted as eligible",
        ("complete",),
        ("starting_numbers",),
        "complete / starting numbers: the least that the response rate can be",
    ),
    "refusal_rate": (
        "REF3, rejected calls counted as refusals",
        (*SPOKEN_REFUSALS, "rejected"),
        (*INTERVIEWS, *SPOKEN_REFUSALS, "rejected", "no_answer"),
        "refusals and rejected calls / (these + interviews + no answer)",
    ),
}
# Measures that houses printed and that are rates or counts of refusal or willingness, in the
# words of the table.
REFUSAL_WORDS = ("refus", "consent", "complete", "interruption", "breakoff", "successful", "calls")
FEAR_WORDS = ("afraid", "trust", "loyal", "normally")
KINDS_OF_TECHNIQUE = (
    ("refusal conversion", "recontact"),
    ("belief about other", "fear"),
    ("willingness to argue", "fear"),
)


def response_rates(participation: pd.DataFrame) -> pd.DataFrame:
    """Rates computed from the call dispositions that a study printed, each by its name.

    Parameters
    ----------
    participation : DataFrame
        The table ``participation`` of the data package.

    Returns
    -------
    DataFrame
        house_id, study, field_start, field_end, rate, aapor, value_pct, numerator,
        denominator, definition; studies with all dispositions that a rate needs.

    Raises
    ------
    PollInputError
        For a missing column, a negative number, or a share above 100 percent: naming row,
        column and cure.

    Examples
    --------
    >>> calls = {"complete": 40, "interrupted": 10, "soft_refusal": 100, "hard_refusal": 50}
    >>> table = pd.DataFrame([
    ...     {"study": "s", "measure": f"disposition_{name}", "value": n, "unit": "count"}
    ...     for name, n in calls.items()
    ... ]).reindex(columns=COLUMNS)
    >>> response_rates(table)[["rate", "aapor", "value_pct"]].values.tolist()
    [['cooperation_rate', 'COOP1', 20.0]]
    """
    _check(participation)
    calls = participation[participation["measure"].str.startswith(DISPOSITION)]
    rows = []
    for study, mine in calls.groupby("study", sort=False):
        names = mine["measure"].str.removeprefix(DISPOSITION)
        counts = dict(zip(names, mine["value"].astype(float), strict=True))
        for rate, (aapor, above, below, definition) in RATES.items():
            if not set(above) | set(below) <= set(counts):
                continue
            top, bottom = sum(counts[k] for k in above), sum(counts[k] for k in below)
            if bottom <= 0 or top > bottom:
                found = f"{rate} of {study} would be {top:g} of {bottom:g}"
                raise PollInputError(found, "correct the counts of this study", "participation")
            first = mine.iloc[0]
            rows.append(
                {
                    **{k: first[k] for k in ("house_id", "study", "field_start", "field_end")},
                    "rate": rate,
                    "aapor": aapor,
                    "value_pct": 100 * top / bottom,
                    "numerator": top,
                    "denominator": bottom,
                    "definition": definition,
                }
            )
    columns = ["house_id", "study", "field_start", "field_end", "rate", "aapor", "value_pct",
               "numerator", "denominator", "definition"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


# Sums of what a house counted of its conversations, and its refusals and broken-off interviews
# per complete one.
CONVERSATIONS = ("completes_count", "refusals_count", "interruptions_count")
PER_COMPLETE = "refusals_and_breakoffs_per_complete"
# Samples of people who had been asked before, or had not answered before, are other people.
OTHER_PEOPLE = ("panel of earlier", "earlier non-respondents")


def participation_series(participation: pd.DataFrame) -> pd.DataFrame:
    """Rates of participation that one house counted alike in several polls.

    Parameters
    ----------
    participation : DataFrame
        The table ``participation`` of the data package.

    Returns
    -------
    DataFrame
        house_id, kind, study, date, value_pct, by house, kind and date. ``completes``: complete
        interviews, of these with refusals and interviews broken off, from counts or from the
        ratio that was printed; ``cooperation``: the cooperation rate of :func:`response_rates`,
        of fresh samples; ``refused``: refusals as printed, of whom is not said.

    Raises
    ------
    PollInputError
        As :func:`response_rates`.

    Examples
    --------
    >>> counts = dict(zip(CONVERSATIONS, (5, 90, 5)))
    >>> table = pd.DataFrame([
    ...     {"house_id": "a", "study": "w", "field_end": pd.Timestamp("2022-03-01"),
    ...      "measure": name, "value": n, "unit": "count"} for name, n in counts.items()
    ... ]).reindex(columns=COLUMNS)
    >>> participation_series(table)[["kind", "value_pct"]].values.tolist()
    [['completes', 5.0]]
    """
    _check(participation)
    months = [_middle_of_month(period) for period in participation["period"]]
    middle = pd.Series(months, index=participation.index, dtype="datetime64[us]")
    days = pd.to_datetime(participation["field_end"])
    table = participation.assign(date=days.fillna(middle))
    notes = table["notes"].astype("object").fillna("").astype("str")
    others = set(table.loc[notes.str.startswith(OTHER_PEOPLE), "study"])
    rates = response_rates(participation)
    fresh = rates[(rates["rate"] == "cooperation_rate") & ~rates["study"].isin(others)]
    keys = ["house_id", "study", "date"]
    counts = table[table["measure"].isin(CONVERSATIONS)].pivot_table(
        index=keys, columns="measure", values="value", aggfunc="first"
    )
    whole = counts.reindex(columns=list(CONVERSATIONS)).dropna()
    counted = (100 * whole["completes_count"] / whole.sum(axis=1)).rename("value_pct").reset_index()
    printed = table[(table["measure"] == PER_COMPLETE) & ~table["study"].isin(counted["study"])]
    refused = table[table["measure"] == "refused"]
    found = pd.concat(
        [
            counted.assign(kind="completes"),
            printed.assign(kind="completes", value_pct=100 / (1 + printed["value"])),
            fresh.assign(kind="cooperation", date=fresh["field_end"]),
            refused.assign(kind="refused", value_pct=refused["value"]),
        ]
    )
    found = found[["house_id", "kind", "study", "date", "value_pct"]]
    return found.sort_values(["house_id", "kind", "date"], ignore_index=True)


def ends_worst(series: pd.DataFrame) -> bool:
    """Whether the last rate of one series is worse than all before.

    Parameters
    ----------
    series : DataFrame
        kind, date, value_pct of one house and kind, as from :func:`participation_series`.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-03-01", "2022-06-01", "2022-09-01"])
    >>> series = pd.DataFrame({"kind": "completes", "date": days, "value_pct": [6.0, 4.0, 5.0]})
    >>> ends_worst(series), ends_worst(series.assign(kind="refused", value_pct=[70.0, 75.0, 80.0]))
    (False, True)
    """
    values = series.sort_values("date")["value_pct"].to_numpy(dtype=float)
    if series["kind"].iloc[0] == "refused":
        values = -values
    return len(values) > 1 and bool(values[-1] < values[:-1].min())


# So many polls in one series might show a trend.
ENOUGH_POLLS = 20


def say_participation(series: pd.DataFrame) -> str:
    """Say in a sentence whether any series ends worse than ever, and whether they show a trend.

    Parameters
    ----------
    series : DataFrame
        As from :func:`participation_series`; a series of one poll has no end.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-03-01", "2022-06-01", "2022-09-01"])
    >>> series = pd.DataFrame({"house_id": "levada", "kind": "completes", "date": days,
    ...                        "value_pct": [6.0, 4.0, 5.0]})
    >>> say_participation(series).split(", but ")[0]
    'No series that was counted alike ends at its worst'
    """
    groups = [mine for _, mine in series.groupby(["house_id", "kind"]) if len(mine) > 1]
    worst = sum(map(ends_worst, groups))
    few = max(map(len, groups), default=0) < ENOUGH_POLLS
    if worst:
        ends = "ends at its" if worst == 1 else "end at their"
        head = f"{worst} of {len(groups)} series that were counted alike {ends} worst"
    else:
        head = "No series that was counted alike ends at its worst"
    polls = " the polls are too few for a trend, and" if few else ""
    joint = "," if not few else ":" if worst else ", but"
    return f"{head}{joint}{polls or ' and'} none shows who refuses."


def _middle_of_month(period: object) -> pd.Timestamp | None:
    """Day that stands for a month such as "June 2023"."""
    day = pd.to_datetime(str(period), format="%B %Y", errors="coerce")
    return None if pd.isna(day) else day.replace(day=15)


def response_evidence(participation: pd.DataFrame, indirect: pd.DataFrame) -> pd.DataFrame:
    """Published evidence on who answers: re-contacts, refusals and fear.

    Parameters
    ----------
    participation, indirect : DataFrame
        Tables of the data package.

    Returns
    -------
    DataFrame
        kind (recontact; refusal; fear: of surveys, and trust in them), study, house_id,
        field_start, field_end, measure, value, unit, definition, as_printed, source_id,
        notes. For a recontact the value is the implied response ratio of supporters to
        others: the odds of support in the fresh sample over those among earlier
        non-respondents, were these like all who did not answer.

    Raises
    ------
    PollInputError
        As :func:`response_rates`.

    See Also
    --------
    analysis.sensitivity.bounds.response_ratio : the ratio that would be needed.

    Notes
    -----
    Call dispositions are left to :func:`response_rates`.
    """
    _check(participation)
    tests = indirect.to_dict("records")
    rows = [_from_indirect(row) for row in tests if _technique(row["technique"])]
    for _, row in participation.iterrows():
        kind = _kind(str(row["measure"]))
        if kind:
            shared = ("study", "house_id", "field_start", "field_end", "measure", "value", "unit")
            rest = ("definition", "source_id", "notes")
            rows.append({"kind": kind, **{name: row[name] for name in (*shared, *rest)}})
    columns = ["kind", "study", "house_id", "field_start", "field_end", "measure", "value", "unit",
               "definition", "as_printed", "source_id", "notes"]  # fmt: skip
    found = pd.DataFrame(rows).reindex(columns=columns)
    order = found["kind"].map({"recontact": 0, "refusal": 1, "fear": 2})
    return found.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)


# Of those who support the war and of those who do not, who is afraid to take part in polls.
FEAR = {"support": "support:support", "oppose": "support:oppose"}
AFRAID = ("russian_field.afraid_of_polls", "afraid")


def fear_ratio(answers: pd.DataFrame) -> pd.DataFrame:
    """Response ratio of supporters to opponents, if all who are afraid of polls refused them.

    Parameters
    ----------
    answers : DataFrame
        The table ``answers`` of the data package.

    Returns
    -------
    DataFrame
        poll_id, support_pct, oppose_pct (afraid among either, percent), ratio; one row a
        poll that printed both.

    Notes
    -----
    Those who said so took part all the same, so the ratio is a scenario and no estimate: it says
    how far such fear alone could go.

    Examples
    --------
    >>> answers = pd.DataFrame({
    ...     "poll_id": "p-2023-02-06", "question_id": AFRAID[0], "option": AFRAID[1],
    ...     "subgroup": ["support:support", "support:oppose"], "share_pct": [15.0, 40.0],
    ... })
    >>> fear_ratio(answers)["ratio"].round(2).tolist()
    [1.42]
    """
    question, option = AFRAID
    mine = answers[(answers["question_id"] == question) & (answers["option"] == option)]
    rows = []
    for poll_id, part in mine.groupby("poll_id"):
        share = part.set_index("subgroup")["share_pct"].astype(float).to_dict()
        if not set(FEAR.values()) <= set(share):
            continue
        support, oppose = share[FEAR["support"]], share[FEAR["oppose"]]
        rows.append(
            {
                "poll_id": poll_id,
                "support_pct": support,
                "oppose_pct": oppose,
                "ratio": (100 - support) / (100 - oppose),
            }
        )
    columns = ["poll_id", "support_pct", "oppose_pct", "ratio"]
    return pd.DataFrame(rows, columns=columns)


def _from_indirect(row: Mapping[Hashable, Any]) -> dict[str, object]:
    """Evidence from a test within a survey."""
    kind = _technique(row["technique"])
    found = {name: row[name] for name in ("study", "house_id", "field_start", "field_end")}
    found |= {name: row[name] for name in ("as_printed", "source_id", "notes")}
    fresh, earlier = float(row["direct_pct"]), float(row["indirect_pct"])
    if kind != "recontact" or np.isnan(fresh) or np.isnan(earlier):
        return {"kind": kind, **found, "measure": row["item"], "definition": row["technique"]}
    ratio = fresh / (100 - fresh) / (earlier / (100 - earlier))
    return {
        "kind": kind,
        **found,
        "measure": "implied_response_ratio",
        "value": ratio,
        "unit": "ratio",
        "definition": f"odds of support, {fresh:g} percent in the fresh sample, over "
        f"{earlier:g} percent among earlier non-respondents",
    }


def _technique(technique: object) -> str:
    """Kind of evidence of a technique, in the words of the table; empty for others."""
    found = (kind for start, kind in KINDS_OF_TECHNIQUE if str(technique).startswith(start))
    return next(found, "")


def _kind(measure: str) -> str:
    """Kind of evidence of a printed rate; empty for call dispositions."""
    if measure.startswith(DISPOSITION):
        return ""
    if any(word in measure for word in FEAR_WORDS):
        return "fear"
    return "refusal" if any(word in measure for word in REFUSAL_WORDS) else ""


def _check(participation: pd.DataFrame) -> None:
    """Refuse rates and counts that cannot be."""
    missing = [name for name in COLUMNS if name not in participation.columns]
    if missing:
        raise PollInputError(f"column {missing[0]} is missing", "pass the table participation")
    value = participation["value"].to_numpy(dtype=float, na_value=np.nan)
    is_share = (participation["unit"] == "percent").to_numpy(dtype=bool)
    # A change may be negative or more than all.
    is_change = participation["measure"].str.contains("_change_").to_numpy(dtype=bool)
    faults = (
        ((value < 0) & ~is_change, "a rate or a count is 0 or more"),
        ((value > 100) & is_share & ~is_change, "a percentage is at most 100"),
    )
    for bad, cure in faults:
        rows = [int(i) for i in np.flatnonzero(bad)]
        if rows:
            raise row_error(
                participation, rows, "value", f"{value[rows[0]]:g}", f"correct it: {cure}"
            )
