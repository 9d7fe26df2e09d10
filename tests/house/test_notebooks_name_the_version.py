"""Each notebook that reads the tables prints their version, first of all."""

from pathlib import Path

import nbformat
import pytest
from helpers.paths import ROOT

# A notebook about made polls alone imports no tables.
NOTEBOOKS = [
    path
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    if "import polls" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_of_code_prints_it(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert 'print(f"Tables of {polls.version()}")' in first.source.splitlines()


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 10
