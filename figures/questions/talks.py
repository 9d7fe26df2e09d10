"""Talks against fighting on: every poll, both lines, and what became of support meanwhile."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import judge_change, name_since, name_time, say_change
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import (
    House,
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
)
from figures.kit.labels import label, plural, show_number
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import ANSWER_COLOURS, INK, house_style, marker_size, new_figure
from figures.questions._pole_trends import NUMBERS, estimate_pole

# Colour and column of each side; the line of a side is drawn in the colour of its answers.
SIDES = {"talks": ("for", "for_pct"), "continue": ("against", "against_pct")}


def plot_talks(
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    changes: Mapping[str, Mapping[str, Any]],
) -> Figure:
    """Draw the shares for talks and for fighting on: polls as dots, means as lines with bands.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct (talks), against_pct (fighting on; may be missing).
    trends : mapping of str to DataFrame
        date, mean, lower, upper (percent) of "talks" and "continue".
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    changes : mapping of str to mapping
        Change of "talks", "continue" and "support" between the first and last day that
        the question and support have in common: mean, lower, upper (points),
        prob_negative, start.

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
        margin = _draw(ax, obs, trends, ranked, edition)
        margin.draw()
        finish(
            fig,
            talks_title(changes, edition),
            label("talks.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(changes, len(ranked), edition),
            foot_key=[KeyEntry(h.marker, INK["quiet"], name_counted(h, edition)) for h in ranked],
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def talks_title(changes: Mapping[str, Mapping[str, Any]], edition: Edition = DEFAULT) -> str:
    """Say what became of the wish to fight on, and of support over the same dates.

    Parameters
    ----------
    changes : mapping
        As for `plot_talks`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> from datetime import date
    >>> fell = {"mean": -16, "lower": -26, "upper": -7, "prob_negative": 1.0}
    >>> stayed = {"mean": -3, "lower": -9, "upper": 3, "prob_negative": 0.8}
    >>> changes = {"continue": {**fell, "start": date(2022, 6, 15)}, "support": stayed}
    >>> talks_title(changes).replace(chr(160), " ").split(":")[0]
    'The wish to fight on has fallen since summer 2022'
    """
    mine, support = changes["continue"], changes["support"]
    kind = judge_change(mine)
    beside = "moved" if judge_change(support).endswith(("fell", "rose")) else "still"
    said, other = say_change(mine, edition), say_change(support, edition)
    return label(
        f"talks.title.{kind if kind in ('fell', 'rose') else 'unclear'}.{beside}",
        edition,
        since=name_since(pd.Timestamp(mine["start"]), edition),
        change=said["change"],
        support=other["change"],
    )


def talks_data(obs: pd.DataFrame, trends: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Dots and lines as drawn.

    Returns
    -------
    DataFrame
        kind ("poll" or "estimate"), side ("talks" or "continue"), date, value_pct,
        lower_pct, upper_pct, poll_id, house_id, source_url.
    """
    parts = []
    for side, (_, column) in SIDES.items():
        polls = obs[obs[column].notna()].rename(columns={"mid_date": "date"})
        parts.append(polls.assign(kind="poll", side=side, value_pct=polls[column]))
        names = dict(zip(NUMBERS, ("value_pct", "lower_pct", "upper_pct"), strict=True))
        parts.append(trends[side].rename(columns=names).assign(kind="estimate", side=side))
    columns = ["kind", "side", "date", "value_pct", "lower_pct", "upper_pct"]
    columns += ["poll_id", "house_id", "source_url"]
    return pd.concat(parts).reindex(columns=columns).reset_index(drop=True)


def _draw(
    ax: Axes,
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    ranked: list[House],
    edition: Edition,
) -> Margin:
    labels = []
    for side, (answer, column) in SIDES.items():
        colour, trend = ANSWER_COLOURS[answer], trends[side]
        for house in ranked:
            mine = obs[obs["house_id"] == house.house_id]
            ax.plot(
                mine["mid_date"],
                mine[column],
                linestyle="none",
                marker=house.marker,
                markersize=marker_size(house.marker, 5),
                color=colour,
                alpha=0.6,
                markeredgecolor="white",
                markeredgewidth=0.4,
                gid=f"polls-{side}-{house.house_id}",
            )
        band = (trend["date"], trend["lower"], trend["upper"])
        ax.fill_between(*band, color=colour, alpha=0.2, linewidth=0, gid=f"band-{side}")
        ax.plot(trend["date"], trend["mean"], color=colour, linewidth=2.6, gid=f"estimate-{side}")
        last = trend["mean"].iloc[-1]
        words = label(f"talks.line.{side}", edition, n=show_number(last, edition))
        labels.append(MarginLabel(last, words, colour, "-", "bold"))
    low = min([obs[column].min() for _, column in SIDES.values()])
    high = max([obs[column].max() for _, column in SIDES.values()])
    whole = pd.concat(trends.values())
    low, high = min(low, whole["lower"].min()), max(high, whole["upper"].max())
    label_percent(ax, low - 1, high + 1, edition)
    space = pd.Timedelta(days=20)
    label_time(ax, whole["date"].min() - space, whole["date"].max() + space, edition)
    return Margin(ax, labels)


def _note(changes: Mapping[str, Mapping[str, Any]], houses: int, edition: Edition) -> str:
    told = {
        f"{name}_{key}": value
        for name in ("talks", "continue", "support")
        for key, value in say_change(changes[name], edition).items()
    }
    count = plural("count.houses", houses, edition)
    return label("talks.note", edition, houses=count, **told)


def _trends(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    return {side: estimate_pole(fitted, "talks", answer) for side, (answer, _) in SIDES.items()}


def _changes(fitted: FittedPolls) -> dict[str, dict[str, Any]]:
    def estimate() -> dict[str, dict[str, Any]]:
        from analysis.findings import fit_pole
        from analysis.questions import question_changes

        fits = {side: fit_pole(fitted, "talks", answer) for side, (answer, _) in SIDES.items()}
        table = question_changes(fits | {"support": fit_pole(fitted, "support", "for")})
        rows = {row["question"]: row for row in table.to_dict("records")}
        start, end = rows["continue"]["start"], rows["continue"]["end"]
        if start >= end:
            raise ValueError("The polls on talks and on support share no two days yet.")
        (support,) = fit_pole(fitted, "support", "for").values()
        rows["support"] = dict(support.change(start, end)) | {"start": start}
        keys = (*NUMBERS, "prob_negative", "start")
        return {name: {key: row[key] for key in keys} for name, row in rows.items()}

    return fitted.keep("talks.changes", estimate)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs("talks"), fitted.houses(edition)
    trends, changes = _trends(fitted), _changes(fitted)
    fig = plot_talks(obs, trends, houses, edition, changes=changes)
    ranked = rank_houses(houses, obs)
    ends = {
        f"{side}_{name}": show_number(trend["mean"].iloc[place], edition)
        for side, trend in trends.items()
        for name, place in (("start", 0), ("end", -1))
    }
    days = trends["continue"]["date"]
    alt = label(
        "talks.alt",
        edition,
        polls=plural("count.polls", len(obs), edition),
        start=name_time(days.iloc[0], edition),
        end=name_time(days.iloc[-1], edition),
        **ends,
    )
    names = "; ".join(f"{house.name} ({house.n_polls})" for house in ranked)
    caption = "\n".join(
        [
            label("talks.method", edition, names=names),
            _note(changes, len(ranked), edition),
            label("talks.question", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "talks-continue",
        "Peace talks against fighting on: every poll, and the mean of the houses.",
        _draw_published,
        lambda fitted: talks_data(fitted.obs("talks"), _trends(fitted)),
        model="questions",
        seconds=2.0,
    ),
)
