"""Differences between arms agree with other programs, and say what their error rests on."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import confint_proportions_2indep

import polls
from analysis.base.errors import PollInputError
from analysis.questions import arm_differences, pool_differences

REFERENCE = json.loads((REFERENCE / "arms_resampled.json").read_text())


def make_pairs(**columns: object) -> pd.DataFrame:
    """Pairs of arms, one by default."""
    usual = {"experiment_id": "menu", "answer": "for", "share_a_pct": 70.0, "share_b_pct": 63.0}
    rows = {**usual, "n_a": 900, "n_b": 800, **columns}
    length = max(len(v) if isinstance(v, list) else 1 for v in rows.values())
    return pd.DataFrame(rows, index=range(length))


def random_pairs() -> pd.DataFrame:
    """Pairs of arms of all kinds of shares and sizes."""
    rng = np.random.default_rng(1)
    shares, sizes = rng.uniform(0, 100, (2, 150)), rng.integers(30, 5000, (2, 150))
    return make_pairs(
        experiment_id=[f"e{k}" for k in range(150)],
        share_a_pct=list(shares[0]),
        share_b_pct=list(shares[1]),
        n_a=list(sizes[0]),
        n_b=list(sizes[1]),
    )


def test_the_interval_is_that_of_statsmodels() -> None:
    """Wald interval of two independent proportions, but for half a case that we add."""
    for row in arm_differences(random_pairs()).itertuples():
        n, m = row.n_a, row.n_b
        low, high = confint_proportions_2indep(
            (m * row.share_b_pct + 50) / (m + 1) / 100 * m,
            m,
            (n * row.share_a_pct + 50) / (n + 1) / 100 * n,
            n,
            method="wald",
            compare="diff",
        )
        assert row.upper - row.lower == pytest.approx(100 * (high - low), rel=1e-9)
        middle = row.share_b_pct - row.share_a_pct
        assert (row.lower + row.upper) / 2 == pytest.approx(middle, abs=1e-9)


def test_exchanging_the_arms_changes_the_sign_alone() -> None:
    """Arm a against b is minus arm b against a."""
    pairs = random_pairs()
    names = {"share_a_pct": "share_b_pct", "n_a": "n_b"}
    swapped = pairs.rename(columns=names | {new: old for old, new in names.items()})
    one, other = arm_differences(pairs), arm_differences(swapped)
    assert np.allclose(one["difference"], -other["difference"])
    assert np.allclose(one["lower"], -other["upper"])
    assert np.allclose(one["p_holm"], other["p_holm"])


def test_the_interval_covers_the_truth() -> None:
    """Of 4,000 simulated experiments, 95% hold the true difference."""
    rng = np.random.default_rng(20220313)
    a, b = rng.binomial(212, 0.172, 4000) / 2.12, rng.binomial(875, 0.072, 4000) / 8.75
    pairs = make_pairs(share_a_pct=list(a), share_b_pct=list(b), n_a=212, n_b=875)
    found = arm_differences(pairs)
    covered = (found["lower"] <= -10.0) & (found["upper"] >= -10.0)
    # Three standard errors of the share that is covered are 0.01.
    assert covered.mean() == pytest.approx(0.95, abs=0.012)


def test_a_design_effect_multiplies_the_variance() -> None:
    """A named design effect stands in for those of the arms."""
    plain = arm_differences(make_pairs()).iloc[0]
    own = arm_differences(make_pairs(design_effect_a=1.9, design_effect_b=1.9)).iloc[0]
    named = arm_differences(
        make_pairs(design_effect_a=7.0, design_effect_b=None), design_effect=1.9
    ).iloc[0]
    assert own["se"] == pytest.approx(plain["se"] * 1.9**0.5)
    assert named["se"] == pytest.approx(own["se"])


def test_rounding_adds_its_variance() -> None:
    """Whole percentages are uncertain by 1/12 each, sums of two by twice that."""
    exact = arm_differences(make_pairs()).iloc[0]["se"]
    rounded = make_pairs(decimals_a=0, decimals_b=0, n_parts_a=2)
    assert arm_differences(rounded).iloc[0]["se"] ** 2 == pytest.approx(exact**2 + 3 / 12)


def test_only_arms_of_the_same_people_are_correlated() -> None:
    """The correlation narrows rows of one survey and no other."""
    pairs = make_pairs(assignment=["random", "same_survey"])
    free, tied = arm_differences(pairs)["se"], arm_differences(pairs, correlation=0.5)["se"]
    assert tied[0] == free[0]
    assert tied[1] < 0.8 * free[1]


def test_holm_counts_every_look() -> None:
    """Holm's adjusted values of one answer, by hand."""
    pairs = make_pairs(
        experiment_id=["a", "b", "c"], share_b_pct=[63.0, 66.0, 69.5], answer=["for"] * 3
    )
    found = arm_differences(pairs)
    p = found["p_value"].to_numpy()
    by_hand = [3 * p[0], max(3 * p[0], 2 * p[1]), max(3 * p[0], 2 * p[1], p[2])]
    assert found["p_holm"].tolist() == pytest.approx([min(1.0, v) for v in by_hand])


def test_without_a_size_there_is_no_error() -> None:
    """Where no interviews were printed the difference stands alone, and is not counted."""
    pairs = make_pairs(experiment_id=["a", "b"], n_a=[900, None])
    found = arm_differences(pairs)
    assert found["difference"].tolist() == [-7.0, -7.0]
    assert found.loc[1, ["se", "lower", "upper", "p_value", "p_holm"]].isna().all()
    assert found.loc[0, "p_holm"] == pytest.approx(found.loc[0, "p_value"])


def test_waves_are_pooled_as_statsmodels_does() -> None:
    """Random effects of DerSimonian and Laird over five waves."""
    pairs = make_pairs(share_a_pct=[70.0, 71, 72, 75, 80], share_b_pct=[34.0, 30, 31, 28, 33])
    each = arm_differences(pairs)
    pooled = pool_differences(each).iloc[0]
    effect, variance = each["difference"].to_numpy(), each["se"].to_numpy() ** 2
    expected = combine_effects(effect, variance, method_re="dl")
    assert pooled["n_waves"] == 5
    assert pooled["difference"] == pytest.approx(expected.mean_effect_re)
    assert pooled["se"] == pytest.approx(expected.sd_eff_w_re)
    assert pooled["between_sd"] == pytest.approx(expected.tau2**0.5)
    assert pooled["heterogeneity_p"] == pytest.approx(expected.test_homogeneity().pvalue)


def test_equal_waves_pool_to_their_mean() -> None:
    """Four waves alike have half the error of one, and nothing between them."""
    each = arm_differences(make_pairs(share_a_pct=[70.0] * 4))
    pooled = pool_differences(each).iloc[0]
    assert pooled["difference"] == pytest.approx(-7.0)
    assert pooled["se"] == pytest.approx(each["se"].iloc[0] / 2)
    assert pooled["between_sd"] == 0


def test_one_wave_is_left_as_it_is() -> None:
    """A single wave keeps its numbers, and has no spread between waves."""
    each = arm_differences(make_pairs())
    pooled = pool_differences(each).iloc[0]
    assert pooled["se"] == each["se"].iloc[0]
    assert np.isnan(pooled["between_sd"])


@pytest.mark.parametrize(
    ("columns", "options", "words"),
    [
        ({"share_a_pct": 170.0}, {}, "share_a_pct"),
        ({"n_b": -5}, {}, "n_b"),
        ({"n_b": 0}, {}, "n_b"),
        ({"design_effect_a": 0}, {}, "design_effect_a"),
        ({"answer": ""}, {}, "answer"),
        ({}, {"correlation": 1.5}, "correlation"),
        ({}, {"design_effect": 0.0}, "design_effect"),
        ({}, {"alpha": 5}, "alpha"),
    ],
)
def test_bad_arms_are_refused(columns: dict, options: dict, words: str) -> None:
    """The error names row and column, or the argument, and the cure."""
    with pytest.raises(PollInputError, match=words) as caught:
        arm_differences(make_pairs(**columns), **options)
    assert caught.value.cure


def test_a_missing_column_is_named() -> None:
    """So is the lack of any row."""
    with pytest.raises(PollInputError, match="n_a"):
        arm_differences(make_pairs().drop(columns="n_a"))
    with pytest.raises(PollInputError, match="no arms"):
        arm_differences(make_pairs().head(0))


def test_the_input_is_left_alone() -> None:
    """Neither function changes what it is given."""
    pairs = make_pairs(share_a_pct=[70.0, 71.0])
    copy = pairs.copy()
    each = arm_differences(pairs)
    again = each.copy()
    pool_differences(each)
    pd.testing.assert_frame_equal(pairs, copy)
    pd.testing.assert_frame_equal(each, again)


@pytest.mark.long("all experiments are read for each case", quick=1)
@pytest.mark.parametrize("name", sorted(REFERENCE["arms"]))
def test_errors_from_published_shares_are_those_of_the_interviews(name: str) -> None:
    """Shares, sizes and Kish's design effect alone give the error that resampling gives.

    Reference: tests/reference/arms_resampled.py. The shares are rounded to a tenth.
    """
    experiment, answer = name.split(".")
    pairs = polls.experiments()
    mine = pairs[(pairs["experiment_id"] == experiment) & (pairs["answer"] == answer)]
    found, known = arm_differences(mine).iloc[0], REFERENCE["arms"][name]
    assert found["difference"] == pytest.approx(known["difference"], abs=0.11)
    assert found["se"] == pytest.approx(known["se_resampled"], rel=0.05)
    assert found["se"] == pytest.approx(known["se_linear"], rel=0.05)
