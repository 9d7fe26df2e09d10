"""Results in the forms that other programs know: summaries, predictions, plots.

Frames and distributions in, no model known here.  ``prediction`` and ``summary`` are as in
statsmodels.  What needs a further library imports it only when asked.
"""

from analysis.present.prediction import PredictionResults

__all__ = ["PredictionResults"]
