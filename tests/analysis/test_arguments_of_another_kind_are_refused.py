"""What is no generator, no priors, no frame or no share is refused by name, not deep inside."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis import CompositionTrend, PollInputError, PollTrend
from analysis.list_experiments import list_estimates, list_regression, simulate_list

POLLS = simulate_polls(np.random.default_rng(3), n_polls=12)
PARTS = POLLS.assign(red_pct=40.0, blue_pct=30.0, green_pct=20.0)
RESULTS = PollTrend(POLLS).smooth((0.3, 2.0, 5.0))
ANSWERS = simulate_list(40, 3, 0.5, np.random.default_rng(1)).assign(age=range(40))
RNG = np.random.default_rng(1)

REFUSED = {
    "priors of a trend": (lambda: PollTrend(POLLS, priors=3), "priors is 3; give analysis.Priors"),
    "priors of two parts": (
        lambda: CompositionTrend(PARTS, ["red", "blue"], priors={"tau": 1}),
        "priors is {'tau': 1}; give analysis.Priors",
    ),
    "priors of three parts": (
        lambda: CompositionTrend(PARTS, ["red", "blue", "green"], priors="flat"),
        "priors is 'flat'; give analysis.Priors",
    ),
    "options of two parts": (
        lambda: CompositionTrend(PARTS, ["red", "blue"], options=3),
        "options is 3; give analysis.TrendOptions",
    ),
    "chance of draws": (lambda: RESULTS.draws(10, 1), "rng is 1; give numpy.random.default_rng(1)"),
    "chance of parameters": (lambda: PollTrend(POLLS).draw_params(None), "rng is None; give"),
    "chance of a prior": (lambda: PollTrend(POLLS).prior_predictive(10, 1), "rng is 1; give"),
    "new polls": (lambda: RESULTS.get_prediction(3), "new polls came as int; pass a pandas"),
    "chance of a bootstrap": (
        lambda: list_estimates(ANSWERS, 3, rng=3, n_draws=20),
        "rng is 3; give numpy.random.default_rng(1)",
    ),
    "draws of a bootstrap": (
        lambda: list_estimates(ANSWERS, 3, rng=RNG, n_draws=2.5),
        "bootstrap: 2.5 draws; give at least 2",
    ),
    "no draws of a bootstrap": (
        lambda: list_estimates(ANSWERS, 3, rng=RNG, n_draws=None),
        "bootstrap: None draws; give at least 2",
    ),
    "covariates as text": (
        lambda: list_regression(ANSWERS, 3, "age"),
        "covariates is 'age'; give a list of columns",
    ),
    "a share in percent": (lambda: simulate_list(9, 3, 60, RNG), "share is 60; give a share from"),
    "a share that is none": (
        lambda: simulate_list(9, 3, 0.5, RNG, false_no=np.nan),
        "false_no is nan; give a share from 0 to 1",
    ),
    "respondents": (lambda: simulate_list(-1, 3, 0.5, RNG), "n is -1; give a whole number"),
    "chance of respondents": (lambda: simulate_list(9, 3, 0.5, None), "rng is None; give"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_argument_is_named_with_what_it_has_to_be(name):
    call, words = REFUSED[name]
    with pytest.raises(PollInputError) as caught:
        call()
    assert words in str(caught.value)


def test_shares_of_respondents_may_differ_between_them():
    shares = np.linspace(0, 1, 9)
    assert isinstance(simulate_list(9, 3, shares, RNG), pd.DataFrame)
