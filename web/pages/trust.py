"""How good is it: each poll predicted from the others, the back-test, and forecasts on record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.evaluate import how_good, score_forecasts
from analysis.evaluate.backtest import name_options
from web.kit import Page, View
from web.material import Material, list_rows
from web.pictures import Picture
from web.waves import name_pollster, name_question

FORECASTS = Path(__file__).parents[2] / "forecasts"
MAIN = "support"
# Of the models of the back-test those that say something to a reader: the published one and what
# it must beat.
FORECASTERS = ("published", "last_of_house", "mean_of_house", "last_60_days")
SERIES = ("support", "talks")
LEVELS = (50, 80, 95)


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the page on how good it is."""
    del pictures
    yield Page("trust.html", "trust", partial(_show, material, read_record(material)), room="trust")


@dataclass(frozen=True)
class Record:
    """What is stored of predictions, as notebook 08 and the README tell it.

    Parameters
    ----------
    models : DataFrame
        The back-test, as from :func:`analysis.evaluate.summarise_backtest`.
    registry : DataFrame
        Forecasts, as written down.
    scores : DataFrame
        Those whose wave has come in, as from :func:`analysis.evaluate.score_forecasts`.
    """

    models: pd.DataFrame
    registry: pd.DataFrame
    scores: pd.DataFrame

    @property
    def facts(self) -> pd.DataFrame:
        """As from :func:`analysis.evaluate.how_good`."""
        return how_good(self.models, self.scores, len(self.registry) - len(self.scores))


def read_record(material: Material) -> Record:
    """Read the stored back-test and the forecasts, and look which have met their wave."""
    registry = pd.read_csv(FORECASTS / "forecasts.csv", dtype=str)
    scores = score_forecasts(registry, material.fitted.obs)
    return Record(pd.read_csv(FORECASTS / "models.csv"), registry, scores)


def _show(material: Material, record: Record, view: View) -> dict[str, Any]:
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
        "predicted": tell_backtest(record.facts, view),
        "series": [view.t(f"construct.{name}") for name in SERIES],
        "backtest": list_backtest(record.models, view),
        "forecasts": list_forecasts(material, record, view),
    }


def tell_backtest(facts: pd.DataFrame, view: View) -> str:
    """The facts of the back-test of support in sentences."""
    own = facts[facts["series"] == MAIN].set_index("fact")["value"]
    shares = {name: view.number(own[name]) for name in own.index if name.startswith("held_")}
    return view.t(
        "trust.backtest.text",
        polls=view.number(own["n_polls"]),
        miss=view.number(own["error"], 1),
        last=view.number(own["error_of_last"], 1),
        mean=view.number(own["error_of_mean"], 1),
        far=view.number(own["error_12m"], 1),
        **shares,
    )


def list_backtest(models: pd.DataFrame, view: View) -> list[dict[str, Any]]:
    """Score, miss and held intervals of each forecaster on the next poll of each series.

    Returns
    -------
    list
        name, and cells: three of each series.
    """
    known = list_rows(models[models["horizon"] == "next"])
    told = {(row["model"], row["series"]): row for row in known}
    rows = []
    for name in FORECASTERS:
        cells = []
        for series in SERIES:
            row = told[name, series]
            held = " / ".join(view.number(row[f"covered_{level}_pct"]) for level in LEVELS)
            cells += [view.number(row["mae"], 1), view.number(row["crps"], 2), held]
        rows.append({"name": view.t(f"forecaster.{name}"), "cells": cells})
    return rows


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


def list_forecasts(material: Material, record: Record, view: View) -> list[dict[str, str]]:
    """Forecasts written down before their waves: those of today's model, the newest, first."""
    keys = ["construct", "registered", "as_of", "house_id", "wave"]
    seen = record.scores[[*keys, "seen"]].astype(dict.fromkeys(keys, str))
    table = record.registry.merge(seen, on=keys, how="left")
    # What was made afterwards, from what was known then, is a test of the model and no forecast.
    made = table[table["as_of"] >= table["registered"]]
    made = made.assign(is_now=made["model"] == name_options())
    order = made.sort_values(["is_now", "registered"], ascending=False, kind="stable")
    return [
        {
            "name": name_pollster(material, view, row["house_id"]),
            "question": name_question(material, view, row["construct"]),
            "model": view.t("model.now" if row["is_now"] else "model.before"),
            "registered": view.day(pd.Timestamp(row["registered"]), "d MMM y"),
            "days": view.span(pd.Timestamp(row["start_date"]), pd.Timestamp(row["end_date"])),
            "mean": view.t("percent", n=view.number(row["mean"], 1)),
            "interval": view.interval(row["lower_95"], row["upper_95"], 1, sign=False),
            "found": view.t("trust.waits")
            if row["seen"] is None
            else view.t("percent", n=view.number(row["seen"], 1)),
        }
        for row in list_rows(order)
    ]
