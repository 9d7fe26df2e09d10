"""Residuals: one row for each printed share, at the exact means of the dense Gaussian."""

from functools import cache

import numpy as np
import pytest
from reference.dense_composition import PARTS, as_pairs, condition, errors_of
from reference.simulated_composition import PARAMS, POLLS

from analysis import CompositionTrend

pytestmark = pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])


@cache
def both(drift):
    """Residuals and the dense answer at the same hyperparameters."""
    model = CompositionTrend(POLLS, drift=drift)
    return model.smooth(PARAMS).residuals(), condition(POLLS, as_pairs(PARAMS, drift))


@pytest.mark.long("a composition is fitted", quick=1)
def test_every_printed_share_has_its_row(drift):
    found, _ = both(drift)
    printed = POLLS.melt("poll_id", ["for_pct", "against_pct"], "part", "share_pct").dropna()
    expected = {
        (row.poll_id, row.part.removesuffix("_pct"), row.share_pct)
        for row in printed.itertuples(index=False)
    }
    rows = list(zip(found["poll_id"], found["part"], found["share_pct"], strict=True))
    assert len(rows) == len(expected)
    assert set(rows) == expected
    assert found["mid_date"].is_monotonic_increasing


def test_fitted_shares_are_those_of_the_dense_gaussian(drift):
    found, dense = both(drift)
    days = (found["mid_date"] - found["mid_date"].min()).dt.days
    rows = np.array(
        [
            dense.as_house(PARTS.index(part), house, day)
            for part, house, day in zip(found["part"], found["house_id"], days, strict=True)
        ]
    )
    np.testing.assert_allclose(found["fitted"], rows @ dense.mean, atol=1e-8)
    np.testing.assert_allclose(found["residual"], found["share_pct"] - found["fitted"])


def test_they_are_standardised_by_the_error_of_the_share(drift):
    found, _ = both(drift)
    cov = errors_of(POLLS, as_pairs(PARAMS, drift)["omega"])
    sd = np.sqrt(np.diag(cov)).reshape(-1, 2)
    place = {poll: i for i, poll in enumerate(POLLS["poll_id"])}
    expected = [
        sd[place[poll], PARTS.index(part)]
        for poll, part in zip(found["poll_id"], found["part"], strict=True)
    ]
    np.testing.assert_allclose(found["residual"] / found["standardised"], expected)
