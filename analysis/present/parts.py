"""What models of several parts have alike: joint draws, and words for what they lack."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class PartsDraws:
    """Joint draws of all that a model of parts holds; a row is a draw in each table.

    Parameters
    ----------
    params : DataFrame
        Hyperparameters, by name.
    level : DataFrame
        Percent, by date and part.
    house_effects : DataFrame
        Points from the reference, by house_id and part.
    """

    params: pd.DataFrame
    level: pd.DataFrame
    house_effects: pd.DataFrame


def refuse_door(results: object, name: str) -> AttributeError:
    """Error for an attribute that there is not, which names those that there are.

    Parameters
    ----------
    results : object
        Results of a model of parts.
    name : str

    Examples
    --------
    >>> class Results:
    ...     def trend(self): ...
    >>> print(refuse_door(Results(), "loo"))
    Results has no loo; ask for one of trend
    """
    kind = type(results)
    doors = ", ".join(door for door in sorted(dir(kind)) if not door.startswith("_"))
    return AttributeError(f"{kind.__name__} has no {name}; ask for one of {doors}")
