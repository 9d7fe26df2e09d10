"""Each folder has a face: an `__init__` that says what is inside, and names what others use."""

import ast
import importlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from types import ModuleType

import nbformat
import pytest
from helpers.imports import PACKAGES, find_imports, name_module, read_sources
from helpers.paths import ROOT

# Fewer words than this name the folder and do not say what is inside.
FEWEST_WORDS = 5
SOURCES = read_sources(*PACKAGES)
FOLDERS = sorted({str(PurePosixPath(path).parent) for path in SOURCES})
MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)  # lines that only a notebook understands
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def find_faults(face: str | None) -> list[str]:
    """What the source of a face lacks."""
    if face is None:
        return ["there is no __init__.py"]
    tree = ast.parse(face)
    faults = []
    if len((ast.get_docstring(tree) or "").split()) < FEWEST_WORDS:
        faults.append("no docstring that says what is inside")
    if not read_all(tree):
        faults.append("no __all__ with names")
    return faults


def read_all(tree: ast.Module) -> list[str]:
    """The names of `__all__`; none where it is not there or not a plain list."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def find_missing(module: ModuleType) -> list[str]:
    """Names of `__all__` that the module does not have."""
    return [name for name in getattr(module, "__all__", []) if not hasattr(module, name)]


def find_back_doors(source: str, faces: Iterable[str]) -> set[str]:
    """Modules of ours that are imported and are no face."""
    found = {taken.module for taken in find_imports(source)}
    return {module for module in found if module.split(".")[0] in PACKAGES} - set(faces)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_what_is_inside_and_what_others_may_use(folder: str) -> None:
    assert find_faults(SOURCES.get(f"{folder}/__init__.py")) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_name_of_a_face_exists(folder: str) -> None:
    module = importlib.import_module(folder.replace("/", "."))
    assert find_missing(module) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_from_faces_only(notebook: Path) -> None:
    cells = nbformat.read(notebook, as_version=4).cells
    faces = {folder.replace("/", ".") for folder in FOLDERS}
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert find_back_doors(MAGIC.sub("", code), faces) == set()


@pytest.mark.parametrize(
    ("face", "fault"),
    [
        (None, "there is no __init__.py"),
        ('"""tables."""\n__all__ = ["load"]', "no docstring that says what is inside"),
        ("__all__ = ['load']", "no docstring that says what is inside"),
        ('"""The tables: reading, showing, exporting."""', "no __all__ with names"),
        ('"""The tables: reading, showing, exporting."""\n__all__ = []', "no __all__ with names"),
    ],
)
def test_a_planted_fault_of_a_face_is_found(face: str | None, fault: str) -> None:
    assert find_faults(face) == [fault]


def test_a_planted_name_that_is_not_there_is_found() -> None:
    module = ModuleType("planted")
    module.__all__ = ["load", "save"]
    module.load = print
    assert find_missing(module) == ["save"]


def test_a_planted_back_door_is_found() -> None:
    faces = {name_module("polls/__init__.py"), name_module("polls/tables/__init__.py")}
    assert (
        find_back_doors("import polls\nfrom polls.tables import load\nimport json", faces) == set()
    )
    assert find_back_doors("from polls.tables.parse import Fault", faces) == {"polls.tables.parse"}
