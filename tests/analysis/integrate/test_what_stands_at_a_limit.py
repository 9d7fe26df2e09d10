"""A sample is trusted, or warned of, just below, at and above the limits of its weights."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analysis.integrate import importance
from analysis.integrate._weights import SmoothedWeights

TINY = 1e-9
HIGHEST = SmoothedWeights(np.full(4, 0.25), 0.0, 0.0).highest_k


@pytest.mark.parametrize(
    ("enough", "shape", "is_even"),
    [
        (4.0, HIGHEST, True),
        (4.0 + TINY, HIGHEST, False),
        (4.0, HIGHEST + TINY, False),
        (4.0 - TINY, HIGHEST - TINY, True),
    ],
)
def test_weights_are_even_up_to_the_highest_shape_and_from_enough_points_on(
    enough: float, shape: float, is_even: bool
) -> None:
    assert SmoothedWeights(np.full(4, 0.25), 0.0, shape).is_even(enough) is is_even


@pytest.mark.parametrize(
    ("shape", "ess", "told"),
    [
        (0.7, 400.0, []),
        (0.7 + TINY, 400.0, ["a few points carry the results"]),
        (0.7 - TINY, 400.0 - TINY, ["results rest on 400 effective points"]),
        (0.7, 400.0 + TINY, []),
    ],
)
def test_a_sample_is_warned_of_beyond_the_highest_shape_and_below_four_hundred_points(
    shape: float, ess: float, told: list[str]
) -> None:
    found: Any = SimpleNamespace(pareto_k=shape, highest_k=0.7, ess=ess)
    modes: Any = (SimpleNamespace(is_converged=True),)
    texts = importance._warn(found, modes, 1, 0)
    assert len(texts) == len(told)
    assert all(text.startswith(start) for text, start in zip(texts, told, strict=True))


def test_a_mode_without_a_point_tells_no_shape() -> None:
    """All points lie nearer to the first: of no weight there is no effective number."""
    points = np.random.default_rng(1).standard_normal((100, 2))
    modes: Any = tuple(SimpleNamespace(at=np.full(2, at), root=np.eye(2)) for at in (0.0, 1000.0))
    around: Any = [None, None]
    found = SmoothedWeights(np.full(100, 0.01), 0.0, 0.0)
    parts, masses = importance._fit(points, found, modes, around)
    assert (len(parts), masses.tolist()) == (1, [1.0])
