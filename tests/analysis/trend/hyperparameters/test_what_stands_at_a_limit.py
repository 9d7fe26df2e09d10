"""Counts of houses, points and columns just below, at and above the limit of a rule."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analysis.trend.hyperparameters.lattice import Points
from analysis.trend.hyperparameters.quadrature import _even_out
from analysis.trend.hyperparameters.single_polls import has_mostly_single_polls
from analysis.trend.hyperparameters.student import PRECISIONS, _Chains


@pytest.mark.parametrize(
    ("single", "others", "is_mostly"),
    [(63, 10, False), (64, 10, True), (65, 10, True), (65, 11, False), (66, 11, True)],
)
def test_sixty_four_houses_of_one_poll_and_six_for_each_other_are_most(
    single: int, others: int, is_mostly: bool
) -> None:
    polls = np.repeat(np.arange(single + others), [1] * single + [2] * others)
    columns = np.eye(single + others)[polls]
    is_house = np.ones(single + others, bool)
    design = SimpleNamespace(columns=columns, is_house=is_house, first_day=is_house)
    space: Any = SimpleNamespace(design=design)
    assert has_mostly_single_polls(space) is is_mostly


@pytest.mark.parametrize("n", [3, 4])
def test_points_that_are_no_more_than_asked_for_stay_as_they_are(n: int) -> None:
    three = np.zeros(3)
    effects: Any = None
    points = Points(three[:, None], three, np.arange(3), three, effects, three[:, None], three)
    assert points.thinned(n) is points


@pytest.mark.parametrize(("n", "middle"), [(4, 1.0), (5, 0.0), (6, 0.0)])
def test_errors_of_alternating_sign_are_seen_from_five_points_on(n: int, middle: float) -> None:
    found = _even_out((-1.0) ** np.arange(n))
    assert found[2] == middle
    assert np.abs(found[:2]).tolist() == [1.0, 1.0]


def test_polls_have_precisions_of_their_own_and_anchors_do_not() -> None:
    space: Any = SimpleNamespace(
        design=SimpleNamespace(has_excess=np.array([1.0, 0.0, 1.0])),
        values=lambda z: {"sigma_h": z[:, 0]},
        nodes_of=lambda values, scales: None,
        loglike_at=lambda nodes, sigma_h: np.zeros(len(sigma_h)),
    )
    start: Any = SimpleNamespace(
        proposal=np.full((3, len(PRECISIONS)), 1 / len(PRECISIONS)), z=np.zeros((4, 2))
    )
    chains = _Chains(space, start, np.random.default_rng(1), moves=False)
    assert chains.is_poll.tolist() == [True, False, True]
