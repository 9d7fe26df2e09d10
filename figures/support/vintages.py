"""As-of estimates: what one would have said at the time, beside what one says now."""

from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import last_day, name_houses, name_sources, rank_houses, require_columns
from figures.kit.labels import label, plural, show_date, show_number
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, SECTOR_COLOURS, house_style, new_figure

# A house with fewer polls moves a mean of houses by joining it, not by what it measures.
SEVERAL = 4
# On average off by less than this many points: sampling alone moves a poll of 1,600 by more.
SMALL = 2.0
DIGITS = 2
# What was said at the time is set apart by a colour that no sector shown here has.
THEN = SECTOR_COLOURS["leaked"]


def plot_vintages(
    history: pd.DataFrame,
    trend: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    source: str,
    data_to: date | pd.Timestamp,
    names: str,
) -> Figure:
    """Draw the estimates of their time as dots with intervals, over the line of today.

    Parameters
    ----------
    history : DataFrame
        as_of, date, mean, lower, upper (percent), as from ``analysis.as_of_history``.
    trend : DataFrame
        date, mean, lower, upper (percent): the same level from all polls.
    edition : Edition
        Language and size, and the day by which all polls were published.
    source, data_to
        For the foot.
    names : str
        Houses of the fixed set.

    Returns
    -------
    Figure
        Finished.
    """
    require_columns(history, "history", ["as_of", "date", "mean", "lower", "upper"])
    require_columns(trend, "trend", ["date", "mean", "lower", "upper"])
    with house_style():
        fig, ax = new_figure(edition)
        margin = _draw(ax, history, trend, edition)
        margin.draw()
        finish(
            fig,
            vintages_title(history, trend, edition),
            label("vintages.support.subtitle", edition),
            source,
            data_to,
            note=label("vintages.note", edition, names=names),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def find_revisions(history: pd.DataFrame, trend: pd.DataFrame) -> pd.DataFrame:
    """Set each estimate beside what all polls say of the same day.

    Parameters
    ----------
    history, trend : DataFrame
        As for `plot_vintages`.

    Returns
    -------
    DataFrame
        `history` with now (percent), revision (points, now less then) and is_inside: the
        interval of its time holds what is said now.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-04-01", "2022-07-01"])
    >>> then = pd.DataFrame({"date": days, "mean": [70.0, 66.0], "lower": [66.0, 64.0],
    ...                      "upper": [74.0, 68.0]})
    >>> found = find_revisions(then, pd.DataFrame({"date": days, "mean": [71.0, 69.0]}))
    >>> found["revision"].tolist(), found["is_inside"].tolist()
    ([1.0, 3.0], [True, False])
    """
    now = history["date"].map(trend.set_index("date")["mean"])
    inside = now.between(history["lower"], history["upper"])
    return history.assign(now=now, revision=now - history["mean"], is_inside=inside)


def vintages_title(history: pd.DataFrame, trend: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say by how much the estimates of their time were off, and how many intervals held."""
    found = find_revisions(history, trend)
    off = float(found["revision"].abs().mean())
    return label(
        f"vintages.support.{'small' if off < SMALL else 'large'}",
        edition,
        off=show_number(off, edition, digits=1),
        inside=int(found["is_inside"].sum()),
        intervals=plural("count.of_intervals", len(found), edition),
    )


def _draw(ax: Axes, history: pd.DataFrame, trend: pd.DataFrame, edition: Edition) -> Margin:
    band = (trend["date"], trend["lower"], trend["upper"])
    ax.fill_between(*band, color=ESTIMATE, alpha=0.12, linewidth=0, gid="band")
    ax.plot(trend["date"], trend["mean"], color=ESTIMATE, gid="now")
    ax.vlines(
        history["date"],
        history["lower"],
        history["upper"],
        color=THEN,
        linewidth=1.4,
        gid="intervals-then",
    )
    ax.plot(
        history["date"],
        history["mean"],
        linestyle="none",
        marker="o",
        markersize=5.5,
        color=THEN,
        markeredgecolor="white",
        markeredgewidth=0.5,
        gid="then",
    )
    low = min(history["lower"].min(), trend["lower"].min())
    high = max(history["upper"].max(), trend["upper"].max())
    label_percent(ax, low - 1, high + 1, edition, step=5)
    space = pd.Timedelta(days=20)
    label_time(ax, trend["date"].min() - space, trend["date"].max() + space, edition)
    return Margin(
        ax,
        [
            MarginLabel(
                trend["mean"].iloc[-1], label("vintages.now", edition), ESTIMATE, "-", "bold"
            ),
            MarginLabel(history["mean"].iloc[-1], label("vintages.then", edition), THEN, "o"),
        ],
    )


def fixed_set(obs: pd.DataFrame) -> str:
    """Reference of the houses with several polls, which vintages keep.

    Examples
    --------
    >>> fixed_set(pd.DataFrame({"house_id": list("bbbbaaaac")}))
    'houses:a,b'
    """
    counts = obs["house_id"].value_counts()
    chosen = sorted(counts.index[counts >= SEVERAL])
    if not chosen:
        raise ValueError(f"No house has {SEVERAL} polls yet, so there is no history to show.")
    return f"houses:{','.join(map(str, chosen))}"


def _history(fitted: FittedPolls) -> pd.DataFrame:
    from analysis import PUBLISHED, as_of_history

    obs = fitted.obs()
    last = pd.Timestamp(fitted.as_of) if fitted.as_of is not None else obs["end_date"].max()

    def look_back() -> pd.DataFrame:
        days = [fitted.since() + pd.Timedelta(days=17)]
        days += list(pd.date_range(days[0] + pd.Timedelta(days=60), last, freq="QS"))
        reference = fixed_set(obs)
        history = as_of_history(
            obs, days, reference=reference, target="last_poll", options=PUBLISHED
        )
        digits = dict.fromkeys(("mean", "sd", "lower", "upper"), DIGITS)
        return history.round(digits)

    return fitted.keep("vintages", look_back)


def _trend(fitted: FittedPolls) -> pd.DataFrame:
    reference = fixed_set(fitted.obs())
    digits = dict.fromkeys(("mean", "sd", "lower", "upper"), DIGITS)
    return fitted.keep(
        "vintages.now", lambda: fitted.results().trend(reference=reference).round(digits)
    )


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, history, trend = fitted.obs(), _history(fitted), _trend(fitted)
    chosen = fixed_set(obs).removeprefix("houses:").split(",")
    houses = name_houses(fitted.tables["houses"], edition)
    own = obs[obs["house_id"].isin(chosen)]
    ranked = rank_houses(houses, own)
    names = ", ".join(house.name for house in ranked)
    source, last = name_sources(rank_houses(houses, obs), edition), last_day(obs)
    fig = plot_vintages(
        history,
        trend,
        edition,
        source=source,
        data_to=last,
        names=names,
    )
    found = find_revisions(history, trend)
    alt = label(
        "vintages.alt",
        edition,
        n=len(found),
        off=show_number(found["revision"].abs().mean(), edition, digits=1),
        most=show_number(found["revision"].abs().max(), edition, digits=1),
        inside=int(found["is_inside"].sum()),
        first=show_date(history["as_of"].iloc[0], edition, "LLLL y"),
    )
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("vintages.limits", edition),
            label("vintages.method", edition, names=names),
            source_line(source, last, edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "as-of-support",
        "What one would have said of support at the time, beside what all polls say now.",
        _draw_published,
        lambda fitted: find_revisions(_history(fitted), _trend(fitted)).round({"revision": DIGITS}),
        seconds=5.0,
    ),
)
