"""What nobody can foresee: the CRPS of those who knew more than anybody can in advance."""

import numpy as np
import pytest
from reference.simulated_polls import simulate_polls

from analysis import PollTrend
from analysis.base.mixture import Mixture
from analysis.evaluate import find_floor
from analysis.evaluate.scores import find_crps

POLLS = simulate_polls(np.random.default_rng(4), n_polls=20, houses="abc")


@pytest.fixture(scope="module")
def results():
    return PollTrend(POLLS, house_variance="by_house").fit()


def mean_crps(sd, n=20_000):
    """CRPS of a normal prediction with the right sd, on average over what comes."""
    coming = np.random.default_rng(1).normal(0, sd, n)
    spread = np.full((1, n), sd**2)
    return find_crps(Mixture(np.ones(1), np.zeros((1, n)), spread), coming).mean()


@pytest.mark.long("simulates thousands of polls")
def test_sampling_and_excess_are_what_a_right_prediction_scores_on_average(results):
    floor = find_floor(results)
    polls, excess = results.observations.polls, results.hyperparameters().set_index("parameter")
    known = polls["sampling_var"] + polls["rounding_var"]
    assert floor["sampling"].iloc[0] == pytest.approx(mean_crps(np.sqrt(known.iloc[0])), rel=0.03)
    for house, part in floor.groupby("house_id"):
        own = excess.loc[f"omega:{house}"]
        sd = np.sqrt(known[part.index[0]] + own["mean"] ** 2 + own["sd"] ** 2)
        assert part["excess"].iloc[0] == pytest.approx(mean_crps(sd), rel=0.05)


@pytest.mark.long("a full fit, and each poll left out of it")
def test_hindsight_scores_each_poll_as_all_others_foresee_it(results):
    others = results.loo()
    mean, sd = (others[name].to_numpy()[None] for name in ("mean", "sd"))
    expected = find_crps(Mixture(np.ones(1), mean, sd**2), others["share_pct"].to_numpy())
    np.testing.assert_allclose(find_floor(results)["hindsight"], expected, atol=1e-6)
