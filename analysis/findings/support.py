"""How declared support moved: within the panel, house by house, and from other bases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.base.errors import PollInputError
from analysis.claims import Window, main_windows, panel, windows
from analysis.findings._rows import POSTERIOR, as_frame, change_row, number_row
from analysis.findings.hidden import form_effects
from analysis.findings.source import Source
from analysis.trend import PollTrend, PollTrendResults, TrendOptions

# Other windows to begin with: the rally of March 2022 came between, and the base decides the sign.
OTHER_BASES = ("first_weeks", "autumn")


def support_findings(source: Source) -> pd.DataFrame:
    """Tell how declared support moved between the windows that all texts share.

    The last window ends with the month of the last poll of a house that also polled in the base.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`; of its rows ``support.panel`` is the headline:
        the mean of the houses that polled in both windows. ``support.static`` is the same with
        house effects that stand still, ``support.typical`` another house like these,
        ``support.first_weeks`` and ``support.autumn`` the panel from other bases,
        ``support.house.ID`` one house of it.

    Raises
    ------
    PollInputError
        When no house polled in both windows, or the data end too early.
    """
    return as_frame(_tell(source))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    spans, reference = _main(source)
    houses = panel(source.obs("support"), *spans)
    results, still = source.results("support"), source.results("support", drift=False)

    def tell(name: str, change: Any, at: Any = spans, base: str = "base") -> dict[str, Any]:
        return change_row(f"support.{name}", change, at, houses, base=base)

    yield tell("panel", results.change(*spans, reference=reference))
    yield tell("static", still.change(*spans, reference=reference))
    yield tell("typical", results.typical_change(*spans))
    other = windows(spans[1].end)
    for name in OTHER_BASES:
        at = (other[name], spans[1])
        yield tell(name, results.change(*at, reference=reference), at, name)
    for house in houses:
        change = results.change(*spans, reference=house)
        yield change_row(f"support.house.{house}", change, spans, [house], base="base")


def support_sensitivity(source: Source) -> pd.DataFrame:
    """What the headline hangs on: other bases, each house of the panel, drift.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :meth:`analysis.trend.results.PollTrendResults.sensitivity`, between the windows of all
        texts and within the panel.

    Raises
    ------
    PollInputError
        When no house polled in both windows.
    """
    spans, reference = _main(source)
    others = windows(spans[1].end)
    bases = {name: others[name] for name in OTHER_BASES}
    return source.keep(
        "support.sensitivity",
        lambda: source.results("support").sensitivity(*spans, reference=reference, bases=bases),
    )


# Waves of the Chronicles that asked about support at the end of the interview, and what that did in
# the house's own test: they are another instrument, and the first window holds no other.
ASKED_LAST, ASKED_EARLY = "asked_last", "wording.asked_early"


def instrument_findings(source: Source) -> pd.DataFrame:
    """Tell the change of the Chronicles under two readings of the waves that asked last.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`. ``chronicles.as_published`` is the house as it
        published; ``chronicles.shifted`` the same when the waves that asked last may differ by a
        shift with a prior of sd 5 points, and ``chronicles.shift`` that shift;
        ``chronicles.by_own_test`` the same less what the house's own test of March 2022 found,
        with the error of that test. Empty where no wave asked last.
    """
    return as_frame(_tell_instruments(source))


def _tell_instruments(source: Source) -> Iterator[dict[str, Any]]:
    obs = source.obs("support")
    if "instrument" not in obs.columns:
        return
    is_last = obs["instrument"].astype("str").str.endswith(ASKED_LAST)
    houses = sorted(set(obs.loc[is_last, "house_id"]))
    if len(houses) != 1:
        return
    (house,) = houses
    spans, _ = _main(source)
    place = is_last.map({True: "last", False: "earlier"})

    def fit() -> PollTrendResults:
        model = source.results("support").model
        polls = obs.assign(place=place)
        return PollTrend(polls, options=replace(model.options, covariates=("place",))).fit()

    shifted = source.keep("support.instruments", fit)
    as_published = source.results("support").change(*spans, reference=house)
    yield change_row(f"{house}.as_published", as_published, spans, [house], base="base")
    change = shifted.change(*spans, reference=house)
    yield change_row(f"{house}.shifted", change, spans, [house], base="base")
    shift = shifted.covariates().iloc[0]
    turn = 1.0 if str(shift["level"]).endswith("last") else -1.0
    ends = sorted((turn * shift["lower"], turn * shift["upper"]))
    yield number_row(f"{house}.shift", turn * shift["mean"], *ends, unit="points",
                     interval=POSTERIOR, house_id=house)  # fmt: skip
    if "arms" in source.tables:
        yield from _by_own_test(source, obs, is_last, house)


def _by_own_test(
    source: Source, obs: pd.DataFrame, is_last: pd.Series[bool], house: str
) -> Iterator[dict[str, Any]]:
    """Change of a house when its waves that asked last are moved by what its test found."""
    spans, _ = _main(source)
    effects = form_effects(source)
    mine = effects[(effects["finding"] == ASKED_EARLY) & (effects["house_id"] == house)]
    for test in mine.to_dict("records"):
        options = source.results("support").model.options

        def fit(moved: float = test["mean"], chosen: TrendOptions = options) -> PollTrendResults:
            share = obs["share_pct"] + moved * is_last
            return PollTrend(obs.assign(share_pct=share), options=chosen).fit()

        found = source.keep("support.by_own_test", fit).change(*spans, reference=house)
        reach = float(ndtri(0.975))
        # The first window holds no other waves, so the error of the test enters whole.
        sd = float(np.hypot(found["sd"], (test["upper"] - test["lower"]) / (2 * reach)))
        change = {"mean": found["mean"], "lower": found["mean"] - reach * sd}
        change |= {"upper": found["mean"] + reach * sd}
        change |= {"prob_negative": float(ndtr(-found["mean"] / sd))}
        yield change_row(f"{house}.by_own_test", change, spans, [house], base="base",
                         interval="95%, normal, with the error of the test")  # fmt: skip


def _main(source: Source) -> tuple[tuple[Window, Window], str]:
    """Windows and panel of the headline."""
    found = main_windows(source.obs("support"))
    if found is None:
        raise PollInputError("no house polled in both windows", "take polls to November 2023")
    return found[:2], found[2]
