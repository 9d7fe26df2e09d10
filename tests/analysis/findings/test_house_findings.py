"""A gap between sectors is told wherever both have polls, whatever else there is."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.findings import state_gaps
from analysis.findings.houses import house_findings

GAPS = pd.DataFrame({"choice": ["drift", "static"], "mean": [9.0, 8.0]})


def make_source(sectors):
    """A series whose houses are of these sectors, and the gaps that its model would tell."""
    results = SimpleNamespace(sector_gaps=lambda one, other: GAPS.assign(one=one, other=other))
    return SimpleNamespace(
        obs=lambda construct: pd.DataFrame({"sector": sectors}),
        results=lambda construct: results,
        keep=lambda name, make: make(),
    )


@pytest.mark.parametrize(
    ("sectors", "is_told"),
    [
        (["state", "independent"], True),
        (["state", "independent", "foreign"], True),
        (["state", "foreign"], False),
        (["independent"], False),
    ],
)
def test_the_gap_of_state_run_less_independent_houses_needs_both(sectors, is_told):
    found = state_gaps(make_source(sectors))
    assert found.empty is not is_told
    if is_told:
        assert found["mean"].tolist() == [9.0, 8.0]
        assert (found["one"].iloc[0], found["other"].iloc[0]) == ("state", "independent")


@pytest.mark.parametrize(("houses", "told"), [("aaaa", []), ("aaab", ["a,b"]), ("abcc", ["b,a"])])
def test_two_houses_lie_apart_and_one_does_not(houses, told):
    """The highest less the lowest; of a single house there is nothing to tell."""
    effects = pd.DataFrame({"house_id": [*"abc"], "mean": [1.0, -2.0, 0.5]})
    effects = effects[effects["house_id"].isin(set(houses))]
    if houses == "abcc":
        effects = effects.assign(mean=[-2.0, 1.0, 0.5])
    apart = {"mean": 3.0, "lower": 1.0, "upper": 5.0}
    results = SimpleNamespace(house_effects=lambda: effects, contrast=lambda weights: apart)
    source = SimpleNamespace(
        obs=lambda construct: pd.DataFrame({"house_id": [*houses], "sector": "state"}),
        results=lambda construct: results,
    )
    found = house_findings(source)
    assert list(found["panel"] if len(found) else []) == told
