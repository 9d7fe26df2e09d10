"""Figures of the composition: titles turn with the data, and what is drawn is what is stored."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import FIRST, LAST, SINCE, make_change, make_houses, make_polls

from figures.hidden.composition import composition_data, composition_title, plot_composition
from figures.kit.style import ANSWER_COLOURS

PARTS = {"for": 65.0, "undecided": 15.0, "against": 20.0}


def plain(words: str) -> str:
    """Words with ordinary spaces."""
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")


def make_trend(rise: float = 4.0) -> pd.DataFrame:
    """Daily parts: the undecided rise by so much, at the cost of support."""
    dates = pd.date_range(FIRST, LAST)
    risen = np.linspace(0, rise, len(dates))
    moved = {"for": -risen, "undecided": risen, "against": 0 * risen}
    frames = [
        pd.DataFrame({"date": dates, "part": part, "mean": PARTS[part] + moved[part]})
        for part in ("for", "against", "undecided")
    ]
    trend = pd.concat(frames, ignore_index=True)
    return trend.assign(lower=trend["mean"] - 3, upper=trend["mean"] + 3)


def make_levels() -> pd.DataFrame:
    """Undecided of two houses."""
    return pd.DataFrame({"house_id": ["levada", "chronicles"], "mean": [7.2, 33.1]})


def draw_composition(**changed: Any) -> Any:
    """Finished figure of made-up polls."""
    given: dict[str, Any] = {
        "obs": make_polls().rename(columns={"share_pct": "for_pct"}),
        "trend": make_trend(),
        "houses": make_houses(),
        "levels": make_levels(),
        "change": make_change(4.0, 1.2, 0.0004),
        "since": SINCE,
    }
    return plot_composition(**(given | changed))


@pytest.mark.parametrize(
    ("mean", "sd", "fall", "title"),
    [
        (
            3.6,
            1.2,
            0.001,
            "The share that gives no answer about the war has risen since spring 2022: +4",
        ),
        (
            3.6,
            1.9,
            0.03,
            "The share that gives no answer about the war has probably risen since spring 2022: +4",
        ),
        (
            -3.6,
            1.2,
            0.999,
            "The share that gives no answer about the war has fallen since spring 2022: −4",
        ),
        (-3.6, 1.9, 0.97, "The share that gives no answer about the war has probably fallen since"),
        (
            0.2,
            0.6,
            0.37,
            "The share that gives no answer about the war has hardly changed since spring 2022: 0",
        ),
        (1.0, 2.0, 0.31, "No clear change since spring 2022 in the share that gives no answer"),
    ],
)
def test_the_title_follows_the_change_of_those_without_an_answer(
    mean: float, sd: float, fall: float, title: str
) -> None:
    assert plain(composition_title(make_change(mean, sd, fall), SINCE)).startswith(title)


def test_the_title_of_the_figure_is_that_of_the_change() -> None:
    change = make_change(-4.0, 1.0, 0.9999)
    title = plain(draw_composition(change=change).get_suptitle())
    assert title == plain(composition_title(change, SINCE))
    assert "(95% interval −6 to −2)" in title


def test_each_part_is_a_line_with_its_interval_in_the_colour_of_its_answer() -> None:
    (ax,) = draw_composition().axes
    lines = {line.get_gid(): line for line in ax.lines}
    bands = {a.get_gid(): a.get_paths()[0].vertices for a in ax.collections}
    for part, level in PARTS.items():
        band = bands[f"band-{part}"]
        first = band[band[:, 0] == band[:, 0].min(), 1]
        assert (first.min(), first.max()) == (level - 3, level + 3)
        line = lines[f"estimate-{part}"]
        assert line.get_ydata()[0] == level
        assert line.get_color() == ANSWER_COLOURS[part]


def test_the_labels_give_share_and_interval_of_the_last_day() -> None:
    texts = [plain(text.get_text()) for text in draw_composition().axes[0].texts]
    assert set(texts) >= {"Support: 61% (58–64)", "No answer: 19% (16–22)", "Oppose: 20% (17–23)"}


def test_the_note_names_the_houses_with_least_and_most_without_an_answer() -> None:
    foot = " ".join(plain(text.get_text()) for text in draw_composition().texts)
    assert "from 7% (Levada Center) to 33% (Chronicles)" in foot


def test_the_data_are_what_is_drawn() -> None:
    polls = make_polls().rename(columns={"share_pct": "for_pct"})
    data = composition_data(polls, make_trend())
    fig = draw_composition()
    (dots,) = (line for line in fig.axes[0].lines if line.get_gid() == "polls-for")
    stored = data.loc[data["kind"] == "poll", "value_pct"]
    np.testing.assert_array_equal(stored, dots.get_ydata())
    (border,) = (line for line in fig.axes[0].lines if line.get_gid() == "estimate-for")
    estimate = data[(data["kind"] == "estimate") & (data["part"] == "for")]
    np.testing.assert_array_equal(estimate["value_pct"], border.get_ydata())
    sums = data[data["kind"] == "estimate"].groupby("date")["value_pct"].sum()
    np.testing.assert_allclose(sums, 100, atol=0.02)


def test_a_trend_without_a_part_is_refused() -> None:
    trend = make_trend()
    with pytest.raises(ValueError, match="no rows of the part 'undecided'"):
        draw_composition(trend=trend[trend["part"] != "undecided"])
