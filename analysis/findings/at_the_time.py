"""The claim of April 2022, held against what had been published by then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.claims import claim_table, published_by
from analysis.findings._rows import as_frame, number_row
from analysis.findings.source import Source
from analysis.sensitivity import tipping_table
from analysis.trend import PUBLISHED, PollTrend, PollTrendResults

CLAIMED_ON, CLAIMED = pd.Timestamp("2022-04-18"), 50.0
# "Well above fifty percent" is no number: three readings of it, side by side.
READINGS = (50.0, 55.0, 60.0)
# A reading is credible of a level from this probability on.
CREDIBLE = 0.95
# Fear is one-sided. If all answers err alike by what the list experiment found, 10 points less,
# give or take 5: an assumption, which no poll can check.
ONE_SIDED, ONE_SIDED_SD = 10.0, 5.0
# Levels of which the words speak.
SECTORS = ("state", "independent")


def claim_findings(source: Source) -> pd.DataFrame:
    """Tell of how many houses the claim was credible, and how sure it is under one-sided error.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`. ``claim.houses.N`` counts the houses whose
        level is above N percent with 95% probability, of n_houses; ``claim.level.LEVEL`` is a level
        on the day of the claim; ``claim.one_sided.LEVEL`` the probability (percent) that it is
        above
        one half with an error of -10 points (sd 5) that all share; ``claim.insincere.LEVEL``
        the share of supporters (percent) who would have to be insincere for a true half.
    """
    return as_frame(_tell(source))


def known_polls(source: Source) -> pd.DataFrame:
    """Polls on support that had been published by the day of the claim.

    Raises
    ------
    ValueError
        The source itself is of an earlier day.
    """
    if source.as_of is not None and pd.Timestamp(str(source.as_of)) < CLAIMED_ON:
        raise ValueError(f"The claim is of {CLAIMED_ON:%Y-%m-%d}. Take a later --as-of.")
    return source.keep("claim.obs", lambda: published_by(source.obs("support"), CLAIMED_ON)[0])


def fit_known(source: Source) -> PollTrendResults:
    """Fit the polls that had been published by then."""
    return source.keep("claim.fit", lambda: PollTrend(known_polls(source), options=PUBLISHED).fit())


def claims_at(source: Source, above: float) -> pd.DataFrame:
    """Probability of each level to lie above a share, on the day of the claim.

    Parameters
    ----------
    source : Source
    above : float
        Percent.

    Returns
    -------
    DataFrame
        As :func:`analysis.claims.threshold.claim_table`, and prob_one_sided: that with an error of
        -10 points (sd 5) which all answers share.
    """
    return source.keep(("claim.at", above), lambda: _claims_at(fit_known(source), above))


def _claims_at(results: PollTrendResults, above: float) -> pd.DataFrame:
    found = claim_table(results, above, as_of=CLAIMED_ON)
    # An error of -10 with sd 5: to be above a share, the level must be 10 points higher.
    shifted = claim_table(
        results, above + ONE_SIDED, as_of=CLAIMED_ON, common_error=ONE_SIDED_SD
    ).set_index("reference")["prob_with_common_error"]
    return found.assign(prob_one_sided=found["reference"].map(shifted))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    for above in READINGS:
        houses = claims_at(source, above)
        houses = houses[houses["estimand"] == "house"]
        credible = int((houses["prob_above"] >= CREDIBLE).sum())
        row = number_row(f"claim.houses.{above:g}", credible, unit="count",
                         interval="level above with 95% probability")  # fmt: skip
        yield {**row, **_day(), "n_houses": len(houses)}
    half = claims_at(source, CLAIMED).set_index("reference")
    levels = ["houses", *(f"sector:{name}" for name in SECTORS), "chronicles"]
    levels = [name for name in levels if name in half.index]
    for name in levels:
        level = half.loc[name].to_dict()
        short = name.removeprefix("sector:")
        row = number_row(f"claim.level.{short}", level["mean"], level["lower"], level["upper"],
                         unit="percent", interval="95% posterior")  # fmt: skip
        yield {**row, **_day(), "n_houses": level["n_houses"]}
        row = number_row(f"claim.one_sided.{short}", 100 * level["prob_one_sided"],
                         unit="percent", interval="under an error of -10 points, sd 5")  # fmt: skip
        yield {**row, **_day()}
    for tip in tipping_table(fit_known(source), CLAIMED, CLAIMED_ON, references=levels).to_dict(
        "records"
    ):
        short = str(tip["reference"]).removeprefix("sector:")
        row = number_row(f"claim.insincere.{short}", tip["median"], tip["lower"], tip["upper"],
                         unit="percent", interval="95% posterior")  # fmt: skip
        yield {**row, **_day()}


def _day() -> dict[str, Any]:
    return {"start": CLAIMED_ON, "start_until": CLAIMED_ON}
