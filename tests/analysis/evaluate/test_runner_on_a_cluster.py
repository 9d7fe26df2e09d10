"""A real Dask cluster gives what one process gives, and outlives the loss of a worker."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

from analysis.evaluate.runner import RunError, Runner, cluster

pytestmark = pytest.mark.long("a Dask cluster is started")

N_TASKS = 12


def work(task: tuple[int, str]) -> tuple[int, int]:
    """Take a moment; say the process, also in a file for those who want to end it."""
    number, folder = task
    Path(folder, str(os.getpid())).touch()
    time.sleep(0.1)
    return number**2, os.getpid()


def name_code() -> str:
    """The same on all machines."""
    return "1"


def name_process() -> str:
    """Another on each worker, as other code would be."""
    return str(os.getpid())


@pytest.fixture(scope="module")
def local_cluster():
    """Two processes of one thread each, with a nanny that starts a lost one again."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as made:
        yield made


def test_a_worker_that_is_killed_in_mid_run_changes_no_result(local_cluster, tmp_path):
    runner = Runner(cluster=local_cluster.scheduler_address, stamp=name_code)
    tasks = [(number, str(tmp_path)) for number in range(N_TASKS)]
    found, killed = {}, None
    for i, (result, process) in runner.stream(work, tasks):
        found[i] = result
        if killed is None:
            killed = process
            os.kill(killed, signal.SIGKILL)
    assert found == {number: number**2 for number in range(N_TASKS)}
    assert len(list(tmp_path.iterdir())) >= 2  # both processes took part
    assert killed != os.getpid()


def test_a_worker_with_other_code_is_refused(local_cluster, tmp_path):
    runner = Runner(cluster=local_cluster.scheduler_address, stamp=name_process)
    with pytest.raises(RunError, match="a worker has other code, or other versions"):
        runner.run(work, [(1, str(tmp_path))])


def test_a_cluster_that_does_not_answer_is_one_clear_error(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RunError, match=f"no cluster answers at {address}; start `dask sch"):
            Runner(cluster=address).run(work, [(1, ".")])


def test_what_is_no_address_is_one_clear_error():
    with pytest.raises(RunError, match="no cluster answers at nowhere://x"):
        Runner(cluster="nowhere://x").run(work, [(1, ".")])


@pytest.mark.parametrize(
    ("words", "reason"),
    [("first line\nsecond", "first line"), ("", "it does not answer")],
)
def test_the_reason_is_a_line_whatever_the_cluster_says(monkeypatch, words, reason):
    def refuse(address, timeout):
        raise OSError(words)

    monkeypatch.setattr("distributed.Client", refuse)
    with pytest.raises(RunError, match=rf"check the address \({reason}\)$"):
        Runner(cluster="tcp://127.0.0.1:1").run(work, [(1, ".")])


def test_a_cluster_without_workers_is_one_clear_error(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.3)
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(RunError, match="has no worker; start one or more: dask worker tcp://"),
    ):
        Runner(cluster=empty.scheduler_address).run(work, [(1, ".")])
