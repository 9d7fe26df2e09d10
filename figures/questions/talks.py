"""Talks against fighting on, and support for the war, in the houses that ask all three."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import name_since, name_time, say_change, say_headline
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
)
from figures.kit.labels import NO_BREAK, label, show_date, show_number
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import ANSWER_COLOURS, INK, house_style, marker_size, new_figure
from figures.questions._pole_trends import DIGITS, NUMBERS

# Colour, pole and column of each side: an answer has one colour everywhere, and those who would go
# on stand with those who support.
SIDES = {"talks": ("against", "for", "for_pct"), "continue": ("for", "against", "against_pct")}
SUPPORT = INK["main"]
# Inside the marks of other pollsters: without colour the two sides are told apart by it.
PALE = {"talks": "#ffffff", "continue": "#dcc3b2"}
# A line is broken where, so many days before and after, no second house asked.
ALONE_DAYS = 183
BROKEN, BROKEN_PHONE = (0, (4, 2)), (0, (1.3, 0.9))


def plot_talks(
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    changes: Mapping[str, Mapping[str, Any]],
    panel: Sequence[str],
) -> Figure:
    """Draw the shares for talks and for fighting on, and support for the war in the same houses.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct (talks), against_pct (fighting on; may be missing).
    trends : mapping of str to DataFrame
        date, mean, lower, upper (percent) of "talks", "continue" and "support", from the first
        poll of the panel on: the mean of its houses.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    changes : mapping of str to mapping
        Change of "talks", "continue" and "support" between the windows: mean, lower, upper
        (points), direction, start, start_until.
    panel : sequence of str
        Houses that asked in both windows; polls of others are pale.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column, a house or a side is missing.
    """
    require_columns(obs, "obs", ["house_id", "mid_date", "for_pct", "against_pct"])
    ranked = rank_houses(houses, obs)
    with house_style():
        fig, ax = new_figure(edition)
        margin = _draw(ax, obs, trends, ranked, panel, edition)
        margin.draw()
        finish(
            fig,
            talks_title(changes, edition),
            label("talks.subtitle", edition, houses=_name(ranked, panel)),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(obs, ranked, panel, trends["continue"]["date"], edition),
            key=_make_key(ranked, panel),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def talks_title(changes: Mapping[str, Mapping[str, Any]], edition: Edition = DEFAULT) -> str:
    """Say what became of the wish to fight on, and of support in the same houses and windows.

    Parameters
    ----------
    changes : mapping
        As for `plot_talks`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> at = {"start": pd.Timestamp("2022-08-01"), "start_until": pd.Timestamp("2022-09-30")}
    >>> fell = {"mean": -16, "lower": -26, "upper": -7, "direction": "fallen", **at}
    >>> stayed = {"mean": 2, "lower": -3, "upper": 5, "direction": "unclear"}
    >>> talks_title({"continue": fell, "support": stayed}).replace(chr(160), " ").split("; ")[0]
    'Fewer would fight on: −16 points since August and September 2022'
    """
    mine, support = changes["continue"], changes["support"]
    kinds = {"fallen": "fell", "risen": "rose"}
    said, other = say_change(mine, edition), say_change(support, edition)
    until = pd.Timestamp(mine["start_until"])
    return label(
        f"talks.title.{kinds.get(mine['direction'], 'unclear')}",
        edition,
        since=name_since(pd.Timestamp(mine["start"]), edition, until),
        change=said["change"],
        support=other["change"],
    )


def talks_data(obs: pd.DataFrame, trends: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Dots and lines as drawn.

    Returns
    -------
    DataFrame
        kind ("poll" or "estimate"), side ("talks", "continue" or "support"), date, value_pct,
        lower_pct, upper_pct, poll_id, house_id, source_url.
    """
    parts = []
    names = dict(zip(NUMBERS, ("value_pct", "lower_pct", "upper_pct"), strict=True))
    for side, (_, _, column) in SIDES.items():
        polls = obs[obs[column].notna()].rename(columns={"mid_date": "date"})
        parts.append(polls.assign(kind="poll", side=side, value_pct=polls[column]))
    for side, trend in trends.items():
        parts.append(trend.rename(columns=names).assign(kind="estimate", side=side))
    columns = ["kind", "side", "date", "value_pct", "lower_pct", "upper_pct"]
    columns += ["poll_id", "house_id", "source_url"]
    return pd.concat(parts).reindex(columns=columns).reset_index(drop=True)


def _draw(
    ax: Axes,
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    ranked: list[House],
    panel: Sequence[str],
    edition: Edition,
) -> Margin:
    alone = find_alone(obs, panel, trends["continue"]["date"])
    labels = []
    for side, (answer, _, column) in SIDES.items():
        colour, trend = ANSWER_COLOURS[answer], trends[side]
        for house in ranked:
            mine = obs[obs["house_id"] == house.house_id]
            is_mine = house.house_id in panel
            ax.plot(
                mine["mid_date"], mine[column], linestyle="none", marker=house.marker,
                markersize=marker_size(house.marker, 5), color=colour,
                markerfacecolor=colour if is_mine else PALE[side], alpha=0.9,
                markeredgecolor=colour, markeredgewidth=0.8 if is_mine else 1.2,
                clip_on=False,  # the highest stand on the edge
                gid=f"polls-{side}-{house.house_id}",
            )  # fmt: skip
        _draw_line(ax, side, trend, colour, alone, edition)
        last = trend["mean"].iloc[-1]
        words = label(f"talks.line.{side}", edition, n=show_number(last, edition))
        labels.append(MarginLabel(last, words, colour, "-", "bold"))
    support = trends["support"]
    _draw_line(ax, "support", support, SUPPORT, np.zeros(len(support), dtype=bool), edition)
    last = support["mean"].iloc[-1]
    words = label("talks.line.support", edition, n=show_number(last, edition))
    labels.append(MarginLabel(last, words, SUPPORT, "-", "bold"))
    columns = [column for _, _, column in SIDES.values()]
    whole = pd.concat(trends.values())
    low = min(obs[columns].min().min(), whole["lower"].min())
    high = max(obs[columns].max().max(), whole["upper"].max())
    label_percent(ax, low - 1, high + 1, edition)
    space = pd.Timedelta(days=50 if edition.size == "phone" else 20)
    first, last_date = whole["date"].min(), whole["date"].max()
    label_time(ax, min(first, obs["mid_date"].min()) - space, last_date + space, edition)
    return Margin(ax, labels)


def _draw_line(
    ax: Axes,
    side: str,
    trend: pd.DataFrame,
    colour: str,
    alone: np.ndarray[Any, Any],
    edition: Edition,
) -> None:
    """Draw band and line, broken where one house is alone."""
    # Polls lie so near on a phone that between them long breaks are not seen.
    broken = BROKEN_PHONE if edition.size == "phone" else BROKEN
    band = (trend["date"], trend["lower"], trend["upper"])
    ax.fill_between(*band, color=colour, alpha=0.14, linewidth=0, gid=f"band-{side}")
    for style, keep, name in (("-", ~alone, "estimate"), (broken, alone, "alone")):
        # A value at a border belongs to both parts, so that no gap is left.
        border = keep | np.append(keep[1:], False)
        ax.plot(
            trend["date"], trend["mean"].where(border), color=colour, linewidth=2.4,
            linestyle=style, gid=f"{name}-{side}",
        )  # fmt: skip


def find_alone(obs: pd.DataFrame, panel: Sequence[str], days: pd.Series) -> np.ndarray[Any, Any]:
    """Days near which no house beside those of a panel asked.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date.
    panel : sequence of str
    days : Series
        Dates.

    Returns
    -------
    ndarray of bool
        All False where the panel has several houses.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2022-08-01", "2024-08-01"]))
    >>> obs = pd.DataFrame({"house_id": ["a", "b"], "mid_date": [days[0], days[0]]})
    >>> find_alone(obs, ["a"], days).tolist()
    [False, True]
    """
    others = obs.loc[~obs["house_id"].isin(panel), "mid_date"]
    if len(panel) > 1:
        return np.zeros(len(days), dtype=bool)
    if others.empty:
        return np.ones(len(days), dtype=bool)
    apart = np.abs(days.to_numpy()[:, None] - others.to_numpy()[None, :])
    return np.asarray(apart.min(axis=1) > np.timedelta64(ALONE_DAYS, "D"))


def _name(ranked: list[House], panel: Sequence[str]) -> str:
    return ", ".join(house.name for house in ranked if house.house_id in panel)


def _note(
    obs: pd.DataFrame,
    ranked: list[House],
    panel: Sequence[str],
    days: pd.Series,
    edition: Edition,
) -> str:
    """Where the other dots come from, and where a single house asks alone."""
    others = [house for house in ranked if house.house_id not in panel]
    names = _name(ranked, panel)
    if not others:
        return label("talks.note.alone", edition, houses=names) if len(panel) == 1 else ""
    last = obs.loc[~obs["house_id"].isin(panel), "mid_date"].max()
    return label(
        f"talks.note.{_name_gaps(find_alone(obs, panel, days))}",
        edition,
        houses=names,
        month=show_date(last, edition, "MMMM y"),
        others=", ".join(_count(house, edition) for house in others),
    )


def _name_gaps(alone: np.ndarray[Any, Any]) -> str:
    """Say where a house asks alone: nowhere, from some day on, or in between.

    Examples
    --------
    >>> parts = ([False, False], [False, True], [False, True, False], [True, False, True])
    >>> [_name_gaps(np.array(part)) for part in parts]
    ['several', 'since', 'gaps', 'gaps']
    """
    if not alone.any():
        return "several"
    ends = np.diff(alone.astype(int)) < 0
    return "gaps" if ends.any() else "since"


def _make_key(ranked: list[House], panel: Sequence[str]) -> list[KeyEntry]:
    """Shapes of the houses of a panel of several; their colours are those of the answers."""
    mine = [house for house in ranked if house.house_id in panel]
    return [KeyEntry(h.marker, INK["main"], h.name) for h in mine] if len(mine) > 1 else []


def _count(house: House, edition: Edition) -> str:
    words = label("house.counted", edition, name=house.name, n=house.n_polls)
    return words.replace(" (", f"{NO_BREAK}(")


def _told(fitted: FittedPolls) -> dict[str, Any]:
    """Panel, lines and changes.

    Raises
    ------
    ValueError
        No house asked about talks and about support in both windows yet.
    """

    def tell() -> dict[str, Any]:
        from analysis.findings import findings, fit_pole

        rows = findings(fitted, ["questions"]).set_index("finding").to_dict("index")
        names = {"continue": "fight_on.panel", "talks": "talks.panel"}
        names |= {"support": "fight_on.support"}
        if not set(names.values()) <= set(rows):
            raise ValueError("No house asked about talks and support in both windows yet.")
        changes = {side: rows[name] for side, name in names.items()}
        panel = changes["continue"]["panel"].split(",")
        reference = f"houses:{','.join(panel)}"
        asked = fitted.obs("talks")
        first = asked.loc[asked["house_id"].isin(panel), "mid_date"].min()
        # Support may have been asked later: it is shown as far as it is told beside the others.
        last = asked["mid_date"].max()
        fits = {side: fit_pole(fitted, "talks", pole) for side, (_, pole, _) in SIDES.items()}
        lines = {side: next(iter(fit.values())) for side, fit in fits.items()}
        lines |= {"support": fitted.results("support")}
        trends = {}
        for side, results in lines.items():
            end = min(last, pd.Timestamp(results.observations.last_date))
            days = pd.date_range(first, end, freq="7D").union([end])
            trend = results.trend(reference, dates=list(days))
            trends[side] = trend[["date", *NUMBERS]].round(dict.fromkeys(NUMBERS, DIGITS))
        return {"trends": trends, "changes": changes, "panel": panel}

    return fitted.keep("talks.told", tell)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses, told = fitted.obs("talks"), fitted.houses(edition), _told(fitted)
    fig = plot_talks(obs, houses=houses, edition=edition, **told)
    ranked = rank_houses(houses, obs)
    changes = {side: say_change(row, edition)["change"] for side, row in told["changes"].items()}
    start = told["changes"]["continue"]
    alt = label(
        "talks.alt",
        edition,
        houses=_name(ranked, told["panel"]),
        time=name_time(start["start"], edition, start["start_until"]),
        fight=changes["continue"],
        talks=changes["talks"],
        support=changes["support"],
    )
    names = "; ".join(f"{house.name} ({house.n_polls})" for house in ranked)
    intervals = {
        f"{name}_{key}": value
        for name in ("talks", "continue", "support")
        for key, value in say_change(told["changes"][name], edition).items()
    }
    caption = "\n".join(
        [
            label("talks.changes", edition, houses=_name(ranked, told["panel"]), **intervals),
            label("talks.question", edition),
            label("talks.method", edition, names=names),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition, say_headline(start, edition))


ENTRIES = (
    Entry(
        "talks-continue",
        "Peace talks against fighting on, and support, in the houses that asked throughout.",
        _draw_published,
        lambda fitted: talks_data(fitted.obs("talks"), _told(fitted)["trends"]),
        model="questions",
        seconds=2.0,
    ),
)
