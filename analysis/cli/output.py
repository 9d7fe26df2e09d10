"""How the verbs of the command line give their results: files, warnings, text or JSON."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from tqdm import tqdm

from analysis.base.text import plain
from analysis.cli.files import find_obstacle, write_tables
from analysis.cli.inputs import CommandError
from analysis.present import PartsResults
from analysis.trend.results import PollTrendResults

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

# Seconds after which people wonder whether anything happens, and between two signs of life.
LONG_WAIT, TICK = 10.0, 1.0
# Options that name files to read.
INPUTS = ["input", "new", "anchors", "events", "cells", "population", "score", "polls", "results"]


def check_outputs(args: argparse.Namespace) -> None:
    """Refuse, before any work, output files that would destroy something.

    Raises
    ------
    CommandError
        When two options name one file, or one names the input, a folder, a disk or what is
        protected.
    """
    inputs = {option: getattr(args, option, None) for option in INPUTS}
    seen = {
        os.path.realpath(path): f"--{option}" for option, path in inputs.items() if path is not None
    }
    for name in ("out", "houses_out", "summary", "register"):
        option = "--" + name.replace("_", "-")
        target: Path | None = getattr(args, name, None)
        if target is None:
            continue
        if obstacle := find_obstacle(target):
            raise CommandError(f"{option} {target} {obstacle}")
        place = os.path.realpath(target)
        if place in seen:
            raise CommandError(f"{seen[place]} and {option} name one file; name two")
        seen[place] = option


def give(
    args: argparse.Namespace,
    record: Callable[[], Mapping[str, Any]],
    text: Callable[[], str],
    *tables: tuple[Path | None, pd.DataFrame | Callable[[], pd.DataFrame]],
    results: PollTrendResults | PartsResults | None = None,
    notes: Sequence[str] | None = None,
) -> None:
    """Write the tables that were asked for, then warn and print.

    Parameters
    ----------
    args : Namespace
        Whose ``json`` decides what is printed.
    record, text : callable
        Make what is printed: numbers and words for JSON, or a text.
    *tables : tuple of path and DataFrame, or of path and callable
        As for :func:`analysis.cli.files.destinations.write_tables`; what makes a table is called
        only when it has a path.
    results : PollTrendResults or PartsResults, optional
        Of the fit whose warnings must not go unread.
    notes : sequence of str, optional
        Warnings of verbs that give no single fit, or of more than it; they also go into the
        record.
    """

    def make() -> Mapping[str, Any]:
        return record() if notes is None else {**record(), "warnings": list(notes)}

    with tell_of_waiting("working out tables"):
        printed = json.dumps(plain(make()), indent=2, ensure_ascii=False) if args.json else text()
        asked = [(path, table) for path, table in tables if path is not None]
        made = [(path, table() if callable(table) else table) for path, table in asked]
    write_tables(*made)
    of_fit = results.diagnostics()["warnings"] if results is not None else ()
    for told in (*(notes or ()), *of_fit):
        print(f"warning: {told}", file=sys.stderr)
    print(printed)


@contextlib.contextmanager
def tell_of_waiting(what: str, after: float = LONG_WAIT) -> Iterator[None]:
    """Say on stderr what is waited for, and how long already, once work takes more than that.

    Nothing is said when stderr is no terminal, and what was said goes when the work is done.

    Parameters
    ----------
    what : str
    after : float
        Seconds.
    """
    is_done = threading.Event()

    def tell() -> None:
        if is_done.wait(after):
            return
        shape = "{desc}: {elapsed}"
        with tqdm(desc=what, bar_format=shape, file=sys.stderr, leave=False) as bar:
            bar.start_t -= after
            while not is_done.wait(TICK):
                bar.refresh()

    teller = threading.Thread(target=tell, daemon=True)
    if sys.stderr.isatty():
        teller.start()
    try:
        yield
    finally:
        is_done.set()
        if teller.is_alive():
            teller.join()


class Parser(argparse.ArgumentParser):
    """A parser whose help, when it cannot be written, is no silent success.

    argparse lets such errors pass where it writes more than a buffer holds.
    """

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help, to standard output unless told otherwise."""
        print(self.format_help(), end="", file=file)


@contextlib.contextmanager
def _replace_closed() -> Iterator[None]:
    """Let outputs that are closed from the start go nowhere: print would take the other one."""
    with contextlib.ExitStack() as stack:
        for output, redirect in (
            (sys.stdout, contextlib.redirect_stdout),
            (sys.stderr, contextlib.redirect_stderr),
        ):
            if output is None:
                nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
                stack.enter_context(redirect(nowhere))
        yield


@_replace_closed()
def run_to_end(program: str, run: Callable[[], int]) -> int:
    """Run a command line whose output may be cut short; each such end is at most one line.

    Parameters
    ----------
    program : str
        Begins the line.
    run : callable
        Returns the exit code.

    Returns
    -------
    int
        That of the command; 0 when the reader of the output has seen enough, 1 when the output
        cannot be written, 130 after Ctrl-C.
    """
    if getattr(signal.getsignal(signal.SIGINT), "__module__", "") == f"{program}._start":
        # Set while modules loaded; from here on there may be something to clear away.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Houses have names in any script, and a pipe may be set to a narrower encoding.
        # Names of files can be any bytes.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            return run()
        finally:  # after --help too, which leaves by an exception
            sys.stdout.flush()
    except KeyboardInterrupt:
        print(f"{program}: stopped by Ctrl-C", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _let_output_go()
        return 0
    except OSError as error:
        _let_output_go()
        name = error.filename or "standard output"
        print(f"{program}: {name} cannot be written ({error.strerror})", file=sys.stderr)
        return 1


def _let_output_go() -> None:
    """Send what is still to be printed nowhere, or the end of the process would try again."""
    with contextlib.suppress(OSError):  # an output that is no file has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
