"""The trend of a series, with every poll and every house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import FIT_DIGITS, Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import mean_within, name_since, say_change, say_headline, show_level
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural, show_number, show_share
from figures.kit.layout import root_figure
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import (
    ESTIMATE,
    OTHER,
    house_style,
    marker_size,
    new_figure,
)
from figures.support._trend_words import find_other_way, trend_alt, trend_caption, trend_title

if TYPE_CHECKING:
    from analysis.claims import Window

# Houses with as many polls are named where no panel says which; as many have room.
LONG, BESIDE = 4, 6
# Of them the longest are told apart by lines through their polls.
JOINED = 2
# Days left and right of the data, as a share of the days seen.
MARGIN = 0.015
# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2


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
    others: Mapping[str, Mapping[str, float]] | None = None,
    by_house: Mapping[str, float] | None = None,
    panel: Sequence[str] | None = None,
    alpha: float = 0.05,
) -> Figure:
    """Draw the estimate as a line with its interval as a band, and every poll as a dot.

    The houses of the panel are named with their last poll, in the colour of their sector,
    and lines join the polls of the two with most of them; polls of all others are grey. A
    dashed line carries the level of the first day of the change to the last, or the mean of
    the first window to the last one, whose mean is a bar.

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
    others : mapping of str to mapping, optional
        The change from other days on: "first_weeks" of the invasion, which the rally of March
        2022 followed, and "autumn" 2022. The first is said under the picture, and in the title
        what goes another way, since the base decides the sign.
    by_house : mapping, optional
        The change at each house of the panel, points by house_id; said under the picture.
    panel : sequence of str, optional
        Houses whose mean the line is; all by default.
    measure : str
        What was measured; labels.csv has the words.
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
    told = _choose_told(ranked, panel) or ranked[:BESIDE]
    with house_style():
        if ax is not None:
            _draw(ax, obs, shown, ranked, told, levels, edition).draw()
            return root_figure(ax)
        fig, canvas = new_figure(edition)
        margin = _draw(canvas, obs, shown, ranked, told, levels, edition)
        margin.draw()
        finish(
            fig,
            trend_title(
                change,
                since,
                edition,
                windows=windows,
                others=others,
                measure=measure,
                alpha=alpha,
            ),
            label(f"trend.{measure}.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(change, alpha, edition, windows, others or {}, by_house or {}, told),
            key=_make_key(ranked, told, edition),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def _make_key(ranked: list[House], told: list[House], edition: Edition) -> list[KeyEntry]:
    """Sectors of the houses that are named, and what is grey."""
    others = len(ranked) - len(told)
    grey = KeyEntry("o", OTHER, plural("trend.others", others, edition))
    return [*sector_key(told, edition), *([grey] if others else [])]


def _note(
    change: Mapping[str, float],
    alpha: float,
    edition: Edition,
    windows: tuple[Window, Window] | None,
    others: Mapping[str, Mapping[str, float]],
    by_house: Mapping[str, float],
    told: Sequence[House],
) -> str:
    """What band and bars are, and how far each of the pollsters told moved."""
    level = show_level(alpha, edition)
    if windows is None:
        return label("trend.note", edition, level=level)
    time = name_since(windows[0].start, edition, windows[0].end)
    moved = [
        label(
            "trend.moved",
            edition,
            name=house.name,
            n=show_number(by_house[house.house_id], edition, with_sign=True),
        )
        for house in told
        if house.house_id in by_house
    ]
    parts = [label("trend.note", edition, level=level)]
    if moved:
        names = ("mean", "lower", "upper")
        points = {name: show_number(change[name], edition, with_sign=True) for name in names}
        mean = label("trend.moved_average", edition, **points)
        parts.append(
            label("trend.moved_since", edition, time=time, moved=", ".join([mean, *moved]))
        )
    told_of = {"first_weeks", find_other_way(change, others)}
    parts += [
        label(f"model.{base}", edition, **say_change(other, edition))
        for base, other in others.items()
        if base in told_of
    ]
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


def _choose_told(ranked: Sequence[House], panel: Sequence[str] | None) -> list[House]:
    """Houses that are named: those of the panel, or those with most polls; longest first."""
    if panel is not None and len(panel) < len(ranked):
        chosen = [house for house in ranked if house.house_id in panel]
    else:
        chosen = [house for house in ranked if house.n_polls >= LONG]
    return chosen[:BESIDE]


def _choose_joined(told: Sequence[House], by_house: Mapping[str, pd.DataFrame]) -> set[str]:
    """Houses with polls in most quarters, whose polls a line may join."""
    quarters = {
        house.house_id: by_house[house.house_id]["mid_date"].dt.to_period("Q").nunique()
        for house in told
    }
    return set(sorted(quarters, key=lambda house: -quarters[house])[:JOINED])


def _draw(
    ax: Axes,
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    ranked: list[House],
    told: list[House],
    levels: _Levels,
    edition: Edition,
) -> Margin:
    """Draw all inside the axes; return the labels beside it."""
    by_house = {str(name): mine for name, mine in obs.sort_values("mid_date").groupby("house_id")}
    for house in ranked:
        if house not in told:
            _draw_polls(ax, by_house[house.house_id], house, OTHER)
    _draw_estimate(ax, trend, levels)
    labels = []
    joined = _choose_joined(told, by_house)
    for house in told:
        mine = by_house[house.house_id]
        _draw_polls(ax, mine, house, house.colour, joined=house.house_id in joined)
        last = float(mine["share_pct"].iloc[-1])
        words = label("trend.last", edition, name=house.name, n=show_share(last, edition))
        labels.append(MarginLabel(last, words, house.colour, house.marker))
    _set_scales(ax, obs, trend, edition)
    now = trend.iloc[-1]
    mean = label(
        "trend.average_alone" if edition.size == "phone" else "trend.average",
        edition,
        houses=levels.houses,
        n=show_number(now["mean"], edition),
        low=show_number(now["lower"], edition),
        high=show_number(now["upper"], edition),
    )
    return Margin(ax, [*labels, MarginLabel(float(now["mean"]), mean, ESTIMATE, "-", "bold")])


def _draw_polls(
    ax: Axes, mine: pd.DataFrame, house: House, colour: str, *, joined: bool = False
) -> None:
    is_other = colour == OTHER
    ax.plot(
        mine["mid_date"],
        mine["share_pct"],
        linestyle="-" if joined else "none",
        linewidth=0.9,
        marker="o" if is_other else house.marker,
        markersize=3.5 if is_other else marker_size(house.marker, 4.8),
        color=colour,
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
    change = fitted.change(construct)
    bases = ("first_weeks", "autumn") if windows else ()
    others = {base: fitted.change(construct, base=base) for base in bases}
    # One number would hide that it hangs on the day from which one counts.
    is_open = find_other_way(change, others) is not None
    number = label("card.depends", edition) if is_open else say_headline(change, edition)
    fig = plot_trend(
        obs,
        trend,
        houses,
        edition=edition,
        change=change,
        since=since,
        windows=windows,
        by_house=_move_by_house(fitted, construct, panel) if windows else None,
        others=others,
        panel=panel,
    )
    alt = trend_alt(obs, trend, since, edition, windows=windows, panel=panel)
    still = say_change(fitted.change(construct, drift=False), edition)
    caption = trend_caption(obs, houses, edition, panel=panel, still=still)
    return Rendering(fig, alt, caption, edition, number)


def _move_by_house(
    fitted: FittedPolls, construct: str, panel: Sequence[str]
) -> Mapping[str, float]:
    """Change at each house of the panel between the windows, in points."""
    windows = fitted.windows(construct)
    assert windows is not None
    results = fitted.results(construct)
    return {
        house: round(float(results.change(*windows, reference=house)["mean"]), FIT_DIGITS)
        for house in panel
    }


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
