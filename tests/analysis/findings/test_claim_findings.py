"""The claim is held against the polls of its day, under three readings and a one-sided error."""

import pandas as pd
import pytest
from scipy.stats import norm

import polls
from analysis.findings import CLAIMED_ON, at_the_time, claims_at, findings, known_polls
from analysis.findings.at_the_time import CREDIBLE
from figures import FittedPolls

SOURCE = FittedPolls(polls.load(), polls.series)


@pytest.fixture(scope="module")
def found():
    return findings(SOURCE, ["claim"]).set_index("finding")


def test_only_polls_that_had_been_published_count():
    known = known_polls(SOURCE)
    assert (known["available_from"] <= CLAIMED_ON).all()
    assert len(known) < len(SOURCE.obs())


@pytest.mark.long("claims are made at a row of thresholds")
def test_a_higher_reading_is_met_by_no_more_houses(found):
    counts = [found.loc[f"claim.houses.{above}", "mean"] for above in (50, 55, 60)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] <= found.loc["claim.houses.50", "n_houses"]


@pytest.mark.long("claims are made at a row of thresholds")
def test_a_one_sided_error_is_a_level_ten_points_lower_and_less_certain():
    half = claims_at(SOURCE, 50).set_index("reference")
    row = half.loc["sector:independent"]
    # Nearly normal: an sd of 5 points at one half, less where a share is far from it.
    share = row["mean"] / 100
    sd = (row["sd"] ** 2 + (5 * 2 * (share * (1 - share)) ** 0.5) ** 2) ** 0.5
    expected = norm.cdf((row["mean"] - 60) / sd)
    assert row["prob_one_sided"] == pytest.approx(expected, abs=0.03)
    assert row["prob_one_sided"] < row["prob_above"]


@pytest.mark.long("claims are made at a row of thresholds")
def test_the_insincere_share_is_that_at_which_half_is_left(found):
    level = found.loc["claim.level.chronicles", "mean"]
    assert found.loc["claim.insincere.chronicles", "mean"] == pytest.approx(
        100 * (1 - 50 / level), abs=1.0
    )


def test_a_source_of_an_earlier_day_is_refused():
    early = FittedPolls({}, SOURCE.obs, as_of=CLAIMED_ON - pd.Timedelta(days=1))
    with pytest.raises(ValueError, match=r"The claim is of 2022-04-18\. Take a later --as-of\."):
        known_polls(early)


def test_the_day_of_the_claim_is_not_too_early():
    of_the_day = FittedPolls({}, SOURCE.obs, as_of=CLAIMED_ON)
    assert known_polls(of_the_day)["poll_id"].equals(known_polls(SOURCE)["poll_id"])


@pytest.mark.parametrize(
    ("probability", "n"), [(CREDIBLE - 1e-9, 0), (CREDIBLE, 2), (CREDIBLE + 1e-9, 2)]
)
def test_a_house_counts_from_ninety_five_percent_on(probability, n, monkeypatch):
    kinds = ["house", "house", "sector"]
    made = pd.DataFrame({"estimand": kinds, "prob_above": [probability] * 2 + [1.0]})
    monkeypatch.setattr(at_the_time, "claims_at", lambda source, above: made)
    row = next(at_the_time._tell(SOURCE))
    assert (row["finding"], row["mean"], row["n_houses"]) == ("claim.houses.50", n, 2)
