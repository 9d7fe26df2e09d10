"""Two pollsters side by side, a hundred squares each: who supports, who opposes, who is silent."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.frames import House, name_sources, rank_houses, require_columns
from figures.kit.labels import label, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import ANSWER_COLOURS, INK, house_style, new_figure
from figures.support._asking import describe_asking

# In the order in which the squares are filled.
PARTS = ("for", "undecided", "against")
COLUMNS = ("for_pct", "none_pct", "against_pct")
# Of ten squares a side; a square covers this share of its place.
SIDE, COVERED = 10, 0.86
# Opposition within so many points is called equal, as sampling alone moves the difference of two
# polls of 1,600 by as much; and silence that makes up this share of the gap is most of it.
ALIKE, MOST = 3.5, 0.7


def plot_two_pollsters(
    pair: pd.DataFrame, houses: pd.DataFrame, edition: Edition = DEFAULT
) -> Figure:
    """Draw a hundred squares for each of two polls, in the colours of their answers.

    Parameters
    ----------
    pair : DataFrame
        As from `choose_pair`.
    houses : DataFrame
        house_id, sector; name, where there is one.
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
    require_columns(pair, "pair", ["house_id", "mid_date", *COLUMNS])
    ranked = {house.house_id: house for house in rank_houses(houses, pair)}
    with house_style():
        fig, first = new_figure(edition)
        inner = fig.add_gridspec(1, 2, wspace=0.12)
        first.set_subplotspec(inner[0])
        panels = [first, fig.add_subplot(inner[1])]
        for ax, (_, poll) in zip(panels, pair.iterrows(), strict=True):
            _draw(ax, poll, ranked[str(poll["house_id"])], edition)
        finish(
            fig,
            pair_title(pair, edition),
            label("pair.support.subtitle", edition),
            name_sources(list(ranked.values()), edition),
            pair["end_date"].max() if "end_date" in pair else pair["mid_date"].max(),
            note=_note(pair, ranked, edition),
            key=[
                KeyEntry("s", ANSWER_COLOURS[part], label(f"composition.support.{part}", edition))
                for part in PARTS
            ],
            edition=edition,
        )
    return fig


def choose_pair(obs: pd.DataFrame) -> pd.DataFrame:
    """Choose the last polls that the two longest series have at about the same time.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct, against_pct (percent), as from ``polls.series()``.

    Returns
    -------
    DataFrame
        Two rows of `obs`, that with more support first, and none_pct, what is neither.

    Raises
    ------
    ValueError
        Fewer than two houses print both answers.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-06-01", "2025-09-25", "2026-02-21", "2025-10-08"])
    >>> obs = pd.DataFrame({"house_id": list("aaab"), "mid_date": days, "for_pct": 70.0,
    ...                     "against_pct": 15.0})
    >>> choose_pair(obs)["mid_date"].dt.month.tolist()
    [9, 10]
    """
    # Labels of frames that were joined may stand there twice.
    whole = obs.dropna(subset=["for_pct", "against_pct"]).reset_index(drop=True)
    quarters = whole.groupby("house_id")["mid_date"].agg(lambda d: d.dt.to_period("Q").nunique())
    two = list(quarters.sort_values(ascending=False, kind="stable").index[:2])
    if len(two) < 2:
        raise ValueError("Fewer than two houses print support and opposition.")
    last = {house: whole.loc[whole["house_id"] == house, "mid_date"].max() for house in two}
    day = min(last.values())
    mine = whole[whole["house_id"].isin(two)]
    apart = (mine["mid_date"] - day).abs()
    nearest = mine.loc[apart.groupby(mine["house_id"]).idxmin()]
    nearest = nearest.assign(none_pct=100 - nearest["for_pct"] - nearest["against_pct"])
    chosen: pd.DataFrame = nearest.sort_values("for_pct", ascending=False, ignore_index=True)
    return chosen


def share_out(shares: "pd.Series[float]") -> list[int]:
    """Share a hundred squares out, the largest remainders first (Hamilton).

    Examples
    --------
    >>> share_out(pd.Series([50.5, 35.4, 14.1]))
    [51, 35, 14]
    """
    whole = np.floor(shares.to_numpy(dtype=float))
    rest = shares.to_numpy(dtype=float) - whole
    missing = round(100 - whole.sum())
    whole[np.argsort(-rest, kind="stable")[:missing]] += 1
    return [int(n) for n in whole]


def pair_title(pair: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say whether the two differ in opposition, or in silence."""
    high, low = pair.iloc[0], pair.iloc[1]
    gap, silent = high["for_pct"] - low["for_pct"], low["none_pct"] - high["none_pct"]
    alike = abs(high["against_pct"] - low["against_pct"]) <= ALIKE and silent >= MOST * gap
    key = f"pair.support.{'silence' if alike else 'differ'}"
    return label(key, edition, **count_squares(pair))


def count_squares(pair: pd.DataFrame) -> dict[str, int]:
    """Squares of each answer as drawn, which title, card and alt text tell.

    Examples
    --------
    >>> pair = pd.DataFrame([[78.0, 7.0, 15.0], [50.5, 35.4, 14.1]], columns=COLUMNS)
    >>> count_squares(pair)["a_for"], count_squares(pair)["b_for"]
    (78, 51)
    """
    return {
        f"{name}_{part}": n
        for name, (_, poll) in zip(("a", "b"), pair.iterrows(), strict=True)
        for part, n in zip(PARTS, share_out(poll[list(COLUMNS)]), strict=True)
    }


def _draw(ax: Axes, poll: "pd.Series[Any]", house: House, edition: Edition) -> None:
    counts = share_out(poll[list(COLUMNS)])
    parts = [part for part, n in zip(PARTS, counts, strict=True) for _ in range(n)]
    colours = [ANSWER_COLOURS[part] for part in parts]
    corners = [(0, 0), (COVERED, 0), (COVERED, COVERED), (0, COVERED)]
    squares = [
        [(k // SIDE + x, SIDE - 1 - k % SIDE + y) for x, y in corners] for k in range(len(colours))
    ]
    ax.add_collection(PolyCollection(squares, facecolors=colours, linewidth=0, gid="squares"))
    ax.set(xlim=(0, SIDE), ylim=(0, SIDE), xticks=[], yticks=[], aspect="equal", anchor="NW")
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    head: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    when = show_date(poll["mid_date"], edition, "LLLL y")
    name = label("pair.head", edition, name=house.name, when=when)
    words = label("pair.counts", edition, **dict(zip(PARTS, counts, strict=True)))
    if edition.size == "phone":  # too narrow for one line
        name, words = name.replace(", ", ",\n"), words.replace(", ", ",\n")
    ax.annotate(name, (0, 1), (0, 17), weight="bold", va="bottom", size=8.5, **head)
    how = describe_asking(poll.to_frame().T, edition)
    ax.annotate(how, (0, 1), (0, 4), va="bottom", size=7.5, color=INK["quiet"], **head)
    ax.annotate(words, (0, 0), (0, -4), va="top", weight="bold", size=8, **head)


def _note(pair: pd.DataFrame, ranked: Mapping[str, House], edition: Edition) -> str:
    """Of those who say yes or no, how many in a hundred say yes."""
    told = {}
    for name, (_, poll) in zip(("a", "b"), pair.iterrows(), strict=True):
        told[name] = ranked[str(poll["house_id"])].name
        share = 100 * poll["for_pct"] / (poll["for_pct"] + poll["against_pct"])
        told[f"{name}_n"] = show_number(share, edition)
    return label("pair.note", edition, **told)


def _pair(fitted: FittedPolls) -> pd.DataFrame:
    return fitted.keep("two_pollsters", lambda: choose_pair(fitted.obs()))


def _data(fitted: FittedPolls) -> pd.DataFrame:
    columns = ["poll_id", "house_id", "mid_date", *COLUMNS, "source_url"]
    drawn: pd.DataFrame = _pair(fitted)[columns].round(dict.fromkeys(COLUMNS, 2))
    return drawn


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    pair, houses = _pair(fitted), fitted.houses(edition)
    ranked = {house.house_id: house for house in rank_houses(houses, pair)}
    told: dict[str, object] = {**count_squares(pair)}
    for name, house in zip(("a", "b"), pair["house_id"], strict=True):
        told[name] = ranked[str(house)].name
    caption = "\n".join(
        [
            label("pair.caption", edition),
            label("trend.support.question", edition),
            source_line(
                name_sources(list(ranked.values()), edition), pair["end_date"].max(), edition
            ),
        ]
    )
    number = label("pair.card", edition, **count_squares(pair))
    fig = plot_two_pollsters(pair, houses, edition)
    return Rendering(fig, label("pair.alt", edition, **told), caption, edition, number)


ENTRIES = (
    Entry(
        "two-pollsters-support",
        "A hundred squares for each of two pollsters: support, opposition and no answer.",
        _draw_published,
        _data,
    ),
)
