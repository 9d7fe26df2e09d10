"""Posterior of the composition by NUTS, stored as reference numbers.

    python tests/reference/nuts_composition.py support talks

Reads inputs/composition_CASE.csv, writes nuts_composition_CASE.json; houses stand still.  Nothing
is integrated out and no state space is used: levels, sector and house effects of both parts are
parameters.  Shares no code with the package; sampling, summaries and their limits are
those of nuts_reference.py.
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from nuts_reference import MAX_RHAT, MIN_ESS, PACKAGES, SEED, sample, summarise

HERE = Path(__file__).resolve().parent
PARTS = ("for", "against")
N_REPORT = 20
SECTIONS = ("scales", "houses", "level", "change")


class Polls:
    """Arrays of one case; days count from the first mid-field date."""

    def __init__(self, path):
        frame = pd.read_csv(path, parse_dates=["start_date", "end_date"])
        half = (frame["end_date"] - frame["start_date"]).dt.days // 2
        mid = frame["start_date"] + pd.to_timedelta(half, unit="D")
        frame = frame.assign(mid=mid).sort_values(["mid", "poll_id"], kind="stable")
        self.y = frame[[f"{p}_pct" for p in PARTS]].to_numpy(float)
        n = frame["sample_size"].to_numpy(float)[:, None]
        p = (n * self.y + 50) / (n + 1)
        self.sampling = frame["design_effect"].to_numpy(float)[:, None] * p * (100 - p) / n
        unit = 10.0 ** -frame["decimals"].to_numpy(float)
        self.rounding = frame["n_parts"].to_numpy(float) * unit**2 / 12
        total = self.y.sum(axis=1, keepdims=True)
        q = (n * self.y * np.minimum(1, 100 / total) + 100 / 3) / (n + 1)
        odds = q / (100 - q)
        self.correlation = -np.sqrt(odds[:, 0] * odds[:, 1])
        self.houses = sorted(frame["house_id"].unique())
        sectors = sorted(frame["sector"].unique())
        of_house = dict(zip(frame["house_id"], frame["sector"], strict=True))
        self.sector = np.array([sectors.index(of_house[h]) for h in self.houses])
        self.n_sectors = len(sectors)
        self.house = np.array([self.houses.index(h) for h in frame["house_id"]])
        self.first_date = frame["mid"].min()
        self.day = (frame["mid"] - self.first_date).dt.days.to_numpy()
        self.knots = np.unique(self.day)
        self.at = np.searchsorted(self.knots, self.day)
        printed = ~np.isnan(self.y)
        self.prints = np.array([printed[self.house == j].any(axis=0) for j in self.all_houses])
        self.complete = self.prints.all(axis=1)

    @property
    def all_houses(self):
        """Positions of the houses."""
        return range(len(self.houses))


def correlated(raw, sd, rho):
    """Pairs (..., 2) with given sds and correlation from standard normal ones."""
    first = raw[..., 0]
    second = rho * first + pt.sqrt(1 - rho**2) * raw[..., 1]
    return pt.stack([sd[0] * first, sd[1] * second], axis=-1)


def house_effects(polls, sigma, rho):
    """Effects (n_houses, 2): the second part given the first, since polls know most of them."""
    g = pt.zeros((polls.n_sectors, 2))
    if polls.n_sectors > 1:
        g = 10.0 * pm.Normal("g_raw", shape=(polls.n_sectors, 2))
    centre = g[polls.sector]
    first = pm.Normal("h_first", centre[:, 0], sigma[0], shape=len(polls.houses))
    given = centre[:, 1] + rho * sigma[1] / sigma[0] * (first - centre[:, 0])
    second = pm.Normal("h_second", given, sigma[1] * pt.sqrt(1 - rho**2), shape=len(polls.houses))
    return pm.Deterministic("h", pt.stack([first, second], axis=-1))


def build_model(polls):
    """The walk is non-centred; the first level is sampled together with the mean effect."""
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 0.5, shape=2)
        omega = pm.HalfNormal("omega", 3.0, shape=2)
        sigma = pm.HalfNormal("sigma_h", 10.0, shape=2)
        rho_x = pm.Deterministic("rho_x", pt.tanh(0.7 * pm.Normal("rho_x_raw")))
        rho_h = pm.Deterministic("rho_h", pt.tanh(0.7 * pm.Normal("rho_h_raw")))
        h = house_effects(polls, sigma, rho_h)
        # Polls see the sum of level and effects; sampling that sum avoids a ridge, Jacobian 1.
        weights = polls.prints / polls.prints.sum(axis=0)
        mean_effect = (h * weights).sum(axis=0)
        first = np.nanmean(polls.y, axis=0) + 3.0 * pm.Flat("first_raw", shape=2)
        pm.Potential("first_prior", -0.5 * (((first - mean_effect - 50.0) / 50.0) ** 2).sum())
        raw = pm.Normal("step_raw", shape=(len(polls.knots) - 1, 2))
        steps = correlated(raw, tau, rho_x) * np.sqrt(np.diff(polls.knots))[:, None]
        level = first - mean_effect + pt.concatenate([pt.zeros((1, 2)), pt.cumsum(steps, axis=0)])
        reference = h[polls.complete].mean(axis=0)
        pm.Deterministic("level", level + reference)
        pm.Deterministic("effect", h - reference)
        add_likelihood(polls, level[polls.at] + h[polls.house], omega)
    return model


def add_likelihood(polls, mean, omega):
    """Normal where one part was printed, bivariate normal where both were."""
    both = ~np.isnan(polls.y).any(axis=1)
    sd = np.sqrt(polls.sampling)
    for k in (0, 1):
        alone = ~np.isnan(polls.y[:, k]) & ~both
        if alone.any():
            variance = polls.sampling[alone, k] + polls.rounding[alone] + omega[k] ** 2
            pm.Normal(f"alone_{k}", mean[alone, k], pt.sqrt(variance), observed=polls.y[alone, k])
    error = polls.y[both] - mean[both]
    var = [polls.sampling[both, k] + polls.rounding[both] + omega[k] ** 2 for k in (0, 1)]
    shared = sd[both, 0] * sd[both, 1] + omega[0] * omega[1]
    cov = polls.correlation[both] * shared
    determinant = var[0] * var[1] - cov**2
    square = var[1] * error[:, 0] ** 2 - 2 * cov * error[:, 0] * error[:, 1]
    square = (square + var[0] * error[:, 1] ** 2) / determinant
    pm.Potential("both", -0.5 * (square + pt.log(determinant)).sum())


def quantities(trace, polls):
    """Draws of everything that is stored: {(section, *keys): (chain, draw) array}."""
    post = {name: trace.posterior[name].to_numpy() for name in ("level", "effect")}
    out = {}
    for name in ("tau", "omega", "sigma_h"):
        for k, part in enumerate(PARTS):
            out["scales", name, part] = trace.posterior[name].to_numpy()[..., k]
    for name in ("rho_x", "rho_h"):
        out["scales", name, ""] = trace.posterior[name].to_numpy()
    for j, house in enumerate(polls.houses):
        for k, part in enumerate(PARTS):
            if polls.prints[j, k]:
                out["houses", house, part] = post["effect"][..., j, k]
    chosen = np.unique(np.round(np.linspace(0, len(polls.knots) - 1, N_REPORT)).astype(int))
    for knot in chosen:
        first, second = post["level"][..., knot, 0], post["level"][..., knot, 1]
        date = (polls.first_date + pd.Timedelta(days=int(polls.knots[knot]))).date().isoformat()
        out["level", date, "for"] = first
        out["level", date, "against"] = second
        out["level", date, "undecided"] = 100 - first - second
        out["level", date, "opinion_share"] = 100 * first / (first + second)
        out["level", date, "net"] = first - second
    last, begin = post["level"][..., -1, :], post["level"][..., 0, :]
    for k, part in enumerate(PARTS):
        out["change", "first to last", part] = (last - begin)[..., k]
    return out


def tables(draws):
    """Sections of the file, and the extremes of the diagnostics."""
    sections, rows = {}, []
    for (section, key, part), values in draws.items():
        row = summarise(values)
        rows.append(row)
        sections.setdefault(section, []).append({"key": key, "part": part} | row)
    convergence = {
        "n_stored": len(rows),
        "rhat_max": max(row["rhat"] for row in rows),
        "ess_bulk_min": min(row["ess_bulk"] for row in rows),
        "ess_tail_min": min(row["ess_tail"] for row in rows),
    }
    return sections, convergence


def run(case, options):
    """Sample one case and return what is to be stored."""
    source = f"inputs/composition_{case}.csv"
    polls = Polls(HERE / source)
    trace, seconds = sample(build_model(polls), options)
    sections, convergence = tables(quantities(trace, polls))
    convergence["divergences"] = int(trace.sample_stats["diverging"].sum())
    return {
        "case": case,
        "input": source,
        "seed": SEED,
        "settings": {
            name: getattr(options, name) for name in ("chains", "draws", "tune", "target_accept")
        },
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "convergence": convergence,
        **sections,
    }


def main():
    """Run the cases that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--draws", type=int, default=5000)
    parser.add_argument("--tune", type=int, default=2000)
    parser.add_argument("--target-accept", type=float, default=0.99)
    parser.add_argument("--trial", action="store_true", help="print convergence, write nothing")
    options = parser.parse_args()
    for case in options.cases:
        result = run(case, options)
        found = result["convergence"]
        rows = [row for section in SECTIONS for row in result[section]]
        worst = min(rows, key=lambda row: row["ess_bulk"])
        print(case, result["seconds"], found, "worst:", worst["key"], worst["part"])
        if options.trial:
            continue
        fewest = min(found["ess_bulk_min"], found["ess_tail_min"])
        if found["rhat_max"] >= MAX_RHAT or fewest < MIN_ESS:
            raise SystemExit(f"{case}: not converged, nothing written")
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (HERE / f"nuts_composition_{case}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
