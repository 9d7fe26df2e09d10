"""Support by age and by television over time: estimates with bands, weighted shares as dots."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.groups._words import Gap, name_group, who_note, who_title
from figures.kit.axes import label_percent, label_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish
from figures.kit.frames import require_columns
from figures.kit.labels import find_label, label
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.style import ESTIMATE, INK, house_style, new_figure

DIGITS = 2
KEYS = ["wave", "wording_variant", "date", "group"]
NUMBERS = ["mean", "lower", "upper"]
# Broken where a wave on either side asked in other words.
BROKEN = (0, (3, 2))
SPACE = pd.Timedelta(days=25)


def plot_who(
    shares: pd.DataFrame,
    weighted: pd.DataFrame,
    by: str,
    edition: Edition = DEFAULT,
    *,
    gap: Gap,
    source: str,
    data_to: date | pd.Timestamp,
) -> Figure:
    """Draw the share in each group over time, and in the title how two of them came apart.

    Parameters
    ----------
    shares : DataFrame
        wave, wording_variant, date, is_comparable, group, mean, lower, upper (percent), as
        from ``WhoResults.share(by)``.
    weighted : DataFrame
        wave, wording_variant, date, group, weighted_pct, as from ``compare_weighted(by)``.
    by : {"age_group", "tv_source"}
        What the groups are; labels.csv has the words under who.<by>.
    edition : Edition
        Language and size, and the day by which all polls were published.
    gap : Gap
        The finding.
    source : str
        Who made the interviews.
    data_to : date
        Last day of fieldwork.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing, or there are no words for `by`.

    See Also
    --------
    figures.groups._words.who_title : how the title follows the gap.
    """
    if find_label(f"who.{by}.subtitle") is None:
        raise ValueError(f"labels.csv has no words for who.{by}. Take age_group or tv_source.")
    drawn = who_data(shares, weighted)
    with house_style():
        fig, ax = new_figure(edition)
        margin = _draw(ax, drawn, by, gap, edition)
        margin.draw()
        finish(
            fig,
            who_title(by, gap, edition),
            label(f"who.{by}.subtitle", edition),
            source,
            data_to,
            note=who_note(by, edition),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def who_data(shares: pd.DataFrame, weighted: pd.DataFrame) -> pd.DataFrame:
    """Lines, bands and dots as drawn: one wording a wave, the one most waves share if asked.

    Parameters
    ----------
    shares, weighted : DataFrame
        As for `plot_who`.

    Returns
    -------
    DataFrame
        wave, wording_variant, is_comparable, date, group, value_pct, lower_pct, upper_pct,
        weighted_pct; groups in the order given, by date.
    """
    require_columns(shares, "shares", [*KEYS, "is_comparable", *NUMBERS])
    require_columns(weighted, "weighted", [*KEYS, "weighted_pct"])
    both = shares.merge(weighted[[*KEYS, "weighted_pct"]], on=KEYS, how="left")
    best = both.groupby("wave")["is_comparable"].transform("max")
    both = both[both["is_comparable"] == best]
    # Of several other wordings the first asked stands for the wave.
    first = both.groupby("wave")["wording_variant"].transform("first")
    both = both[both["wording_variant"] == first].rename(
        columns={"mean": "value_pct", "lower": "lower_pct", "upper": "upper_pct"}
    )
    order = {group: k for k, group in enumerate(dict.fromkeys(shares["group"]))}
    both = both.assign(place=both["group"].map(order)).sort_values(["place", "date"])
    numbers = ["value_pct", "lower_pct", "upper_pct", "weighted_pct"]
    both[numbers] = both[numbers].round(DIGITS)
    kept = ["wave", "wording_variant", "is_comparable", "date", "group", *numbers]
    return both[kept].reset_index(drop=True)


def _draw(ax: Axes, drawn: pd.DataFrame, by: str, gap: Gap, edition: Edition) -> Margin:
    """Draw all groups, those of the gap strongest; return the labels beside them."""
    labels = []
    for group, mine in drawn.groupby("group", sort=False):
        is_told = group in (gap.a, gap.b)
        _draw_group(ax, mine.reset_index(drop=True), str(group), is_told=is_told)
        last = float(mine["value_pct"].iloc[-1])
        words = name_group(by, str(group), edition, share=last)
        colour = ESTIMATE if is_told else INK["quiet"]
        labels.append(MarginLabel(last, words, colour, "-", "bold" if is_told else "normal"))
    low = np.nanmin(drawn[["lower_pct", "weighted_pct"]].to_numpy())
    high = np.nanmax(drawn[["upper_pct", "weighted_pct"]].to_numpy())
    label_percent(ax, low - 1, high + 1, edition)
    label_time(ax, drawn["date"].min() - SPACE, drawn["date"].max() + SPACE, edition)
    return Margin(ax, labels)


def _draw_group(ax: Axes, mine: pd.DataFrame, group: str, *, is_told: bool) -> None:
    colour, width = (ESTIMATE, 2.2) if is_told else (INK["quiet"], 1.0)
    band = (mine["date"], mine["lower_pct"], mine["upper_pct"])
    alpha = 0.16 if is_told else 0.08
    ax.fill_between(*band, color=colour, alpha=alpha, linewidth=0, gid=f"band-{group}")
    same = mine["is_comparable"].to_numpy(dtype=bool)
    for k in range(len(mine) - 1):
        ax.plot(
            mine["date"][k : k + 2],
            mine["value_pct"][k : k + 2],
            color=colour,
            linewidth=width,
            linestyle="-" if same[k] and same[k + 1] else BROKEN,
            solid_capstyle="round",
            gid=f"estimate-{group}-{k}",
        )
    for is_same, kind in ((True, "same"), (False, "other")):
        dots = mine[same == is_same]
        ax.plot(
            dots["date"],
            dots["weighted_pct"],
            linestyle="none",
            marker="o",
            markersize=4.5 if is_told else 3.5,
            color=colour,
            markerfacecolor=colour if is_same else "white",
            markeredgecolor="white" if is_same else colour,
            markeredgewidth=0.4 if is_same else 1.0,
            clip_on=False,
            gid=f"polls-{kind}-{group}",
        )
