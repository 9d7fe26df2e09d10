"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

from polls.arms import experiments
from polls.checks import check
from polls.codebook import codebook
from polls.export import export
from polls.load import load
from polls.parse import DataError
from polls.show import show
from polls.subgroups import splits
from polls.template import template
from polls.tidy import left_out, series

__all__ = [
    "DataError",
    "check",
    "codebook",
    "experiments",
    "export",
    "left_out",
    "load",
    "series",
    "show",
    "splits",
    "template",
]
