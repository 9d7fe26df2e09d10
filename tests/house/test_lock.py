"""requirements.lock pins and hashes everything that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[0-9][0-9a-z.]*)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
NOTE = re.compile(r"^    #( |$)")


@pytest.fixture(scope="module")
def lock(root: Path) -> list[str]:
    """Lines of the lock."""
    return (root / "requirements.lock").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def wanted(root: Path) -> list[Requirement]:
    """All requirements of pyproject.toml: to run, optional, to build."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    optional = [text for extra in project["optional-dependencies"].values() for text in extra]
    texts = project["dependencies"] + optional + settings["build-system"]["requires"]
    return [Requirement(text) for text in texts]


def test_every_line_is_a_pin_a_hash_or_a_note(lock: list[str]) -> None:
    """No index, no address, no file, no local version."""
    odd = [line for line in lock if not (PIN.match(line) or HASH.match(line) or NOTE.match(line))]
    assert odd == []


def test_every_pin_has_a_hash(lock: list[str]) -> None:
    bare = [
        line
        for line, following in zip(lock, [*lock[1:], ""], strict=True)
        if PIN.match(line) and not HASH.match(following)
    ]
    assert bare == []


def test_every_requirement_is_pinned_within_its_bounds(
    lock: list[str], wanted: list[Requirement]
) -> None:
    pins = {match["name"]: match["version"] for line in lock if (match := PIN.match(line))}
    unmet = [
        str(requirement)
        for requirement in wanted
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unmet == []


def test_a_package_has_one_version_on_all_pythons(lock: list[str]) -> None:
    names = [match["name"] for line in lock if (match := PIN.match(line))]
    assert sorted(set(names)) == sorted(names)
