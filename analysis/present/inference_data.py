"""Draws as ArviZ knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array

CURE = "install arviz, or this project with the extra arviz: pip install 'russian-war-polls[arviz]'"


def make_inference_data(
    params: pd.DataFrame,
    posterior: Mapping[str, pd.DataFrame],
    replicates: pd.DataFrame,
    log_likelihood: pd.DataFrame,
    observed: Array,
) -> Any:
    """Put draws into the groups of ArviZ.

    Parameters
    ----------
    params : DataFrame
        One row a draw, one column a hyperparameter.
    posterior : mapping of str to DataFrame
        Further quantities; the name of their columns is that of their dimension.
    replicates, log_likelihood : DataFrame, shape (n_draws, n_polls)
    observed : ndarray, shape (n_polls,)
        Published shares, percent.

    Returns
    -------
    arviz.InferenceData

    Raises
    ------
    ImportError
        Without arviz.
    """
    try:
        import arviz
    except ImportError:
        raise ImportError(f"arviz is not installed; {CURE}") from None
    names = {name: str(table.columns.name) for name, table in posterior.items()}
    dims = {name: [dim] for name, dim in names.items()} | {"share_pct": ["poll"]}
    coords = {names[name]: table.columns.to_numpy() for name, table in posterior.items()}
    coords["poll"] = replicates.columns.to_numpy()
    chain = {str(name): params[name].to_numpy()[None] for name in params.columns}
    chain |= {name: table.to_numpy()[None] for name, table in posterior.items()}
    return arviz.from_dict(
        posterior=chain,
        posterior_predictive={"share_pct": replicates.to_numpy()[None]},
        log_likelihood={"share_pct": log_likelihood.to_numpy()[None]},
        observed_data={"share_pct": np.asarray(observed)},
        coords=coords,
        dims=dims,
    )
