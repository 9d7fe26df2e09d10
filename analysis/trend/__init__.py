"""The trend of one share with house effects: the model, its options, its results.

:mod:`~analysis.trend.model` is what users type.  It holds a frozen
:class:`~analysis.trend.specification.TrendSpecification`; a fit makes of it a frozen
:class:`~analysis.trend.fitted.FittedTrend`, which the tables read (``level``, ``effects``,
``prediction``, ``budget``, ``report``) and :mod:`~analysis.trend.results` gathers behind one face.
Below are ``solver/``, exact given the hyperparameters, and ``hyperparameters/``, which integrates
over them.  ``statespace`` is the same model for statsmodels, imported only when asked for.
"""

from analysis.trend.crosscheck import explain_cross_check
from analysis.trend.model import PollTrend
from analysis.trend.options import COMMON_ERROR, PUBLISHED, TrendOptions
from analysis.trend.prediction import predict_polls
from analysis.trend.report import as_record
from analysis.trend.results import PollTrendResults

__all__ = [
    "COMMON_ERROR",
    "PUBLISHED",
    "PollTrend",
    "PollTrendResults",
    "TrendOptions",
    "as_record",
    "explain_cross_check",
    "predict_polls",
]
