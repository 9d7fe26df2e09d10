"""Plots of any polls draw the numbers of the tables, on axes and in colours of the caller."""

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from reference.simulated_polls import simulate_polls

from analysis import PollTrend
from analysis.present import plots

POLLS = simulate_polls(np.random.default_rng(71), houses=["Zeta", "Über-Poll"])
RESULTS = PollTrend(POLLS).fit("map")
PALETTE = ("#123456", "#654321")


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_the_trend_and_its_polls_are_drawn():
    ax = RESULTS.plot_trend("Zeta", title="Mine", ylabel="share", palette=PALETTE, credit="By me")
    dots, line = ax.lines
    assert line.get_ydata() == pytest.approx(RESULTS.trend("Zeta")["mean"].to_numpy())
    assert dots.get_ydata() == pytest.approx(RESULTS.observations.share_pct)
    assert [to_hex(part.get_color()) for part in (line, dots)] == list(PALETTE)
    assert ax.get_title(loc="left") == "Mine"
    assert ax.get_ylabel() == "share"
    assert "By me" in [text.get_text() for text in ax.texts]


def test_houses_are_drawn_by_name_with_their_polls():
    ax = RESULTS.plot_houses()
    effects = RESULTS.house_effects().sort_values("mean")
    expected = [f"{h} ({n})" for h, n in zip(effects["house_id"], effects["n_polls"], strict=True)]
    assert [label.get_text() for label in ax.get_yticklabels()] == expected
    assert ax.lines[-1].get_xdata() == pytest.approx(effects["mean"].to_numpy())


def test_residuals_far_off_are_named():
    wild = POLLS.assign(share_pct=POLLS["share_pct"].where(POLLS.index != 4, 2.0))
    ax = PollTrend(wild).smooth((0.1, 1.0, 3.0)).plot_residuals()
    assert wild.loc[4, "poll_id"] in [text.get_text() for text in ax.texts]


def test_the_line_of_no_residual_is_whole_and_two_sds_are_dotted():
    guides = {
        line.get_ydata()[0]: line.get_linestyle() for line in RESULTS.plot_residuals().lines[:3]
    }
    assert guides == {-2: ":", 0: "-", 2: ":"}


def test_diagnostics_have_four_panels_in_the_figure_of_the_caller():
    fig = plt.figure()
    assert RESULTS.plot_diagnostics(fig) is fig
    assert len(fig.axes) == 4


@pytest.mark.parametrize("method", ["plot_trend", "plot_houses", "plot_residuals"])
def test_axes_of_the_caller_are_used(method):
    _, ax = plt.subplots()
    assert getattr(RESULTS, method)(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_a_palette_of_one_colour_is_refused():
    with pytest.raises(ValueError, match="name two colours"):
        RESULTS.plot_trend(palette="red")


@pytest.mark.long("imports all anew in a Python of its own")
def test_a_fit_imports_no_plots():
    code = "import sys, analysis; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("n_polls", "n_bins"), [(99, 5), (100, 10)])
def test_probabilities_of_a_hundred_polls_and_more_stand_in_ten_bins(n_polls, n_bins):
    days = pd.date_range("2022-03-01", periods=n_polls)
    residuals = pd.DataFrame({"mid_date": days, "standardised": np.linspace(-2, 2, n_polls)})
    residuals = residuals.assign(house_id="a", poll_id=[f"p{k}" for k in range(n_polls)])
    loo = pd.DataFrame({"pit": (np.arange(n_polls) + 0.5) / n_polls})
    _, quantiles, pit, _ = plots.plot_diagnostics(residuals, loo).axes
    assert [patch.get_width() for patch in pit.patches] == pytest.approx([1 / n_bins] * n_bins)
    assert pit.lines[0].get_ydata() == [n_polls / n_bins] * 2
    # Probabilities that are spread evenly lie on the line of what is expected.
    line, dots = quantiles.lines
    assert dots.get_ydata() == pytest.approx(dots.get_xdata())
    assert line.get_ydata() == pytest.approx(line.get_xdata())


def test_the_name_of_a_part_stands_at_the_end_of_its_line():
    days = pd.date_range("2022-03-01", periods=3)
    lines = {"for": [60.0, 61.0, 64.0], "against": [20.0, 19.0, 17.0]}
    trend = pd.concat(
        pd.DataFrame({"date": days, "part": part, "mean": mean, "lower": mean, "upper": mean})
        for part, mean in lines.items()
    )
    polls = pd.DataFrame({"mid_date": days[:2], "part": list(lines), "share_pct": [60.0, 20.0]})
    names = {text.get_text(): text.xy for text in plots.plot_parts(trend, polls).texts}
    assert names == {part: (days[-1], mean[-1]) for part, mean in lines.items()}
