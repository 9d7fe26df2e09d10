"""Published polls on Russian opinion about the war against Ukraine, with every source.

The package knows files and columns; it knows no model and no picture.

>>> import polls
>>> obs = polls.series("support")
>>> sorted(obs["sector"].unique())[:2]
['academic', 'foreign']
"""

from polls.rules import check
from polls.tables import DataError, codebook, export, load, show, template
from polls.tidy import experiments, left_out, series, splits

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
