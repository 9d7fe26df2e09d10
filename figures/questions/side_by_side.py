"""All questions side by side: a panel for each, its polls, its line, and how far it moved."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import SEEN, day_number, short_year
from figures.kit.changes import name_since, say_change, say_headline
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import show_interval
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural, show_number
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, INK, house_style, marker_size, new_figure
from figures.questions._pole_trends import estimate_pole

NUMBERS = ("mean", "lower", "upper")
# Names of years that stand side by side under a panel, of which four share the width of a page.
YEARS_NAMED = 5
DAYS = 365  # of a year
# Lines of type that a panel with its heading is as high as, where a figure may grow.
LINES = 5


def questions_title(told: Mapping[str, Mapping[Any, Any]], edition: Edition = DEFAULT) -> str:
    """Say how the wish to fight on moved beside support for the war in the same houses.

    Parameters
    ----------
    told : mapping
        Findings by name: "fight_on.panel", "fight_on.support" and, where there are waves that
        asked both, "fight_on.paired", which tells whether the two have clearly moved apart.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> at = {"start": pd.Timestamp("2022-08-01"), "start_until": pd.Timestamp("2022-09-30")}
    >>> fell = {"mean": -16.0, "lower": -20.0, "upper": -13.0, "direction": "fallen", **at}
    >>> told = {"fight_on.panel": fell, "fight_on.support": fell | {"mean": 2.0}}
    >>> title = questions_title({**told, "fight_on.paired": fell | {"mean": -20.0}})
    >>> title.replace(chr(160), " ").split(" since ")[0]
    'The wish to fight on fell: −16 points'
    """
    mine, support = told["fight_on.panel"], told["fight_on.support"]
    kinds = {"fallen": "fell_more", "risen": "rose_more"}
    kind = kinds[mine["direction"]] if _is_apart(told) else "alike"
    since = name_since(pd.Timestamp(mine["start"]), edition, pd.Timestamp(mine["start_until"]))
    changes = {
        name: say_change(row, edition)["change"]
        for name, row in (("change", mine), ("support", support))
    }
    return label(f"questions.title.{kind}", edition, since=since, **changes)


def _is_apart(told: Mapping[str, Mapping[Any, Any]]) -> bool:
    """Whether the wish to fight on clearly moved, and clearly away from support."""
    mine, paired = told["fight_on.panel"]["direction"], told.get("fight_on.paired")
    return mine != "unclear" and paired is not None and paired["direction"] == mine


def questions_data(
    series: Mapping[str, pd.DataFrame], trends: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Dots and lines of all panels.

    Returns
    -------
    DataFrame
        question, kind ("poll" or "estimate"), date, value_pct, lower_pct, upper_pct,
        poll_id, house_id, source_url.
    """
    parts = []
    names = dict(zip(NUMBERS, ("value_pct", "lower_pct", "upper_pct"), strict=True))
    for question, obs in series.items():
        polls = obs.rename(columns={"mid_date": "date", "share_pct": "value_pct"})
        parts.append(polls.assign(question=question, kind="poll"))
        trend = trends[question].rename(columns=names)
        parts.append(trend.assign(question=question, kind="estimate"))
    columns = ["question", "kind", "date", "value_pct", "lower_pct", "upper_pct"]
    columns += ["poll_id", "house_id", "source_url"]
    return pd.concat(parts).reindex(columns=columns).reset_index(drop=True)


def questions_note(
    told: Mapping[str, Mapping[Any, Any]], ranked: list[House], edition: Edition
) -> str:
    """Say what line and band are, and whose the changes are that the title compares."""
    panel = told["fight_on.panel"]["panel"].split(",")
    houses = ", ".join(house.name for house in ranked if house.house_id in panel)
    return label("questions.note", edition, houses=houses)


def by_question(changes: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Row of each question."""
    names = [str(name) for name in changes.columns]
    rows = changes.itertuples(index=False, name=None)
    told = [dict(zip(names, row, strict=True)) for row in rows]
    return {str(row["question"]): row for row in told}


COLUMNS = {"article": 4, "wide": 4, "square": 2, "phone": 2, "card": 4}


def plot_questions(
    series: Mapping[str, pd.DataFrame],
    trends: Mapping[str, pd.DataFrame],
    changes: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    told: Mapping[str, Mapping[Any, Any]],
) -> Figure:
    """Draw a panel for each question, all with the same axes.

    Parameters
    ----------
    series : mapping of str to DataFrame
        Polls of each question: house_id, mid_date, share_pct (percent).
    trends : mapping of str to DataFrame
        date, mean, lower, upper (percent) of each question, to its last poll.
    changes : DataFrame
        question, mean, lower, upper (points), n_polls, n_houses: a row for each question;
        those that span no two windows have no mean. A thin line stands at start, where there is
        one: the first day of the window from which the change counts.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    told : mapping
        Findings by name, as for `questions_title`.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column or a house is missing.
    """
    require_columns(changes, "changes", ["question", *NUMBERS, "n_polls"])
    every = pd.concat(series.values())
    ranked = rank_houses(houses, every)
    rows = by_question(changes)
    with house_style():
        fig, first = new_figure(edition)
        first.remove()
        axes = _make_panels(fig, len(series), COLUMNS[edition.size])
        limits, levels = _limits(trends), _levels(series, trends)
        for ax, name in zip(axes, series, strict=True):
            _draw_panel(ax, name, series[name], trends[name], ranked)
            _set_axes(ax, limits, levels, edition)
            _head_panel(ax, name, rows[name], edition)
            if pd.notna(start := rows[name].get("start")):
                ax.axvline(start, color=INK["quiet"], linewidth=0.8, zorder=1.5, gid=f"from-{name}")
        finish(
            fig,
            questions_title(told, edition),
            label("questions.short" if edition.size == "phone" else "questions.subtitle", edition),
            name_sources(ranked, edition),
            last_day(every),
            note=questions_note(told, ranked, edition),
            key=sector_key(ranked, edition),
            rows=LINES * len(axes) // COLUMNS[edition.size],
            edition=edition,
        )
    return fig


def _make_panels(fig: Figure, n: int, columns: int) -> list[Axes]:
    """Axes in rows of so many, sharing both scales."""
    rows = -(-n // columns)
    axes = fig.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    space = 0.7 if rows == 2 else 0.75
    fig.subplots_adjust(hspace=space, wspace=0.12)
    for ax in axes.flat[n:]:
        ax.remove()
    return list(axes.flat[:n])


def _draw_panel(
    ax: Axes, name: str, obs: pd.DataFrame, trend: pd.DataFrame, ranked: list[House]
) -> None:
    dots = obs[["house_id", "mid_date", "share_pct"]]
    for house in ranked:
        mine = dots[dots["house_id"] == house.house_id]
        ax.plot(
            mine["mid_date"],
            mine["share_pct"],
            linestyle="none",
            marker=house.shape,
            markersize=marker_size(house.shape, 3.6),
            color=house.colour,
            markeredgewidth=0,
            gid=f"polls-{name}-{house.house_id}",
        )
    band = (trend["date"], trend["lower"], trend["upper"])
    ax.fill_between(*band, color=ESTIMATE, alpha=0.14, linewidth=0)
    ax.plot(trend["date"], trend["mean"], color=ESTIMATE, linewidth=1.4)


def _limits(trends: Mapping[str, pd.DataFrame]) -> tuple[pd.Timestamp, pd.Timestamp]:
    days = pd.concat([trend["date"] for trend in trends.values()])
    space = pd.Timedelta(days=30)
    return pd.Timestamp(days.min()) - space, pd.Timestamp(days.max()) + space


def _levels(
    series: Mapping[str, pd.DataFrame], trends: Mapping[str, pd.DataFrame]
) -> tuple[float, float]:
    """Whole tens that hold all dots and bands."""
    dots = pd.concat([obs["share_pct"] for obs in series.values()])
    bands = pd.concat([trend[["lower", "upper"]] for trend in trends.values()])
    low = min(dots.min(), bands["lower"].min())
    high = max(dots.max(), bands["upper"].max())
    return max(0.0, low // 10 * 10), min(100.0, -(-high // 10) * 10)


def _set_axes(
    ax: Axes,
    limits: tuple[pd.Timestamp, pd.Timestamp],
    levels: tuple[float, float],
    edition: Edition,
) -> None:
    """Quarters in percent; a tick on each 1 January, and digits of as many years as fit."""
    ax.set_ylim(*levels)
    ticks = [tick for tick in (25, 50, 75) if levels[0] < tick < levels[1]]
    ax.set_yticks(ticks, [show_number(tick, edition) for tick in ticks])
    ax.tick_params(axis="y", labelsize=8)
    first, last = limits
    ax.set_xlim(day_number(first), day_number(last))
    years = range(first.year, last.year + 1)
    starts = [pd.Timestamp(year=year, month=1, day=1) for year in years]
    ends = [pd.Timestamp(year=year + 1, month=1, day=1) for year in years]
    seen = [
        (year, day_number(max(a, first)), day_number(min(b, last)))
        for year, a, b in zip(years, starts, ends, strict=True)
    ]
    named = [(short_year(year), (a + b) / 2) for year, a, b in seen if b - a >= SEEN * DAYS]
    step = -(-len(named) // YEARS_NAMED)
    ax.set_xticks([day for _, day in named[::step]], [name for name, _ in named[::step]])
    ax.set_xticks([day_number(day) for day in starts if day > first], minor=True)
    ax.tick_params(axis="x", which="major", length=0, pad=3, labelsize=8)
    ax.tick_params(axis="x", which="minor", length=3, width=0.8)
    ax.tick_params(axis="x", which="both", labelbottom=True)
    if edition.size == "phone":  # the lowest panels name the years for all
        ax.label_outer()


def _head_panel(ax: Axes, name: str, told: Mapping[Any, Any], edition: Edition) -> None:
    """Question and its change above a panel."""
    head: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    words = label(f"questions.panel.{name}", edition)
    ax.annotate(words, (0, 1), xytext=(0, 15), weight="bold", size=8, va="bottom", **head)
    change = label("questions.none", edition)
    if np.isfinite(told["mean"]):
        change = show_interval(told["mean"], told["lower"], told["upper"], edition)
    ax.annotate(change, (0, 1), xytext=(0, 4), size=7.5, va="bottom", color=INK["main"], **head)


# Question of a panel, with the construct and pole it shows, in reading order.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "support": ("support", "for"),
    "continue": ("talks", "against"),
    "talks": ("talks", "for"),
    "success": ("success", "for"),
    "undo": ("undo", "for"),
    "peace_deal": ("peace_deal", "for"),
    "peace_deal_territory": ("peace_deal_territory", "for"),
    "withdraw": ("withdraw", "for"),
}


def _series(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    from analysis.findings import take_polls

    return {name: take_polls(fitted, *asked) for name, asked in QUESTIONS.items()}


def _trends(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    return {name: estimate_pole(fitted, *asked) for name, asked in QUESTIONS.items()}


def _told(fitted: FittedPolls) -> dict[str, dict[str, Any]]:
    """Findings by name.

    Raises
    ------
    ValueError
        No house asked about fighting on and about support in both windows yet.
    """
    from analysis.findings import findings

    def tell() -> dict[str, dict[str, Any]]:
        frame = findings(fitted, ["support", "questions"])
        names = [str(name) for name in frame.columns]
        rows = (dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False))
        told = {str(row["finding"]): row for row in rows}
        if not {"fight_on.panel", "fight_on.support"} <= set(told):
            raise ValueError("No house asked about fighting on and support in both windows yet.")
        return told

    return fitted.keep("questions.told", tell)


# The finding of each panel where it is not called like it: what the title compares is of the same
# houses and windows.
FINDINGS = {"support": "fight_on.support", "continue": "fight_on.panel"}


def _changes(fitted: FittedPolls) -> pd.DataFrame:
    """Change of each question, between its windows or from its first poll to its last."""
    told, rows = _told(fitted), []
    for name, polls in _series(fitted).items():
        row = told.get(FINDINGS.get(name, f"{name}.panel"), told.get(f"{name}.whole", {}))
        numbers = {key: row.get(key, np.nan) for key in NUMBERS} | {"start": row.get("start")}
        counts = {"n_polls": len(polls), "n_houses": polls["house_id"].nunique()}
        rows.append({"question": name, **numbers, **counts})
    return pd.DataFrame(rows)


def _say_paired(told: Mapping[str, Mapping[Any, Any]], edition: Edition) -> list[str]:
    """The difference of the two changes within waves, where there are waves that asked both."""
    if "fight_on.paired" not in told:
        return []
    return [label("questions.paired", edition, **say_change(told["fight_on.paired"], edition))]


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    series, trends, changes = _series(fitted), _trends(fitted), _changes(fitted)
    houses, told = fitted.houses(edition), _told(fitted)
    fig = plot_questions(series, trends, changes, houses, edition, told=told)
    ranked = rank_houses(houses, pd.concat(series.values()))
    n_polls = sum(len(polls) for polls in series.values()) - len(series["continue"])
    alt = label(
        "questions.alt",
        edition,
        n=len(series),
        support=say_change(told["fight_on.support"], edition)["change"],
        fight=say_change(told["fight_on.panel"], edition)["change"],
        talks=say_change(told["talks.panel"], edition)["change"],
    )
    lines = [
        label(
            "questions.counted",
            edition,
            name=label(f"questions.panel.{name}", edition),
            polls=plural("count.polls", int(row["n_polls"]), edition),
            houses=plural("count.houses", int(row["n_houses"]), edition),
        )
        for name, row in by_question(changes).items()
    ]
    caption = "\n".join(
        [
            "; ".join(lines) + ".",
            " ".join([questions_note(told, ranked, edition), *_say_paired(told, edition)]),
            label("questions.method", edition, polls=plural("count.polls", n_polls, edition)),
            source_line(
                name_sources(ranked, edition), last_day(pd.concat(series.values())), edition
            ),
        ]
    )
    number = label("card.no_difference", edition)
    if _is_apart(told):
        number = say_headline(told["fight_on.panel"], edition)
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "all-questions",
        "Support, talks, an end of the war and other questions side by side.",
        _draw_published,
        lambda fitted: questions_data(_series(fitted), _trends(fitted)),
        model="questions",
        seconds=4.0,
    ),
)
