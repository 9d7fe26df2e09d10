"""What both models hold is asked for by the same names and comes in the same columns."""

from functools import cache

import pytest
from reference.simulated_composition import PARAMS, POLLS

from analysis import CompositionTrend, PollTrend
from analysis.present import PredictionResults

NEW = POLLS.iloc[:2].drop(columns=["for_pct", "against_pct"])


@cache
def both():
    """Results of one share and of two, at given hyperparameters."""
    one = POLLS.dropna(subset="for_pct").rename(columns={"for_pct": "share_pct"})
    single = PollTrend(one.drop(columns="against_pct")).smooth((0.3, 2.0, 5.0))
    return single, CompositionTrend(POLLS).smooth(PARAMS)


@pytest.mark.parametrize(
    ("ask", "options"),
    [
        (lambda r, **part: r.trend(**part), {"part": "for"}),
        (lambda r, **part: r.change("2022-03-10", "2022-04-10", **part), {"of": "for"}),
        (lambda r, **part: r.house_effects(**part), {"part": "for"}),
        (lambda r, **part: r.sector_gap("state", "independent", **part), {"part": "for"}),
        (lambda r, **part: r.variance_budget(**part), {"part": "for"}),
        (lambda r, **part: r.get_prediction(NEW, **part), {"part": "for"}),
    ],
    ids=["trend", "change", "house_effects", "sector_gap", "variance_budget", "get_prediction"],
)
def test_a_table_of_one_part_has_the_columns_of_one_share(ask, options):
    single, joint = both()
    found = ask(single)
    expected = found.summary_frame() if isinstance(found, PredictionResults) else found
    mine = ask(joint, **options)
    mine = mine.summary_frame() if isinstance(mine, PredictionResults) else mine
    assert list(mine.axes[-1]) == list(expected.axes[-1])


def test_residuals_name_their_part_besides():
    single, joint = both()
    assert set(joint.residuals()) == {*single.residuals(), "part"}


def test_the_budgets_have_the_same_components():
    single, joint = both()
    tables = (results.variance_budget()["component"].tolist() for results in (single, joint))
    assert next(tables) == next(tables)


def test_a_probability_is_a_number():
    single, joint = both()
    for results in (single, joint):
        assert 0.0 <= results.prob_above(60, "2022-03-20") <= 1.0
