"""nbval runs the notebooks where clock, language and network are not those of the reference.

An output that depends on any of them differs from the stored one, and is seen.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

# Examples in docstrings are looked for by importing: what is there would limit this process too.
# The scripts beside it find each other only when they are run.
collect_ignore_glob = ["elsewhere", "*.py"]

HERE = Path(__file__).parent
ELSEWHERE = {"TZ": "Asia/Vladivostok", "LANG": "C", "LC_ALL": "C"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Start the kernel with its own environment: it starts when the first cell is set up."""
    del item
    paths = [str(HERE / "elsewhere"), os.environ.get("PYTHONPATH", "")]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ELSEWHERE.items():
            patch.setenv(name, value)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        yield
