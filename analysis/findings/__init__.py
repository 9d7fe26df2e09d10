"""What is published as a finding: one table from which titles, pages and notebooks take numbers.

``source`` says what findings are made of, ``table`` puts them together, ``words`` shows them to
readers; each of the others tells those of one subject: ``support`` and ``questions`` how answers
moved, ``houses`` how far pollsters lie apart, ``hidden`` what experiments, refusals and fear say of
them, ``opinion`` how those who give one lie, ``parts`` how those who give none grew, ``events``
what they did at events, ``groups`` who gives them, and ``at_the_time`` of the claim of April 2022.
"""

from analysis.findings._rows import say_direction
from analysis.findings.at_the_time import CLAIMED, CLAIMED_ON, READINGS, claims_at, known_polls
from analysis.findings.events import EVENTS, event_shifts, stand_out
from analysis.findings.groups import TOLD, fit_groups, gap_line, told_waves
from analysis.findings.hidden import experiments, form_effects, list_experiments, say_lists
from analysis.findings.houses import find_extremes, state_gaps
from analysis.findings.opinion import opinion_polls, two_pollsters, window_means
from analysis.findings.parts import find_panel, fit_parts
from analysis.findings.source import Source, fit_pole, take_polls
from analysis.findings.support import support_sensitivity
from analysis.findings.table import TOPICS, findings
from analysis.findings.words import (
    judge_other_answer,
    name_span,
    show_findings,
    signed,
    whole,
)

__all__ = [
    "CLAIMED",
    "CLAIMED_ON",
    "EVENTS",
    "READINGS",
    "TOLD",
    "TOPICS",
    "Source",
    "claims_at",
    "event_shifts",
    "experiments",
    "find_extremes",
    "find_panel",
    "findings",
    "fit_groups",
    "fit_parts",
    "fit_pole",
    "form_effects",
    "gap_line",
    "judge_other_answer",
    "known_polls",
    "list_experiments",
    "name_span",
    "opinion_polls",
    "say_direction",
    "say_lists",
    "show_findings",
    "signed",
    "stand_out",
    "state_gaps",
    "support_sensitivity",
    "take_polls",
    "told_waves",
    "two_pollsters",
    "whole",
    "window_means",
]
