"""What is asked, and how: questions side by side, poles, wordings, experiments, events, splits."""

from analysis.questions.changes import choose_model, paired_change, within_house_changes
from analysis.questions.events import EventsCheck, check_events, shift_everywhere
from analysis.questions.experiments import arm_differences, pool_differences
from analysis.questions.poles import take_opinion_holders, take_pole
from analysis.questions.splits import split_gaps, split_trends
from analysis.questions.wording import explained_spread, wording_effects

__all__ = [
    "EventsCheck",
    "arm_differences",
    "check_events",
    "choose_model",
    "explained_spread",
    "paired_change",
    "pool_differences",
    "shift_everywhere",
    "split_gaps",
    "split_trends",
    "take_opinion_holders",
    "take_pole",
    "within_house_changes",
    "wording_effects",
]
