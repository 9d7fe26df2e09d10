"""The published figures of groups: fitted once, drawn in every language and size."""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from figures.fitted_polls import Entry, FittedPolls
from figures.groups._words import Gap, say_gap, who_alt, who_caption
from figures.groups.last_wave import groups_alt, groups_data, groups_number, plot_groups
from figures.groups.over_time import plot_who, who_data
from figures.kit.edition import Edition
from figures.kit.labels import label
from figures.kit.save import Rendering

if TYPE_CHECKING:
    from analysis.groups import WhoResults

FACTORS = ("sex", "age_group", "settlement", "tv_source")


def fit_groups(fitted: FittedPolls) -> "WhoResults":
    """Fit the interviews of the Chronicles, as of the day of the polls."""
    from analysis.findings import fit_groups

    return fit_groups(fitted)


def make_gap(results: "WhoResults", by: str) -> Gap:
    """Gap of the two groups that are told, on the line through all comparable waves.

    Raises
    ------
    PollInputError
        A ValueError: fewer than three waves asked alike.
    """
    from analysis.findings import TOLD, gap_line, told_waves

    line = gap_line(told_waves(results, by))
    start, end, change = (
        {str(column): value for column, value in line.loc[name].items()}
        for name in ("start", "end", "change")
    )
    return Gap(TOLD[by].a, TOLD[by].b, start, end, change)


def take_shares(results: "WhoResults", by: str) -> pd.DataFrame:
    """Shares by wave; waves from before the one that is told are not comparable."""
    from analysis.findings import TOLD

    shares, since = results.share(by), TOLD[by].since
    if since is not None:
        shares.loc[shares["wave"] < since, "is_comparable"] = False
    return shares


def find_data_to(fitted: FittedPolls, results: "WhoResults") -> pd.Timestamp:
    """Last day of fieldwork of the interviews."""
    polls = fitted.tables["polls"].set_index("poll_id")["field_end"]
    return pd.Timestamp(polls[results.cells.table["poll_id"].unique()].max())


def name_source(edition: Edition) -> str:
    """Who made the interviews."""
    return label("house.chronicles", edition)


def _keep_who(by: str, fitted: FittedPolls) -> tuple[pd.DataFrame, pd.DataFrame, Gap]:
    """Shares, weighted shares and the gap of one factor, the same in all editions."""

    def make() -> tuple[pd.DataFrame, pd.DataFrame, Gap]:
        results = fit_groups(fitted)
        return take_shares(results, by), results.compare_weighted(by), make_gap(results, by)

    return fitted.keep(("groups.who", by), make)


def draw_who(by: str, fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw one factor over time, with its words."""
    results = fit_groups(fitted)
    shares, weighted, gap = _keep_who(by, fitted)
    data_to = find_data_to(fitted, results)
    fig = plot_who(
        shares,
        weighted,
        by,
        edition,
        gap=gap,
        source=name_source(edition),
        data_to=data_to,
    )
    alt = who_alt(by, gap, who_data(shares, weighted), edition)
    found, source = results.diagnostics(), name_source(edition)
    caption = who_caption(by, found, source, data_to, edition)
    return Rendering(fig, alt, caption, edition, say_gap(gap, edition))


def make_who_data(by: str, fitted: FittedPolls) -> pd.DataFrame:
    """Give lines, bands and dots of one factor, as drawn."""
    shares, weighted, _ = _keep_who(by, fitted)
    return who_data(shares, weighted)


def draw_groups(fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw all groups at the last wave, with their words."""
    results = fit_groups(fitted)
    data_to = find_data_to(fitted, results)
    rows = make_groups_data(fitted)
    fig = plot_groups(rows, edition, source=name_source(edition), data_to=data_to)
    caption = who_caption("all", results.diagnostics(), name_source(edition), data_to, edition)
    number = groups_number(rows, edition)
    return Rendering(fig, groups_alt(rows, edition), caption, edition, number)


def make_groups_data(fitted: FittedPolls) -> pd.DataFrame:
    """Give all groups at the last wave, as drawn."""

    def make() -> pd.DataFrame:
        results = fit_groups(fitted)
        return groups_data({by: results.share(by) for by in (None, *FACTORS)})

    return fitted.keep("groups.last_wave", make)


ENTRIES = (
    Entry(
        "age-support",
        "Support by age: estimates of five age groups with bands, weighted shares as dots.",
        partial(draw_who, "age_group"),
        partial(make_who_data, "age_group"),
        model="who",
        seconds=6.0,
    ),
    Entry(
        "television-support",
        "Support among those who get their news from television, and among all others.",
        partial(draw_who, "tv_source"),
        partial(make_who_data, "tv_source"),
        model="who",
    ),
    Entry(
        "who-support",
        "Support in the last wave by sex, age, settlement and television.",
        draw_groups,
        make_groups_data,
        model="who",
    ),
)
