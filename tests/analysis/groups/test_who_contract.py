"""What every answer of a fit of who supports must be, whatever the interviews."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.groups import OUTCOMES, fit_who, simulate_who

WORLD = simulate_who(3, 700, waves_without_tv=1, rng=np.random.default_rng(8))
COLUMNS = ["wave", "wording_variant", "date", "is_comparable", "group", "n"]
NUMBERS = ["mean", "sd", "lower", "upper"]
FACTORS = ["sex", "age_group", "settlement", "tv_source"]


@cache
def fit(outcome="support"):
    return fit_who(WORLD.cells, WORLD.population, outcome=outcome, n_points=64)


@pytest.mark.long("groups are fitted for each outcome", quick=2)
@pytest.mark.parametrize("by", [None, *FACTORS])
def test_shares_have_one_shape(by) -> None:
    found = fit().share(by)
    assert list(found.columns) == [*COLUMNS, *NUMBERS]
    assert not found.duplicated(["wave", "group"]).any()
    assert found["date"].is_monotonic_increasing
    assert found[NUMBERS].notna().all().all()
    assert ((found["lower"] < found["mean"]) & (found["mean"] < found["upper"])).all()
    assert found["lower"].min() > 0
    assert found["upper"].max() < 100


@pytest.mark.parametrize("by", ["sex", "age_group", "settlement"])
def test_groups_add_up_to_everybody(by) -> None:
    results = fit()
    size = results.cells.target.groupby(by)["share_pct"].sum() / 100
    found = results.share(by)
    added = (found["mean"] * found["group"].map(size)).groupby(found["wave"]).sum()
    everybody = results.poststratified().set_index("wave")["mean"]
    pd.testing.assert_series_equal(added, everybody, check_names=False, atol=1e-8)


def test_shares_by_television_are_only_of_waves_that_asked() -> None:
    assert set(fit().share("tv_source")["wave"]) == {"02", "03"}
    assert fit().television.asked.tolist() == [False, True, True]


def test_a_gap_is_the_difference_of_two_groups() -> None:
    shares = fit().share("age_group").pivot_table(index="wave", columns="group", values="mean")
    gap = fit().gap("age_group", "60+", "18-29").set_index("wave")
    expected = shares["60+"] - shares["18-29"]
    pd.testing.assert_series_equal(gap["mean"], expected, check_names=False, atol=1e-8)
    back = fit().gap("age_group", "18-29", "60+").set_index("wave")
    np.testing.assert_allclose(gap["lower"], -back["upper"], atol=1e-6)
    assert (gap["prob_positive"] > 0.99).all()


def test_a_change_is_the_difference_of_two_waves() -> None:
    level = fit().poststratified().set_index("wave")["mean"]
    assert fit().change("01", "03")["mean"] == pytest.approx(level["03"] - level["01"], abs=1e-8)
    gap = fit().gap("sex", "male", "female").set_index("wave")["mean"]
    moved = fit().change("01", "03", by="sex", a="male", b="female")
    assert moved["mean"] == pytest.approx(gap["03"] - gap["01"], abs=1e-8)
    assert fit().change("02", "02")["sd"] == 0


@pytest.mark.long("groups are fitted for each outcome")
def test_answers_share_out_all_respondents() -> None:
    """Each is fitted on its own, so they add up within their errors only."""
    parts = [fit(name).poststratified() for name in ("support", "opposition", "no_answer")]
    total = sum(part["mean"] for part in parts)
    assert ((total - 100).abs() < parts[0]["sd"]).all()


@pytest.mark.long("groups are fitted for each outcome")
def test_support_of_those_who_name_a_side_follows_from_the_two_sides() -> None:
    support, opposition = (fit(name).poststratified()["mean"] for name in ("support", "opposition"))
    holders = fit("opinion_holders").poststratified()
    expected = 100 * support / (support + opposition)
    assert ((holders["mean"] - expected).abs() < holders["sd"]).all()


def test_standardising_takes_age_out_of_the_gap_of_viewers() -> None:
    """Viewers are older and the old support more, so the plain gap owes something to age."""
    plain = fit().gap("tv_source", "yes", "no")["mean"]
    adjusted = fit().gap("tv_source", "yes", "no", standardised=True)["mean"]
    assert (plain - adjusted > 1).all()
    assert (adjusted > 5).all()


def test_the_difference_to_weighted_shares_is_explained_in_full() -> None:
    for by in (None, "age_group", "tv_source"):
        found = fit().compare_weighted(by)
        parts = found["pooling"] + found["composition"]
        np.testing.assert_allclose(parts, found["difference"], atol=1e-9)
        np.testing.assert_allclose(
            found["mean"] - found["weighted_pct"], found["difference"], atol=1e-9
        )


def test_plain_shares_are_those_of_the_counts() -> None:
    found = fit().compare_weighted("sex").set_index(["wave", "group"])["unweighted_pct"]
    sums = WORLD.cells.groupby(["wave", "sex"])[["n_for", "n"]].sum()
    expected = 100 * sums["n_for"] / sums["n"]
    np.testing.assert_allclose(found.sort_index(), expected.sort_index())


@pytest.mark.long("groups are fitted for each outcome")
def test_the_same_seed_gives_the_same_numbers_in_any_order_of_rows() -> None:
    shuffled = WORLD.cells.sample(frac=1, random_state=2)
    again = fit_who(shuffled, WORLD.population.iloc[::-1], n_points=64)
    pd.testing.assert_frame_equal(
        again.share("age_group"), fit().share("age_group"), rtol=1e-6, atol=1e-6
    )


@pytest.mark.long("groups are fitted for each outcome")
def test_the_input_is_not_changed() -> None:
    cells, population = WORLD.cells.copy(), WORLD.population.copy()
    fit_who(cells, population, n_points=64).compare_weighted("sex")
    pd.testing.assert_frame_equal(cells, WORLD.cells)
    pd.testing.assert_frame_equal(population, WORLD.population)


@pytest.mark.long("groups are fitted for each outcome")
def test_another_wording_is_shown_and_marked() -> None:
    cells = WORLD.cells.assign(
        wording_variant=np.where(WORLD.cells["wave"] == "03", "other", "usual")
    )
    results = fit_who(cells, WORLD.population, n_points=64)
    assert results.poststratified()["is_comparable"].tolist() == [True, True, False]
    assert results.change()[["start", "end"]].tolist() == ["01", "02"]


@pytest.mark.long("groups are fitted for each outcome")
def test_one_wave_without_television_is_enough() -> None:
    cells = WORLD.cells[WORLD.cells["wave"] == "01"]
    results = fit_who(cells, WORLD.population, n_points=64)
    assert len(results.share("age_group")) == 5
    assert "By tv_source" not in results.summary()


@pytest.mark.long("groups are fitted for each outcome", quick=1)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_its_words(outcome) -> None:
    text = fit(outcome).summary()
    assert text.startswith(" ")
    assert text.splitlines()[0].strip().startswith("Who: ")
    assert text == fit(outcome).summary()


def test_diagnostics_say_how_it_went() -> None:
    found = fit().diagnostics()
    assert found["n_interviews"] == int(WORLD.cells["n"].sum())
    assert found["effective_points"] > 10
    assert 0.6 < found["dispersion"] < 1.4
    assert any("television" in note for note in found["notes"])


def test_interviews_that_may_be_of_several_groups_are_counted() -> None:
    results = fit()
    cells = results.cells
    groups = np.asarray((cells.may_hold > 0).sum(axis=1)).ravel()
    n = cells.table["n"].to_numpy()
    assert 0 < n[groups > 1].sum() < n.sum()
    assert results.diagnostics()["merged_pct"] == pytest.approx(100 * n[groups > 1].sum() / n.sum())
