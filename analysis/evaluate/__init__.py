"""Is a model to be believed: simulated polls, calibration, and back-tests on real ones.

``runner`` runs the many fits of all of these.

``simulation`` draws polls from a model and ``calibration`` asks how often intervals hold the truth.
``backtest`` predicts each poll from those before it, by models and ``baselines``; ``scores`` judges
one prediction, and ``comparison`` models over all of them, with the rule that chooses one.
``leave_out`` hides a house at a time, ``dispersion`` asks whether polls scatter as samples do, and
``priors`` how much hangs on what was assumed; ``multiverse`` crosses all choices; ``forecasts``
are written down before a wave and scored after it, ``many`` fits tables of many series, and
``how_good`` tells it all to everybody.
"""

from analysis.evaluate.backtest import (
    CANDIDATES,
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
    find_floor,
)
from analysis.evaluate.dispersion import check_dispersion, dispersion_by_house
from analysis.evaluate.forecasts import (
    FORECAST_COLUMNS,
    SCORE_COLUMNS,
    add_forecasts,
    make_forecasts,
    score_forecasts,
)
from analysis.evaluate.how_good import (
    SUMMARY_COLUMNS,
    describe_candidates,
    how_good,
    is_summary_current,
    say_how_good,
    summarise_backtest,
)
from analysis.evaluate.leave_out import describe_targets, leave_house_out
from analysis.evaluate.many import FIT_COLUMNS, SeriesTable, fit_many
from analysis.evaluate.multiverse import (
    CHOICES,
    OUTCOMES,
    digest_polls,
    explain_variance,
    is_current,
    multiverse,
    summarise_multiverse,
)
from analysis.evaluate.priors import prior_sensitivity
from analysis.evaluate.simulation import Simulated, simulate_answers, simulate_polls

__all__ = [
    "BASELINES",
    "CANDIDATES",
    "CHOICES",
    "FIT_COLUMNS",
    "FORECAST_COLUMNS",
    "HORIZONS",
    "MODELS",
    "OUTCOMES",
    "ROW_COLUMNS",
    "SCORE_COLUMNS",
    "SUMMARY_COLUMNS",
    "USUAL_MODELS",
    "SeriesTable",
    "Simulated",
    "TrendModel",
    "add_forecasts",
    "average_scores",
    "backtest",
    "check_calibration",
    "check_dispersion",
    "choose_model",
    "compare_models",
    "count_pit",
    "describe_candidates",
    "describe_targets",
    "digest_polls",
    "dispersion_by_house",
    "explain_variance",
    "find_floor",
    "fit_many",
    "how_good",
    "is_current",
    "is_summary_current",
    "leave_house_out",
    "make_forecasts",
    "multiverse",
    "prior_sensitivity",
    "published_model",
    "say_how_good",
    "score_forecasts",
    "simulate_answers",
    "simulate_polls",
    "summarise_backtest",
    "summarise_multiverse",
]
