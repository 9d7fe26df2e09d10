"""What every composition keeps: shares add up, the order of parts and rows, one-part polls."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_composition import EDGE_CASES, PARAMS, POLLS, make_composition

from analysis import CompositionTrend, PollTrend
from analysis.composition._hyperparameters import N_PATCHES, N_POINTS
from analysis.composition._measures import spread_of_levels
from analysis.composition.inputs import read_composition
from analysis.integrate import sample_posterior

NAN = float("nan")
PARTS = ("for", "against")


@cache
def fitted():
    """The simulated polls fitted once."""
    return CompositionTrend(POLLS).fit()


def all_tables(results):
    """Every table that does not depend on the order of the answers."""
    return [
        results.trend().sort_values(["part", "date"], ignore_index=True),
        *(results.house_effects(part) for part in ("for", "against", "undecided")),
        results.hyperparameters().sort_values(["parameter", "part"], ignore_index=True),
        results.house_levels("against"),
    ]


@pytest.mark.long("a composition with drift is fitted", quick=1)
@pytest.mark.parametrize("reference", ["houses", "sectors", "sector:state", "a"])
def test_both_parts_and_the_rest_add_up_to_100_on_every_day(reference):
    sums = fitted().trend(reference).groupby("date")["mean"].sum()
    np.testing.assert_allclose(sums, 100.0, atol=1e-9)


@pytest.mark.long("a composition with drift is fitted")
def test_they_add_up_where_draws_are_rejected_too():
    results = CompositionTrend(EDGE_CASES["nobody undecided"]).fit()
    assert results.diagnostics()["mass_outside_mean"] > 0.05
    trend = results.trend()
    np.testing.assert_allclose(trend.groupby("date")["mean"].sum(), 100.0, atol=1e-9)
    assert (trend["lower"] >= 0).all()
    assert (trend["upper"] <= 100).all()
    assert any("outside 0 to 100" in text for text in results.diagnostics()["warnings"])


@pytest.mark.long("a composition with drift is fitted")
def test_exchanging_the_parts_changes_nothing_but_their_order():
    turned = CompositionTrend(POLLS, ("against", "for")).fit()
    for one, other in zip(all_tables(fitted()), all_tables(turned), strict=True):
        assert_frame_equal(one, other, check_exact=True)
    trend = turned.trend()
    assert trend["part"].unique().tolist() == ["against", "for", "undecided"]
    assert trend.index.tolist() == list(range(len(trend)))
    net, turned_net = fitted().trend(part="net"), turned.trend(part="net")
    np.testing.assert_allclose(turned_net["mean"], -net["mean"], atol=1e-9)
    share, rest = fitted().trend(part="opinion_share"), turned.trend(part="opinion_share")
    np.testing.assert_allclose(rest["lower"], 100 - share["upper"], atol=1e-9)


@pytest.mark.long("a composition is fitted")
def test_exchanging_the_columns_exchanges_the_results():
    """Nothing in the model knows which part is called what."""
    names = {"for_pct": "yes_pct", "against_pct": "no_pct"}
    turned = {"for_pct": "no_pct", "against_pct": "yes_pct"}
    one = CompositionTrend(POLLS.rename(columns=names), ("yes", "no")).smooth(_params("yes", "no"))
    other = CompositionTrend(POLLS.rename(columns=turned), ("no", "yes"))
    other = other.smooth(_params("no", "yes"))
    for part, mirrored in (("yes", "no"), ("no", "yes")):
        mean = one.trend(part=part)["mean"]
        np.testing.assert_allclose(mean, other.trend(part=mirrored)["mean"], atol=1e-8)


def _params(first, second):
    """The hyperparameters of the simulation under other names of the parts."""
    return {
        name: {first: value["for"], second: value["against"]} if isinstance(value, dict) else value
        for name, value in PARAMS.items()
    }


@pytest.mark.long("a composition with drift is fitted")
def test_the_order_of_rows_and_columns_and_further_columns_are_irrelevant():
    shuffled = POLLS.sample(frac=1, random_state=3)[POLLS.columns[::-1]].assign(mode="f2f")
    assert list(shuffled["poll_id"]) != list(POLLS["poll_id"])
    results = CompositionTrend(shuffled).fit()
    for one, other in zip(all_tables(fitted()), all_tables(results), strict=True):
        assert_frame_equal(one, other, check_exact=True)


def test_the_input_is_not_changed():
    before = POLLS.copy(deep=True)
    CompositionTrend(POLLS).smooth(PARAMS).trend()
    assert_frame_equal(POLLS, before)


@pytest.mark.long("a composition with drift is fitted")
def test_a_second_fit_is_the_same_to_the_last_bit():
    assert str(CompositionTrend(POLLS).fit().summary()) == str(fitted().summary())


@pytest.mark.long("a composition is fitted")
def test_a_poll_that_printed_one_part_counts():
    """It moves the part it printed, and through the correlation the other one."""
    without = POLLS.dropna(subset="for_pct").copy()
    with_one = pd.concat(
        [without, without.iloc[[5]].assign(poll_id="more", for_pct=90.0, against_pct=NAN)],
        ignore_index=True,
    )
    one, other = (CompositionTrend(frame).smooth(PARAMS) for frame in (without, with_one))
    date = str(pd.Timestamp(without["start_date"].iloc[5]).date())
    for part, sign in (("for", 1), ("against", -1)):
        before, after = (r.trend(part=part).set_index("date")["mean"] for r in (one, other))
        assert sign * (after - before).loc[date] > 0.01
    found = other.diagnostics()
    assert found["n_polls"] == len(with_one)
    assert found["n_one_part"] == int(with_one[["for_pct", "against_pct"]].isna().any(axis=1).sum())


def test_polls_that_print_one_part_only_give_what_the_trend_of_one_share_gives():
    """With the other part from a house far away, the filter is the one of a single share."""
    params = (0.3, 2.0, 5.0)
    single = POLLS[["house_id", "start_date", "end_date", "sample_size", "for_pct", "decimals"]]
    single = single.dropna(subset="for_pct")
    both = single.assign(against_pct=NAN)
    extra = single.iloc[[0]].assign(for_pct=NAN, against_pct=20.0)
    model = CompositionTrend(pd.concat([both, extra], ignore_index=True))
    alone = CompositionTrend(extra.assign(for_pct=60.0))  # for the constant of the extra share
    values = {"tau": 0.3, "omega": 2.0, "sigma_h": 5.0}
    sets = {name: {"for": v, "against": v} for name, v in values.items()}
    independent = sets | {"rho_x": 0.0, "rho_h": 0.0}
    univariate = PollTrend(single.rename(columns={"for_pct": "share_pct"})).loglike(params)
    other = PollTrend(extra.rename(columns={"against_pct": "share_pct"})).loglike(params)
    assert model.loglike(independent) == pytest.approx(univariate + other, abs=1e-8)
    assert alone.loglike(independent) != pytest.approx(other, abs=1e-3)


def test_houses_that_never_print_a_part_are_in_no_reference():
    house_e = POLLS["house_id"] == "e"
    polls = POLLS.assign(against_pct=POLLS["against_pct"].mask(house_e))
    results = CompositionTrend(polls).smooth(PARAMS)
    assert results.house_effects("for")["house_id"].tolist() == list("abcde")
    for part in ("against", "undecided"):
        assert results.house_effects(part)["house_id"].tolist() == list("abcd")
    effects = results.house_effects("for").set_index("house_id")["mean"]
    assert effects.loc[list("abcd")].sum() == pytest.approx(0.0, abs=1e-8)
    assert abs(effects.sum()) > 0.1
    with pytest.raises(ValueError, match="house 'e' never prints against"):
        results.trend("e")
    with pytest.raises(ValueError, match="'sector:leaked' is not known"):
        results.trend("sector:leaked")


def test_house_effects_add_up_to_zero_and_over_the_parts():
    tables = {part: fitted().house_effects(part) for part in ("for", "against", "undecided")}
    both = tables["undecided"]["house_id"].tolist()
    assert both == list("abcde")
    for part in ("for", "against", "undecided"):
        assert tables[part]["mean"].sum() == pytest.approx(0.0, abs=1e-8)
    total = sum(table["mean"] for table in tables.values())
    np.testing.assert_allclose(total, 0.0, atol=1e-9)


@pytest.mark.long("a composition is fitted")
def test_a_house_reference_is_the_level_as_that_house_measures_it():
    level = fitted().trend(part="for").set_index("date")["mean"]
    as_house = fitted().trend("b", part="for").set_index("date")["mean"]
    effect = fitted().house_effects("for").set_index("house_id")["mean"]["b"]
    np.testing.assert_allclose(as_house - level, effect, atol=0.02)


@pytest.mark.long("a composition is fitted")
def test_derived_measures_lie_where_their_parts_say():
    trend = {part: fitted().trend(part=part).set_index("date")["mean"] for part in PARTS}
    share = fitted().trend(part="opinion_share").set_index("date")
    net = fitted().trend(part="net").set_index("date")
    np.testing.assert_allclose(net["mean"], trend["for"] - trend["against"], atol=1e-9)
    ratio = 100 * trend["for"] / (trend["for"] + trend["against"])
    # A ratio of means is not the mean of ratios; the draws are narrow.
    np.testing.assert_allclose(share["mean"], ratio, atol=0.1)
    assert (share["lower"] < share["mean"]).all()
    assert (share["mean"] < share["upper"]).all()


def test_the_spread_of_houses_is_that_of_their_logits():
    """Two houses at 60 and 75 percent; among those with an opinion both at 75 percent."""
    composition = read_composition(EDGE_CASES["two polls on one day"], ("for", "against"))
    assert composition.parts == ("against", "for")
    levels = np.array([[20.0, 60.0], [25.0, 75.0]])[:, :, None] * np.ones(200)
    spread = spread_of_levels(composition, levels, 0.05).set_index("measure")
    distance = np.log(0.75 / 0.25) - np.log(0.6 / 0.4)
    assert spread.loc["of_all", "mean"] == pytest.approx(distance / np.sqrt(2))
    assert spread.loc["of_opinion_holders", "mean"] == pytest.approx(0.0, abs=1e-12)
    assert spread.loc["ratio", "mean"] == pytest.approx(0.0, abs=1e-12)


def test_houses_with_few_polls_can_be_left_out_of_the_spread():
    assert (fitted().house_spread()["n_houses"] == 5).all()
    counts = POLLS.groupby("house_id")[["for_pct", "against_pct"]].count().min(axis=1)
    chosen = fitted().house_spread(min_polls=int(counts.nlargest(2).min()))
    assert (chosen["n_houses"] == (counts >= counts.nlargest(2).min()).sum()).all()


@pytest.mark.parametrize("measure", ["for", "against", "undecided", "net"])
def test_the_difference_of_two_houses_is_that_of_their_levels_and_effects(measure):
    levels = fitted().house_levels(measure).set_index("house_id")["mean"]
    found = fitted().house_difference("a", "b", measure)
    assert found["mean"] == pytest.approx(levels["a"] - levels["b"], abs=1e-9)
    turned = fitted().house_difference("b", "a", measure)
    assert turned["lower"] == pytest.approx(-found["upper"], abs=1e-9)
    assert turned["prob_positive"] == pytest.approx(1 - found["prob_positive"], abs=1e-9)
    if measure != "net":
        effects = fitted().house_effects(measure).set_index("house_id")["mean"]
        assert found["mean"] == pytest.approx(effects["a"] - effects["b"], abs=1e-9)


def test_levels_of_houses_on_a_date_move_with_the_trend():
    first, last = "2022-03-10", "2022-06-01"
    at_first, at_last = (fitted().house_levels("for", date)["mean"] for date in (first, last))
    change = fitted().change(first, last)["mean"]
    np.testing.assert_allclose(at_last - at_first, change, atol=1e-9)


@pytest.mark.long("a composition with drift is fitted", quick=2)
@pytest.mark.parametrize("name", EDGE_CASES)
def test_edge_cases_give_finite_answers(name):
    polls = EDGE_CASES[name]
    results = CompositionTrend(polls).fit()
    trend = results.trend()
    for table in (
        trend,
        results.trend(part="opinion_share"),
        results.house_effects(),
        results.hyperparameters(),
        results.house_levels(),
        results.residuals(),
        results.variance_budget(),
    ):
        assert np.isfinite(table.select_dtypes("number").to_numpy()).all(), table
    assert (trend["sd"] > 0).all()
    days = pd.date_range(polls["start_date"].min(), polls["start_date"].max(), freq="D")
    assert trend.loc[trend["part"] == "for", "date"].tolist() == list(days)
    assert results.diagnostics()["is_converged"], results.diagnostics()
    assert results.summary()


@pytest.mark.long("a composition is fitted")
def test_0_and_100_percent_leave_an_answer():
    polls = make_composition(
        [("a", "2022-03-01", 0, 99), ("b", "2022-03-05", 100, 0), ("a", "2022-03-09", 1, 97)]
    )
    results = CompositionTrend(polls).fit()
    trend = results.trend()
    assert np.isfinite(trend[["mean", "sd"]].to_numpy()).all()
    np.testing.assert_allclose(trend.groupby("date")["mean"].sum(), 100.0, atol=1e-9)


@pytest.mark.long("a composition with drift is fitted")
def test_drift_is_compared_by_evidence():
    model = CompositionTrend(EDGE_CASES["two polls on one day"])
    table = model.compare_drift()
    assert table.index.tolist() == ["static", "drift"]
    static = model.fit().diagnostics()["log_evidence"]
    assert table.loc["static", "log_evidence"] == pytest.approx(static, abs=1e-9)
    difference = table["log_evidence"].diff().iloc[-1]
    assert table.loc["drift", "log_bayes_factor"] == pytest.approx(difference)


@pytest.mark.long("a composition with drift is fitted")
def test_with_drift_another_scrambling_finds_the_same_hyperparameters():
    space = CompositionTrend(POLLS, drift=True).space
    found = [
        sample_posterior(
            space.log_posterior,
            np.zeros(len(space.param_names)),
            n_points=N_POINTS,
            n_patches=N_PATCHES,
            seed=seed,
        )
        for seed in (1, 2)
    ]
    assert all(one.warnings == () for one in found)
    values = [space.values(one.points) for one in found]
    means = [one.mean(v) for one, v in zip(found, values, strict=True)]
    spread = np.sqrt(found[0].mean((values[0] - means[0]) ** 2))
    # Two samples of a thousand effective points each: four standard errors of their difference.
    error = 4 * np.sqrt(sum(1 / one.ess for one in found))
    np.testing.assert_allclose((means[0] - means[1]) / spread, 0, atol=error)


def test_the_summary_names_parts_method_polls_and_sampling():
    text = str(fitted().summary())
    for words in (
        "for, against and undecided",
        "static house effects",
        "30 of 5 houses",
        "4 print one part only",
        "importance sampling",
        "Pareto k",
    ):
        assert words in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 88
