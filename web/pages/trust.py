"""How good is it: each poll predicted from the others, the back-test, and forecasts on record."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from web.kit import Page, View
from web.material import Material, list_rows
from web.pictures import Picture
from web.waves import name_pollster, name_question

ROOT = Path(__file__).parents[2]
MAIN = "support"
HEADING = "## Back-test\n"
# Rows of the back-test that say something to a reader: the published model and what it must beat.
FORECASTERS = ("published", "static", "last_of_house", "last_60_days")
SHOWN_COLUMNS = ("CRPS support", "in 50/80/95", "CRPS talks")


def list_pages(material: Material, pictures: dict[str, Picture]) -> Iterator[Page]:
    """Give the page on how good it is."""
    del pictures
    results = ROOT / "benchmarks" / "RESULTS.md"
    rows = read_backtest(results.read_text(encoding="utf-8"))
    yield Page("trust.html", "trust", partial(_show, material, rows), room="trust")


def _show(material: Material, backtest: list[list[str]], view: View) -> dict[str, Any]:
    loo = leave_out(material)
    houses = [
        {"house_id": house, "name": name_pollster(material, view, str(house)), **_tell(view, mine)}
        for house, mine in sorted(loo.groupby("house_id"), key=lambda pair: -len(pair[1]))
    ]
    return {
        "title": view.t("room.trust"),
        "description": view.t("trust.intro"),
        "left_out": view.t("trust.left_out.text", **_tell(view, loo)),
        "houses": houses,
        "backtest": [
            {"name": view.t(f"forecaster.{name}"), "cells": cells} for name, *cells in backtest
        ],
        "forecasts": _list_forecasts(material, view),
    }


def leave_out(material: Material) -> pd.DataFrame:
    """Each poll on support predicted from all others: miss (points) and whether 95% held it."""

    def predict() -> pd.DataFrame:
        loo = material.fitted.results(MAIN).loo()
        share = loo["share_pct"]
        return loo.assign(
            miss=(share - loo["mean"]).abs(), held=share.between(loo["lower"], loo["upper"])
        )

    return material.fitted.keep("web.loo", predict)


def tell_pollster(material: Material, view: View, house_id: str) -> str:
    """How well the polls of a house are predicted; empty where it has none on support."""
    loo = leave_out(material)
    mine = loo[loo["house_id"] == house_id]
    return view.t("trust.pollster", **_tell(view, mine)) if len(mine) else ""


def _tell(view: View, loo: pd.DataFrame) -> dict[str, str]:
    held = view.t("trust.held", n=int(loo["held"].sum()), all=len(loo))
    return {
        "polls": view.number(len(loo)),
        "miss": view.number(loo["miss"].mean(), 1),
        "held": held,
    }


def read_backtest(page: str) -> list[list[str]]:
    """Read the rows of the back-test that are shown from the page of the benchmarks.

    Returns
    -------
    list
        Name, and the cells of CRPS of support and its coverage, the same of talks; empty where the
        page has no such table.

    Examples
    --------
    >>> read_backtest("# Nothing here")
    []
    """
    _, _, section = page.partition(HEADING)
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    if not cells or tuple(cells[0][1:4]) != SHOWN_COLUMNS:
        return []
    # The published model stands there by the name of its choices.
    named = [("published" if row[0].endswith("(published)") else row[0], row) for row in cells]
    by_name = {name: [name, *row[1:5]] for name, row in reversed(named)}
    return [by_name[name] for name in FORECASTERS if name in by_name]


def _list_forecasts(material: Material, view: View) -> list[dict[str, str]]:
    """Forecasts that were written down before their waves, the newest first."""
    path = ROOT / "forecasts" / "forecasts.csv"
    if not path.is_file():
        return []
    table = pd.read_csv(path, parse_dates=["registered", "as_of", "start_date", "end_date"])
    # What was made afterwards, from what was known then, is a test of the model and no forecast.
    made = table[table["as_of"] >= table["registered"]]
    newest = made.sort_values("registered", ascending=False, kind="stable")
    return [
        {
            "name": name_pollster(material, view, row["house_id"]),
            "question": name_question(material, view, row["construct"]),
            "registered": view.day(row["registered"]),
            "days": view.span(row["start_date"], row["end_date"]),
            "mean": view.t("percent", n=view.number(row["mean"], 1)),
            "interval": view.interval(row["lower_95"], row["upper_95"], 1, sign=False),
        }
        for row in list_rows(newest)
    ]
