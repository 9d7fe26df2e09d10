"""A page for each pollster, and one that lists them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from web.kit import Dots, Page, View, draw_series
from web.material import Material, list_rows, rows_by
from web.pages.trust import tell_pollster
from web.pictures import Picture
from web.waves import (
    colour_answer,
    draw_line_of,
    name_pollster,
    name_question,
    name_source,
    show_mode,
    show_shares,
)

MAIN = "support"
# Two pollsters make a lean: it is a difference.
FEWEST_HOUSES = 2


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the list of pollsters and the page of each."""
    del pictures
    yield Page("pollsters.html", "pollsters", partial(_list, material), room="pollsters")
    for house_id in material.tables["houses"]["house_id"]:
        yield Page(
            f"pollster/{house_id}.html",
            "pollster",
            partial(_show, material, house_id=str(house_id)),
            room="pollsters",
        )


def _list(material: Material, view: View) -> dict[str, Any]:
    waves, obs = material.tables["polls"], material.fitted.obs(MAIN)
    rows = []
    for house in material.houses.values():
        mine = waves[waves["house_id"] == house["house_id"]]
        series = obs[obs["house_id"] == house["house_id"]]
        share = last_share(view, series)
        rows.append(
            {
                "house_id": house["house_id"],
                "name": name_pollster(material, view, house["house_id"]),
                "sector": house["sector"],
                "waves": len(mine),
                "used": len(series),
                "spark": draw_line_of(material, view, house["house_id"], MAIN),
                "last_share": share,
                "last_wave": view.day(mine["latest"].max(), "LLL y") if len(mine) else "",
            }
        )
    rows.sort(key=lambda row: (-row["used"], -row["waves"], row["name"]))
    return {
        "title": view.t("pollsters.title"),
        "description": view.t("pollsters.description", n=len(rows)),
        "rows": rows,
    }


def last_share(view: View, series: pd.DataFrame) -> str:
    """Last share of a series in percent; empty where there is none."""
    if series.empty:
        return ""
    return view.t("percent", n=view.number(series["share_pct"].iloc[-1]))


def _show(material: Material, view: View, *, house_id: str) -> dict[str, Any]:
    house = material.houses[house_id]
    waves = material.tables["polls"]
    mine = waves[waves["house_id"] == house_id]
    name = name_pollster(material, view, house_id)
    first, last = (
        view.day(day, "LLLL y") for day in (mine["earliest"].min(), mine["latest"].max())
    )
    counted = view.t(
        "pollster.counted",
        waves=view.n("count.waves", len(mine)),
        when=first if first == last else view.t("pollster.months", first=first, last=last),
    )
    return {
        "title": name,
        "description": view.t("pollster.description", name=name, counted=counted),
        "name": name,
        "sector": house["sector"],
        "control": house["control"] or "",
        "url": house["url"] or "",
        "notes": house["notes"] or "",
        "counted": counted,
        "facts": _facts(view, house, mine),
        "leans": _leans(material, view, house_id),
        "series": _series(material, view, house_id),
        "predicted": tell_pollster(material, view, house_id),
        "participation": _participation(material, view, house_id),
        "waves": _waves(material, view, mine, house_id),
    }


def _facts(view: View, house: Mapping[str, Any], mine: pd.DataFrame) -> list[tuple[str, str]]:
    facts = []
    modes = list(mine["mode"].value_counts().index)
    told = [mode for mode in modes if mode != "unknown"] or modes
    facts.append(("fact.mode", ", ".join(show_mode(view, mode) for mode in told)))
    if house["usual_sample_size"] is not None:
        facts.append(("fact.size", view.number(house["usual_sample_size"])))
    if house["stated_margin_pct"] is not None:
        margin = view.number(house["stated_margin_pct"], 1)
        facts.append(("fact.margin", view.t("fact.points", n=margin)))
    if house["publication_delay_days"] is not None:
        days = int(house["publication_delay_days"])
        facts.append(("fact.delay", view.n("count.days", days)))
    return facts


def _leans(material: Material, view: View, house_id: str) -> list[str]:
    """How far the house lies from the mean of all on each question that several ask."""
    leans = []
    for construct in material.constructs:
        obs = material.fitted.obs(construct)
        if house_id not in set(obs["house_id"]) or obs["house_id"].nunique() < FEWEST_HOUSES:
            continue
        effects = rows_by(material.leans(construct), "house_id")[house_id]
        leans.append(
            view.t(
                "pollster.lean.row",
                question=name_question(material, view, construct),
                lean=view.number(effects["mean"], 1, sign=True),
                ends=view.interval(effects["lower"], effects["upper"]),
                polls=view.n("count.polls", int(effects["n_polls"])),
            )
        )
    return leans


def _series(material: Material, view: View, house_id: str) -> list[dict[str, Any]]:
    parts = []
    for construct in material.constructs:
        mine = material.used.get((house_id, construct))
        if mine is None:
            continue
        title = name_question(material, view, construct)
        sides = [side for side in ("for", "against") if mine[f"{side}_pct"].notna().any()]
        answers = [make_dots(material, view, mine, construct, side, joined=True) for side in sides]
        key = [
            (colour_answer(construct, side), view.t(f"answer.{construct}.{side}")) for side in sides
        ]
        words = view.t(
            "series.words",
            question=title,
            polls=view.n("count.polls", len(mine)),
            start=view.number(mine["for_pct"].iloc[0]),
            end=view.number(mine["for_pct"].iloc[-1]),
        )
        parts.append(
            {
                "construct_id": construct,
                "title": title,
                "drawing": draw_series(answers, view, words, limits=material.limits),
                "key": key,
                "wordings": list_wordings(material, view, mine),
            }
        )
    return parts


def make_dots(
    material: Material,
    view: View,
    obs: pd.DataFrame,
    construct: str,
    side: str,
    *,
    joined: bool = False,
) -> Dots:
    """Polls of yes ("for") or no ("against") as dots that tell pollster, days and share."""
    column, name = f"{side}_pct", colour_answer(construct, side)
    rows = obs.dropna(subset=[column])
    titles = [
        f"{name_pollster(material, view, row['house_id'])}, "
        f"{view.span(row['start_date'], row['end_date'], printed=not row['date_imputed'])}: "
        f"{view.t('percent', n=view.number(row[column]))}"
        for row in list_rows(rows)
    ]
    return Dots(list(rows["mid_date"]), list(rows[column]), name, titles, joined)


def list_wordings(material: Material, view: View, mine: pd.DataFrame) -> list[dict[str, Any]]:
    """What was asked, form by form, from when to when."""
    questions = material.rows_of("questions")
    found = []
    for instrument, rows in mine.groupby("instrument", sort=False):
        question_id, _, form = str(instrument).partition(":")
        question = questions[question_id]
        notes = []
        if form:
            notes.append(view.find(f"instrument.{form}") or form.replace("_", " "))
        for column in ("offers_refusal", "offers_undecided", "half_sample"):
            if question[column]:
                notes.append(view.t(f"wording.{column}"))
        first, last = rows["start_date"].min(), rows["end_date"].max()
        found.append(
            {
                "text": question["wording_en"],
                "when": view.t(
                    "wording.when",
                    span=view.span(first, last),
                    polls=view.n("count.polls", len(rows)),
                ),
                "notes": notes,
            }
        )
    return found


def _participation(material: Material, view: View, house_id: str) -> list[dict[str, Any]]:
    table = material.tables["participation"]
    sources = material.rows_of("sources")
    rows = []
    for row in list_rows(table[table["house_id"] == house_id]):
        source = sources[row["source_id"]]
        digits = 0 if float(row["value"]).is_integer() else 1
        value = view.number(row["value"], digits)
        rows.append(
            {
                "study": row["study"],
                "definition": row["definition"] or str(row["measure"]).replace("_", " "),
                "value": view.t("percent", n=value) if row["unit"] == "percent" else value,
                "url": source["url"],
                "publisher": name_source(material, source["url"]),
            }
        )
    return rows


def _waves(
    material: Material, view: View, mine: pd.DataFrame, house_id: str
) -> list[dict[str, Any]]:
    support = material.used.get((house_id, MAIN))
    shares = {} if support is None else rows_by(support, "poll_id")
    urls = material.rows_of("sources")
    rows = []
    for wave in list_rows(mine.sort_values(["latest", "poll_id"], ascending=False)):
        bar, numbers = "", ""
        if wave["poll_id"] in shares:
            bar, numbers = show_shares(view, shares[wave["poll_id"]])
        size = wave["sample_size"]
        url = urls[wave["source_id"]]["url"]
        rows.append(
            {
                "days": view.span(
                    wave["earliest"], wave["latest"], printed=wave["date_precision"] == "day"
                ),
                "mode": show_mode(view, wave["mode"]),
                "n": view.number(size) if size is not None else "",
                "bar": bar,
                "numbers": numbers,
                "quality": wave["quality"],
                "reason": wave["quality_reason"] or "",
                "url": url,
                "publisher": name_source(material, url),
            }
        )
    return rows
