"""Execute the notebooks: as copies elsewhere, or in place to store new outputs.

    python notebooks/run.py --out build/notebooks           # make figures
    python notebooks/run.py --in-place                      # make notebooks
    python notebooks/run.py --in-place 02_support_trend     # one of them

A notebook is written only after all of its cells have run, and without what changes from run to
run (timings, the patch release of Python), so that a rerun with the locked versions gives the
same bytes. Counts and outputs stay: they are what nbval compares.
"""

import argparse
import os
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if __name__ == "__main__":
    # Nothing has to be cleared away on Ctrl-C: a kernel ends with the process that started it.
    signal.signal(
        signal.SIGINT, lambda *_: os._exit(os.write(2, b"notebooks: stopped by Ctrl-C\n") and 130)
    )

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

HERE = Path(__file__).parent
# A cell of a notebook that runs under a minute: anything slower hangs. nbval has the same limit.
CELL_TIMEOUT_SECONDS = 120
# Terminal colours of a traceback; they are noise in the log of a continuous integration.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    options = parse_options(argv)
    paths = find_notebooks(HERE, options.names)
    if not paths:
        print(f"No notebook of that name in {HERE}: {' '.join(options.names)}", file=sys.stderr)
        return 2
    for path in paths:
        start = time.monotonic()
        target = path if options.in_place else options.out / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            notebook = execute(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            print(f"{path.name}: {COLOURS.sub('', str(error))}", file=sys.stderr)
            return 1
        save_notebook(strip_volatile(notebook), target)
        print(f"{path.name}: {time.monotonic() - start:.0f} s", flush=True)
    return 0


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path, metavar="DIR", help="write executed copies to DIR")
    where.add_argument("--in-place", action="store_true", help="store the outputs in notebooks/")
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks to run; default: all")
    return parser.parse_args(argv)


def find_notebooks(folder: Path, names: list[str]) -> list[Path]:
    """Notebooks of a folder in the order of their numbers, all or those named."""
    wanted = {Path(name).stem for name in names}
    paths = sorted(folder.glob("*.ipynb"))
    return [path for path in paths if not wanted or path.stem in wanted]


def execute(path: Path) -> NotebookNode:
    """Run all cells of a notebook in a fresh kernel that starts beside it, as one's own does."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        # A kernel warns at every start that it talks over local TCP, unencrypted. It does.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    # In a thread, as in the main one nbclient answers Ctrl-C itself, and with a traceback.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(client.execute).result()


def strip_volatile(notebook: NotebookNode) -> NotebookNode:
    """Keep of the metadata what a reader or a tool needs: the kernel, tags, alt text of cells."""
    notebook = NotebookNode(notebook)
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for cell in notebook.cells:
        kept = {name: cell.metadata.get(name) for name in ("tags", "alt")}
        cell.metadata = NotebookNode({name: value for name, value in kept.items() if value})
    return notebook


def save_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one step: an interrupted run leaves the old file whole."""
    part = path.with_suffix(".part")
    part.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
