"""From the tables to tidy rows that a model can take: polls, subgroups, arms of experiments.

`series` gives one row per poll, `left_out` the polls that are not among them and why,
`readings` the printed percentages and how often each was read,
`splits` one row per poll and subgroup, `experiments` one per pair of arms and answer.
All add the answers of a question up to sides with `derive_shares`.
"""

from polls.tidy._experiments import experiments
from polls.tidy._readings import describe_readings, readings
from polls.tidy._series import left_out, series
from polls.tidy._shares import KEYS, derive_shares
from polls.tidy._splits import splits

__all__ = [
    "KEYS",
    "derive_shares",
    "describe_readings",
    "experiments",
    "left_out",
    "readings",
    "series",
    "splits",
]
