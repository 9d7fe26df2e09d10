"""No file names the host of a package registry or a path of somebody's machine."""

import re
from pathlib import Path

import pytest

# Spelled in pieces, or this file would be its own first finding.
REGISTRIES = [
    ("py", "pi", ".org"),
    ("python", "hosted", ".org"),
    ("ana", "conda", ".org"),
    ("ana", "conda", ".com"),
    ("npm", "js", ".org"),
]
HOMES = ["home", "root", "tmp", "work", "opt", "Users", "private", "mnt"]
# A path starts a word: in an address a host or another folder stands before it.
PATH = r"(?<![\w.:/~*{}$-])/(?:" + "|".join(HOMES) + r")/\w"
DRIVE = r"(?<!\w)[A-Z]:\\+Users\\"
PATTERN = re.compile("|".join([*(re.escape("".join(host)) for host in REGISTRIES), PATH, DRIVE]))
PICTURES = {".png", ".pdf"}


def find_mentions(text: str) -> list[str]:
    """Lines that name a registry or a machine, with their numbers."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"{number}: {line.strip()[:80]}" for number, line in lines if PATTERN.search(line)]


def test_no_file_names_a_registry_or_a_machine(repository_files: list[Path]) -> None:
    texts = [path for path in repository_files if path.suffix not in PICTURES]
    assert texts, "no files found"
    found = {}
    for path in texts:
        if mentions := find_mentions(path.read_text(encoding="utf-8", errors="replace")):
            found[path.name] = mentions[:3]
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://" + "py" + "pi.org/simple",
        '    File "/' + 'home/anna/polls/load.py", line 3',
        "data = '/" + "tmp/copy'",
        r"C:\Users" + "\\anna",
    ],
)
def test_a_planted_mention_is_found(line: str) -> None:
    assert find_mentions(line)


@pytest.mark.parametrize(
    "line", ["https://www.levada.ru/en/home/ratings", "#!/usr/bin/env bash", "see ./tmp/x"]
)
def test_addresses_and_programs_are_no_mention(line: str) -> None:
    assert not find_mentions(line)
