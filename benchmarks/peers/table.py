"""What the programs took and how far they are off, and whether the targets are met."""

import numpy as np

from peers.cases import GRIDS, LARGE, LARGEST, MODELS, SMALL, name_model, name_parties

PROGRAMS = {
    "full": "PollTrend, full posterior",
    "map": 'PollTrend, fit("map"): plug-in',
    "plugin": "statsmodels, plug-in",
    "kfas": "KFAS, plug-in",
    "nutpie": "nutpie, NUTS at its defaults",
    "nutpie95": "nutpie, target_accept 0.95",
    "pymc": "PyMC, NUTS at its defaults",
}
# In place of the first, on polls of several parties.
OF_PARTIES = "PartiesTrend, full posterior"
# Of one fit to the small grid, by model.
MOST_SECONDS = {"drift": 0.5, "published": 1.0}
HEADS = (
    "polls/houses/days",
    "program",
    "first s",
    "warm s",
    "CPU s",
    "memory MB",
    "level off",
    "sd off",
)
HOW = """\
First: from the polls to the fit in a fresh process, compilation included. Warm: the best of \
further fits in that process (NUTS: the sampling alone). CPU: that of the warm fit, all threads \
(NUTS: of the first). Memory: highest above what the imports left. Level off: largest distance of \
the mean of the level from the reference over 30 poll days, in its sds; sd off: largest relative \
error of the sd. Reference: the full posterior on a lattice of half the spacing that reaches \
half as far again, of several parties 16,384 draws in place of 4,096; \
`test_posterior_agrees_with_nuts.py` holds the full posterior to NUTS runs of 20,000 draws and \
more. Plug-in fits leave the uncertainty of the scales out; statsmodels and KFAS maximise \
the likelihood without the priors of the scales."""


def list_times(measured: dict[str, dict], cap: float) -> list[str]:
    """Table of all runs in Markdown."""
    lines = [
        HOW,
        "",
        f"| {' | '.join(HEADS)} | |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    models = [name_model(model, grid) for model in MODELS for grid in (SMALL, LARGE)]
    for size in (*(grid.name for grid in GRIDS), *models, name_parties()):
        found = measured[size]
        programs = PROGRAMS | ({"full": OF_PARTIES} if size == name_parties() else {})
        for name, label in programs.items():
            if name in found:
                cells = _cells(found[name], found.get("reference", {}), cap)
                lines.append(f"| {size} | {label} | {' | '.join(cells)} |")
    return lines


def _cells(told: dict, reference: dict, cap: float) -> list[str]:
    """Cells of one run."""
    if "over" in told:
        return [f"> {cap:g}", "", "", "", "", "", "stopped"]
    if "fault" in told:
        return ["", "", "", "", "", "", told["fault"]]
    off = ["", ""]
    if "sd" in reference:
        mean, sd = (np.array(reference[key]) for key in ("mean", "sd"))
        level, spread = np.abs(np.array(told["mean"]) - mean) / sd, np.array(told["sd"]) / sd - 1
        off = [f"{level.max():.3f}", f"{100 * spread[np.abs(spread).argmax()]:+.1f}%"]
    times = [show_seconds(told[key]) for key in ("first", "warm", "warm_cpu")]
    return [*times, f"{told['memory']:.0f}", *off, _remark(told)]


def show_seconds(value: float) -> str:
    """Two significant digits, and no more than a thousandth."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}" if value >= 0.1 else f"{value:.3f}"


def _remark(told: dict) -> str:
    """What else a reader should know of a run."""
    if "ess" in told:
        size = f"{told['chains']} x {told['draws']} draws, fewest effective {told['ess']:.0f}"
        return f"{size}, R-hat {told['rhat']:.2f}, {told['divergences']} divergences"
    if "trend" in told and "n_points" in told:
        return f"{told['n_points']} points; daily table {show_seconds(told['trend'])} s more"
    return told.get("version", "")


def list_targets(measured: dict[str, dict]) -> list[str]:
    """Table of targets in Markdown: met, missed or not measured."""
    lines = ["| target | found | |", "|---|---:|---|"]
    for target, found, limit, at_most in _targets(measured):
        if found is None:
            lines.append(f"| {target} | | not measured |")
            continue
        is_met = found <= limit if at_most else found >= limit
        lines.append(f"| {target} | {found:.3g} | {'met' if is_met else 'missed'} |")
    return lines


def _targets(measured: dict[str, dict]) -> list[tuple[str, float | None, float, bool]]:
    """Words, what was found, the limit, and whether it is an upper one."""

    def get(grid, name, key):
        return get_of(grid.name, name, key)

    def get_of(size, name, key):
        told = measured[size].get(name, {})
        return told.get(key, told.get("over") if key == "warm" else None)

    def over(a, b):
        return a / b if a is not None and b else None

    small, large = get(SMALL, "full", "warm"), get(LARGE, "full", "warm")
    largest = measured[LARGEST.name]["full"]
    as_of = measured["as_of"]
    size = SMALL.name
    growth = _largest_growth(measured)
    counts = f"{as_of.get('dates')} days, {as_of.get('fits')} fits"
    refits = f"{size}: seconds of the history as of {counts}, at most 30"
    models = []
    for model, most in MOST_SECONDS.items():
        at = name_model(model)
        ratio = over(get_of(at, "nutpie", "warm"), get_of(at, "full", "warm"))
        words = f"{at}: nutpie (sampling alone) over the full posterior, at least 100"
        models += [
            (f"{at}: seconds of CPU, at most {most:g}", get_of(at, "full", "warm_cpu"), most, True),
            (words, ratio, 100, False),
        ]
    small_published, large_published = (name_model("published", grid) for grid in (SMALL, LARGE))
    return [
        (f"{size}: nutpie (sampling alone) over the full posterior, at least 100",
         over(get(SMALL, "nutpie", "warm"), small), 100, False),
        (f"{size}: full posterior over the statsmodels plug-in, at most 15",
         over(small, get(SMALL, "plugin", "warm")), 15, True),
        (f"{size}: memory above import, at most 150 MB", get(SMALL, "full", "memory"), 150, True),
        (f"{LARGE.name} over {size}: time, at most 30", over(large, small), 30, True),
        (f"{LARGE.name}: memory above import, at most 300 MB",
         get(LARGE, "full", "memory"), 300, True),
        ("growth of the time over that of polls times houses, from the first grid on, at most 1",
         growth, 1, True),
        (f"{LARGEST.name}: highest memory of the process, below 1,000 MB",
         largest.get("peak"), 1000, True),
        (refits, as_of.get("wall"), 30, True),
        *models,
        (f"{large_published} over {small_published}: time, at most 30",
         over(get_of(large_published, "full", "warm"), get_of(small_published, "full", "warm")),
         30, True),
    ]  # fmt: skip


def _largest_growth(measured: dict[str, dict]) -> float | None:
    """Ratio of times over ratio of polls times houses, from the first grid to any later one."""
    times = [measured[grid.name]["full"].get("warm") for grid in GRIDS]
    sizes = [grid.polls * grid.houses for grid in GRIDS]
    if None in times:
        return None
    pairs = zip(times[1:], sizes[1:], strict=True)
    return max(time / times[0] / (size / sizes[0]) for time, size in pairs)
