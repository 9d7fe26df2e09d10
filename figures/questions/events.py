"""Events: the shift of opinion at each, and the evidence that there was one."""

from collections.abc import Mapping
from typing import Any

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
from figures.kit.style import ESTIMATE, INK, house_style, new_figure

DIGITS = 2
NUMBERS = ("mean", "lower", "upper", "evidence")
COLUMNS = ("question", "event", "date", *NUMBERS)


def plot_events(
    shifts: pd.DataFrame,
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the shift at each event with its interval; the evidence for it stands beside.

    Parameters
    ----------
    shifts : DataFrame
        question, event, date, mean, lower, upper (points), evidence (a Bayes factor), as from
        :func:`analysis.findings.events.event_shifts`.
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
    from analysis.findings import stand_out

    require_columns(shifts, "shifts", COLUMNS)
    ranked = rank_houses(houses, obs)
    is_clear = bool(stand_out(shifts).any())
    weight = label(f"events.note.{'clear' if is_clear else 'none'}", edition)
    key = [
        KeyEntry("o", ESTIMATE, label("events.key.clear", edition)),
        KeyEntry("o", INK["quiet"], label("events.key.unclear", edition)),
    ]
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = _draw(ax, shifts, edition)
        finish(
            fig,
            events_title(shifts, edition),
            label("events.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=f"{weight} {label('events.note', edition)}",
            key=key if is_clear else [],
            rows=n_rows,
            edition=edition,
        )
    return fig


def events_title(shifts: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say at which events answers moved, the clearest by name.

    Parameters
    ----------
    shifts : DataFrame
        As for `plot_events`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> shifts = pd.DataFrame({"event": ["wagner_mutiny"], "evidence": 0.6})
    >>> events_title(shifts).replace(chr(160), " ").split(",")[0]
    'The few polls around 1 event show no clear shift'
    """
    from analysis.findings import stand_out

    clear = shifts[stand_out(shifts)].sort_values("evidence", ascending=False)
    n_events = shifts["event"].nunique()
    events = plural("count.of_events", n_events, edition)
    if clear.empty:
        return label("events.title.none", edition, events=events)
    first = clear.iloc[0]
    n_clear = clear["event"].nunique()
    return label(
        f"events.title.{'one' if n_clear == 1 else 'some'}",
        edition,
        n=show_number(n_clear, edition),
        events=events,
        event=label(f"events.row.{first['event']}", edition),
        question=label(f"events.question.{first['question']}", edition),
        change=show_interval(first["mean"], first["lower"], first["upper"], edition),
    )


def _draw(ax: Axes, shifts: pd.DataFrame, edition: Edition) -> int:
    """Draw a heading and the events of each question; return how many rows they are."""
    from analysis.findings import stand_out

    rows: list[Row] = []
    for question, mine in shifts.groupby("question", sort=False):
        rows.append(Row(label(f"questions.panel.{question}", edition)))
        told = mine.assign(is_clear=stand_out(mine)).to_dict("records")
        rows += [_make_row(shift, edition) for shift in told]
    return draw_rows(ax, rows, edition, line=0, heading=label("events.aside", edition))


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
        n=show_number(shift["evidence"], edition, digits=1),
    )
    colour = ESTIMATE if shift["is_clear"] else INK["quiet"]
    return Row(words, *numbers, colour, "o", aside, "bold" if shift["is_clear"] else "normal")


def _shifts(fitted: FittedPolls) -> pd.DataFrame:
    from analysis.findings import event_shifts

    return event_shifts(fitted)


def events_data(shifts: pd.DataFrame) -> pd.DataFrame:
    """Shifts as drawn.

    Returns
    -------
    DataFrame
        question, event, date, mean, lower, upper (points), evidence (Bayes factor), stands_out;
        p_distinct, the share of different shifts at random dates that are as large.
    """
    from analysis.findings import stand_out

    joined = shifts.reindex(columns=[*COLUMNS, "p_distinct"])
    joined["stands_out"] = stand_out(joined)
    return joined.round(dict.fromkeys(NUMBERS, DIGITS) | {"p_distinct": DIGITS + 1})


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    from analysis.findings import stand_out

    shifts = _shifts(fitted)
    obs = pd.concat([fitted.obs("support"), fitted.obs("talks")])
    houses = fitted.houses(edition)
    fig = plot_events(shifts, obs, houses, edition)
    ranked = rank_houses(houses, obs)
    n_clear = int(stand_out(shifts).sum())
    told = {"clear": show_number(n_clear, edition), "tests": show_number(len(shifts), edition)}
    alt = label(
        "events.alt",
        edition,
        n=shifts["event"].nunique(),
        low=show_number(shifts["mean"].min(), edition, with_sign=True),
        high=show_number(shifts["mean"].max(), edition, with_sign=True),
        clear=label(f"events.alt.{'clear' if n_clear else 'none'}", edition, **told),
    )
    caption = "\n".join(
        [
            label("events.limits", edition),
            label("events.method", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    clear = shifts.loc[stand_out(shifts), "event"].nunique()
    events = plural("count.of_events", shifts["event"].nunique(), edition)
    # That none shows in a few polls is no count of events without effect.
    number = label("card.no_shift", edition)
    if clear:
        number = label("events.card", edition, n=show_number(clear, edition), events=events)
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "events",
        "What support and the wish to fight on did at seven events.",
        _draw_published,
        lambda fitted: events_data(_shifts(fitted)),
        seconds=5.0,
    ),
)
