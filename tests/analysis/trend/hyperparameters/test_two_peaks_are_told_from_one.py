"""Two peaks of a marginal density are two where the valley between them is deeper than a fifth."""

import numpy as np
import pytest

from analysis.trend.hyperparameters.quadrature import count_modes


@pytest.mark.parametrize(
    ("log_density", "n_peaks"),
    [
        ([-1.0, 0.0, -0.19, 0.0, -1.0], 1),
        ([-1.0, 0.0, -0.2, 0.0, -1.0], 1),
        ([-1.0, 0.0, -0.21, 0.0, -1.0], 2),
        # As deep on one side alone.
        ([-1.0, 0.0, -0.5, -0.35, -1.0], 1),
        ([-1.0, -0.35, -0.5, 0.0, -1.0], 1),
        # Down by steps that are small each.
        ([-1.0, 0.0, -0.15, -0.3, -0.15, 0.0, -1.0], 2),
        ([0.0, -1.0, -2.0], 1),
        ([-2.0, -1.0, 0.0], 1),
        ([0.0, -1.0, 0.0, -1.0, 0.0], 3),
    ],
)
def test_peaks_are_counted(log_density, n_peaks):
    assert count_modes(np.array(log_density)) == n_peaks
