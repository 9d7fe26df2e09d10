"""What people who did not answer could change: the response ratio that undoes a majority."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.indirect import known_by
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, first_that_fits, source_line
from figures.kit.forest import name_rows, write_aside
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import NO_BREAK, label, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import INK, house_style, marker_size, new_figure

TICKS = (0.5, 1, 2, 4, 8)


class Found(NamedTuple):
    """A response ratio that something implies: a re-contact, or the fear of polls."""

    kind: str
    ratio: float
    day: pd.Timestamp
    words: Mapping[str, float]
    house_id: str = ""


def plot_nonresponse(
    obs: pd.DataFrame,
    rows: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    found: Sequence[Found] = (),
) -> Figure:
    """Draw, for each house, the response ratio that undoes its majority.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    rows : DataFrame
        As from :func:`analysis.sensitivity.ratios.house_ratios`: house_id, date, median, lower,
        upper; highest first.
    houses : DataFrame
        house_id, sector, name.
    edition : Edition
        Language and size, and the day by which all polls were published.
    found : sequence of Found
        Ratios that a re-contact and the fear of polls imply; lines through all rows.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing.
    """
    require_columns(rows, "rows", ["house_id", "date", "median", "lower", "upper"])
    ranked = rank_houses(houses, obs)
    by_id = {house.house_id: house for house in ranked}
    shown = [by_id[house_id] for house_id in rows["house_id"]]
    with house_style():
        fig, ax = new_figure(edition)
        _draw_ratios(ax, rows, shown, edition, found)
        finish(
            fig,
            nonresponse_title(rows, {h.house_id: h.name for h in ranked}, edition),
            label("nonresponse.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=label("nonresponse.note", edition),
            key=[*sector_key(shown, edition), *_key(found, edition)],
            rows=len(rows),
            edition=edition,
        )
    return fig


def nonresponse_title(
    rows: pd.DataFrame, names: Mapping[str, str], edition: Edition = DEFAULT
) -> str:
    """Say how much likelier supporters must be to answer, at the ends of houses with a majority.

    Examples
    --------
    >>> rows = pd.DataFrame({"house_id": ["a", "b", "c"], "median": [3.5, 1.2, 0.7]})
    >>> title = nonresponse_title(rows, {"a": "A", "b": "B"}).replace(chr(160), " ")
    >>> title.split(" as ")[0]
    'A majority is undone if supporters answer 1.2 (B) to 3.5 times (A)'
    """
    ends = find_ends(rows)
    if ends is None:
        return label("nonresponse.support.none", edition)
    told = say_ends(ends, names, edition)
    if told["low_house"] == told["high_house"]:
        return label("nonresponse.support.one", edition, **told)
    # Without names, which stand beside the rows, where these are long.
    titles = [label(f"nonresponse.support.{key}", edition, **told) for key in ("ends", "range")]
    return first_that_fits(titles, edition)


def find_ends(rows: pd.DataFrame) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Rows of the least and the greatest ratio of houses with a majority, if there is one."""
    some = _records(rows[rows["median"] >= 1].sort_values("median", kind="stable"))
    return (some[0], some[-1]) if some else None


def say_ends(
    ends: tuple[Mapping[str, Any], Mapping[str, Any]], names: Mapping[str, str], edition: Edition
) -> dict[str, str]:
    """Both ratios, and whose they are."""
    low, high = ends
    return {
        "low": _say_ratio(low["median"], edition),
        "high": _say_ratio(high["median"], edition),
        "low_house": names[str(low["house_id"])].replace(" ", NO_BREAK),
        "high_house": names[str(high["house_id"])].replace(" ", NO_BREAK),
    }


def _draw_ratios(
    ax: Axes,
    rows: pd.DataFrame,
    shown: list[House],
    edition: Edition,
    found: Sequence[Found],
) -> None:
    """Draw the response ratio at which each majority would vanish, on a log scale."""
    for place, (row, house) in enumerate(zip(_records(rows), shown, strict=True)):
        ax.plot(
            [row["lower"], row["upper"]], [place] * 2, color=house.colour,
            linewidth=2, solid_capstyle="butt", gid=f"interval-{place}",
        )  # fmt: skip
        _mark(ax, row["median"], place, house)
        when = show_date(row["date"], edition, "LLL y")
        words = label("nonresponse.told", edition, when=when, n=_say_ratio(row["median"], edition))
        write_aside(ax, place, words, edition)
    ax.axvline(1, color=INK["quiet"], linewidth=0.8, zorder=1, gid="equal")
    for one in found:
        ax.axvline(
            one.ratio, color=INK["main"], linewidth=1.4, zorder=1.1, gid=f"found-{one.kind}",
            linestyle=STYLES[one.kind],
        )  # fmt: skip
    high = max(2.0, rows["upper"].max() * 1.12)
    low = min(0.8, rows["lower"].min() / 1.12, *(one.ratio / 1.05 for one in found))
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    ax.set_xticks(ticks, [f"{show_number(t, edition, digits=t < 1)}×" for t in ticks])
    ax.set_xticks([], minor=True)
    name_rows(ax, [(house.name, "normal") for house in shown], edition)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")


def _say_ratio(ratio: float, edition: Edition) -> str:
    return show_number(ratio, edition, digits=1)


def say_found(found: Found, edition: Edition) -> str:
    """Write a ratio that something implies, as precisely as its shares were printed.

    Examples
    --------
    >>> day = pd.Timestamp("2024-09-18")
    >>> say_found(Found("recontact", 0.946, day, {}), DEFAULT)
    '0.95'
    >>> say_found(Found("fear", 1.417, day, {}), DEFAULT)
    '1.4'
    """
    return show_number(found.ratio, edition, digits=2 if found.kind == "recontact" else 1)


def _mark(ax: Axes, value: float, place: int, house: House) -> None:
    ax.plot(
        [value], [place], marker=house.shape, markersize=marker_size(house.shape, 6.5),
        color=house.colour, markeredgecolor="white", markeredgewidth=0.5, linestyle="none",
        zorder=4,
    )  # fmt: skip


def _key(found: Sequence[Found], edition: Edition) -> list[KeyEntry]:
    """Both sides of what is known, each with the line that shows it."""
    marks = {"recontact": "dotted", "fear": "dashed"}
    return [
        KeyEntry(
            "",
            INK["main"],
            label(
                f"nonresponse.found.{one.kind}",
                edition,
                line=label(f"nonresponse.line.{marks[one.kind]}", edition),
                n=say_found(one, edition),
                year=one.day.year,
            ),
        )
        for one in found
    ]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


# A house with one poll says less of houses than of that poll.
LEAST_POLLS = 2
DIGITS = 3
STYLES = {"recontact": (0, (1, 2)), "fear": (0, (4, 2))}


def make_rows(fitted: FittedPolls) -> pd.DataFrame:
    """Ratios of the houses with several polls, each at its last poll."""

    def make() -> pd.DataFrame:
        from analysis.sensitivity import house_ratios

        counts = fitted.obs()["house_id"].value_counts()
        least = LEAST_POLLS if counts.max() >= LEAST_POLLS else 1
        rows = house_ratios(fitted.results(), least_polls=least)
        # What is drawn is what is stored, and the same on every processor.
        return rows.round(dict.fromkeys(rows.select_dtypes("number").columns, DIGITS))

    return fitted.keep("nonresponse", make)


def find_evidence(fitted: FittedPolls) -> list[Found]:
    """Ratios that the last re-contact and fear of polls imply, where they were known by then."""
    return fitted.keep("nonresponse.evidence", lambda: _gather(fitted))


def _gather(fitted: FittedPolls) -> list[Found]:
    from analysis.list_experiments import published_gaps
    from analysis.sensitivity import fear_ratio, response_evidence

    tables = fitted.tables
    evidence = response_evidence(tables["participation"], tables["indirect"])
    known = evidence[evidence["measure"] == "implied_response_ratio"].set_index("study")["value"]
    gaps = known_by(published_gaps(tables["indirect"]), fitted.as_of).dropna(subset=["date"])
    found = [
        Found(
            "recontact",
            float(known[gap["study"]]),
            pd.Timestamp(gap["date"]),
            {"fresh": gap["direct_pct"], "earlier": gap["indirect_pct"]},
            str(gap["house_id"]),
        )
        for gap in gaps[gaps["study"].isin(known.index)].to_dict("records")
    ]
    latest = tables["polls"].set_index("poll_id")["latest"]
    for fear in fear_ratio(tables["answers"]).to_dict("records"):
        day = pd.Timestamp(latest[fear["poll_id"]])
        if fitted.as_of is None or day <= pd.Timestamp(fitted.as_of):
            words = {"support": fear["support_pct"], "oppose": fear["oppose_pct"]}
            found.append(Found("fear", float(fear["ratio"]), day, words))
    last = {one.kind: one for one in sorted(found, key=lambda one: one.day)}
    return [last[kind] for kind in STYLES if kind in last]


def nonresponse_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn."""
    rows = make_rows(fitted).rename(
        columns={"median": "ratio", "lower": "ratio_lower", "upper": "ratio_upper"}
    )
    found = [
        {"house_id": one.kind, "date": one.day, "ratio": round(one.ratio, DIGITS)}
        for one in find_evidence(fitted)
    ]
    if found:
        rows = pd.concat([rows, pd.DataFrame(found)])
    return rows.reset_index(drop=True)


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses, rows = fitted.obs(), fitted.houses(edition), make_rows(fitted)
    found = find_evidence(fitted)
    fig = plot_nonresponse(obs, rows, houses, edition, found=found)
    ranked = rank_houses(houses, obs)
    names = {house.house_id: house.name for house in ranked}
    every = dict(zip(houses["house_id"], houses["name"], strict=True))
    ends = find_ends(rows)
    told = {"n": len(rows), "without": int((rows["median"] < 1).sum())}
    alt = label("nonresponse.alt.without", edition, **told)
    number = label("card.no_majority", edition)
    if ends:
        said = say_ends(ends, names, edition)
        alt = label("nonresponse.alt", edition, **told, **said)
        one = said["low"] == said["high"]
        number = f"{said['high']}×" if one else label("range.times", edition, **said)
    sides = " ".join(
        label(f"nonresponse.alt.{one.kind}", edition, n=say_found(one, edition)) for one in found
    )
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            *(_say_evidence(one, every, edition) for one in found),
            label("nonresponse.method", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, f"{alt} {sides}".strip(), caption, edition, number)


def _say_evidence(found: Found, names: Mapping[str, str], edition: Edition) -> str:
    digits = int(found.kind == "recontact")
    return label(
        f"nonresponse.evidence.{found.kind}",
        edition,
        month=show_date(found.day, edition, "LLLL y"),
        ratio=say_found(found, edition),
        house=names.get(found.house_id, found.house_id),
        **{name: show_number(n, edition, digits=digits) for name, n in found.words.items()},
    )


ENTRIES = (
    Entry(
        "nonresponse-support",
        "Response ratio that undoes a majority, by house, beside re-contacts and fear of polls.",
        _draw,
        nonresponse_data,
    ),
)
