"""Is a model to be believed: simulated polls, calibration, and back-tests on real ones.

``simulation`` draws polls from a model and ``calibration`` asks how often intervals hold the truth.
``backtest`` predicts each poll from those before it, by models and ``baselines``; ``scores`` judges
one prediction, and ``comparison`` models over all of them, with the rule that chooses one.
"""

from analysis.evaluate.backtest import (
    HORIZONS,
    MODELS,
    ROW_COLUMNS,
    USUAL_MODELS,
    TrendModel,
    backtest,
    published_model,
)
from analysis.evaluate.baselines import BASELINES
from analysis.evaluate.calibration import check_calibration
from analysis.evaluate.comparison import (
    average_scores,
    choose_model,
    compare_models,
    count_pit,
)
from analysis.evaluate.simulation import Simulated, simulate_answers, simulate_polls

__all__ = [
    "BASELINES",
    "HORIZONS",
    "MODELS",
    "ROW_COLUMNS",
    "USUAL_MODELS",
    "Simulated",
    "TrendModel",
    "average_scores",
    "backtest",
    "check_calibration",
    "choose_model",
    "compare_models",
    "count_pit",
    "published_model",
    "simulate_answers",
    "simulate_polls",
]
