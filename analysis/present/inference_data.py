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
    replicates : DataFrame, shape (n_draws, n_polls) or (n_draws, n_polls * n_parts)
        Of parts with two levels of columns, poll and part.
    log_likelihood : DataFrame, shape (n_draws, n_polls)
        Of parts one density for a poll, named ``poll_density`` in place of ``share_pct``.
    observed : ndarray, shape (n_polls,) or (n_polls, n_parts)
        Published shares, percent; not a number where a part was not printed.

    Returns
    -------
    arviz.InferenceData
        From ArviZ 1 on an ``xarray.DataTree`` with the same groups.

    Raises
    ------
    ImportError
        Without arviz.
    """
    try:
        import arviz
    except ImportError:
        raise ImportError(f"arviz is not installed; {CURE}") from None
    tables = {**posterior, "share_pct": replicates}
    dims = {name: [str(level) for level in table.columns.names] for name, table in tables.items()}
    # Parts of a poll have one density together, under a name of its own.
    density = "share_pct" if len(dims["share_pct"]) == 1 else "poll_density"
    dims[density] = ["poll"]
    coords: dict[str, Any] = {}
    for table in tables.values():
        for dim, values in zip(table.columns.names, _levels(table.columns), strict=True):
            coords[str(dim)] = values
    chain = {str(name): params[name].to_numpy()[None] for name in params.columns}
    chain |= {name: _by_dimension(table) for name, table in posterior.items()}
    groups: dict[str, Any] = {
        "posterior": chain,
        "posterior_predictive": {"share_pct": _by_dimension(replicates)},
        "log_likelihood": {density: log_likelihood.to_numpy()[None]},
        "observed_data": {"share_pct": np.asarray(observed)},
    }
    # Since ArviZ 1 the groups are one argument, and a DataTree of xarray comes back.
    if arviz.__version__.startswith("0."):
        return arviz.from_dict(**groups, coords=coords, dims=dims)
    return arviz.from_dict(groups, coords=coords, dims=dims)


def _levels(columns: pd.Index[Any]) -> list[Any]:
    """Values of each dimension, in their order."""
    if isinstance(columns, pd.MultiIndex):
        return [columns.unique(k).to_numpy() for k in range(columns.nlevels)]
    return [columns.to_numpy()]


def _by_dimension(table: pd.DataFrame) -> Array:
    """Draws with a chain before them and an axis for each dimension."""
    sizes = [len(values) for values in _levels(table.columns)]
    return np.asarray(table.to_numpy().reshape(1, len(table), *sizes))
