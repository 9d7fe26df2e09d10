"""The pictures: frames or results in, finished matplotlib figures out.

The package reads no poll and fits no model; only its command line, ``python -m figures``,
fetches both. Start with :func:`~figures.trend.plot_trend`.
"""

import os

# The command line fits models later in this process: two BLAS threads on their small
# matrices cost up to sixty times the run time of one. It has to be said before numpy is
# imported; a value set by the user stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from figures.coverage import plot_coverage
from figures.finish import KeyEntry, finish
from figures.save import Rendering, save
from figures.style import ANSWER_COLOURS, SECTOR_COLOURS, SIZES, house_style, new_figure
from figures.trend import plot_trend

__all__ = [
    "ANSWER_COLOURS",
    "SECTOR_COLOURS",
    "SIZES",
    "KeyEntry",
    "Rendering",
    "finish",
    "house_style",
    "new_figure",
    "plot_coverage",
    "plot_trend",
    "save",
]
