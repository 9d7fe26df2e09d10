"""The answers of all defensible analyses at once, as specification curves."""

from pathlib import Path

import pandas as pd
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import name_sources, rank_houses, require_columns
from figures.kit.labels import label, show_number
from figures.kit.layout import lead_evenly
from figures.kit.save import Rendering
from figures.kit.style import ESTIMATE, INK, house_style, new_figure

# Minutes of fits, so they are stored: `python -m analysis multiverse --construct support --out`.
STORED = Path(__file__).with_name("multiverse.csv")
# Each question: its estimate, values it is held against, and the probability of a yes.
QUESTIONS = {
    "change": ((0,), "prob_fall"),
    "gap": ((0,), "prob_state_above"),
    "level": ((50, 60), "prob_above_60"),
}
SURE = 0.95
BASE = "base"
# A band of so many thin intervals is drawn as one area.
BAND = 0.16
# Beyond this share of a curve the value of the published dot stands at its other side.
LATE = 0.8
# Lines of type that a panel with its words is as high as, where a figure may grow.
LINES = 7
# Points by which words about a curve begin left of it, where its scale begins.
HANGING = 26


def read_multiverse(path: Path | None = None) -> pd.DataFrame:
    """Read the stored specifications, as ``python -m analysis multiverse --out`` writes them.

    Parameters
    ----------
    path : Path, optional
        Those of the figure by default.

    Returns
    -------
    DataFrame
        One row a specification; polls, the digest of the polls that it was made from,
        data_to, their last day, and model, the options that were published.
    """
    return pd.read_csv(path or STORED, parse_dates=["data_to"])


def plot_multiverse(
    table: pd.DataFrame,
    drivers: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    source: str,
    note: str = "",
) -> Figure:
    """Draw the estimates of each question from the lowest to the highest.

    Parameters
    ----------
    table : DataFrame
        As from `read_multiverse`.
    drivers : DataFrame
        question, choice, share_pct: what drives the answer to each question most.
    edition : Edition
        Language and size.
    source, note
        As for `figures.kit.finish.finish`.

    Returns
    -------
    Figure
        Finished.
    """
    needed = [name for question in QUESTIONS for name in _columns(question)]
    require_columns(table, "table", ["base", "is_published", "data_to", *needed])
    with house_style():
        fig, first = new_figure(edition)
        first.remove()
        # On a phone one below another; what decides is left to the caption there.
        shape = (len(QUESTIONS), 1) if edition.size == "phone" else (1, len(QUESTIONS))
        for ax, question in zip(fig.subplots(*shape), QUESTIONS, strict=True):
            _draw_curve(ax, take_answers(table, question), question, edition)
            _name_axes(ax, table, drivers, question, edition)
        fig.subplots_adjust(wspace=0.3, hspace=0.6)
        finish(
            fig,
            multiverse_title(table, edition),
            label("multiverse.subtitle", edition),
            source,
            table["data_to"].max(),
            note=note,
            rows=LINES * len(QUESTIONS),
            edition=edition,
        )
    return fig


def take_answers(table: pd.DataFrame, question: str) -> pd.DataFrame:
    """Specifications that answer a question, from the lowest estimate to the highest.

    A change is told from April and May 2022 on; other bases are other questions.
    """
    rows = table[table["base"] == BASE] if question == "change" else table
    return rows.dropna(subset=[question]).sort_values(question, kind="stable", ignore_index=True)


def multiverse_title(table: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say what share of the analyses that answer a question finds what, by their estimates.

    Examples
    --------
    >>> table = pd.DataFrame({"base": "base", "change": [-1.0, 2.0], "gap": [1.0, 3.0],
    ...                       "level": [61.0, 66.0]})
    >>> multiverse_title(table).replace(chr(160), " ")[:44]
    'Of many analyses 100% find support above 60%'
    """
    found = {
        "above": take_answers(table, "level")["level"] > QUESTIONS["level"][0][-1],
        "fall": take_answers(table, "change")["change"] < 0,
        "state": take_answers(table, "gap")["gap"] > 0,
    }
    shares = {name: _percent(100 * yes.mean(), edition) for name, yes in found.items()}
    return label("multiverse.title", edition, **shares)


def _columns(question: str) -> list[str]:
    return [question, f"{question}_lower", f"{question}_upper", QUESTIONS[question][1]]


def _percent(value: float, edition: Edition) -> str:
    """Whole percent; neither 0 nor 100 unless it is none or all."""
    whole = round(value) if value in (0, 100) else min(max(round(value), 1), 99)
    return format_percent(whole / 100, locale=edition.locale)


def _draw_curve(ax: Axes, rows: pd.DataFrame, question: str, edition: Edition) -> None:
    place = (rows.index + 0.5) / len(rows)
    ends = rows[f"{question}_lower"], rows[f"{question}_upper"]
    ax.fill_between(
        place, *ends, step="mid", color=ESTIMATE, alpha=BAND, linewidth=0, gid=f"{question}-band"
    )
    ax.plot(place, rows[question], color=ESTIMATE, linewidth=1.8, gid=f"{question}-curve")
    for value in QUESTIONS[question][0]:
        ax.axhline(value, color=INK["quiet"], linewidth=0.9, zorder=1)
    for at, row in zip(place, rows.to_dict("records"), strict=True):
        if row["is_published"]:
            _mark_published(ax, at, row[question], question, edition)
            break
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    low = min(ends[0].min(), *QUESTIONS[question][0])
    high = max(ends[1].max(), *QUESTIONS[question][0])
    n_ticks = 4 if edition.size == "phone" else 6
    ticks = MaxNLocator(n_ticks, steps=[1, 2, 5, 10]).tick_values(low, high)
    ax.set_ylim(ticks[0], ticks[-1])
    if question == "level":
        ax.set_yticks(ticks, [format_percent(tick / 100, locale=edition.locale) for tick in ticks])
    else:
        ax.set_yticks(ticks, [show_number(tick, edition, with_sign=True) for tick in ticks])


def _mark_published(ax: Axes, at: float, value: float, question: str, edition: Edition) -> None:
    ax.plot(
        [at],
        [value],
        linestyle="none",
        marker="o",
        markersize=7,
        color=INK["accent"],
        markeredgecolor="white",
        markeredgewidth=0.7,
        gid=f"{question}-published",
    )
    is_level = question == "level"
    words = _percent(value, edition) if is_level else show_number(value, edition, with_sign=True)
    ax.annotate(
        words,
        (at, value),
        # A curve that rises leaves room at its lower right, and at its end at its upper left.
        xytext=(-6, 4) if at > LATE else (6, -12),
        textcoords="offset points",
        ha="right" if at > LATE else "left",
        size=9,
        weight="bold",
        color=INK["main"],
    )


def _name_axes(
    ax: Axes, table: pd.DataFrame, drivers: pd.DataFrame, question: str, edition: Edition
) -> None:
    """Name the question above, and below what is sure and what it hangs on."""
    ax.annotate(
        label(f"multiverse.{question}", edition),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-HANGING, 8),
        textcoords="offset points",
        size=8.5,
        weight="bold",
    )
    rows = take_answers(table, question)
    sure = 100 * (rows[QUESTIONS[question][1]] >= SURE).mean()
    driver = drivers[drivers["question"] == question].iloc[0]
    told = {"share": _percent(sure, edition), "n": show_number(len(rows), edition)}
    lines = [
        label(f"multiverse.{question}.sure", edition, **told),
        label("multiverse.driver", edition, share=_percent(driver["share_pct"], edition)),
        label(f"multiverse.choice.{driver['choice']}", edition),
    ]
    text = ax.annotate(
        "\n".join(lines[:1] if edition.size == "phone" else lines),
        (0, 0),
        xycoords="axes fraction",
        # The lowest tick stands on the axis itself, and half of its label below.
        xytext=(-HANGING, -8),
        textcoords="offset points",
        va="top",
        size=8,
    )
    lead_evenly(text)


def _take(fitted: FittedPolls) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stored specifications, and what drives each answer.

    Raises
    ------
    ValueError
        As of an earlier day: what is stored knows all polls.
    """
    if fitted.as_of is not None:
        raise ValueError(
            "The multiverse is stored for all polls. Leave out --as-of, or run `python -m analysis "
            "multiverse` with it."
        )
    # Here and not above: `python -m figures list` need not wait for the models.
    from analysis.evaluate import explain_variance

    def explain() -> tuple[pd.DataFrame, pd.DataFrame]:
        table = read_multiverse()
        rows = []
        for question in QUESTIONS:
            first = explain_variance(take_answers(table, question), question).iloc[0]
            rows.append({"question": question, **first})
        return table, pd.DataFrame(rows)

    return fitted.keep("multiverse", explain)


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    from analysis.evaluate import is_current

    table, drivers = _take(fitted)
    source = name_sources(rank_houses(fitted.houses(edition), fitted.obs()), edition)
    # Older numbers are never shown in silence.
    note = "" if is_current(table, fitted.obs()) else label("multiverse.stale", edition)
    fig = plot_multiverse(table, drivers, edition, source=source, note=note)
    ends = {}
    # Not each analysis answers each question: it may begin elsewhere, or lack a sector.
    counts = {"n": show_number(len(table), edition)}
    for question in QUESTIONS:
        values = take_answers(table, question)[question]
        counts[f"{question}_n"] = show_number(len(values), edition)
        for name, value in (("low", values.min()), ("high", values.max())):
            ends[f"{question}_{name}"] = show_number(value, edition, with_sign=question != "level")
    alt = label("multiverse.alt", edition, **counts, **ends)
    end = source_line(source, table["data_to"].max(), edition)
    caption = "\n".join([label("multiverse.method", edition, **counts), end])
    fall = 100 * (take_answers(table, "change")["change"] < 0).mean()
    return Rendering(fig, alt, caption, edition, number=_percent(fall, edition))


ENTRIES = (
    Entry(
        "multiverse-support",
        "What all defensible analyses of the same polls find.",
        _draw,
        lambda fitted: _take(fitted)[0].drop(columns=["polls", "model", "data_to"]),
    ),
)
