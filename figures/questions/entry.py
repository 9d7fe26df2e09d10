"""The published figure of all questions."""

from collections.abc import Mapping

import pandas as pd

from figures.fitted_polls import SINCE, Entry, FittedPolls
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


def _draw_published(fitted: FittedPolls, lang: str, size: str) -> Rendering:
    series, trends, changes = _series(fitted), _trends(fitted), _changes(fitted)
    houses, as_of = fitted.houses(lang), fitted.as_of
    fig = plot_questions(series, trends, changes, houses, lang, size=size, as_of=as_of)
    told = by_question(changes)
    ranked = rank_houses(houses, pd.concat(series.values()))
    n_polls = sum(len(polls) for polls in series.values()) - len(series["continue"])
    alt = label(
        "questions.alt",
        lang,
        n=len(series),
        support=over_the_same_dates(told, lang)["change"],
        fight=say_change(told["continue"], lang)["change"],
        talks=say_change(told["talks"], lang)["change"],
    )
    lines = [
        label(
            "questions.counted",
            lang,
            name=label(f"questions.panel.{name}", lang),
            polls=plural("count.polls", int(row["n_polls"]), lang),
            houses=plural("count.houses", int(row["n_houses"]), lang),
        )
        for name, row in told.items()
    ]
    caption = "\n".join(
        [
            label("questions.method", lang, polls=plural("count.polls", n_polls, lang)),
            "; ".join(lines) + ".",
            questions_note(told, lang),
            source_line(
                name_sources(ranked, lang), last_day(pd.concat(series.values())), lang, as_of=as_of
            ),
        ]
    )
    return Rendering(fig, alt, caption, lang, size)


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
