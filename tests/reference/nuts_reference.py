"""Posterior of the trend model by NUTS, stored as reference numbers.

    python tests/reference/nuts_reference.py support talks sim_40 sim_150 sim_300
    python tests/reference/nuts_reference.py support --drift

Reads inputs/CASE.csv, writes nuts_CASE.json (nuts_CASE_drift.json).  Refuses to
write when a stored quantity has R-hat of 1.01 or more, or fewer than 1,000
effective draws.
"""

import argparse
import json
import platform
import time
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import arviz as az
import numpy as np
import nutpie
import pandas as pd
from nuts_drift import drift_quantities
from nuts_model import build_model, read_polls

HERE = Path(__file__).resolve().parent
SEED = 20221122
MAX_RHAT, MIN_ESS = 1.01, 1000
PACKAGES = ("nutpie", "pymc", "pytensor", "numba", "arviz", "numpy", "scipy", "pandas")


def sample(model, options):
    """Run NUTS; return the inference data and the wall times."""
    started = time.perf_counter()
    compiled = nutpie.compile_pymc_model(model)
    compiled_at = time.perf_counter()
    trace = nutpie.sample(
        compiled,
        draws=options.draws,
        tune=options.tune,
        chains=options.chains,
        cores=options.cores,
        target_accept=options.target_accept,
        seed=SEED,
        progress_bar=False,
    )
    done = time.perf_counter()
    return trace, {"compile": compiled_at - started, "sample": done - compiled_at}


def quantities(trace, polls, drift, drift_days=np.inf):
    """Draws of everything that is stored: {(section, *keys): (chain, draw) array}."""
    post = trace.posterior
    out = {("scales", s): post[s].to_numpy() for s in ("tau", "omega", "sigma_h")}
    if drift:
        out["scales", "kappa"] = post["kappa"].to_numpy()
    h, level = post["h"].to_numpy(), post["level"].to_numpy()
    # Reference "houses": the plain mean of the house effects is zero.
    centred = h - h.mean(axis=-1, keepdims=True)
    for j, house in enumerate(polls.houses):
        out["houses", house] = centred[..., j]
    # `level` is x + mean(h): the mean of these houses.
    for day in polls.report_days:
        where = np.searchsorted(polls.knots, day)
        out["level", _date(polls, day)] = level[..., where]
    for a, b in combinations(range(len(polls.sectors)), 2):
        member = [h[..., polls.sector_of_house == k].mean(axis=-1) for k in (a, b)]
        names = (polls.sectors[a], polls.sectors[b])
        out["sector_gap", *names, "these_houses"] = member[0] - member[1]
        g = post["g"].to_numpy()
        out["sector_gap", *names, "population"] = g[..., a] - g[..., b]
    if drift:
        out |= drift_quantities(polls, post, np.random.default_rng(SEED), drift_days)
    return out


def _date(polls, day):
    """ISO date of a day since the first mid-field date."""
    return (polls.first_date + pd.Timedelta(days=int(day))).date().isoformat()


def summarise(draws):
    """Mean, sd, 95% interval and how well the chains know them."""
    low, middle, high = np.quantile(draws, [0.025, 0.5, 0.975])
    square = (draws - draws.mean()) ** 2
    # Monte Carlo error of an sd: delta method on the mean of the squares.
    error_of_square = square.std() / np.sqrt(az.ess(square, method="mean"))
    numbers = {
        "mean": draws.mean(),
        "sd": draws.std(ddof=1),
        "lower": low,
        "median": middle,
        "upper": high,
        "mcse_mean": draws.std(ddof=1) / np.sqrt(az.ess(draws, method="mean")),
        "mcse_sd": error_of_square / (2 * draws.std(ddof=1)),
    }
    row = {name: round(float(value), 5) for name, value in numbers.items()}
    row["rhat"] = round(float(az.rhat(draws)), 5)
    row["ess_bulk"] = round(float(az.ess(draws, method="bulk")))
    row["ess_tail"] = round(float(az.ess(draws, method="tail")))
    return row


def tables(draws):
    """Sections of the file from the draws, and the extremes of their diagnostics."""
    sections, rows = {}, []
    for (section, *keys), values in draws.items():
        row = summarise(values)
        rows.append(row)
        if section in ("scales", "houses", "house_drift"):
            sections.setdefault(section, {})[keys[0]] = row
        else:
            names = ("sector", "other", "estimand") if section == "sector_gap" else ("date",)
            named = dict(zip(names, keys, strict=True)) | row
            sections.setdefault(section, []).append(named)
    convergence = {
        "n_stored": len(rows),
        "rhat_max": max(row["rhat"] for row in rows),
        "ess_bulk_min": min(row["ess_bulk"] for row in rows),
        "ess_tail_min": min(row["ess_tail"] for row in rows),
    }
    return sections, convergence


def run(case, options):
    """Sample one case and return what is to be stored."""
    polls = read_polls(HERE / "inputs" / f"{case}.csv")
    trace, seconds = sample(build_model(polls, options.drift), options)
    sections, convergence = tables(quantities(trace, polls, options.drift))
    stats = trace.sample_stats
    convergence["divergences"] = int(stats["diverging"].sum())
    convergence["max_depth_reached"] = int(stats["maxdepth_reached"].sum())
    convergence["required"] = f"rhat < {MAX_RHAT}, ess_bulk and ess_tail > {MIN_ESS}"
    return {
        "case": case,
        "input": f"inputs/{case}.csv",
        "model": "drift" if options.drift else "static",
        "reference": "houses: plain mean of the house effects zero; level is x + mean(h)",
        "sampler": {
            "program": "nutpie (NUTS), nothing marginalised",
            "chains": options.chains,
            "draws_per_chain": options.draws,
            "tune_per_chain": options.tune,
            "target_accept": options.target_accept,
            "seed": SEED,
            "cores": options.cores,
        },
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "convergence": convergence,
        **sections,
    }


def check(result):
    """Refuse numbers that the chains do not agree on."""
    found = result["convergence"]
    good = found["rhat_max"] < MAX_RHAT
    good &= min(found["ess_bulk_min"], found["ess_tail_min"]) > MIN_ESS
    if not good:
        raise SystemExit(f"{result['case']}: not converged, nothing written: {found}")


def main():
    """Run the cases of the command line one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", help="names of files in inputs/, without .csv")
    parser.add_argument("--drift", action="store_true", help="let house effects walk")
    parser.add_argument("--draws", type=int, default=5000)
    parser.add_argument("--tune", type=int, default=2000)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--target-accept", type=float, default=0.99)
    parser.add_argument("--trial", action="store_true", help="print convergence, write nothing")
    options = parser.parse_args()
    for case in options.cases:
        result = run(case, options)
        print(case, result["seconds"], result["convergence"], flush=True)
        if options.trial:
            print(json.dumps(result["scales"], indent=1))
            continue
        check(result)
        name = f"nuts_{case}_drift.json" if options.drift else f"nuts_{case}.json"
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
