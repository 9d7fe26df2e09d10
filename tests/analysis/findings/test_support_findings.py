"""Every published change of support is told between the same windows, within the same houses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.claims import main_windows, panel, windows
from analysis.findings import findings, form_effects
from analysis.findings.hidden import FORMS
from analysis.findings.support import ASKED_EARLY
from analysis.trend.solver import change_of
from figures import FittedPolls

POLLS = simulate_polls(np.random.default_rng(4), 90, 1500, houses="abcd", sectors=SECTORS)


def shift(polls, start="2022-02-25"):
    """The polls moved so that they begin on a day; mid_date as polls.series gives it."""
    moved = polls.copy()
    by = pd.Timestamp(start) - pd.to_datetime(moved["start_date"]).min()
    for column in ("start_date", "end_date"):
        moved[column] = pd.to_datetime(moved[column]) + by
    return moved.assign(mid_date=moved["start_date"], poll_id=moved.index.astype(str))


SUPPORT = shift(POLLS)
SOURCE = FittedPolls({}, lambda construct: SUPPORT)


@pytest.fixture(scope="module")
def found():
    return findings(SOURCE, ["support"]).set_index("finding")


@pytest.mark.long("the published model is fitted to real polls")
def test_the_headline_is_what_the_results_say_between_the_windows(found):
    spans = windows(SUPPORT["mid_date"].max())
    houses = panel(SUPPORT, spans["base"], spans["last"])
    main = found.loc["support.panel"]
    results = SOURCE.results()
    change = results.change(spans["base"], spans["last"], reference=f"houses:{','.join(houses)}")
    for name in ("mean", "lower", "upper"):
        assert main[name] == change[name]
    assert main["n_houses"] == len(houses) >= 2
    each = found[found.index.str.startswith("support.house.")]
    assert list(each["house_id"]) == list(houses)
    # The mean of the panel is the mean of its houses.
    assert main["mean"] == pytest.approx(each["mean"].mean(), abs=1e-9)


@pytest.mark.long("the published model is fitted to real polls")
def test_a_direction_is_one_that_the_interval_carries(found):
    signs = {"fallen": found["upper"] < 0, "risen": found["lower"] > 0}
    for direction, expected in signs.items():
        assert (found["direction"].eq(direction) == expected).all()


@pytest.mark.long("the published model is fitted to real polls")
def test_names_of_findings_are_unique(found):
    assert found.index.is_unique


@pytest.mark.long("the published model is fitted to real polls")
def test_another_house_is_less_certain_than_the_panel(found):
    width = found["upper"] - found["lower"]
    assert width["support.typical"] > width["support.panel"]


def test_another_house_drifts_by_the_walk_between_the_windows():
    """At given hyperparameters the drift adds its own variance to that of the level's change."""
    tau, omega, sigma_h, kappa = 0.2, 1.0, 5.0, 0.1
    results = PollTrend(SUPPORT, drift=True).smooth((tau, omega, sigma_h, kappa))
    start, end = ("2022-04-01", "2022-04-03"), "2025-04-01"
    days = results.observations.days_of(np.arange("2022-04-01", "2022-04-04", dtype="M8[D]"))
    last = results.observations.days_of(np.array(["2025-04-01"], dtype="M8[D]"))
    level = change_of(results.posterior, days, last, np.zeros(4)).variance[0, 0]
    # A walk that begins on the first of three days: its mean over them has the variance
    # (1 + 1 + 1 + 2) / 9, and covaries with any later day by the mean of 0, 1 and 2.
    walked = 5 / 9 + int(last[0] - days[0]) - 2 * 1.0
    change = results.typical_change(start, end)
    assert change["sd"] ** 2 == pytest.approx(level + kappa**2 * walked)


def test_on_logits_there_is_no_change_of_another_house():
    results = PollTrend(SUPPORT, scale="logit").fit("map")
    with pytest.raises(PollInputError, match="scale='percent'"):
        results.typical_change("2022-04-01", "2025-04-01")


def test_polls_that_span_no_windows_have_no_headline():
    short = SUPPORT[SUPPORT["mid_date"] < "2023-01-01"]
    assert main_windows(short) is None
    with pytest.raises(PollInputError, match="no house polled in both windows"):
        findings(FittedPolls({}, lambda construct: short), ["support"])


@pytest.fixture(scope="module")
def two_places():
    """Polls of which house d asked every second one last, and a test of its own that says -6."""
    mine = SUPPORT["house_id"] == "d"
    is_last = mine & (mine.cumsum() % 2 == 0)
    instrument = SUPPORT["house_id"] + is_last.map({True: ".asked_last", False: ".usual"})
    support = SUPPORT.assign(instrument=instrument)
    arms = {"experiment_id": FORMS[ASKED_EARLY][0], "answer": FORMS[ASKED_EARLY][1]}
    arms |= {"share_a_pct": 66.0, "share_b_pct": 60.0, "n_a": 800, "n_b": 900, "poll_id": "own"}
    tables = {
        "arms": pd.DataFrame([arms | {"end_date": "2022-03-20"}]),
        "polls": pd.DataFrame({"poll_id": ["own"], "house_id": ["d"]}),
    }
    source = FittedPolls(tables, lambda construct: support)
    return source, is_last, findings(source, ["instruments"]).set_index("finding")


@pytest.mark.long("the published model is fitted to real polls")
def test_a_house_of_two_instruments_is_told_as_published_shifted_and_by_its_own_test(two_places):
    source, is_last, found = two_places
    names = ["as_published", "shifted", "shift", "by_own_test"]
    assert list(found.index) == [f"d.{name}" for name in names]
    assert set(found["house_id"]) == {"d"}
    spans = main_windows(source.obs())[:2]
    places = source.obs().assign(place=np.where(is_last, "last", "earlier"))
    options = source.results().model.options
    shifted = PollTrend(places, options=replace(options, covariates=("place",))).fit()
    expected = {
        "d.as_published": source.results().change(*spans, reference="d"),
        "d.shifted": shifted.change(*spans, reference="d"),
    }
    for name, change in expected.items():
        for column in ("mean", "lower", "upper"):
            assert found.loc[name, column] == pytest.approx(change[column])
    row = shifted.covariates().iloc[0]
    sign = {"last": 1, "earlier": -1}[row["level"]]
    ends = sorted([sign * row["lower"], sign * row["upper"]])
    told = found.loc["d.shift", ["mean", "lower", "upper"]].tolist()
    assert told == pytest.approx([sign * row["mean"], *ends])
    assert found.loc["d.shift", "unit"] == "points"


@pytest.mark.long("the published model is fitted to real polls")
def test_its_own_test_moves_the_waves_that_asked_last_and_brings_its_error(two_places):
    source, is_last, found = two_places
    (test,) = form_effects(source).query("finding == @ASKED_EARLY").to_dict("records")
    moved = source.obs().assign(share_pct=source.obs()["share_pct"] + test["mean"] * is_last)
    results = PollTrend(moved, options=source.results().model.options).fit()
    change = results.change(*main_windows(source.obs())[:2], reference="d")
    # 66 and 60 percent of 800 and 900: the difference, and its error by hand.
    assert abs(test["mean"]) == 6
    se = np.sqrt(66 * 34 / 800 + 60 * 40 / 900)
    sd = np.hypot(change["sd"], se)
    row = found.loc["d.by_own_test"]
    assert row["mean"] == pytest.approx(change["mean"])
    assert row["lower"] == pytest.approx(change["mean"] - 1.959964 * sd, abs=0.02)
    assert row["upper"] == pytest.approx(change["mean"] + 1.959964 * sd, abs=0.02)
    assert row["interval"] == "95%, normal, with the error of the test"


def test_without_two_instruments_of_one_house_nothing_is_told():
    assert findings(SOURCE, ["instruments"]).empty
    both = SUPPORT.assign(instrument="x.asked_last")
    assert findings(FittedPolls({}, lambda construct: both), ["instruments"]).empty
