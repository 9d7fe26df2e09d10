"""Student's errors: the posterior of brute force, and slips that move nothing."""

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import mid_days
from reference.simulated_polls import SECTORS, make_polls, simulate_polls
from scipy.stats import kurtosis, t

from analysis import PollInputError, PollTrend
from analysis.__main__ import main
from analysis.evaluate.calibration import check_calibration
from analysis.evaluate.simulation import simulate_polls as simulate_from
from analysis.trend.hyperparameters import student
from analysis.trend.hyperparameters.space import FREEDOM, PRECISIONS, PRIOR
from analysis.trend.prediction import predict_polls

FEW = make_polls([
    ("a", "2022-03-01", 52), ("b", "2022-03-06", 55), ("a", "2022-03-11", 53),
    ("b", "2022-03-13", 25), ("a", "2022-03-20", 54), ("b", "2022-03-24", 56),
])  # fmt: skip
ASKED = [0, 12, 23]


def brute_force(n_draws=400_000):
    """Level on three days from draws of the prior, weighed by their dense likelihood.

    Scales and precisions come from their priors; no filter, no chain and no lattice.
    """
    rng = np.random.default_rng(5)
    tau, omega, sigma_h = (s * abs(rng.standard_normal(n_draws)) for s in (0.5, 3.0, 10.0))
    stretch = 1 / rng.gamma(2.0, 0.5, (n_draws, len(FEW)))
    share, house = FEW["share_pct"].to_numpy(), (FEW["house_id"] == "b").to_numpy(int)
    p = (1000 * share + 50) / 1001
    day = np.append(mid_days(FEW), ASKED).astype(float)
    walk = np.minimum(day[:, None], day[None, :])
    both = np.zeros((2, len(day)))
    both[house, np.arange(len(FEW))] = 1.0
    both[:, len(FEW) :] = 0.5  # the mean of these houses
    n, mean, variance, logs = len(FEW), [], [], []
    for part in np.array_split(np.arange(n_draws), 40):
        cov = 2500.0 + tau[part, None, None] ** 2 * walk
        cov = cov + sigma_h[part, None, None] ** 2 * (both.T @ both)
        seen = cov[:, :n, :n].copy()
        noise = p * (100 - p) / 1000 + 1 / 12 + omega[part, None] ** 2 * stretch[part]
        seen[:, np.arange(n), np.arange(n)] += noise
        inverse = np.linalg.inv(seen)
        gain = cov[:, n:, :n] @ inverse
        mean.append(50 + gain @ (share - 50))
        variance.append(np.einsum("bii->bi", cov[:, n:, n:] - gain @ cov[:, :n, n:]))
        quadratic = np.einsum("i,bij,j->b", share - 50, inverse, share - 50)
        logs.append(0.5 * (np.linalg.slogdet(inverse)[1] - quadratic))
    logs, mean, variance = np.concatenate(logs), np.concatenate(mean), np.concatenate(variance)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    centre = weights @ mean
    sd = np.sqrt(weights @ (variance + (mean - centre) ** 2))
    scales = weights @ np.column_stack([tau, omega, sigma_h])
    return centre, sd, scales, 1 / (weights**2).sum()


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_level_and_scales_are_those_of_brute_force():
    centre, sd, scales, n_effective = brute_force()
    assert n_effective > 1000  # enough for what follows
    results = PollTrend(FEW, errors="student").fit()
    trend = results.trend("houses").iloc[ASKED]
    np.testing.assert_allclose(trend["mean"], centre, atol=0.15 * sd.min())
    np.testing.assert_allclose(trend["sd"], sd, rtol=0.12)
    found = results.hyperparameters()["mean"]
    np.testing.assert_allclose(found, scales, rtol=0.15)


def test_the_precisions_are_those_of_a_gamma_distribution_of_mean_one():
    assert pytest.approx(1.0, abs=1e-4) == PRIOR @ PRECISIONS
    assert pytest.approx(1.5, abs=1e-3) == PRIOR @ PRECISIONS**2
    assert pytest.approx(2.0, rel=1e-3) == PRIOR @ (1 / PRECISIONS)


@pytest.mark.long("Student's errors are drawn by Markov chains")
@pytest.mark.parametrize("drift", [False, True])
def test_a_slip_moves_neither_level_nor_scales(drift):
    polls = simulate_polls(np.random.default_rng(19), 30, houses="abc", sectors=SECTORS)
    slipped = polls.copy()
    row = slipped.index[slipped["house_id"] == "a"][2]
    slipped.loc[row, "share_pct"] /= 10
    clean = PollTrend(polls, errors="student", drift=drift).fit()
    robust = PollTrend(slipped, errors="student", drift=drift).fit()
    moved = (robust.trend()["mean"] - clean.trend()["mean"]).abs() / clean.trend()["sd"]
    assert moved.max() < 0.75
    scales = [r.hyperparameters().set_index("parameter")["mean"] for r in (clean, robust)]
    assert scales[1]["omega"] < scales[0]["omega"] + 1
    normal = PollTrend(slipped, drift=drift).fit().hyperparameters().set_index("parameter")
    assert normal.loc["omega", "mean"] > 2 * scales[1]["omega"]


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_a_new_poll_may_slip_too():
    coming = make_polls([("a", "2022-04-01", 0)])

    def tail(errors):
        """How much longer an interval of 99.9% is than one of half the polls."""
        results = PollTrend(FEW.drop(3), errors=errors).smooth((0.1, 2.0, 3.0))
        tables = [predict_polls(coming, results.fitted)[1].quantile(q) for q in (0.9995, 0.75)]
        centre = predict_polls(coming, results.fitted)[1].centre
        return ((tables[0] - centre) / (tables[1] - centre)).item()

    assert tail("student") > 1.15 * tail("normal")


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_few_stretches_are_redrawn_at_once_so_that_most_redraws_are_taken():
    """Of these polls all at once were refused four times in ten, of more polls more often."""
    days = pd.date_range("2022-01-01", periods=40, freq="3D").astype(str)
    shares = (60 + np.random.default_rng(1).normal(0, 6, 40)).round()
    polls = make_polls(list(zip("ab" * 20, days, shares, strict=True)))
    found = PollTrend(polls, errors="student").smooth((0.1, 1.0, 3.0)).fit_info
    assert found.details["accepted_stretches"] > 0.75


def test_nothing_lies_below_a_scale_that_is_given():
    found = PollTrend(FEW, errors="student").smooth((0.1, 1.0, 3.0)).fit_info
    assert {name: found.param_cdf(name, at) for name, at in found.mode.items()} == dict.fromkeys(
        ("tau", "omega", "sigma_h"), 0.0
    )


def test_the_budget_holds_what_slips_add():
    results = PollTrend(FEW, errors="student").smooth((0.1, 1.0, 3.0))
    budget = results.variance_budget().set_index("component")["variance"]
    # A poll 29 points off adds about its square over six polls.
    assert budget["excess"] > 29**2 / 6 / 3


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_a_slip_is_named_with_the_weight_it_has_left():
    results = PollTrend(FEW, errors="student").fit()
    weight = results.residuals()["weight"]
    assert weight.idxmin() == 3
    assert weight[3] < 0.2
    assert weight.drop(3).min() > 0.5
    told = results.diagnostics()["warnings"]
    assert any("row 3: 25 percent" in text and "of a usual poll" in text for text in told)


@pytest.mark.long("Student's errors are drawn by Markov chains", quick=1)
@pytest.mark.parametrize("options", [{}, {"scale": "logit"}, {"house_variance": "by_house"}])
def test_subgroups_among_toplines_are_named(options):
    rng = np.random.default_rng(1)
    days = pd.date_range("2022-01-01", periods=24, freq="9D").astype(str)
    shares = 60 + rng.normal(0, 2, 24).round()
    toplines = make_polls(list(zip("ab" * 12, days, shares, strict=True)))
    first = toplines.head(12)
    subgroups = [first.assign(share_pct=first["share_pct"] + away) for away in (-20, 20)]
    both = pd.concat([toplines, *subgroups], ignore_index=True)

    def warn(polls):
        found = PollTrend(polls, **options).fit().diagnostics()["warnings"]
        return [text for text in found if "scatter by" in text]

    assert not warn(toplines)
    told = warn(both)
    assert told
    assert "look for subgroups, other questions or slips among them" in told[0]
    assert "row " in told[0]
    assert "errors='student'" in told[0]


def test_simulated_polls_slip_as_often_as_students_t_says():
    polls = simulate_polls(np.random.default_rng(2), 40, houses="ab")
    model, rng = PollTrend(polls, errors="student"), np.random.default_rng(4)
    params = {"tau": 0.1, "omega": 20.0, "sigma_h": 3.0}
    drawn = [simulate_from(model, rng, params) for _ in range(100)]
    z = np.abs(np.concatenate([one.response - one.expected for one in drawn])) / 20.0
    assert np.median(z) == pytest.approx(t(FREEDOM).ppf(0.75), rel=0.05)
    assert (z > 4).mean() == pytest.approx(2 * t(FREEDOM).sf(4), rel=0.35)  # normal: 0.00006


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_truths_with_such_errors_are_covered_and_ranked():
    polls = simulate_polls(np.random.default_rng(3), n_polls=12, n_days=100, houses="ab")
    found = check_calibration(PollTrend(polls, errors="student"), 6, seed=6)
    assert found["passes"].all()
    assert 80 <= found["coverage_pct"].mean() <= 100


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_each_poll_left_out_is_as_a_fit_without_it_predicts_it():
    left_out = PollTrend(FEW, errors="student").fit().loo()
    for row in (0, 3):
        without = PollTrend(FEW.drop(row), errors="student").fit()
        predicted = without.get_prediction(FEW.loc[[row]]).summary_frame().iloc[0]
        found = left_out.loc[row]
        assert found["mean"] == pytest.approx(predicted["mean"], abs=0.35 * predicted["sd"])
        assert found["sd"] == pytest.approx(predicted["sd"], rel=0.35)
    assert left_out["log_density"].idxmin() == 3


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_draws_are_of_the_posterior_and_their_polls_slip_too():
    results = PollTrend(FEW, errors="student").fit()
    drawn = results.draws(1000, np.random.default_rng(1))
    last = results.trend().iloc[-1]
    assert drawn.level.iloc[:, -1].mean() == pytest.approx(last["mean"], abs=0.2 * last["sd"])
    assert drawn.level.iloc[:, -1].std() == pytest.approx(last["sd"], rel=0.2)
    apart = (drawn.polls - drawn.expected).to_numpy().ravel()
    assert kurtosis(apart) > 6
    # The slip is unlikely, but by far not as it would be under normal errors of that size.
    assert drawn.log_likelihood.mean().idxmin() == 3
    assert drawn.log_likelihood[3].mean() > -12


@pytest.mark.long("Student's errors are drawn by Markov chains")
@pytest.mark.parametrize(("unsettled", "n_told"), [(5.0, 0), (0.0, 1)])
def test_chains_that_have_not_settled_are_told(unsettled, n_told, monkeypatch):
    monkeypatch.setattr(student, "UNSETTLED", unsettled)
    told = PollTrend(FEW, errors="student").fit().diagnostics()["warnings"]
    texts = [text for text in told if text.startswith("the chains of the scales have not settled")]
    assert len(texts) == n_told
    assert all(text.endswith("or fit with errors='normal'") for text in texts)


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_given_scales_stay_given():
    results = PollTrend(FEW, errors="student").smooth((0.2, 1.0, 5.0))
    table = results.hyperparameters()
    np.testing.assert_allclose(table["mean"], [0.2, 1.0, 5.0])
    np.testing.assert_allclose(table["sd"], 0.0, atol=1e-12)


def test_what_has_no_meaning_is_refused():
    with pytest.raises(PollInputError, match="use one of normal, student"):
        PollTrend(FEW, errors="cauchy")
    with pytest.raises(PollInputError, match="take one of the two"):
        PollTrend(FEW, errors="student", house_variance="by_house")
    model = PollTrend(FEW, errors="student")
    for refused in (lambda: model.fit("map"), lambda: model.statespace, model.compare_drift):
        with pytest.raises(PollInputError, match="errors='normal'"):
            refused()


@pytest.mark.long("Student's errors are drawn by Markov chains")
def test_the_command_line_takes_it(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    FEW.to_csv(path, index=False)
    out = tmp_path / "trend.csv"
    command = ["trend", "--input", str(path), "--errors", "student", "--out", str(out)]
    assert main(command) == 0
    assert "Student's t of 4 degrees" in " ".join(capsys.readouterr().out.split())
    expected = PollTrend(FEW, errors="student").fit().trend()
    np.testing.assert_allclose(pd.read_csv(out)["mean"], expected["mean"], atol=1e-6)
