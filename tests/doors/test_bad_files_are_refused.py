"""Each bad file of the corpus is refused in plain words, and nothing is written.

`corpus/cases.csv` names file, command, words that the refusal has to hold, and all that is told.
A file that made trouble once is added there.
"""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).with_name("corpus")
with (CORPUS / "cases.csv").open(encoding="utf-8", newline="") as rows:
    CASES = list(csv.DictReader(rows))


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_it_is_refused_and_named(
    case: dict[str, str], call: Any, names: dict[str, str], tmp_path: Path
) -> None:
    file = Path(shutil.copy(CORPUS / case["file"], tmp_path))
    out = tmp_path / "out.csv"
    words = [word.format(file=file, **names) for word in case["command"].split()]
    if words[0] == "analysis":
        words += ["--out", str(out)]
    ending = call(words)
    assert ending.code == 1
    assert case["words"] in ending.err
    assert tell(ending.err, tmp_path, names) == case["told"]
    assert case["file"] in ending.err or "population" in case["file"]
    assert ending.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == [case["file"]]


def tell(error: str, folder: Path, names: dict[str, str]) -> str:
    """What is told, without the folders of this run."""
    for path in [str(folder), *(str(Path(name).parent) for name in names.values())]:
        error = error.replace(f"{path}/", "")
    return " | ".join(error.splitlines())


def test_each_file_of_the_corpus_is_tried() -> None:
    right = {"cases.csv", "polls.csv", "cells.csv", "population.csv"}
    assert {path.name for path in CORPUS.iterdir()} - right == {case["file"] for case in CASES}
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    "command",
    [
        "analysis trend --input {polls}",
        "analysis who --cells {cells} --population {population}",
    ],
)
def test_the_right_files_beside_them_are_taken(
    command: str, call: Any, names: dict[str, str]
) -> None:
    """Else a refusal would say nothing of the file that is tried."""
    assert call([word.format(**names) for word in command.split()]).code == 0
