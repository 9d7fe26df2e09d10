"""Results in the forms that other programs know: summaries, predictions, plots.

Frames and distributions in, no model known here.  ``prediction`` and ``summary`` are as in
statsmodels, ``inference_data`` is for ArviZ, ``parts`` is the face that results of several parts
have in common, ``plots`` draws on axes, ``tables`` shows frames to readers.  What needs a further
library imports it only when asked.
"""

from analysis.present import plots
from analysis.present.inference_data import make_inference_data
from analysis.present.parts import PartsResults, choose_draws, parts_table
from analysis.present.prediction import PredictionResults
from analysis.present.tables import ReadersTable, show_table

__all__ = [
    "PartsResults",
    "PredictionResults",
    "ReadersTable",
    "choose_draws",
    "make_inference_data",
    "parts_table",
    "plots",
    "show_table",
]
