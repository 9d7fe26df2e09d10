"""Settings and fixtures that all tests share."""

import os
import signal
import subprocess
import tomllib
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

# Before numpy is imported anywhere: a second BLAS thread only slows the small matrices down.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hypothesis
import matplotlib as mpl
import pytest
from xdist.scheduler import LoadScopeScheduling

# Who starts the tests in the background hands Ctrl-C down as ignored, to all that they start: a
# command that a test presses Ctrl-C on would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No window may open. Not through MPLBACKEND: kernels would inherit it and draw nothing inline.
mpl.use("Agg")

# The same examples on every run, and no limit on time that a busy machine could break.
hypothesis.settings.register_profile("same_every_time", derandomize=True, deadline=None)
# For benches that look for what the tests have not met.
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("same_every_time")

# Scripts that once made reference numbers with other programs; those are not installed here.
collect_ignore = ["reference"]

ROOT = Path(__file__).resolve().parents[1]

SITE = "tests/web/"
# Single tests there take long: begun first, so that no process waits for another at the end.
FIRST = ("notebooks/", SITE, "tests/house/")


# First, as pytest itself leaves out afterwards what `-m` does not name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and draw the cases that stay quick of each long family."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    families = defaultdict(list)
    for item in items:
        mark = item.get_closest_marker("long")
        if mark and mark.kwargs.get("quick"):
            families[item.nodeid.partition("[")[0], mark.kwargs["quick"]].append(item)
    for (_, number), family in families.items():
        for item in sorted(family, key=_draw)[:number]:
            item.add_marker(pytest.mark.quick)


def _draw(item: pytest.Item) -> int:
    """A number by the name of a case: all over a family, and alike for all tests that have it."""
    return zlib.crc32(item.nodeid.partition("[")[2].encode())


class InModules(LoadScopeScheduling):
    """A module in one process; so are all tests of the site, which is built once for them."""

    def _split_scope(self, nodeid: str) -> str:
        return SITE if nodeid.startswith(SITE) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InModules:
    """Share tests among processes so."""
    return InModules(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    """The project table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="session")
def repository_files() -> list[Path]:
    """All files that git tracks or would track, as absolute paths."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or a folder without history
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
        made = {".git", *(name.strip("/") for name in ignored)}
        paths = (path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts))
    else:
        paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())
