"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

import os
import signal
import sys

if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # python -m polls: modules load for a while, and Ctrl-C there has nothing to clear away.
    # `run_to_end` takes the usual handler back.
    signal.signal(
        signal.SIGINT, lambda *_: os._exit(os.write(2, b"polls: stopped by Ctrl-C\n") and 130)
    )

import importlib.metadata

from polls.entry import template
from polls.rules import check
from polls.tables import DataError, codebook, export, load, release, show, version
from polls.tidy import experiments, left_out, readings, series, splits

__all__ = [
    "DataError",
    "check",
    "codebook",
    "experiments",
    "export",
    "left_out",
    "load",
    "readings",
    "release",
    "series",
    "show",
    "splits",
    "template",
    "version",
]

try:
    # All three packages are one distribution; the number stands in pyproject.toml.
    __version__ = importlib.metadata.version("russian-war-polls")
except importlib.metadata.PackageNotFoundError:  # a checkout that is on the path only
    __version__ = "0+checkout"
