"""Why houses differ: effects of wording, answers offered and mode, and what identifies them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import interval_frame
from analysis.observations.frame import UNKNOWN, Observations, read_category
from analysis.questions.poles import take_pole
from analysis.trend.model import PollTrend
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.design import COVARIATE

# A direction along which the polls of no house vary by more than this is not identified.
NOTHING_LEFT = 1e-9


def describe_levels(obs: Observations, covariate: str, level: str, baseline: str) -> dict[str, Any]:
    """Count the polls and houses of two levels of a covariate, and name the houses with both.

    Returns
    -------
    dict
        n_polls, n_houses, n_baseline_polls, n_baseline_houses, carried_by.
    """
    values = obs.polls[covariate].to_numpy(object)
    told: dict[str, Any] = {}
    found: list[set[str]] = []
    for prefix, value in (("", level), ("baseline_", baseline)):
        mine = values == value
        found.append(set(obs.polls.loc[mine, "house_id"]))
        told |= {f"n_{prefix}polls": int(mine.sum()), f"n_{prefix}houses": len(found[-1])}
    return told | {"carried_by": ", ".join(sorted(found[0] & found[1]))}


def is_within_houses(results: PollTrendResults, row: Array, ignore: str) -> bool:
    """Tell whether polls of single houses identify a contrast of covariates.

    Parameters
    ----------
    results : PollTrendResults
        Of a model with covariates.
    row : ndarray, shape (n_effects,)
        Weights of the effects.
    ignore : str
        A covariate whose effects are noise to the others, such as those of questions.

    Notes
    -----
    A combination c of coefficients is estimable if it lies in the row space of the
    columns, here after the houses' means are taken out (Searle 1971, Linear Models,
    section 5.4).
    """
    design, obs = results.model.design, results.observations
    is_covariate = np.array([_counts(name, ignore) for name in design.names])
    if not np.any(row[is_covariate]) or np.any(row[~is_covariate]):
        return False
    house = obs.house_of_poll
    columns = design.columns[design.house >= 0][:, is_covariate]
    means = np.array([columns[house == j].mean(axis=0) for j in range(len(obs.houses))])
    _, size, directions = np.linalg.svd(columns - means[house], full_matrices=False)
    told = directions[size > NOTHING_LEFT]
    wanted = row[is_covariate]
    return bool(np.allclose(told.T @ (told @ wanted), wanted, atol=1e-6))


def _counts(name: str, ignore: str) -> bool:
    """Is this effect a covariate with which the contrast must not be confounded."""
    return name.startswith(COVARIATE) and not name.startswith(f"{COVARIATE}{ignore}=")


COVARIATES = ("offers_refusal", "offers_undecided", "mode", "frame")
# Effects of questions within a house are told from its main question, the most asked one.
QUESTION = "question_in_house"
MAIN_QUESTION = "(main question of the house)"


def wording_effects(
    obs: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    pole: str = "for",
    question_effects: bool = True,
    drift: bool = False,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Effects of covariates of the question on the share, and how far polls tell them.

    Each covariate is tried alone and together with all others: an effect that moves
    between the two is not told from the others.

    Parameters
    ----------
    obs : DataFrame
        Polls as for :class:`~analysis.trend.model.PollTrend` with the covariates, for ``pole``
        "against" also against_pct, and for ``question_effects`` question_id; bring in
        further questions of a house, such as with ``polls.series(include=["questions"])``,
        since they alone compare wordings within it.
    covariates : sequence of str
        Categorical columns.  Empty cells are a level of their own, which is fitted and
        not reported.  Sectors are always in the model, and reported too.
    pole : {"for", "against"}
        Which share.
    question_effects : bool
        Give each further question of a house an effect of its own, with the prior of
        the covariates, so that one question does not speak for its whole wording.
    drift : bool
        May house effects drift.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        model ("alone" or "together"; a sector alone is without covariates), covariate,
        level, baseline, mean, sd, lower, upper (points, level less baseline), prior_sd,
        learned (share of the prior variance that the polls removed), n_polls, n_houses,
        n_baseline_polls, n_baseline_houses, carried_by (houses that asked both ways),
        is_within_houses (polls of single houses identify it, whatever the houses' own
        effects; if not, it rests on houses being alike but for it).

    Raises
    ------
    PollInputError
        When a column is missing or no covariate has two known levels.

    Notes
    -----
    Coefficients have the prior N(0, covariate_sd ** 2), sectors N(0, sector_sd ** 2),
    houses N(0, sigma_h ** 2) within sectors, with sigma_h integrated out: a multilevel
    model with predictors at the level of groups (Gelman and Hill 2007, Data Analysis
    Using Regression and Multilevel/Hierarchical Models, section 12.6).

    See Also
    --------
    explained_spread : how much less houses differ once the covariates are in.
    analysis.questions.experiments.arm_differences : the same effects, from within surveys.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "c", "d"], "question_id": ["a1", "b1", "c1", "d1"],
    ...     "start_date": "2022-03-01", "end_date": ["2022-03-02", "2022-03-03"] * 2,
    ...     "sample_size": 1600, "share_pct": [70, 62, 72, 61], "mode": ["f2f", "cati"] * 2,
    ... })
    >>> effects = wording_effects(obs, covariates=["mode"])
    >>> effects[["model", "level", "baseline"]].iloc[0].tolist()
    ['alone', 'f2f', 'cati']
    """
    polls = _prepare(obs, pole, covariates, question_effects)
    extra = [] if (polls[QUESTION] == MAIN_QUESTION).all() else [QUESTION]
    useful = [name for name in covariates if len(_known_levels(polls, name)) > 1]
    if not useful:
        names = ", ".join(covariates) or "none"
        raise PollInputError(
            f"no covariate has two levels among these polls ({names})",
            "name columns that differ between polls",
        )
    runs = [("alone", [name]) for name in useful]
    if len(useful) > 1:
        runs.append(("together", list(useful)))
    tables = []
    for model, chosen in runs:
        results = PollTrend(polls, covariates=[*chosen, *extra], drift=drift).fit()
        tables.append(_effect_table(results, chosen, alpha).assign(model=model))
    alone = PollTrend(polls, covariates=extra, drift=drift).fit()
    tables.append(_sector_table(alone, alpha).assign(model="alone"))
    tables.append(_sector_table(results, alpha).assign(model="together"))
    table = pd.concat([t for t in tables if len(t)], ignore_index=True)
    return table[["model", *(c for c in table.columns if c != "model")]]


def explained_spread(
    obs: pd.DataFrame,
    *,
    covariates: Sequence[str] = COVARIATES,
    pole: str = "for",
    question_effects: bool = True,
    drift: bool = False,
) -> pd.DataFrame:
    """Spread of the houses and evidence, without covariates, with each, and with all.

    Parameters
    ----------
    obs, covariates, pole, question_effects, drift
        As for :func:`wording_effects`.

    Returns
    -------
    DataFrame
        covariates ("none", a name, or all joined by "+"), sigma_h (points, posterior
        mean), explained (share of the variance of the houses within sectors that goes
        with them; below 0 where they come out wider), log_bayes_factor (over "none").

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "c", "d"], "question_id": ["a1", "b1", "c1", "d1"],
    ...     "start_date": "2022-03-01", "end_date": ["2022-03-02", "2022-03-03"] * 2,
    ...     "sample_size": 1600, "share_pct": [70, 62, 72, 61], "mode": ["f2f", "cati"] * 2,
    ... })
    >>> explained_spread(obs, covariates=["mode"])["covariates"].tolist()
    ['none', 'mode']
    """
    polls = _prepare(obs, pole, covariates, question_effects)
    extra = [] if (polls[QUESTION] == MAIN_QUESTION).all() else [QUESTION]
    sets: list[list[str]] = [[], *([name] for name in covariates)]
    if len(covariates) > 1:
        sets.append(list(covariates))
    rows: list[dict[str, Any]] = []
    for names in sets:
        results = PollTrend(polls, covariates=[*names, *extra], drift=drift).fit()
        evidence = results.fit_info.details["log_evidence"]
        variance = results.posterior.expected("sigma_h", 2)
        first = rows[0] if rows else {"variance": variance, "evidence": evidence}
        rows.append(
            {
                "covariates": "+".join(names) or "none",
                "sigma_h": results.params["sigma_h"],
                "explained": 1 - variance / first["variance"],
                "log_bayes_factor": evidence - first["evidence"],
                "variance": variance,
                "evidence": evidence,
            }
        )
    return pd.DataFrame(rows).drop(columns=["variance", "evidence"])


def _prepare(
    obs: pd.DataFrame, pole: str, covariates: Sequence[str], question_effects: bool
) -> pd.DataFrame:
    """Polls of a pole, with covariates as text and questions nested in houses."""
    polls = take_pole(obs, pole)
    for name in covariates:
        if name not in polls.columns:
            there = ", ".join(map(str, polls.columns))
            raise PollInputError(f"covariate {name!r} is no column", f"columns: {there}")
        polls[name] = read_category(polls, name)
    polls[QUESTION] = MAIN_QUESTION
    if question_effects:
        if "question_id" not in polls.columns:
            cure = "add it, or set question_effects=False"
            raise PollInputError("column question_id is missing", cure)
        counts = polls.groupby(["house_id", "question_id"]).size().reset_index(name="n")
        # Ties go to the first in the alphabet, so that the order of rows is irrelevant.
        counts = counts.sort_values(["house_id", "n", "question_id"], ascending=[True, False, True])
        main = set(counts.groupby("house_id")["question_id"].first())
        is_main = polls["question_id"].isin(main)
        polls[QUESTION] = polls["question_id"].astype(object).where(~is_main, MAIN_QUESTION)
    return polls


def _known_levels(polls: pd.DataFrame, name: str) -> list[str]:
    """Known levels of a covariate, the commonest first."""
    counts = polls.loc[polls[name] != UNKNOWN, name].value_counts()
    return [str(level) for level in sorted(counts.index, key=lambda x: (-counts[x], x))]


def _effect_table(
    results: PollTrendResults, covariates: Sequence[str], alpha: float
) -> pd.DataFrame:
    """Each known level of each covariate against the commonest known one."""
    names = results.model.design.names
    keys, rows = [], []
    for covariate in covariates:
        baseline, *levels = _known_levels(results.observations.polls, covariate)
        for level in levels:
            row = np.zeros(len(names))
            # The commonest level of all, which may be the unknown one, has no column.
            for value, sign in ((level, 1.0), (baseline, -1.0)):
                term = f"{COVARIATE}{covariate}={value}"
                if term in names:
                    row[names.index(term)] = sign
            keys.append((covariate, level, baseline))
            rows.append(row)
    return _tabulate(results, keys, np.array(rows), alpha)


def _sector_table(results: PollTrendResults, alpha: float) -> pd.DataFrame:
    """Each sector's houses at large against those of the sector with most polls."""
    names, sectors = results.model.design.names, results.observations.polls["sector"]
    counts = sectors.value_counts()
    baseline, *levels = sorted(counts.index, key=lambda x: (-counts[x], x))
    rows = np.zeros((len(levels), len(names)))
    for row, level in zip(rows, levels, strict=True):
        row[names.index(f"sector:{level}")] = 1.0
        row[names.index(f"sector:{baseline}")] = -1.0
    keys = [("sector", str(level), str(baseline)) for level in levels]
    return _tabulate(results, keys, rows, alpha)


def _tabulate(
    results: PollTrendResults, keys: list[tuple[str, str, str]], rows: Array, alpha: float
) -> pd.DataFrame:
    """Mean, interval, prior and identification of contrasts between effects."""
    if not keys:
        return pd.DataFrame()
    design = results.model.design
    frame = interval_frame(results.queries.posterior.effects(rows), alpha)
    for place, name in enumerate(("covariate", "level", "baseline")):
        frame.insert(place, name, [key[place] for key in keys])
    frame["prior_sd"] = np.sqrt(rows**2 @ design.fixed_variance)
    frame["learned"] = 1 - (frame["sd"] / frame["prior_sd"]) ** 2
    told = [describe_levels(results.observations, *key) for key in keys]
    frame = pd.concat([frame, pd.DataFrame(told)], axis=1)
    frame["is_within_houses"] = [is_within_houses(results, row, QUESTION) for row in rows]
    return frame
