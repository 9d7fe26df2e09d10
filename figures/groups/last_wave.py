"""All groups at the last wave, one under the other, each with its interval."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from figures.groups._words import name_group, show_month, who_note
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import require_columns
from figures.kit.labels import label, show_number
from figures.kit.style import ESTIMATE, INK, house_style, new_figure

DIGITS = 2
NUMBERS = ["mean", "lower", "upper"]


def groups_data(shares: Mapping[str | None, pd.DataFrame]) -> pd.DataFrame:
    """Everybody and every group at the last wave.

    Parameters
    ----------
    shares : mapping of factor to DataFrame
        As from ``WhoResults.share``: None for everybody, and each factor.

    Returns
    -------
    DataFrame
        wave, wording_variant, date, by (empty for everybody), group, value_pct, lower_pct,
        upper_pct.
    """
    last = shares[None]["date"].max()
    rows = []
    for by, frame in shares.items():
        require_columns(frame, f"shares by {by}", ["wave", "date", "group", *NUMBERS])
        rows.append(frame[frame["date"] == last].assign(by=by or ""))
    both = pd.concat(rows, ignore_index=True)
    # Of several wordings in one wave the one that most waves share.
    both = both[both["is_comparable"] == both.groupby("by")["is_comparable"].transform("max")]
    names = dict(zip(NUMBERS, ("value_pct", "lower_pct", "upper_pct"), strict=True))
    both[NUMBERS] = both[NUMBERS].round(DIGITS)
    kept = ["wave", "wording_variant", "date", "by", "group"]
    done: pd.DataFrame = both.rename(columns=names)[[*kept, *names.values()]]
    return done.reset_index(drop=True)


def plot_groups(
    rows: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    source: str,
    data_to: date | pd.Timestamp,
) -> Figure:
    """Draw all groups of the last wave as dots with intervals, against everybody.

    Parameters
    ----------
    rows : DataFrame
        As from `groups_data`.
    edition : Edition
        Language and size, and the day by which all polls were published.
    source, data_to
        As for `figures.kit.finish.finish`.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing.
    """
    require_columns(rows, "rows", ["date", "by", "group", "value_pct", "lower_pct", "upper_pct"])
    everybody = rows[rows["by"] == ""].iloc[0]
    with house_style():
        fig, ax = new_figure(edition)
        line = float(everybody["value_pct"])
        n_rows = draw_rows(ax, _list_rows(rows, edition), edition, line=line, unit="percent")
        finish(
            fig,
            groups_title(rows, edition),
            label("who.all.subtitle", edition),
            source,
            data_to,
            note=who_note("all", edition),
            rows=n_rows,
            edition=edition,
        )
    return fig


def groups_title(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Name the groups with least and most support, and their shares."""
    low, high = _ends(rows, edition)
    return label(
        "who.all.title", edition, time=show_month(rows["date"].max(), edition), **low, **high
    )


def groups_alt(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Describe the picture to those who do not see it, in at most 40 words."""
    low, high = _ends(rows, edition)
    n = show_number(rows.loc[rows["by"] == "", "value_pct"].iloc[0], edition)
    return label(
        "who.all.alt", edition, time=show_month(rows["date"].max(), edition), n=n, **low, **high
    )


def groups_number(rows: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Least and greatest share, as a card shows them."""
    low, high = _ends(rows, edition)
    return label("range.percent", edition, low=low["low_n"], high=high["high_n"])


def _ends(rows: pd.DataFrame, edition: Edition) -> tuple[dict[str, str], dict[str, str]]:
    """Least and greatest group: name and share."""
    groups = rows[rows["by"] != ""].sort_values("value_pct", kind="stable")
    found = []
    for name, row in (("low", groups.iloc[0]), ("high", groups.iloc[-1])):
        words = name_group(row["by"], row["group"], edition)
        # The name stands within a sentence there.
        words = words[:1].lower() + words[1:]
        found.append({name: words, f"{name}_n": show_number(row["value_pct"], edition)})
    return found[0], found[1]


def _list_rows(rows: pd.DataFrame, edition: Edition) -> list[Row]:
    """Everybody, then the groups of each factor under its name, those furthest apart first."""
    groups = rows[rows["by"] != ""]
    spans = groups.groupby("by")["value_pct"].agg(lambda shares: shares.max() - shares.min())
    listed = [_make_row(rows[rows["by"] == ""].iloc[0], edition)]
    for by in spans.sort_values(ascending=False, kind="stable").index:
        listed.append(Row(label(f"who.{by}.heading", edition)))
        listed += [_make_row(row, edition) for _, row in groups[groups["by"] == by].iterrows()]
    return listed


def _make_row(row: pd.Series, edition: Edition) -> Row:
    by, group = str(row["by"]), str(row["group"])
    mean, lower, upper = (float(row[name]) for name in ("value_pct", "lower_pct", "upper_pct"))
    interval = show_interval(mean, lower, upper, edition, sign=False)
    n, rest = interval.split(" ", 1) if " " in interval else (interval, "")
    return Row(
        name_group(by, group, edition) if by else label("who.everybody", edition),
        mean,
        lower,
        upper,
        ESTIMATE if by else INK["quiet"],
        "o" if by else "D",
        label("who.interval", edition, n=n, interval=rest),
        "normal" if by else "bold",
    )
