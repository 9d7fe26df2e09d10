"""The posterior of the composition equals four long chains of NUTS, which integrate nothing out.

The chains are stored in reference/nuts_composition_*.json beside the script that ran them.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE

from analysis import CompositionTrend

FOLDER = REFERENCE
CASES = ["support", "talks"]
# In posterior sds, and relative; on top of three Monte Carlo errors of the chains.
MEAN_TOLERANCE, SD_TOLERANCE = 0.08, 0.08

pytestmark = [
    pytest.mark.long("compositions with drift are fitted to real polls"),
    pytest.mark.parametrize("case", CASES),
]


@cache
def both(case):
    """Results on the frozen input, and what NUTS found."""
    path = FOLDER / f"nuts_composition_{case}.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    polls = pd.read_csv(FOLDER / stored["input"], keep_default_na=False, na_values=[""])
    return CompositionTrend(polls).fit(), stored


def assert_close(ours, stored):
    """Means and sds, row by row."""
    columns = ("mean", "sd", "mcse_mean", "mcse_sd")
    mean, sd, mean_error, sd_error = (np.array([row[c] for row in stored]) for c in columns)
    distance = np.abs(ours["mean"].to_numpy() - mean)
    names = [(row["key"], row["part"]) for row in stored]
    allowed = MEAN_TOLERANCE * sd + 3 * mean_error
    assert (distance < allowed).all(), list(zip(names, distance / sd, strict=True))
    distance = np.abs(ours["sd"].to_numpy() - sd)
    allowed = SD_TOLERANCE * sd + 3 * sd_error
    assert (distance < allowed).all(), list(zip(names, distance / sd, strict=True))


def test_hyperparameters(case):
    results, stored = both(case)
    table = results.hyperparameters().set_index(["parameter", "part"])
    rows = stored["scales"]
    assert len(rows) == len(table)
    assert_close(table.loc[[(row["key"], row["part"]) for row in rows]], rows)


@pytest.mark.parametrize("part", ["for", "against"])
def test_house_effects(case, part):
    results, stored = both(case)
    rows = [row for row in stored["houses"] if row["part"] == part]
    effects = results.house_effects(part).set_index("house_id")
    assert len(rows) == len(effects)
    assert_close(effects.loc[[row["key"] for row in rows]], rows)


@pytest.mark.parametrize("part", ["for", "against", "undecided", "opinion_share", "net"])
def test_levels(case, part):
    results, stored = both(case)
    rows = [row for row in stored["level"] if row["part"] == part]
    assert len(rows) >= 17
    trend = results.trend(part=part).set_index("date")
    assert_close(trend.loc[pd.to_datetime([row["key"] for row in rows])], rows)


def test_change_from_the_first_to_the_last_day(case):
    results, stored = both(case)
    ends = (results.observations.first_date, results.observations.last_date)
    changes = [results.change(*ends, of=row["part"]) for row in stored["change"]]
    assert_close(pd.DataFrame(changes), stored["change"])
