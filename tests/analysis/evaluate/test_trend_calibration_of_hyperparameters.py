"""With all hyperparameters drawn from their priors, intervals cover and ranks are uniform.

Dates, houses, sectors and sampling variances are those of every second poll of the real
support series; `make bench` does the same with 1,000 sets of the whole series.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from reference.simulated_polls import SECTORS, simulate_polls
from scipy.stats import kstest
from scipy.stats import t as t_distribution

from analysis import PollInputError, PollTrend
from analysis.evaluate import simulation
from analysis.evaluate.calibration import (
    check_calibration,
    draw_from_model,
    probabilities_below,
    tabulate,
)
from analysis.evaluate.simulation import _print_share, simulate_answers
from analysis.evaluate.simulation import simulate_polls as simulate_from
from analysis.observations.frame import prepare_observations

INPUT = REFERENCE / "inputs" / "support.csv"
SEED = 20220224
# Few enough for an ordinary run of the tests; the bounds are those of this number.
N_SETS, N_FAULTY = 120, 25


@pytest.fixture(scope="module")
def model():
    polls = pd.read_csv(INPUT, keep_default_na=False, na_values=[""])
    return PollTrend(polls.iloc[::2])


@pytest.fixture(scope="module")
def found(model):
    return check_calibration(model, N_SETS, SEED)


@pytest.mark.long("hundreds of made polls are fitted")
def test_every_estimand_is_covered_and_ranked_as_it_should(found):
    assert found["passes"].all(), found[~found["passes"]]


@pytest.mark.long("hundreds of made polls are fitted")
def test_levels_change_houses_gaps_and_hyperparameters_are_all_there(model, found):
    kinds = found["estimand"].str.split(" ").str[0].str.rstrip(",").value_counts()
    assert kinds["level"] == 6  # five days, and one turned by the shares
    assert kinds["house"] == len(model.observations.houses) == 10
    assert kinds["gap"] == 6
    assert {"tau", "omega", "sigma_h", "change"} <= set(found["estimand"])


@pytest.mark.long("hundreds of made polls are fitted")
def test_bounds_are_binomial_and_shared_by_the_whole_family(found):
    assert (found["n_sets"] == N_SETS).all()
    fewest, most = found["fewest"].iloc[0], found["most"].iloc[0]
    assert 0.82 * N_SETS < fewest < 0.95 * N_SETS < most
    ranks = pd.DataFrame(np.random.default_rng(1).uniform(size=(400, 3)), columns=list("abc"))
    table = tabulate(ranks, 0.05, 0.01)
    assert table["passes"].all()
    assert table["rank_p"].iloc[1] == pytest.approx(kstest(ranks["b"], "uniform").pvalue)
    assert table["covered"].iloc[2] == ranks["c"].between(0.025, 0.975).sum()


def add_noise(model, rng):
    """Polls that scatter by 5 points more than the truth they come with says."""
    truth = simulate_from(model, rng)
    return model.with_response(truth.response + rng.normal(0, 5, len(truth.response))), truth


def leave_unread(model, rng):
    """A posterior that is no more than the prior, whatever the polls show."""
    truth = simulate_from(model, rng)
    blind = model.with_response(truth.response)
    design = replace(blind.design, known_variance=blind.design.known_variance + 1e9)
    blind.model = replace(blind.model, design=design)
    return blind, truth


def fail(model, draw):
    """Names of the estimands that fail."""
    table = check_calibration(model, N_FAULTY, SEED, draw=draw)
    return set(table.loc[~table["passes"], "estimand"])


@pytest.mark.long("hundreds of made polls are fitted")
def test_a_wrong_error_is_found(model):
    assert "omega" in fail(model, add_noise)


@pytest.mark.long("hundreds of made polls are fitted")
def test_a_posterior_that_left_the_data_unread_is_found_by_what_turns_with_them(model):
    failed = fail(model, leave_unread)
    assert "level, turned by the shares" in failed
    assert all(name.endswith("turned by the shares") for name in failed)


@pytest.mark.long("hundreds of made polls are fitted")
def test_drift_is_drawn_and_ranked_too():
    polls = simulate_polls(np.random.default_rng(3), n_polls=20, houses="abc", sectors=SECTORS)
    table = check_calibration(PollTrend(polls, drift=True), 4, SEED)
    assert "kappa" in set(table["estimand"])
    assert table["passes"].all()


@pytest.mark.long("hundreds of made polls are fitted")
def test_a_walk_that_calms_is_drawn_and_ranked_too():
    polls = simulate_polls(np.random.default_rng(3), n_polls=24, n_days=200, houses="abc")
    table = check_calibration(PollTrend(polls, walk="calming", calm_days=30.0), 40, SEED)
    assert "shock" in set(table["estimand"])
    assert table["passes"].all()


@pytest.mark.long("hundreds of made polls are fitted")
def test_drifts_that_are_drawn_back_and_days_that_are_estimated_are_ranked_too():
    polls = simulate_polls(np.random.default_rng(3), n_polls=16, n_days=200, houses="abc")
    options = {"walk": "calming", "calm_days": "estimated", "drift": True, "drift_days": 60.0}
    table = check_calibration(PollTrend(polls, **options), 3, SEED)
    assert {"kappa", "shock", "calm"} <= set(table["estimand"])
    assert table["passes"].all()


@pytest.mark.long("hundreds of made polls are fitted")
def test_errors_of_student_are_drawn_with_their_tails_and_ranked_too():
    polls = simulate_polls(np.random.default_rng(3), n_polls=10, houses="ab")
    model = PollTrend(polls, errors="student")
    assert check_calibration(model, 2, SEED)["passes"].all()
    params = {"tau": 0.3, "omega": 50.0, "sigma_h": 5.0}
    rng = np.random.default_rng(1)
    errors = [simulate_from(model, rng, params) for _ in range(2000)]
    scores = np.array([d.response - d.expected for d in errors]) / 50.0
    # Against the sampling error this excess is so large that it alone is seen.
    assert kstest(scores.ravel(), t_distribution(4).cdf).pvalue > 0.01


@pytest.mark.long("hundreds of made polls are fitted")
def test_a_shock_that_was_not_drawn_is_found():
    polls = simulate_polls(np.random.default_rng(3), n_polls=24, n_days=200, houses="abc")
    model = PollTrend(polls, walk="calming", calm_days=30.0)

    def without_shock(model, rng):
        truth = simulate_from(model, rng, {**model.draw_params(rng), "shock": 1e-9})
        truth.params["shock"] = model.draw_params(rng)["shock"]
        return model.with_response(truth.response), truth

    table = check_calibration(model, 75, SEED, draw=without_shock)
    assert "shock" in set(table.loc[~table["passes"], "estimand"])


def test_the_steps_of_a_calming_walk_shrink_to_tau():
    polls = simulate_polls(np.random.default_rng(5), n_polls=40, n_days=300, houses="ab")
    start = prepare_observations(polls).first_date + np.timedelta64(20, "D")
    model = PollTrend(polls, walk="calming", calm_from=str(start), calm_days=15.0)
    rng = np.random.default_rng(6)
    params = {"tau": 0.2, "omega": 2.0, "sigma_h": 5.0, "shock": 2.0}
    drawn = [simulate_from(model, rng, params).level for _ in range(2000)]
    steps = np.diff(drawn, axis=1).std(axis=0)
    assert steps[:20] == pytest.approx(0.2, rel=0.1)
    day = np.arange(200)
    decay = 15 * (np.exp(-day / 15) - np.exp(-(day + 1) / 15))
    expected = np.sqrt(0.2**2 + 2.0**2 * decay)
    np.testing.assert_allclose(steps[20:220], expected, rtol=0.1)


def test_a_truth_counts_as_covered_when_the_printed_interval_holds_it(model):
    rng = np.random.default_rng(8)
    for _ in range(3):
        fitted, truth = draw_from_model(model, rng)
        results = fitted.fit()
        below = probabilities_below(results, truth)
        effects = results.house_effects().set_index("house_id")
        true = truth.house_effects(fitted.design, results.weights_of("houses"))
        for house, value in zip(results.observations.houses, true, strict=True):
            holds = effects.loc[house, "lower"] < value < effects.loc[house, "upper"]
            assert holds == (0.025 < below[f"house {house}"] < 0.975)
        omega = results.hyperparameters().set_index("parameter").loc["omega"]
        holds = omega["lower"] < truth.params["omega"] < omega["upper"]
        assert holds == (0.025 < below["omega"] < 0.975)


def test_simulated_polls_follow_the_equations():
    polls = simulate_polls(np.random.default_rng(5), n_polls=60, houses="abcd", sectors=SECTORS)
    model = PollTrend(polls, drift=True)
    rng = np.random.default_rng(6)
    params = {"tau": 0.4, "omega": 2.0, "sigma_h": 5.0, "kappa": 0.2}
    drawn = [simulate_from(model, rng, params) for _ in range(300)]
    design = model.design
    errors = np.array(
        [d.response - d.level[design.day] - d.houses[design.day, design.house] for d in drawn]
    )
    variance = model.error_variance(params)
    assert (errors**2 / variance).mean() == pytest.approx(1, abs=0.05)
    steps = np.diff([d.level for d in drawn], axis=1)
    assert steps.std() == pytest.approx(0.4, rel=0.02)
    first = design.first_day[2]
    walks = np.array([d.houses[:, 2] for d in drawn])
    assert (np.diff(walks[:, : first + 1], axis=1) == 0).all()
    assert np.diff(walks[:, first:], axis=1).std() == pytest.approx(0.2, rel=0.03)
    spread = np.var([d.houses[0, 0] for d in drawn])
    assert spread == pytest.approx(5.0**2 + 10.0**2, rel=0.25)


def test_a_seed_gives_the_same_polls(model):
    one, two = (simulate_from(model, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one.response, two.response)
    assert one.params == two.params


@pytest.mark.long("hundreds of made polls are fitted")
def test_with_answers_for_normal_errors_coverage_stays_near_95_percent(model):
    """Whole answers, rounded, levels between 30 and 80: what the normal approximation costs."""
    table = check_calibration(model, 60, SEED, draw=simulate_answers)
    plain = table[~table["estimand"].str.contains("turned")]
    assert 93.5 < plain["coverage_pct"].mean() < 97.5
    assert plain["coverage_pct"].min() > 85


def test_answers_are_printed_as_the_houses_print(model):
    fitted, truth = simulate_answers(model, np.random.default_rng(2))
    obs = fitted.observations
    unit = 10.0 ** -obs.polls["decimals"]
    np.testing.assert_allclose(obs.share_pct / unit, np.rint(obs.share_pct / unit), atol=1e-9)
    levels = truth.level[:, None] + truth.houses
    assert 30 < levels.min() < levels.max() < 80
    assert obs.polls["sample_size"].tolist() == model.observations.polls["sample_size"].tolist()
    # A sampling variance follows from the share that was printed.
    p = obs.share_pct * (100 - obs.share_pct) * obs.polls["design_effect"]
    np.testing.assert_allclose(obs.polls["sampling_var"], p / obs.polls["sample_size"], rtol=0.02)


def test_normal_errors_come_with_the_same_truths(model):
    one, two = (np.random.default_rng(9) for _ in range(2))
    for _ in range(3):
        answers, normal = simulate_answers(model, one), simulate_answers(model, two, normal=True)
        assert answers[1].params == normal[1].params
        assert np.abs(answers[0].design.response - normal[0].design.response).max() > 0.1


def test_what_cannot_be_simulated_is_said(model, monkeypatch):
    rng = np.random.default_rng(1)
    polls = simulate_polls(rng, n_polls=10)
    with pytest.raises(PollInputError, match="no sample_size"):
        simulate_answers(PollTrend(polls.assign(sample_size=np.nan, sampling_var=2.0)), rng)
    with pytest.raises(PollInputError, match="more than polls and houses"):
        simulate_answers(PollTrend(polls, events={"shock": "2022-04-01"}), rng)
    monkeypatch.setattr(simulation, "MAX_TRIES", 5)
    with pytest.raises(PollInputError, match=r"between 50 and 50\.1 percent; give wider limits"):
        simulate_answers(model, rng, (50, 50.1))
    with pytest.raises(PollInputError, match="the model is on logits"):
        check_calibration(PollTrend(polls, scale="logit"), 1)
    with pytest.raises(PollInputError, match="not integrated out"):
        probabilities_below(model.fit("map"), simulate_from(model, rng))


@pytest.mark.parametrize("n_parts", [1, 2, 3, 4])
def test_a_share_of_several_parts_is_printed_part_by_part(n_parts):
    """Of very many people there is no chance left, only rounding."""
    rng = np.random.default_rng(1)
    assert _print_share(rng, 63.21, 10**12, 2, n_parts) == pytest.approx(63.21, abs=0.01 * n_parts)
    whole = {round(_print_share(rng, 63.21, 10**12, 0, n_parts) - 63.21, 2) for _ in range(9)}
    assert len(whole) == 1
    assert abs(whole.pop()) <= 0.5 * n_parts
