"""Is a model to be believed: simulated polls, calibration, and back-tests on real ones.

``runner`` runs the many fits of all of these.

``simulation`` draws polls from a model and ``calibration`` asks how often intervals hold the truth.
``backtest`` predicts each poll from those before it, by models and ``baselines``; ``scores`` judges
one prediction, and ``comparison`` models over all of them, with the rule that chooses one.
``leave_out`` hides a house at a time, ``dispersion`` asks whether polls scatter as samples do, and
``priors`` how much hangs on what was assumed.
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
from analysis.evaluate.dispersion import check_dispersion, dispersion_by_house
from analysis.evaluate.leave_out import describe_targets, leave_house_out
from analysis.evaluate.priors import prior_sensitivity
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
    "check_dispersion",
    "choose_model",
    "compare_models",
    "count_pit",
    "describe_targets",
    "dispersion_by_house",
    "leave_house_out",
    "prior_sensitivity",
    "published_model",
    "simulate_answers",
    "simulate_polls",
]
