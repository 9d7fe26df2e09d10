"""Invented interviews have the effects and spreads that were asked for."""

import numpy as np
import pytest
from scipy.special import logit

from analysis.groups import simulate_who

CELL = ["sex", "age_group", "settlement", "tv_source"]


def cell_logits(**given):
    """Logits of being for in the cells of each wave, of so many interviews that chance is gone."""
    asked = {"n_waves": 60, "n_per_wave": 10**12, "wave_sd": 0.0, "waves_without_tv": 0}
    world = simulate_who(**{**asked, **given}, rng=np.random.default_rng(7))
    cells = world.cells.set_index(["wave", *CELL])
    return logit(cells["n_for"] / cells["n"])


def test_television_divides_waves_by_its_effect_and_the_spread_of_it():
    found = cell_logits(tv_effect=0.8, interaction_sd=0.3).groupby(["wave", "tv_source"]).mean()
    by_use = found.unstack()
    gaps = by_use["yes"] - by_use["no"]
    assert gaps.mean() == pytest.approx(0.8, abs=3 * 0.3 / np.sqrt(60))
    # 60 waves: the standard deviation is known within 9 percent.
    assert gaps.std() == pytest.approx(0.3, rel=0.25)


def test_ages_move_within_waves_by_their_spread():
    found = cell_logits(interaction_sd=0.3).groupby(["wave", "age_group"]).mean().unstack()
    assert found.std().to_numpy() == pytest.approx(0.3, rel=0.35)


def test_waves_move_by_their_spread_and_nothing_else_without_interactions():
    found = cell_logits(wave_sd=0.2, interaction_sd=0.0)
    apart = found - found.groupby("wave").transform("mean")
    by_cell = apart.groupby(CELL)
    assert by_cell.std().max() < 1e-3
    assert found.groupby("wave").mean().std() == pytest.approx(0.2, rel=0.25)
