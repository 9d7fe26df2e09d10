"""The polls that all programs get: simulated from the model, on growing grids."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
SEED = 20220501
# Days of the level that all programs report, and that errors are taken over.
N_REPORTED = 30


@dataclass(frozen=True)
class Grid:
    """Size of a set of polls.

    Parameters
    ----------
    polls, houses, days : int
    has_peers : bool
        Do the peers get it too.
    """

    polls: int
    houses: int
    days: int
    has_peers: bool = True

    @property
    def name(self) -> str:
        """As tables print it."""
        return f"{self.polls:,}/{self.houses}/{self.days:,}"


SMALL = Grid(400, 12, 1_600)
# Polls of four parties, for the model of several parts.
PARTIES = Grid(300, 8, 900)
SHARES = (34.0, 27.0, 16.0, 8.0)
# Options of ours beside the defaults, by name; each is fitted to the polls of the small grid too,
# and without peers to those of the large one.
MODELS = {
    "drift": {"drift": True},
    "published": {"drift": True, "house_variance": "by_house", "walk": "calming"},
}
LARGE = Grid(6_400, 48, 6_400)
LARGEST = Grid(100_000, 48, 6_400, has_peers=False)
GRIDS = [
    Grid(200, 8, 800),
    SMALL,
    Grid(1_600, 24, 3_200),
    LARGE,
    Grid(25_600, 48, 6_400, has_peers=False),
    LARGEST,
]


def write_polls(grid: Grid, folder: Path) -> Path:
    """Simulate the polls of a grid and write them as a CSV.

    tau 0.2 points per root day, omega 1.5 and sigma_h 5 points, two sectors. On the longest
    grids the level would leave 5 to 95 percent, so that tau falls with the root of the days.
    """
    sys.path.insert(0, str(ROOT / "tests" / "reference"))
    import reference_inputs

    tau = 0.2 * min(1.0, (1_600 / grid.days) ** 0.5)
    frame: pd.DataFrame = reference_inputs.simulate(
        grid.polls, grid.houses, grid.days, ("state", "independent"), (tau, 1.5, 5.0), SEED
    )
    path = folder / f"polls_{grid.polls}.csv"
    frame[reference_inputs.COLUMNS].to_csv(
        path, index=False, date_format="%Y-%m-%d", lineterminator="\n"
    )
    return path


def write_parties(folder: Path) -> Path:
    """Simulate polls of four parties and write them as a CSV.

    tau 0.2 points per root day, omega 1.5 and sigma_h 3 points, of a part of one half; one sector,
    and all polls print all parts.
    """
    sys.path.insert(0, str(ROOT / "tests" / "reference"))
    import simulated_parties as parties

    frame, _ = parties.simulate(
        np.random.default_rng(SEED), PARTIES.polls, PARTIES.days, PARTIES.houses,
        np.array(SHARES), np.array([0.2, 1.5, 3.0]), gaps=False,
    )  # fmt: skip
    path = folder / "parties.csv"
    frame.to_csv(path, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    return path


def name_parties() -> str:
    """The polls of parties, as tables print them."""
    return f"{PARTIES.name}, {len(SHARES)} parties"


def name_model(model: str, grid: Grid = SMALL) -> str:
    """A model on a grid, as tables print it."""
    return f"{grid.name}, {model}"
