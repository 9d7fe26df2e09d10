"""How many supporters would have to be insincere, house by house, beside what a list found."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.indirect import known_by, name_studies, name_years
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, first_that_fits, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import NO_BREAK, find_label, label, round_shown, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import INK, SHADE, house_style, new_figure

THRESHOLD = 50.0
# Houses that poll most, of which each prints supporters and opponents.
HOUSES = ("levada", "vciom", "chronicles")
# Of the way from row to row: a bar, beside names and below them, and a band below names.
DEEP, DEEP_PHONE, DEEP_BAND = 0.5, 0.2, 0.36
DIGITS = 2
NUMBERS = ["median", "lower", "upper"]


def plot_tipping(
    obs: pd.DataFrame,
    points: pd.DataFrame,
    lists: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the insincere share that each house's majority would take, over that of a list.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date: the polls behind the levels.
    points : DataFrame
        reference (a house), median, lower, upper (percent of supporters), as from
        :func:`analysis.sensitivity.tipping.tipping_table`.
    lists : DataFrame
        insincere_pct, insincere_lower, insincere_upper, period, date of list experiments, the last
        of which is drawn; may be empty.
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
        A column is missing.
    """
    require_columns(points, "points", ["reference", *NUMBERS])
    if len(lists):
        require_columns(lists, "lists", ["insincere_pct", "insincere_lower", "insincere_upper"])
    ranked = _rank(houses, obs, points)
    with house_style():
        fig, ax = new_figure(edition)
        _draw_found(ax, lists, len(points), edition)
        _draw_houses(ax, points, ranked, edition)
        finish(
            fig,
            tipping_title(points, lists, {h.house_id: h.name for h in ranked}, edition),
            label("tipping.support.subtitle", edition),
            _name_sources(lists, ranked, edition),
            last_day(obs),
            note=_note(lists, edition),
            key=[*sector_key(ranked, edition), *_key(lists, edition)],
            edition=edition,
        )
    return fig


def tipping_title(
    points: pd.DataFrame,
    lists: pd.DataFrame,
    names: Mapping[str, str],
    edition: Edition = DEFAULT,
) -> str:
    """Say what share undoes a majority, at the ends of the houses, beside what the list found.

    A share that rounds to 0 is no majority.

    Examples
    --------
    >>> points = pd.DataFrame({"reference": ["a", "b"], "median": [36.0, 2.0]})
    >>> lists = pd.DataFrame({"insincere_pct": [14.1]})
    >>> title = tipping_title(points, lists, {"a": "A", "b": "B"}).replace(chr(160), " ")
    >>> title.split(" by ")[1].split(";")[0]
    '2% insincere supporters (B) or 36% (A)'
    """
    median = points.set_index("reference")["median"].astype(float).to_dict()
    least, most = min(median, key=lambda h: median[h]), max(median, key=lambda h: median[h])
    ends = {"low": show_number(median[least], edition), "high": show_number(median[most], edition)}
    if round_shown(median[most]) <= 0:
        return label("tipping.support.none", edition)
    if len(median) == 1:
        key = "one"
    else:
        key = "ends" if round_shown(median[least]) > 0 else "some"
        least_name, most_name = (names[str(one)].replace(" ", NO_BREAK) for one in (least, most))
        ends |= {"low_house": least_name, "high_house": most_name}
    words = [label(f"tipping.support.{key}", edition, **ends)]
    if key != "one":  # without names, which stand beside the rows, where these are long
        words.append(label(f"tipping.support.{key}_range", edition, **ends))
    if len(lists):
        # Of a list that found no less in secret, nobody was insincere that way.
        n = show_number(max(0.0, lists["insincere_pct"].iloc[-1]), edition)
        words = [f"{one}; {label('tipping.support.found', edition, n=n)}" for one in words]
    return first_that_fits(words, edition)


def _rank(houses: pd.DataFrame, obs: pd.DataFrame, points: pd.DataFrame) -> list[House]:
    """Houses drawn, the largest share needed first."""
    median = points.set_index("reference")["median"].astype(float).to_dict()
    mine = [house for house in rank_houses(houses, obs) if house.house_id in median]
    return sorted(mine, key=lambda house: -median[house.house_id])


def _draw_found(ax: Axes, lists: pd.DataFrame, n_rows: int, edition: Edition) -> None:
    """Draw what the last list found as a line through all rows, and its interval as a band.

    On a phone, where names stand between the rows, the band is drawn behind the bars alone.
    """
    if lists.empty:
        return
    last = lists.iloc[-1]
    if pd.notna(last["insincere_lower"]):
        low, high = last["insincere_lower"], last["insincere_upper"]
        if edition.size == "phone":
            ax.barh(
                range(n_rows), high - low, DEEP_BAND, left=low, color=SHADE, zorder=0,
                gid="found-interval",
            )  # fmt: skip
        else:
            ax.axvspan(low, high, color=SHADE, linewidth=0, zorder=0, gid="found-interval")
    ax.axvline(
        last["insincere_pct"], color=INK["main"], linewidth=1.2, linestyle=(0, (1, 2)),
        zorder=1.5, gid="found",
    )  # fmt: skip


def _draw_houses(ax: Axes, points: pd.DataFrame, ranked: Sequence[House], edition: Edition) -> None:
    at = points.set_index("reference")[NUMBERS].round(DIGITS)
    rows = []
    for house in ranked:
        median, lower, upper = (float(at[name][house.house_id]) for name in NUMBERS)
        aside = show_interval(median, lower, upper, edition, sign=False)
        rows.append(Row(house.name, median, lower, upper, house.colour, house.shape, aside, "bold"))
    # On a phone names stand above the bars, not on them.
    deep, above = (DEEP_PHONE, 11.0) if edition.size == "phone" else (DEEP, 0.0)
    heading = label("tipping.aside", edition)
    draw_rows(ax, rows, edition, line=0, unit="percent", heading=heading, above=above)
    for place, row in enumerate(rows):
        ax.barh(place, row.mean, deep, color=row.colour, alpha=0.35, gid=f"bar-{place}")


def _key(lists: pd.DataFrame, edition: Edition) -> list[KeyEntry]:
    if lists.empty:
        return []
    last = lists.iloc[-1]
    numbers = {
        name: show_number(max(0.0, last[f"insincere_{column}"]), edition)
        for name, column in (("n", "pct"), ("low", "lower"), ("high", "upper"))
        if pd.notna(last[f"insincere_{column}"])
    }
    kind = "_printed" if last.get("se_origin") == "published" else ""
    key = f"tipping.list{kind}" if "low" in numbers else "tipping.list_alone"
    words = label(key, edition, when=name_years(lists.tail(1)), **numbers)
    return [KeyEntry("s", SHADE, words)]


def _note(lists: pd.DataFrame, edition: Edition) -> str:
    """What polls do not tell, and how and when the list that is drawn was asked."""
    asked = ""
    if len(lists):
        last, when = lists.iloc[-1], name_years(lists.tail(1))
        # Labels know the season of the first; of others their day tells the year.
        known = find_label(f"tipping.asked.{last.get('house_id')}.{when}", edition)
        by_mode = find_label(f"tipping.asked.{last.get('mode')}", edition) or ""
        asked = known or by_mode.format(when=when)
    return f"{label('tipping.note', edition)} {asked}".strip()


def _say_limits(lists: pd.DataFrame, edition: Edition) -> list[str]:
    """What an interval of a list takes for granted, and what lists are known to do."""
    if lists.empty:
        return []
    printed = lists["se_origin"].iloc[-1] == "published"
    words = [] if printed else [label("tipping.limits.assumed", edition)]
    return [" ".join([*words, label("tipping.limits", edition)])]


def _references(fitted: FittedPolls) -> list[str]:
    """Houses drawn that have polled."""
    there = set(fitted.obs()["house_id"])
    return sorted(house for house in HOUSES if house in there)


def make_points(fitted: FittedPolls) -> pd.DataFrame:
    """Tipping points of the houses, each on the day of its own last poll."""

    def make() -> pd.DataFrame:
        from analysis.sensitivity import tipping_table

        last = fitted.obs().groupby("house_id")["mid_date"].max()
        tables = [
            tipping_table(fitted.results(), THRESHOLD, last[house], references=[house])
            for house in _references(fitted)
        ]
        return pd.concat(tables, ignore_index=True)

    return fitted.keep("tipping.points", make)


def make_lists(fitted: FittedPolls) -> pd.DataFrame:
    """List experiments that were known by the day of a fitted."""
    from analysis.findings import list_experiments

    return known_by(list_experiments(fitted), fitted.as_of)


def tipping_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture: tipping points, and the list experiment."""
    points = make_points(fitted).rename(columns={"median": "insincere_pct"})
    lists = make_lists(fitted).tail(1)
    lists = lists.drop(columns=["lower", "upper"]).rename(
        columns={"insincere_lower": "lower", "insincere_upper": "upper", "study": "reference"}
    )
    parts = [points.assign(kind="needed"), lists.assign(kind="list_experiment")]
    columns = ["kind", "reference", "date", "share_median", "insincere_pct", "lower", "upper",
               "se_origin", "source_id"]  # fmt: skip
    both = pd.concat([part.reindex(columns=columns) for part in parts if len(part)])
    numbers = ["share_median", "insincere_pct", "lower", "upper"]
    return both.round(dict.fromkeys(numbers, DIGITS)).reset_index(drop=True)


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs(), fitted.houses(edition)
    points, lists = make_points(fitted), make_lists(fitted)
    fig = plot_tipping(obs, points, lists, houses, edition)
    ranked = _rank(houses, obs, points)
    alt = label("tipping.alt", edition, tips=_say_tips(ranked, points, edition))
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            *_say_limits(lists, edition),
            label("tipping.method", edition, days=_say_days(ranked, points, edition)),
            source_line(_name_sources(lists, ranked, edition), last_day(obs), edition),
        ]
    )
    found = " ".join(entry.words + "." for entry in _key(lists, edition))
    median = points["median"].astype(float)
    low, high = (show_number(share, edition) for share in (median.min(), median.max()))
    number = label("range.percent", edition, low=low, high=high)
    return Rendering(fig, f"{alt} {found}".strip(), caption, edition, number)


def _say_tips(ranked: Sequence[House], points: pd.DataFrame, edition: Edition) -> str:
    median = points.set_index("reference")["median"].astype(float).to_dict()
    return ", ".join(f"{h.name} {show_number(median[h.house_id], edition)}" for h in ranked)


def _say_days(ranked: Sequence[House], points: pd.DataFrame, edition: Edition) -> str:
    days = points.set_index("reference")["date"]
    return ", ".join(f"{h.name} {show_date(days[h.house_id], edition, 'LLL y')}" for h in ranked)


def _name_sources(lists: pd.DataFrame, ranked: Sequence[House], edition: Edition) -> str:
    """Houses of the levels, before them that of the list, if it is no such house."""
    last = lists.tail(1)
    others = last[~last["house_id"].isin([house.house_id for house in ranked])]
    names = name_sources(list(ranked), edition)
    return f"{name_studies(others, edition)}, {names}" if len(others) else names


ENTRIES = (
    Entry(
        "tipping-point-support",
        "How many supporters would have to be insincere, beside what a list experiment found.",
        _draw,
        tipping_data,
    ),
)
