"""What the published figures are made of: tables, polls, and models fitted once."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from figures.card import make_card
from figures.kit.edition import DEFAULT, Edition
from figures.kit.frames import name_houses
from figures.kit.labels import label
from figures.kit.save import Rendering

if TYPE_CHECKING:
    from analysis import PollTrendResults
    from analysis.claims import Window

# Changes count from here: the weeks before moved too fast, and with too few polls, to be a
# level that later ones can be held against.
SINCE = pd.Timestamp("2022-04-01")
# Before the season is over nobody says "since spring".
SPRING_OVER = pd.Timestamp("2022-06-01")
# The last digits of a fit depend on the machine. What is drawn is cut here: rounded to what is
# stored, 0.5004 would become 0.50 and then, in whole points, 0.
FIT_DIGITS = 6

Made = TypeVar("Made")


class FittedPolls:
    """Tables and polls for the figures, and what has been computed of them.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables, such as houses and events, as from ``polls.load()``.
    series : callable
        Makes the polls of a construct, as ``polls.series``; with `as_of` only those
        published by then.
    as_of : date, optional
        Only polls published by this day are in what `series` makes.
    version : pair of str, optional
        Day and digest of the tables, as from ``polls.version()``; figures print it.

    Examples
    --------
    >>> fitted = FittedPolls({}, lambda construct: pd.DataFrame({"share_pct": [70]}))
    >>> len(fitted.obs("support"))
    1
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        series: Callable[..., pd.DataFrame],
        as_of: date | pd.Timestamp | None = None,
        version: tuple[str, str] | None = None,
    ) -> None:
        self.tables = tables
        self.as_of = as_of
        self.version = version
        self._series = series
        self._kept: dict[Hashable, Any] = {}

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes, made once for all figures, languages and sizes.

        Parameters
        ----------
        key : hashable
            Names it; begin with the name of your module.
        make : callable
            Called the first time.
        """
        if key not in self._kept:
            self._kept[key] = make()
        made: Made = self._kept[key]
        return made

    def obs(self, construct: str = "support", **options: Any) -> pd.DataFrame:
        """Polls of a construct; options as for ``polls.series``, such as ``include``."""
        key = ("obs", construct, repr(sorted(options.items())))
        return self.keep(key, lambda: self._series(construct, **options))

    def houses(self, edition: Edition = DEFAULT) -> pd.DataFrame:
        """Table of the houses with their short names in the language of an edition."""
        return self.keep(
            ("houses", edition.lang), lambda: name_houses(self.tables["houses"], edition)
        )

    def results(
        self, construct: str = "support", *, drift: bool = True, **options: Any
    ) -> "PollTrendResults":
        """Trend of a construct by the published model, with options of ``analysis.PollTrend``."""
        # Here and not above: `python -m figures list` need not wait for statsmodels.
        from analysis import PUBLISHED, PollTrend

        key = ("results", construct, drift, repr(sorted(options.items())))
        obs = self.obs(construct)
        return self.keep(
            key, lambda: PollTrend(obs, options=PUBLISHED, drift=drift, **options).fit()
        )

    def windows(self, construct: str = "support") -> "tuple[Window, Window] | None":
        """Windows between which change is told; None where polls do not span them yet."""
        from analysis.claims import main_windows

        def find() -> "tuple[Window, Window] | None":
            found = main_windows(self.obs(construct))
            return found[:2] if found else None

        return self.keep(("windows", construct), find)

    def panel(self, construct: str = "support") -> list[str]:
        """Ids of the houses whose mean is told: those with polls in both windows, or all."""
        from analysis.claims import panel

        def find() -> list[str]:
            obs, spans = self.obs(construct), self.windows(construct)
            return list(panel(obs, *spans)) if spans else sorted(set(obs["house_id"]))

        return self.keep(("panel", construct), find)

    def trend(self, construct: str = "support") -> pd.DataFrame:
        """Daily level of the mean of the panel, whose effects may drift."""
        return self.keep(
            ("trend", construct),
            lambda: self.results(construct).trend(reference=self._reference(construct)),
        )

    def since(self, construct: str = "support") -> pd.Timestamp:
        """Day from which change counts: of the first window, or of the polls before a year."""
        if spans := self.windows(construct):
            return spans[0].start
        days = self.obs(construct)["mid_date"]
        reaches = days.min() <= SINCE and days.max() >= SPRING_OVER
        return SINCE if reaches else pd.Timestamp(days.min())

    def change(
        self, construct: str = "support", *, base: str | None = None, drift: bool = True
    ) -> Mapping[str, float]:
        """Change of the mean of the panel between the windows, or from another of them.

        Parameters
        ----------
        construct : str
        base : str, optional
            Another window of :func:`analysis.claims.windows` to begin with.
        drift : bool
            May house effects drift.

        Raises
        ------
        ValueError
            All polls are of one day.
        """
        from analysis.claims import windows

        last = self.obs(construct)["mid_date"].max()
        start, end = self.windows(construct) or (self.since(construct), last)
        if base is not None:
            start = windows(last)[base]
        if start == end:
            raise ValueError(
                f"All polls are of one day, {last:%Y-%m-%d}, so there is no change to show. "
                "Take a later --as-of."
            )
        results = self.results(construct, drift=drift)
        change = results.change(start, end, reference=self._reference(construct))
        names = ("mean", "sd", "lower", "upper", "prob_negative")
        return {name: float(change[name]) for name in names}

    def _reference(self, construct: str) -> str:
        houses = ",".join(self.panel(construct))
        return f"houses:{houses}" if self.windows(construct) else "houses"


@dataclass(frozen=True)
class Entry:
    """A published figure.

    Parameters
    ----------
    slug : str
        Name of its folder.
    about : str
        A line for ``python -m figures list``.
    draw : callable
        Makes a `Rendering` of fitted and an edition.
    make_data : callable
        Makes the numbers behind it of fitted.
    model : str, optional
        Name of a costly model: the figures that share it are rendered by one process, one
        after another, so that it is fitted once.
    seconds : float
        Rough processor time of its models; the longest are begun first.
    """

    slug: str
    about: str
    draw: Callable[[FittedPolls, Edition], Rendering]
    make_data: Callable[[FittedPolls], pd.DataFrame]
    model: str = ""
    seconds: float = 1.0

    def render(
        self, fitted: FittedPolls, edition: Edition = DEFAULT, article: Rendering | None = None
    ) -> Rendering:
        """Draw the figure under its short title, of the day and the tables of `fitted`.

        A card is made of the figure as drawn for an article, where that is given.
        """
        short = label(f"short.{self.slug}", edition)
        told = replace(edition, as_of=fitted.as_of, data=fitted.version, short=short)
        if told.size == "card":
            return make_card(article or self.draw(fitted, replace(told, size="article")), told)
        return self.draw(fitted, told)
