"""Trends of state-run and independent houses side by side, and what leaked beside them."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import judge_change, mean_within, name_since, say_change
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import House, last_day, name_sources, rank_houses, sector_key
from figures.kit.labels import label, plural, show_number, show_share
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import (
    SECTOR_COLOURS,
    SECTOR_MARKERS,
    house_style,
    marker_size,
    new_figure,
)

LINES = ("state", "independent")
# A sector with fewer polls after the first year of the war is drawn as its polls: a line between
# them would be that of the other sector.
ENOUGH, FIRST_YEAR = 12, 2022
SHOWN = (*LINES, "leaked")
# Houses with most polls of a sector with a line, whose dots are named.
NAMED = 2
# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2
# Where the number of a poll may stand, in points from it, the best place first; and pixels from the
# middle of a mark to its edge.
PLACES = (((0, 5), "center", "bottom"), ((6, 0), "left", "center"), ((-6, 0), "right", "center"))
MARK = 4.0


def plot_sectors(
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    changes: Mapping[str, Mapping[str, float]],
    since: date | pd.Timestamp,
    until: pd.Timestamp | None = None,
) -> Figure:
    """Draw the polls of these sectors as dots, and a line with its band where they carry one.

    Parameters
    ----------
    obs : DataFrame
        house_id, sector, mid_date, share_pct (percent) of the sectors shown.
    trends : mapping of str to DataFrame
        date, mean, lower, upper (percent) by sector, to the last poll of that sector; a sector
        with few polls is drawn without.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    changes : mapping of str to mapping
        Change of each sector since `since`: mean, lower, upper, prob_negative.
    since : date
        Day from which change counts.
    until : Timestamp, optional
        Last day of the window that change counts from, where it is one between windows.

    Returns
    -------
    Figure
        Finished.
    """
    ranked = rank_houses(houses, obs)
    few = _count_for_line(obs, "state")
    drawn = {sector: trends[sector] for sector in LINES if _count_for_line(obs, sector) >= ENOUGH}
    with house_style():
        fig, ax = new_figure(edition)
        margin = _draw(ax, obs, drawn or trends, ranked, edition)
        margin.draw()
        finish(
            fig,
            sectors_title(changes, since, edition, readings=few, until=until),
            label("sectors.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_say_changes(changes, name_since(since, edition, until), edition, few),
            key=sector_key(ranked, edition),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
        _keep_numbers_apart(ax)
    return fig


def _keep_numbers_apart(ax: Axes) -> None:
    """Set numbers above or beside their polls, and leave out those that would lie on others.

    They keep clear of all polls, of the numbers of later ones, and of the labels in the margin.
    """
    lines = [line for line in ax.lines if str(line.get_gid()).startswith("polls-")]
    polls = ax.transData.transform(np.vstack([line.get_xydata() for line in lines])).tolist()
    kept: list[Bbox] = []
    for text in reversed([text for text in ax.texts if isinstance(text, Annotation)]):
        for text.xyann, across, along in PLACES:
            text.set(ha=across, va=along)
            box = text.get_window_extent()
            is_covering = any(box.padded(MARK).contains(*poll) for poll in polls)
            is_covering |= across == "left" and box.x1 > ax.bbox.x1
            if not is_covering and not any(box.overlaps(other) for other in kept):
                kept.append(box)
                break
        else:
            text.remove()


def count_late(obs: pd.DataFrame, sector: str) -> int:
    """Count the polls of a sector after the first year of the war.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-12-31", "2023-01-01"])
    >>> count_late(pd.DataFrame({"sector": "state", "mid_date": days}), "state")
    1
    """
    return int(((obs["sector"] == sector) & (obs["mid_date"].dt.year > FIRST_YEAR)).sum())


def _count_for_line(obs: pd.DataFrame, sector: str) -> int:
    """Polls that decide whether a sector has a line; within the first year each has one."""
    is_later = (obs["mid_date"].dt.year > FIRST_YEAR).any()
    return count_late(obs, sector) if is_later else ENOUGH


def sectors_title(
    changes: Mapping[str, Mapping[str, float]],
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
    *,
    readings: int = ENOUGH,
    until: pd.Timestamp | None = None,
) -> str:
    """Say whether the sectors tell of the same change, or that one has too few polls to tell.

    Parameters
    ----------
    changes, since, edition, until
        As for `plot_sectors`.
    readings : int
        Polls of state-run houses after the first year of the war.

    Examples
    --------
    >>> fall = {"mean": -6.0, "lower": -9.0, "upper": -3.0, "prob_negative": 0.999}
    >>> sectors_title({"state": fall, "independent": fall}, date(2022, 4, 1)).split(" since")[0]
    'State-run and independent polls both show a fall in support'
    """
    if readings < ENOUGH:
        return label(
            "sectors.support.few",
            edition,
            readings=plural("count.readings", readings, edition),
            year=FIRST_YEAR,
            change=say_change(changes["independent"], edition)["change"],
        )
    kind = _join_verdicts([judge_change(changes[sector]) for sector in LINES])
    said = {sector: say_change(changes[sector], edition) for sector in LINES}
    return label(
        f"sectors.support.{kind}",
        edition,
        since=name_since(since, edition, until),
        state=said["state"]["change"],
        independent=said["independent"]["change"],
    )


def _join_verdicts(verdicts: list[str]) -> str:
    """Say of both what is sure of both."""
    told = {"none" if verdict in ("steady", "unclear") else verdict for verdict in verdicts}
    if len(told) == 1:
        return told.pop()
    ways = {verdict.split("_")[-1] for verdict in told}
    return f"probably_{ways.pop()}" if len(ways) == 1 else "differ"


def _draw(
    ax: Axes,
    obs: pd.DataFrame,
    trends: Mapping[str, pd.DataFrame],
    ranked: list[House],
    edition: Edition,
) -> Margin:
    for house in ranked:
        mine = obs[obs["house_id"] == house.house_id]
        ax.plot(
            mine["mid_date"],
            mine["share_pct"],
            linestyle="none",
            marker=house.shape,
            markersize=marker_size(house.shape, 4.0 if house.sector in trends else 7.0),
            color=house.colour,
            # Where a line tells of a sector its polls stand back.
            alpha=0.8 if house.sector in trends else 1.0,
            markeredgecolor="white",
            markeredgewidth=0.4,
            clip_on=False,  # whole marks where they are large and the axis is short
            gid=f"polls-{house.house_id}",
        )
    labels = []
    for sector, trend in trends.items():
        colour = SECTOR_COLOURS[sector]
        band = (trend["date"], trend["lower"], trend["upper"])
        ax.fill_between(*band, color=colour, alpha=0.16, linewidth=0, gid=f"band-{sector}")
        ax.plot(trend["date"], trend["mean"], color=colour, gid=f"estimate-{sector}")
        end = float(trend["mean"].iloc[-1])
        name = label(f"sector.{sector}", edition)
        words = label("trend.last", edition, name=name, n=show_number(end, edition))
        labels.append(MarginLabel(end, words, colour, "-", "bold"))
    for sector in (sector for sector in LINES if sector not in trends):
        mine = obs[obs["sector"] == sector].sort_values("mid_date")
        late = mine[mine["mid_date"].dt.year > FIRST_YEAR]
        for day, share in late[["mid_date", "share_pct"]].itertuples(index=False):
            ax.annotate(
                show_share(share, edition),
                (day, share),
                (0, 5),
                textcoords="offset points",
                ha="center",
                va="bottom",
                weight="bold",
                size=8,
            )
        last = mine.iloc[-1]
        words = label(
            "trend.last",
            edition,
            name=label(f"sector.{sector}", edition),
            n=show_share(last["share_pct"], edition),
        )
        mark = SECTOR_MARKERS[sector]
        labels.append(
            MarginLabel(float(last["share_pct"]), words, SECTOR_COLOURS[sector], mark, "bold")
        )
    # Whose dots those far from a line are: the longest series of its sector.
    for house in [house for house in ranked if house.sector in trends][:NAMED]:
        last = obs[obs["house_id"] == house.house_id].sort_values("mid_date").iloc[-1]
        number = show_share(last["share_pct"], edition)
        words = label("trend.last", edition, name=house.name, n=number)
        labels.append(MarginLabel(float(last["share_pct"]), words, house.colour, house.shape))
    whole = pd.concat(trends.values())
    low = min(obs["share_pct"].min(), whole["lower"].min())
    high = max(obs["share_pct"].max(), whole["upper"].max())
    label_percent(ax, low - 1, high + 1, edition)
    space = pd.Timedelta(days=20)
    label_time(ax, whole["date"].min() - space, whole["date"].max() + space, edition)
    return Margin(ax, labels)


def _say_changes(
    changes: Mapping[str, Mapping[str, float]],
    since: str,
    edition: Edition,
    readings: int,
) -> str:
    told = {f"{s}_{k}": v for s in LINES for k, v in say_change(changes[s], edition).items()}
    key = "sectors.changes" if readings >= ENOUGH else "sectors.changes_few"
    return label(key, edition, since=since, **told)


def _obs(fitted: FittedPolls) -> pd.DataFrame:
    """Polls of the sectors shown; a leak enters the picture though its interviews overlap."""

    def choose() -> pd.DataFrame:
        model = fitted.obs()
        leaked = fitted.obs(include=("overlap",))
        leaked = leaked[(leaked["sector"] == "leaked")]
        new = leaked[~leaked["poll_id"].isin(model["poll_id"])]
        both = pd.concat([model[model["sector"].isin(SHOWN)], new])
        return both.sort_values(["mid_date", "poll_id"], ignore_index=True)

    return fitted.keep("sectors.obs", choose)


def _trends(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    """Trend of each sector from its first to its last poll."""

    def estimate() -> dict[str, pd.DataFrame]:
        obs, found = fitted.obs(), {}
        for sector in LINES:
            days = obs.loc[obs["sector"] == sector, "mid_date"]
            trend = fitted.results().trend(reference=f"sector:{sector}")
            own = trend["date"].between(days.min(), days.max())
            found[sector] = trend.loc[own, ["date", "mean", "lower", "upper"]].round(
                dict.fromkeys(("mean", "lower", "upper"), DIGITS)
            )
        return found

    return fitted.keep("sectors.trends", estimate)


def _changes(fitted: FittedPolls) -> dict[str, dict[str, float]]:
    def estimate() -> dict[str, dict[str, float]]:
        names = ("mean", "sd", "lower", "upper", "prob_negative")
        found = {}
        for sector, trend in _trends(fitted).items():
            # A sector without a poll in the last window is told to its last one.
            last = trend["date"].iloc[-1]
            windows = fitted.windows()
            start, end = windows or (fitted.since(), last)
            if windows and last < windows[1].start:
                end = last
            change = fitted.results().change(start, end, reference=f"sector:{sector}")
            found[sector] = {name: float(change[name]) for name in names}
        return found

    return fitted.keep("sectors.changes", estimate)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses, trends = _obs(fitted), fitted.houses(edition), _trends(fitted)
    changes, since, windows = _changes(fitted), fitted.since(), fitted.windows()
    until = windows[0].end if windows else None
    fig = plot_sectors(obs, trends, houses, edition, changes=changes, since=since, until=until)
    ranked = rank_houses(houses, obs)
    ends = {}
    for sector, trend in trends.items():
        start = trend.loc[trend["date"] >= since, "mean"].iloc[0]
        end = trend["mean"].iloc[-1]
        if windows:
            start, end = (mean_within(trend, window) for window in windows)
        ends[f"{sector}_start"] = show_number(start, edition)
        ends[f"{sector}_end"] = show_number(end, edition)
    polls = plural("count.polls", len(obs), edition)
    since_words = name_since(since, edition, until)
    few = _count_for_line(obs, "state")
    kind = "sectors.alt" if few >= ENOUGH else "sectors.alt_few"
    late = obs[(obs["sector"] == "state") & (obs["mid_date"].dt.year > FIRST_YEAR)]["share_pct"]
    if len(late):
        ends |= {"low": show_share(late.min(), edition), "high": show_share(late.max(), edition)}
    readings = plural("count.readings", few, edition)
    ends["readings"] = readings
    alt = label(kind, edition, polls=polls, since=since_words, **ends)
    names = "; ".join(f"{house.name} ({house.n_polls})" for house in ranked)
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            _say_changes(changes, since_words, edition, few),
            label("sectors.note", edition),
            label("sectors.method", edition, names=names),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    # Where both have a line the finding names its number itself.
    return Rendering(fig, alt, caption, edition, readings if few < ENOUGH else "")


def sectors_data(obs: pd.DataFrame, trends: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Polls and lines as drawn: kind, sector, date, value, interval (percent), poll, source."""
    polls = obs.rename(columns={"mid_date": "date", "share_pct": "value_pct"})
    parts = [polls.assign(kind="poll")]
    names = {"mean": "value_pct", "lower": "lower_pct", "upper": "upper_pct"}
    for sector, trend in trends.items():
        parts.append(trend.rename(columns=names).assign(kind="estimate", sector=sector))
    columns = ["kind", "sector", "date", "value_pct", "lower_pct", "upper_pct", "poll_id"]
    columns += ["house_id", "source_url"]
    return pd.concat(parts).reindex(columns=columns).reset_index(drop=True)


ENTRIES = (
    Entry(
        "sectors-support",
        "Support by state-run and by independent houses, with the leaked poll of June 2022.",
        _draw_published,
        lambda fitted: sectors_data(_obs(fitted), _trends(fitted)),
    ),
)
