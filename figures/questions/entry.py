"""The published figure of all questions."""

from collections.abc import Mapping

import pandas as pd

from figures.fitted_polls import SINCE, Entry, FittedPolls
from figures.kit.edition import Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses
from figures.kit.labels import label, plural
from figures.kit.save import Rendering
from figures.questions.pole_trends import estimate_pole, fit_pole, take_polls
from figures.questions.side_by_side import (
    by_question,
    over_the_same_dates,
    plot_questions,
    questions_data,
    questions_note,
)
from figures.support.trend_words import say_change

# Question of a panel, with the construct and pole it shows, in reading order.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "support": ("support", "for"),
    "continue": ("talks", "against"),
    "talks": ("talks", "for"),
    "success": ("success", "for"),
    "undo": ("undo", "for"),
    "peace_deal": ("peace_deal", "for"),
    "peace_deal_territory": ("peace_deal_territory", "for"),
    "withdraw": ("withdraw", "for"),
}


def _series(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    return {name: take_polls(fitted, *asked) for name, asked in QUESTIONS.items()}


def _trends(fitted: FittedPolls) -> dict[str, pd.DataFrame]:
    return {name: estimate_pole(fitted, *asked) for name, asked in QUESTIONS.items()}


def _changes(fitted: FittedPolls) -> pd.DataFrame:
    """Changes of each question by the model of its line."""

    def estimate() -> pd.DataFrame:
        from analysis.questions import question_changes

        fits = {name: fit_pole(fitted, *asked) for name, asked in QUESTIONS.items()}
        return question_changes(fits, start=SINCE)

    return fitted.keep("questions.changes", estimate)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    series, trends, changes = _series(fitted), _trends(fitted), _changes(fitted)
    houses = fitted.houses(edition)
    fig = plot_questions(series, trends, changes, houses, edition)
    told = by_question(changes)
    ranked = rank_houses(houses, pd.concat(series.values()))
    n_polls = sum(len(polls) for polls in series.values()) - len(series["continue"])
    alt = label(
        "questions.alt",
        edition,
        n=len(series),
        support=over_the_same_dates(told, edition)["change"],
        fight=say_change(told["continue"], edition)["change"],
        talks=say_change(told["talks"], edition)["change"],
    )
    lines = [
        label(
            "questions.counted",
            edition,
            name=label(f"questions.panel.{name}", edition),
            polls=plural("count.polls", int(row["n_polls"]), edition),
            houses=plural("count.houses", int(row["n_houses"]), edition),
        )
        for name, row in told.items()
    ]
    caption = "\n".join(
        [
            label("questions.method", edition, polls=plural("count.polls", n_polls, edition)),
            "; ".join(lines) + ".",
            questions_note(told, edition),
            source_line(
                name_sources(ranked, edition), last_day(pd.concat(series.values())), edition
            ),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "all-questions",
        "Support, talks, an end of the war and other questions side by side.",
        _draw_published,
        lambda fitted: questions_data(_series(fitted), _trends(fitted)),
        model="questions",
        seconds=4.0,
    ),
)
