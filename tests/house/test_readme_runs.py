"""What the Markdown pages tell a reader to type works, and their links lead somewhere."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.paths import ROOT

FOLDERS = [".", "polls", "analysis", "figures", "notebooks", "benchmarks"]
PAGES = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"python -m (polls|analysis|figures)(?: ([a-z][a-z-]*))?")
# Up to what ends a command: a comment, a pipe, the end of the line or of what is quoted.
OPTIONS = re.compile(r"python -m (polls|analysis|figures) ([a-z][a-z-]*)([^`\n#|>]*)")
TARGET = re.compile(r"(?:^|`)make ([a-z]+)\b", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def name_page(path: Path) -> str:
    """A page as the id of a test."""
    return path.relative_to(ROOT).as_posix()


def find_blocks(page: Path) -> list[str]:
    """Python blocks of a page."""
    return PYTHON_BLOCK.findall(page.read_text(encoding="utf-8"))


def find_in_pages(pattern: re.Pattern[str]) -> list[tuple[str, ...]]:
    """What a pattern finds in any page, each once."""
    matches = (match for page in PAGES for match in pattern.finditer(page.read_text("utf-8")))
    return sorted({tuple(part or "" for part in match.groups()) for match in matches})


@pytest.mark.long("each page and command is a Python of its own")
@pytest.mark.parametrize("page", list(filter(find_blocks, PAGES)), ids=name_page)
def test_python_blocks_run_as_printed(page: Path, tmp_path: Path) -> None:
    """All blocks of a page in their order, as one script, away from the repository."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(find_blocks(page)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-W", "error", str(script)]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.long("each page and command is a Python of its own", quick=1)
@pytest.mark.parametrize("package", ["polls", "analysis", "figures"])
def test_each_package_is_a_command(package: str) -> None:
    command = [sys.executable, "-m", package, "--help"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert f"python -m {package}" in ran.stdout


@pytest.mark.parametrize(("package", "verb"), find_in_pages(COMMAND))
def test_each_command_exists_and_shows_an_example(
    package: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the package does as a command, without waiting for a process of its own."""
    command = importlib.import_module(f"{package}.__main__")
    with pytest.raises(SystemExit) as ended:
        command.main([*([verb] if verb else []), "--help"])
    assert ended.value.code == 0
    assert f"python -m {package}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("package", "verb", "option"),
    sorted(
        {
            (package, verb, option)
            for package, verb, rest in find_in_pages(OPTIONS)
            for option in re.findall(r"(?<!\S)(--[a-z][a-z-]*)", rest)
        }
    ),
)
def test_each_option_of_a_command_exists(
    package: str, verb: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        importlib.import_module(f"{package}.__main__").main([verb, "--help"])
    assert re.search(rf"{option}(?![\w-])", capsys.readouterr().out)


@pytest.mark.parametrize("target", [target for (target,) in find_in_pages(TARGET)])
def test_each_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name_page)
def test_each_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
