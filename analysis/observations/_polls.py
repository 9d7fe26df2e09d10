"""All that deserves a look in the polls that a model is fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.observations._days import (
    tell_long_fieldwork,
    tell_other_year,
    tell_published,
    tell_to_come,
)
from analysis.observations._names import (
    tell_alike,
    tell_capitals,
    tell_covariate,
    tell_looking_alike,
    tell_misspelt,
    tell_no_poll,
    tell_nobody,
    tell_slips,
)
from analysis.observations._rows import Text
from analysis.observations._same_poll import (
    tell_copies,
    tell_one_poll_id,
    tell_overlaps,
    tell_rows_of_one_poll,
    tell_two_houses,
)
from analysis.observations._shares import tell_fractions
from analysis.observations._sizes import tell_odd_sizes, tell_odd_variances, tell_sizes


def find_suspicions(
    obs: pd.DataFrame,
    columns: dict[str, Text],
    covariates: Sequence[str],
    *,
    is_thinned: bool | None = None,
) -> tuple[str, ...]:
    """Collect what is allowed and yet deserves a look.

    Parameters
    ----------
    obs : DataFrame
        The polls as they were given.
    columns : dict
        The same as checked arrays: house_id, sector, start_date, end_date, share_pct,
        sample_size, the covariates and, where given, poll_id.
    covariates : sequence of str
    is_thinned : bool, optional
        Are polls that share interviews with others left out; None where a model cannot.

    Returns
    -------
    tuple of str
        Each names rows and cure.
    """
    house, share = columns["house_id"], columns["share_pct"]
    return (
        *tell_copies(obs),
        *tell_fractions(obs, share),
        *tell_capitals(obs, house),
        *tell_looking_alike(obs, house, "houses"),
        *tell_misspelt(obs, house),
        *tell_no_poll(obs, house),
        *tell_nobody(obs, house, "house"),
        *tell_alike(obs, columns["sector"], "sectors"),
        *tell_slips(obs, columns["sector"], "sectors"),
        *tell_nobody(obs, columns["sector"], "sector"),
        *(note for name in covariates for note in tell_covariate(obs, name, columns[name])),
        *tell_one_poll_id(columns),
        *tell_rows_of_one_poll(obs, columns),
        *tell_two_houses(obs, columns),
        *tell_overlaps(obs, columns, is_thinned=is_thinned),
        *tell_sizes(obs, columns["sample_size"]),
        *tell_odd_sizes(obs, columns),
        *tell_odd_variances(obs, columns),
        *tell_long_fieldwork(obs, columns),
        *tell_other_year(obs, columns["start_date"], "fieldwork"),
        *tell_to_come(obs, columns["end_date"], "fieldwork"),
        *tell_published(obs, columns["end_date"]),
    )
