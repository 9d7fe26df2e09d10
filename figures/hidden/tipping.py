"""The a-b plane: how many insincere supporters, and silent ones, decide on a majority."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.indirect import choose_gaps, make_gaps, name_studies, name_years
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import House, last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, show_date, show_number
from figures.kit.layout import root_figure
from figures.kit.save import Rendering
from figures.kit.style import INK, house_style, new_figure

THRESHOLD = 50.0
# Houses that poll most, of which each prints supporters and opponents.
HOUSES = ("levada", "vciom", "chronicles")
# The axis ends where the border of the last of them leaves the plane.
FURTHEST = 60.0
# Where the name of a border stands, in percent of the silent.
NAMED_AT = 5.0
LINE_STYLES = ("-", (0, (6, 2)), (0, (1.5, 1.5)))
DIGITS = 2


def plot_tipping(
    obs: pd.DataFrame,
    border: pd.DataFrame,
    points: pd.DataFrame,
    gaps: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the borders of some houses in the a-b plane, and the experiments at their a.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date: the polls behind the borders.
    border : DataFrame
        reference, insincere_pct, needed_pct, lower, upper, as from
        :func:`analysis.sensitivity.plane.tipping_border`; references are houses.
    points : DataFrame
        reference, median, lower, upper: where each border meets b = 0, as from
        :func:`analysis.sensitivity.tipping.tipping_table`.
    gaps : DataFrame
        kind, house_id, study, insincere_pct, period, date, as from
        :func:`analysis.list_experiments.published.published_gaps`.
    houses : DataFrame
        house_id, sector, name.
    edition : Edition
        Language and size, and the day by which all polls were published.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing, or nothing can be drawn.
    """
    columns = ["reference", "insincere_pct", "needed_pct", "lower", "upper"]
    require_columns(border, "border", columns)
    require_columns(points, "points", ["reference", "median", "lower", "upper"])
    shown = choose_experiments(gaps)
    ranked = rank_houses(houses, obs)
    mine = [house for house in ranked if house.house_id in set(border["reference"])]
    tips = points.set_index("reference")["median"].astype(float).to_dict()
    with house_style():
        fig, ax = new_figure(edition)
        _set_scales(ax, edition)
        for style, house in zip(LINE_STYLES, mine, strict=False):
            own = border[border["reference"] == house.house_id]
            is_left = tips[house.house_id] < max(tips.values())
            _draw_border(ax, own, house, style, tips[house.house_id], edition, is_left=is_left)
        _draw_experiments(ax, shown, edition)
        _name_sides(ax, edition)
        finish(
            fig,
            tipping_title(points, shown, edition),
            label("tipping.support.subtitle", edition),
            _name_sources(shown, mine, edition),
            last_day(obs),
            note=label("tipping.note", edition),
            edition=edition,
        )
    return fig


def choose_experiments(gaps: pd.DataFrame) -> pd.DataFrame:
    """Keep one gap of each kind that speaks of insincerity: a as a share of stated supporters."""
    from analysis.list_experiments import GAP_KINDS

    require_columns(gaps, "gaps", ["kind", "insincere_pct"])
    shown = choose_gaps(gaps)
    return shown[shown["kind"].isin(GAP_KINDS)].drop_duplicates("kind").reset_index(drop=True)


def tipping_title(points: pd.DataFrame, shown: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say in how many houses' polls a majority outlasts what the experiments found.

    Examples
    --------
    >>> points = pd.DataFrame({"reference": ["a", "b"], "median": [36.0, 2.0]})
    >>> shown = pd.DataFrame({"insincere_pct": [14.1, 10.0]})
    >>> tipping_title(points, shown).replace(chr(160), " ").split(", ")[0]
    'If 14% of supporters are insincere'
    """
    largest = shown["insincere_pct"].max()
    outlasts = points["median"] > largest
    verdict = "all" if outlasts.all() else "some" if outlasts.any() else "none"
    return label(
        f"tipping.support.{verdict}",
        edition,
        a=show_number(largest, edition),
        low=show_number(points["median"].min(), edition),
        high=show_number(points["median"].max(), edition),
    )


def _draw_border(
    ax: Axes,
    own: pd.DataFrame,
    house: House,
    style: Any,
    tips: float,
    edition: Edition,
    *,
    is_left: bool,
) -> None:
    """Draw where support is the threshold, its band, and its name."""
    seen = own.round(DIGITS)
    gid = f"border-{house.house_id}"
    ax.fill_between(
        seen["insincere_pct"], seen["lower"], seen["upper"], color=house.colour, alpha=0.14,
        linewidth=0, gid=f"band-{house.house_id}",
    )  # fmt: skip
    ax.plot(seen["insincere_pct"], seen["needed_pct"], color=house.colour, linestyle=style, gid=gid)
    words = label("tipping.house", edition, name=house.name, n=show_number(tips, edition))
    place, offset, across, up = _place_name(seen, tips, is_left=is_left)
    text = ax.annotate(
        words, place, xytext=offset, textcoords="offset points", ha=across, va=up,
        color=INK["main"], weight="bold",
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _place_name(
    seen: pd.DataFrame, tips: float, *, is_left: bool
) -> tuple[tuple[float, float], tuple[float, float], str, str]:
    """Where the name of a border stands: at its right end if it has one, else at its foot."""
    end = float(np.interp(FURTHEST, seen["insincere_pct"], seen["needed_pct"]))
    if end < 100:
        return (FURTHEST, end), (-4, 9), "right", "bottom"
    if is_left:
        return (tips, NAMED_AT), (-2, 0), "right", "center"
    foot = float(np.interp(2 * NAMED_AT, seen["needed_pct"], seen["insincere_pct"]))
    return (foot, NAMED_AT), (3, 0), "left", "center"


def _draw_experiments(ax: Axes, shown: pd.DataFrame, edition: Edition) -> None:
    """Draw a line at each a that was found; names stand above the plane, side by side."""
    if shown.empty:
        return
    for place in shown["insincere_pct"]:
        ax.plot(
            [place, place], [0, 100], color=INK["main"], linewidth=1, linestyle=(0, (1, 2)),
            zorder=1.5, gid="experiment",
        )  # fmt: skip
    names = [
        label(f"tipping.{row['kind']}", edition, n=show_number(row["insincere_pct"], edition))
        for row in sorted(shown.to_dict("records"), key=lambda row: -row["insincere_pct"])
    ]
    heading = label("tipping.experiments", edition, when=name_years(shown))
    text = ax.annotate(
        "\n".join([heading, *names]), (shown["insincere_pct"].max(), 98), xytext=(5, 0),
        textcoords="offset points", va="top", linespacing=1.3,
    )  # fmt: skip
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _name_sides(ax: Axes, edition: Edition) -> None:
    """Name both sides of the borders, in corners that they leave free."""
    quiet: dict[str, Any] = {"color": INK["quiet"], "style": "italic"}
    ax.text(1, 98, label("tipping.majority", edition), va="top", **quiet)
    ax.text(FURTHEST - 1, 30, label("tipping.no_majority", edition), ha="right", va="top", **quiet)


def _set_scales(ax: Axes, edition: Edition) -> None:
    locale = edition.locale
    ax.set_xlim(0, FURTHEST)
    ax.set_ylim(0, 100)
    across, up = range(0, int(FURTHEST) + 1, 10), range(0, 101, 25)
    ax.set_xticks(list(across), [format_percent(tick / 100, locale=locale) for tick in across])
    ax.set_yticks(list(up), [format_percent(tick / 100, locale=locale) for tick in up])
    ax.set_xlabel(label("tipping.across", edition), labelpad=3)
    wide = root_figure(ax).bbox.height / root_figure(ax).bbox.width
    ax.set_ylabel(label("tipping.up", edition), labelpad=3 if wide < 1 else 5)


def _references(fitted: FittedPolls) -> Mapping[str, float]:
    """Share of the silent in the last poll of each house drawn that printed both sides."""
    from analysis.sensitivity import silent_share

    obs = fitted.obs()
    there = [house for house in HOUSES if house in set(obs["house_id"])]
    last = silent_share(obs, houses=there)
    return dict(zip(last["house_id"], last["silent_pct"], strict=True))


def _day(fitted: FittedPolls) -> pd.Timestamp:
    return pd.Timestamp(fitted.results().observations.last_date)


def make_border(fitted: FittedPolls) -> pd.DataFrame:
    """Borders of the houses on the last day of the polls."""
    from analysis.sensitivity import tipping_border

    return fitted.keep(
        "tipping.border", lambda: tipping_border(fitted.results(), _references(fitted))
    )


def make_points(fitted: FittedPolls) -> pd.DataFrame:
    """Tipping points of the houses on the last day, if all silent people are opponents."""
    from analysis.sensitivity import tipping_table

    return fitted.keep(
        "tipping.points",
        lambda: tipping_table(fitted.results(), THRESHOLD, references=sorted(_references(fitted))),
    )


def tipping_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture: borders with bands, tipping points, experiments."""
    border = make_border(fitted)
    border = border[border["insincere_pct"] <= FURTHEST].round(DIGITS).assign(kind="border")
    points = make_points(fitted).assign(kind="tipping_point")
    points = points.rename(columns={"median": "insincere_pct"})
    numbers = ["insincere_pct", "lower", "upper"]
    points[numbers] = points[numbers].round(DIGITS)
    shown = choose_experiments(make_gaps(fitted)).round({"insincere_pct": DIGITS})
    shown = shown.assign(reference=shown["study"])
    columns = ["kind", "reference", "date", "share_pct", "silent_pct", "insincere_pct",
               "needed_pct", "lower", "upper", "source_id"]  # fmt: skip
    return pd.concat([border, points, shown]).reindex(columns=columns).reset_index(drop=True)


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs(), fitted.houses(edition)
    border, points, gaps = make_border(fitted), make_points(fitted), make_gaps(fitted)
    fig = plot_tipping(obs, border, points, gaps, houses, edition)
    ranked = [h for h in rank_houses(houses, obs) if h.house_id in set(points["reference"])]
    shown = choose_experiments(gaps)
    alt = label("tipping.alt", edition, **_say(ranked, points, shown, edition))
    caption = "\n".join(
        [
            label(
                "tipping.method",
                edition,
                date=show_date(_day(fitted), edition),
                silent=_say_silent(ranked, border, edition),
            ),
            label("trend.support.question", edition),
            source_line(
                _name_sources(shown, ranked, edition),
                last_day(obs),
                edition,
            ),
        ]
    )
    return Rendering(fig, alt, caption, edition)


def _say(
    ranked: Sequence[House], points: pd.DataFrame, shown: pd.DataFrame, edition: Edition
) -> dict[str, str]:
    """Tipping points by house, and what experiments found, for the alt text."""
    median = points.set_index("reference")["median"].astype(float).to_dict()
    tips = [f"{h.name} {show_number(median[h.house_id], edition)}" for h in ranked]
    ends = (shown["insincere_pct"].min(), shown["insincere_pct"].max())
    low, high = (show_number(end, edition) for end in ends)
    return {"tips": ", ".join(tips), "low": low, "high": high, "when": name_years(shown)}


def _name_sources(shown: pd.DataFrame, ranked: Sequence[House], edition: Edition) -> str:
    """Houses of the borders, before them those of experiments that are no such house."""
    others = shown[~shown["house_id"].isin([house.house_id for house in ranked])]
    names = name_sources(ranked, edition)
    return f"{name_studies(others, edition)}, {names}" if len(others) else names


def _say_silent(ranked: Sequence[House], border: pd.DataFrame, edition: Edition) -> str:
    shares = border.groupby("reference")["silent_pct"].first()
    return ", ".join(f"{h.name} {show_number(shares[h.house_id], edition)}" for h in ranked)


ENTRIES = (
    Entry(
        "tipping-point-support",
        "How many insincere supporters undo a majority, beside what experiments found.",
        _draw,
        tipping_data,
    ),
)
