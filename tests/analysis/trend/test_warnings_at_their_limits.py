"""Warnings of a fit, and what is counted in it, just below, at and above their limits."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import PollInputError, TrendOptions
from analysis.base.sampling import common_error_sd
from analysis.trend import predictive, report
from analysis.trend.crosscheck import _agreement


@pytest.mark.parametrize(("points", "is_allowed"), [(49.9, True), (50.0, True), (50.1, False)])
def test_houses_may_share_an_error_of_fifty_points(points: float, is_allowed: bool) -> None:
    if is_allowed:
        assert TrendOptions(common_error=points).common_error == points
    else:
        with pytest.raises(PollInputError, match="give points, 0 to 50"):
            TrendOptions(common_error=points)


@pytest.mark.parametrize(("mean", "close"), [(69.9, 1), (70.0, 1), (70.1, 0)])
def test_two_combined_standard_errors_are_within_two(mean: float, close: int) -> None:
    """Standard errors of 3 and 4 are 5 together."""
    row = {"quantity": "level", "name": "last", "wls": 60.0, "mean": mean, "sd": 3.0, "wls_se": 4.0}
    table = pd.DataFrame([row | {"n_polls": np.nan, "mixedlm": np.nan}])
    (text,) = _agreement(table)
    assert f"{close} of 1 estimates lie within two combined" in text


def test_a_replicate_equal_to_what_was_seen_is_half_above_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shares, house = np.array([60.0, 62.0, 58.0, 61.0]), np.array([0, 0, 1, 1])
    same = SimpleNamespace(polls=pd.DataFrame([shares] * 4))
    monkeypatch.setattr(predictive, "draw_trend", lambda *_, **__: same)
    obs = SimpleNamespace(share_pct=shares, house_of_poll=house, last_date="2022-04-18")
    fitted: Any = SimpleNamespace(observations=obs)
    table = predictive.check_replicates(fitted, 4, np.random.default_rng(1))
    assert set(table["prob_above"]) == {0.5}


def make_fitted(n: int, errors: str = "normal", omega: float = 0.0, known: float = 1.0) -> Any:
    """What the warnings need to know of a fit to polls of 50 percent of one house."""
    options = SimpleNamespace(errors=errors, house_variance="common", is_logit=False)
    obs = SimpleNamespace(
        known_variance=np.full(n, known),
        share_pct=np.full(n, 50.0),
        rows=[f"row {i}" for i in range(n)],
        polls=pd.DataFrame({"house_id": ["a"] * n}),
        houses=("a",),
    )
    model = SimpleNamespace(options=options)
    return SimpleNamespace(observations=obs, model=model, params={"omega": omega})


@pytest.mark.parametrize(
    ("errors", "residual", "standardised", "weight", "is_told"),
    [
        ("normal", 4.01, 2.01, 1.0, True),
        ("normal", 4.0, 2.01, 1.0, False),
        ("normal", 4.01, 2.0, 1.0, False),
        ("normal", 3.99, 2.01, 1.0, False),
        ("student", 4.01, 0.0, 0.24, True),
        ("student", 4.01, 9.0, 0.25, False),
        ("student", 4.01, 9.0, 0.26, False),
    ],
)
def test_a_poll_is_far_from_its_house_beyond_four_usual_distances(
    errors: str,
    residual: float,
    standardised: float,
    weight: float,
    is_told: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And where its standardised residual is unusual, or its weight little."""
    table = pd.DataFrame({"residual": [0.0, 0.0, -residual], "fitted": 50.0, "weight": weight})
    table["standardised"] = [0.0, 0.0, -standardised]
    table.loc[:1, "weight"] = 1.0
    monkeypatch.setattr(report, "residual_table", lambda fitted: table)
    told = report._far_from_their_houses(make_fitted(3, errors))
    assert [text.partition(":")[0] for text in told] == ["row 2"] * is_told


@pytest.mark.parametrize("sampling", [1.0, 4.0])
@pytest.mark.parametrize(("times", "is_told"), [(0.99, False), (1.0, False), (1.01, True)])
def test_polls_scatter_out_of_proportion_beyond_both_limits(
    sampling: float, times: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two and a half errors of a sample, and the scatter that houses have at 50 percent."""
    usual = float(common_error_sd(np.array([50.0]), report.MUCH_EXCESS)[0])
    limit = max(report.OUT_OF_PROPORTION * sampling, usual)
    monkeypatch.setattr(report, "residual_table", lambda _: pd.DataFrame({"residual": [0.0] * 3}))
    fitted = make_fitted(3, omega=times * limit, known=sampling**2)
    assert bool(report._scattered(fitted)) is is_told
