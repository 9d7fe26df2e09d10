"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

from polls.entry import template
from polls.rules import check
from polls.tables import DataError, codebook, export, load, show, version
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
    "series",
    "show",
    "splits",
    "template",
    "version",
]
