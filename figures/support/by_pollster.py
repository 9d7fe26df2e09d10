"""Small multiples: the polls of each pollster by itself, the average as a ghost behind them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import (
    House,
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import NO_BREAK, capital, label, plural, show_share
from figures.kit.save import Rendering
from figures.kit.style import INK, OTHER, house_style, marker_size, new_figure
from figures.support._asking import describe_asking

# Pollsters with a panel of their own; all others share the last.
OWN = 5
ROWS = {"phone": 3}
# Lines of type that a panel with its heading is as high as, where a figure may grow.
LINES = 7
SPACE = pd.Timedelta(days=40)
DIGITS = 2
# Days before the last poll within which a pollster's last one is told in the title.
RECENT = pd.Timedelta(days=365)


def plot_pollsters(
    obs: pd.DataFrame, trend: pd.DataFrame, houses: pd.DataFrame, edition: Edition = DEFAULT
) -> Figure:
    """Draw a panel for each of the pollsters with most polls, and one for all others.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, share_pct (percent); mode, frame and offers_refusal say how each asks.
    trend : DataFrame
        date and mean (percent): the average, drawn grey in each panel.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column or a house is missing.
    """
    require_columns(obs, "obs", ["house_id", "mid_date", "share_pct"])
    require_columns(trend, "trend", ["date", "mean"])
    ranked = rank_houses(houses, obs)
    groups = [[house] for house in ranked[:OWN]] + ([ranked[OWN:]] if ranked[OWN:] else [])
    rows = ROWS.get(edition.size, 2)
    with house_style():
        fig, first = new_figure(edition)
        first.remove()
        columns = -(-len(groups) // rows)
        panels = fig.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        fig.subplots_adjust(hspace=0.8 if rows < columns else 0.75, wspace=0.1)
        for ax in panels.flat[len(groups) :]:
            ax.remove()
        for ax, group in zip(panels.flat, groups, strict=False):
            _draw(ax, obs, trend, group, edition)
        finish(
            fig,
            pollsters_title(obs, ranked, edition),
            label("pollsters.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=label("pollsters.note", edition),
            key=sector_key(ranked, edition),
            rows=LINES * rows,
            edition=edition,
        )
    return fig


def pollsters_title(obs: pd.DataFrame, ranked: Sequence[House], edition: Edition = DEFAULT) -> str:
    """Name the lowest and the highest of the pollsters' last polls of a year."""
    low, high = _ends(obs)
    names = {house.house_id: house.name for house in ranked}
    return label(
        "pollsters.support.title",
        edition,
        low=show_share(float(low["share_pct"]), edition),
        low_house=names[str(low["house_id"])].replace(" ", NO_BREAK),
        high=show_share(float(high["share_pct"]), edition),
        high_house=names[str(high["house_id"])].replace(" ", NO_BREAK),
    )


def _ends(obs: pd.DataFrame) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    last = obs.sort_values("mid_date").groupby("house_id").tail(1)
    recent = last[last["mid_date"] > obs["mid_date"].max() - RECENT].sort_values("share_pct")
    return recent.iloc[0], recent.iloc[-1]


def _draw(
    ax: Axes, obs: pd.DataFrame, trend: pd.DataFrame, group: Sequence[House], edition: Edition
) -> None:
    ax.plot(trend["date"], trend["mean"], color=OTHER, linewidth=1.2, gid="average")
    for house in group:
        mine = obs[obs["house_id"] == house.house_id].sort_values("mid_date")
        ax.plot(
            mine["mid_date"],
            mine["share_pct"],
            linestyle="-" if len(group) == 1 else "none",
            linewidth=0.7,
            marker=house.shape,
            markersize=marker_size(house.shape, 3.8),
            markeredgewidth=0,
            color=house.colour,
            gid=f"polls-{house.house_id}",
        )
    whole = pd.concat([obs["share_pct"], trend["mean"]])
    label_percent(ax, whole.min() - 1, whole.max() + 3, edition, step=20)
    days = trend["date"]
    label_time(ax, days.min() - SPACE, days.max() + SPACE, edition, is_narrow=True)
    ax.label_outer()
    head: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    if len(group) == 1:
        name = name_counted(group[0], edition)
        how = describe_asking(obs[obs["house_id"] == group[0].house_id], edition, lines=True)
    else:
        name, how = capital(plural("count.more_houses", len(group), edition)), ""
    ax.annotate(name, (0, 1), (0, 25), weight="bold", size=8, va="bottom", **head)
    ax.annotate(how, (0, 1), (0, 3), size=7.5, va="bottom", color=INK["quiet"], **head)


def pollsters_data(obs: pd.DataFrame, trend: pd.DataFrame) -> pd.DataFrame:
    """Dots and line as drawn: kind, house_id, date, value_pct, poll_id, source_url."""
    polls = obs.rename(columns={"mid_date": "date", "share_pct": "value_pct"}).assign(kind="poll")
    line = trend[["date", "mean"]].rename(columns={"mean": "value_pct"}).assign(kind="average")
    columns = ["kind", "house_id", "date", "value_pct", "poll_id", "source_url"]
    both = pd.concat([polls, line]).reindex(columns=columns)
    return both.round({"value_pct": DIGITS}).reset_index(drop=True)


def _trend(fitted: FittedPolls) -> pd.DataFrame:
    return fitted.trend()[["date", "mean"]].round({"mean": DIGITS})


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs(), fitted.houses(edition)
    ranked = rank_houses(houses, obs)
    low, high = _ends(obs)
    fig = plot_pollsters(obs, _trend(fitted), houses, edition)
    names = {house.house_id: house.name for house in ranked}
    alt = label(
        "pollsters.alt",
        edition,
        n=len(ranked),
        polls=plural("count.polls", len(obs), edition),
        low=show_share(float(low["share_pct"]), edition),
        low_house=names[str(low["house_id"])],
        high=show_share(float(high["share_pct"]), edition),
        high_house=names[str(high["house_id"])],
    )
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("pollsters.note", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    number = label(
        "range.percent",
        edition,
        low=show_share(float(low["share_pct"]), edition),
        high=show_share(float(high["share_pct"]), edition),
    )
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "by-pollster-support",
        "The polls of each pollster by itself, with how it asks, and the average behind them.",
        _draw_published,
        lambda fitted: pollsters_data(fitted.obs(), _trend(fitted)),
    ),
)
