"""data.csv holds the numbers that the picture shows."""

from pathlib import Path

import numpy as np
import pandas as pd
from helpers.figures_made import draw_coverage, draw_trend, make_houses, make_polls, make_trend

from figures import save
from figures.support import coverage_data
from figures.support.trend import trend_data


def read_back(data: pd.DataFrame, out: Path) -> pd.DataFrame:
    """The data as a reader of data.csv gets it."""
    folder = save(draw_trend(), out / "slug", data, "Alt.", "Caption.", formats=["svg"])
    return pd.read_csv(folder / "data.csv", keep_default_na=False, na_values=[""])


def test_every_dot_and_every_day_of_the_line_stand_in_the_data(tmp_path: Path) -> None:
    trend = make_trend()
    trend[["mean", "lower", "upper"]] += 1 / 3
    data = read_back(trend_data(make_polls(), trend, make_houses()), tmp_path)
    lines = {line.get_gid(): line for line in draw_trend(trend=trend).axes[0].lines}
    for house, polls in data[data["kind"] == "poll"].groupby("house_id"):
        drawn = lines[f"polls-{house}"].get_ydata()
        assert np.array_equal(drawn, polls["value_pct"])
    estimate = data[data["kind"] == "estimate"]
    assert np.array_equal(lines["estimate"].get_ydata(), estimate["value_pct"])
    assert list(estimate["date"]) == [f"{day:%Y-%m-%d}" for day in trend["date"]]


def test_the_columns_stay_put(tmp_path: Path) -> None:
    data = read_back(trend_data(make_polls(), make_trend(), make_houses()), tmp_path)
    assert list(data) == [
        *("kind", "date", "value_pct", "lower_pct", "upper_pct", "poll_id", "house_id"),
        *("house", "sector", "sample_size", "source_url"),
    ]
    polls = data[data["kind"] == "poll"]
    assert polls["source_url"].notna().all()
    assert polls["sample_size"].tolist() == [1600] * len(polls)
    assert polls["lower_pct"].isna().all()


def test_polls_without_optional_columns_have_data_too() -> None:
    bare = make_polls()[["house_id", "mid_date", "share_pct"]]
    data = trend_data(bare, make_trend(), make_houses())
    assert data["poll_id"].isna().all()
    assert (data["kind"] == "poll").sum() == len(bare)


def test_cells_of_the_calendar_add_up_to_the_polls() -> None:
    data = coverage_data(make_polls(), make_houses())
    assert data["n_polls"].sum() == len(make_polls())
    rows = {row.get_gid(): row.get_paths() for row in draw_coverage().axes[0].collections}
    thin = rows.pop("thin")
    assert sum(map(len, rows.values())) == data["n_polls"].sum()
    assert len(rows["polls-levada"]) == data.query("house_id == 'levada'")["n_polls"].sum()
    houses = data[data["n_polls"] > 0].groupby("month").size()
    months = data["month"].nunique()
    assert len(thin) == months - (houses > 1).sum()


def test_houses_without_room_for_a_row_of_their_own_are_added_up() -> None:
    polls = make_polls()
    ids = [f"house{i % 40:02}" for i in range(len(polls))]
    houses = pd.DataFrame({"house_id": sorted(set(ids)), "sector": "state"})
    labels = draw_coverage(obs=polls.assign(house_id=ids), houses=houses).axes[0].get_yticklabels()
    heading, *words = [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in labels]
    assert heading == ""  # the sector stands among the cells
    own = [int(word.rpartition("(")[2][:-1]) for word in words]
    assert words[-1].startswith(f"{41 - len(words)} more pollsters (")
    assert sum(own) == len(polls)
