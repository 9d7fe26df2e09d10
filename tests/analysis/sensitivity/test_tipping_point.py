"""The tipping point: formula and posterior agree with counting people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.sensitivity import (
    Silent,
    describe_assumptions,
    tipping_point,
    tipping_table,
)

POLLS = simulate_polls(np.random.default_rng(61), houses="abcd", sectors=SECTORS)
RESULTS = PollTrend(POLLS).fit("map")


def true_support(share, insincere, silent, supporting):
    return share * (1 - insincere / 100) + silent * supporting / 100


@given(st.floats(1, 100), st.floats(1, 99), st.floats(0, 1), st.floats(0, 100))
def test_at_the_tipping_point_support_is_the_threshold(share, threshold, part, supporting):
    quiet = Silent(part * (100 - share), supporting)
    point = float(tipping_point(share, threshold, quiet))
    truth = true_support(share, point, quiet.share_pct, supporting)
    if point == 0:
        assert truth <= threshold + 1e-9
    elif point == 100:
        assert truth >= threshold - 1e-9
    else:
        assert truth == pytest.approx(threshold, abs=1e-9)


def test_nobody_stated_leaves_nobody_to_be_insincere():
    assert tipping_point(0.0) == 0
    assert tipping_point(0.0, silent=Silent(60, 100)) == 100


def test_below_the_threshold_nothing_is_left_to_tip():
    assert tipping_point(np.array([40.0, 50.0, 100.0])).tolist() == [0, 0, 50]


def test_quantiles_are_those_of_the_share_put_through_the_formula():
    trend = RESULTS.trend("b")
    for day in (0, 30, -1):
        (tipping,) = tipping_table(RESULTS, 50, trend["date"].iloc[day], references=["b"]).to_dict(
            "records"
        )
        for name in ("lower", "upper"):
            expected = tipping_point(trend[name].iloc[day], 50)
            assert tipping[name] == pytest.approx(float(expected), abs=1e-3)
        assert tipping["lower"] <= tipping["median"] <= tipping["upper"]


def test_the_posterior_is_the_one_that_draws_give():
    """A million draws of the level, each put through the formula."""
    rng = np.random.default_rng(1)
    day = RESULTS.observations.days_of(RESULTS.observations.last_date)
    level = RESULTS.queries.level(day, RESULTS.weights_of("houses"))
    draws = rng.normal(level.centre[0], np.sqrt(level.total_variance[0]), 1_000_000)
    quiet = Silent(20, 30)
    row = tipping_table(RESULTS, 55, silent=quiet, references=["houses"]).iloc[0]
    points = tipping_point(np.clip(draws, 0, 100), 55, quiet)
    for name, at in (("median", 0.5), ("lower", 0.025), ("upper", 0.975)):
        assert row[name] == pytest.approx(np.quantile(points, at), abs=0.05)
    assert row["prob_majority"] == pytest.approx((points > 0).mean(), abs=0.002)


def test_the_table_names_every_level_and_agrees_with_the_posterior():
    table = tipping_table(RESULTS, 50).set_index("reference")
    for name in ("houses", "a", "sector:state"):
        day = RESULTS.observations.days_of(RESULTS.observations.last_date)
        median = RESULTS.queries.level(day, RESULTS.weights_of(name)).quantile(0.5)[0]
        assert table.loc[name, "median"] == pytest.approx(float(tipping_point(median)), abs=1e-6)
    assert table.loc["a", "prob_majority"] == pytest.approx(
        RESULTS.prob_above(50, RESULTS.observations.last_date, "a")
    )
    assert "new" not in table.index


def test_references_can_be_chosen_and_a_wrong_one_is_refused():
    assert tipping_table(RESULTS, references=["b", "houses"])["reference"].tolist() == [
        "b", "houses",
    ]  # fmt: skip
    with pytest.raises(PollInputError, match="reference 'nobody' is not known"):
        tipping_table(RESULTS, references=["nobody"])


def test_on_logits_the_formula_is_the_same():
    results = PollTrend(POLLS, scale="logit").fit("map")
    last, tipping = results.trend("a").iloc[-1], tipping_table(results, references=["a"]).iloc[0]
    for name in ("lower", "upper"):
        assert tipping[name] == pytest.approx(float(tipping_point(last[name])), abs=1e-3)


def test_the_assumptions_are_said():
    words = " ".join(describe_assumptions(RESULTS, "a", 50, Silent(20, 40)))
    assert "as house a measures it" in words
    assert "of the 20 percent who gave no answer 40 percent support" in words
    assert "b = 0" in " ".join(describe_assumptions(RESULTS, "a", 50, Silent()))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tipping_point(120), "stated share: 120"),
        (lambda: tipping_point(70, 0), "threshold: 0"),
        (lambda: tipping_point(70, 50, Silent(-1)), "share of the silent: -1"),
        (lambda: tipping_point(70, 50, Silent(20, 130)), "support among the silent: 130"),
        (lambda: tipping_table(RESULTS, 120), "threshold"),
    ],
)
def test_percentages_that_are_none_are_refused(call, words):
    with pytest.raises(PollInputError, match=words):
        call()
