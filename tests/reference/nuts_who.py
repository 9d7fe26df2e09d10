"""The multilevel model of who supports, by NUTS, stored as reference numbers.

    python tests/reference/nuts_who.py
    python tests/reference/nuts_who.py --trial --draws 300

Reads inputs/who_cells.csv and inputs/who_groups.csv, writes nuts_who.json.  Shares
no code with the package: cells are taken apart, effects laid out and shares added up
anew, and every effect is a parameter (walks by their steps).

    n_for ~ Binomial(n, p)     p = average of the shares of the groups a cell may hold
    logit share = intercept + wording + sex + age + settlement + tv + wave
                + sex:age + age:tv + settlement:tv + age:wording + age:wave + tv:wave
                + walks over time of sex, age, settlement, tv (zero in the first wave)

Intercept N(0, 2.5^2); wording, sex, settlement, tv N(0, 1); all other effects
N(0, sd^2) with sd HalfNormal(1) for age and wave, HalfNormal(0.5) for the rest; a
walk's step over g years is N(0, sd^2 g).
"""

import argparse
import json
import platform
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import nutpie
import pandas as pd
from nutpie.compiled_pyfunc import from_pyfunc
from nuts_reference import MAX_RHAT, MIN_ESS, SEED, summarise
from scipy import sparse
from scipy.special import expit

PACKAGES = ("nutpie", "arviz", "numpy", "scipy", "pandas")
HERE = Path(__file__).resolve().parent
AGES = ["18-29", "30-39", "40-49", "50-59", "60+"]
PARTS = {
    "18-39": AGES[:2], "18-49": AGES[:3], "18-59": AGES[:4], "30-49": AGES[1:3],
    "30-59": AGES[1:4], "30+": AGES[1:], "any": AGES,
}  # fmt: skip
SEXES, PLACES, TV = ["female", "male"], ["rural", "urban"], ["no", "yes"]
SHAPE = (len(SEXES), len(AGES), len(PLACES), len(TV))
BASE = "svo_extended"
# Prior scale of each standard deviation; a number below zero is a known one, negated.
SDS = {
    "sex": -1.0, "age_group": 1.0, "settlement": -1.0, "tv_source": -1.0, "wave": 1.0,
    "sex:age_group": 0.5, "age_group:tv_source": 0.5, "settlement:tv_source": 0.5,
    "sex:walk": 0.5, "age_group:walk": 0.5, "settlement:walk": 0.5, "tv_source:walk": 0.5,
    "age_group:wave": 0.5, "tv_source:wave": 0.5, "age_group:wording_variant": 0.5,
}  # fmt: skip
# Standard deviations mix far more slowly than the shares that are compared first.
SLOW = {"scales": (1.05, 100)}
AXES = {"sex": 1, "age_group": 2, "settlement": 3, "tv_source": 4}


def read_inputs():
    """Cells, occasions (wave and wording) in order, and what the population consists of."""
    cells = pd.read_csv(HERE / "inputs" / "who_cells.csv", dtype={"wave": "str"})
    groups = pd.read_csv(HERE / "inputs" / "who_groups.csv", dtype={"wave": "str"})
    occasions = groups[["wave", "wording_variant", "date"]].drop_duplicates(ignore_index=True)
    size = np.zeros((len(occasions), *SHAPE))
    at = {(w, v): i for i, (w, v) in enumerate(occasions.iloc[:, :2].to_numpy())}
    for row in groups.itertuples():
        where = (at[row.wave, row.wording_variant], SEXES.index(row.sex))
        where += (AGES.index(row.age_group), PLACES.index(row.settlement))
        size[where] = row.share_pct / 100 * np.array([1 - row.tv_share, row.tv_share])
    return cells, occasions, size, at


def take_apart(cells, size, at):
    """Weights of all groups, television and occasions in each cell, (cell, everything)."""
    rows = np.zeros((len(cells), size.size))
    for i, row in enumerate(cells.itertuples()):
        mask = np.zeros(size.shape)
        ages = PARTS.get(row.age_group, [row.age_group])
        places = PLACES if row.settlement in ("any", "unknown") else [row.settlement]
        tv = [row.tv_source] if row.tv_source in TV else TV
        where = np.ix_(
            [at[row.wave, row.wording_variant]],
            [SEXES.index(row.sex)],
            [AGES.index(a) for a in ages],
            [PLACES.index(p) for p in places],
            [TV.index(v) for v in tv],
        )
        mask[where] = size[where]
        rows[i] = mask.ravel() / mask.sum()
    return sparse.csr_array(rows)


def lay_out(occasions):
    """Columns of fixed and of other effects over everything, and the sd that each belongs to."""
    date = pd.to_datetime(occasions["date"])
    days = np.sort(date.unique())
    when = np.searchsorted(days, date)
    root_gap = np.sqrt(np.diff(days) / np.timedelta64(1, "D") / 365.25)
    wordings = sorted(set(occasions["wording_variant"]) - {BASE})
    index = np.indices((len(occasions), *SHAPE)).reshape(5, -1)
    asked = occasions["wording_variant"].to_numpy()[index[0]]
    fixed = [np.ones(index.shape[1])] + [(asked == w).astype(float) for w in wordings]
    columns, owner = [], []
    for number, name in enumerate(SDS):
        parts = name.split(":")
        factors = [p for p in parts if p in AXES]
        for levels in product(*(range(SHAPE[AXES[f] - 1]) for f in factors)):
            here = np.ones(index.shape[1])
            for factor, level in zip(factors, levels, strict=True):
                here = here * (index[AXES[factor]] == level)
            if parts[-1] == "walk":  # each step stays
                over = [(when[index[0]] > k) * gap for k, gap in enumerate(root_gap)]
            elif parts[-1] == "wave":
                over = [when[index[0]] == k for k in range(len(days))]
            elif parts[-1] == "wording_variant":
                over = [asked == w for w in wordings]
            else:
                over = [1.0]
            columns += [here * o for o in over]
            owner += [number] * len(over)
    return np.column_stack(fixed), np.column_stack(columns), np.array(owner)


class Density:
    """Log posterior and its gradient; all effects non-centred.

    Coordinates: the fixed effects, one standard normal for each other effect, and the
    logarithms of the standard deviations that are to be learned.
    """

    def __init__(self, cells, occasions, size, at):
        fixed, columns, self.owner = lay_out(occasions)
        self.design = sparse.csr_array(np.hstack([fixed, columns]))
        self.rows = take_apart(cells, size, at)
        self.back, self.mix_back = self.design.T.tocsr(), self.rows.T.tocsr()
        self.n, self.k = (cells[c].to_numpy(float) for c in ("n", "n_for"))
        self.first_sd = np.array([2.5] + [1.0] * (fixed.shape[1] - 1))
        scales = np.array(list(SDS.values()))
        self.learned, self.scales = scales > 0, np.abs(scales)
        self.ends = np.cumsum([fixed.shape[1], columns.shape[1], self.learned.sum()])

    def unpack(self, x):
        """Fixed effects, standard normals, standard deviations of all terms."""
        first, raw, logs = np.split(x, self.ends[:2])
        sds = self.scales.copy()
        sds[self.learned] = np.exp(logs)
        return first, raw, sds

    def shares(self, x):
        """Share in each group at each occasion."""
        first, raw, sds = self.unpack(x)
        return expit(self.design @ np.concatenate([first, sds[self.owner] * raw]))

    def __call__(self, x):
        """Log density up to a constant, and its gradient."""
        first, raw, sds = self.unpack(x)
        fine = self.shares(x)
        p = np.clip(self.rows @ fine, 1e-12, 1 - 1e-12)
        relative = (sds / self.scales)[self.learned]
        value = (self.k * np.log(p) + (self.n - self.k) * np.log1p(-p)).sum()
        each = sds[self.owner]
        value -= 0.5 * ((first / self.first_sd) ** 2).sum() + 0.5 * (raw**2).sum()
        value += (np.log(relative) - 0.5 * relative**2).sum()  # half-normal, and the Jacobian
        by_share = self.mix_back @ (self.k / p - (self.n - self.k) / (1 - p))
        by_effect = self.back @ (by_share * fine * (1 - fine))
        by_first, by_scaled = np.split(by_effect, self.ends[:1])
        by_sd = np.bincount(self.owner, by_scaled * each * raw, len(sds))
        gradient = np.concatenate(
            [
                by_first - first / self.first_sd**2,
                by_scaled * each - raw,
                by_sd[self.learned] + 1 - relative**2,
            ]
        )
        return float(value), gradient


def check_gradient(density, rng):
    """Stop where the gradient is not that of the density."""
    x, way = 0.3 * rng.standard_normal((2, density.ends[2]))
    rise = (density(x + 1e-6 * way)[0] - density(x - 1e-6 * way)[0]) / 2e-6
    if not np.isclose(rise, density(x)[1] @ way, rtol=1e-5):
        raise SystemExit("the gradient is wrong")


def build(density):
    """The density as nutpie takes it; draws of the shares and the standard deviations."""

    def expand(seed1, seed2, chain):
        del seed1, seed2, chain
        return lambda x: {"fine": density.shares(x), "sds": density.unpack(x)[2]}

    return from_pyfunc(
        ndim=int(density.ends[2]),
        make_logp_fn=lambda: density,
        make_expand_fn=expand,
        expanded_dtypes=[np.dtype("float64")] * 2,
        expanded_shapes=[(density.design.shape[0],), (len(SDS),)],
        expanded_names=["fine", "sds"],
        make_initial_point_fn=lambda seed: (
            0.1 * np.random.default_rng(seed).standard_normal(density.ends[2])
        ),
    )


def sample(density, options, chain):
    """Run one chain of NUTS: shares, standard deviations and the number of divergences."""
    trace = nutpie.sample(
        build(density),
        draws=options.draws,
        tune=options.tune,
        chains=1,
        cores=1,
        target_accept=options.target_accept,
        seed=SEED + chain,
        progress_bar=False,
    )
    post = trace.posterior
    divergences = int(trace.sample_stats["diverging"].sum())
    return post["fine"].to_numpy()[0], post["sds"].to_numpy()[0], divergences


def quantities(fine, sds, size):
    """Draws of what is stored, {(section, *keys): (chain, draw) array}, shares in percent."""
    out = {("scales", n): sds[..., k] for k, n in enumerate(SDS) if SDS[n] > 0}
    fine = 100 * fine.reshape(*fine.shape[:2], *size.shape)

    def domain(axis, level, o):
        mask = np.ones(SHAPE) if axis is None else np.zeros(SHAPE)
        if axis is not None:
            mask[(slice(None),) * (axis - 1) + (level,)] = 1
        held = size[o] * mask
        return (fine[:, :, o] * held).sum(axis=(2, 3, 4, 5)) / held.sum()

    for o in range(len(size)):
        out["level", str(o)] = domain(None, 0, o)
        for name, levels in (("age_group", AGES), ("tv_source", TV)):
            for k, level in enumerate(levels):
                out[name, str(o), level] = domain(AXES[name], k, o)
        out["age_gap", str(o)] = out["age_group", str(o), "60+"] - out["age_group", str(o), "18-29"]
        out["tv_gap", str(o)] = out["tv_source", str(o), "yes"] - out["tv_source", str(o), "no"]
    return out


def run(options):
    """Sample chain by chain, and return what is to be stored."""
    cells, occasions, size, at = read_inputs()
    density = Density(cells, occasions, size, at)
    check_gradient(density, np.random.default_rng(SEED))
    chains = [sample(density, options, chain) for chain in range(options.chains)]
    return summarise_chains(chains, options, occasions, size)


def summarise_chains(chains, options, occasions, size):
    """What is to be stored, from the chains."""
    draws = quantities(*(np.stack([chain[k] for chain in chains]) for k in (0, 1)), size)
    rows = {key: summarise(values) for key, values in draws.items()}
    sections = {}
    for (section, *keys), row in rows.items():
        sections.setdefault(section, {})["/".join(keys)] = row
    convergence = {section: judge(list(found.values())) for section, found in sections.items()}
    versions = {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}
    about = {
        "settings": vars(options) | {"seed": SEED},
        "versions": versions,
        "divergences": sum(chain[2] for chain in chains),
        "convergence": convergence,
        "occasions": [f"{row.wave} {row.wording_variant}" for row in occasions.itertuples()],
    }
    return about | sections


def judge(rows):
    """Extremes of the diagnostics of one section."""
    return {
        "n_stored": len(rows),
        "rhat_max": max(row["rhat"] for row in rows),
        "ess_bulk_min": min(row["ess_bulk"] for row in rows),
        "ess_tail_min": min(row["ess_tail"] for row in rows),
    }


def is_converged(section, found):
    """Do the chains agree on a section, and are they long enough."""
    max_rhat, min_ess = SLOW.get(section, (MAX_RHAT, MIN_ESS))
    enough = min(found["ess_bulk_min"], found["ess_tail_min"]) > min_ess
    return enough and found["rhat_max"] < max_rhat


def main():
    """Sample and write, unless the chains have not converged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("draws", 600), ("tune", 350), ("chains", 6)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--target-accept", type=float, default=0.9)
    parser.add_argument("--trial", action="store_true", help="print convergence, write nothing")
    options = parser.parse_args()
    found = run(options)
    print(json.dumps(found["convergence"], indent=1))
    if options.trial:
        return
    if not all(is_converged(*item) for item in found["convergence"].items()):
        raise SystemExit("not converged: nothing was written; take more draws")
    found["settings"].pop("trial")
    path = HERE / "nuts_who.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
