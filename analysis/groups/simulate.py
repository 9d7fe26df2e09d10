"""Invented populations with a known truth, and interviews with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError

SEXES, AGES = ("female", "male"), ("18-29", "30-39", "40-49", "50-59", "60+")
PLACES, TV = ("rural", "urban"), ("no", "yes")
SHAPE = (len(SEXES), len(AGES), len(PLACES), len(TV))
FIRST_WAVE = "2022-03-01"


@dataclass(frozen=True, eq=False)
class WhoWorld:
    """A population, what its groups think, and interviews with them.

    Parameters
    ----------
    cells : DataFrame
        As the table ``cells``, with a column date.
    population : DataFrame
        sex, age_group, settlement, share_pct.
    truth : DataFrame
        wave, by (empty for everybody), group, share_pct: support in the population.
    """

    cells: pd.DataFrame
    population: pd.DataFrame
    truth: pd.DataFrame


def simulate_who(
    n_waves: int = 6,
    n_per_wave: int = 1200,
    *,
    days_between: int = 120,
    age_slope: float = 1.2,
    tv_effect: float = 1.2,
    wave_sd: float = 0.15,
    interaction_sd: float = 0.25,
    response_sd: float = 0.3,
    waves_without_tv: int = 1,
    rng: np.random.Generator,
) -> WhoWorld:
    """Invent a population and interview it, groups answering at unequal rates.

    Support rises with age and with television, differs by wave, and every wave has its own
    deviations by age and by television; the age pattern is a straight line with bumps, not
    a draw from the model that is fitted.

    Parameters
    ----------
    n_waves, n_per_wave : int
        Waves, and interviews in each.
    days_between : int
        From one wave to the next.
    age_slope : float
        Logits between the youngest and the oldest group.
    tv_effect : float
        Logits between those who name television and those who do not.
    wave_sd, interaction_sd : float
        Spread of the waves, and of age and television within them, logits.
    response_sd : float
        Spread of the log rates at which groups answer.
    waves_without_tv : int
        First waves in which television is not asked about.
    rng : Generator

    Returns
    -------
    WhoWorld

    Examples
    --------
    >>> world = simulate_who(n_waves=2, rng=np.random.default_rng(1))
    >>> world.cells.groupby("wave")["n"].sum().tolist()
    [1200, 1200]
    """
    if n_waves < 1 or n_per_wave < 1:
        cure = "give 1 or more waves of 1 or more interviews"
        raise PollInputError(f"{n_waves} waves of {n_per_wave} interviews", cure)
    size = rng.dirichlet(np.full(np.prod(SHAPE[:3]), 20.0)).reshape(SHAPE[:3])
    use = expit(logit(0.65) + np.linspace(-1.2, 1.2, len(AGES)))
    uses = np.stack([1 - use, use], axis=-1)[None, :, None, :]
    people = size[..., None] * np.broadcast_to(uses, SHAPE)
    answering = people * np.exp(response_sd * rng.standard_normal(SHAPE[:3]))[..., None]
    ages = np.linspace(-0.5, 0.5, len(AGES)) * age_slope + 0.15 * rng.standard_normal(len(AGES))
    cells, truth = [], []
    for wave in range(n_waves):
        by_age = ages + interaction_sd * rng.standard_normal(len(AGES))
        by_tv = (tv_effect + interaction_sd * rng.standard_normal()) * np.array([-0.5, 0.5])
        logits = by_age[None, :, None, None] + by_tv + np.array([-0.15, 0.15])[:, None, None, None]
        share = expit(np.broadcast_to(logits + wave_sd * rng.standard_normal(), SHAPE))
        name = f"{wave + 1:02d}"
        truth += _list_truth(name, people, share)
        drawn = rng.multinomial(n_per_wave, (answering / answering.sum()).ravel())
        cells += _list_cells(name, drawn, share.ravel(), wave < waves_without_tv, rng)
    frame = pd.DataFrame(cells)
    after = pd.to_timedelta((frame["wave"].astype(int) - 1) * days_between, unit="D")
    frame = frame.assign(date=pd.Timestamp(FIRST_WAVE) + after)
    keys = ["wave", "wording_variant", "date", "sex", "age_group", "settlement", "tv_source"]
    frame = frame.groupby(keys, as_index=False).sum()
    population = pd.DataFrame(
        [(*key, 100 * size[index]) for index, key in _names(SHAPE[:3])],
        columns=["sex", "age_group", "settlement", "share_pct"],
    )
    columns = ["wave", "by", "group", "share_pct"]
    return WhoWorld(frame, population, pd.DataFrame(truth, columns=columns))


def _names(shape: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    levels = (SEXES, AGES, PLACES, TV)[: len(shape)]
    each = [tuple(int(i) for i in index) for index in np.ndindex(*shape)]
    return [(i, tuple(level[k] for level, k in zip(levels, i, strict=True))) for i in each]


def _list_truth(wave: str, people: Array, share: Array) -> list[tuple[str, str, str, float]]:
    """True shares of everybody and of each group, percent."""
    found = [(wave, "", "", 100 * float((people * share).sum() / people.sum()))]
    factors = {"sex": SEXES, "age_group": AGES, "settlement": PLACES, "tv_source": TV}
    for axis, (by, levels) in enumerate(factors.items()):
        others = tuple(k for k in range(len(SHAPE)) if k != axis)
        inside = (people * share).sum(axis=others) / people.sum(axis=others)
        found += [
            (wave, by, level, 100 * float(v)) for level, v in zip(levels, inside, strict=True)
        ]
    return found


def _list_cells(
    name: str,
    drawn: np.ndarray[tuple[int], np.dtype[np.int64]],
    share: Array,
    without_tv: bool,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    """Interviews of a wave in cells; those that name no side are split in half."""
    rows: list[dict[str, object]] = []
    for k, (_, key) in enumerate(_names(SHAPE)):
        n = int(drawn[k])
        if n == 0:
            continue
        n_for = int(rng.binomial(n, share[k]))
        n_against = int(rng.binomial(n - n_for, 0.4))
        n_undecided = int(rng.binomial(n - n_for - n_against, 0.5))
        counts = (n, n_for, n_against, n_undecided, n - n_for - n_against - n_undecided)
        tv = "not_asked" if without_tv else key[3]
        rows.append(
            {"wave": name, "wording_variant": "usual", "sex": key[0], "age_group": key[1]}
            | {"settlement": key[2], "tv_source": tv}
            | dict(
                zip(("n", "n_for", "n_against", "n_undecided", "n_refused"), counts, strict=True)
            )
        )
    return rows
