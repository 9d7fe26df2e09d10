"""Bring everything that is computed into step with the tables: `make refresh`.

First all is made anew beside what is stored: the headline of the README, the outputs of the
notebooks, the figures. Only when every notebook has run, which means that every guarded statement
in its prose still holds, is anything stored; then a page tells what moved. A statement that no
longer holds ends the run: the notebook, the cell and the sentence are named, and nothing changes.
"""

import difflib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    # Until all is made, nothing of it has been stored; kernels end with the process.
    words = b"refresh: stopped by Ctrl-C. Nothing was stored.\n"
    signal.signal(signal.SIGINT, lambda *_: os._exit(os.write(2, words) and 130))

import nbformat
import pandas as pd
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from readme import README, rewrite_readme
from run import (
    CELL_TIMEOUT_SECONDS,
    COLOURS,
    execute,
    find_notebooks,
    save_notebook,
    strip_volatile,
)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PUBLISHED = ROOT / "figures" / "published"
# Averages of the back-test, which notebook 08 shows.
SUMMARY = ROOT / "forecasts" / "models.csv"
BUILD = ROOT / "build" / "refresh"
PAGE = BUILD / "moved.md"
# Two kernels at a time: notebooks take a minute at most, and machines have two cores at least.
KERNELS = 2
# Lines of a notebook's outputs that are shown before and after.
SHOWN_LINES = 12
# Line of a cell at which a traceback stops.
ARROW = re.compile(r"^-+> *\d+ (.*)$", re.MULTILINE)
# What is read of a figure: the rest is pixels.
TEXTS = ("alt.txt", "caption.txt")


@dataclass(frozen=True)
class Moved:
    """A piece of text before and after."""

    where: str
    before: str
    after: str


def main() -> int:
    """Refresh; 0 done, 1 a statement no longer holds or a figure cannot be drawn."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    try:
        readme = rewrite_readme(README.read_text(encoding="utf-8"))
    except ValueError as error:
        print(f"refresh: {README.name}: {error} Nothing was stored.", file=sys.stderr)
        return 1
    renewed = renew_stored()
    if renewed is None:
        print("refresh: stored results were not computed.", file=sys.stderr)
        return 1
    kept = f"Nothing was stored but {' and '.join(renewed)}." if renewed else "Nothing was stored."
    print("== notebooks: executing all beside the stored ones", flush=True)
    faults = execute_notebooks(BUILD / "notebooks")
    if faults:
        print("\n\n".join(faults), file=sys.stderr)
        print(f"\nrefresh: mend the sentences above. {kept}", file=sys.stderr)
        return 1
    print("== figures: rendering all beside the published ones", flush=True)
    command = [sys.executable, "-m", "figures", "--out", str(BUILD / "figures")]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        print(f"refresh: the figures were not drawn. {kept}", file=sys.stderr)
        return 1
    moved = list_moves(readme)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the next moment stores all
    store(readme)
    PAGE.write_text(write_page(moved), encoding="utf-8")
    print(write_page(moved))
    print(f"== {PAGE.relative_to(ROOT)} holds this page; `git diff` shows the rest.")
    return 0


def renew_stored() -> list[str] | None:
    """Compute again the results that take minutes, where polls or model are no longer today's.

    Returns
    -------
    list of str, or None
        Files that were written; None where that failed.
    """
    import polls
    from analysis.evaluate import is_current, is_summary_current
    from figures.support import STORED_MULTIVERSE, read_multiverse

    series = {name: polls.series(name) for name in ("support", "talks")}
    jobs = ["--jobs", str(os.cpu_count() or 1)]
    commands = {}
    if not is_current(read_multiverse(), series["support"]):
        command = ["multiverse", "--construct", "support", "--out", str(STORED_MULTIVERSE)]
        commands[STORED_MULTIVERSE.name] = command
    summary = pd.read_csv(SUMMARY)
    if not is_summary_current(summary, series):
        models = list(dict.fromkeys(summary["model"]))
        command = ["backtest", "--construct", *series, "--models", *models]
        commands[SUMMARY.name] = [*command, "--summary", str(SUMMARY)]
    for command in commands.values():
        print(f"== {command[0]}: computing what is stored of it, some minutes", flush=True)
        run = [sys.executable, "-m", "analysis", *command, *jobs]
        if subprocess.run(run, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
            return None
    return list(commands)


def execute_notebooks(folder: Path) -> list[str]:
    """Execute all notebooks into a folder; what stopped any of them, in words."""
    folder.mkdir(parents=True)

    def run(path: Path) -> str:
        try:
            notebook = execute(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            return explain_failure(path, error)
        save_notebook(strip_volatile(notebook), folder / path.name)
        return ""

    with ThreadPoolExecutor(KERNELS) as pool:
        found = list(pool.map(run, find_notebooks(HERE, [])))
    return [fault for fault in found if fault]


def explain_failure(path: Path, error: Exception) -> str:
    """Name the notebook, the cell that stopped and the prose that it guards."""
    source = getattr(error, "source", None)
    last = COLOURS.sub("", str(error)).strip().splitlines()[-1]
    reason = str(getattr(error, "evalue", "")) or last.removeprefix("AssertionError:").strip()
    name = str(getattr(error, "ename", "") or type(error).__name__)
    if isinstance(error, CellTimeoutError):
        reason = f"a cell took more than {CELL_TIMEOUT_SECONDS} seconds"
    cells = nbformat.read(path, as_version=4).cells
    failing = find_failing(cells, str(error), source)
    if failing is None:
        return f"{path.name}: {name}: {reason}"
    prose = [cell.source for cell in cells[:failing] if cell.cell_type == "markdown"]
    # The arrow of the traceback tells which of the cell's guards does not hold.
    stopped = ARROW.search(COLOURS.sub("", str(error)))
    guards = "\n".join(
        f"    {line.strip()}"
        for line in cells[failing].source.splitlines()
        if (line.strip() == stopped[1].strip() if stopped else "assert" in line)
    )
    said = "\n".join(f"    {line}" for line in (prose[-1] if prose else "").splitlines())
    return (
        f"{path.name}, cell {failing}: {name}: {reason or 'a statement no longer holds'}\n"
        f"  It guards:\n{said}\n  by:\n{guards}"
    )


def find_failing(cells: list, message: str, source: object) -> int | None:
    """Place of the cell whose source stands in the message of an error."""
    for number, cell in enumerate(cells):
        text = cell.source.strip()
        if cell.cell_type == "code" and text and (text == source or text in message):
            return number
    return None


def list_moves(readme: str) -> list[Moved]:
    """What differs between the stored and the new headline, outputs and texts of figures."""
    moves = [Moved("README", README.read_text(encoding="utf-8"), readme)]
    for path in find_notebooks(HERE, []):
        moves.append(
            Moved(path.stem, read_outputs(path), read_outputs(BUILD / "notebooks" / path.name))
        )
    slugs = sorted(path.name for path in (BUILD / "figures").iterdir())
    for slug in slugs:
        for name in TEXTS:
            old = PUBLISHED / slug / name
            before = old.read_text(encoding="utf-8") if old.exists() else ""
            after = (BUILD / "figures" / slug / name).read_text(encoding="utf-8")
            moves.append(Moved(f"{slug}/{name}", before, after))
    return [move for move in moves if move.before != move.after]


def read_outputs(path: Path) -> str:
    """Text outputs of a notebook, cell after cell."""
    texts = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            texts.append(text if isinstance(text, str) else json.dumps(text))
    return "\n".join(texts)


def store(readme: str) -> None:
    """Put all that was made into its place."""
    README.write_text(readme, encoding="utf-8", newline="\n")
    for path in (BUILD / "notebooks").iterdir():
        path.replace(HERE / path.name)
    for folder in (BUILD / "figures").iterdir():
        target = PUBLISHED / folder.name
        target.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.replace(target / path.name)


def write_page(moves: list[Moved]) -> str:
    """Write what moved, before and after, as Markdown."""
    if not moves:
        return "# What moved\n\nNothing.\n"
    parts = ["# What moved"]
    for move in moves:
        lines = [
            line
            for line in difflib.unified_diff(
                move.before.splitlines(), move.after.splitlines(), n=0, lineterm=""
            )
            if re.match(r"[-+](?![-+]{2})", line)
        ]
        more = (
            f"\n... and {len(lines) - SHOWN_LINES} more lines" if len(lines) > SHOWN_LINES else ""
        )
        shown = "\n".join(lines[:SHOWN_LINES])
        parts.append(f"## {move.where}\n\n```diff\n{shown}{more}\n```")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
