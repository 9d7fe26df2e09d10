"""Notebooks are stored as a fresh run from top to bottom left them, and nothing else."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from helpers.paths import ROOT
from nbformat import NotebookNode

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What tells nbval not to compare a cell: as a tag, and as a comment.
UNCOMPARED = re.compile(r"nbval[-_](ignore[-_]output|skip)", re.IGNORECASE)
MOST_UNCOMPARED = 0.05
# An id of a table, a column or a house, as no word is written; and a formula that needs a script.
ID = re.compile(r"\b[a-z][a-z0-9]*_[a-z0-9_]+\b|\bNaN\b|&lt;NA&gt;|\bNaT\b")
FORMULA = re.compile(r"\$[^$]+\$")
CHECK = re.compile(r"^\s*assert ", re.MULTILINE)
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
# The first is about the tables, and lists them by the names that code uses.
NAMED = [path for path in NOTEBOOKS if path.stem != "00_start_here"]


def read_code_cells(path: Path) -> list[NotebookNode]:
    """The code cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def run_module(root: Path) -> ModuleType:
    """notebooks/run.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("run", root / "notebooks" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_notebooks_numbered_from_00() -> None:
    """A letter after the number marks the second half of a question."""
    numbers = [path.name.split("_")[0] for path in NOTEBOOKS]
    whole = [number for number in numbers if number.isdecimal()]
    assert whole == [f"{number:02d}" for number in range(len(whole))]
    assert {number[:2] for number in numbers} == set(whole)
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_10_to_25_cells(path: Path) -> None:
    """One question each: shorter ones belong together, longer ones hold two."""
    assert 10 <= len(nbformat.read(path, as_version=4).cells) <= 25


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_code_cell_has_a_count_from_1_to_n(path: Path) -> None:
    """Cells ran in order, once; nbval compares nothing in a cell without a count."""
    counts = [cell.execution_count for cell in read_code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stored(path: Path) -> None:
    assert any(cell.outputs for cell in read_code_cells(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_warning_is_stored(path: Path) -> None:
    """A reader should not have to wonder; and warnings carry paths that change."""
    streams = [
        output.name
        for cell in read_code_cells(path)
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    assert "stderr" not in streams


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_only_what_a_rerun_gives_again_is_stored(path: Path, run_module: ModuleType) -> None:
    """No timings and no patch release of Python: `make notebooks` writes the same bytes again."""
    again = run_module.strip_volatile(nbformat.read(path, as_version=4))
    assert path.read_bytes() == (nbformat.writes(again) + "\n").encode()


def test_at_most_one_cell_in_twenty_is_not_compared() -> None:
    cells = [cell for path in NOTEBOOKS for cell in read_code_cells(path)]
    uncompared = [
        cell
        for cell in cells
        if UNCOMPARED.search(cell.source)
        or any(UNCOMPARED.fullmatch(tag) for tag in cell.metadata.get("tags", []))
    ]
    assert len(uncompared) <= MOST_UNCOMPARED * len(cells)


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.stem)
def test_tables_show_names_and_no_ids_and_nothing_is_cut(path: Path) -> None:
    data = [output.get("data", {}) for cell in read_code_cells(path) for output in cell.outputs]
    cells = [cell for shown in data for cell in CELL.findall(shown.get("text/html", ""))]
    assert [cell for cell in cells if ID.search(cell) or cell.endswith("...")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_formulas_are_read_without_a_script(path: Path) -> None:
    """Viewers that fetch nothing would show the dollar signs."""
    cells = nbformat.read(path, as_version=4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert [text for text in prose if FORMULA.search(text)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_checks_stay_out_of_the_view_of_readers(path: Path) -> None:
    cells = read_code_cells(path)
    seen = [cell.source for cell in cells if "hide-input" not in cell.metadata.get("tags", [])]
    assert [source for source in seen if CHECK.search(source)] == []
