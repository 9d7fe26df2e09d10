"""Seconds of one fit against the number of polls, a line for each program."""

from pathlib import Path

import matplotlib as mpl

from figures.kit.style import ESTIMATE
from peers.cases import GRIDS, SMALL
from peers.table import show_seconds

PLUGIN, NUTS = "#595959", "#a0420a"
# Name at the line's end, colour, dashes; where the name stands from there (points, alignment).
LINES = {
    "full": ("PollTrend, full posterior", ESTIMATE, "-", (4, -54, "right")),
    "plugin": ("statsmodels, plug-in", PLUGIN, "-", (7, 0, "left")),
    "kfas": ("KFAS, plug-in", PLUGIN, "--", (-8, 6, "right")),
    "nutpie": ("nutpie, NUTS", NUTS, "-", (7, 0, "left")),
    "pymc": ("PyMC, NUTS", NUTS, "--", (7, 0, "left")),
}


def draw_times(measured: dict[str, dict], path: Path) -> None:
    """Write the figure as SVG, the same bytes for the same numbers."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context({"svg.hashsalt": "peers", "svg.fonttype": "path", "font.size": 10}):
        figure, axes = plt.subplots(figsize=(7.2, 5.0), layout="constrained")
        axes.grid(axis="y", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        for name in LINES:
            _draw_line(axes, name, measured)
        axes.set(xscale="log", yscale="log", xlabel="Polls", ylabel="Seconds of one warm fit")
        axes.set_xticks([grid.polls for grid in GRIDS], [f"{grid.polls:,}" for grid in GRIDS])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(write_title(measured), loc="left", weight="bold")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _draw_line(axes: mpl.axes.Axes, name: str, measured: dict[str, dict]) -> None:
    """One program on the grids that it finished, with its name and last time at the end."""
    label, colour, dashes, (right, up, align) = LINES[name]
    points = [
        (grid.polls, measured[grid.name][name]["warm"])
        for grid in GRIDS
        if "warm" in measured[grid.name].get(name, {})
    ]
    if not points:
        return
    axes.plot(*zip(*points, strict=True), dashes, color=colour, marker="o", markersize=4)
    axes.annotate(
        f"{label}: {show_seconds(points[-1][1])} s",
        points[-1],
        xytext=(right, up),
        textcoords="offset points",
        color=colour,
        ha=align,
        va="center",
    )


def write_title(measured: dict[str, dict]) -> str:
    """The finding: what the full posterior takes, and what NUTS where it ran."""
    found = measured[SMALL.name]
    ours = f"{SMALL.polls} polls: full posterior in {show_seconds(found['full']['warm'])} s"
    if "warm" in found.get("nutpie", {}):
        return f"{ours}; NUTS takes {show_seconds(found['nutpie']['warm'])} s"
    return ours
