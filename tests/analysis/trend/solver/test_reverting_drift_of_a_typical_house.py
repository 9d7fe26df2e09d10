"""Between two windows a drift that is drawn back moves less than a walk, and never more."""

import numpy as np
import pytest

from analysis.trend.solver.estimands import walk_between
from analysis.trend.solver.walk import Reversion

START, END = np.arange(0, 60), np.arange(900, 1200)


def test_it_is_that_of_the_stationary_process():
    days, kappa = 365.0, 1.0
    weights = np.append(np.full(len(START), -1 / len(START)), np.full(len(END), 1 / len(END)))
    at = np.append(START, END).astype(float)
    cov = 0.5 * kappa**2 * days * np.exp(-np.abs(at[:, None] - at) / days)
    assert walk_between(START, END, Reversion(days)) == pytest.approx(weights @ cov @ weights)


def test_drawn_back_ever_later_it_is_a_walk():
    moves = [walk_between(START, END, Reversion(days)) for days in (100.0, 1e3, 1e4, 1e9)]
    assert moves == sorted(moves)
    assert moves[-1] == pytest.approx(walk_between(START, END), rel=1e-5)
