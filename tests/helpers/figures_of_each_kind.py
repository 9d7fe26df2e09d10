"""A figure of each kind from made-up numbers, and where in it each word and mark stands."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from helpers.figures_made import (
    HOUSES,
    LAST,
    SINCE,
    draw_coverage,
    draw_trend,
    make_change,
    make_houses,
    make_polls,
    make_trend,
)
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from figures.card import make_card
from figures.hidden.composition import plot_composition
from figures.hidden.nonresponse import Found, plot_nonresponse
from figures.hidden.opinion_spread import plot_opinion_spread
from figures.hidden.participation import plot_participation
from figures.hidden.tipping import plot_tipping
from figures.kit.edition import Edition
from figures.kit.save import Rendering
from figures.kit.style import house_style
from figures.questions.side_by_side import QUESTIONS, plot_questions
from figures.questions.talks import plot_talks
from figures.support import multiverse
from figures.support.by_pollster import plot_pollsters
from figures.support.claim import plot_claim
from figures.support.house_effects import plot_houses
from figures.support.sector_gap import plot_gap
from figures.support.sectors import plot_sectors
from figures.support.two_pollsters import plot_two_pollsters
from figures.support.vintages import plot_vintages

AT = {"start": pd.Timestamp("2022-04-01"), "start_until": pd.Timestamp("2022-05-31")}
FELL = {"mean": -16.0, "lower": -26.0, "upper": -7.0, "direction": "fallen", **AT}
PAIR = ["levada", "chronicles"]


def _interval(frame: pd.DataFrame, half: float) -> pd.DataFrame:
    return frame.assign(lower=frame["mean"] - half, upper=frame["mean"] + half)


def _thin(trend: pd.DataFrame) -> pd.DataFrame:
    """Every seventh day: drawn as quickly, and as telling."""
    return trend.iloc[::7].reset_index(drop=True)


def _effects() -> pd.DataFrame:
    rows = {"house_id": list(HOUSES), "mean": [float(row[3]) for row in HOUSES.values()]}
    return _interval(pd.DataFrame(rows), 4.5)


def _houses(edition: Edition) -> Figure:
    asked = make_polls().assign(mode="cati", frame="operation", offers_refusal=True)
    contrast = {"mean": 21.0, "lower": 17.0, "upper": 25.0}
    return plot_houses(asked, _effects(), make_houses(), edition, contrast=contrast)


def _gap(edition: Edition) -> Figure:
    choices = ["these_houses", "by_polls"]
    gaps = _interval(pd.DataFrame({"choice": choices, "mean": [4.6, 1.2]}), 3.0)
    return plot_gap(make_polls(), gaps, make_houses(), edition)


def _claim(edition: Edition) -> Figure:
    obs = make_polls()
    obs = obs[obs["house_id"].isin(["levada", "fom", "vciom"])].head(30)
    rows = [("house", house, 68.0 + HOUSES[house][3]) for house in ("levada", "fom", "vciom")]
    rows += [("sector", f"sector:{name}", 70.0) for name in ("state", "independent")]
    claims = pd.DataFrame(rows, columns=["estimand", "reference", "mean"])
    claims = _interval(claims, 8.0).assign(prob_above=0.98, above=50.0, as_of="2022-04-18")
    return plot_claim(obs, claims, make_houses(), edition)


def _sectors(edition: Edition) -> Figure:
    trends = dict.fromkeys(("state", "independent"), _thin(make_trend()))
    changes = {"state": make_change(-6, 2, 0.99), "independent": make_change(-4, 2, 0.95)}
    given: dict[str, Any] = {"changes": changes, "since": SINCE}
    return plot_sectors(make_polls(), trends, make_houses(), edition, **given)


def _vintages(edition: Edition) -> Figure:
    trend = _thin(make_trend())
    then = trend.iloc[[10, 40, 80, 120]]
    history = _interval(then.assign(mean=then["mean"] - [3.0, 1.0, -2.0, 0.5]), 4.0)
    history = history.assign(as_of=history["date"]).reset_index(drop=True)
    given = {"source": "Made up", "data_to": LAST, "names": "Levada Center, VCIOM"}
    return plot_vintages(history, trend, edition, **given)


def _composition(edition: Edition) -> Figure:
    trend = _thin(make_trend())
    parts = {"for": trend["mean"], "against": 0.3 * trend["mean"]}
    parts["undecided"] = 100 - parts["for"] - parts["against"]
    frames = [trend[["date"]].assign(part=part, mean=mean) for part, mean in parts.items()]
    levels = pd.DataFrame({"house_id": PAIR, "mean": [7.2, 33.1]})
    polls = make_polls().rename(columns={"share_pct": "for_pct"})
    rows = _interval(pd.concat(frames, ignore_index=True), 3.0)
    given: dict[str, Any] = {"change": make_change(4.0, 1.2, 0.0004), "since": SINCE}
    return plot_composition(polls, rows, make_houses(), levels, edition, **given)


def _nonresponse(edition: Edition) -> Figure:
    ratios = {"levada": 3.5, "fom": 2.4, "vciom": 1.9, "chronicles": 1.05, "propa": 0.75}
    rows = pd.DataFrame({"house_id": list(ratios), "median": list(ratios.values())})
    rows = rows.assign(lower=rows["median"] / 1.2, upper=rows["median"] * 1.2, date=LAST)
    found = [Found("recontact", 0.5, LAST, {}), Found("fear", 1.42, LAST, {})]
    return plot_nonresponse(make_polls(), rows, make_houses(), edition, found=found)


def _tipping(edition: Edition) -> Figure:
    rows = {"reference": ["levada", "vciom", "chronicles"], "median": [31.0, 23.0, 4.0]}
    points = pd.DataFrame(rows)
    points = points.assign(lower=points["median"] - 3, upper=points["median"] + 4)
    lists = pd.DataFrame(
        {"house_id": ["chapkovski_schaub"], "study": ["A"], "insincere_pct": [14.1],
         "insincere_lower": [4.0], "insincere_upper": [24.2],
         "period": ["published 2022-06-22"], "date": [pd.NaT]})  # fmt: skip
    return plot_tipping(make_polls(), points, lists, make_houses(), edition)


def _participation(edition: Edition) -> Figure:
    days = pd.to_datetime(["2022-03-01", "2023-03-01", "2024-09-20"])
    rates = {("completes", "russian_field"): (6.0, 4.0, 5.0),
             ("refused", "levada"): (76.0, 79.0, 72.0)}  # fmt: skip
    parts = [
        pd.DataFrame({"house_id": house, "kind": kind, "study": "wave", "date": days,
                      "value_pct": values})
        for (kind, house), values in rates.items()
    ]  # fmt: skip
    return plot_participation(pd.concat(parts, ignore_index=True), make_houses(), edition)


def _spread(edition: Edition) -> Figure:
    polls = make_polls()
    polls = polls.assign(of_all=polls["share_pct"], of_opinion=(polls["share_pct"] + 8).clip(0, 99))
    ends = {"base": {"mean": -7.5, "direction": "lower"}, "last": {"mean": 5.6}}
    ends["last"] |= {"direction": "higher"}
    gaps = {f"opinion.{side}.{name}": row | AT
            for side in ("of_all", "of_opinion") for name, row in ends.items()}  # fmt: skip
    return plot_opinion_spread(polls, make_houses(), edition, pair=PAIR, gaps=gaps)


def _pair(edition: Edition) -> Figure:
    rows = {"house_id": PAIR, "for_pct": [78.0, 50.6], "against_pct": [7.0, 35.2],
            "none_pct": [15.0, 14.2]}  # fmt: skip
    pair = pd.DataFrame(rows).assign(mid_date=LAST, end_date=LAST)
    return plot_two_pollsters(pair, make_houses(), edition)


def _pollsters(edition: Edition) -> Figure:
    asked = make_polls().assign(mode="cati", frame="operation", offers_refusal=True)
    return plot_pollsters(asked, _thin(make_trend()), make_houses(), edition)


def _multiverse(edition: Edition) -> Figure:
    n = 40
    table = pd.DataFrame({"base": ["base"] * n, "is_published": np.arange(n) == 35})
    for question, centre in (("change", -1.0), ("gap", 4.0), ("level", 58.0)):
        table[question] = centre + np.linspace(-3, 3, n)
        table[f"{question}_lower"] = table[question] - 1
        table[f"{question}_upper"] = table[question] + 1
        table[multiverse.QUESTIONS[question][1]] = np.linspace(0, 1, n)
    drivers = pd.DataFrame({"question": ["change", "gap", "level"], "choice": "drift",
                            "share_pct": [61.0, 42.0, 33.0]})  # fmt: skip
    table = table.assign(data_to=LAST)
    return multiverse.plot_multiverse(table, drivers, edition, source="Made up", note="Old.")


def _questions(edition: Edition) -> Figure:
    polls, trend = make_polls(), _thin(make_trend())
    series = {name: polls.iloc[i::4] for i, name in enumerate(list(QUESTIONS)[:5])}
    rows = {"question": list(series), "mean": [-5.0, -16.0, np.nan, 2.0, 7.0], "n_polls": 20}
    changes = _interval(pd.DataFrame(rows), 3.0)
    told = {
        f"fight_on.{name}": FELL | {"panel": "levada"} for name in ("panel", "support", "paired")
    }
    trends = dict.fromkeys(series, trend)
    return plot_questions(series, trends, changes, make_houses(), edition, told=told)


def _talks(edition: Edition) -> Figure:
    polls = make_polls()
    polls = polls.assign(for_pct=polls["share_pct"] - 10, against_pct=90 - polls["share_pct"])
    line = _thin(make_trend())[["date", "mean", "lower", "upper"]]
    sides = {"continue": -22.0, "talks": -8.0, "support": 0.0}
    numbers = ["mean", "lower", "upper"]
    trends = {side: line.assign(**line[numbers] + off) for side, off in sides.items()}
    given: dict[str, Any] = {"changes": dict.fromkeys(sides, FELL), "panel": ["levada"]}
    return plot_talks(polls, trends=trends, houses=make_houses(), edition=edition, **given)


def _card(edition: Edition) -> Figure:
    drawn = draw_trend(edition=Edition(credit=edition.credit))
    article = Rendering(drawn, "Alt.", "Caption.", number="from 81 down to 74 percent")
    return make_card(article, edition).fig


def _trend(edition: Edition) -> Figure:
    return draw_trend(trend=make_trend(), edition=edition)


def _coverage(edition: Edition) -> Figure:
    return draw_coverage(edition=edition)


KINDS: dict[str, Callable[[Edition], Figure]] = {
    "card": _card,
    "claim": _claim,
    "composition": _composition,
    "coverage": _coverage,
    "gap": _gap,
    "houses": _houses,
    "multiverse": _multiverse,
    "nonresponse": _nonresponse,
    "pair": _pair,
    "participation": _participation,
    "pollsters": _pollsters,
    "questions": _questions,
    "sectors": _sectors,
    "spread": _spread,
    "talks": _talks,
    "tipping": _tipping,
    "trend": _trend,
    "vintages": _vintages,
}
# The published figures are held to their bytes in the size of an article.
SIZES = {"card": ("card",), **dict.fromkeys(set(KINDS) - {"card"}, ("phone", "wide"))}
CASES = [(kind, size) for kind in KINDS for size in SIZES[kind]]


@cache
def draw_kind(kind: str, size: str) -> Figure:
    """A finished figure to look at; drawn once, so leave it as it is."""
    # A credit of its own: the usual one names the release.
    fig = KINDS[kind](Edition(size=size, short="Did it change?", credit="Made up"))
    with house_style():
        fig.draw_without_rendering()
    return fig


def list_places(fig: Figure) -> list[str]:
    """A line for each word and mark: what it is, its style, and its box in whole pixels."""
    told = [f"figure {round(fig.bbox.width)} {round(fig.bbox.height)}"]
    for artist in fig.findobj():
        if not artist.get_visible():
            continue
        if isinstance(artist, Text) and artist.get_text().strip():
            words = " ".join(artist.get_text().replace("\N{NO-BREAK SPACE}", " ").split(" "))
            style = f"{artist.get_fontsize():g} {artist.get_fontweight()} {artist.get_color()}"
            told.append(f"text {words!r} {style} {_box(artist)}")
        elif isinstance(artist, Line2D) and np.isfinite(artist.get_xydata()).all(axis=1).any():
            style = f"{artist.get_marker()} {artist.get_markersize():g} {artist.get_linewidth():g}"
            style += f" {artist.get_linestyle()} {artist.get_color()}"
            told.append(f"line {artist.get_gid()} {style} {_places(artist)}")
        elif isinstance(artist, PolyCollection):
            told.append(f"area {artist.get_gid()} {_corners(artist)}")
        elif isinstance(artist, Rectangle) and artist.get_gid():
            told.append(f"bar {artist.get_gid()} {_box(artist)}")
    return told


def _pixel(place: float) -> int:
    """Whole pixels, with ties where none of 64ths of a pixel lies."""
    return math.floor(place + 0.5123)


def _box(artist: Any) -> str:
    box = artist.get_window_extent()
    return " ".join(str(_pixel(edge)) for edge in (box.x0, box.y0, box.x1, box.y1))


def _places(line: Line2D) -> str:
    """How many points a line has, and where the first and the last of them and its ends are."""
    return _reach(line, np.asarray(line.get_xydata(), dtype=float))


def _corners(area: PolyCollection) -> str:
    """The same of the corners of an area."""
    return _reach(area, np.concatenate([path.vertices for path in area.get_paths()]))


def _reach(artist: Line2D | PolyCollection, corners: Any) -> str:
    # A line is broken where it has no number.
    points = artist.get_transform().transform(corners[np.isfinite(corners).all(axis=1)])
    ends = (points[0], points[-1], points.min(axis=0), points.max(axis=0))
    return f"{len(points)} " + " ".join(f"{_pixel(x)},{_pixel(y)}" for x, y in ends)
