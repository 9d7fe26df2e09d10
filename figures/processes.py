"""Figures drawn by several processes: how these start, and what each is given."""

import multiprocessing
from collections.abc import Iterable
from multiprocessing.context import BaseContext
from pathlib import Path

from figures.fitted_polls import Entry


def choose_start() -> BaseContext:
    """How processes start: as copies of this one, which has imported all that they need.

    Copying is safe only where nothing else runs in this process, and known to be so only on
    Linux. Elsewhere new processes import for themselves.
    """
    tasks = Path("/proc/self/task")
    alone = tasks.is_dir() and len(list(tasks.iterdir())) == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def group_by_model(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Put figures of one model together, and the longest work first.

    Examples
    --------
    >>> from figures.catalogue import ENTRIES
    >>> together = group_by_model(entry for entry in ENTRIES if entry.model == "composition")
    >>> [entry.slug for entry in together[0]]
    ['composition-support']
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.model or entry.slug, []).append(entry)
    return sorted(groups.values(), key=lambda group: -sum(entry.seconds for entry in group))
