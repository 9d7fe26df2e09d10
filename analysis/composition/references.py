"""References of a composition: houses that print both parts, so that all parts are theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.composition.inputs import Composition
from analysis.observations.frame import Observations
from analysis.observations.references import describe_reference, reference_weights, sector_houses


def complete_weights(composition: Composition, reference: str) -> Array:
    """Weights over all houses of a reference made of those that print both parts.

    A mean of *for* over some houses and of *against* over others would be the
    composition of nobody, and what it leaves of 100 would be anything.

    Parameters
    ----------
    composition : Composition
    reference : str
        As in :func:`analysis.observations.references.reference_weights`.

    Returns
    -------
    ndarray, shape (n_houses,)

    Raises
    ------
    PollInputError
        When the reference is unknown, or its house never prints one of the parts.
    """
    weights = np.zeros(len(composition.observations.houses))
    complete = _complete_houses(composition, reference)
    weights[composition.is_complete_house] = reference_weights(complete, reference)
    return weights


def complete_sector(composition: Composition, sector: str) -> Array:
    """Weights over all houses of the mean of those of a sector that print both parts.

    Raises
    ------
    PollInputError
        When no house of that sector has a poll, or none prints both parts.
    """
    complete = _complete_houses(composition, "houses")
    if sector in composition.observations.sectors and sector not in complete.sectors:
        raise PollInputError(
            f"no house of sector {sector!r} prints both {' and '.join(composition.answers)}",
            f"sectors there: {', '.join(complete.sectors) or 'none'}",
        )
    weights = np.zeros(len(composition.observations.houses))
    weights[composition.is_complete_house] = sector_houses(complete, sector)
    return weights


def describe_complete(composition: Composition, reference: str) -> str:
    """Say in words which level a reference reports."""
    described = describe_reference(_complete_houses(composition, reference), reference)
    left = int((~composition.is_complete_house).sum())
    if not left or reference in composition.observations.houses:
        return described
    return f"{described} ({left} more never print both {' and '.join(composition.answers)})"


def _complete_houses(composition: Composition, reference: str) -> Observations:
    """The observations as if only houses that print both parts were known."""
    obs, complete = composition.observations, composition.is_complete_house
    if not complete.any():
        first, second = composition.answers
        raise PollInputError(
            f"no house prints both {first} and {second}",
            "fit each share alone: a composition needs a house that prints both",
        )
    houses = tuple(np.array(obs.houses, dtype=object)[complete])
    if reference in obs.houses and reference not in houses:
        count = composition.count_polls()[obs.houses.index(reference)]
        missing = composition.parts[int(np.argmin(count))]
        raise PollInputError(
            f"house {reference!r} never prints {missing}, so its composition is not known",
            f"use 'houses' or one of {', '.join(houses)}",
        )
    of_house = tuple(np.array(obs.house_sector, dtype=object)[complete])
    sectors = tuple(s for s in obs.sectors if s in of_house)
    return replace(obs, houses=houses, house_sector=of_house, sectors=sectors)
