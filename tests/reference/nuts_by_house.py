"""The posterior with an excess error for each house, by NUTS, stored as reference numbers.

    python tests/reference/nuts_by_house.py support sim_150
    python tests/reference/nuts_by_house.py support --drift
    python tests/reference/nuts_by_house.py support --drift --calming
    python tests/reference/nuts_by_house.py support --drift --calming --estimated
    python tests/reference/nuts_by_house.py support --drift --drift-days 365 --calming --estimated

Reads inputs/CASE.csv, writes by_house_CASE.json (by_house_CASE_drift.json,
by_house_CASE_drift_calming.json and so on).  The model is
that of nuts_model.py except for

    log omega_j ~ N(log omega, s^2)      s ~ HalfNormal(0.5)

Refuses to write when a stored quantity has R-hat of 1.01 or more, or fewer than
1,000 effective draws.
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from nuts_model import _drift, read_polls, walk_of_level
from nuts_reference import MAX_RHAT, MIN_ESS, PACKAGES, SEED, check, quantities, sample, tables

HERE = Path(__file__).resolve().parent


def build_model(polls, options):
    """Every scale, ratio, level and effect is a free parameter; the ratios are non-centred."""
    n_houses = len(polls.houses)
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 0.5)
        omega = pm.HalfNormal("omega", 3.0)
        sigma_h = pm.HalfNormal("sigma_h", 10.0)
        spread = pm.HalfNormal("omega_spread", 0.5)
        ratio = pm.Normal("ratio", shape=n_houses)
        omega_of = pm.Deterministic("omega_of", omega * pt.exp(spread * ratio))
        centre = 0.0
        if polls.sectors:
            g = pm.Deterministic("g", 10.0 * pm.Normal("g_raw", shape=len(polls.sectors)))
            centre = g[polls.sector_of_house]
        h = pm.Normal("h", centre, sigma_h, shape=n_houses)
        # As in nuts_model.py: the sum x + mean(h) is sampled, with the prior of x(t_1).
        first = polls.share.mean() + 3.0 * pm.Flat("first_raw")
        pm.Potential("first_prior", -0.5 * ((first - h.mean() - 50.0) / 50.0) ** 2)
        level = pm.Deterministic(
            "level", first + walk_of_level(polls, tau, options.calming, options.estimated)
        )
        at = np.searchsorted(polls.knots, polls.day)
        mean = level[at] + (h - h.mean())[polls.house]
        if options.drift:
            mean = mean + _drift(polls, options.drift_days)
        variance = polls.known_variance + omega_of[polls.house] ** 2
        pm.Normal("y", mean, pt.sqrt(variance), observed=polls.share)
    return model


def run(case, options):
    """Sample one case and return what is to be stored."""
    polls = read_polls(HERE / "inputs" / f"{case}.csv")
    trace, seconds = sample(build_model(polls, options), options)
    draws = quantities(trace, polls, options.drift, options.drift_days or np.inf)
    if options.calming:
        draws["scales", "shock"] = trace.posterior["shock"].to_numpy()
    if options.estimated:
        draws["scales", "calm"] = trace.posterior["calm"].to_numpy()
    draws["scales", "omega_spread"] = trace.posterior["omega_spread"].to_numpy()
    omega_of = trace.posterior["omega_of"].to_numpy()
    draws |= {("scales", f"omega:{h}"): omega_of[..., j] for j, h in enumerate(polls.houses)}
    sections, convergence = tables(draws)
    convergence["divergences"] = int(trace.sample_stats["diverging"].sum())
    convergence["max_depth_reached"] = int(trace.sample_stats["maxdepth_reached"].sum())
    convergence["required"] = f"rhat < {MAX_RHAT}, ess_bulk and ess_tail > {MIN_ESS}"
    return {
        "case": case,
        "input": f"inputs/{case}.csv",
        "model": ("drift" if options.drift else "static")
        + (f" drawn back by e in {options.drift_days:g} days" if options.drift_days else "")
        + (", walk calming" if options.calming else "")
        + (" in days that are estimated" if options.estimated else "")
        + ", house_variance by_house",
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


def main():
    """Run the cases of the command line one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", help="names of files in inputs/, without .csv")
    parser.add_argument("--drift", action="store_true", help="let house effects walk")
    parser.add_argument("--drift-days", type=float, help="days by which drifts are drawn back")
    parser.add_argument("--calming", action="store_true", help="let the walk calm")
    parser.add_argument("--estimated", action="store_true", help="in days that are a parameter")
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
        kind = ("_reverting" if options.drift_days else "_drift") if options.drift else ""
        kind += ("_calming" if options.calming else "") + (
            "_estimated" if options.estimated else ""
        )
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (HERE / f"by_house_{case}{kind}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
