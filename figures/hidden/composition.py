"""Support, opposition and no answer, which add up to 100, each with its interval."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.axes import label_percent, label_time
from figures.kit.changes import (
    judge_change,
    mean_within,
    name_since,
    name_time,
    say_change,
    say_headline,
    show_level,
)
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, plural, round_shown, show_date, show_number
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import (
    ANSWER_COLOURS,
    ANSWER_LINES,
    ANSWER_MARKERS,
    house_style,
    marker_size,
    new_figure,
)

if TYPE_CHECKING:
    from analysis.claims import Window

PARTS = ("for", "undecided", "against")
# What a poll has of them.
POLLED = {"for": "for_pct", "against": "against_pct", "undecided": "none_pct"}
NUMBERS = {"mean": "value_pct", "lower": "lower_pct", "upper": "upper_pct"}
# Hundredths of a point are drawn and stored: the last digits of a fit depend on the machine.
DIGITS = 2


def plot_composition(
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    houses: pd.DataFrame,
    levels: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    change: Mapping[str, float],
    since: date | pd.Timestamp,
    windows: "tuple[Window, Window] | None" = None,
    measure: str = "support",
    alpha: float = 0.05,
) -> Figure:
    """Draw the parts of all answers over time, each a line with its band, and polls as dots.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct (percent); one row per poll, as from ``polls.series()``.
    trend : DataFrame
        date, part ("for", "against", "undecided"), mean, lower, upper (percent), as from
        ``CompositionTrend(obs, ("for", "against")).fit().trend()``.
    houses : DataFrame
        house_id, sector; name, where there is one.
    levels : DataFrame
        house_id and mean: percent undecided of each house whose mean is drawn, as from
        ``results.house_levels("undecided")``.
    edition : Edition
        Language and size, and the day by which all polls were published.
    change : mapping
        Change of the undecided: mean, lower, upper in points and prob_negative; the title
        says it.
    since : date
        Day from which the change counts.
    windows : pair of Window, optional
        Where the change is that of the mean of one to the mean of the other.
    measure : str
        What was measured; labels.csv has its words under composition.<measure>.
    alpha : float
        1 minus the level of the intervals.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column, a house or a part is missing.

    See Also
    --------
    composition_title : how the title follows the change.
    """
    require_columns(obs, "obs", ["house_id", "mid_date", "for_pct"])
    require_columns(levels, "levels", ["house_id", "mean"])
    parts = _split(trend)
    ranked = rank_houses(houses, obs)
    names = {house.house_id: house.name for house in ranked}
    with house_style():
        fig, ax = new_figure(edition)
        _draw(ax, obs, parts)
        _set_scales(ax, obs, parts["for"], edition)
        margin = Margin(ax, _labels(parts, edition, measure))
        margin.draw()
        finish(
            fig,
            composition_title(
                change, since, edition, windows=windows, measure=measure, alpha=alpha
            ),
            label(
                f"composition.{measure}.subtitle",
                edition,
                houses=plural("count.houses", len(levels), edition),
            ),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(levels, names, alpha, edition),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def composition_title(
    change: Mapping[str, float],
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
    *,
    windows: "tuple[Window, Window] | None" = None,
    measure: str = "support",
    alpha: float = 0.05,
) -> str:
    """Say what became of the share that gives no answer, with its interval.

    Parameters
    ----------
    change : mapping
        mean, lower and upper in points and prob_negative.
    since : date
        Day from which the change counts.
    edition : Edition
        Its language is used.
    windows : pair of Window, optional
        As for `plot_composition`.
    measure : str
        What was measured.
    alpha : float
        1 minus the level of the interval.

    Examples
    --------
    >>> change = {"mean": 3.6, "lower": 1.1, "upper": 7.4, "prob_negative": 0.003}
    >>> composition_title(change, date(2022, 4, 1)).replace(chr(160), " ").split(":")[0]
    'The share that gives no answer about the war has risen since spring 2022'
    """
    return label(
        f"composition.{measure}.{judge_change(change)}",
        edition,
        since=name_since(since, edition, windows[0].end if windows else None),
        level=show_level(alpha, edition),
        **say_change(change, edition),
    )


def composition_data(obs: pd.DataFrame, trend: pd.DataFrame) -> pd.DataFrame:
    """Lines, bands and dots as drawn.

    Returns
    -------
    DataFrame
        kind ("estimate" or "poll"), part, date, value_pct, lower_pct, upper_pct, poll_id,
        house_id, source_url.
    """
    estimate = pd.concat(_split(trend).values()).rename(columns=NUMBERS)
    obs = _add_rest(obs)
    polls = [
        obs.rename(columns={"mid_date": "date", column: "value_pct"}).assign(kind="poll", part=part)
        for part, column in POLLED.items()
        if column in obs
    ]
    both = pd.concat([estimate.assign(kind="estimate"), *polls]).dropna(subset="value_pct")
    columns = ["kind", "part", "date", *NUMBERS.values(), "poll_id", "house_id", "source_url"]
    return both.reindex(columns=columns).reset_index(drop=True)


def _split(trend: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rounded rows of each part, numbered from 0."""
    require_columns(trend, "trend", ["date", "part", *NUMBERS])
    missing = [part for part in PARTS if part not in set(trend["part"])]
    if missing:
        raise ValueError(f"`trend` has no rows of the part {missing[0]!r}.")
    columns = ["date", "part", *NUMBERS]
    rows = {part: trend.loc[trend["part"] == part, columns] for part in PARTS}
    digits = dict.fromkeys(NUMBERS, DIGITS)
    return {part: frame.reset_index(drop=True).round(digits) for part, frame in rows.items()}


def _add_rest(obs: pd.DataFrame) -> pd.DataFrame:
    """Add what is neither support nor opposition, where both were printed."""
    if "against_pct" not in obs:
        return obs
    # What is left of 100 has no more digits than what was printed.
    return obs.assign(none_pct=(100 - obs["for_pct"] - obs["against_pct"]).round(DIGITS))


def _draw(ax: Axes, obs: pd.DataFrame, parts: Mapping[str, pd.DataFrame]) -> None:
    obs = _add_rest(obs)
    for part, column in POLLED.items():
        if column in obs:
            ax.plot(
                obs["mid_date"],
                obs[column],
                linestyle="none",
                marker=ANSWER_MARKERS[part],
                markersize=marker_size(ANSWER_MARKERS[part], 2.6),
                color=ANSWER_COLOURS[part],
                markeredgewidth=0,
                # The first and the last polls stand on the edges.
                clip_on=False,
                gid=f"polls-{part}",
            )
    for part, frame in parts.items():
        colour = ANSWER_COLOURS[part]
        band = (frame["date"], frame["lower"], frame["upper"])
        ax.fill_between(*band, color=colour, alpha=0.2, linewidth=0, gid=f"band-{part}")
        ax.plot(
            frame["date"],
            frame["mean"],
            color=colour,
            linestyle=ANSWER_LINES[part],
            gid=f"estimate-{part}",
        )


def _set_scales(ax: Axes, obs: pd.DataFrame, trend: pd.DataFrame, edition: Edition) -> None:
    high = max(trend["upper"].max(), obs["for_pct"].max())
    label_percent(ax, 0, min(100.0, high + 1), edition, step=20)
    label_time(ax, trend["date"].iloc[0], trend["date"].iloc[-1], edition)


def _labels(parts: Mapping[str, pd.DataFrame], edition: Edition, measure: str) -> list[MarginLabel]:
    """Share of each part on the last day, at the end of its line."""
    key = "trend.last" if edition.size == "phone" else "composition.part"
    return [
        MarginLabel(
            float(last["mean"]),
            label(
                key,
                edition,
                name=label(f"composition.{measure}.{part}", edition),
                n=show_number(last["mean"], edition),
                low=show_number(last["lower"], edition),
                high=show_number(last["upper"], edition),
            ),
            ANSWER_COLOURS[part],
            "-",
            "bold",
        )
        for part, last in ((part, parts[part].iloc[-1]) for part in PARTS)
    ]


def _note(levels: pd.DataFrame, names: Mapping[str, str], alpha: float, edition: Edition) -> str:
    """What the shading means, and how much the undecided differ between houses."""
    ordered = levels.sort_values(["mean", "house_id"])
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return label(
        "composition.note",
        edition,
        level=show_level(alpha, edition),
        low=show_number(low["mean"], edition),
        low_house=names[low["house_id"]],
        high=show_number(high["mean"], edition),
        high_house=names[high["house_id"]],
    )


def _answers(fitted: FittedPolls) -> dict[str, Any]:
    """What the picture shows of the fit: trend, change of those without an answer, houses."""

    def ask() -> dict[str, Any]:
        from analysis.findings import find_panel, findings, fit_parts

        results = fit_parts(fitted)
        windows, panel = find_panel(fitted) or (None, None)
        levels = results.house_levels("undecided", houses=panel)
        houses = panel or tuple(levels["house_id"])
        trend = results.trend(f"houses:{','.join(houses)}")
        days = trend["date"]
        since = windows[0].start if windows else max(fitted.since(), days.min())
        if windows:
            rows = findings(fitted, ["parts"]).set_index("finding")
            change = rows.loc["parts.support.undecided"].to_dict()
        else:
            change = results.change(since, days.max(), of="undecided").to_dict()
        names = ("mean", "lower", "upper", "prob_negative")
        return {
            "trend": trend,
            "since": since,
            "change": {name: float(change[name]) for name in names},
            "levels": levels,
            "windows": windows,
        }

    return fitted.keep("composition.answers", ask)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs(), fitted.houses(edition)
    found = _answers(fitted)
    fig = plot_composition(obs, houses=houses, edition=edition, **found)
    ranked = rank_houses(houses, obs)
    complete = set(found["levels"]["house_id"])
    names = "; ".join(f"{h.name} ({h.n_polls})" for h in ranked if h.house_id in complete)
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("composition.estimand", edition, names=names),
            label("composition.method", edition, polls=plural("count.of_polls", len(obs), edition)),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    number = say_headline(found["change"], edition)
    return Rendering(fig, _say_alt(found, edition), caption, edition, number)


def _say_alt(found: Mapping[str, Any], edition: Edition) -> str:
    """Share of each part at both ends of the change that the title tells."""
    parts, windows = _split(found["trend"]), found["windows"]
    days = parts["for"]["date"]
    first = name_time(found["since"], edition, windows[0].end if windows else None)
    month = show_date(windows[1].end if windows else days.iloc[-1], edition, "LLLL y")
    last = label("at.year_to", edition, month=month) if windows else month
    spans = windows or ((found["since"], found["since"]), (days.iloc[-1], days.iloc[-1]))
    shares = {
        f"{part}_{name}": round_shown(mean_within(frame, span))
        for part, frame in parts.items()
        for name, span in zip(("start", "end"), spans, strict=True)
    }
    shown = {name: show_number(share, edition) for name, share in shares.items()}
    alt = label("composition.alt", edition, first=first, last=last, **shown)
    change = round_shown(found["change"]["mean"])
    if shares["undecided_end"] - shares["undecided_start"] == change:
        return alt
    return f"{alt} {label('houses.rounding', edition)}"


ENTRIES = (
    Entry(
        "composition-support",
        "Support, opposition and no answer, adding up to 100, with the interval of each border.",
        _draw_published,
        lambda fitted: composition_data(fitted.obs(), _answers(fitted)["trend"]),
        model="composition",
        seconds=8.0,
    ),
)
