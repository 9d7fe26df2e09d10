"""What every fit of several parts keeps, what an election asks, and what is refused."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_parties import NAMES, PARAMS, simulate
from scipy.stats import halfnorm, norm

from analysis import PollTrend
from analysis.parties import PartiesTrend, draws, model, results
from analysis.parties.model import LARGEST_K, SMALLEST_ESS

POLLS, _ = simulate(np.random.default_rng(5))


@cache
def fit():
    """All three parties, fitted once."""
    return PartiesTrend(POLLS, NAMES).fit()


def test_parts_and_rest_add_up_on_each_day():
    total = fit().trend().groupby("date")["mean"].sum()
    assert total.to_numpy() == pytest.approx(100)


@pytest.mark.long("parties are fitted twice")
def test_neither_order_of_rows_nor_a_second_fit_changes_anything():
    before = POLLS.copy(deep=True)
    shuffled = POLLS.sample(frac=1, random_state=4)
    assert_frame_equal(PartiesTrend(shuffled, NAMES).fit().trend(), fit().trend())
    assert_frame_equal(POLLS, before)


def test_the_mode_is_looked_for_from_the_medians_of_the_scales_and_from_a_calm_trend(monkeypatch):
    """A start elsewhere may send the proposal over a rounding, and other points are drawn."""
    found = {}

    def stop(log_posterior, starts, **_):
        found["starts"] = fitted._values(starts)
        raise InterruptedError

    monkeypatch.setattr(model, "sample_posterior", stop)
    fitted = PartiesTrend(POLLS, NAMES)
    with pytest.raises(InterruptedError):
        fitted.fit()
    # Of a half-normal prior: its median, and what 1 in 15 lie below.
    sd = np.array([fitted.priors.prior_sd_of(name) for name in fitted.param_names])
    expected = halfnorm.ppf([[0.5, 0.5, 0.5], [norm.cdf(-1.5), 0.5, 0.5]])
    np.testing.assert_allclose(found["starts"] / sd, expected, rtol=1e-9)


def test_the_order_of_answers_only_turns_rounding():
    one = PartiesTrend(POLLS, NAMES).loglike(PARAMS)
    assert PartiesTrend(POLLS, NAMES[::-1]).loglike(PARAMS) == pytest.approx(one, abs=1e-8)


def test_scales_near_zero_are_as_good_as_zero():
    """A search for the mode comes by there: the density is finite and level, not an error."""
    polls, _ = simulate(np.random.default_rng(2), n=150, n_days=1500)
    model = PartiesTrend(polls, NAMES)
    for scale in range(3):
        params = np.array([0.1, 1.0, 10.0])
        params[scale] = 1e-4
        nearly = model.loglike(params)
        params[scale] = 1e-12
        assert model.loglike(params) == pytest.approx(nearly, abs=1e-3)


@pytest.mark.long("parties are fitted, together and alone")
def test_each_part_is_near_a_fit_of_its_own():
    for name in NAMES:
        own = POLLS.dropna(subset=[f"{name}_pct"])
        own = own.assign(share_pct=own[f"{name}_pct"])
        alone = PollTrend(own).fit().trend().set_index("date")
        joint = fit().trend(name).set_index("date")
        apart = (joint["mean"] - alone["mean"]).dropna().abs().max()
        assert apart < 2 * alone["sd"].max()


def test_a_part_that_was_not_printed_is_still_told_by_the_others():
    first = POLLS.index[POLLS["green_pct"].isna()][0]
    dropped = PartiesTrend(POLLS.drop(index=first), NAMES).smooth(PARAMS)
    kept = PartiesTrend(POLLS, NAMES).smooth(PARAMS)
    assert not np.allclose(
        kept.trend("red")["mean"].iloc[-1], dropped.trend("red")["mean"].iloc[-1]
    )


def test_houses_add_up_to_zero_and_over_parts_too():
    tables = {part: fit().house_effects(part) for part in fit().parts}
    for table in tables.values():
        assert table["mean"].sum() == pytest.approx(0, abs=1e-9)
    total = sum(table["mean"] for table in tables.values())
    assert total.to_numpy() == pytest.approx(0, abs=1e-9)


def test_an_election_asks_threshold_and_coalitions():
    table = fit().election("2022-07-01", threshold=5, coalitions={"two": ["red", "blue"]})
    by_name = table.set_index("name")
    assert by_name.loc["two", "prob_majority"] > 0.99
    assert by_name.loc["two", "mean"] == pytest.approx(
        by_name.loc["red", "mean"] + by_name.loc["blue", "mean"], abs=1e-9
    )
    high = fit().election("2022-07-01", threshold=20).set_index("name")
    assert high.loc["green", "prob_in"] < 0.01
    # Without seats for green, red alone has more than half of what is left.
    assert high.loc["red", "prob_majority"] > by_name.loc["red", "prob_majority"]
    later = fit().election("2023-07-01").set_index("name")
    assert later.loc["red", "sd"] > by_name.loc["red", "sd"]
    certain = fit().election("2022-07-01", common_error=0).set_index("name")
    assert certain.loc["red", "sd"] < by_name.loc["red", "sd"]


@pytest.mark.parametrize(
    ("ess", "pareto_k", "is_warned"),
    [
        (SMALLEST_ESS, LARGEST_K, False),
        (SMALLEST_ESS - 0.1, LARGEST_K, True),
        (SMALLEST_ESS, LARGEST_K + 0.01, True),
    ],
)
def test_scales_known_from_few_points_are_warned_of(ess, pareto_k, is_warned, monkeypatch):
    found = SimpleNamespace(
        points=np.zeros((4, 3)), weights=np.full(4, 0.25), n_evaluations=4, ess=ess,
        pareto_k=pareto_k, resample=np.arange,
    )  # fmt: skip
    monkeypatch.setattr(model, "N_POINTS", 4)
    monkeypatch.setattr(model, "sample_posterior", lambda *given, **named: found)
    told = PartiesTrend(POLLS, NAMES).fit().diagnostics()["warnings"]
    assert any("effective points only" in text for text in told) is is_warned


@pytest.mark.parametrize(
    ("shares", "told"),
    [((50.1, 49.9), (1.0, 0.0)), ((50.0, 50.0), (0.0, 0.0)), ((49.9, 50.1), (0.0, 1.0))],
)
def test_half_of_all_is_no_majority(shares, told, monkeypatch):
    made = np.array([[[*shares, 0.0, 0.0]]])
    monkeypatch.setattr(type(fit()), "_shares", lambda self, dates, reference: made)
    table = fit().election("2022-07-01", common_error=0).set_index("name")
    assert tuple(table.loc[["red", "blue"], "prob_majority"]) == told


def test_a_date_may_be_asked_for_twice():
    first, day = fit().observations.first_date, np.timedelta64(1, "D")
    assert results._days_since(fit().observations, [first, first]).tolist() == [0, 0]
    assert results._days_since(fit().observations, [first, first + day]).tolist() == [0, 1]
    for dates in ([first + day, first], [first - day, first]):
        with pytest.raises(ValueError, match="the dates are not in order, or lie before the first"):
            results._days_since(fit().observations, dates)


def test_the_face_is_that_of_one_share():
    assert list(fit().params.index) == ["tau", "omega", "sigma_h"]
    assert (fit().conf_int()["lower"] < fit().params).all()
    assert (fit().bse > 0).all()
    assert fit().diagnostics()["is_converged"]
    change = fit().change("2022-03-05", "2022-05-20", "red", reference={"h0": 1, "h1": 1})
    assert list(change.index) == ["mean", "sd", "lower", "upper", "prob_negative"]
    assert 0 <= fit().prob_above(38, "2022-05-01", "red", "sector:one") <= 1


FAULTS = {
    "two parts": ({}, ("red", "blue"), "name 3 to 10 different parts"),
    "a name twice": ({}, ("red", "blue", "red"), "name 3 to 10 different parts"),
    "no column": ({}, ("red", "blue", "grey", "pink"), "columns grey_pct, pink_pct are missing"),
    "too much": ({"red_pct": 90.0}, NAMES, "the parts add up to"),
    "never printed": ({"green_pct": np.nan}, NAMES, "no poll prints green"),
}


def test_parts_may_pass_a_hundred_by_what_rounding_makes_of_each():
    polls = POLLS.assign(red_pct=40.0, blue_pct=40.0, green_pct=21.5)
    assert len(PartiesTrend(polls, NAMES).observations.polls) == len(POLLS)
    with pytest.raises(ValueError, match=r"the parts add up to 101\.6 percent"):
        PartiesTrend(polls.assign(green_pct=21.6), NAMES)
    two_printed = polls.assign(red_pct=np.nan, blue_pct=79.6)
    with pytest.raises(ValueError, match=r"the parts add up to 101\.1 percent"):
        PartiesTrend(pd.concat([polls, two_printed.head(1)]), NAMES)


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_told(name):
    columns, answers, message = FAULTS[name]
    with pytest.raises(ValueError, match=message):
        PartiesTrend(POLLS.assign(**columns), answers)


def test_bad_questions_are_told():
    with pytest.raises(ValueError, match="part 'grey' is not known; use one of red"):
        fit().trend("grey")
    with pytest.raises(ValueError, match="coalition 'x' has grey; name some of red"):
        fit().election("2022-07-01", coalitions={"x": ["grey"]})
    with pytest.raises(ValueError, match="coalition 'x' has red, red; name each part once"):
        fit().election("2022-07-01", coalitions={"x": ["red", "red"]})
    with pytest.raises(ValueError, match="'red' is a part and a coalition; give the coalition a"):
        fit().election("2022-07-01", coalitions={"red": ["blue", "green"]})
    for threshold in (-1, 101, float("nan")):
        with pytest.raises(ValueError, match="give a percentage from 0 to 100"):
            fit().election("2022-07-01", threshold=threshold)
    for common_error in (-1, float("nan"), "2"):
        with pytest.raises(ValueError, match="common error: "):
            fit().election("2022-07-01", common_error=common_error)
    with pytest.raises(ValueError, match="give dates from"):
        fit().draws(dates=["2021-01-01"])
    with pytest.raises(ValueError, match="3 numbers above 0"):
        PartiesTrend(POLLS, NAMES).smooth((1, 2))


def test_a_design_effect_counts_as_fewer_interviews():
    """Of the polls of a fit, and of polls that are to come."""
    halved = POLLS.assign(sample_size=POLLS["sample_size"] / 2)
    doubted = POLLS.assign(design_effect=2.0)
    expected = PartiesTrend(halved, NAMES).loglike(PARAMS)
    assert PartiesTrend(doubted, NAMES).loglike(PARAMS) == pytest.approx(expected, rel=1e-12)
    assert PartiesTrend(POLLS, NAMES).loglike(PARAMS) != pytest.approx(expected, rel=1e-3)
    coming = [fit().get_prediction(polls.tail(2)) for polls in (doubted, halved)]
    assert_frame_equal(coming[0].summary_frame(), coming[1].summary_frame())


def test_polls_taken_in_parts_are_all_of_them(monkeypatch):
    """Draws hold some polls at a time: each part tells of its own."""
    fitted = PartiesTrend(POLLS, NAMES).smooth(PARAMS)._draws
    whole = fitted.log_likelihood()
    means, seen = fitted.mean_at_polls(), fitted.at_polls()
    monkeypatch.setattr(draws, "CHUNK", 7)
    np.testing.assert_allclose(fitted.log_likelihood(), whole)
    np.testing.assert_allclose(fitted.mean_at_polls(), means)
    np.testing.assert_allclose(means, seen.mean(axis=0))
    simulated = fitted.simulate(np.random.default_rng(3)).mean(axis=0)
    printed = POLLS[[f"{name}_pct" for name in NAMES]].notna().to_numpy()
    assert (np.isfinite(simulated) == printed).all()
    assert np.nanmax(np.abs(simulated - means)) < 1
