"""The coverage calendar: which house has a usable poll in which month."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import day_number, label_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import SIDE, KeyEntry, finish, points
from figures.kit.frames import (
    House,
    group_by_sector,
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
)
from figures.kit.labels import label, plural
from figures.kit.layout import root_figure
from figures.kit.save import Rendering
from figures.kit.style import INK, OTHER, house_style, new_figure
from figures.support._coverage_words import (
    count_polls,
    coverage_alt,
    coverage_caption,
    coverage_data,
    coverage_title,
    find_thin,
)

# Shares of a month and of a row that a cell covers, and of a row between the slices of a cell.
WIDTH, HEIGHT, CUT = 0.82, 0.7, 0.12
# Rows that a figure's height gives room for: an axes takes three fifths of it, a line of
# type 10 points. What is more is added up in a last row.
ROWS_PER_INCH = 0.6 * 72 / 10


def plot_coverage(
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    ax: Axes | None = None,
    edition: Edition = DEFAULT,
    *,
    measure: str = "support",
) -> Figure:
    """Draw a cell for every house and month with a poll; mark months with one house or none.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per usable poll, as from ``polls.series()``. An
        end_date gives the "data to".
    houses : DataFrame
        house_id, sector; name, where there is one.
    ax : Axes, optional
        Axes to draw into, without title and foot. By default a finished figure is made.
    edition : Edition
        Language and size, and the day by which all polls were published.
    measure : str
        What was measured; labels.csv has its sentences under coverage.<measure>.

    Returns
    -------
    Figure
        The finished figure, or the one that `ax` belongs to.

    Raises
    ------
    ValueError
        A column or a house is missing.

    See Also
    --------
    figures.support._coverage_words.coverage_title : how the title follows the data.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-03-03", "2022-03-20", "2022-04-30"])
    >>> obs = pd.DataFrame({"house_id": ["a", "b", "b"], "mid_date": days})
    >>> houses = pd.DataFrame({"house_id": ["a", "b"], "sector": ["state", "independent"]})
    >>> fig = plot_coverage(obs, houses)
    >>> [text.get_text() for text in fig.axes[0].get_yticklabels()]
    ['', 'a (1)', '', 'b (2)']
    """
    require_columns(obs, "obs", ["house_id", "mid_date"])
    require_columns(houses, "houses", ["house_id", "sector"])
    ranked = rank_houses(houses, obs)
    counted = count_polls(obs)
    with house_style():
        if ax is not None:
            _draw(ax, counted, ranked, edition)
            return root_figure(ax)
        fig, canvas = new_figure(edition)
        _draw(canvas, counted, ranked, edition)
        thin = KeyEntry("s", OTHER, label("coverage.thin", edition))
        finish(
            fig,
            coverage_title(counted, edition, measure=measure),
            label(f"coverage.{measure}.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            key=[thin],
            edition=edition,
        )
    return fig


def _draw(ax: Axes, counted: pd.DataFrame, ranked: list[House], edition: Edition) -> None:
    rows = max(3, int(root_figure(ax).get_figheight() * ROWS_PER_INCH))
    rows -= len(group_by_sector(ranked, edition))
    own = ranked if len(ranked) <= rows else ranked[: rows - 1]
    rest = [house.house_id for house in ranked[len(own) :]]
    months = pd.PeriodIndex(counted.index)
    label_time(ax, months[0].start_time, months[-1].end_time, edition)
    names: list[str] = []
    # The name of a sector above its houses tells it without colour; on a phone it begins at the
    # edge, where there is room for it.
    fig = root_figure(ax)
    is_phone = edition.size == "phone"
    left = points(fig, SIDE) / fig.bbox.width if is_phone else 0.0
    frame = "figure fraction" if is_phone else "axes fraction"
    for words, mine in group_by_sector(own, edition):
        ax.annotate(
            words, (left, len(names)), xycoords=(frame, "data"), weight="bold", size=8.5,
            va="center_baseline",
        )  # fmt: skip
        names.append("")
        for house in mine:
            _draw_row(ax, len(names), counted[house.house_id], house.colour, house.house_id)
            names.append(name_counted(house, edition))
    if rest:
        polls = counted[rest].sum(axis="columns")
        _draw_row(ax, len(names), polls, INK["quiet"], "more")
        name = plural("count.more_houses", len(rest), edition)
        names.append(label("house.counted", edition, name=name, n=polls.sum()))
    thin = [_span(month) for month in months[find_thin(counted)]]
    ax.broken_barh(thin, (len(names) - 0.3, 0.3), color=OTHER, linewidth=0, gid="thin")
    ax.set_yticks(range(len(names)), names)
    for name, tick in zip(names, ax.yaxis.get_major_ticks(), strict=True):
        tick.gridline.set_visible(bool(name))
    ax.set_ylim(len(names), -0.5)


def _draw_row(ax: Axes, row: int, polls: pd.Series, colour: str, name: str) -> None:
    """Draw a cell for each month with polls, cut into as many slices as there are."""
    slices = []
    for month, n in polls[polls > 0].items():
        assert isinstance(month, pd.Period)  # the index of count_polls
        left, width = _span(month)
        start, end = left + width * (1 - WIDTH) / 2, left + width * (1 + WIDTH) / 2
        high = (HEIGHT + CUT) / n - CUT
        for k in range(n):
            top = row - HEIGHT / 2 + k * (high + CUT)
            slices.append([(start, top), (end, top), (end, top + high), (start, top + high)])
    cells = PolyCollection(slices, facecolors=colour, linewidth=0, gid=f"polls-{name}")
    ax.add_collection(cells)


def _span(month: pd.Period) -> tuple[float, float]:
    """First day and length of a month, in days as matplotlib counts them."""
    left = day_number(month.start_time)
    return left, day_number(month.end_time) - left


def draw_coverage(fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw the calendar of the polls on support, with its words."""
    obs, houses = fitted.obs(), fitted.houses(edition)
    return Rendering(
        plot_coverage(obs, houses, edition=edition),
        coverage_alt(obs, houses, edition),
        coverage_caption(obs, houses, edition),
        edition,
        plural("count.of_months", int(find_thin(count_polls(obs)).sum()), edition),
    )


ENTRIES = (
    Entry(
        "coverage-support",
        "Which pollster has a comparable poll on support in which month.",
        draw_coverage,
        lambda fitted: coverage_data(fitted.obs(), fitted.houses()),
    ),
)
