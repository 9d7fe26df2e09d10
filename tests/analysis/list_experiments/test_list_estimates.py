"""List experiments by difference in means and combined with direct answers."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from hypothesis import given
from hypothesis import strategies as st

from analysis import PollInputError
from analysis.list_experiments import list_estimates, list_placebos, simulate_list

HERE = REFERENCE
REFERENCE = json.loads((HERE / "list_reference.json").read_text(encoding="utf-8"))
CASES = ("plain", "broken")
# The R package divides by the expected sizes of the groups, we by the sizes that there are.
SE_TOLERANCE = 0.02


def read_case(case):
    return pd.read_csv(HERE / f"list_{case}.csv")


def estimates(frame, truthful="yes", **options):
    found = list_estimates(frame, 3, direct="direct", truthful_answer=truthful, **options)
    return found.set_index("quantity")


@pytest.mark.parametrize("case", CASES)
def test_list_and_direct_share_are_those_of_the_r_package(case):
    found, expected = estimates(read_case(case)), REFERENCE[case]["combined"]["truthful_yes"]
    for name in ("list", "direct"):
        assert found.loc[name, "estimate"] == pytest.approx(100 * expected[name], rel=1e-9)
        assert found.loc[name, "se"] == pytest.approx(100 * expected[f"{name}_se"], rel=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_combined_estimate_is_that_of_the_r_package(case):
    found, expected = estimates(read_case(case)), REFERENCE[case]["combined"]["truthful_yes"]
    row = found.loc["combined"]
    assert row["estimate"] == pytest.approx(100 * expected["combined"], rel=1e-9)
    assert row["se"] == pytest.approx(100 * expected["combined_se"], rel=SE_TOLERANCE)


@pytest.mark.parametrize("case", CASES)
def test_a_truthful_no_is_a_truthful_yes_to_the_opposite_item(case):
    """The R package knows only the truthful yes; it was given the opposite item."""
    row = estimates(read_case(case), "no").loc["combined"]
    expected = REFERENCE[case]["combined"]["truthful_no_of_the_opposite"]
    assert row["estimate"] == pytest.approx(100 * (1 - expected["combined"]), rel=1e-9)
    assert row["se"] == pytest.approx(100 * expected["combined_se"], rel=SE_TOLERANCE)


@pytest.mark.parametrize("case", CASES)
def test_placebo_tests_are_those_of_the_r_package(case):
    found = list_placebos(read_case(case), 3, direct="direct").set_index("test")
    for name in ("I", "II"):
        expected = REFERENCE[case]["combined"]["truthful_yes"][f"placebo_{name}"]
        row = found.loc[name]
        assert row["estimate"] == pytest.approx(100 * expected["estimate"], rel=1e-9)
        assert row["se"] == pytest.approx(100 * expected["se"], rel=1e-9)
        assert row["p_value"] == pytest.approx(expected["p"], rel=1e-6)
        assert row["n"] == expected["n"]


@pytest.mark.parametrize("case", CASES)
def test_placebo_of_a_truthful_no_looks_for_nothing_among_the_no(case):
    expected = REFERENCE[case]["combined"]["truthful_no_of_the_opposite"]["placebo_I"]
    row = list_placebos(read_case(case), 3, direct="direct", truthful_answer="no").iloc[0]
    assert (row["group"], row["expected"]) == ("no", 0)
    assert row["estimate"] == pytest.approx(100 * (1 - expected["estimate"]), rel=1e-9)
    assert row["p_value"] == pytest.approx(expected["p"], rel=1e-6)


def test_the_gap_is_direct_less_list_and_knows_that_the_people_are_the_same():
    found = estimates(simulate_list(3000, 3, 0.6, np.random.default_rng(1), false_yes=0.4))
    values = found["estimate"]
    assert values["gap"] == pytest.approx(values["direct"] - values["list"], abs=1e-9)
    apart = np.hypot(found.loc["direct", "se"], found.loc["list", "se"])
    assert found.loc["gap", "se"] < apart


@pytest.mark.long("hundreds of made experiments")
def test_the_bootstrap_agrees_with_the_formulas():
    frame = simulate_list(2000, 3, 0.6, np.random.default_rng(2), false_yes=0.3)
    for truthful in ("yes", "no"):
        plain = estimates(frame, truthful)
        drawn = estimates(frame, truthful, rng=np.random.default_rng(3), n_draws=1500)
        assert (drawn["errors"] == "bootstrap").all()
        assert drawn["estimate"].to_numpy() == pytest.approx(plain["estimate"].to_numpy())
        # 1,500 draws know an error to 1 / sqrt(3000), 2 percent.
        assert drawn["se"].to_numpy() == pytest.approx(plain["se"].to_numpy(), rel=0.08)
        assert drawn["lower"].to_numpy() == pytest.approx(plain["lower"].to_numpy(), abs=1.0)
        assert drawn["upper"].to_numpy() == pytest.approx(plain["upper"].to_numpy(), abs=1.0)


def test_the_same_seed_gives_the_same_bootstrap():
    frame = simulate_list(200, 3, 0.6, np.random.default_rng(2))
    one, other = (
        list_estimates(frame, 3, rng=np.random.default_rng(9), n_draws=50) for _ in range(2)
    )
    pd.testing.assert_frame_equal(one, other)


def test_an_error_needs_two_draws():
    frame = simulate_list(200, 3, 0.6, np.random.default_rng(2))
    drawn = estimates(frame, "no", rng=np.random.default_rng(9), n_draws=2)
    assert drawn.loc["list", "se"] > 0
    with pytest.raises(PollInputError, match="1 draws; give at least 2"):
        estimates(frame, "no", rng=np.random.default_rng(9), n_draws=1)


@pytest.mark.long("hundreds of made experiments")
def test_intervals_hold_the_truth_as_often_as_they_say():
    """With false yes, only list and the combination that trusts the no are right."""
    rng = np.random.default_rng(4)
    hits = {"list": 0, "no": 0, "yes": 0, "gap": 0}
    n = 400
    for _ in range(n):
        frame = simulate_list(600, 3, 0.5, rng, false_yes=0.4)
        trusted, doubted = estimates(frame, "no"), estimates(frame, "yes")
        for name, row, truth in (
            ("list", trusted.loc["list"], 50),
            ("no", trusted.loc["combined"], 50),
            ("yes", doubted.loc["combined"], 50),
            ("gap", trusted.loc["gap"], 20),
        ):
            hits[name] += row["lower"] <= truth <= row["upper"]
    # 95% of 400, with 4 standard errors to spare.
    for name in ("list", "no", "gap"):
        assert 0.906 * n < hits[name] < 0.994 * n
    assert hits["yes"] < 0.2 * n


def test_the_combination_is_more_precise_than_the_list():
    frame = simulate_list(4000, 3, 0.5, np.random.default_rng(5), false_yes=0.2)
    found = estimates(frame, "no")
    assert found.loc["combined", "se"] < 0.85 * found.loc["list", "se"]


def test_placebos_notice_a_false_no_where_the_no_is_trusted():
    frame = simulate_list(8000, 3, 0.6, np.random.default_rng(6), false_no=0.3)
    trusted = list_placebos(frame, 3, direct="direct", truthful_answer="no").iloc[0]
    assert trusted["p_value"] < 1e-4
    assert list_placebos(frame, 3, direct="direct").iloc[0]["p_value"] > 0.01


@pytest.mark.long("hundreds of made experiments")
@given(st.integers(0, 2**32 - 1))
def test_whole_weights_are_respondents_counted_so_often(seed):
    rng = np.random.default_rng(seed)
    frame = simulate_list(60, 3, 0.5, rng).assign(weight=rng.integers(1, 4, 60))
    often = frame.loc[frame.index.repeat(frame["weight"])]
    weighted = estimates(frame, weights="weight")["estimate"].to_numpy()
    assert weighted == pytest.approx(estimates(often)["estimate"].to_numpy(), abs=1e-9)


@pytest.mark.long("hundreds of made experiments")
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_neither_order_nor_the_scale_of_weights_matters(seed, factor):
    rng = np.random.default_rng(seed)
    frame = simulate_list(60, 3, 0.5, rng).assign(weight=rng.uniform(0.5, 2, 60))
    other = frame.sample(frac=1, random_state=int(seed % 1000))
    other = other.assign(weight=factor * other["weight"])
    columns = ["estimate", "se", "lower", "upper"]
    one = estimates(frame, weights="weight")[columns].to_numpy()
    two = estimates(other, weights="weight")[columns].to_numpy()
    assert one == pytest.approx(two, rel=1e-8, abs=1e-8)


def test_the_input_is_left_alone():
    frame = simulate_list(40, 3, 0.5, np.random.default_rng(7))
    before = frame.copy()
    list_estimates(frame, 3, direct="direct", rng=np.random.default_rng(1), n_draws=10)
    pd.testing.assert_frame_equal(frame, before)


def test_weights_count_in_the_draws_of_respondents_as_in_the_estimate():
    """Those who weigh nine times as much answer otherwise: intervals lie around what they say."""
    frame = simulate_list(400, 3, 0.5, np.random.default_rng(8))
    heavy = np.arange(400) // 2 % 2 == 0
    frame["weight"] = np.where(heavy, 9.0, 1.0)
    frame["count"] = np.where(heavy, frame["treatment"] + 1, 1)
    options = {"weights": "weight", "rng": np.random.default_rng(9), "n_draws": 200}
    (row,) = list_estimates(frame, 3, **options).itertuples()
    assert row.estimate == pytest.approx(90, abs=2)
    assert row.lower < row.estimate < row.upper
