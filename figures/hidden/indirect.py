"""Support asked directly beside support asked in another way, as published."""

from datetime import date
from typing import Any

import pandas as pd
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import require_columns
from figures.kit.labels import find_label, label, plural, show_number
from figures.kit.layout import root_figure
from figures.kit.save import Rendering
from figures.kit.style import FAINT, INK, SECTOR_COLOURS, house_style, new_figure

Row = dict[str, Any]

# Kinds of evidence, in the order in which they are shown; the last asks other people.
KINDS = ("list", "wording", "order", "recontact")
WITHIN = KINDS[:3]
DIRECT, INDIRECT = INK["main"], SECTOR_COLOURS["state"]
ASIDE = 8
# Nearer to 50 than this the axis would cut the line of one half off.
SPACE = 3.0


def plot_indirect(
    gaps: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    data_to: date | pd.Timestamp,
) -> Figure:
    """Draw both shares of each study, joined, and the gap between them.

    Parameters
    ----------
    gaps : DataFrame
        study, house_id, kind, direct_pct, indirect_pct, gap_points, se_origin, lower, upper, as
        from :func:`analysis.list_experiments.published.published_gaps`; those with both shares
        are drawn.
    edition : Edition
        Language and size, and the day by which all polls were published.
    data_to : date
        Last day of the data.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing, or no study published both shares.
    """
    columns = ["study", "house_id", "kind", "direct_pct", "indirect_pct", "gap_points"]
    require_columns(gaps, "gaps", [*columns, "se_origin"])
    shown = choose_gaps(gaps)
    with house_style():
        fig, ax = new_figure(edition)
        _draw_rows(ax, shown, edition)
        finish(
            fig,
            indirect_title(shown, edition),
            label("indirect.subtitle", edition),
            name_studies(shown, edition),
            data_to,
            note=_note(shown, edition),
            key=[
                KeyEntry("o", DIRECT, label("indirect.key.direct", edition)),
                KeyEntry("D", INDIRECT, label("indirect.key.indirect", edition)),
            ],
            edition=edition,
        )
    return fig


def choose_gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    """Keep the final figures of studies with both shares, the kinds in order.

    Raises
    ------
    ValueError
        There is none.
    """
    both = gaps["direct_pct"].notna() & gaps["indirect_pct"].notna() & gaps["kind"].isin(KINDS)
    if "is_preliminary" in gaps.columns:
        both &= ~gaps["is_preliminary"].astype(bool)
    shown = gaps[both].copy()
    if shown.empty:
        raise ValueError("No study in `gaps` has published both shares, so nothing can be drawn.")
    place = shown["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    return shown.iloc[place.argsort(kind="stable").to_numpy()].reset_index(drop=True)


def indirect_title(shown: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say how far support falls when it is asked in another way, and whether a majority is left.

    Examples
    --------
    >>> shown = pd.DataFrame({
    ...     "kind": ["list", "wording"], "gap_points": [10.0, 7.0], "indirect_pct": [61.0, 63.0],
    ...     "period": None, "date": pd.Timestamp("2022-03-11"),
    ... })
    >>> title = indirect_title(shown).replace(chr(160), " ")
    >>> title.split(", ")[1]
    '7 to 10 points fewer supported the war in 2022'
    """
    within = shown[shown["kind"].isin(WITHIN)]
    if within.empty:
        return label("indirect.title.recontact", edition)
    low, high = within["gap_points"].min(), within["gap_points"].max()
    when = name_years(within)
    if high <= 0:
        return label("indirect.title.none", edition, when=when)
    left = "majority" if within["indirect_pct"].min() > 50 else "no_majority"
    if low <= 0 or round(low) == round(high):
        points = plural("count.up_to_points", round(high), edition)
        return label(f"indirect.title.up_to.{left}", edition, points=points, when=when)
    points = plural("count.points", round(high), edition)
    low_text = show_number(round(low), edition)
    return label(f"indirect.title.{left}", edition, low=low_text, points=points, when=when)


def _published(gaps: pd.DataFrame) -> pd.Series:
    """Day printed as that of publication, else the middle of fieldwork."""
    printed = gaps["period"].astype("str").str.extract(r"published (\d{4}-\d{2}-\d{2})")[0]
    return pd.to_datetime(printed, format="%Y-%m-%d").fillna(pd.to_datetime(gaps["date"]))


def name_years(gaps: pd.DataFrame) -> str:
    """Year of some studies, or the first and last of several.

    Parameters
    ----------
    gaps : DataFrame
        period and date, as from :func:`analysis.list_experiments.published.published_gaps`.

    Examples
    --------
    >>> name_years(pd.DataFrame({"period": ["published 2022-06-22"], "date": [pd.NaT]}))
    '2022'
    """
    years = _published(gaps).dropna().dt.year
    first, last = years.min(), years.max()
    return str(first) if first == last else f"{first}–{last}"


def name_studies(shown: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Houses of some studies for a source line.

    Examples
    --------
    >>> name_studies(pd.DataFrame({"house_id": ["chronicles", "chronicles"], "study": "A"}))
    'Chronicles'
    """
    names = [
        find_label(f"house.{row['house_id']}", edition) or str(row["study"]) for row in _rows(shown)
    ]
    return ", ".join(dict.fromkeys(names))


def _note(shown: pd.DataFrame, edition: Edition) -> str:
    """What is known of the errors, and what the tests are not."""
    published = (shown["se_origin"] == "published").sum()
    key = "none" if not published else "all" if published == len(shown) else "some"
    return f"{label(f'indirect.errors.{key}', edition)} {label('indirect.note', edition)}"


def name_row(row: Row, edition: Edition) -> str:
    """Words for a study: its own where labels.csv has them, else its name in the table."""
    words = find_label(f"indirect.row.{row['house_id']}.{row['kind']}", edition)
    return words.replace("|", "\n") if words else str(row["study"])


def _rows(shown: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in shown.to_dict("records")]


def _draw_rows(ax: Axes, shown: pd.DataFrame, edition: Edition) -> None:
    """Draw two dots a row, joined; the gap stands in a column at the right."""
    ax.axvline(50, color=INK["quiet"], linewidth=0.8, zorder=1, gid="half")
    rows = _rows(shown)
    for place, row in enumerate(rows):
        ends = [row["direct_pct"], row["indirect_pct"]]
        ax.plot(ends, [place] * 2, color=FAINT, linewidth=3, zorder=2, gid=f"gap-{place}")
        for value, marker, colour in zip(ends, "oD", (DIRECT, INDIRECT), strict=True):
            ax.plot(
                [value], [place], marker=marker, color=colour, markersize=8, zorder=3,
                markeredgecolor="white", markeredgewidth=0.6, linestyle="none",
                gid=f"{'direct' if marker == 'o' else 'indirect'}-{place}",
            )  # fmt: skip
            _write_value(ax, value, place, ends, edition)
        _write_aside(ax, place, show_number(-row["gap_points"], edition, with_sign=True), "bold")
    _write_aside(ax, -0.75, label("indirect.aside", edition), "normal")
    ax.set_yticks(range(len(shown)), [name_row(row, edition) for row in rows])
    ax.set_ylim(len(shown) - 0.4, -0.65)
    _label_values(ax, shown, edition)


def _write_value(ax: Axes, value: float, place: int, ends: list[float], edition: Edition) -> None:
    """Write a share beside its dot, on the side away from the other one."""
    is_right = value >= max(ends)
    is_left = value <= min(ends)
    side = 1 if is_right and not (is_left and value == ends[1]) else -1
    ax.annotate(
        show_number(value, edition, digits=0 if value == round(value) else 1),
        (value, place),
        xytext=(side * 8, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
    )


def _write_aside(ax: Axes, place: float, words: str, weight: str) -> None:
    text = ax.annotate(
        words,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(ASIDE, 0),
        textcoords="offset points",
        va="center",
        color=INK["main"] if weight == "bold" else INK["quiet"],
        annotation_clip=False,
    )
    text.set_fontweight(weight)


def _label_values(ax: Axes, shown: pd.DataFrame, edition: Edition) -> None:
    shares = shown[["direct_pct", "indirect_pct"]].to_numpy(dtype=float)
    low, high = min(50.0, shares.min()) - SPACE, max(50.0, shares.max()) + SPACE
    step = 5 if root_figure(ax).bbox.width / root_figure(ax).dpi > 6 else 10
    ticks = [tick for tick in range(0, 101, step) if low <= tick <= high]
    ax.set_xlim(low, high)
    ax.set_xticks(ticks, [format_percent(tick / 100, locale=edition.locale) for tick in ticks])
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")


def known_by(gaps: pd.DataFrame, as_of: date | pd.Timestamp | None) -> pd.DataFrame:
    """Keep what was published by a day: its printed date, else the middle of fieldwork.

    Examples
    --------
    >>> gaps = pd.DataFrame({
    ...     "period": ["published 2022-06-22", None],
    ...     "date": pd.to_datetime([None, "2022-03-11"]),
    ... })
    >>> len(known_by(gaps, date(2022, 4, 18))), len(known_by(gaps, None))
    (1, 2)
    """
    if as_of is None:
        return gaps
    return gaps[_published(gaps) <= pd.Timestamp(as_of)]


def make_gaps(fitted: FittedPolls) -> pd.DataFrame:
    """Published gaps on the war that were known by the day of a fitted."""
    from analysis.list_experiments import published_gaps

    gaps = fitted.keep("gaps", lambda: published_gaps(fitted.tables["indirect"]))
    return known_by(gaps, fitted.as_of)


def indirect_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn, with what was printed."""
    columns = ["study", "house_id", "kind", "technique", "item", "date", "period", "n",
               "direct_pct", "indirect_pct", "gap_points", "se", "lower", "upper", "se_origin",
               "as_printed", "source_id"]  # fmt: skip
    return choose_gaps(make_gaps(fitted))[columns]


def _last(fitted: FittedPolls) -> pd.Timestamp:
    """Last day of the data: of fieldwork, or of publication where that alone is known."""
    shown, table = choose_gaps(make_gaps(fitted)), fitted.tables["indirect"]
    fields = table.loc[table["study"].isin(shown["study"]), "field_end"]
    return pd.Timestamp(pd.concat([_published(shown), fields]).max())


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    gaps, data_to = make_gaps(fitted), _last(fitted)
    fig = plot_indirect(gaps, edition, data_to=data_to)
    shown = choose_gaps(gaps)
    alt = label(
        "indirect.alt",
        edition,
        n=len(shown),
        pairs="; ".join(
            ", ".join(show_number(row[name], edition) for name in ("direct_pct", "indirect_pct"))
            for row in _rows(shown)
        ),
    )
    rows = [name_row(row, edition).replace("\n", " ") for row in _rows(shown)]
    caption = "\n".join(
        [
            label("indirect.method", edition, studies="; ".join(rows)),
            # Tests without shares have no day by which they could be known or not.
            *([label("indirect.silent", edition)] if fitted.as_of is None else []),
            *([label("indirect.recomputed", edition)] if "recontact" in set(shown["kind"]) else []),
            source_line(name_studies(shown, edition), data_to, edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "indirect-support",
        "Support asked directly and in other ways: list experiment, wording, order, re-contacts.",
        _draw,
        indirect_data,
    ),
)
