"""Who supports: a multilevel model of counted interviews, post-stratified to the population."""

from __future__ import annotations

import pandas as pd

from analysis.base.arrays import on_one_thread
from analysis.base.columns import is_blank
from analysis.base.errors import PollInputError
from analysis.groups._domains import FittedCounts
from analysis.groups._hyperparameters import SEED, draw_posterior
from analysis.groups._laplace import CountModel
from analysis.groups._mixing import Television, estimate_television, mix_rows
from analysis.groups.cells import WhoCells, read_cells
from analysis.groups.fitted import FittedWho
from analysis.groups.population import target_population
from analysis.groups.results import WhoResults
from analysis.groups.terms import TERMS, Term, build_who_design

ANSWERS = ("n_for", "n_against", "n_undecided", "n_refused")
# What is counted, and among whom; the last: is it comparable only where refusal was offered.
OUTCOMES: dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]] = {
    "support": (("n_for",), ANSWERS, False),
    "opposition": (("n_against",), ANSWERS, False),
    "opinion_holders": (("n_for",), ("n_for", "n_against"), False),
    "no_answer": (("n_undecided", "n_refused"), ANSWERS, False),
    "undecided": (("n_undecided",), ANSWERS, True),
    "refused": (("n_refused",), ANSWERS, True),
}
N_POINTS = 512


@on_one_thread
def fit_who(
    cells: pd.DataFrame,
    population: pd.DataFrame,
    polls: pd.DataFrame | None = None,
    *,
    outcome: str = "support",
    terms: tuple[Term, ...] = TERMS,
    n_points: int = N_POINTS,
    seed: int = SEED,
) -> WhoResults:
    """Fit the share of an outcome in every group of the population at every wave.

    Parameters
    ----------
    cells : DataFrame
        Whole interviews counted in cells, the table ``cells``: wave, wording_variant, sex,
        age_group, settlement, tv_source, n, n_for, n_against, n_undecided, n_refused
        (empty where refusal was not offered), poll_id or ``date``.
    population : DataFrame
        The table ``population``, from which the shares of sex by age by settlement are
        made (:func:`analysis.groups.population.target_population`), or these shares themselves:
        sex, age_group, settlement, share_pct.
    polls : DataFrame, optional
        poll_id, field_start, field_end, where the cells have no date.
    outcome : str
        ``"support"`` and ``"opposition"`` (of all), ``"opinion_holders"`` (support among
        those who name a side), ``"no_answer"``, ``"undecided"``, ``"refused"`` (the last two
        only where refusal was offered).
    terms : tuple of Term
        Batches of effects, each with a standard deviation of its own.
    n_points : int
        Sets of standard deviations over which the model is averaged, a power of two.
    seed : int
        The same seed gives the same numbers.

    Returns
    -------
    WhoResults

    Raises
    ------
    PollInputError
        Naming the row, what was found and the cure.

    Notes
    -----
    Multilevel regression and post-stratification (Gelman and Little 1997, "Poststratification
    into many categories using hierarchical logistic regression", Survey Methodology 23(2);
    Park, Gelman and Bafumi 2004, Political Analysis 12(4)), on counts, with Laplace
    approximations nested in an integral over the standard deviations.  Interviews count
    alike: the design weights give way to the population's composition.

    Each wave is shown as its question was worded.  A wording has an effect of its own, and
    one that moves with age; a wave all of whose interviews were made under another wording
    than most (``is_comparable`` False) says nothing of change.

    Television has no margin in the population: its users are a modelled domain, as large
    and as composed as the interviews suggest.  District and education are not corrected.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.groups.simulate import simulate_who
    >>> world = simulate_who(n_waves=2, n_per_wave=400, rng=np.random.default_rng(1))
    >>> res = fit_who(world.cells, world.population, n_points=64)
    >>> list(res.share(by="sex").columns)[:5]
    ['wave', 'wording_variant', 'date', 'is_comparable', 'group']
    """
    if outcome not in OUTCOMES:
        known = ", ".join(OUTCOMES)
        raise PollInputError(f"outcome {outcome!r} is not known", f"use one of {known}")
    target = target_population(population)
    checked = read_cells(_restrict(cells, outcome), target, polls)
    television = estimate_television(checked)
    success, base, _ = OUTCOMES[outcome]
    main = _fit_counts(checked, television, success, base, terms, n_points, seed)
    holding = None
    if base != ANSWERS:
        holding = _fit_counts(checked, television, base, ANSWERS, terms, n_points, seed)
    return WhoResults(FittedWho(outcome, checked, television, main, holding, seed))


def _restrict(cells: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Cells in which the outcome could be counted."""
    if not OUTCOMES[outcome][2] or "n_refused" not in getattr(cells, "columns", ()):
        return cells
    kept = cells[~is_blank(cells["n_refused"])]
    if kept.empty:
        found = "refusal was offered in no cell (n_refused is empty)"
        raise PollInputError(found, "choose another outcome", "column n_refused")
    return kept


def _fit_counts(
    cells: WhoCells,
    television: Television,
    success: tuple[str, ...],
    base: tuple[str, ...],
    terms: tuple[Term, ...],
    n_points: int,
    seed: int,
) -> FittedCounts:
    design = build_who_design(cells, terms)
    model = CountModel(
        successes=cells.table[list(success)].sum(axis=1).to_numpy(dtype=float),
        trials=cells.table[list(base)].sum(axis=1).to_numpy(dtype=float),
        mix=mix_rows(cells, television),
        matrix=design.matrix,
        blocks=design.blocks,
        n_fixed=design.n_fixed,
    )
    return FittedCounts(model, draw_posterior(model, n_points, seed))
