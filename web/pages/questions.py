"""A page for each question, and one that lists them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from web.kit import Page, View, draw_series
from web.material import FEWEST_POLLS, Material
from web.pages.pollsters import list_wordings, make_dots
from web.pages.sentences import tell_change
from web.pictures import Picture
from web.waves import colour_answer, name_pollster, name_question

# Figures that belong to a question, by what their names say.
SHOWN = {
    "support": ("house-effects-support", "sectors-support", "composition-support"),
    "talks": ("talks-continue", "all-questions"),
}


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the list of questions and the page of each."""
    yield Page("questions.html", "questions", partial(_list, material), room="questions")
    for construct in material.constructs:
        mine = [pictures[slug] for slug in SHOWN.get(construct, ()) if slug in pictures]
        show = partial(_show, material, pictures=mine, construct=construct)
        yield Page(f"question/{construct}.html", "question", show, room="questions")


def _list(material: Material, view: View) -> dict[str, Any]:
    rows = []
    for construct in material.constructs:
        obs = material.fitted.obs(construct)
        rows.append(
            {
                "construct_id": construct,
                "title": name_question(material, view, construct),
                "yes": view.t(f"answer.{construct}.for"),
                "polls": len(obs),
                "pollsters": obs["house_id"].nunique(),
                "last": view.day(obs["end_date"].max(), "LLL y"),
                "share": view.t("percent", n=view.number(obs["share_pct"].iloc[-1])),
            }
        )
    return {
        "title": view.t("questions.page"),
        "description": view.t("questions.page.intro"),
        "rows": rows,
    }


def _show(
    material: Material, view: View, *, pictures: list[Picture], construct: str
) -> dict[str, Any]:
    obs = material.fitted.obs(construct)
    title = name_question(material, view, construct)
    counted = view.t(
        "question.counted",
        polls=view.n("count.polls", len(obs)),
        pollsters=view.n("count.pollsters", obs["house_id"].nunique()),
        first=view.day(obs["start_date"].min(), "LLLL y"),
        last=view.day(obs["end_date"].max(), "LLLL y"),
    )
    trend = estimate(material, construct)
    words = view.t(
        "series.words",
        question=title,
        polls=view.n("count.polls", len(obs)),
        start=view.number(obs["share_pct"].iloc[0]),
        end=view.number(obs["share_pct"].iloc[-1]),
    )
    sides = ("for", "against")
    dots = [make_dots(material, view, obs, construct, side) for side in sides]
    return {
        "title": title,
        "description": view.t("question.description", question=title, counted=counted),
        "counted": counted,
        "construct_id": construct,
        "change": _tell_change(material, view, construct),
        "key": [
            (colour_answer(construct, side), view.t(f"answer.{construct}.{side}")) for side in sides
        ],
        "drawing": draw_series(dots, view, words, trend=trend, limits=material.limits),
        "line": view.t("question.line") if trend is not None else view.t("question.no_line"),
        "notes": material.rows_of("constructs")[construct]["notes"],
        "wordings": [
            {"house_id": house, "name": name_pollster(material, view, house), **wording}
            for house in obs["house_id"].value_counts().index
            for wording in list_wordings(material, view, obs[obs["house_id"] == house])
        ],
        "pictures": pictures,
    }


def estimate(material: Material, construct: str) -> pd.DataFrame | None:
    """Level of the panel of a question week by week; None where there are too few polls."""
    if len(material.fitted.obs(construct)) < FEWEST_POLLS:
        return None
    trend = material.fitted.trend(construct)
    return trend[trend["date"].isin(material.dates(construct))]


def _tell_change(material: Material, view: View, construct: str) -> str:
    fitted = material.fitted
    spans = fitted.windows(construct)
    if spans is None or len(fitted.obs(construct)) < FEWEST_POLLS:
        return ""
    (start, end), change = spans, fitted.change(construct)
    row = {
        **change,
        "start": start.start,
        "start_until": start.end,
        "end_until": end.end,
        "panel": ",".join(fitted.panel(construct)),
    }
    told = tell_change(material, view, row)
    return view.t("question.change", answer=view.t(f"answer.{construct}.for"), **told)
