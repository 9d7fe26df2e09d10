"""Render the published figures: python -m figures [SLUG ...], python -m figures list."""

import argparse
import difflib
import importlib
import os
import re
import signal
import sys
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from figures.catalogue import ENTRIES
from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import LANGUAGES, SIZES, Edition
from figures.kit.fonts import find_missing
from figures.kit.labels import TABLE, missing_labels
from figures.kit.save import FORMATS, save_renderings
from figures.processes import choose_start, group_by_model
from polls.tables import run_to_end

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PUBLISHED = Path("figures/published")
# So few figures are drawn sooner than other processes start.
FEW = 3
EXAMPLE = """\
Examples:
  python -m figures                                   all figures, into figures/published
  python -m figures trend-support --size wide phone --out mine  one figure in other sizes
  python -m figures --as-of 2022-04-18 --out vintage  from the polls published by then
  python -m figures list                              what there is

A figure's folder holds what the last run made of it, and nothing older. Without --out only the
published set is written, as it is published: in English, for an article, in all formats.
"""


def main(argv: list[str] | None = None) -> int:
    """Render figures; 0 done, 1 data or disk are at fault, 2 the call is."""
    return run_to_end("figures", lambda: _run(argv))


def _run(argv: list[str] | None) -> int:
    options = _make_parser().parse_args(argv)
    if options.slugs == ["list"]:
        for entry in ENTRIES:
            print(f"{entry.slug:<24} {entry.about}")
        return 0
    fault = _find_fault(options.slugs, options.lang) or _find_loss(options)
    options.out = options.out or PUBLISHED
    if fault:
        print(f"figures: {fault}", file=sys.stderr)
        return 2
    try:
        # Before any model is fitted: a folder that cannot be written is told at once.
        options.out.mkdir(parents=True, exist_ok=True)
        _render(_choose(options.slugs), options)
    except OSError as error:
        reason = error.strerror or str(error)
        cure = "Choose another folder with --out."
        print(f"figures: cannot write {error.filename}: {reason}. {cure}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"figures: {error}", file=sys.stderr)
        return 1
    except BrokenProcessPool:
        print(
            "figures: a process was ended from outside. Try again with --jobs 1.", file=sys.stderr
        )
        return 1
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m figures",
        description="Render the published figures, each into a folder of its own.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="figures; all if none; or: list")
    parser.add_argument(
        "--lang", nargs="+", choices=LANGUAGES, default=["en"], help="languages; default: en"
    )
    parser.add_argument(
        "--size", nargs="+", choices=list(SIZES), default=["article"], help="default: article"
    )
    parser.add_argument(
        "--format", nargs="+", choices=FORMATS, default=list(FORMATS), help="default: all of them"
    )
    parser.add_argument(
        "--as-of",
        type=_read_day,
        metavar="DATE",
        help="only polls published by this day (YYYY-MM-DD)",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"default: {PUBLISHED}")
    parser.add_argument(
        "--credit", type=_read_credit, default="", metavar="WORDS", help="in place of our name"
    )
    parser.add_argument(
        "--jobs", type=_read_jobs, metavar="N", help="processes; default: all cores if many figures"
    )
    return parser


def _read_jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes. Write 1 or more.")
    return int(text)


def _read_credit(text: str) -> str:
    if missing := find_missing(text):
        message = f"the font of the figures has no {', '.join(map(repr, missing))}. Leave it out."
        raise argparse.ArgumentTypeError(message)
    return text


def _read_day(text: str) -> pd.Timestamp:
    try:
        if not DAY.fullmatch(text):  # Python reads 2022-W16-1 and 20220418 too
            raise ValueError(text)
        return pd.Timestamp(date.fromisoformat(text))
    except ValueError:
        message = f"{text!r} is no day. Write it as 2022-04-18."
        raise argparse.ArgumentTypeError(message) from None


def _find_fault(slugs: list[str], langs: list[str]) -> str:
    """What is wrong with the call, and the cure; empty if nothing."""
    known = [entry.slug for entry in ENTRIES]
    for slug in slugs:
        if slug not in known:
            near = difflib.get_close_matches(slug, known, n=1, cutoff=0.0)
            return f"There is no figure {slug!r}. The nearest is {near[0]!r}; `list` shows all."
    for lang in langs:
        if missing := missing_labels(lang):
            return (
                f"Labels without words in {lang!r}: {len(missing)}, the first is "
                f"{missing[0]!r}. Fill column {lang} of {TABLE.name}."
            )
    return ""


def _find_loss(options: argparse.Namespace) -> str:
    """What the call would take from the published set, and the cure; empty if nothing."""
    published = _make_parser().parse_args([])
    others = [
        f"--{name.replace('_', '-')}"
        for name in ("lang", "size", "format", "as_of", "credit")
        if getattr(options, name) != getattr(published, name)
    ]
    if options.out or not others:
        return ""
    return (
        f"With {' and '.join(others)} this is not the published set, and would replace figures of "
        f"{PUBLISHED}. Say where it goes with --out, such as --out build/figures."
    )


def _choose(slugs: list[str]) -> list[Entry]:
    return [entry for entry in ENTRIES if not slugs or entry.slug in slugs]


def _render(entries: list[Entry], options: argparse.Namespace) -> None:
    """Render figures, several processes at a time if there are many."""
    todo = deque([entry.slug for entry in together] for together in group_by_model(entries))
    # A pool starts all of its processes at once, whether or not there is work for them.
    jobs = min(options.jobs or (os.cpu_count() or 1 if len(entries) > FEW else 1), len(todo))
    if jobs == 1:
        _work_off(todo, options)
        return
    # Processes find functions by the name of their module, which is not that of a program.
    door = importlib.import_module("figures.__main__")
    with ProcessPoolExecutor(jobs - 1, choose_start(), door._start_process, (options,)) as pool:
        waiting: deque[Future[None]] = deque()

        def hand_out(done: Future[None] | None = None) -> None:
            if done and done.exception():
                todo.clear()  # what failed ends the run
            if slugs := _take(todo):
                waiting.append(pool.submit(door._render_slugs, slugs))
                waiting[-1].add_done_callback(hand_out)

        try:
            # Processes inherit this: none can be stopped, with a traceback, before it has begun.
            stopped = signal.signal(signal.SIGINT, signal.SIG_IGN)
            for _ in range(jobs - 1):
                hand_out()
            signal.signal(signal.SIGINT, stopped)
            # While the others start, and then beside them.
            _work_off(todo, options)
            while waiting:
                waiting.popleft().result()
        except BaseException:
            todo.clear()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _work_off(todo: "deque[list[str]]", options: argparse.Namespace) -> None:
    """Render what is left to do, in this process."""
    _start_worker(options)
    while slugs := _take(todo):
        _render_slugs(slugs)


def _take(todo: "deque[list[str]]") -> list[str]:
    """Next work of a queue that several threads take from; empty when there is none."""
    try:
        return todo.popleft()
    except IndexError:
        return []


def _render_one(entry: Entry, fitted: FittedPolls, options: argparse.Namespace) -> None:
    start = time.monotonic()
    editions = [
        Edition(lang, size, credit=options.credit) for size in options.size for lang in options.lang
    ]
    try:
        renderings = [entry.render(fitted, edition) for edition in editions]
        data = entry.make_data(fitted)
    except ValueError as error:
        # Early on some questions had not been asked; the other figures need not wait.
        if options.as_of is None or entry.slug in options.slugs:
            raise
        print(f"{entry.slug}: left out: {error}", file=sys.stderr)
        return
    folder = save_renderings(renderings, options.out / entry.slug, data, formats=options.format)
    seconds = time.monotonic() - start
    print(f"{folder} ({len(renderings)} drawn, {seconds:.1f} s)", file=sys.stderr)


# What a worker process renders with: models fitted for one figure serve its next ones.
_worker: dict[str, Any] = {}


def _start_process(options: argparse.Namespace) -> None:
    """Begin as a process of several, which Ctrl-C ends without a word of its own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _start_worker(options)
    # From now on there may be half a figure to clear away.
    signal.signal(signal.SIGINT, lambda number, frame: sys.exit(128 + number))


def _start_worker(options: argparse.Namespace) -> None:
    _worker.update(fitted=_load_polls(options.as_of), options=options)


def _render_slugs(slugs: list[str]) -> None:
    for entry in _choose(slugs):
        _render_one(entry, _worker["fitted"], _worker["options"])


def _load_polls(as_of: pd.Timestamp | None) -> FittedPolls:
    """Fetch the tables and polls; the only place that knows the data package."""
    import analysis
    import polls

    def series(construct: str, **options: Any) -> pd.DataFrame:
        obs = polls.series(construct, **options)
        return obs if as_of is None else analysis.published_by(obs, as_of)[0]

    arms = polls.experiments()
    if as_of is not None:
        try:
            arms = analysis.published_by(arms, as_of)[0]
        except analysis.PollInputError:  # polls may precede the first experiment
            arms = arms.iloc[:0]
    newest = polls.version()
    version = (newest.date, newest.digest)
    return FittedPolls({**polls.load(), "arms": arms}, series, as_of, version)


if __name__ == "__main__":
    sys.exit(main())
