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


@pytest.mark.parametrize(("d", "taken"), [(23, "sample"), (24, "known"), (25, "known")])
def test_from_twenty_four_dimensions_on_a_sample_only_changes_what_the_mode_told(
    d: int, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importance, "around_sample", lambda *_: "sample")
    monkeypatch.setattr(importance, "change_by_sample", lambda *_: "known")
    modes: Any = (SimpleNamespace(at=np.zeros(d), root=np.eye(d)),)
    around: Any = [None]
    found = SmoothedWeights(np.full(100, 0.01), 0.0, 0.0)
    parts, _ = importance._fit(np.zeros((100, d)), found, modes, around)
    assert parts == [taken]


@pytest.mark.parametrize(("n", "n_parts"), [(4, 0), (5, 1)])
def test_a_shape_is_told_by_more_than_two_effective_points_for_each_dimension(
    n: int, n_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no mode has so many, all points together tell one."""
    asked: list[float] = []

    def fit(points: np.ndarray, weights: np.ndarray, df: float) -> None:
        asked.append(float(weights.max()))

    monkeypatch.setattr(importance, "around_sample", fit)
    points = np.concatenate([np.zeros((n, 2)), np.full((4, 2), 1000.0)])
    modes: Any = tuple(SimpleNamespace(at=np.full(2, at), root=np.eye(2)) for at in (0.0, 1000.0))
    weights = np.concatenate([np.full(n, 0.5 / n), np.full(4, 0.125)])
    around: Any = [None, None]
    importance._fit(points, SmoothedWeights(weights, 0.0, 0.0), modes, around)
    assert asked == ([pytest.approx(1 / n)] if n_parts else [0.125])
