"""How many of those spoken with finish an interview: rates that one house counted alike."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import BEHIND_MARKS
from figures.kit.frames import House, name_sources, rank_houses, require_columns
from figures.kit.labels import label, show_date, show_number
from figures.kit.layout import lead_evenly
from figures.kit.save import Rendering
from figures.kit.style import INK, house_style, marker_size, new_figure

# A rate of one poll shows nothing of time.
FEWEST = 2
# Before the first poll there is room for its number.
BEFORE, AFTER = pd.Timedelta(days=140), pd.Timedelta(days=90)
HEADROOM = 1.25
# Points that headings hang over the axes at its left, above the numbers there.
HANGING = 26
DIGITS = 2
# Panels beside each other, and lines of type that one takes on a phone with its heading.
BESIDE, LINES = 3, 6
# Series whose range an alt text tells; of more it tells one less, and how many are left.
MOST_TOLD = 4


def plot_participation(
    series: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    by_phone: bool = True,
) -> Figure:
    """Draw the rates of each series in a panel of its own.

    Parameters
    ----------
    series : DataFrame
        house_id, kind ("completes", "cooperation" or "refused"), study, date, value_pct, as from
        :func:`analysis.sensitivity.rates.participation_series`.
    houses : DataFrame
        house_id, sector, name.
    edition : Edition
        Language and size, and the day by which all was known.
    by_phone : bool
        Whether all polls were done by telephone, as the subtitle then says.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing, or no series has two polls.
    """
    groups = _split(series)
    ranked = {house.house_id: house for house in _rank(series, houses)}
    last = series["date"].max()
    limits = (series["date"].min() - BEFORE, last + AFTER)
    with house_style():
        fig, first = new_figure(edition)
        first.remove()
        beside = 1 if edition.size == "phone" else min(len(groups), BESIDE)
        shape = (-(-len(groups) // beside), beside)
        finishing = max(rates["value_pct"].max() for rates in groups if not _is_refusal(rates))
        panels = fig.subplots(*shape, squeeze=False).ravel().tolist()
        for spare in panels[len(groups) :]:
            spare.remove()
        for ax, rates in zip(panels, groups, strict=False):
            # Numbers above the highest dot keep clear of the heading.
            top = 100.0 if _is_refusal(rates) else finishing * HEADROOM
            # Panels that share the height have room for half of the numbers.
            step = 20 if _is_refusal(rates) else _step(finishing)
            label_percent(ax, 0, top, edition, step=step * (1 + (shape[0] > 1)))
            label_time(ax, *limits, edition, is_narrow=True)
            _draw(ax, rates, ranked[rates["house_id"].iloc[0]], edition)
        fig.subplots_adjust(wspace=0.3, hspace=0.75)
        finish(
            fig,
            participation_title(series, edition),
            label(f"participation.subtitle{'' if by_phone else '.any'}", edition),
            name_sources(list(ranked.values()), edition),
            last,
            note=label("participation.note", edition),
            rows=LINES * len(groups) if edition.size == "phone" else 0,
            edition=edition,
        )
    return fig


def participation_title(series: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say how many finish from poll to poll, and whether any series ends worse than ever before.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-03-01", "2022-06-01", "2022-09-01"])
    >>> series = pd.DataFrame({"house_id": "levada", "kind": "completes", "date": days,
    ...                        "value_pct": [6.0, 4.0, 5.0]})
    >>> participation_title(series).replace(chr(160), " ").split("; ")[1]
    'too few polls for a trend'
    """
    from analysis.sensitivity import ENOUGH_POLLS, ends_worst

    groups = _split(series)
    worse = sum(ends_worst(rates) for rates in groups)
    finishing = pd.concat([rates["value_pct"] for rates in groups if not _is_refusal(rates)])
    few = max(map(len, groups)) < ENOUGH_POLLS
    return label(
        f"participation.title.{'harder' if worse else 'few' if few else 'no_harder'}",
        edition,
        low=show_number(finishing.min(), edition),
        high=show_number(finishing.max(), edition),
        n=show_number(worse, edition),
        series=show_number(len(groups), edition),
    )


def _split(series: pd.DataFrame) -> list[pd.DataFrame]:
    """Series of at least two polls, the longest first, refusals last."""
    require_columns(series, "series", ["house_id", "kind", "date", "value_pct"])
    groups = [
        rates.sort_values("date")
        for _, rates in series.groupby(["house_id", "kind"])
        if len(rates) >= FEWEST
    ]
    if not any(not _is_refusal(rates) for rates in groups):
        raise ValueError("No house has counted alike in two polls who finishes an interview.")
    return sorted(groups, key=lambda rates: (_is_refusal(rates), -len(rates)))


def _is_refusal(rates: pd.DataFrame) -> bool:
    return bool((rates["kind"] == "refused").all())


def _step(highest: float) -> int:
    """Percent from line to line, for about six lines."""
    return next(step for step in (2, 5, 10, 20) if highest <= 6 * step or step == 20)


def _rank(series: pd.DataFrame, houses: pd.DataFrame) -> list[House]:
    return rank_houses(houses, series.rename(columns={"date": "mid_date"}))


def _draw(ax: Axes, rates: pd.DataFrame, house: House, edition: Edition) -> None:
    """Dots, the numbers of the lowest and the highest of them, and what they are."""
    ax.plot(
        rates["date"], rates["value_pct"], linestyle="none", marker=house.shape,
        markersize=marker_size(house.shape, 6), color=house.colour, markeredgecolor="white",
        markeredgewidth=0.5, gid=f"polls-{house.house_id}-{rates['kind'].iloc[0]}",
    )  # fmt: skip
    highest, lowest = (rates.iloc[int(of(rates["value_pct"]))] for of in (np.argmax, np.argmin))
    for row, off in ((highest, (0, 5)), (lowest, (-6, 0))):
        ax.annotate(
            show_number(row["value_pct"], edition), (row["date"], row["value_pct"]), xytext=off,
            textcoords="offset points", ha="right" if off[0] else "center",
            va="center" if off[0] else "bottom", color=INK["main"], weight="bold", size=8.5,
            zorder=BEHIND_MARKS, bbox={"facecolor": "white", "linewidth": 0, "pad": 0.5},
        )  # fmt: skip
    words = label(f"participation.panel.{rates['kind'].iloc[0]}", edition, house=house.name)
    name, _, what = words.partition(":")
    head = f"{name}:{what}".replace("|", " " if edition.size == "phone" else "\n")
    text = ax.annotate(
        head, (0, 1), xycoords="axes fraction", xytext=(-HANGING, 7), textcoords="offset points",
        size=8.5, weight="bold", va="bottom",
    )  # fmt: skip
    lead_evenly(text)


def make_series(fitted: FittedPolls) -> pd.DataFrame:
    """Rates that were known by the day of a fitted."""
    from analysis.sensitivity import participation_series

    def make() -> pd.DataFrame:
        series = participation_series(fitted.tables["participation"])
        if fitted.as_of is not None:
            series = series[series["date"] <= pd.Timestamp(fitted.as_of)]
        return series.round({"value_pct": DIGITS}).reset_index(drop=True)

    return fitted.keep("participation", make)


def participation_alt(
    series: pd.DataFrame, ranked: Sequence[House], edition: Edition = DEFAULT
) -> str:
    """Range of each series, for those who do not see the picture."""
    from analysis.sensitivity import ends_worst

    names = {house.house_id: house.name for house in ranked}
    groups = _split(series)
    ranges = [
        label(
            f"participation.range.{rates['kind'].iloc[0]}",
            edition,
            house=names[rates["house_id"].iloc[0]],
            range=_say_range(rates["value_pct"], edition),
        )
        for rates in (groups if len(groups) <= MOST_TOLD else groups[: MOST_TOLD - 1])
    ]
    if left := len(groups) - len(ranges):
        ranges.append(label("participation.range.more", edition, n=left))
    first, last = (show_date(day, edition, "LLLL y") for day in _ends(series["date"]))
    worse = sum(map(ends_worst, groups))
    count = show_number(len(groups), edition)
    key = f"participation.alt.{'harder' if worse else 'no_harder'}"
    return label(
        "participation.alt",
        edition,
        series=count,
        first=first,
        last=last,
        ranges="; ".join(ranges),
        harder=label(key, edition, n=show_number(worse, edition), series=count),
    )


def _say_range(rates: pd.Series, edition: Edition) -> str:
    """Lowest and highest of some rates, or one number where both are shown alike."""
    ends = dict.fromkeys(show_number(rate, edition) for rate in (rates.min(), rates.max()))
    return "\N{EN DASH}".join(ends)


def _ends(days: pd.Series) -> tuple[date, date]:
    return days.min(), days.max()


# Two studies that the caption names, whatever others tell later: study and measure.
OTHERS = {
    "normally": ("Levada survey of April 2022", "normally_do_not_take_part"),
    "least": ("Russian Field, polls on the war", "completes_of_reached_least"),
    "most": ("Russian Field, polls on the war", "completes_of_reached_most"),
}


def _say_others(fitted: FittedPolls, edition: Edition) -> list[str]:
    """What others found, where all of it had been published."""
    if fitted.as_of is not None:
        return []
    rates = fitted.tables["participation"]
    told = rates.groupby(["study", "measure"])["value"].last()
    values = {name: show_number(float(told[key]), edition) for name, key in OTHERS.items()}
    return [label("participation.others", edition, **values)]


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    series, houses = make_series(fitted), fitted.houses(edition)
    studies = fitted.tables["participation"]
    modes = studies.loc[studies["study"].isin(series["study"]), "mode"]
    fig = plot_participation(series, houses, edition, by_phone=bool(modes.eq("cati").all()))
    ranked = _rank(series, houses)
    caption = "\n".join(
        [
            label("participation.question", edition),
            label("participation.limits", edition),
            *_say_others(fitted, edition),
            source_line(name_sources(ranked, edition), series["date"].max(), edition),
        ]
    )
    finishing = series.loc[series["kind"] != "refused", "value_pct"]
    low, high = (show_number(value, edition) for value in (finishing.min(), finishing.max()))
    number = label("range.percent", edition, low=low, high=high)
    return Rendering(fig, participation_alt(series, ranked, edition), caption, edition, number)


ENTRIES = (
    Entry(
        "participation-support",
        "How many of those spoken with finish an interview: series that a house counted alike.",
        _draw_published,
        make_series,
    ),
)
