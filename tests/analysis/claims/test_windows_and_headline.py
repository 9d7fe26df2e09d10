"""Every published change is told between the same windows, within the houses that span them."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.claims import headline, panel, windows
from analysis.trend.solver import change_of

POLLS = simulate_polls(np.random.default_rng(4), 90, 1500, houses="abcd", sectors=SECTORS)


def shift(polls, start="2022-02-25"):
    """The polls moved so that they begin on a day; mid_date as polls.series gives it."""
    moved = polls.copy()
    by = pd.Timestamp(start) - pd.to_datetime(moved["start_date"]).min()
    for column in ("start_date", "end_date"):
        moved[column] = pd.to_datetime(moved[column]) + by
    return moved.assign(mid_date=moved["start_date"])


SUPPORT = shift(POLLS)
FIGHT_ON = SUPPORT.assign(share_pct=100 - SUPPORT["share_pct"])


def test_the_last_window_is_twelve_whole_months():
    for day in ("2026-02-01", "2026-02-22", "2026-02-28"):
        last = windows(day)["last"]
        assert (str(last.start.date()), str(last.end.date())) == ("2025-03-01", "2026-02-28")


def test_data_that_end_too_early_are_refused():
    with pytest.raises(PollInputError, match="within a year"):
        windows("2023-03-31")


def test_a_panel_is_of_houses_that_polled_in_all_windows():
    spans = windows("2025-10-08")
    days = pd.to_datetime(["2022-04-01", "2025-10-31", "2022-05-31", "2024-10-31"])
    obs = pd.DataFrame({"house_id": ["a", "a", "b", "b"], "mid_date": days})
    assert panel(obs, spans["base"], spans["last"]) == ("a",)
    with pytest.raises(PollInputError, match="no house"):
        panel(obs[obs["house_id"] == "b"], spans["base"], spans["last"])


def test_the_headline_is_what_the_results_say_between_the_windows():
    found = headline(SUPPORT, FIGHT_ON)
    spans = windows(SUPPORT["mid_date"].max())
    houses = panel(SUPPORT, spans["base"], spans["last"])
    main = found.set_index("finding").loc["panel"]
    results = PollTrend(SUPPORT, drift=True).fit()
    change = results.change(spans["base"], spans["last"], reference=f"houses:{','.join(houses)}")
    assert main["mean"] == change["mean"]
    assert main["lower"] == change["lower"]
    assert main["upper"] == change["upper"]
    assert main["n_houses"] == len(houses) >= 2
    each = found[found["finding"] == "house"]
    assert list(each["house_id"]) == list(houses)
    # The mean of the panel is the mean of its houses.
    assert main["mean"] == pytest.approx(each["mean"].mean(), abs=1e-9)


def test_another_house_is_less_certain_than_the_panel():
    found = headline(SUPPORT, FIGHT_ON).set_index("finding")
    width = found["upper"] - found["lower"]
    assert width["typical"] > width["panel"]


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
