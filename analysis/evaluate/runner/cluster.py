"""Tasks on the workers of a Dask cluster that runs already.

A worker that is ended in mid-run costs the tasks that it had: the scheduler gives them to others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from analysis.evaluate.runner.errors import GO_ON, RunError

Task = TypeVar("Task")
Result = TypeVar("Result")
# Until scheduler and a first worker have to answer, seconds each; together below 15.
ANSWER_SECONDS = 6
# A worker that was ended is back in a few seconds when its nanny lives: so long nobody gives up.
LOOK_SECONDS, MOST_LOOKS = 5, 3
# Tasks that a thread has at hand: one that runs and one that waits.
PER_THREAD = 2


def run_on_cluster(
    address: str,
    function: Callable[[Task], Result],
    tasks: Iterator[tuple[int, Task]],
    stamp: Callable[[], str],
    expected: str,
) -> Iterator[tuple[int, Result]]:
    """Position and result of each task, as they finish.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    function : callable
    tasks : iterator of int and task
        Two for each thread of the cluster are taken at one time.
    stamp : callable
        Called on each worker; what it returns must be ``expected``.
    expected : str

    Raises
    ------
    RunError
        When the cluster does not answer, has no worker or loses all, or has other code.
    """
    client = _connect(address)
    try:
        _wait_for_worker(client, address)
        yield from _run(client, function, tasks, stamp, expected)
    finally:
        client.close(timeout=LOOK_SECONDS)


def _connect(address: str) -> Any:
    """Client of a cluster that answers."""
    try:
        import distributed
    except ImportError:
        cure = "install the extra: pip install 'russian-war-polls[cluster]'"
        raise RunError("--cluster needs the package distributed", cure) from None
    connect: Callable[..., Any] = distributed.Client  # ships no types
    try:
        return connect(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:  # no such host, nobody there, no address
        reason = str(error).splitlines()[0] if str(error) else "it does not answer"
        cure = f"start `dask scheduler` there, or check the address ({reason})"
        raise RunError(f"no cluster answers at {address}", cure) from None


def _wait_for_worker(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except TimeoutError:
        cure = f"start one or more: dask worker {address}"
        raise RunError(f"the cluster at {address} has no worker", cure) from None


def _run(
    client: Any,
    function: Callable[[Task], Result],
    tasks: Iterator[tuple[int, Task]],
    stamp: Callable[[], str],
    expected: str,
) -> Iterator[tuple[int, Result]]:
    """Keep the threads of the cluster busy, and no more than that."""
    from distributed import KilledWorker

    at_work: dict[Any, int] = {}
    try:
        while True:
            for _ in range(max(1, PER_THREAD * _count_threads(client) - len(at_work))):
                i, task = next(tasks, (None, None))
                if i is None:
                    break
                call = client.submit(_call, function, task, stamp, expected, pure=False)
                at_work[call] = i
            if not at_work:
                return
            for call in _wait(client, list(at_work)):
                yield at_work.pop(call), call.result()
    except KilledWorker:
        found = "a task ended several workers, one after another"
        raise RunError(found, f"give them more memory; {GO_ON}") from None
    except ImportError as error:
        cure = "install this project on each worker, in the same version"
        raise RunError(f"a worker lacks code ({error})", cure) from None


def _count_threads(client: Any) -> int:
    return int(sum(client.nthreads().values()))


def _wait(client: Any, calls: list[Any]) -> list[Any]:
    """Calls that are done; at least one."""
    import distributed

    wait: Callable[..., Any] = distributed.wait
    without_workers = 0
    while without_workers < MOST_LOOKS:
        try:
            done = wait(calls, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            is_alone = client.status != "running" or not _count_threads(client)
            without_workers = without_workers + 1 if is_alone else 0
            continue
        if any(call.cancelled() for call in done):
            raise RunError("the cluster was ended, or lost the tasks", GO_ON)
        return list(done)
    raise RunError("the cluster has no worker any more", GO_ON)


def _call(
    function: Callable[[Task], Result], task: Task, stamp: Callable[[], str], expected: str
) -> Result:
    """Run a task, where code and versions are those of the caller."""
    if stamp() != expected:
        cure = "install this project and its packages in the same versions on each worker"
        raise RunError("a worker has other code, or other versions, than this machine", cure)
    return function(task)
