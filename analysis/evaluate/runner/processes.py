"""Tasks on several processes of this machine, by joblib."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from analysis.evaluate.runner.errors import GO_ON, RunError

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_on_processes(
    n_processes: int, function: Callable[[Task], Result], tasks: Iterator[tuple[int, Task]]
) -> Iterator[tuple[int, Result]]:
    """Position and result of each task, as they finish; two a process are taken at one time.

    Raises
    ------
    RunError
        When a process is ended from outside.
    """
    # Where the limits of a process are narrow, joblib warns as soon as it is imported.
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = Parallel(
        n_jobs=n_processes,
        return_as="generator_unordered",
        pre_dispatch=2 * n_processes,
        batch_size=1,
    )
    try:
        yield from parallel(delayed(_call)(function, i, task) for i, task in tasks)
    except TerminatedWorkerError:
        found = "a process was ended from outside, by the system when memory ran out, or by hand"
        raise RunError(found, f"{GO_ON}; fewer --jobs need less memory") from None


def _call(function: Callable[[Task], Result], i: int, task: Task) -> tuple[int, Result]:
    return i, function(task)
