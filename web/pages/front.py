"""The front page: the answer, how sure it is, the trend, the claim, and what moved instead."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.findings import judge_other_answer
from figures import SECTOR_COLOURS
from web.chart import list_questions
from web.kit import Page, View, draw_dot_plot
from web.material import Material
from web.pages.claim import CLAIM, claim_levels, tell_verdict
from web.pages.sentences import say, tell_change, tell_window
from web.pictures import Picture
from web.waves import name_pollster, name_question

DOTS = 100
TREND, TALKS, WAFFLE = "trend-support", "talks-continue", "two-pollsters-support"


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the front page."""
    found = material.findings
    quantiles = list_quantiles(material)
    claims = claim_levels(material)

    def show(view: View) -> dict[str, Any]:
        main = found["support.panel"]
        below = sum(value < 0 for value in quantiles)
        return {
            "title": view.t(f"front.title.{judge(found)}"),
            "description": view.t("front.description"),
            "answer": view.rich("front.answer", **tell_change(material, view, main)),
            "bases": view.t(
                "front.bases",
                weeks=tell_window(view, found["support.first_weeks"]),
                weeks_change=say(view, found["support.first_weeks"]),
                autumn=tell_window(view, found["support.autumn"]),
                autumn_change=say(view, found["support.autumn"]),
            ),
            "sure": view.t("front.sure.text", below=below, dots=DOTS),
            "dot_plot": draw_dot_plot(
                quantiles,
                view,
                view.t("front.sure.alt", below=below, dots=DOTS),
            ),
            "houses": [
                {
                    "house_id": row["house_id"],
                    "name": name_pollster(material, view, str(row["house_id"])),
                    "change": view.number(row["mean"], 1, sign=True),
                    "interval": view.interval(row["lower"], row["upper"]),
                }
                for name, row in found.items()
                if name.startswith("support.house.")
            ],
            "typical": view.t("front.typical", change=say(view, found["support.typical"])),
            "trend": pictures.get(TREND),
            "chart": name_choices(material, view),
            "verdict": tell_verdict(material, view, claims),
            "claim": pictures.get(CLAIM),
            "fight_on": tell_fight_on(material, view),
            "fight_on_title": name_fight_on(material, view),
            "talks": pictures.get(TALKS),
            "waffle": pictures.get(WAFFLE),
        }

    yield Page("index.html", "index", show, room="front")


def judge(found: Mapping[str, Mapping[str, Any]]) -> str:
    """What the intervals from all bases allow to be said of support.

    Examples
    --------
    >>> judge({"support.panel": {"direction": "fallen"},
    ...        "support.first_weeks": {"direction": "unclear"}})
    'depends'
    """
    names = ("support.panel", "support.first_weeks", "support.autumn")
    ways = {found[name]["direction"] for name in names if name in found}
    return str(ways.pop()) if len(ways) == 1 else "depends"


def list_quantiles(material: Material) -> list[float]:
    """Equally likely values of the headline's change, rounded to what is drawn."""
    row = material.findings["support.panel"]
    results = material.fitted.results("support")
    spans = ((row["start"], row["start_until"]), (row["end"], row["end_until"]))
    reference = f"houses:{row['panel']}"
    found = []
    for place in range(DOTS // 2):
        # The interval that leaves alpha out has the quantiles alpha/2 and 1 - alpha/2 as its ends.
        alpha = 2 * (place + 0.5) / DOTS
        change = results.change(*spans, alpha=alpha, reference=reference)
        found += [float(change["lower"]), float(change["upper"])]
    return [round(value, 3) for value in np.sort(found)]


def tell_fight_on(material: Material, view: View) -> str:
    """How the wish to fight on moved; empty where the polls do not tell yet."""
    row = material.findings.get("fight_on.panel")
    if row is None:
        return ""
    return view.t("front.fight_on.text", **tell_change(material, view, row))


def name_fight_on(material: Material, view: View) -> str:
    """Heading of the wish to fight on; empty where the polls do not tell yet."""
    if "fight_on.panel" not in material.findings:
        return ""
    kind = judge_other_answer(material.findings)
    return view.t(f"front.fight_on.{'more_than' if kind == 'more' else kind}")


def list_key(sectors: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a colour of the chart means; two sectors that have one stand together.

    Examples
    --------
    >>> list_key({"state": "State-run", "foreign": "Foreign", "academic": "Academic"})
    [('state', 'State-run'), ('foreign', 'Foreign, academic')]
    """
    by_colour: dict[str, list[str]] = {}
    for name in sectors:
        by_colour.setdefault(SECTOR_COLOURS[name], []).append(name)
    return [
        (first, ", ".join([sectors[first], *(sectors[name].lower() for name in others)]))
        for first, *others in by_colour.values()
    ]


def name_choices(material: Material, view: View) -> dict[str, Any]:
    """What the chart lets choose, and its words, in the language of a reader."""
    questions = list_questions(material)
    obs = pd.concat([material.fitted.obs(name) for name in questions])
    there = [name for name in SECTOR_COLOURS if name in set(obs["sector"])]
    sectors = {name: view.t(f"sector.{name}") for name in there}
    houses = {name: name_pollster(material, view, name) for name in sorted(set(obs["house_id"]))}
    groups = {
        f"sector:{name}": view.t("claim.sector_mean", sector=words)
        for name, words in sectors.items()
    }
    keep = {"n": "{n}", "names": "{names}", "mean": "{mean}", "low": "{low}", "high": "{high}"}
    keep |= {"day": "{day}", "polls": "{polls}"}
    keys = ("pollster", "days", "n", "mode", "share", "wording", "source")
    words = {key: view.t(f"chart.{key}") for key in keys}
    for key, label in (("percent", "percent"), ("panel", "chart.panel"), ("level", "chart.level")):
        words[key] = view.t(label, **keep)
    return {
        "questions": [(name, name_question(material, view, name)) for name in questions],
        "sectors": list(sectors.items()),
        "key": list_key(sectors),
        "names": {"houses": view.t("level.these_houses"), **groups, **houses},
        "words": words,
    }
