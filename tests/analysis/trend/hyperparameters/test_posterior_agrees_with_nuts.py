"""The exact posterior equals four long chains of NUTS, which integrate nothing out.

The chains are stored in reference/nuts_*.json beside the scripts that ran them.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE

from analysis import PollTrend

FOLDER = REFERENCE
STATIC = ["support", "talks", "sim_40", "sim_150", "sim_300"]
# In posterior sds, and relative.
MEAN_TOLERANCE, SD_TOLERANCE = 0.1, 0.07

pytestmark = pytest.mark.parametrize("case", STATIC)


@cache
def both(case):
    """Results on the frozen input, and what NUTS found."""
    stored = json.loads((FOLDER / f"nuts_{case}.json").read_text(encoding="utf-8"))
    polls = pd.read_csv(FOLDER / stored["input"], keep_default_na=False, na_values=[""])
    return PollTrend(polls).fit(), stored


def assert_close(ours, stored):
    """Means within a tenth of an sd and sds within 7%, row by row."""
    mean, sd = (np.array([row[key] for row in stored]) for key in ("mean", "sd"))
    np.testing.assert_array_less(np.abs(ours["mean"].to_numpy() - mean) / sd, MEAN_TOLERANCE)
    np.testing.assert_array_less(np.abs(ours["sd"].to_numpy() / sd - 1), SD_TOLERANCE)


def test_hyperparameters(case):
    results, stored = both(case)
    table = results.hyperparameters().set_index("parameter")
    assert_close(table.loc[list(stored["scales"])], list(stored["scales"].values()))


def test_house_effects(case):
    results, stored = both(case)
    effects = results.house_effects().set_index("house_id")
    assert_close(effects.loc[list(stored["houses"])], list(stored["houses"].values()))


def test_levels_on_thirty_days(case):
    results, stored = both(case)
    trend = results.trend().set_index("date")
    dates = pd.to_datetime([row["date"] for row in stored["level"]])
    assert len(dates) == 30
    assert_close(trend.loc[dates], stored["level"])


def test_sector_gaps(case):
    results, stored = both(case)
    gaps = [
        results.sector_gap(row["sector"], row["other"], estimand=row["estimand"])
        for row in stored["sector_gap"]
    ]
    if gaps:
        assert_close(pd.DataFrame(gaps), stored["sector_gap"])
