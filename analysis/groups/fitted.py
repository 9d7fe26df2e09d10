"""What the fit of who supports holds: interviews, population, models of counts and their draws.

Everything that can be asked of a fit (:mod:`analysis.groups.results`) is computed from this.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.groups._domains import (
    FittedCounts,
    WeightedDraws,
    domain_draws,
    domains,
    joint_shares,
)
from analysis.groups._mixing import Television
from analysis.groups.cells import TV_FACTOR, WhoCells
from analysis.groups.terms import check_factors


@dataclass(frozen=True, eq=False)
class FittedWho:
    """Shares of the finest cells of the population, as draws.

    Parameters
    ----------
    outcome : str
    cells : WhoCells
        The interviews, the waves (``cells.occasions``) and the population (``cells.target``).
    television : Television
        Estimated use of television.
    counts : FittedCounts
        Model of the outcome.
    holding : FittedCounts or None
        Model of who belongs to those the share is of, where that is not everybody.
    seed : int
    """

    outcome: str
    cells: WhoCells
    television: Television
    counts: FittedCounts
    holding: FittedCounts | None
    seed: int

    @cached_property
    def _joint(self) -> tuple[Array, Array, Array]:
        return joint_shares(self.counts, self.holding, self.seed)

    @cached_property
    def fitted_rows(self) -> Array:
        """Posterior mean share of each row of counts, 0 to 1."""
        draws = self.counts.draws
        return np.asarray(self.counts.model.mix @ (draws.draw_weights @ self.counts.shares))

    def is_asked(self, factor: str) -> bool:
        """Is there a wave that knows this factor of its people."""
        return factor != TV_FACTOR or bool(self.television.asked.any())

    def draw(self, by: str | None, *, standardised: bool) -> tuple[pd.DataFrame, WeightedDraws]:
        """Groups at each wave, and draws of their shares in percent.

        Raises
        ------
        PollInputError
            When there is no such factor, or no wave that knows it.
        """
        rows, held = domains(
            self.cells, self.television, check_factors(by), standardised=standardised
        )
        if rows.empty:
            found = "television was asked about in no wave"
            raise PollInputError(found, "choose another factor", "column tv_source")
        return rows, domain_draws(*self._joint, held)
