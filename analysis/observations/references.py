"""Which level is meant: reference conventions as weights over the houses.

Polls identify the sum of level and house effect only.  A reference fixes the
zero of the house effects; each one is a linear function of one posterior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.observations.frame import Observations

FIXED_SET = "houses:"


# What names the level that a table is of: text, or houses and their weights.
Reference = str | Mapping[str, float]


def reference_weights(
    observations: Observations, reference: Reference, *, anchored: bool = False
) -> Array:
    """Weights over the houses whose effects a reference sets to zero on average.

    Parameters
    ----------
    observations : Observations
    reference : str or mapping of house_id to weight
        ``"houses"`` (plain mean of the houses), ``"sectors"`` (mean of the
        means of each sector's houses), a house id, ``"sector:NAME"``,
        ``"houses:ID,ID"`` (plain mean of a fixed set), or ``"anchor"``: the
        level itself and raw house effects.  Weights, such as ``{"a": 2, "b": 1}`` or the text
        ``"a=2,b=1"``, are divided by their sum.
    anchored : bool
        Are there anchors; without them ``"anchor"`` is not known.

    Returns
    -------
    ndarray, shape (n_houses,)
        Not negative, summing to one; all zero for ``"anchor"``.

    Raises
    ------
    PollInputError
        When the reference is unknown.
    """
    houses, sectors = observations.houses, observations.sectors
    weighted = _read_weights(observations, reference)
    if weighted is not None:
        return weighted
    reference = str(reference)
    of_house = np.array(observations.house_sector, dtype=object)
    if reference == "anchor" and anchored:
        return np.zeros(len(houses))
    if reference == "anchor":
        raise _unknown(observations, reference)
    if reference in houses:
        weights = np.array([float(house == reference) for house in houses])
    elif reference == "houses" or (reference == "sectors" and not sectors):
        weights = np.ones(len(houses))
    elif reference == "sectors":
        weights = sum((of_house == s) / (of_house == s).sum() for s in sectors)
    elif str(reference).startswith(FIXED_SET):
        weights = np.isin(houses, _fixed_set(observations, reference)).astype(float)
    elif str(reference).removeprefix("sector:") in sectors:
        if not reference.startswith("sector:"):
            raise _unknown(observations, reference, f"write 'sector:{reference}'")
        weights = (of_house == reference.removeprefix("sector:")).astype(float)
    else:
        raise _unknown(observations, reference)
    return np.asarray(weights / weights.sum(), dtype=float)


def _read_weights(observations: Observations, reference: Reference) -> Array | None:
    """Weights that a mapping names, or a text such as ``a=2,b=1``; None for other references.

    Raises
    ------
    PollInputError
        When a house has no polls, or a weight is no number of 0 or more.
    """
    if not _is_reference(reference):
        cure = "give a text such as 'houses', or weights by house"
        raise PollInputError(f"reference is {reference!r}", cure)
    if isinstance(reference, Mapping):
        named: Mapping[str, object] = reference
    elif "=" in reference and reference not in observations.houses:
        pairs = (part.rpartition("=") for part in reference.split(","))
        listed = [(name.strip(), text) for name, _, text in pairs]
        _refuse_twice([name for name, _ in listed])
        named = dict(listed)
    else:
        return None
    found = np.zeros(len(observations.houses))
    for name, value in named.items():
        if name not in observations.houses:
            known = ", ".join(observations.houses)
            raise PollInputError(f"house {name!r} has no polls", f"houses there: {known}")
        try:
            weight = float(str(value))
        except ValueError:
            weight = np.nan
        if not np.isfinite(weight) or weight < 0:
            raise PollInputError(f"the weight of {name} is {value!r}", "give a number of 0 or more")
        found[observations.houses.index(name)] = weight
    if not found.any():
        raise PollInputError("no house has a weight above 0", "give a house a weight")
    found /= found.max()  # the sum of the largest numbers is none
    return np.asarray(found / found.sum())


def _refuse_twice(names: Sequence[str]) -> None:
    """Refuse a house that is named twice: nobody knows which of its weights is meant."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PollInputError(f"house {twice[0]!r} is named twice", "name each house once")


def _is_reference(reference: object) -> bool:
    return isinstance(reference, str | Mapping)


def _fixed_set(observations: Observations, reference: str) -> list[str]:
    """Houses of a fixed set, such as ``houses:fom,levada``; all must have polls."""
    chosen = [name.strip() for name in reference.removeprefix(FIXED_SET).split(",")]
    strangers = [name for name in chosen if name not in observations.houses]
    if strangers:
        raise _unknown(
            observations, reference, f"house {strangers[0]!r} has no polls; leave it out"
        )
    return chosen


def contrast_row(observations: Observations, weights: Mapping[str, float]) -> Array:
    """Weights of a contrast in the order of the houses.

    Raises
    ------
    PollInputError
        When a house is unknown or the weights do not add up to zero.
    """
    strangers = [house for house in weights if house not in observations.houses]
    if strangers:
        known = ", ".join(observations.houses)
        raise PollInputError(f"house {strangers[0]!r} has no polls", f"houses there: {known}")
    row = np.array([float(weights.get(house, 0.0)) for house in observations.houses])
    if not np.isfinite(row).all() or abs(row.sum()) > 1e-9 * max(1.0, np.abs(row).max()):
        cure = "give weights that add up to zero, such as {'a': 1, 'b': -1}"
        raise PollInputError(f"the weights add up to {row.sum():g}", cure)
    return row


def _unknown(observations: Observations, reference: object, cure: str = "") -> PollInputError:
    """Build the error that lists what could have been meant."""
    known = [
        "houses",
        "sectors",
        *(f"sector:{s}" for s in observations.sectors),
        *observations.houses,
    ]
    cure = cure or "use one of " + ", ".join(known)
    return PollInputError(f"reference {reference!r} is not known", cure)


def describe_reference(observations: Observations, reference: Reference) -> str:
    """Say in words which level a reference reports.

    Examples
    --------
    "the mean of these 12 houses", "the level as house levada measures it".
    """
    if reference == "anchor":
        return "the level that the anchors measure"
    weighted = _read_weights(observations, reference)
    if weighted is not None:
        pairs = [(observations.houses[j], weighted[j]) for j in np.flatnonzero(weighted)]
        return "the weighted mean of " + ", ".join(f"{name} ({w:.0%})" for name, w in pairs)
    reference = str(reference)
    reference_weights(observations, reference)
    n_houses = len(observations.houses)
    if reference in observations.houses:
        return f"the level as house {reference} measures it"
    if reference.startswith(FIXED_SET):
        chosen = sorted(set(_fixed_set(observations, reference)))
        return f"the mean of the fixed set of {len(chosen)} houses {', '.join(chosen)}"
    if reference.startswith("sector:"):
        name = reference.removeprefix("sector:")
        count = observations.house_sector.count(name)
        return f"the mean of the {count} houses of sector {name}"
    if reference == "sectors" and observations.sectors:
        return f"the mean over {len(observations.sectors)} sectors of the mean of their houses"
    return (
        f"the mean of these {n_houses} houses"
        if n_houses > 1
        else "the level as this house measures it"
    )


def sector_houses(observations: Observations, sector: str) -> Array:
    """Weights of the mean of one sector's houses.

    Raises
    ------
    PollInputError
        When no house of that sector has a poll.
    """
    if sector not in observations.sectors:
        there = ", ".join(observations.sectors) or "none (the polls have no sector column)"
        raise PollInputError(f"sector {sector!r} has no polls", f"sectors there: {there}")
    return reference_weights(observations, f"sector:{sector}")
