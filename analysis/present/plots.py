"""Plots of the trend of any polls on axes of the caller: tables in, axes out.

These are for work and for pictures of one's own: title, colours and a line of credit are
arguments, and all that matplotlib can set stays open on the axes that come back.  The published
pictures of this project are made by ``figures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.errors import PollInputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure

# Of the estimate and of the polls; dark enough on white for lines and dots.
PALETTE = ("#0072b2", "#767676")
# Of several parts: the eight of Okabe and Ito, yellow last, since it is faint on white.
PARTS_PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442",
)  # fmt: skip
# Standardised residuals beyond are named: one normal error in 370.
NAMED = 3.0
# Polls of a house from which a quartile of its residuals says something.
LAGS = 10


def plot_trend(
    trend: pd.DataFrame,
    polls: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    ylabel: str = "percent",
    palette: Sequence[str] = PALETTE,
    credit: str | None = None,
) -> Axes:
    """Draw polls as dots, the estimate as a line and its interval as a band.

    Parameters
    ----------
    trend : DataFrame
        date, mean, lower, upper (percent).
    polls : DataFrame
        mid_date, share_pct.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    title, ylabel : str, optional
    palette : sequence of two colours
        Of the estimate and of the polls.
    credit : str, optional
        Written below the axes, at the left.

    Returns
    -------
    matplotlib Axes
    """
    ax = _prepare(ax, title, credit)
    estimate, dots = _two(palette)
    ax.plot(polls["mid_date"], polls["share_pct"], "o", ms=4, color=dots, alpha=0.6, label="polls")
    ax.fill_between(
        trend["date"], trend["lower"], trend["upper"], color=estimate, alpha=0.2, linewidth=0
    )
    ax.plot(trend["date"], trend["mean"], color=estimate, linewidth=2, label="estimate")
    ax.set_ylabel(ylabel)
    return _name_dates(ax)


def plot_parts(
    trend: pd.DataFrame,
    polls: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    ylabel: str = "percent",
    palette: Sequence[str] = PARTS_PALETTE,
    credit: str | None = None,
) -> Axes:
    """Draw several parts: polls as dots, estimates as lines with bands, names at their ends.

    Parameters
    ----------
    trend : DataFrame
        date, part, mean, lower, upper (percent).
    polls : DataFrame
        mid_date, part, share_pct.
    ax, title, ylabel, credit
        As of :func:`plot_trend`.
    palette : sequence of colours
        Of the parts in turn; it begins again where there are more.

    Returns
    -------
    matplotlib Axes
    """
    ax = _prepare(ax, title, credit)
    if isinstance(palette, str) or not len(palette):
        raise PollInputError(f"palette is {palette!r}", "name a list of colours, one for a part")
    for k, part in enumerate(dict.fromkeys(trend["part"])):
        mine, colour = trend[trend["part"] == part], palette[k % len(palette)]
        dots = polls[polls["part"] == part]
        ax.plot(dots["mid_date"], dots["share_pct"], "o", ms=3, color=colour, alpha=0.4)
        ax.fill_between(
            mine["date"], mine["lower"], mine["upper"], color=colour, alpha=0.2, linewidth=0
        )
        ax.plot(mine["date"], mine["mean"], color=colour, linewidth=2, label=str(part))
        end = (mine["date"].iloc[-1], mine["mean"].iloc[-1])
        ax.annotate(
            str(part), end, (6, 0), textcoords="offset points", va="center", color=colour,
            annotation_clip=False,
        )  # fmt: skip
    ax.set_ylabel(ylabel)
    return _name_dates(ax)


def plot_houses(
    effects: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    xlabel: str = "points from the reference",
    palette: Sequence[str] = PALETTE,
    credit: str | None = None,
) -> Axes:
    """Draw house effects with their intervals, the largest on top.

    Parameters
    ----------
    effects : DataFrame
        house_id, n_polls, mean, lower, upper (points).
    ax, title, palette, credit
        As of :func:`plot_trend`; the colours are those of the effects and of the line at zero.
    xlabel : str

    Returns
    -------
    matplotlib Axes
    """
    ax = _prepare(ax, title, credit)
    estimate, zero = _two(palette)
    rows = effects.sort_values(["mean", "house_id"]).reset_index(drop=True)
    ax.axvline(0, color=zero, linewidth=1)
    ax.hlines(rows.index, rows["lower"], rows["upper"], color=estimate, linewidth=2)
    ax.plot(rows["mean"], rows.index, "o", ms=6, color=estimate)
    names = [f"{name} ({n})" for name, n in zip(rows["house_id"], rows["n_polls"], strict=True)]
    ax.set_yticks(list(rows.index), names)
    ax.set_xlabel(xlabel)
    return ax


def plot_residuals(
    residuals: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    ylabel: str = "standardised residual",
    palette: Sequence[str] = PALETTE,
    credit: str | None = None,
) -> Axes:
    """Draw standardised residuals over time, and name the polls that lie far off.

    Parameters
    ----------
    residuals : DataFrame
        mid_date, house_id, standardised and, where given, poll_id.
    ax, title, palette, credit
        As of :func:`plot_trend`; the colours are those of the residuals and of the guides.
    ylabel : str

    Returns
    -------
    matplotlib Axes
    """
    ax = _prepare(ax, title, credit)
    dots, guide = _two(palette)
    for value in (-2, 0, 2):
        ax.axhline(value, color=guide, linewidth=1, linestyle="-" if value == 0 else ":")
    ax.plot(residuals["mid_date"], residuals["standardised"], "o", ms=4, color=dots)
    names = residuals["poll_id"] if "poll_id" in residuals else residuals["house_id"]
    for i in np.flatnonzero(residuals["standardised"].abs() > NAMED):
        place = (residuals["mid_date"].iloc[i], residuals["standardised"].iloc[i])
        ax.annotate(str(names.iloc[i]), place, xytext=(4, 4), textcoords="offset points")
    ax.set_ylabel(ylabel)
    return _name_dates(ax)


def plot_diagnostics(
    residuals: pd.DataFrame,
    loo: pd.DataFrame,
    fig: Figure | None = None,
    *,
    palette: Sequence[str] = PALETTE,
) -> Figure:
    """Draw four panels: residuals over time, their quantiles, PIT, and what neighbours share.

    Parameters
    ----------
    residuals : DataFrame
        As of :func:`plot_residuals`.
    loo : DataFrame
        pit: probability below each share as the other polls predict it.
    fig : matplotlib Figure, optional
        Where to draw; a new one by default.
    palette : sequence of two colours
        Of what is shown and of what the model expects.

    Returns
    -------
    matplotlib Figure
    """
    import matplotlib.pyplot as plt

    fig = plt.figure(figsize=(10, 7), layout="constrained") if fig is None else fig
    (over_time, quantiles), (pit, neighbours) = fig.subplots(2, 2)
    shown, expected = _two(palette)
    plot_residuals(residuals, over_time, title="Residuals over time", palette=palette)
    # The residuals are of polls that the fit knows, and so are too small; these are not.
    z = np.sort(ndtri(loo["pit"].to_numpy(dtype=float)))
    normal = ndtri((np.arange(len(z)) + 0.5) / len(z))
    quantiles.plot(normal, normal, color=expected, linewidth=1)
    quantiles.plot(normal, z, "o", ms=4, color=shown)
    quantiles.set(
        title="Each poll as the others predict it, normal quantiles",
        xlabel="expected",
        ylabel="found",
    )
    n_bins = 10 if len(loo) >= 100 else 5
    pit.hist(loo["pit"], bins=n_bins, range=(0, 1), color=shown, alpha=0.6)
    pit.axhline(len(loo) / n_bins, color=expected, linewidth=1)
    pit.set(title="The same as probabilities", xlabel="probability below", ylabel="polls")
    lags, values = _neighbours(residuals)
    neighbours.axhline(0, color=expected, linewidth=1)
    neighbours.vlines(lags, 0, values, color=shown, linewidth=2)
    neighbours.plot(lags, values, "o", ms=5, color=shown)
    neighbours.set(
        title="Autocorrelation within houses", xlabel="polls of the house apart", ylim=(-1, 1)
    )
    return fig


def _neighbours(residuals: pd.DataFrame) -> tuple[list[int], list[float]]:
    """Mean product of standardised residuals of a house so many polls apart, over the mean square.

    Only lags with at least five pairs.
    """
    z = residuals["standardised"]
    square = float((z**2).mean())
    lags, values = [], []
    for lag in range(1, LAGS + 1):
        before = z.groupby(residuals["house_id"]).shift(lag)
        products = (z * before).dropna()
        if len(products) >= 5:
            lags.append(lag)
            values.append(float(products.mean()) / square)
    return lags, values


def _name_dates(ax: Axes) -> Axes:
    """Write the dates below the axes, no more than fit."""
    import matplotlib.dates

    dates: Any = matplotlib.dates  # its types say nothing of locators
    locator = dates.AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    return ax


def _prepare(ax: Axes | None, title: str | None, credit: str | None) -> Axes:
    """Axes of the caller or new ones, with title and credit."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(8, 4.5), layout="constrained")[1]
    if title is not None:
        ax.set_title(title, loc="left")
    if credit is not None:
        ax.annotate(
            credit, (0, 0), (0, -40), xycoords="axes fraction", textcoords="offset points",
            va="top", fontsize="small", color="0.35", annotation_clip=False,
        )  # fmt: skip
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def _two(palette: Sequence[str]) -> tuple[str, str]:
    """Both colours of a palette."""
    if isinstance(palette, str) or len(palette) != 2:
        cure = 'name two colours, such as ("#0072b2", "#767676")'
        raise PollInputError(f"palette is {palette!r}", cure)
    return palette[0], palette[1]
