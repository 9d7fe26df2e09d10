"""NUTS on one CSV, by the peers' Python: `run_nuts.py nutpie|nutpie95|pymc POLLS.csv [MODEL]`."""

import sys
from types import SimpleNamespace

import arviz as az
import numpy as np
import nuts_by_house
import pymc as pm
from nuts_model import build_model, read_polls

from peers import nuts_parties
from peers.cases import N_REPORTED
from peers.usage import Clock, tell

SEED = 1


def prepare(program, model):
    """Compile, and return what samples: at default settings, but for nutpie95."""
    if program == "pymc":
        return lambda: pm.sample(random_seed=SEED, progressbar=False, model=model)
    import nutpie

    compiled = nutpie.compile_pymc_model(model)
    options = {"target_accept": 0.95} if program == "nutpie95" else {}
    return lambda: nutpie.sample(compiled, seed=SEED, progress_bar=False, **options)


def build(model, polls):
    """The model of that name, or the default one, as PyMC sees it."""
    if model == "parties":
        return nuts_parties.build_model(polls)
    if model == "published":
        options = SimpleNamespace(drift=True, drift_days=None, calming=True, estimated=False)
        return nuts_by_house.build_model(polls, options)
    return build_model(polls, drift=model == "drift")


def main(program, path, model=""):
    """Run one sampler."""
    polls = nuts_parties.read_polls(path) if model == "parties" else read_polls(path)
    # Only days with polls are knots: the least work that the posterior can be had with.
    polls.knots = np.unique(polls.day)
    clock = Clock()
    sampler = prepare(program, build(model, polls))
    compiled, _ = clock.read()
    trace = sampler()
    first, cpu = clock.read()
    memory = clock.memory_above_import()
    posterior = trace.posterior
    steps = np.round(np.linspace(0, len(polls.day) - 1, N_REPORTED)).astype(int)
    at = np.searchsorted(polls.knots, polls.day[steps])
    level = posterior["level"].to_numpy()[:, :, at]
    # Of several parties one after the other.
    level = np.moveaxis(level, 2, -1).reshape(*level.shape[:2], -1)
    scales = [posterior[name].to_numpy() for name in ("tau", "omega", "sigma_h")]
    watched = [*np.moveaxis(level, -1, 0), *scales]
    tell(
        first=first, first_cpu=cpu, warm=first - compiled, warm_cpu=cpu, memory=memory,
        mean=level.mean(axis=(0, 1)).tolist(), sd=level.std(axis=(0, 1)).tolist(),
        chains=posterior.sizes["chain"], draws=posterior.sizes["draw"],
        ess=min(float(az.ess(one)) for one in watched),
        rhat=max(float(az.rhat(one)) for one in watched),
        divergences=int(trace.sample_stats["diverging"].sum()),
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
