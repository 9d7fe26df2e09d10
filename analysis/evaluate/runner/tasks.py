"""The runner: finished parts first, then the tasks that are left, wherever they run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from analysis.evaluate.runner.cluster import run_on_cluster
from analysis.evaluate.runner.processes import run_on_processes

Task = TypeVar("Task")
Made = TypeVar("Made", covariant=True)
Result = TypeVar("Result")


class Tasks(Protocol[Made]):
    """Tasks that can be counted, and gone through more than once."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Made]:
        """One after another, each time the same."""


class Parts(Protocol):
    """Where results of single tasks are kept until all are there."""

    def get(self, key: str) -> tuple[object] | None:
        """Result of a task, in a tuple of its own; None when it is not there, or damaged."""

    def put(self, key: str, result: object) -> None:
        """Keep a result: all of it or nothing."""


def package_versions() -> str:
    """Versions of what results hang on, beside the code itself."""
    return " ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "scipy"))


@dataclass(frozen=True)
class Runner:
    """How tasks are run.

    Parameters
    ----------
    jobs : int
        Processes of this machine; 1 runs all in this one.
    cluster : str
        Address of the scheduler of a Dask cluster, which then runs them; empty for none.
    parts : Parts, optional
        Where finished results are kept, and looked up before a task is run.
    stamp : callable
        Names code and versions, the same text wherever they are the same.  A finished part of
        another stamp does not count, and a worker with another one is refused.
    show_progress : bool
        Draw a bar on stderr, where that is a terminal.

    Examples
    --------
    >>> Runner().run(abs, [-1, 2, -3])
    [1, 2, 3]
    """

    jobs: int = 1
    cluster: str = ""
    parts: Parts | None = None
    stamp: Callable[[], str] = package_versions
    show_progress: bool = False

    def run(
        self, function: Callable[[Task], Result], tasks: Tasks[Task], words: str = "tasks"
    ) -> list[Result]:
        """Results of all tasks, in their order.

        Parameters
        ----------
        function : callable
            Of one task; found by its name in other processes, so of a module.
        tasks : list, or another that can be counted and gone through
            Each holds all that its result hangs on, seeds too.
        words : str
            What the bar calls them.

        Returns
        -------
        list

        Raises
        ------
        RunError
            When processes or cluster end, do not answer, or have other code.
        """
        found = dict(self.stream(function, tasks, words))
        return [found[i] for i in range(len(tasks))]

    def stream(
        self, function: Callable[[Task], Result], tasks: Tasks[Task], words: str = "tasks"
    ) -> Iterator[tuple[int, Result]]:
        """Position and result of each task, as they finish.

        Parameters
        ----------
        function, tasks, words
            As for :meth:`run`; the tasks may be made as they are asked for, as long as they can
            be gone through twice.  A few for each process are there at one time.

        Yields
        ------
        tuple of int and result
        """
        is_shown = self.show_progress and sys.stderr.isatty()
        with tqdm(total=len(tasks), desc=words, file=sys.stderr, disable=not is_shown) as bar:
            for found in self._stream(function, tasks):
                yield found
                bar.update()

    def _stream(
        self, function: Callable[[Task], Result], tasks: Tasks[Task]
    ) -> Iterator[tuple[int, Result]]:
        """Finished parts, then the others, which become parts before they are told."""
        stamp = self.stamp() if self.parts is not None or self.cluster else ""
        keys: dict[int, str] = {}
        done: set[int] = set()
        if self.parts is not None:
            for i, task in enumerate(tasks):
                keys[i] = find_key(function, task, stamp)
                part: Any = self.parts.get(keys[i])
                if part is not None:
                    done.add(i)
                    yield i, part[0]
        left = ((i, task) for i, task in enumerate(tasks) if i not in done)
        for i, result in self._run(function, left, len(tasks) - len(done), stamp):
            if self.parts is not None:
                self.parts.put(keys[i], result)
            yield i, result

    def _run(
        self,
        function: Callable[[Task], Result],
        left: Iterator[tuple[int, Task]],
        n_left: int,
        stamp: str,
    ) -> Iterator[tuple[int, Result]]:
        """Run what is left, where the runner says."""
        if self.cluster and n_left:
            yield from run_on_cluster(self.cluster, function, left, self.stamp, stamp)
        elif min(self.jobs, n_left) > 1:
            yield from run_on_processes(min(self.jobs, n_left), function, left)
        else:
            for i, task in left:
                yield i, function(task)


def find_key(function: Callable[..., Any], task: object, stamp: str) -> str:
    """Digest of all that a result hangs on: what is done, to what, and by which code."""
    name = f"{function.__module__}.{function.__qualname__}"
    import joblib

    return str(joblib.hash((name, task, stamp)))
