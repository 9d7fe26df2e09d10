"""Events: the shift of opinion at each, held against random dates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry, finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, plural, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, FAINT, INK, SHADE, house_style, new_figure

# Events of which people speak as turning points; ids of the table events.
EVENTS = (
    "partial_mobilisation",
    "kherson_ordered",
    "wagner_mutiny",
    "kursk_incursion",
    "trump_putin_call",
    "istanbul_2025_1",
    "alaska_summit",
)
# Construct and pole of each group of rows.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "support": ("support", "for"),
    "continue": ("talks", "against"),
}
# An event stands out when so many random dates have so large a shift less often than this, and
# the evidence for a shift is "positive" (Kass and Raftery 1995, JASA 90(430), section 3.2):
# few random dates differ, so that rarity alone says little.
RARE = 0.05
EVIDENCE = np.log(3.0)
DIGITS = 2
SEED = 20220921
NUMBERS = ("mean", "lower", "upper", "log_bayes_factor", "p_value", "p_max")
COLUMNS = ("question", "event", "date", *NUMBERS)


def plot_events(
    shifts: pd.DataFrame,
    placebo: pd.DataFrame,
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the shift at each event with its interval, over the band of random dates.

    Parameters
    ----------
    shifts : DataFrame
        question, event, date, mean, lower, upper (points), log_bayes_factor, p_value,
        p_max: the tables ``events`` of ``analysis.questions.events.check_events``, one
        below the other.
    placebo : DataFrame
        question, mean (points): the shifts at random dates.
    obs : DataFrame
        house_id, mid_date: all polls.
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
    require_columns(shifts, "shifts", COLUMNS)
    require_columns(placebo, "placebo", ["question", "mean"])
    ranked = rank_houses(houses, obs)
    with house_style():
        fig, ax = new_figure(edition)
        _draw(ax, shifts, placebo, edition)
        finish(
            fig,
            events_title(shifts, edition),
            label("events.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(placebo, edition),
            key=[
                KeyEntry("o", ESTIMATE, label("events.key.clear", edition)),
                KeyEntry("o", INK["quiet"], label("events.key.unclear", edition)),
                KeyEntry("s", FAINT, label("events.key.placebo", edition)),
            ],
            edition=edition,
        )
    return fig


def events_title(shifts: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say which events stand out from random dates, the clearest by name.

    Parameters
    ----------
    shifts : DataFrame
        As for `plot_events`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> shifts = pd.DataFrame({"event": ["wagner_mutiny"], "p_max": 0.9, "log_bayes_factor": -0.5})
    >>> events_title(shifts).replace(chr(160), " ")
    'No event stands out from random dates: 1 event, support and the wish to fight on'
    """
    clear = shifts[stand_out(shifts)].sort_values("log_bayes_factor", ascending=False)
    n_events = shifts["event"].nunique()
    events = plural("count.events", n_events, edition)
    if clear.empty:
        return label("events.title.none", edition, events=events)
    first = clear.iloc[0]
    n_clear = clear["event"].nunique()
    return label(
        f"events.title.{'one' if n_clear == 1 else 'some'}",
        edition,
        n=show_number(n_clear, edition),
        events=plural("count.of_events", n_events, edition),
        event=label(f"events.row.{first['event']}", edition),
        question=label(f"events.question.{first['question']}", edition),
        change=show_interval(first["mean"], first["lower"], first["upper"], edition),
    )


def stand_out(shifts: pd.DataFrame) -> pd.Series:
    """Whether each shift is rare among random dates and has evidence of its own."""
    clear = (shifts["p_max"] < RARE) & (shifts["log_bayes_factor"] >= EVIDENCE)
    return pd.Series(clear, index=shifts.index)


def _draw(ax: Axes, shifts: pd.DataFrame, placebo: pd.DataFrame, edition: Edition) -> None:
    """A heading and the events of each question, over the band of its random dates."""
    rows: list[Row] = []
    bands: list[tuple[int, int, str]] = []
    for question, mine in shifts.groupby("question", sort=False):
        rows.append(Row(label(f"questions.panel.{question}", edition)))
        bands.append((len(rows), len(rows) + len(mine), str(question)))
        told = mine.assign(is_clear=stand_out(mine)).to_dict("records")
        rows += [_make_row(shift, edition) for shift in told]
    draw_rows(ax, rows, edition, line=0, heading=label("events.aside", edition))
    for first, last, question in bands:
        means = placebo.loc[placebo["question"] == question, "mean"]
        low, high = np.quantile(means, [0.025, 0.975])
        ax.fill_betweenx(
            [first - 0.5, last - 0.5],
            low,
            high,
            color=SHADE,
            linewidth=0,
            zorder=0,
            gid=f"placebo-{question}",
        )


def _note(placebo: pd.DataFrame, edition: Edition) -> str:
    """Say how many of the random dates differ."""
    different = placebo.groupby("question")["mean"].nunique()
    dates = placebo.groupby("question").size().max()
    found = {name: show_number(int(different.get(name, 0)), edition) for name in QUESTIONS}
    return label(
        "events.note",
        edition,
        n=show_number(int(dates), edition),
        support=found["support"],
        fight=found["continue"],
    )


def _make_row(shift: Mapping[Any, Any], edition: Edition) -> Row:
    numbers = (shift["mean"], shift["lower"], shift["upper"])
    day = show_date(pd.Timestamp(shift["date"]), edition, "LLL y")
    words = label(
        "events.dated", edition, event=label(f"events.row.{shift['event']}", edition), date=day
    )
    aside = label(
        "events.told",
        edition,
        interval=show_interval(*numbers, edition),
        p=show_number(shift["p_value"], edition, digits=3 if shift["p_value"] < 0.01 else 2),
    )
    colour = ESTIMATE if shift["is_clear"] else INK["quiet"]
    return Row(words, *numbers, colour, "o", aside, "bold" if shift["is_clear"] else "normal")


def _checks(fitted: FittedPolls) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shifts and placebo shifts of both questions."""

    def estimate() -> tuple[pd.DataFrame, pd.DataFrame]:
        from analysis.findings import fit_pole, take_polls
        from analysis.questions import check_events

        table = fitted.tables["events"].set_index("event_id")["date"]
        shifts, placebo = [], []
        for question, (construct, pole) in QUESTIONS.items():
            obs = take_polls(fitted, construct, pole)
            days = table.loc[list(EVENTS)]
            inside = (days > obs["mid_date"].min()) & (days <= obs["mid_date"].max())
            if not inside.any():
                continue
            (results,) = fit_pole(fitted, construct, pole).values()
            found = check_events(results, days[inside].to_dict(), rng=SEED)
            shifts.append(found.events.assign(question=question))
            placebo.append(found.placebo.assign(question=question))
        if not shifts:
            raise ValueError("None of the events has polls on both sides yet.")
        return pd.concat(shifts, ignore_index=True), pd.concat(placebo, ignore_index=True)

    return fitted.keep("events.checks", estimate)


def events_data(shifts: pd.DataFrame, placebo: pd.DataFrame) -> pd.DataFrame:
    """Shifts as drawn, and the ends of the band of random dates beside each.

    Returns
    -------
    DataFrame
        question, event, date, mean, lower, upper (points), log_bayes_factor, p_value,
        p_max, p_distinct, placebo_low, placebo_high (points), stands_out.
    """
    groups = placebo.groupby("question")["mean"]
    columns = [*COLUMNS, "p_distinct"]
    joined = shifts.reindex(columns=columns)
    for name, share in (("placebo_low", 0.025), ("placebo_high", 0.975)):
        joined[name] = joined["question"].map(groups.quantile(share))
    joined["stands_out"] = stand_out(joined)
    points = ["mean", "lower", "upper", "log_bayes_factor", "placebo_low", "placebo_high"]
    ranks = ["p_value", "p_max", "p_distinct"]
    return joined.round(dict.fromkeys(points, DIGITS) | dict.fromkeys(ranks, DIGITS + 1))


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    shifts, placebo = _checks(fitted)
    obs = pd.concat([fitted.obs(construct) for construct, _ in QUESTIONS.values()])
    houses = fitted.houses(edition)
    fig = plot_events(shifts, placebo, obs, houses, edition)
    ranked = rank_houses(houses, obs)
    alt = label(
        "events.alt",
        edition,
        n=shifts["event"].nunique(),
        low=show_number(shifts["mean"].min(), edition, with_sign=True),
        high=show_number(shifts["mean"].max(), edition, with_sign=True),
        clear=show_number(int(stand_out(shifts).sum()), edition),
        tests=show_number(len(shifts), edition),
    )
    caption = "\n".join(
        [
            label("events.method", edition),
            label("events.limits", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "events",
        "What support and the wish to fight on did at seven events, against random dates.",
        _draw_published,
        lambda fitted: events_data(*_checks(fitted)),
        seconds=5.0,
    ),
)
