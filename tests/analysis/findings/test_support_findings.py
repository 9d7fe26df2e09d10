"""Every published change of support is told between the same windows, within the same houses."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.claims import main_windows, panel, windows
from analysis.findings import findings
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


def test_a_direction_is_one_that_the_interval_carries(found):
    signs = {"fallen": found["upper"] < 0, "risen": found["lower"] > 0}
    for direction, expected in signs.items():
        assert (found["direction"].eq(direction) == expected).all()


def test_names_of_findings_are_unique(found):
    assert found.index.is_unique


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
