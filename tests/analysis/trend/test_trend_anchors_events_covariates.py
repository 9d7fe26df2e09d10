"""Anchors, events and covariates: likelihood, level and shifts equal a dense Gaussian."""

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import mid_days
from reference.simulated_polls import simulate_polls

from analysis import PollTrend
from analysis.evaluate.simulation import simulate_polls as simulate_from

TAU, OMEGA, SIGMA_H = PARAMS = (0.3, 2.0, 5.0)
POLLS = simulate_polls(np.random.default_rng(8), 25, 80, houses="abc").assign(
    mode=["phone", "face to face", "online"] * 8 + ["phone"]
)
FIRST = pd.Timestamp("2022-02-25") + pd.Timedelta(
    days=int((pd.to_datetime(POLLS["start_date"]) - pd.Timestamp("2022-02-25")).dt.days.min())
)
EVENTS = {"shock": "2022-04-10", "calm": "2022-05-01"}
# One anchor before all polls, one among them, one after.
ANCHORS = pd.DataFrame(
    {"date": ["2022-02-01", "2022-04-15", "2022-06-20"], "value": [58, 63, 60], "sd": [2, 1.5, 3]}
)
MODEL = PollTrend(POLLS, events=EVENTS, anchors=ANCHORS, covariates=["mode"])
RESULTS = MODEL.smooth(PARAMS)


def dense():
    """Prior covariances of observations and of what is asked, and the observations."""
    origin = MODEL.observations.first_date
    poll_day = mid_days(POLLS)
    anchor_day = (ANCHORS["date"].to_numpy("datetime64[D]") - origin).astype(int)
    asked = np.arange(poll_day.max() + 1)
    day = np.concatenate([poll_day, anchor_day, asked]).astype(float)
    n, m = len(poll_day), len(anchor_day)
    shift = np.array([(day >= (np.datetime64(d) - origin).astype(int)) for d in EVENTS.values()])
    house = np.zeros((3, len(day)))
    house[["abc".index(h) for h in POLLS["house_id"]], np.arange(n)] = 1
    house[:, n + m :] = 1 / 3  # the mean of these houses
    mode = np.zeros((2, len(day)))
    for k, level in enumerate(["face to face", "online"]):
        column = (POLLS["mode"] == level).to_numpy(float)
        mode[k, :n] = column - column.mean()
    since = day - day.min()
    cov = 50.0**2 + TAU**2 * np.minimum(since[:, None], since[None, :])
    # Polls share a bias from what anchors measure: an sd of 2.4 points at 50 percent.
    shared, mean = np.ones(len(day)), ANCHORS["value"].mean()
    shared[n : n + m] = 0
    cov += 2.4**2 * mean * (100 - mean) / 2500 * np.outer(shared, shared)
    cov += 25.0 * shift.T @ shift + SIGMA_H**2 * house.T @ house + 25.0 * mode.T @ mode
    size, share = POLLS["sample_size"].to_numpy(float), POLLS["share_pct"].to_numpy(float)
    p = (size * share + 50) / (size + 1)
    noise = POLLS["design_effect"].to_numpy() * p * (100 - p) / size + 1 / 12 + OMEGA**2
    error = np.concatenate([noise, ANCHORS["sd"] ** 2])
    y = np.concatenate([share, ANCHORS["value"]]) - 50.0
    extra = 25.0 * np.vstack([shift, mode])[:, : n + m]
    return cov, error, y, n + m, extra


COV, ERROR, Y, N, EXTRA = dense()
SEEN = COV[:N, :N] + np.diag(ERROR)


def test_log_likelihood():
    quadratic = Y @ np.linalg.solve(SEEN, Y)
    expected = -0.5 * (N * np.log(2 * np.pi) + np.linalg.slogdet(SEEN)[1] + quadratic)
    assert RESULTS.llf == pytest.approx(expected, abs=1e-6)
    assert MODEL.loglike(PARAMS) == pytest.approx(expected, abs=1e-6)


def test_daily_level():
    gain = np.linalg.solve(SEEN, COV[:N, N:]).T
    trend = RESULTS.trend("houses")
    np.testing.assert_allclose(trend["mean"], 50 + gain @ Y, atol=1e-6)
    variance = np.diag(COV[N:, N:] - gain @ COV[:N, N:])
    np.testing.assert_allclose(trend["sd"] ** 2, variance, atol=1e-6)


def test_shifts_and_coefficients():
    gain = np.linalg.solve(SEEN, EXTRA.T).T
    variance = 25.0 - np.einsum("ij,ij->i", gain, EXTRA)
    table = pd.concat([RESULTS.events(), RESULTS.covariates()])
    np.testing.assert_allclose(table["mean"], gain @ Y, atol=1e-6)
    np.testing.assert_allclose(table["sd"] ** 2, variance, atol=1e-6)


def test_the_evidence_for_an_event_is_the_ratio_of_likelihoods_with_and_without_it():
    without = PollTrend(
        POLLS, events={"calm": EVENTS["calm"]}, anchors=ANCHORS, covariates=["mode"]
    ).smooth(PARAMS)
    table = RESULTS.events().set_index("event")
    expected = RESULTS.llf - without.llf
    assert table.loc["shock", "log_bayes_factor"] == pytest.approx(expected, abs=1e-6)


def test_residuals_and_predictions_know_the_extras():
    assert len(RESULTS.residuals()) == len(POLLS)
    fitted = RESULTS.residuals().set_index("poll_id")["fitted"]
    again = RESULTS.get_prediction(POLLS).summary_frame().set_index("poll_id")["mean"]
    np.testing.assert_allclose(again.loc[fitted.index], fitted, atol=1e-6)


def test_with_anchors_the_level_itself_is_the_default():
    assert RESULTS.default_reference == "anchor"
    np.testing.assert_array_equal(RESULTS.trend(), RESULTS.trend("anchor"))
    difference = RESULTS.trend("houses")["mean"] - RESULTS.trend("anchor")["mean"]
    raw = RESULTS.house_effects()["mean"].mean()
    np.testing.assert_allclose(difference, raw, atol=1e-6)
    assert "the level that the anchors measure" in " ".join(str(RESULTS.summary()).split())


def test_the_summary_and_the_record_hold_the_extras():
    text = str(RESULTS.summary())
    assert "shock" in text
    assert "mode" in text
    assert PollTrend(POLLS).smooth(PARAMS).default_reference == "houses"


def test_draws_are_those_of_the_tables_with_events_and_covariates():
    """Levels from the day of an event on, what houses measure, and the effects of houses alone."""
    after = pd.to_datetime(POLLS["start_date"]) >= EVENTS["shock"]
    shifted = POLLS.assign(share_pct=POLLS["share_pct"] + 12 * after)
    results = PollTrend(shifted, events=EVENTS, covariates=["mode"]).smooth(PARAMS)
    days = ["2022-04-09", "2022-04-10", "2022-04-30", "2022-05-01"]
    drawn = results.draws(2000, np.random.default_rng(2), dates=days)
    tables = [
        (drawn.level, results.trend(dates=days)["mean"]),
        (drawn.expected, results.residuals()["fitted"]),
        (drawn.house_effects, results.house_effects()["mean"]),
    ]
    for found, expected in tables:
        far = found.mean().to_numpy() - expected.to_numpy()
        assert (np.abs(far) < 4 * found.std().to_numpy() / 2000**0.5).all()


def test_simulated_levels_have_the_shifts_of_events_once():
    model = PollTrend(POLLS, events=EVENTS)
    params = {"tau": 1e-9, "omega": 1.0, "sigma_h": 3.0}
    drawn = simulate_from(model, np.random.default_rng(3), params)
    shift = dict(zip(model.design.names, drawn.effects, strict=True))
    of_day = dict(zip(drawn.days, drawn.level, strict=True))
    for name, date in EVENTS.items():
        day = int((np.datetime64(date) - model.observations.first_date).astype(int))
        assert of_day[day] - of_day[day - 1] == pytest.approx(shift[f"event:{name}"], abs=1e-6)
    level = np.array([of_day[day] for day in model.design.day])
    house = model.observations.polls["house_id"]
    houses = np.array([shift[f"house:{name}"] for name in house])
    assert drawn.expected - level == pytest.approx(houses, abs=1e-6)


def test_two_events_on_logits_are_told_as_in_percent():
    """Near one half, where both models are one."""
    middle = POLLS.assign(share_pct=50 + (POLLS["share_pct"] - POLLS["share_pct"].mean()) / 4)
    one, other = (PollTrend(middle, events=EVENTS, scale=s).smooth(p).events().set_index("event")
                  for s, p in (("percent", PARAMS), ("logit", np.array(PARAMS) / 25)))  # fmt: skip
    assert list(other.index) == [*EVENTS]
    assert ((one["mean"] - other["mean"]).abs() < 0.2 * one["sd"]).all()
