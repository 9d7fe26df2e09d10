"""Tasks give the same results on one process and on two, in their order, no more than needed."""

import os

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.evaluate.runner import RunError, Runner
from analysis.evaluate.runner.tasks import find_key


def draw(seed: int) -> float:
    """A result that hangs on the seed of its task."""
    return float(np.random.default_rng(seed).normal())


def tell_process(task: int) -> int:
    """The process that runs a task."""
    return os.getpid()


def refuse(task: int) -> None:
    """Fail as bad input does."""
    raise PollInputError("no value", "give one", f"row {task}")


def end_process(task: int) -> None:
    """End the process as the system does when memory runs out."""
    os._exit(9)


def test_two_processes_give_what_one_gives_in_the_order_of_the_tasks():
    assert Runner(jobs=2).run(draw, range(9)) == [draw(seed) for seed in range(9)]


def test_one_task_needs_no_further_process():
    assert Runner(jobs=2).run(tell_process, [1]) == [os.getpid()]


def test_no_task_gives_no_result():
    assert Runner(jobs=2).run(draw, []) == []


@pytest.mark.long("several processes are started")
def test_bad_input_is_told_from_another_process_as_from_this_one():
    with pytest.raises(PollInputError, match=r"^row 1: no value; give one$"):
        Runner(jobs=2).run(refuse, [1, 1])


@pytest.mark.long("several processes are started")
def test_a_process_that_is_ended_is_one_clear_error():
    with pytest.raises(RunError, match="a process was ended from outside"):
        Runner(jobs=2).run(end_process, [1, 2])


def test_the_key_of_a_task_hangs_on_function_data_and_code():
    obs = pd.DataFrame({"house_id": ["a", "b"], "share_pct": [60.0, 61.0]})
    key = find_key(draw, ("m", obs), "1")
    assert key == find_key(draw, ("m", obs.copy(deep=True)), "1")
    others = [
        find_key(refuse, ("m", obs), "1"),
        find_key(draw, ("m", obs.assign(share_pct=[60.0, 61.1])), "1"),
        find_key(draw, ("m", obs.rename(columns={"house_id": "house"})), "1"),
        find_key(draw, ("m", obs), "2"),
    ]
    assert len({key, *others}) == 5
