"""Is a model to be believed: polls simulated from it, and how often intervals hold the truth."""

from analysis.evaluate.calibration import check_calibration
from analysis.evaluate.simulation import Simulated, simulate_answers, simulate_polls

__all__ = ["Simulated", "check_calibration", "simulate_answers", "simulate_polls"]
