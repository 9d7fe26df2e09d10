"""Results in the forms that other programs know: summaries, predictions, plots.

Frames and distributions in, no model known here.  ``prediction`` and ``summary`` are as in
statsmodels, ``inference_data`` is for ArviZ, ``parts`` holds draws of several parts, ``plots``
draws on axes, ``tables`` shows frames to readers.  What needs a further library imports it only
when asked.
"""

from analysis.present import plots
from analysis.present.inference_data import make_inference_data
from analysis.present.parts import PartsDraws, refuse_door
from analysis.present.prediction import PredictionResults
from analysis.present.tables import ReadersTable, show_table

__all__ = [
    "PartsDraws",
    "PredictionResults",
    "ReadersTable",
    "make_inference_data",
    "plots",
    "refuse_door",
    "show_table",
]
