"""Models work on one thread of BLAS, and importing them waits for nothing that a fit needs not."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long("each test is a Python of its own")

PROGRAM = """
import sys
assert "numpy" not in sys.modules
import analysis, os
print(os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"])
"""


@pytest.mark.parametrize(("given", "expected"), [({}, "1 1"), ({"OMP_NUM_THREADS": "4"}, "1 4")])
def test_threads_are_limited(root, given, expected):
    limits = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    clean = {name: value for name, value in os.environ.items() if name not in limits}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**clean, **given},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == expected


INSIDE = """
import pandas
from threadpoolctl import threadpool_info, threadpool_limits
from analysis import PollTrend
import analysis.trend.solver.posterior as posterior
threadpool_limits(2, user_api="blas")
seen = []
def spy(run):
    def spied(*args, **options):
        seen.extend(library["num_threads"] for library in threadpool_info())
        return run(*args, **options)
    return spied
run_filter = posterior.run_filter
import analysis.trend.hyperparameters.inference as inference
inference.run_filter = spy(inference.run_filter)
posterior.run_filter = spy(run_filter)
polls = pandas.DataFrame({"house_id": ["a", "b"], "start_date": "2022-03-01",
    "end_date": "2022-03-01", "sample_size": 1000, "share_pct": [70, 62]})
results = PollTrend(polls).fit("map")
assert len(seen) > 0
results.trend()
after = {library["num_threads"] for library in threadpool_info()}
print(set(seen), after)
"""


def test_the_work_has_one_thread_whatever_was_imported_first(root):
    limits = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    clean = {name: value for name, value in os.environ.items() if name not in limits}
    run = subprocess.run(
        [sys.executable, "-c", INSIDE],
        env=clean,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "{1} {2}"  # inside the work, and again when it is done


def test_no_command_waits_for_all_of_scipy_and_no_fit_for_statsmodels(root):
    program = (
        "import sys, polls, analysis.__main__\n"
        "early = 'scipy.stats' in sys.modules\n"
        "analysis.PollTrend(polls.series('talks'), drift=True).fit().trend()\n"
        "sys.exit(early or 'statsmodels' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True)
