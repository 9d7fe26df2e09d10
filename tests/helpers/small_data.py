"""A copy of the tables that is read in a moment: without most groups of recomputed answers.

Arms of experiments stay, since the table experiments refers to them.
"""

import csv
import shutil
from pathlib import Path

from polls.tables import DATA


def make_small_data(folder: Path) -> Path:
    """Copy the tables, of the recomputed answers only those of all, of men, of women, of arms.

    Parameters
    ----------
    folder : Path
        Where the copy is to be; it must not be there yet.

    Returns
    -------
    Path
        The same folder.
    """
    shutil.copytree(DATA, folder)
    with (DATA / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    subgroup, origin = rows[0].index("subgroup"), rows[0].index("origin")
    groups = ("subgroup", "all", "sex:male", "sex:female")
    kept = [
        row
        for row in rows
        if row[subgroup] in groups
        or row[subgroup].startswith("arm:")
        or row[origin] != "recomputed"
    ]
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(kept)
    return folder
