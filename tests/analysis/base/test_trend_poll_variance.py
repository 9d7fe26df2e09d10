"""What is known of a poll's own error: sampling, design effect, rounding."""

import numpy as np
import pytest
from reference.simulated_polls import make_polls

from analysis import PollTrend

ONE = make_polls([("a", "2022-03-01", 64)])


def variances(polls):
    """Sampling and rounding variance of each poll."""
    table = PollTrend(polls).observations.polls
    return table["sampling_var"].to_numpy(), table["rounding_var"].to_numpy()


def test_the_share_is_pulled_to_one_half_by_one_interview():
    p = (1000 * 64 + 50) / 1001
    assert variances(ONE)[0] == pytest.approx(p * (100 - p) / 1000)


@pytest.mark.parametrize("share", [0, 100])
def test_no_share_is_certain(share):
    assert variances(ONE.assign(share_pct=share))[0] > 0


def test_a_design_effect_multiplies_the_sampling_variance():
    plain = variances(ONE)[0]
    assert variances(ONE.assign(design_effect=1.9))[0] == pytest.approx(1.9 * plain)


def test_an_empty_design_effect_is_one():
    assert variances(ONE.assign(design_effect=np.nan))[0] == variances(ONE)[0]


def test_a_given_sampling_variance_replaces_the_formula_and_the_design_effect():
    polls = ONE.assign(sampling_var=7.0, design_effect=3.0)
    assert variances(polls)[0] == 7.0
    assert variances(polls.drop(columns="sample_size"))[0] == 7.0
    assert variances(polls.assign(sampling_var=np.nan))[0] == pytest.approx(3 * variances(ONE)[0])


@pytest.mark.parametrize(("decimals", "variance"), [(0, 1 / 12), (1, 1 / 1200), (2, 1 / 120000)])
def test_rounding_follows_the_printed_decimals(decimals, variance):
    assert variances(ONE.assign(decimals=decimals))[1] == pytest.approx(variance)


def test_a_sum_of_two_rounded_parts_has_twice_the_rounding_variance():
    assert variances(ONE.assign(n_parts=2))[1] == pytest.approx(2 / 12)


def test_polls_that_were_prepared_keep_their_variances_when_they_are_prepared_again():
    polls = ONE.assign(n_parts=2, decimals=1, design_effect=1.9)
    assert variances(PollTrend(polls).observations.polls) == variances(polls)


def test_missing_decimals_are_guessed_per_house():
    polls = make_polls(
        [("a", "2022-03-01", 64), ("b", "2022-03-02", 64), ("b", "2022-03-03", 64.3)]
    )
    assert variances(polls)[1] == pytest.approx([1 / 12, 1 / 1200, 1 / 1200])
    polls["decimals"] = [np.nan, np.nan, 1]
    assert variances(polls)[1] == pytest.approx([1 / 12, 1 / 1200, 1 / 1200])


def test_known_variance_and_excess_add_up_in_the_state_space_model():
    model = PollTrend(ONE.assign(sampling_var=7.0, decimals=0))
    model.loglike((0.3, 2.0, 5.0))
    assert model.statespace.ssm["obs_cov"].item() == pytest.approx(7 + 1 / 12 + 4)
