"""What experiments, refusals and fear say of a share: sincerity, form of a question, silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.findings._rows import as_frame, number_row
from analysis.findings.source import Source
from analysis.list_experiments import ITEM_SD, known_day, published_gaps
from analysis.questions import arm_differences, pool_differences
from analysis.sensitivity import fear_ratio, response_evidence

# Tests of March 2022 that change one thing at a time, told from the usual form of the question:
# experiment, answer, and whether its arms stand the other way round.
FORMS = {
    "wording.refusal_offered": ("opt_out", "for", False),
    "wording.refusal_offered_against": ("opt_out", "against", False),
    "wording.asked_early": ("place_in_interview", "for", True),
}
ASSUMED = "95%, assumed of the design"
SAMPLING = "95% of sampling"


def hidden_findings(source: Source) -> pd.DataFrame:
    """Tell what experiments found of sincerity and wording, and re-contacts and fear of silence.

    Parameters
    ----------
    source : Source
        Its tables must hold indirect, participation, answers and arms.

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`. ``sincerity.gap`` is what the last list
        experiment found less (points) and ``sincerity.share`` the same as a share of those who
        said yes; ``wording.*`` what one change of the question did; ``silence.recontact`` and
        ``silence.fear`` the response ratios of supporters to others that the last re-contact and
        the last poll on fear of polls imply.
    """
    return as_frame(_tell(source))


def list_experiments(source: Source) -> pd.DataFrame:
    """Final list experiments on the war, with an assumed error where none was printed.

    Returns
    -------
    DataFrame
        As :func:`analysis.list_experiments.published.published_gaps`, the last known at the end.
    """

    def choose() -> pd.DataFrame:
        gaps = published_gaps(source.tables["indirect"], item_sd=ITEM_SD)
        is_list = gaps["insincere_pct"].notna() & ~gaps["is_preliminary"]
        lists = gaps[is_list].assign(known=known_day(gaps))
        lists = lists.sort_values("known", kind="stable", na_position="first", ignore_index=True)
        return lists.drop(columns="known")

    return source.keep("lists.published", choose)


def say_lists(lists: pd.DataFrame) -> str:
    """Say in a sentence how many list experiments there are, and what the last of them found.

    Parameters
    ----------
    lists : DataFrame
        As from :func:`list_experiments`; one at least.

    Examples
    --------
    >>> one = {"study": "A", "period": "May 2026", "date": pd.NaT, "insincere_pct": 14.1,
    ...        "insincere_lower": 4.0, "insincere_upper": 24.2, "se_origin": "published"}
    >>> head, found = say_lists(pd.DataFrame([one])).split(": ")
    >>> head
    'One experiment with printed numbers let people answer in secret, in 2026'
    >>> found
    '14 percent of those who said yes did not then, between 4 and 24.'
    """
    last = lists.iloc[-1]
    year = known_day(lists.tail(1)).dt.year.iloc[0]
    share, low, high = (last[f"insincere_{name}"] for name in ("pct", "lower", "upper"))
    found = f"{share:.0f} percent of those who said yes did not then"
    if round(share) <= 0:
        found = "support was no lower"
    elif pd.notna(low):
        guess = " on an error that we had to assume" * (last["se_origin"] == "assumed")
        found += f", between {low:.0f} and {high:.0f}{guess}"
    many = "One experiment" if len(lists) == 1 else f"{len(lists)} experiments"
    if len(lists) > 1:
        when = "; in the last" + ("" if pd.isna(year) else f", of {year:.0f}")
    else:
        when = "" if pd.isna(year) else f", in {year:.0f}"
    return f"{many} with printed numbers let people answer in secret{when}: {found}."


def experiments(source: Source) -> pd.DataFrame:
    """Experiments within surveys, waves pooled."""
    return source.keep(
        "wording.experiments", lambda: pool_differences(arm_differences(source.tables["arms"]))
    )


def form_effects(source: Source) -> pd.DataFrame:
    """What one change in the form of the question on support did, the place held.

    Returns
    -------
    DataFrame
        finding, from_pct, to_pct (percent), mean, lower, upper (points), date; tests that had not
        been published yet are missing.
    """
    arms = arm_differences(source.tables["arms"])
    houses = name_polls(source)
    rows = []
    for finding, (experiment, answer, is_turned) in FORMS.items():
        mine = arms[(arms["experiment_id"] == experiment) & (arms["answer"] == answer)]
        for row in mine.to_dict("records"):
            ends = ("share_b_pct", "share_a_pct") if is_turned else ("share_a_pct", "share_b_pct")
            sign = -1 if is_turned else 1
            low, high = sorted((sign * row["lower"], sign * row["upper"]))
            rows.append(
                {
                    "finding": finding,
                    "from_pct": row[ends[0]],
                    "to_pct": row[ends[1]],
                    "mean": sign * row["difference"],
                    "lower": low,
                    "upper": high,
                    "date": row["end_date"],
                    "house_id": houses[row["poll_id"]],
                }
            )
    columns = ["finding", "from_pct", "to_pct", "mean", "lower", "upper", "date", "house_id"]
    return pd.DataFrame(rows, columns=columns)


def name_polls(source: Source) -> dict[str, str]:
    """House of each poll."""
    polls = source.tables["polls"]
    return dict(zip(polls["poll_id"], polls["house_id"], strict=True))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    # Of each kind of study the last is told: a finding has one number.
    for row in list_experiments(source).tail(1).to_dict("records"):
        for name, value in (("gap", "gap_points"), ("share", "insincere_pct")):
            ends = ("lower", "upper") if name == "gap" else ("insincere_lower", "insincere_upper")
            unit = "points" if name == "gap" else "percent"
            interval = ASSUMED if row["se_origin"] == "assumed" else "95%"
            numbers = (row[value], row[ends[0]], row[ends[1]])
            yield number_row(f"sincerity.{name}", *numbers, unit=unit, interval=interval,
                             house_id=row["house_id"])  # fmt: skip
    for row in form_effects(source).to_dict("records"):
        yield number_row(row["finding"], row["mean"], row["lower"], row["upper"], unit="points",
                         interval=SAMPLING, house_id=row["house_id"])  # fmt: skip
    evidence = response_evidence(source.tables["participation"], source.tables["indirect"])
    found = evidence[evidence["measure"] == "implied_response_ratio"]
    for row in found.sort_values("field_end", na_position="first").tail(1).to_dict("records"):
        yield number_row("silence.recontact", row["value"], unit="ratio", house_id=row["house_id"])
    houses = name_polls(source)
    for row in fear_ratio(source.tables["answers"]).tail(1).to_dict("records"):
        house = houses[row["poll_id"]]
        yield number_row("silence.fear", row["ratio"], unit="ratio", house_id=house)
