"""Made-up polls, trends and figures for the tests of the figures, and what to ask of them."""

from functools import cache
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from figures import house_style, plot_coverage, plot_trend
from figures.fitted_polls import FittedPolls
from figures.kit.edition import SIZES, Edition

HOUSES = {
    # house_id: (name, sector, polls, distance from the mean in points)
    "levada": ("Levada Center", "independent", 38, 13),
    "chronicles": ("Chronicles", "independent", 15, -8),
    "vciom": ("VCIOM", "state", 11, 6),
    "russian_field": ("Russian Field", "independent", 4, 4),
    "propa": ("PROPA, online", "academic", 3, -20),
    "fom": ("FOM", "state", 2, 4),
    "lord_ashcroft": ("Lord Ashcroft", "foreign", 2, 11),
    "pollytix_moweb": ("pollytix / moweb", "foreign", 2, -12),
    "chapkovski_schaub": ("Chapkovski & Schaub", "academic", 1, 4),
    "norc": ("NORC", "foreign", 1, 1),
    "vciom_closed": ("VCIOM, closed polls", "leaked", 1, 3),
    "acf": ("ACF, Moscow online", "partisan", 1, -15),
}
FIRST, LAST = pd.Timestamp("2022-02-25"), pd.Timestamp("2025-10-08")
SINCE = pd.Timestamp("2022-04-01")


# What decides the last digits and the place of each letter.
DECIDING = ("matplotlib", "numpy", "pandas", "scipy", "statsmodels")


def is_locked(root: Path) -> bool:
    """Whether what decides about bytes is here in the versions of the lock."""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    return all(f"\n{name}=={version(name)} " in f"\n{lock}" for name in DECIDING)


def make_houses() -> pd.DataFrame:
    """Houses with names, as a caller hands them to the figures."""
    rows = [(house, sector, name) for house, (name, sector, _, _) in HOUSES.items()]
    return pd.DataFrame(rows, columns=["house_id", "sector", "name"])


def make_polls(end: float = 62.0) -> pd.DataFrame:
    """Polls of a level that goes straight from 67 percent to `end`."""
    rng = np.random.default_rng(20220418)
    days = (LAST - FIRST).days
    rows = []
    for house, (_, sector, polls, effect) in HOUSES.items():
        for i, day in enumerate(np.sort(rng.integers(0, days + 1, polls))):
            level = 67 + (end - 67) * day / days
            mid_date = FIRST + pd.Timedelta(days=int(day))
            share = round(level + effect + rng.normal(0, 1.5))
            rows.append((f"{house}-{i}", house, sector, mid_date, share))
    columns = ["poll_id", "house_id", "sector", "mid_date", "share_pct"]
    polls = pd.DataFrame(rows, columns=columns).sort_values("mid_date", ignore_index=True)
    # The calendar runs from the first day to the last.
    polls.loc[0, "mid_date"], polls.loc[len(polls) - 1, "mid_date"] = FIRST, LAST
    return polls.assign(
        start_date=polls["mid_date"] - pd.Timedelta(days=3),
        end_date=polls["mid_date"] + pd.Timedelta(days=3),
        sample_size=1600,
        source_url="https://example.org/" + polls["poll_id"],
    )


def make_trend(end: float = 62.0) -> pd.DataFrame:
    """Daily level that belongs to `make_polls`."""
    dates = pd.date_range(FIRST, LAST)
    mean = np.linspace(67, end, len(dates))
    return pd.DataFrame(
        {"date": dates, "mean": mean, "sd": 1.5, "lower": mean - 2.94, "upper": mean + 2.94}
    )


def make_change(mean: float = -5.0, sd: float = 2.0, fall: float = 0.994) -> dict[str, float]:
    """Change with its normal interval."""
    half = 1.96 * sd
    return {
        "mean": mean,
        "sd": sd,
        "lower": mean - half,
        "upper": mean + half,
        "prob_negative": fall,
    }


class MadeResults:
    """Results with the made-up trend."""

    def trend(self, *, reference: str) -> pd.DataFrame:
        assert reference.startswith("houses")
        return make_trend()

    def change(self, start: object, end: object, *, reference: str) -> dict[str, float]:
        del start, end
        # Of the mean of several houses, or of one of them.
        assert reference.startswith("houses") or reference in HOUSES
        return make_change()


class MadeMaterial(FittedPolls):
    """Made-up polls of every construct, and the made-up trend through them."""

    def __init__(self) -> None:
        super().__init__({"houses": make_houses()}, lambda construct: make_polls())
        self.fits: list[bool] = []

    def results(self, construct: str = "support", *, drift: bool = True, **options: Any) -> Any:
        def fit() -> MadeResults:
            self.fits.append(drift)
            return MadeResults()

        return self.keep(("results", construct, drift, repr(options)), fit)


def make_fitted() -> MadeMaterial:
    """FittedPolls as the command line fetches it."""
    return MadeMaterial()


def draw_trend(**changed: Any) -> Figure:
    """Finished trend figure of made-up polls."""
    given: dict[str, Any] = {
        "obs": make_polls(),
        "trend": make_trend(),
        "houses": make_houses(),
        "change": make_change(),
        "since": SINCE,
    }
    return plot_trend(**(given | changed))


def draw_coverage(**changed: Any) -> Figure:
    """Finished calendar of made-up polls."""
    return plot_coverage(**({"obs": make_polls(), "houses": make_houses()} | changed))


FIGURES = {"trend": draw_trend, "coverage": draw_coverage}


@cache
def see(name: str, size: str) -> Figure:
    """A finished figure to look at; drawn once, so leave it as it is."""
    return FIGURES[name](edition=Edition(size=size))


# Every size that is drawn, and every language.
EDITIONS = [("en", "article"), ("ru", "wide"), ("uk", "square"), ("en", "phone")]
CASES = [(name, size) for name in FIGURES for size in SIZES]


def list_texts(fig: Figure) -> list[Text]:
    """All texts that a reader sees, each in the place that it has when the figure is drawn."""
    if fig.stale:
        with house_style():
            fig.draw_without_rendering()
    return [text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip()]


def find_overlaps(fig: Figure) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes overlap."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in list_texts(fig)]
    # A box reaches half a pixel beyond its letters.
    shrunk = [(words, box.padded(-0.5)) for words, box in boxes]
    return [(a, b) for (a, one), (b, other) in combinations(shrunk, 2) if one.overlaps(other)]


def find_cut_texts(fig: Figure) -> list[str]:
    """Texts that reach beyond the edge of the figure."""
    width, height = fig.bbox.size
    cut = []
    for text in list_texts(fig):
        box = text.get_window_extent()
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
            cut.append(text.get_text())
    return cut
