"""Two pollsters over time: support of all, and of those with an opinion, where they cross."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import name_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import House, last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import (
    NO_BREAK,
    label,
    plural,
    round_shown,
    show_date,
    show_number,
    show_share,
)
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import INK, OTHER, house_style, marker_size, new_figure

SIDES = ("of_all", "of_opinion")
LINE_STYLES = ("-", (0, (5, 2)))
SPACE = pd.Timedelta(days=30)
DIGITS = 2
# Lines of type that a panel is as high as, where a figure may grow.
LINES = 8


def plot_opinion_spread(
    polls: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    pair: list[str],
    gaps: Mapping[str, Mapping[str, Any]],
) -> Figure:
    """Draw the polls of two houses as joined dots, of all at the left, of those with an opinion.

    Parameters
    ----------
    polls : DataFrame
        house_id, mid_date, of_all, of_opinion (percent), as from
        :func:`analysis.findings.opinion.opinion_polls`; those of other houses are pale.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    pair : list of str
        The two houses.
    gaps : mapping of str to mapping
        The first house less the second, by finding: mean, lower, upper, direction, start,
        start_until, as :func:`analysis.findings.opinion.opinion_findings` gives them.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing.
    """
    require_columns(polls, "polls", ["house_id", "mid_date", *SIDES])
    ranked = {house.house_id: house for house in rank_houses(houses, polls)}
    two = [ranked[house] for house in pair]
    with house_style():
        fig, left = new_figure(edition)
        right = _split(fig, left)
        for ax, side in zip((left, right), SIDES, strict=True):
            _draw_side(ax, polls, two, side, edition)
        is_phone = edition.size == "phone"
        right.tick_params(axis="y", labelleft=is_phone)
        # A phone has no room for names beside a panel, which gets their width.
        margin = Margin(right, [] if is_phone else _labels(polls, two, edition))
        margin.draw()
        finish(
            fig,
            spread_title(two, gaps, edition),
            label("spread.support.subtitle", edition),
            name_sources(list(ranked.values()), edition),
            last_day(polls),
            note=label("spread.note", edition),
            key=[KeyEntry(h.marker, h.colour, h.name) for h in two] if is_phone else (),
            rows=LINES * len(SIDES),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def spread_title(
    two: list[House], gaps: Mapping[str, Mapping[str, Any]], edition: Edition = DEFAULT
) -> str:
    """Say how two houses lie among those with an opinion, then and now.

    Parameters
    ----------
    two : list of House
    gaps : mapping
        As for `plot_opinion_spread`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> two = [House(n, "state", n, 9, "#000000", "o") for n in ("A", "B")]
    >>> at = {"start": pd.Timestamp("2022-04-01"), "start_until": pd.Timestamp("2022-05-31")}
    >>> then = {"mean": -7.5, "direction": "lower", **at}
    >>> year = {"start": pd.Timestamp("2025-01-01"), "start_until": pd.Timestamp("2025-12-31")}
    >>> now = {"mean": 5.6, "direction": "higher", **year}
    >>> gaps = {"opinion.of_opinion.base": then, "opinion.of_opinion.last": now}
    >>> spread_title(two, gaps).replace(chr(160), " ").split(": ")[1]
    'B 8 points above A in April and May 2022, 6 below in year to Dec 2025'
    """
    then, now = _ends(gaps, "of_opinion")
    first, second = two
    told = {
        "time": name_time(then["start"], edition, then["start_until"]),
        "year": show_date(now["start_until"], edition, "LLL y").replace(" ", NO_BREAK),
    }
    if not _is_crossed(gaps):
        ends = (show_number(gap["mean"], edition, with_sign=True) for gap in (then, now))
        told |= dict(zip(("then", "now"), ends, strict=True))
        return label("spread.support.same", edition, house=first.name, other=second.name, **told)
    led, leads = (first, second) if then["direction"] == "higher" else (second, first)
    points = int(round_shown(abs(then["mean"])))
    told |= {
        "points": plural("count.points", points, edition),
        "n": show_number(abs(now["mean"]), edition),
    }
    return label("spread.support.crossed", edition, led=led.name, leads=leads.name, **told)


def _is_crossed(gaps: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether one led clearly then, and clearly the other now."""
    return {row["direction"] for row in _ends(gaps, "of_opinion")} == {"lower", "higher"}


def _ends(gaps: Mapping[str, Mapping[str, Any]], side: str) -> list[Mapping[str, Any]]:
    """The gap of a side in the first and in the last window."""
    return [row for name, row in gaps.items() if name.startswith(f"opinion.{side}.")]


def _split(fig: Figure, left: Axes) -> Axes:
    """Put a second panel beside the first, or below it on a phone, with a common scale."""
    grid = left.get_gridspec()
    assert grid is not None, "axes of new_figure stand in a grid"
    is_narrow = fig.get_figwidth() < fig.get_figheight()
    inner = (
        fig.add_gridspec(2, 1, hspace=0.45) if is_narrow else fig.add_gridspec(1, 2, wspace=0.08)
    )
    left.set_subplotspec(inner[0])
    return fig.add_subplot(inner[1], sharey=left)


def _draw_side(
    ax: Axes, polls: pd.DataFrame, two: list[House], side: str, edition: Edition
) -> None:
    highest = max(two, key=lambda house: float(_last(polls, house)[side]))
    others = polls[~polls["house_id"].isin([house.house_id for house in two])]
    ax.plot(others["mid_date"], others[side], color=OTHER, marker="o", markersize=3.5,
            linestyle="none", markeredgewidth=0, gid=f"others-{side}")  # fmt: skip
    for house, style in zip(two, LINE_STYLES, strict=True):
        mine = polls[polls["house_id"] == house.house_id].sort_values("mid_date")
        ax.plot(
            mine["mid_date"], mine[side], color=house.colour, linestyle=style, linewidth=1.4,
            marker=house.marker, markersize=marker_size(house.marker, 4.5),
            markeredgecolor="white", markeredgewidth=0.4, gid=f"polls-{side}-{house.house_id}",
        )  # fmt: skip
        if side == "of_all" or edition.size == "phone":
            last = _last(polls, house)
            # On the side that the line does not come from; where the two end near each other, as
            # they do among those with an opinion, the first stands above.
            is_rising = mine[side].diff().iloc[-1] > 0
            up = 1 if (is_rising if side == "of_all" else house == highest) else -1
            number = last[side] if side == "of_all" else round_shown(last[side])
            ax.annotate(
                show_share(number, edition), (last["mid_date"], last[side]), xytext=(0, 7 * up),
                textcoords="offset points", ha="center", va="bottom" if up > 0 else "top",
                color=INK["main"], weight="bold",
            )  # fmt: skip
    whole = polls[list(SIDES)].to_numpy(dtype=float)
    label_percent(ax, whole.min() - 1, min(100.0, whole.max() + 2), edition)
    days = polls["mid_date"]
    label_time(ax, days.min() - SPACE, days.max() + SPACE, edition, is_narrow=True)
    ax.annotate(
        label(f"spread.{side}", edition), (0, 1), xycoords="axes fraction", xytext=(0, 4),
        textcoords="offset points", color=INK["main"], weight="bold", size=8.5, va="bottom",
    )  # fmt: skip


def _labels(polls: pd.DataFrame, two: list[House], edition: Edition) -> list[MarginLabel]:
    """Names beside the right panel, with the last value of both."""
    labels = []
    for house in two:
        last = _last(polls, house)
        number = show_number(last["of_opinion"], edition)
        words = label("spread.house", edition, name=house.name, n=number)
        labels.append(MarginLabel(last["of_opinion"], words, house.colour, house.marker, "bold"))
    return labels


def _last(polls: pd.DataFrame, house: House) -> "pd.Series[Any]":
    return polls[polls["house_id"] == house.house_id].sort_values("mid_date").iloc[-1]


def _answers(fitted: FittedPolls) -> dict[str, Any]:
    """What the picture shows."""

    def ask() -> dict[str, Any]:
        from analysis.findings import findings, two_pollsters

        found = two_pollsters(fitted)
        if found is None:
            raise ValueError("Two houses that print both answers in both windows are needed.")
        polls, pair, _ = found
        gaps = findings(fitted, ["opinion"]).set_index("finding").to_dict("index")
        return {"polls": polls, "pair": pair, "gaps": gaps}

    return fitted.keep("opinion_spread", ask)


def spread_data(polls: pd.DataFrame) -> pd.DataFrame:
    """The dots as drawn.

    Returns
    -------
    DataFrame
        poll_id, house_id, date, of_all_pct, of_opinion_pct, source_url.
    """
    names = {"mid_date": "date", "of_all": "of_all_pct", "of_opinion": "of_opinion_pct"}
    columns = ["poll_id", "house_id", "date", "of_all_pct", "of_opinion_pct", "source_url"]
    data = polls.rename(columns=names).reindex(columns=columns)
    return data.round({"of_opinion_pct": DIGITS}).reset_index(drop=True)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    houses, found = fitted.houses(edition), _answers(fitted)
    polls = found["polls"]
    fig = plot_opinion_spread(houses=houses, edition=edition, **found)
    ranked = rank_houses(houses, polls)
    names = {house.house_id: house.name for house in ranked}
    numbers = {
        f"{name}_{end}": show_number(row["mean"], edition, with_sign=True)
        for name, side in zip(("all", "opinion"), SIDES, strict=True)
        for end, row in zip(("then", "now"), _ends(found["gaps"], side), strict=True)
    }
    then, now = _ends(found["gaps"], "of_all")
    alt = label(
        "spread.alt",
        edition,
        house=names[found["pair"][0]],
        other=names[found["pair"][1]],
        time=name_time(then["start"], edition, then["start_until"]),
        year=show_date(now["start_until"], edition, "LLL y").replace(" ", NO_BREAK),
        **numbers,
    )
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("spread.method", edition),
            source_line(name_sources(ranked, edition), last_day(polls), edition),
        ]
    )
    is_crossed = _is_crossed(found["gaps"])
    number = label("card.places" if is_crossed else "card.no_change", edition)
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "opinion-spread-support",
        "Two pollsters over time: support of all, and of those with an opinion.",
        _draw_published,
        lambda fitted: spread_data(_answers(fitted)["polls"]),
    ),
)
