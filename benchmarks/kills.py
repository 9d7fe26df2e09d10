"""Kill two hundred processes while they change several tables, and see whether these are whole."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.kills import is_whole, kill_writers

from polls.entry.store import STAGED
from polls.tables.files import SWITCH

TITLE = "Writers of tables killed at random moments"
KILLS = 200
SEED = 20220224


def report() -> str:
    """How many of the killed writers left whole tables, and what they were doing, in Markdown."""
    whole, moments = 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="polls-bench-") as name:
        for folder in kill_writers(Path(name), KILLS, SEED):
            moments[name_moment(folder)] += 1
            whole += is_whole(folder)
    doing = ", ".join(f"{number} {moment}" for moment, number in moments.most_common())
    return (
        f"Each writer replaces three tables of 200 kB over and over, and is killed (SIGKILL) up "
        f"to 50 ms after it began; seed {SEED}. {whole} of {KILLS} left whole tables, all old or "
        f"all new, for readers of the package at once and for any program after the next verb. "
        f"What they were doing: {doing}."
    )


def name_moment(folder: Path) -> str:
    """What a writer was doing when it died."""
    if (folder / SWITCH).is_dir():
        return "moving new files to their places"
    return "writing new files" if (folder / STAGED).is_dir() else "between two changes"


if __name__ == "__main__":
    print(report())
