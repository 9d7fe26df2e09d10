"""Every answer that a careful analyst could have got: all defensible choices, crossed.

"Increasing transparency through a multiverse analysis" (Steegen, Tuerlinckx, Gelman and Vanpaemel
2016, Perspectives on Psychological Science 11); drawn as a specification curve (Simonsohn, Simmons
and Nelson 2020, Nature Human Behaviour 4).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Days
from analysis.base.columns import read_numbers
from analysis.base.errors import PollInputError, row_error
from analysis.base.intervals import Distribution, interval_row
from analysis.claims import Window, windows
from analysis.evaluate._targets import GAP_SECTORS
from analysis.evaluate.backtest import name_options
from analysis.evaluate.runner import Runner
from analysis.observations.frame import prepare_observations
from analysis.trend import PUBLISHED, PollTrend, PollTrendResults

# What is published of each choice stands first, but for the model's, which PUBLISHED names.
CHOICES: dict[str, tuple[str, ...]] = {
    "share": ("all", "opinion"),
    "walk": ("constant", "calming"),
    "drift": ("static", "drift"),
    "excess": ("common", "by_house"),
    "scale": ("percent", "logit"),
    "instruments": ("joined", "split"),
    "design_effects": ("estimated", "none"),
    "base": ("base", "first_weeks", "autumn"),
    "end": ("last", "half_year"),
    "panel": ("both", "all"),
}
FIT = ("share", "walk", "drift", "excess", "scale", "instruments", "design_effects")
OUTCOMES = ("change", "gap", "level")
LEVEL_DAY = "2022-04-15"
THRESHOLDS = (50, 60)
# Of the last window, in calendar months.
HALF_YEAR = 6
# On logits a window is a mean over draws of each of its days: every tenth will do.
LOGIT_STEP = 10
# Two sides that are rounded to whole percentages may be so much more than all.
ROUNDED = 1.0
READ = ["house_id", "start_date", "end_date", "sample_size", "share_pct", "for_pct", "against_pct"]
READ += ["decimals", "n_parts", "design_effect", "sector", "instrument"]


@dataclass(frozen=True, eq=False)
class _Fit:
    """One way to prepare and to model the polls; and the windows that are told of it."""

    obs: pd.DataFrame
    choices: Mapping[str, str]
    spans: Mapping[str, Window]


def multiverse(obs: pd.DataFrame, *, runner: Runner | None = None) -> pd.DataFrame:
    """Answer three questions under each combination of choices.

    Parameters
    ----------
    obs : DataFrame
        As from ``polls.series``: polls as :class:`~analysis.trend.model.PollTrend` takes them, with
        sector; with for_pct and against_pct where shares of opinion holders are to be a choice,
        and instrument where split questions are.
    runner : Runner, optional
        Where the fits run.

    Returns
    -------
    DataFrame
        One row per specification: the columns of ``CHOICES``; is_published; n_polls, n_houses;
        change with change_lower, change_upper and prob_fall (from the base to the end, of the mean
        of the panel; points); gap with gap_lower, gap_upper and prob_state_above (state-run
        minus independent houses of the panel; points); level with level_lower, level_upper,
        prob_above_50 and prob_above_60 (of the panel in mid-April 2022; percent, without an error
        that all houses share).  NaN where the panel has no such house.

    Raises
    ------
    PollInputError
        When the polls do not span the windows, or for_pct and against_pct are no percentages of
        the same people.

    Notes
    -----
    share: of all respondents, or of those for or against (polls that print both).  walk, drift,
    excess, scale: :class:`~analysis.trend.options.TrendOptions`.  instruments: a house is one
    house, or one for each question it asked.  design_effects: those of the tables, or simple
    random samples.  base: April and May 2022, the first fortnight, October and November 2022.
    end: the last twelve or six months.  panel: houses that polled in both windows, or all.

    See Also
    --------
    explain_variance : what drives the answer.
    """
    polls = prepare_observations(obs).polls
    spans = _find_spans(polls["mid_date"].max())
    obs = _read_sides(obs)
    open_choices = {name: _levels(obs, name) for name in FIT}
    tasks = [
        _Fit(obs[[c for c in READ if c in obs]], dict(zip(FIT, levels, strict=True)), spans)
        for levels in product(*open_choices.values())
    ]
    parts = (runner or Runner()).run(fit_choices, tasks, "models of the multiverse")
    return pd.concat(parts, ignore_index=True)


def _read_sides(obs: pd.DataFrame) -> pd.DataFrame:
    """Polls whose two sides, and the sizes that these divide, are numbers and no text of a CSV."""
    if not {"for_pct", "against_pct"} <= set(obs):
        return obs
    cure = "give it in percent of all respondents, or leave it empty"
    read = functools.partial(read_numbers, obs, low=0, required=False)
    sides = {name: read(name, high=100, cure=cure) for name in ("for_pct", "against_pct")}
    total = sides["for_pct"] + sides["against_pct"]
    wrong = np.flatnonzero((total <= 0) | (total > 100 + ROUNDED))
    if len(wrong):
        found = f"{total[wrong[0]]:g} percent are for or against"
        raise row_error(obs, wrong.tolist(), "for_pct", found, cure)
    if "sample_size" in obs:
        sides["sample_size"] = read("sample_size", cure="give interviews")
    return obs.assign(**sides)


def digest_polls(obs: pd.DataFrame) -> str:
    """Name the polls that a result was made from, by all that enters it.

    Examples
    --------
    >>> digest_polls(pd.DataFrame({"house_id": ["a"], "share_pct": [60.0]}))
    '99b4871364f6'
    """
    read = obs[[name for name in READ if name in obs]]
    lines = [
        ",".join(map(str, read)),
        *(",".join(map(_write, row)) for row in read.to_numpy(dtype=object)),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _write(cell: Any) -> str:
    """Write a cell the same way whatever type a table gave it."""
    if pd.isna(cell):
        return ""
    if isinstance(cell, int | float | np.number):
        return f"{float(cell):.6f}"
    return f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else str(cell)


def is_current(table: pd.DataFrame, obs: pd.DataFrame) -> bool:
    """Was a stored table made from these polls and around the published model of today.

    Parameters
    ----------
    table : DataFrame
        As of :func:`multiverse`, with ``polls``, the digest of the polls behind it, and
        ``model``, the options that were published.
    obs : DataFrame
    """
    made_of = {"polls": digest_polls(obs), "model": name_options()}
    return all(name in table and (table[name] == value).all() for name, value in made_of.items())


def explain_variance(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Which choices drive an answer: the share of its variance between their levels.

    Parameters
    ----------
    table : DataFrame
        As :func:`multiverse` gives it, or some of its rows.
    outcome : str
        Of ``OUTCOMES``.

    Returns
    -------
    DataFrame
        choice and share_pct, the largest first; "together" is what is left: choices that matter
        only in combination with others.

    Notes
    -----
    With all choices crossed these are first-order Sobol indices (Saltelli and others 2008, "Global
    Sensitivity Analysis: The Primer", section 1.2.9), each choice being equally likely.

    Examples
    --------
    >>> table = pd.DataFrame({"walk": ["a", "a", "b", "b"], "panel": ["p", "q", "p", "q"],
    ...                       "change": [1.0, 2.0, 4.0, 5.0]})
    >>> explain_variance(table, "change").to_dict("records")
    [{'choice': 'walk', 'share_pct': 90.0}, {'choice': 'panel', 'share_pct': 10.0}]
    """
    told = table.dropna(subset=[outcome])
    values = told[outcome].to_numpy(dtype=float)
    total = values.var()
    rows = []
    for name in (name for name in CHOICES if name in told and len(set(told[name])) > 1):
        means = told.groupby(name)[outcome].transform("mean").to_numpy(dtype=float)
        rows.append((name, 100.0 * means.var() / total if total > 0 else 0.0))
    rows.sort(key=lambda row: -row[1])
    left = 100.0 - sum(share for _, share in rows)
    if total > 0 and left > 0.05:
        rows.append(("together", left))
    return pd.DataFrame(rows, columns=["choice", "share_pct"])


def _find_spans(last_day: object) -> dict[str, Window]:
    """Windows by the names of the levels of base and end."""
    spans = windows(last_day)
    last = spans["last"]
    half = last.end + pd.offsets.MonthBegin(-HALF_YEAR)
    return {**spans, "half_year": Window(half, last.end)}


def _levels(obs: pd.DataFrame, name: str) -> tuple[str, ...]:
    """Levels of a choice that these polls allow."""
    needs = {"share": ("for_pct", "against_pct"), "instruments": ("instrument",)}
    if all(column in obs and obs[column].notna().any() for column in needs.get(name, ())):
        return CHOICES[name]
    return CHOICES[name][:1]


def prepare(obs: pd.DataFrame, choices: Mapping[str, str]) -> pd.DataFrame:
    """Polls as the choices about data take them.

    Parameters
    ----------
    obs : DataFrame
    choices : mapping
        share, instruments and design_effects.
    """
    polls = obs.copy()
    if choices["share"] == "opinion":
        polls = polls.dropna(subset=["for_pct", "against_pct"])
        told = polls["for_pct"] + polls["against_pct"]
        polls["share_pct"] = 100 * polls["for_pct"] / told
        polls["sample_size"] = polls["sample_size"] * told / 100
    if choices["instruments"] == "split":
        own = polls["instrument"].notna()
        polls["house_id"] = polls["instrument"].where(own, polls["house_id"])
    if choices["design_effects"] == "none":
        polls["design_effect"] = 1.0
    return polls


def fit_choices(task: _Fit) -> pd.DataFrame:
    """Fit one model, and answer for each base, end and panel."""
    chosen = task.choices
    model = PollTrend(
        prepare(task.obs, chosen),
        options=PUBLISHED,
        walk=chosen["walk"],
        drift=chosen["drift"] == "drift",
        house_variance=chosen["excess"],
        scale=chosen["scale"],
    )
    answers = _Answers(model.fit())
    observations = model.observations
    counts = {"n_polls": len(observations.polls), "n_houses": len(observations.houses)}
    rows = []
    for base, end, panel in product(CHOICES["base"], CHOICES["end"], CHOICES["panel"]):
        spans = task.spans[base], task.spans[end]
        houses = answers.take_panel(spans if panel == "both" else ())
        levels = {**chosen, "base": base, "end": end, "panel": panel}
        about = {"is_published": levels == published_levels(), **counts}
        rows.append({**levels, **about, **answers.tell(spans, houses)})
    return pd.DataFrame(rows)


def published_levels() -> dict[str, str]:
    """Level of each choice that the headline takes."""
    model = {
        "walk": PUBLISHED.walk,
        "drift": "drift" if PUBLISHED.drift else "static",
        "excess": PUBLISHED.house_variance,
        "scale": PUBLISHED.scale,
    }
    return {name: model.get(name, levels[0]) for name, levels in CHOICES.items()}


class _Answers:
    """Answers of one fit; those that hang on the houses alone are found once."""

    def __init__(self, results: PollTrendResults) -> None:
        self.results = results
        self.polls = results.observations.polls
        self.by_houses: dict[tuple[str, ...], dict[str, float]] = {}
        self.step = LOGIT_STEP if results.model.options.is_logit else 1

    def take_panel(self, spans: tuple[Window, ...]) -> tuple[str, ...]:
        """Houses with polls in each of some windows; all houses where there is none."""
        sets = [set(self.polls.loc[self.polls["mid_date"].between(*s), "house_id"]) for s in spans]
        return tuple(sorted(set(self.results.observations.houses).intersection(*sets)))

    def tell(self, spans: tuple[Window, Window], houses: tuple[str, ...]) -> dict[str, float]:
        """Change between two windows, gap and level of some houses."""
        if not houses:
            return {}
        if houses not in self.by_houses:
            self.by_houses[houses] = {**self._tell_gap(houses), **self._tell_level(houses)}
        weights = self.results.weights_of(f"houses:{','.join(houses)}")
        start, end = (self._days(span) for span in spans)
        change = self.results.queries.change(start, end, weights)
        below = {"prob_fall": 1.0 - float(change.probability_above(0.0)[0])}
        return {**_interval("change", change), **below, **self.by_houses[houses]}

    def _days(self, span: Window) -> Days:
        first, last = (np.datetime64(day, "D") for day in span)
        days = np.arange(first, last + np.timedelta64(1, "D"))
        return self.results.observations.days_of(days[self.step // 2 :: self.step])

    def _tell_gap(self, houses: tuple[str, ...]) -> dict[str, float]:
        observations = self.results.observations
        sector = dict(zip(observations.houses, observations.house_sector, strict=True))
        sides = [[h for h in houses if sector[h] == name] for name in GAP_SECTORS]
        if not all(sides):
            return {}
        weights = dict.fromkeys(sides[0], 1 / len(sides[0]))
        weights |= dict.fromkeys(sides[1], -1 / len(sides[1]))
        gap = self.results.contrast(weights)
        told = {"gap": gap["mean"], "gap_lower": gap["lower"], "gap_upper": gap["upper"]}
        return {**told, "prob_state_above": gap["prob_positive"]}

    def _tell_level(self, houses: tuple[str, ...]) -> dict[str, float]:
        days = self.results.observations.days_of(np.array([LEVEL_DAY], dtype="M8[D]"))
        weights = self.results.weights_of(f"houses:{','.join(houses)}")
        level = self.results.queries.level(days, weights)
        above = {f"prob_above_{v}": float(level.probability_above(v)[0]) for v in THRESHOLDS}
        return {**_interval("level", level), **above}


def _interval(name: str, quantity: Distribution) -> dict[str, float]:
    """Mean and 95% interval under a name."""
    row = interval_row(quantity, 0.05)
    return {name: row["mean"], f"{name}_lower": row["lower"], f"{name}_upper": row["upper"]}


def summarise_multiverse(table: pd.DataFrame) -> pd.DataFrame:
    """How many specifications say what, question by question.

    Parameters
    ----------
    table : DataFrame
        As :func:`multiverse` gives it.

    Returns
    -------
    DataFrame
        question; n (specifications that can answer it), lowest, median and highest estimate,
        published (that of the published choices), likely_pct and sure_pct (percent of the
        specifications whose probability of yes is at least one half, and at least 0.95),
        driver and driver_pct: the choice that drives the answer most, and its share of the
        variance.
    """
    by_base = {f"fall since {_BASES[base]}": table["base"] == base for base in CHOICES["base"]}
    asked: list[tuple[str, pd.DataFrame, str, str]] = [
        (name, table[rows], "change", "prob_fall") for name, rows in by_base.items()
    ]
    asked.append(("state-run above independent", table, "gap", "prob_state_above"))
    asked += [(f"above {v} in April 2022", table, "level", f"prob_above_{v}") for v in THRESHOLDS]
    return pd.DataFrame([dict(_summary(*one)) for one in asked])


_BASES = {
    "base": "April and May 2022",
    "first_weeks": "the first fortnight",
    "autumn": "October and November 2022",
}


def _summary(
    question: str, rows: pd.DataFrame, outcome: str, prob: str
) -> Iterator[tuple[str, Any]]:
    told = rows.dropna(subset=[outcome])
    if told.empty:
        raise PollInputError(f"no specification answers: {question}", "give polls that span it")
    published = told.loc[told["is_published"], outcome]
    driver = explain_variance(told, outcome).iloc[0]
    yield "question", question
    yield "n", len(told)
    yield "lowest", told[outcome].min()
    yield "median", told[outcome].median()
    yield "highest", told[outcome].max()
    yield "published", float(published.iloc[0]) if len(published) else np.nan
    yield "likely_pct", 100.0 * (told[prob] >= 0.5).mean()
    yield "sure_pct", 100.0 * (told[prob] >= 0.95).mean()
    yield "driver", driver["choice"]
    yield "driver_pct", driver["share_pct"]
