"""Each notebook prints the version of the tables that its numbers come from, first of all."""

from pathlib import Path

import nbformat
import pytest
from helpers.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_of_code_prints_it(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert 'print(f"Tables of {polls.version()}")' in first.source.splitlines()


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 10
