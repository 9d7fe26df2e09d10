"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

from polls._start import begin, is_command

if is_command("polls"):
    begin("polls")

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
