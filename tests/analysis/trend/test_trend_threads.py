"""Importing the models limits BLAS to one thread, and waits for nothing that a fit needs not."""

import os
import subprocess
import sys

import pytest

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


def test_a_fit_does_not_wait_for_statsmodels(root):
    program = (
        "import sys, polls, analysis\n"
        "analysis.PollTrend(polls.series('talks'), drift=True).fit().trend()\n"
        "sys.exit('statsmodels' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True)
