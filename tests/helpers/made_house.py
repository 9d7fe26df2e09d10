"""A house that is made up, and files of rows as somebody hands them in."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

HOUSE = {"house_id": "made_house", "name": "Made House", "sector": "independent"}
QUESTION = {
    "question_id": "made_house.support",
    "house_id": "made_house",
    "construct_id": "support",
    "in_series": "yes",
    "in_series_reason": "a plain choice for or against",
    "wording_en": "Do you support the operation?",
    "half_sample": "no",
    "single_choice": "yes",
}
POLES = {"yes": "for", "no": "against", "hard_to_say": "undecided"}
OPTIONS = [
    {"question_id": "made_house.support", "option": name, "label": name, "pole": pole}
    for name, pole in POLES.items()
]


def write_file(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows with all columns that one of them has, and give the path."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
