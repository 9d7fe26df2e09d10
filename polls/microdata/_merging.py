"""Merging small cells of interviews with their siblings (rules: `polls.microdata.cells`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby

SMALLEST = 3  # interviews in a cell
UNKNOWN = "unknown"  # no type of settlement


@dataclass(frozen=True)
class Cell:
    """A cell while it is being merged: the levels that it holds, and its interviews.

    Parameters
    ----------
    top : tuple of str
        wave, wording_variant, sex: never merged.
    ages, places, tv : tuple of str
        Levels of age group, settlement and television in the cell, sorted.
    n : int
        Interviews.
    parts : tuple of tuple of str
        Keys of the finest cells in it.
    """

    top: tuple[str, ...]
    ages: tuple[str, ...]
    places: tuple[str, ...]
    tv: tuple[str, ...]
    n: int
    parts: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, key: tuple[str, ...], n: int) -> "Cell":
        """Finest cell: one combination of levels."""
        return cls(key[:3], (key[3],), (key[4],), (key[5],), n, (key,))

    def __add__(self, other: "Cell") -> "Cell":
        return replace(
            self,
            ages=tuple(sorted({*self.ages, *other.ages})),
            places=tuple(sorted({*self.places, *other.places})),
            tv=tuple(sorted({*self.tv, *other.tv})),
            n=self.n + other.n,
            parts=self.parts + other.parts,
        )


def merge_small(finest: Iterable[Cell]) -> list[Cell]:
    """Merge cells until each has at least 3 interviews (rules 1 and 2 of `polls.microdata.cells`).

    Parameters
    ----------
    finest : iterable of Cell
        Cells with one combination of levels each.

    Returns
    -------
    list of Cell
        Cells that together hold the same interviews.

    Examples
    --------
    >>> top = ("03", "svo_extended", "male")
    >>> sizes = {("urban", "yes"): 9, ("urban", "no"): 5, ("rural", "yes"): 4, ("rural", "no"): 1}
    >>> cells = [Cell.of((*top, "60+", *key), n) for key, n in sizes.items()]
    >>> [(cell.places, cell.tv, cell.n) for cell in merge_small(cells)]
    [(('rural',), ('no', 'yes'), 5), (('urban',), ('no',), 5), (('urban',), ('yes',), 9)]
    """
    cells = _pool_unknown(list(finest))
    parents: list[Callable[[Cell], tuple[object, ...]]] = [
        lambda cell: (cell.top, cell.ages, cell.places),  # over television
        lambda cell: (cell.top, cell.ages),  # over settlement
        lambda cell: (cell.top,),  # over age
    ]
    for parent in parents:
        ordered = sorted(cells, key=lambda cell: (parent(cell), _order(cell)))
        cells = [
            cell for _, siblings in groupby(ordered, parent) for cell in _merge(list(siblings))
        ]
    return sorted(cells, key=_order)


def _pool_unknown(cells: list[Cell]) -> list[Cell]:
    """Pool interviews without a type of settlement, where they are enough for a cell."""
    kept = [cell for cell in cells if cell.places != (UNKNOWN,)]
    unknown = sorted((cell for cell in cells if cell.places == (UNKNOWN,)), key=_order)
    for _, siblings in groupby(unknown, lambda cell: cell.top):
        group = list(siblings)
        pool = _join(group)
        kept += [pool] if pool.n >= SMALLEST else group
    return kept


def _merge(siblings: list[Cell]) -> list[Cell]:
    """Make one cell of the small siblings; under 3 it joins the smallest of the others.

    The siblings come in the order of their levels, which decides between equally small ones.
    """
    small = [cell for cell in siblings if cell.n < SMALLEST]
    large = sorted((cell for cell in siblings if cell.n >= SMALLEST), key=lambda cell: cell.n)
    if not small:
        return large
    pool = _join(small)
    if pool.n < SMALLEST and large:
        pool += large.pop(0)
    return [*large, pool]


def _join(cells: list[Cell]) -> Cell:
    joined = cells[0]
    for cell in cells[1:]:
        joined += cell
    return joined


def _order(cell: Cell) -> tuple[tuple[str, ...], ...]:
    return (cell.top, cell.ages, cell.places, cell.tv)
