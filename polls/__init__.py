"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

from polls.entry.template import template
from polls.rules.check import check
from polls.tables.codebook import codebook
from polls.tables.export import export
from polls.tables.load import load
from polls.tables.parse import DataError
from polls.tables.show import show
from polls.tables.version import version
from polls.tidy.experiments import experiments
from polls.tidy.readings import readings
from polls.tidy.series import left_out, series
from polls.tidy.splits import splits

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
