"""Support by the usual question beside support with one thing changed: secrecy, form, or people."""

import math
import textwrap
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.forest import drop_brackets, name_rows, show_interval, write_aside
from figures.kit.frames import require_columns, shorten_name
from figures.kit.labels import find_label, label, plural, round_shown, show_number
from figures.kit.layout import root_figure
from figures.kit.save import Rendering
from figures.kit.style import FAINT, INK, SECTOR_COLOURS, house_style, new_figure

Row = dict[str, Any]

# What was changed, in the order in which it is shown: only secrecy speaks of sincerity.
GROUPS = ("secret", "form", "people")
USUAL, CHANGED = INK["main"], SECTOR_COLOURS["state"]
# Nearer to 50 than this the axis would cut the line of one half off.
SPACE = 3.0
# Of a row that is named above its mark, since its interval lies below the mark.
LINES = 1.6
# In a line of a name beside its row, as many as in those of labels.csv.
LETTERS = 24
# On a phone, where the change stands in the same line.
LETTERS_ABOVE = 48
# Points to either side from which on an error is called large.
FAR = 5.0
# Comparisons whose shares an alt text tells; of more it tells one less, and how many are left.
MOST_PAIRS = 5
COLUMNS = (
    "group", "name", "house_id", "study", "date", "period", "n", "from_pct", "to_pct", "change",
    "lower", "upper", "se_origin", "source_id",
)  # fmt: skip


def plot_indirect(
    rows: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    data_to: date | pd.Timestamp,
) -> Figure:
    """Draw both shares of each comparison, joined, and the change between them.

    Parameters
    ----------
    rows : DataFrame
        group ("secret", "form" or "people"), name, house_id, study, from_pct, to_pct (percent),
        change, lower, upper (points; the ends may be missing), se_origin.
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
        A column is missing, or there is nothing to draw.
    """
    if rows.empty:
        raise ValueError("No study has published both shares yet, so nothing can be drawn.")
    require_columns(rows, "rows", ["group", "name", "from_pct", "to_pct", "change", "lower"])
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = _draw_rows(ax, rows, edition)
        finish(
            fig,
            indirect_title(rows, edition),
            label("indirect.subtitle", edition),
            name_studies(rows, edition),
            data_to,
            note=_note(rows, edition),
            key=[
                KeyEntry("o", USUAL, label("indirect.key.direct", edition)),
                KeyEntry("D", CHANGED, label("indirect.key.indirect", edition)),
            ],
            rows=math.ceil(n_rows * LINES),
            edition=edition,
        )
    return fig


def indirect_title(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say how far support fell where the answer was secret last, and whether a majority is left.

    An error is large where its interval reaches no change, or `FAR` points to either side.

    Examples
    --------
    >>> rows = pd.DataFrame({"group": ["secret"], "change": [-10.0], "to_pct": [61.0],
    ...                      "period": None, "date": pd.Timestamp("2022-03-11")})
    >>> indirect_title(rows).replace(chr(160), " ").split(": ")[0]
    'Asked in secret, support for the war was 10 points lower in 2022'
    """
    secret = rows[rows["group"] == "secret"]
    if secret.empty:
        return label("indirect.title.form", edition)
    last, when = secret.iloc[-1], name_years(secret.tail(1))
    fewer = int(round_shown(-last["change"]))
    if fewer <= 0:
        return label("indirect.title.none", edition, when=when)
    left = "majority" if last["to_pct"] > 50 else "no_majority"
    points = plural("count.points", fewer, edition)
    ends = [float(last.get(end, np.nan)) for end in ("lower", "upper")]
    clear = "_clear" if ends[1] < 0 and ends[1] - ends[0] < 2 * FAR else ""
    return label(f"indirect.title.{left}{clear}", edition, points=points, when=when)


def _published(rows: pd.DataFrame) -> pd.Series:
    """Day by which each study was known."""
    from analysis.list_experiments import known_day

    return known_day(rows)


def name_years(rows: pd.DataFrame) -> str:
    """Year of some studies, or the first and last of several.

    Parameters
    ----------
    rows : DataFrame
        period and date, as from :func:`analysis.list_experiments.published.published_gaps`.

    Examples
    --------
    >>> name_years(pd.DataFrame({"period": ["published 2022-06-22"], "date": [pd.NaT]}))
    '2022'
    """
    years = _published(rows).dropna().dt.year
    first, last = years.min(), years.max()
    return str(first) if first == last else f"{first}–{last}"


def name_studies(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Houses of some studies for a source line.

    Examples
    --------
    >>> name_studies(pd.DataFrame({"house_id": ["chronicles", "chronicles"], "study": "A"}))
    'Chronicles'
    """
    names = [
        find_label(f"house.{row['house_id']}", edition) or str(row["study"])
        for row in _records(rows)
    ]
    return ", ".join(dict.fromkeys(names))


def _note(rows: pd.DataFrame, edition: Edition) -> str:
    """What is known of the errors, and what the tests are not."""
    words = [label("indirect.note", edition)]
    if (rows["se_origin"] == "assumed").any():
        several = "_more" if (rows["group"] == "secret").sum() > 1 else ""
        words.insert(0, label(f"indirect.errors.assumed{several}", edition))
    return " ".join(words)


def _say_pairs(rows: pd.DataFrame, edition: Edition) -> str:
    """Both shares of each comparison, of some where there are too many for an alt text."""
    some = rows if len(rows) <= MOST_PAIRS else rows.head(MOST_PAIRS - 1)
    pairs = [
        label(
            "indirect.pair",
            edition,
            a=show_number(row["from_pct"], edition),
            b=show_number(row["to_pct"], edition),
        )
        for row in _records(some)
    ]
    left = len(rows) - len(some)
    return "; ".join([*pairs, *([label("indirect.pair.more", edition, n=left)] if left else [])])


def _name_within(row: Row, edition: Edition) -> str:
    """Words for a comparison within a sentence; the name of a study keeps its capital."""
    if not find_label(f"indirect.row.{row['name']}", edition):
        return str(row["study"])
    words = name_row(row, edition).replace("\n", " ")
    return words[:1].lower() + words[1:]


def _say_secret(rows: pd.DataFrame, edition: Edition) -> str:
    """Which of the comparisons speak of sincerity."""
    n_secret = int((rows["group"] == "secret").sum())
    key = ("none", "one")[n_secret] if n_secret < 2 else "more"
    return label(f"indirect.alt.{key}", edition, n=n_secret)


def _say_method(rows: pd.DataFrame, studies: str, edition: Edition) -> str:
    """How lists work, and where the errors of those that are drawn come from."""
    origins = set(rows.loc[rows["group"] == "secret", "se_origin"])
    # Before any list was known, the words speak of lists in general.
    key = "assumed" if origins <= {"assumed"} else "some" if "assumed" in origins else "printed"
    errors = label(f"indirect.method.{key}", edition)
    return label("indirect.method", edition, errors=errors, studies=studies)


def _say_recomputed(rows: pd.DataFrame, edition: Edition) -> list[str]:
    """Whose share of people reached again was recomputed by us, if it is drawn."""
    people = rows.loc[rows["group"] == "people", "house_id"]
    if "chronicles" not in set(people):
        return []
    return [label(f"indirect.recomputed{'_more' if len(people) > 1 else ''}", edition)]


def name_row(row: Row, edition: Edition) -> str:
    """Words for a comparison: its own where labels.csv has them, else the name of its study."""
    words = find_label(f"indirect.row.{row['name']}", edition)
    if words:
        return words.replace("|", "\n")
    if edition.size == "phone":  # a line above the row, beside its change
        return shorten_name(str(row["study"]), LETTERS_ABOVE)
    return textwrap.fill(str(row["study"]), LETTERS)


def _records(rows: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _draw_rows(ax: Axes, rows: pd.DataFrame, edition: Edition) -> int:
    """Draw two dots a row, joined, under a heading for each group, the change beside; count."""
    ax.axvline(50, color=INK["quiet"], linewidth=0.8, zorder=1, gid="half")
    names: list[str] = []
    headings: list[int] = []
    for group in GROUPS:
        mine = _records(rows[rows["group"] == group])
        if mine:
            headings.append(len(names))
            names.append(label(f"indirect.group.{group}", edition))
        for row in mine:
            _draw_row(ax, len(names), row, edition)
            names.append(name_row(row, edition))
    # On a phone the interval is drawn only: its words would run into the name of the row.
    heading = label("houses.aside", edition)
    if edition.size == "phone":
        heading = drop_brackets(heading)
    write_aside(ax, -0.85, heading, edition, colour=INK["quiet"])
    weights = ["bold" if place in headings else "normal" for place in range(len(names))]
    name_rows(ax, list(zip(names, weights, strict=True)), edition, above=9, headings=headings)
    _label_values(ax, rows, edition)
    return len(names)


def _draw_row(ax: Axes, place: int, row: Row, edition: Edition) -> None:
    ends = [row["from_pct"], row["to_pct"]]
    ax.plot(ends, [place] * 2, color=FAINT, linewidth=3, zorder=2, gid=f"gap-{place}")
    if np.isfinite(row["lower"]):
        ax.plot(
            [row["from_pct"] + row["lower"], row["from_pct"] + row["upper"]], [place + 0.22] * 2,
            color=CHANGED, linewidth=1.4, zorder=2.5, gid=f"interval-{place}",
            linestyle=(0, (3, 1.5)) if row["se_origin"] == "assumed" else "-",
        )  # fmt: skip
    for value, marker, colour in zip(ends, "oD", (USUAL, CHANGED), strict=True):
        ax.plot(
            [value], [place], marker=marker, color=colour, markersize=8, zorder=3,
            markeredgecolor="white", markeredgewidth=0.6, linestyle="none",
            gid=f"{'direct' if marker == 'o' else 'indirect'}-{place}",
        )  # fmt: skip
        _write_value(ax, value, place, ends, edition)
    words = show_number(row["change"], edition, with_sign=True)
    if np.isfinite(row["lower"]) and edition.size != "phone":
        words = show_interval(row["change"], row["lower"], row["upper"], edition)
    write_aside(ax, place, words, edition, above=9)


def _write_value(ax: Axes, value: float, place: int, ends: list[float], edition: Edition) -> None:
    """Write a share beside its dot, on the side away from the other one."""
    is_right = value >= max(ends)
    is_left = value <= min(ends)
    side = 1 if is_right and not (is_left and value == ends[1]) else -1
    ax.annotate(
        show_number(value, edition),
        (value, place),
        xytext=(side * 8, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
    )


def _label_values(ax: Axes, rows: pd.DataFrame, edition: Edition) -> None:
    shares = rows[["from_pct", "to_pct"]].to_numpy(dtype=float)
    ends = [(rows["from_pct"] + rows[name]).dropna() for name in ("lower", "upper")]
    values = np.concatenate([shares.ravel(), *(end.to_numpy(dtype=float) for end in ends)])
    low, high = min(50.0, values.min()) - SPACE, max(50.0, values.max()) + SPACE
    step = 5 if root_figure(ax).bbox.width / root_figure(ax).dpi > 7 else 10
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


def make_rows(fitted: FittedPolls) -> pd.DataFrame:
    """Comparisons that were known by the day of a fitted, in the order of the picture."""
    return fitted.keep("indirect.rows", lambda: _gather(fitted))


def _gather(fitted: FittedPolls) -> pd.DataFrame:
    from analysis.findings import form_effects, list_experiments
    from analysis.list_experiments import published_gaps

    secret = known_by(list_experiments(fitted), fitted.as_of).assign(group="secret")
    gaps = published_gaps(fitted.tables["indirect"])
    people = known_by(gaps[gaps["kind"] == "recontact"], fitted.as_of)
    both = pd.concat([secret, people.dropna(subset=["indirect_pct"]).assign(group="people")])
    both = both.rename(columns={"direct_pct": "from_pct", "indirect_pct": "to_pct"})
    name = both["house_id"] + "." + both["kind"]
    both = both.assign(
        # The words of labels.csv are those of the first study; a later one has its own name.
        name=name.mask(name.duplicated(), both["study"]),
        change=-both["gap_points"],
        lower=-both["upper"],
        upper=-both["lower"],
    )
    form = form_effects(fitted)
    form = form[~form["finding"].str.endswith("_against")].assign(group="form", se_origin="ours")
    form = form.rename(columns={"finding": "name", "mean": "change"})
    parts = [part.reindex(columns=list(COLUMNS)) for part in (both, form)]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    place = rows["group"].map({group: i for i, group in enumerate(GROUPS)})
    return rows.iloc[place.argsort(kind="stable").to_numpy()].reset_index(drop=True)


def indirect_data(fitted: FittedPolls) -> pd.DataFrame:
    """The numbers behind the picture, exactly as drawn."""
    numbers = dict.fromkeys(("from_pct", "to_pct", "change", "lower", "upper"), 2)
    return make_rows(fitted).round(numbers)


def _last(fitted: FittedPolls, rows: pd.DataFrame) -> pd.Timestamp:
    """Last day of the data: of fieldwork, or of publication where that alone is known."""
    table = fitted.tables["indirect"]
    fields = table.loc[table["study"].isin(rows["study"]), "field_end"]
    return pd.Timestamp(pd.concat([_published(rows), fields]).max())


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    rows = make_rows(fitted)
    data_to = _last(fitted, rows)
    fig = plot_indirect(rows, edition, data_to=data_to)
    alt = label(
        "indirect.alt",
        edition,
        n=len(rows),
        pairs=_say_pairs(rows, edition),
        secret=_say_secret(rows, edition),
    )
    names = [_name_within(row, edition) for row in _records(rows)]
    caption = "\n".join(
        [
            # Tests without shares have no day by which they could be known or not.
            *([label("indirect.silent", edition)] if fitted.as_of is None else []),
            *_say_recomputed(rows, edition),
            _say_method(rows, "; ".join(names), edition),
            source_line(name_studies(rows, edition), data_to, edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "indirect-support",
        "Support by the usual question, and with one thing changed: secrecy, form or people.",
        _draw,
        indirect_data,
    ),
)
