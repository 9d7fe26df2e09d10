"""A gap between sectors is told wherever both have polls, whatever else there is."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.findings import state_gaps

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
