"""The verbs of ``python -m analysis``: options, files in, text, JSON and files out.

Only this part of the package opens files. A verb is a module: it describes its options, fits what
they ask for and hands a record, a text and tables to :func:`analysis.cli.output.give`.
"""

from analysis.cli.bias import add_bias
from analysis.cli.claim import add_claim
from analysis.cli.composition import add_composition
from analysis.cli.effect import add_effect
from analysis.cli.groups import add_who
from analysis.cli.inputs import CommandError
from analysis.cli.lists import add_list
from analysis.cli.output import Parser, run_to_end
from analysis.cli.predict import add_predict
from analysis.cli.tipping import add_tipping
from analysis.cli.trend import add_trend

__all__ = [
    "CommandError",
    "Parser",
    "add_bias",
    "add_claim",
    "add_composition",
    "add_effect",
    "add_list",
    "add_predict",
    "add_tipping",
    "add_trend",
    "add_who",
    "run_to_end",
]
