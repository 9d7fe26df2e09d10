"""Windows of a tracking poll that overlap: thinned, intervals hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend
from analysis.__main__ import main

TAU, N_DAYS, WINDOW = 0.15, 140, 7
FIRST = np.datetime64("2022-01-01")
ASKED = [20, 50, 80, 110, 130]


def draw(rng):
    """A level, and windows of seven days of it, of 150 interviews a day, reported daily.

    Their samples err by half as much again (in variance) as simple random ones, unsaid.
    """
    level = 50 + np.cumsum(TAU * rng.standard_normal(N_DAYS))
    daily = level + rng.standard_normal(N_DAYS) * np.sqrt(1.5 * 2500 / 150)
    share = np.convolve(daily, np.ones(WINDOW) / WINDOW, "valid")
    start = FIRST + np.arange(len(share))
    polls = pd.DataFrame({
        "house_id": "tracker", "start_date": start, "end_date": start + (WINDOW - 1),
        "sample_size": 150 * WINDOW, "share_pct": share, "decimals": 4,
    })  # fmt: skip
    return polls, level


def cover(n_sets, **options):
    """Share of true levels inside the 95% intervals, and the mean of tau, all integrated."""
    rng, hits, taus = np.random.default_rng(20260904), [], []
    for _ in range(n_sets):
        polls, level = draw(rng)
        results = PollTrend(polls, **options).fit()
        band = results.trend(dates=FIRST + np.array(ASKED))
        hits += list((band["lower"] < level[ASKED]) & (level[ASKED] < band["upper"]))
        taus.append(results.fitted.params["tau"])
    return np.mean(hits), np.mean(taus)


def test_thinned_windows_cover_and_all_of_them_do_not():
    covered, tau = cover(40, shared_interviews="thin")
    assert 0.93 <= covered <= 0.97
    assert tau < 0.3
    covered_by_all, tau_of_all = cover(6)
    assert covered_by_all < 0.9
    assert tau_of_all > tau


def test_the_windows_kept_share_no_interview_and_the_last_is_among_them():
    polls, _ = draw(np.random.default_rng(1))
    other = make_polls([("b", "2022-02-01", 50), ("b", "2022-03-01", 51)])
    both = pd.concat([polls, other], ignore_index=True)
    kept = PollTrend(both, shared_interviews="thin").observations
    mine = kept.polls[kept.polls["house_id"] == "tracker"].sort_values("start_date")
    assert (mine["start_date"].iloc[1:].to_numpy() > mine["end_date"].iloc[:-1].to_numpy()).all()
    assert mine["end_date"].max() == polls["end_date"].max()
    assert len(mine) == N_DAYS // WINDOW
    assert (kept.polls["house_id"] == "b").sum() == 2
    note = next(text for text in kept.notes if "overlaps" in text)
    assert "house tracker overlaps in 133 of its 134 polls" in note
    assert "the 20 that share no interviews, the last among them, are kept" in note


def test_without_the_option_the_warning_names_it():
    polls, _ = draw(np.random.default_rng(1))
    note = next(text for text in PollTrend(polls).observations.notes if "overlaps" in text)
    assert note.endswith("as shared_interviews='thin' (--tracking thin) does")


def test_a_variant_keeps_the_polls_that_there_are():
    polls, _ = draw(np.random.default_rng(1))
    thinned = PollTrend(polls, shared_interviews="thin")
    assert len(thinned.variant(drift=True).observations.polls) == 20
    with pytest.raises(PollInputError, match="build the model anew"):
        thinned.variant(shared_interviews="ignore")


def test_the_command_line_takes_it(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    draw(np.random.default_rng(1))[0].to_csv(path, index=False)
    assert main(["trend", "--input", str(path), "--tracking", "thin", "--method", "map"]) == 0
    assert "20 of 1 houses" in capsys.readouterr().out
