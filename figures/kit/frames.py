"""What the figures expect of the frames they are given."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import KeyEntry
from figures.kit.labels import find_label, label, show_number
from figures.kit.style import SECTOR_COLOURS, SECTOR_MARKERS, house_markers

# Houses named in a source line before the rest are counted.
NAMED = 2
# A name has as much room in a picture; longer ones belong into labels.csv in few words.
LETTERS = 28


def require_columns(frame: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Check that a frame has columns, and rows.

    Parameters
    ----------
    frame : DataFrame
        What a caller gave.
    name : str
        What the caller's argument is called.
    columns : iterable of str
        What is needed.

    Raises
    ------
    ValueError
        A column is missing, or there is no row; the message names what is there.

    Examples
    --------
    >>> require_columns(pd.DataFrame({"date": [1]}), "trend", ["date", "mean"])
    Traceback (most recent call last):
    ...
    ValueError: `trend` lacks the column mean. It has: date.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        there = ", ".join(map(str, frame.columns)) or "none"
        raise ValueError(f"`{name}` lacks the {word} {', '.join(missing)}. It has: {there}.")
    if frame.empty:
        raise ValueError(f"`{name}` has no rows, so there is nothing to draw.")


class House(NamedTuple):
    """A house of a figure: its name, its polls counted, its colour and marker."""

    house_id: str
    sector: str
    name: str
    n_polls: int
    colour: str
    marker: str

    @property
    def shape(self) -> str:
        """Marker of its sector, for pictures in which houses are told by their names."""
        return SECTOR_MARKERS[self.sector]


def rank_houses(houses: pd.DataFrame, obs: pd.DataFrame) -> list[House]:
    """List the houses of a series, most polls first.

    Parameters
    ----------
    houses : DataFrame
        house_id, sector; name where there is one, else the id stands in.
    obs : DataFrame
        house_id; one row per poll.

    Returns
    -------
    list of House
        The houses with polls in `obs`.

    Raises
    ------
    ValueError
        A house of `obs` is not in `houses`, or a sector has no colour.

    Examples
    --------
    >>> houses = pd.DataFrame({"house_id": ["a", "b"], "sector": "state"})
    >>> obs = pd.DataFrame({"house_id": ["b", "a", "b"]})
    >>> [(house.name, house.n_polls) for house in rank_houses(houses, obs)]
    [('b', 2), ('a', 1)]
    """
    known = houses.set_index("house_id")
    counts = Counter(obs["house_id"].astype(str))
    if unknown := sorted(set(counts) - set(known.index)):
        raise ValueError(f"`houses` has no row for {', '.join(unknown)}, which `obs` holds.")
    sectors = known["sector"].astype(str).to_dict()
    if odd := sorted({sectors[house] for house in counts} - set(SECTOR_COLOURS)):
        there = ", ".join(SECTOR_COLOURS)
        raise ValueError(f"There is no sector {', '.join(odd)}. There are: {there}.")
    names = known["name"].dropna().to_dict() if "name" in known else {}
    ranked = sorted(counts, key=lambda house: (-counts[house], house))
    markers = house_markers(ranked)
    return [
        House(
            house,
            sectors[house],
            str(names.get(house, house)),
            counts[house],
            SECTOR_COLOURS[sectors[house]],
            markers[house],
        )
        for house in ranked
    ]


def name_houses(houses: pd.DataFrame, edition: Edition = DEFAULT) -> pd.DataFrame:
    """Give houses the short names of labels.csv (house.<house_id>) where it has them.

    Others keep that of the table, in Russian the Russian one, as far as a picture has room.

    Parameters
    ----------
    houses : DataFrame
        house_id, sector, name, and name_ru where there is one.
    edition : Edition
        Its language is used.

    Returns
    -------
    DataFrame
        A copy.

    Examples
    --------
    >>> houses = pd.DataFrame({"house_id": ["fom", "new"], "sector": "state", "name": "Long"})
    >>> name_houses(houses)["name"].tolist()
    ['FOM', 'Long']
    """
    short = {house: find_label(f"house.{house}", edition) for house in houses["house_id"]}
    full = houses["name"]
    if edition.lang == "ru" and "name_ru" in houses:
        full = houses["name_ru"].where(houses["name_ru"].notna(), full)
    return houses.assign(name=houses["house_id"].map(short).fillna(full.map(shorten_name)))


def shorten_name(name: str, letters: int = LETTERS) -> str:
    """Cut a name for which a picture has no room, after a word where that can be.

    Parameters
    ----------
    name : str
    letters : int
        As many as there is room for.

    Examples
    --------
    >>> shorten_name("Institute for the Independent Study of Public Opinion")
    'Institute for the…'
    >>> shorten_name("Levada Center")
    'Levada Center'
    """
    if len(name) <= letters:
        return name
    cut = name[:letters]
    head, _, _ = cut.rpartition(" ")
    return f"{(head or cut).rstrip(' ,;:')}\N{HORIZONTAL ELLIPSIS}"


def name_sources(ranked: Sequence[House], edition: Edition = DEFAULT) -> str:
    """Houses for a source line: the first two by name, the rest counted.

    Parameters
    ----------
    ranked : sequence of House
        As from `rank_houses`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> name_sources([House("levada", "independent", "Levada", 9, "#0072B2", "o")])
    'Levada'
    """
    named = ", ".join(house.name for house in ranked[:NAMED])
    rest = len(ranked) - NAMED
    if rest < 1:
        return named
    return label("foot.sources_more", edition, houses=named, more=show_number(rest, edition))


def sort_names(names: Iterable[str]) -> list[str]:
    """Sort names as readers look them up: quotation marks aside, Cyrillic before Latin.

    Examples
    --------
    >>> sort_names(["Levada", "FOM", "«Хроники»", "ВЦИОМ"])
    ['ВЦИОМ', '«Хроники»', 'FOM', 'Levada']
    """

    def place(name: str) -> tuple[bool, str]:
        bare = name.strip('«»„“”"').casefold()
        return bare[:1].isascii(), bare

    return sorted(names, key=place)


def name_counted(house: House, edition: Edition = DEFAULT) -> str:
    """Name of a house with its polls counted, as it stands alone beside a mark or a row.

    Parameters
    ----------
    house : House
        As from `rank_houses`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> name_counted(House("x", "leaked", "закрытый опрос", 1, "#CC79A7", "*"))
    'Закрытый опрос (1)'
    """
    first = house.name[:1]
    # A small Latin letter is how a house writes its name, or an id that stands for it.
    name = house.name if first.isascii() else first.upper() + house.name[1:]
    return label("house.counted", edition, name=name, n=house.n_polls)


def last_day(obs: pd.DataFrame) -> pd.Timestamp:
    """Last day of fieldwork in a series, for "data to".

    Examples
    --------
    >>> last_day(pd.DataFrame({"mid_date": pd.to_datetime(["2022-04-15"])})).day
    15
    """
    column = "end_date" if "end_date" in obs.columns else "mid_date"
    return pd.Timestamp(obs[column].max())


def group_by_sector(
    ranked: Sequence[House], edition: Edition = DEFAULT
) -> list[tuple[str, list[House]]]:
    """Put houses under the name of their sector; sectors that share a colour share a name.

    Parameters
    ----------
    ranked : sequence of House
        As from `rank_houses`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> houses = [House(sector, sector, "A", 1, SECTOR_COLOURS[sector], "o")
    ...           for sector in ("academic", "state", "foreign")]
    >>> [(words, [house.house_id for house in mine]) for words, mine in group_by_sector(houses)]
    [('State-run', ['state']), ('Foreign or academic', ['academic', 'foreign'])]
    """
    present = {house.sector for house in ranked}
    shared: dict[str, list[str]] = {}
    for sector, colour in SECTOR_COLOURS.items():
        if sector in present:
            shared.setdefault(colour, []).append(sector)
    return [
        (
            label(f"sector.{'_'.join(names)}", edition),
            [house for house in ranked if house.sector in names],
        )
        for names in shared.values()
    ]


def sector_key(ranked: Sequence[House], edition: Edition = DEFAULT) -> list[KeyEntry]:
    """Key of the colours and shapes of the sectors of some houses.

    Parameters
    ----------
    ranked : sequence of House
        As from `rank_houses`.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> houses = [House("a", sector, "A", 1, SECTOR_COLOURS[sector], "o")
    ...           for sector in ("academic", "state")]
    >>> [(entry.marker, entry.words) for entry in sector_key(houses)]
    [('^', 'State-run'), ('X', 'Academic')]
    """
    return [
        KeyEntry(mine[0].shape, mine[0].colour, words)
        for words, mine in group_by_sector(ranked, edition)
    ]
