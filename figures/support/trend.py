"""The trend of a series, with every poll and every house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import name_time, say_change, show_level
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish
from figures.kit.frames import (
    House,
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural
from figures.kit.layout import root_figure
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import (
    ESTIMATE,
    INK,
    house_style,
    marker_size,
    new_figure,
)
from figures.support._trend_words import mean_within, trend_alt, trend_caption, trend_title

if TYPE_CHECKING:
    from analysis.claims import Window

# A house with fewer polls is named under the axes: its few dots lie years from the margin.
OWN_LABEL = 4
# How many houses have room beside the axes of an article, and in three or four rows below.
BESIDE, BELOW = 7, 12
# Days left and right of the data, as a share of the days seen.
MARGIN = 0.015
# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2


class _Parts(NamedTuple):
    margin: Margin
    foot_key: list[KeyEntry]


class _Levels(NamedTuple):
    """Where the change begins and ends: two days, or two windows."""

    trend: pd.DataFrame
    start: int
    windows: tuple[Window, Window] | None
    houses: int

    @property
    def then(self) -> float:
        """Level from which the change counts."""
        if self.windows is None:
            return float(self.trend["mean"].iloc[self.start])
        return mean_within(self.trend, self.windows[0])

    def name_then(self, edition: Edition) -> str:
        """Name of that time."""
        until = None if self.windows is None else self.windows[0].end
        return name_time(self.trend["date"].iloc[self.start], edition, until)


def plot_trend(
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    houses: pd.DataFrame,
    ax: Axes | None = None,
    edition: Edition = DEFAULT,
    *,
    change: Mapping[str, float],
    since: str | date | pd.Timestamp,
    measure: str = "support",
    windows: tuple[Window, Window] | None = None,
    beside: Mapping[str, float] | None = None,
    first_weeks: Mapping[str, float] | None = None,
    panel: Sequence[str] | None = None,
    model: str = "drift",
    alpha: float = 0.05,
) -> Figure:
    """Draw every poll as a light dot, the estimate as a line, its interval as a band.

    Houses are told apart by marker and name, sectors by colour. A dashed line carries the
    level of the first day of the change to the last, or the mean of the first window to the
    last one, whose mean is a bar.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, share_pct (percent); one row per poll, as from
        ``polls.series()``. An end_date gives the "data to".
    trend : DataFrame
        date, mean, lower, upper (percent), one row per day, as from ``results.trend()``.
    houses : DataFrame
        house_id, sector; name, where there is one.
    ax : Axes, optional
        Axes to draw into, without title and foot. By default a finished figure is made.
    edition : Edition
        Language and size, and the day by which all polls were published.
    change : mapping
        mean, lower and upper in points and prob_negative, as from ``results.change()``;
        the title says it.
    since : date
        First day of the change; within the trend.
    windows : pair of Window, optional
        First and last days of both windows, where the change is one between their means.
    beside : mapping, optional
        The same change by the model whose house effects stand still; said under the picture.
    first_weeks : mapping, optional
        The change from the first weeks of the invasion on, which the rally of March 2022
        followed; said under the picture, since the base decides the sign.
    panel : sequence of str, optional
        Houses whose mean the line is; all by default.
    measure, model : str
        What was measured, and which model estimated it; labels.csv has the words.
    alpha : float
        1 minus the level of band and interval.

    Returns
    -------
    Figure
        The finished figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        A column, a house or the day `since` is missing.

    See Also
    --------
    figures.support._trend_words.trend_title : how the title follows the change.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", "2023-03-01")
    >>> level = {"mean": 70.0, "lower": 67.0, "upper": 73.0}
    >>> polls = {"house_id": ["a", "b"], "mid_date": days[[9, 99]], "share_pct": [72, 68]}
    >>> fig = plot_trend(
    ...     pd.DataFrame(polls),
    ...     pd.DataFrame({"date": days, **level}),
    ...     pd.DataFrame({"house_id": ["a", "b"], "sector": ["state", "independent"]}),
    ...     change={"mean": 0, "lower": -4, "upper": 4, "prob_negative": 0.5},
    ...     since=date(2022, 4, 1),
    ... )
    >>> fig.get_suptitle().split(" since")[0]
    'No clear change in support for the war'
    """
    since = pd.Timestamp(since)
    start = _check(obs, trend, houses, since)
    ranked = rank_houses(houses, obs)
    shown = _round(trend)
    mine = [house for house in ranked if panel is None or house.house_id in panel]
    levels = _Levels(shown, start, windows, len(mine))
    with house_style():
        if ax is not None:
            _draw(ax, obs, shown, ranked, levels, edition).margin.draw()
            return root_figure(ax)
        fig, canvas = new_figure(edition)
        parts = _draw(canvas, obs, shown, ranked, levels, edition, few=OWN_LABEL)
        parts.margin.draw()
        finish(
            fig,
            trend_title(change, since, edition, windows=windows, measure=measure, alpha=alpha),
            label(f"trend.{measure}.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(
                model,
                _name_panel(mine, ranked, edition),
                alpha,
                edition,
                windows,
                beside,
                first_weeks,
            ),
            key=sector_key(ranked, edition),
            foot_key=parts.foot_key,
            edition=edition,
        )
        parts.margin.draw()  # the axes have their final height only now
    return fig


def _name_panel(mine: list[House], ranked: list[House], edition: Edition) -> str:
    """Houses counted, and named where they are not all."""
    count = plural("count.houses", len(mine), edition)
    if len(mine) == len(ranked):
        return count
    return label("trend.panel", edition, houses=count, names=", ".join(h.name for h in mine))


def _note(
    model: str,
    houses: str,
    alpha: float,
    edition: Edition,
    windows: tuple[Window, Window] | None,
    beside: Mapping[str, float] | None,
    first_weeks: Mapping[str, float] | None,
) -> str:
    level = show_level(alpha, edition)
    parts = [label(f"model.{model}.note", edition, houses=houses, level=level)]
    if windows is not None:
        time = name_time(windows[0].start, edition, windows[0].end)
        parts.append(label("model.windows", edition, time=time))
    for key, change in (("model.beside", beside), ("model.first_weeks", first_weeks)):
        if change is not None:
            parts.append(label(key, edition, **say_change(change, edition)))
    return " ".join(parts)


def trend_data(obs: pd.DataFrame, trend: pd.DataFrame, houses: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn.

    Parameters
    ----------
    obs, trend, houses : DataFrame
        As for `plot_trend`.

    Returns
    -------
    DataFrame
        kind ("poll" or "estimate"), date, value_pct, lower_pct, upper_pct, poll_id,
        house_id, house, sector, sample_size, source_url; empty where a column does not
        apply or was not given.
    """
    names = {house.house_id: house.name for house in rank_houses(houses, obs)}
    sectors = houses.set_index("house_id")["sector"]
    polls = obs.rename(columns={"mid_date": "date", "share_pct": "value_pct"}).assign(
        kind="poll", house=obs["house_id"].map(names), sector=obs["house_id"].map(sectors)
    )
    estimate = _round(trend).rename(
        columns={"mean": "value_pct", "lower": "lower_pct", "upper": "upper_pct"}
    )
    both = pd.concat([polls, estimate.assign(kind="estimate")])
    columns = ["kind", "date", "value_pct", "lower_pct", "upper_pct", "poll_id", "house_id"]
    columns += ["house", "sector", "sample_size", "source_url"]
    both["sample_size"] = both.get("sample_size", pd.Series(dtype="float64")).astype("Int64")
    return both.reindex(columns=columns).reset_index(drop=True)


def _check(
    obs: pd.DataFrame, trend: pd.DataFrame, houses: pd.DataFrame, since: pd.Timestamp
) -> int:
    """Check the frames; return the position of the first day of the change."""
    require_columns(obs, "obs", ["house_id", "mid_date", "share_pct"])
    require_columns(trend, "trend", ["date", "mean", "lower", "upper"])
    require_columns(houses, "houses", ["house_id", "sector"])
    days = trend["date"].reset_index(drop=True)
    found = days.index[days == since]
    if not len(found):
        raise ValueError(
            f"`since` is {since:%Y-%m-%d}, and `trend` has no row for that day: "
            f"it runs from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}."
        )
    return int(found[0])


def _round(trend: pd.DataFrame) -> pd.DataFrame:
    """Rounded copy of the columns that are drawn, rows numbered from 0."""
    shown = trend[["date", "mean", "lower", "upper"]].reset_index(drop=True)
    numbers = shown.columns[1:]
    shown[numbers] = shown[numbers].round(DIGITS)
    return shown


def _draw(
    ax: Axes,
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    ranked: list[House],
    levels: _Levels,
    edition: Edition,
    *,
    few: int = 1,
) -> _Parts:
    """Draw all inside the axes; return the labels beside and below it.

    Houses with fewer than `few` polls are named below, and those for which there is no
    room beside.
    """
    for house in ranked:
        _draw_polls(ax, obs[obs["house_id"] == house.house_id], house)
    _draw_estimate(ax, trend, levels)
    _set_scales(ax, obs, trend, edition)
    if ranked[0].n_polls < few:
        few = 1
    beside = [house for house in ranked if house.n_polls >= few][:BESIDE]
    last = obs.sort_values("mid_date").groupby("house_id")["share_pct"].last().to_dict()
    now, time = trend["mean"].iloc[-1], levels.name_then(edition)
    # Both months of a window leave no room for more words.
    start = label("trend.start", edition, time=time) if levels.windows is None else time
    mean = label("trend.mean_of", edition, houses=plural("count.houses", levels.houses, edition))
    labels = [
        MarginLabel(now, mean, ESTIMATE, "-", "bold"),
        MarginLabel(levels.then, start, ESTIMATE, "--"),
        *(
            MarginLabel(
                last[house.house_id], name_counted(house, edition), house.colour, house.marker
            )
            for house in beside
        ),
    ]
    margin = Margin(ax, labels, label("trend.heading", edition))
    return _Parts(margin, _name_below(ranked[len(beside) :], edition))


def _name_below(houses: list[House], edition: Edition) -> list[KeyEntry]:
    if not houses:
        return []
    named = houses if len(houses) <= BELOW else houses[: BELOW - 1]
    heading = KeyEntry("", INK["main"], label("trend.others", edition))
    key = [KeyEntry(house.marker, house.colour, name_counted(house, edition)) for house in named]
    if more := len(houses) - len(named):
        words = plural("count.more_houses", more, edition)
        key.append(KeyEntry("", INK["main"], words))
    return [heading, *key]


def _draw_polls(ax: Axes, mine: pd.DataFrame, house: House) -> None:
    ax.plot(
        mine["mid_date"],
        mine["share_pct"],
        linestyle="none",
        marker=house.marker,
        markersize=marker_size(house.marker),
        color=house.colour,
        alpha=0.6,
        markeredgecolor="white",
        markeredgewidth=0.4,
        gid=f"polls-{house.house_id}",
    )


def _draw_estimate(ax: Axes, trend: pd.DataFrame, levels: _Levels) -> None:
    ax.fill_between(
        trend["date"],
        trend["lower"],
        trend["upper"],
        color=ESTIMATE,
        alpha=0.14,
        linewidth=0,
        gid="band",
    )
    ends = trend.iloc[[levels.start, -1]]
    ax.plot(
        ends["date"],
        [levels.then] * 2,
        color=ESTIMATE,
        linewidth=0.8,
        linestyle=(0, (3, 2)),
        gid="level-at-start",
    )
    ax.plot(trend["date"], trend["mean"], color=ESTIMATE, gid="estimate")
    if levels.windows is None:
        ax.plot(
            ends["date"], ends["mean"], color=ESTIMATE, marker="o", linestyle="none", gid="ends"
        )
        return
    for number, window in enumerate(levels.windows):
        days = [max(window.start, trend["date"].iloc[0]), min(window.end, trend["date"].iloc[-1])]
        level = mean_within(trend, window)
        ax.plot(days, [level] * 2, color=ESTIMATE, linewidth=4, alpha=0.55, gid=f"window-{number}")


def _set_scales(ax: Axes, obs: pd.DataFrame, trend: pd.DataFrame, edition: Edition) -> None:
    low = min(obs["share_pct"].min(), trend["lower"].min())
    high = max(obs["share_pct"].max(), trend["upper"].max())
    # A dot on the edge would be cut in half.
    label_percent(ax, low - 1, high + 1, edition)
    first = min(obs["mid_date"].min(), trend["date"].min())
    last = max(obs["mid_date"].max(), trend["date"].max())
    space = (last - first) * MARGIN
    label_time(ax, first - space, last + space, edition)


def draw_trend(construct: str, fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw the trend of a construct, with its words."""
    houses = fitted.houses(edition)
    obs, trend, since = fitted.obs(construct), fitted.trend(construct), fitted.since(construct)
    windows, panel = fitted.windows(construct), fitted.panel(construct)
    fig = plot_trend(
        obs,
        trend,
        houses,
        edition=edition,
        change=fitted.change(construct),
        since=since,
        windows=windows,
        beside=fitted.change(construct, drift=False),
        first_weeks=fitted.change(construct, base="first_weeks") if windows else None,
        panel=panel,
    )
    alt = trend_alt(obs, trend, since, edition, windows=windows, panel=panel)
    return Rendering(fig, alt, trend_caption(obs, houses, edition, panel=panel), edition)


def make_trend_data(construct: str, fitted: FittedPolls) -> pd.DataFrame:
    """Give polls and estimate of a construct, as drawn."""
    return trend_data(fitted.obs(construct), fitted.trend(construct), fitted.houses())


ENTRIES = (
    Entry(
        "trend-support",
        "Support for the war: every poll, and the mean of the houses with its 95% band.",
        partial(draw_trend, "support"),
        partial(make_trend_data, "support"),
    ),
)
