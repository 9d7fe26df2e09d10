"""Refusers imputed from the answerers of their cell, shifted by a delta."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

import polls
from analysis.base.errors import PollInputError
from analysis.sensitivity import refuser_band

CELLS = polls.load()["cells"]


def make_cells(rng, n=150, delta=0.0, level=0.5):
    """Cells whose refusers are known: support by cell, refusal by support."""
    rows = []
    for sex in ("female", "male"):
        for i, age in enumerate(("18-29", "30-44", "45-59", "60+")):
            share = expit(level + 0.5 * i - 0.6 * (sex == "female"))
            refused = rng.binomial(n, 0.2)
            favour = rng.binomial(n - refused, share)
            hidden = rng.binomial(refused, expit(np.log(share / (1 - share)) + delta))
            rows.append((sex, age, n, favour, n - refused - favour, refused, hidden))
    columns = ["sex", "age_group", "n", "n_for", "n_against", "n_refused", "hidden"]
    return pd.DataFrame(rows, columns=columns).assign(
        wave="1", wording_variant="w", settlement="all", tv_source="any", n_undecided=0,
        weight_sum=float(n),
    )  # fmt: skip


@pytest.mark.long("bands of many made waves")
def test_at_the_right_delta_the_truth_is_found():
    """As often as the intervals say, over simulated waves."""
    rng = np.random.default_rng(1)
    for delta in (0.0, -1.5):
        hits = []
        for _ in range(70):
            cells = make_cells(rng, delta=delta)
            row = refuser_band(cells, [delta]).iloc[0]
            # The expectation behind the draws, not this sample's own luck.
            i = np.tile(np.arange(4), 2)
            female = np.repeat([1, 0], 4)
            share = expit(0.5 + 0.5 * i - 0.6 * female)
            hidden = expit(np.log(share / (1 - share)) + delta)
            truth = 100 * np.mean(0.8 * share + 0.2 * hidden)
            hits.append(row["lower"] < truth < row["upper"])
        assert np.mean(hits) > 0.86


def test_the_silent_are_between_nobody_and_all():
    cells = make_cells(np.random.default_rng(2))
    table = refuser_band(cells, [-25, 0, 25])
    low, high = table["support_pct"].iloc[0], table["support_pct"].iloc[-1]
    assert low == pytest.approx(table["stated_pct"].iloc[0], abs=1e-6)
    assert high == pytest.approx((table["stated_pct"] + table["silent_pct"]).iloc[0], abs=1e-6)


@pytest.mark.long("bands of many made waves")
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=5, unique=True))
def test_support_rises_with_delta(deltas):
    cells = make_cells(np.random.default_rng(3), n=40)
    support = refuser_band(cells, sorted(deltas))["support_pct"]
    assert (support.diff().dropna() >= 0).all()


def test_exchanging_for_and_against_mirrors_the_band():
    cells = make_cells(np.random.default_rng(4))
    other = cells.rename(columns={"n_for": "n_against", "n_against": "n_for"})
    one, two = refuser_band(cells, [-1.0]).iloc[0], refuser_band(other, [1.0]).iloc[0]
    assert one["support_pct"] + two["support_pct"] == pytest.approx(100, abs=1e-6)
    assert one["se"] == pytest.approx(two["se"], rel=1e-6)


def test_with_no_difference_between_cells_the_silent_are_like_the_rest():
    cells = make_cells(np.random.default_rng(5)).assign(n_for=80, n_against=40, n_refused=30)
    row = refuser_band(cells, [0.0]).iloc[0]
    assert row["silent_support_pct"] == pytest.approx(100 * 2 / 3, abs=1e-6)


def test_small_cells_are_pulled_to_what_their_factors_say():
    """Three answerers who all support: their cell is not taken at its word."""
    cells = make_cells(np.random.default_rng(6), n=200)
    small = cells.iloc[[0]].assign(tv_source="yes", n=6, n_for=3, n_against=0, n_refused=3)
    both = pd.concat([cells, small], ignore_index=True)
    both["weight_sum"] = [0.0] * 8 + [6.0]
    share = [
        refuser_band(both, [0.0], factor_sd=sd, cell_sd=sd)["silent_support_pct"].iloc[0]
        for sd in (0.05, 0.5, 10.0)
    ]
    # From what everybody says, towards the three alone.
    overall = 100 * both["n_for"].sum() / (both["n_for"] + both["n_against"]).sum()
    assert share[0] == pytest.approx(overall, abs=3)
    assert share[0] < share[1] < share[2]
    assert share[2] > 98


def test_the_real_waves_are_near_their_published_shares():
    """Each wave that offered to refuse, its stated share from cells against the published one."""
    band = refuser_band(CELLS, [0.0]).set_index(["wave", "wording_variant"])
    keys = CELLS.drop_duplicates(["wave", "wording_variant"]).set_index(["wave", "wording_variant"])
    published = polls.series("support").set_index("poll_id")["for_pct"]
    compared = 0
    for key, row in band.iterrows():
        poll = keys.loc[key, "poll_id"]
        if poll in published.index:
            compared += 1
            assert row["stated_pct"] == pytest.approx(published[poll], abs=1.2)
    assert compared >= 10


def test_waves_that_did_not_offer_to_refuse_are_left_out():
    waves = CELLS.groupby("wave")["n_refused"].apply(lambda column: column.notna().any())
    assert not waves["01"]
    assert "01" not in set(refuser_band(CELLS, [0.0])["wave"])
    assert "01" in set(refuser_band(CELLS, [0.0], impute=("undecided",))["wave"])


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({"n_for": -1}, {}, "row 0, column n_for: -1 is not at least 0"),
        ({"n": 10}, {}, "row 0, column n: 10 interviews"),
        ({"n_against": 0}, {}, "wave 1: all who answered are on one side"),
        ({"n_for": 0}, {}, "wave 1: all who answered are on one side"),
        ({"weight_sum": -1.0}, {}, "row 0, column weight_sum"),
        ({}, {"impute": ("against",)}, "impute: 'against'"),
        ({}, {"impute": ()}, "impute: nobody"),
        ({}, {"cell_sd": 0.0}, "cell_sd"),
        ({"n_refused": np.nan}, {}, "no wave offered such an answer"),
    ],
)
def test_faults_are_named(change, options, words):
    cells = make_cells(np.random.default_rng(8)).assign(**change)
    with pytest.raises(PollInputError, match=words):
        refuser_band(cells, [0.0], **options)


def test_a_missing_column_is_named():
    with pytest.raises(PollInputError, match="column weight_sum is missing"):
        refuser_band(CELLS.drop(columns="weight_sum"))


@pytest.mark.parametrize(
    ("n_for", "n_against", "is_refused"),
    [(0, 100, True), (100, 0, True), (0, 0, True), (1, 99, False)],
)
def test_a_wave_of_one_cell_must_have_answers_on_both_sides(n_for, n_against, is_refused):
    cell = make_cells(np.random.default_rng(8)).head(1)
    cell = cell.assign(n=130, n_for=n_for, n_against=n_against, n_refused=30, weight_sum=130.0)
    if not is_refused:
        assert len(refuser_band(cell, [0.0])) == 1
        return
    with pytest.raises(PollInputError, match="wave 1: all who answered are on one side"):
        refuser_band(cell, [0.0])


def test_an_empty_cell_changes_nothing():
    cells = make_cells(np.random.default_rng(9))
    empty = cells.iloc[[0]].assign(tv_source="yes", n=0, n_for=0, n_against=0, n_refused=0)
    both = pd.concat([cells, empty.assign(weight_sum=0.0)], ignore_index=True)
    one, other = (refuser_band(frame, [-1.0]).iloc[0] for frame in (cells, both))
    for name in ("stated_pct", "silent_pct"):
        assert other[name] == pytest.approx(one[name])
    assert other["support_pct"] == pytest.approx(one["support_pct"], abs=0.1)


def test_a_large_cell_is_found_though_a_step_from_all_alike_leads_beyond_it():
    """Small cells that differ from a large one send whole steps of Newton's to and fro."""
    cells = make_cells(np.random.default_rng(9)).head(4).assign(
        sex=["a", "b", "b", "a"], age_group=["x", "y", "y", "y"], settlement=["a", "b", "b", "a"],
        tv_source=["a", "b", "b", "a"], n=[10, 1000, 100_000, 10], n_for=[1, 321, 39_952, 1],
        n_against=[8, 152, 3415, 0], n_refused=[1, 527, 56_633, 9],
        weight_sum=[10.0, 1000.0, 100_000.0, 10.0],
    )  # fmt: skip
    # Of the large cell 92.1 percent support, of the next 67.9 of 473 drawn towards it.
    found = refuser_band(cells, [0.0])["silent_support_pct"].iloc[0]
    assert found == pytest.approx(91.9, abs=0.1)


def find_mode(cells, factor_sd, cell_sd):
    """Support in each cell at the mode, by steps within a trusted region."""
    n_for, asked = cells["n_for"].to_numpy(float), (cells["n_for"] + cells["n_against"]).to_numpy()
    factors = pd.get_dummies(cells[["sex", "age_group", "settlement", "tv_source"]], dtype=float)
    design = np.column_stack([np.ones(len(cells)), factors, np.eye(len(cells))])
    n = [1, factors.shape[1], len(cells)]
    precision = np.repeat([0.0, factor_sd**-2, cell_sd**-2], n)

    def fall(beta):
        logit = design @ beta
        return asked @ np.logaddexp(0, logit) - n_for @ logit + precision @ beta**2 / 2

    def slope(beta):
        return design.T @ (asked * expit(design @ beta) - n_for) + precision * beta

    def bend(beta):
        share = expit(design @ beta)
        return design.T @ ((asked * share * (1 - share))[:, None] * design) + np.diag(precision)

    start = np.zeros(design.shape[1])
    found = minimize(fall, start, jac=slope, hess=bend, method="trust-exact", tol=1e-8)
    return expit(design @ found.x)


def test_the_mode_is_found_though_whole_steps_lead_beyond_it():
    cells = make_cells(np.random.default_rng(9)).head(6).assign(
        sex=list("aabbba"), age_group=list("xyzyxy"), settlement=list("babbab"),
        tv_source=list("aaabba"), n_for=[20, 0, 15, 365, 19, 1],
        n_against=[0, 106_390, 0, 0, 402_655, 51_002], n_refused=1000,
    )  # fmt: skip
    cells["n"] = cells[["n_for", "n_against", "n_refused"]].sum(axis=1)
    cells["weight_sum"] = cells["n"].astype(float)
    scales = {"factor_sd": 5.8, "cell_sd": 0.016}
    found = refuser_band(cells, [0.0], **scales)["silent_support_pct"].iloc[0]
    assert found == pytest.approx(100 * find_mode(cells, **scales).mean(), rel=1e-6)


@pytest.mark.parametrize("n_for", [1, 7, 300, 999])
@pytest.mark.parametrize("sd", [1e-3, 1.0, 1e3])
def test_a_wave_of_one_cell_has_its_own_share_whatever_the_scales(n_for, sd):
    """The level is free, so that nothing draws a cell that stands alone."""
    cell = make_cells(np.random.default_rng(8)).head(1)
    counts = {"n": 2000, "n_for": n_for, "n_against": 1000 - n_for, "n_refused": 1000}
    cell = cell.assign(**counts, weight_sum=2000.0)
    found = refuser_band(cell, [0.0], factor_sd=sd, cell_sd=sd)
    assert found["silent_support_pct"].iloc[0] == pytest.approx(n_for / 10, rel=1e-9)


def test_one_opponent_in_a_wave_is_enough():
    cells = make_cells(np.random.default_rng(9)).assign(n_for=100, n_against=0)
    cells.loc[3, "n_against"] = 1
    assert refuser_band(cells, [0.0])["silent_support_pct"].iloc[0] > 99


@pytest.mark.parametrize("name", ["factor_sd", "cell_sd"])
@pytest.mark.parametrize("sd", [0, -1, 9.9e-7, 1001, 1e6, 1e9, 1e-170, np.nan, "a", None, True])
def test_a_scale_is_a_number_that_can_be_worked_with(name, sd):
    cells = make_cells(np.random.default_rng(1))
    with pytest.raises(PollInputError, match=rf"^{name}: .*0\.000001 to 1,000 logits"):
        refuser_band(cells, [0.0], **{name: sd})


@pytest.mark.parametrize("delta", ["a", None, np.nan, np.inf])
def test_a_shift_is_a_number(delta):
    with pytest.raises(PollInputError, match=r"^deltas: .*give numbers of logits"):
        refuser_band(make_cells(np.random.default_rng(1)), [0.0, delta])
