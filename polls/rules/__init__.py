"""The rules that every row of the tables is held to, a module for each kind of rule.

keys, order, dates, habits, meaning, sources, answers, sums, studies, side_tables
    The rules; each module ends with the list of them and of the tables that they read.
rule
    What a rule is, and what several of them use.

`check` runs all of them; `read_tables`, `run_rule` and `settle` are its three steps.
"""

from polls.rules._check import RULES, check, read_tables, run_rule, settle
from polls.rules.rule import Frames, Rule

__all__ = ["RULES", "Frames", "Rule", "check", "read_tables", "run_rule", "settle"]
