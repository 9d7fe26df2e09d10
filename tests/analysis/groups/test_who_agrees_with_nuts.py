"""Nested Laplace approximations equal four long chains of NUTS on the real interviews.

The chains, which integrate nothing out, are stored in reference/nuts_who.json beside the
scripts that ran them.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE

from analysis.groups import fit_who

FOLDER = REFERENCE
# In posterior sds, and relative; Monte Carlo errors of both sides are about 0.03 and 0.03.
MEAN_TOLERANCE, SD_TOLERANCE = 0.15, 0.15


@cache
def both():
    """Results on the frozen interviews, and what NUTS found."""
    stored = json.loads((FOLDER / "nuts_who.json").read_text(encoding="utf-8"))
    text = {"wave": "str"}
    cells = pd.read_csv(FOLDER / "inputs" / "who_cells.csv", dtype=text)
    groups = pd.read_csv(FOLDER / "inputs" / "who_groups.csv", dtype=text)
    target = groups[groups["wave"] == "03"][["sex", "age_group", "settlement", "share_pct"]]
    return fit_who(cells, target), stored


def assert_close(ours, stored, tolerance=(MEAN_TOLERANCE, SD_TOLERANCE)):
    """Means and sds near those of NUTS, row by row."""
    assert len(ours) == len(stored) > 0
    mean, sd = (np.array([row[key] for row in stored]) for key in ("mean", "sd"))
    np.testing.assert_array_less(np.abs(ours["mean"].to_numpy() - mean) / sd, tolerance[0])
    np.testing.assert_array_less(np.abs(ours["sd"].to_numpy() / sd - 1), tolerance[1])


def numbered(frame):
    """Rows by position of their occasion and group, as NUTS numbers them."""
    results, _ = both()
    occasions = results.cells.occasions
    place = {(r.wave, r.wording_variant): k for k, r in enumerate(occasions.itertuples())}
    keys = zip(frame["wave"], frame["wording_variant"], strict=True)
    return frame.assign(occasion=[str(place[key]) for key in keys])


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_the_chains_and_the_fit_number_the_waves_alike() -> None:
    results, stored = both()
    occasions = results.cells.occasions
    ours = (occasions["wave"] + " " + occasions["wording_variant"]).tolist()
    assert ours == stored["occasions"]


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_levels() -> None:
    results, stored = both()
    ours = numbered(results.poststratified())
    assert_close(ours, [stored["level"][key] for key in ours["occasion"]])


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_ages() -> None:
    results, stored = both()
    ours = numbered(results.share("age_group"))
    keys = ours["occasion"] + "/" + ours["group"]
    assert len(ours) == len(stored["age_group"])
    assert_close(ours, [stored["age_group"][key] for key in keys])


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_television() -> None:
    results, stored = both()
    ours = numbered(results.share("tv_source"))
    keys = ours["occasion"] + "/" + ours["group"]
    assert_close(ours, [stored["tv_source"][key] for key in keys])


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_gaps() -> None:
    results, stored = both()
    ages = numbered(results.gap("age_group", "60+", "18-29"))
    assert_close(ages, [stored["age_gap"][key] for key in ages["occasion"]])
    viewers = numbered(results.gap("tv_source", "yes", "no"))
    assert_close(viewers, [stored["tv_gap"][key] for key in viewers["occasion"]])


@pytest.mark.long("all interviews of the Chronicles are fitted")
def test_standard_deviations_of_the_terms() -> None:
    """Looser: they are known to a third of themselves, and the points are few."""
    results, stored = both()
    ours = results.hyperparameters().set_index("term").loc[list(stored["scales"])]
    assert_close(ours, list(stored["scales"].values()), (0.25, 0.25))
