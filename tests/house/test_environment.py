"""environment.yml asks for the packages of pyproject.toml, within the same bounds."""

from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement


@pytest.fixture(scope="module")
def environment(root: Path) -> dict[str, list]:
    """The content of environment.yml."""
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


def test_names_and_bounds_are_those_of_pyproject(environment: dict, project: dict) -> None:
    *from_conda, last = environment["dependencies"]
    from_pip = [line for line in last["pip"] if not line.startswith("-e")]
    listed = {Requirement(line) for line in from_conda + from_pip}
    optional = [text for extra in project["optional-dependencies"].values() for text in extra]
    wanted = {Requirement(text) for text in project["dependencies"] + optional}
    wanted |= {Requirement(f"python{project['requires-python']}"), Requirement("pip")}
    assert listed == wanted


def test_the_channel_is_conda_forge_by_name(environment: dict) -> None:
    assert environment["channels"] == ["conda-forge"]


def test_the_project_itself_comes_last_and_editable(environment: dict) -> None:
    assert environment["dependencies"][-1]["pip"][-1] == "-e ."
