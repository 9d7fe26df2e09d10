"""What people who did not answer could change: bounds, and the response ratio needed."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.indirect import make_gaps
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import House, last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import ANSWER_COLOURS, INK, SHADE, house_style, marker_size, new_figure

# Response rate of the widest bars, percent: an assumption, said under the picture.
RESPONSE_PCT = 15.0
THICK, THIN = 0.62, 0.3
ITEM = ANSWER_COLOURS["refused"]
TICKS = (0.5, 1, 2, 4, 8)
# Room for the panel of ratios, as a share of that of the bounds.
WIDTHS = (1.15, 1.0)


class Found(NamedTuple):
    """A re-contact: the response ratio that it implies, and where that comes from."""

    ratio: float
    fresh_pct: float
    earlier_pct: float
    day: pd.Timestamp


def plot_nonresponse(
    obs: pd.DataFrame,
    rows: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    found: Found | None = None,
    response_pct: float = RESPONSE_PCT,
) -> Figure:
    """Draw, for each house, bounds of support at the left, the ratio needed at the right.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    rows : DataFrame
        As from `nonresponse_rows`.
    houses : DataFrame
        house_id, sector, name.
    edition : Edition
        Language and size, and the day by which all polls were published.
    found : Found, optional
        What a re-contact of people who had not answered implies.
    response_pct : float
        The response rate behind the widest bounds.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing.
    """
    columns = ["house_id", "date", "share_median", "item_upper", "unit_lower", "unit_upper"]
    require_columns(rows, "rows", [*columns, "median", "lower", "upper"])
    ranked = rank_houses(houses, obs)
    by_id = {house.house_id: house for house in ranked}
    shown = [by_id[house_id] for house_id in rows["house_id"]]
    with house_style():
        fig, left = new_figure(edition)
        right = _split(fig, left)
        _draw_bounds(left, rows, shown, edition)
        _draw_ratios(right, rows, shown, edition, found)
        finish(
            fig,
            nonresponse_title(rows, edition),
            label("nonresponse.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=label(
                f"nonresponse.note{'.found' if found else ''}",
                edition,
                rate=show_number(response_pct, edition),
            ),
            key=_key(edition, response_pct),
            edition=edition,
        )
    return fig


def nonresponse_title(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say how much likelier supporters must be to answer, at the ends of the houses.

    Examples
    --------
    >>> title = nonresponse_title(pd.DataFrame({"median": [3.5, 1.2]})).replace(chr(160), " ")
    >>> title.split(", ")[1]
    'supporters must answer polls 1.2 to 3.5 times as readily as others'
    """
    most, least = rows["median"].max(), rows["median"].min()
    verdict = "none" if most < 1 else "some" if least < 1 else "all"
    if verdict == "all" and len(rows) == 1:
        verdict = "one"
    high, low = (show_number(value, edition, digits=1) for value in (most, least))
    return label(f"nonresponse.support.{verdict}", edition, high=high, low=low)


def nonresponse_rows(
    ratios: pd.DataFrame, silent: pd.DataFrame, response_pct: float = RESPONSE_PCT
) -> pd.DataFrame:
    """Bounds and ratios of each house.

    Parameters
    ----------
    ratios : DataFrame
        As from :func:`analysis.sensitivity.ratios.house_ratios`.
    silent : DataFrame
        As from :func:`analysis.sensitivity.plane.silent_share`.
    response_pct : float
        Response rate of the unit bounds, percent.

    Returns
    -------
    DataFrame
        `ratios` with silent_pct (missing where the house never printed both sides), item_upper,
        response_pct, unit_lower, unit_upper (percent).
    """
    from analysis.sensitivity import manski_bounds

    share = np.array(ratios["share_median"], dtype=np.float64)
    quiet = ratios["house_id"].map(silent.set_index("house_id")["silent_pct"]).astype(float)
    # A level above its last poll could otherwise pass 100 with that poll's silent people.
    quiet = quiet.clip(upper=100 - ratios["share_median"])
    lower, upper = manski_bounds(share, response_pct, np.array(quiet.fillna(0.0)))
    return ratios.assign(
        silent_pct=quiet,
        item_upper=share + quiet,
        response_pct=response_pct,
        unit_lower=lower,
        unit_upper=upper,
    )


def _split(fig: Figure, left: Axes) -> Axes:
    """Put a second panel beside the first, with common rows."""
    grid = left.get_gridspec()
    assert grid is not None, "axes of new_figure stand in a grid"
    inner = fig.add_gridspec(1, 2, width_ratios=WIDTHS, wspace=0.06)
    left.set_subplotspec(inner[0])
    return fig.add_subplot(inner[1], sharey=left)


def _draw_bounds(ax: Axes, rows: pd.DataFrame, shown: list[House], edition: Edition) -> None:
    """Draw what is known of each house's share when nothing is assumed."""
    for place, (row, house) in enumerate(zip(_records(rows), shown, strict=True)):
        widest = row["unit_upper"] - row["unit_lower"]
        ax.barh(place, widest, THICK, row["unit_lower"], color=SHADE, gid=f"unit-{place}")
        if np.isfinite(row["item_upper"]):
            wide = row["item_upper"] - row["share_median"]
            ax.barh(place, wide, THIN, row["share_median"], color=ITEM, gid=f"item-{place}")
        _mark(ax, row["share_median"], place, house)
    ax.axvline(50, color=INK["quiet"], linewidth=0.8, zorder=1.5, gid="half")
    names = [
        label(
            "nonresponse.row",
            edition,
            name=house.name,
            when=show_date(row["date"], edition, "LLL y"),
        )
        for row, house in zip(_records(rows), shown, strict=True)
    ]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ticks = [0, 50, 100]
    ax.set_xticks(ticks, [format_percent(tick / 100, locale=edition.locale) for tick in ticks])
    ax.grid(visible=False)
    _head(ax, label("nonresponse.bounds", edition))


def _draw_ratios(
    ax: Axes, rows: pd.DataFrame, shown: list[House], edition: Edition, found: Found | None
) -> None:
    """Draw the response ratio at which each majority would vanish, on a log scale."""
    for place, (row, house) in enumerate(zip(_records(rows), shown, strict=True)):
        ax.plot(
            [row["lower"], row["upper"]], [place] * 2, color=house.colour, alpha=0.55,
            linewidth=2, solid_capstyle="butt", gid=f"interval-{place}",
        )  # fmt: skip
        _mark(ax, row["median"], place, house)
        _write_ratio(ax, row["median"], place, edition)
    ax.axvline(1, color=INK["quiet"], linewidth=0.8, zorder=1.5, gid="equal")
    high = max(2.0, rows["upper"].max() * 1.12)
    low = min(0.8, rows["lower"].min() / 1.12)
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    ax.set_xticks(ticks, [f"{show_number(t, edition, digits=t < 1)}×" for t in ticks])
    ax.set_xticks([], minor=True)
    ax.tick_params(axis="y", left=False, labelleft=False)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    _head(ax, label("nonresponse.ratio", edition))
    if found is not None:
        _draw_found(ax, found, len(rows), edition)


def _write_ratio(ax: Axes, ratio: float, place: int, edition: Edition) -> None:
    ax.annotate(
        f"{show_number(ratio, edition, digits=1)}×", (1, place), xycoords=("axes fraction", "data"),
        xytext=(6, 0), textcoords="offset points", va="center", weight="bold",
        annotation_clip=False,
    )  # fmt: skip


def _draw_found(ax: Axes, found: Found, n_rows: int, edition: Edition) -> None:
    """Draw what a re-contact implies as a line through all rows, named at the foot."""
    ax.axvline(found.ratio, color=INK["main"], linewidth=1.4, linestyle=(0, (1, 2)), gid="found")
    number = show_number(found.ratio, edition, digits=2)
    words = label("nonresponse.found", edition, n=number, year=found.day.year)
    text = ax.annotate(
        words.replace("|", "\n"), (found.ratio, n_rows - 0.55), xytext=(7, 0),
        textcoords="offset points", va="bottom", size=7.5, linespacing=1.25,
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _mark(ax: Axes, value: float, place: int, house: House) -> None:
    ax.plot(
        [value], [place], marker=house.marker, markersize=marker_size(house.marker, 6.5),
        color=house.colour, markeredgecolor="white", markeredgewidth=0.5, linestyle="none",
        zorder=4,
    )  # fmt: skip


def _head(ax: Axes, words: str) -> None:
    ax.annotate(
        words, (0, 1), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points",
        color=INK["quiet"], size=7.5, va="bottom",
    )  # fmt: skip


def _key(edition: Edition, response_pct: float) -> list[KeyEntry]:
    rate = show_number(response_pct, edition)
    return [
        KeyEntry("s", ITEM, label("nonresponse.key.item", edition)),
        KeyEntry("s", SHADE, label("nonresponse.key.unit", edition, rate=rate)),
    ]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


# A house with one poll says less of houses than of that poll.
LEAST_POLLS = 2
DIGITS = 3


def make_rows(fitted: FittedPolls) -> pd.DataFrame:
    """Bounds and ratios of the houses with several polls, each at its last poll."""

    def make() -> pd.DataFrame:
        from analysis.sensitivity import house_ratios, silent_share

        counts = fitted.obs()["house_id"].value_counts()
        least = LEAST_POLLS if counts.max() >= LEAST_POLLS else 1
        ratios = house_ratios(fitted.results(), least_polls=least)
        return nonresponse_rows(ratios, silent_share(fitted.obs()))

    return fitted.keep("nonresponse", make)


def find_evidence(fitted: FittedPolls) -> Found | None:
    """What the re-contact of earlier non-respondents implies, if it was known by then."""
    from analysis.sensitivity import response_evidence

    tables = fitted.tables
    evidence = response_evidence(tables["participation"], tables["indirect"])
    known = evidence[evidence["measure"] == "implied_response_ratio"]
    gaps = make_gaps(fitted)
    gaps = gaps[gaps["study"].isin(known["study"])]
    if gaps.empty:
        return None
    gap = gaps.iloc[0]
    ratio = known.set_index("study")["value"][gap["study"]]
    return Found(float(ratio), gap["direct_pct"], gap["indirect_pct"], pd.Timestamp(gap["date"]))


def nonresponse_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn."""
    rows = make_rows(fitted).rename(
        columns={"median": "ratio", "lower": "ratio_lower", "upper": "ratio_upper"}
    )
    found = find_evidence(fitted)
    if found is not None:
        row = {"house_id": ["re-contact"], "date": [found.day], "ratio": [found.ratio]}
        rows = pd.concat([rows, pd.DataFrame(row)])
    numbers = rows.select_dtypes("number").columns
    return rows.assign(**{name: rows[name].round(DIGITS) for name in numbers}).reset_index(
        drop=True
    )


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses, rows = fitted.obs(), fitted.houses(edition), make_rows(fitted)
    found = find_evidence(fitted)
    fig = plot_nonresponse(obs, rows, houses, edition, found=found)
    ranked = rank_houses(houses, obs)
    names = {house.house_id: house.name for house in ranked}
    most, least = rows.iloc[0], rows.iloc[-1]
    alt = label(
        "nonresponse.alt",
        edition,
        n=len(rows),
        high=show_number(most["median"], edition, digits=1),
        most=names[most["house_id"]],
        low=show_number(least["median"], edition, digits=1),
        least=names[least["house_id"]],
    )
    caption = "\n".join(
        [
            label("nonresponse.method", edition, rate=show_number(RESPONSE_PCT, edition)),
            *([_say_evidence(found, edition)] if found else []),
            label("trend.support.question", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


def _say_evidence(found: Found, edition: Edition) -> str:
    return label(
        "nonresponse.evidence",
        edition,
        month=show_date(found.day, edition, "LLLL y"),
        earlier=show_number(found.earlier_pct, edition, digits=1),
        fresh=show_number(found.fresh_pct, edition, digits=1),
        ratio=show_number(found.ratio, edition, digits=2),
    )


ENTRIES = (
    Entry(
        "nonresponse-support",
        "What people who did not answer could change: bounds and response ratio by house.",
        _draw,
        nonresponse_data,
    ),
)
