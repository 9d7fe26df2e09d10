"""The published figures of groups: fitted once, drawn in every language and size."""

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from figures.fitted_polls import Entry, FittedPolls
from figures.groups._words import Gap, who_alt, who_caption
from figures.groups.last_wave import groups_alt, groups_data, plot_groups
from figures.groups.over_time import plot_who, who_data
from figures.kit.edition import Edition
from figures.kit.labels import label
from figures.kit.save import Rendering

if TYPE_CHECKING:
    from analysis.groups import WhoResults

# The two groups whose distance is the finding, and the first wave from which it is told: in the
# second wave people named their sources of news unprompted, so its viewers are others.
TOLD = {"age_group": ("60+", "18-29", None), "tv_source": ("yes", "no", "05")}
FACTORS = ("sex", "age_group", "settlement", "tv_source")


def fit_groups(fitted: FittedPolls) -> "WhoResults":
    """Fit the interviews of the Chronicles, as of the day of the polls.

    Raises
    ------
    PollInputError
        A ValueError: no wave was published by then.
    """

    def fit() -> "WhoResults":
        from analysis.groups import fit_who, published_cells

        polls, cells = fitted.tables["polls"], fitted.tables["cells"]
        if fitted.as_of is not None:
            cells = published_cells(cells, polls, fitted.as_of)
        return fit_who(cells, fitted.tables["population"], polls)

    return fitted.keep("who.results", fit)


def make_gap(results: "WhoResults", by: str) -> Gap:
    """Gap of the two groups that are told, between the first and last comparable wave.

    Raises
    ------
    ValueError
        There is only one such wave.
    """
    a, b, since = TOLD[by]
    gaps = results.gap(by, a, b)
    same = gaps[gaps["is_comparable"]]
    if len(same) < 2:
        raise ValueError("Fewer than two waves asked alike. Take a later --as-of.")
    start = since if since in set(same["wave"]) and since != same["wave"].iloc[-1] else None
    change = results.change(start, by=by, a=a, b=b)
    moments = [same[same["wave"] == change[end]].iloc[0].to_dict() for end in ("start", "end")]
    return Gap(a, b, moments[0], moments[1], dict(change))


def find_data_to(fitted: FittedPolls, results: "WhoResults") -> pd.Timestamp:
    """Last day of fieldwork of the interviews."""
    polls = fitted.tables["polls"].set_index("poll_id")["field_end"]
    return pd.Timestamp(polls[results.cells.table["poll_id"].unique()].max())


def name_source(edition: Edition) -> str:
    """Who made the interviews."""
    return label("house.chronicles", edition)


def draw_who(by: str, fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw one factor over time, with its words."""
    results = fit_groups(fitted)
    shares, weighted = results.share(by), results.compare_weighted(by)
    gap = make_gap(results, by)
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
    return Rendering(fig, alt, who_caption(by, found, source, data_to, edition), edition)


def make_who_data(by: str, fitted: FittedPolls) -> pd.DataFrame:
    """Give lines, bands and dots of one factor, as drawn."""
    results = fit_groups(fitted)
    return who_data(results.share(by), results.compare_weighted(by))


def draw_groups(fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw all groups at the last wave, with their words."""
    results = fit_groups(fitted)
    data_to = find_data_to(fitted, results)
    rows = make_groups_data(fitted)
    fig = plot_groups(rows, edition, source=name_source(edition), data_to=data_to)
    caption = who_caption("all", results.diagnostics(), name_source(edition), data_to, edition)
    return Rendering(fig, groups_alt(rows, edition), caption, edition)


def make_groups_data(fitted: FittedPolls) -> pd.DataFrame:
    """Give all groups at the last wave, as drawn."""
    results = fit_groups(fitted)
    shares = {by: results.share(by) for by in (None, *FACTORS)}
    return groups_data(shares)


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
