"""The pictures: frames or results in, finished matplotlib figures out.

The drawing functions read no poll and fit no model. The command line, ``python -m figures``,
fetches the polls, and the published figures ask `analysis` what they show. Start with
:func:`~figures.support.trend.plot_trend`.
"""

import os

from figures._start import begin, is_command

# The command line fits models later in this process: two BLAS threads on their small
# matrices cost up to sixty times the run time of one. It has to be said before numpy is
# imported; a value set by the user stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A memory pool of pyarrow that nothing here uses starts a thread of its own when it is
# imported. Without it the command line is alone in its process, and can safely be copied.
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")

if is_command("figures"):
    begin("figures")
    # No picture needs a window: a backend that is not there, or that a slip names, changes nothing.
    os.environ["MPLBACKEND"] = "agg"
    # Nor has a file of the user's settings a say; one that is no UTF-8 would stop matplotlib.
    os.environ["MATPLOTLIBRC"] = os.devnull

from figures.catalogue import ENTRIES, draw
from figures.fitted_polls import FittedPolls
from figures.kit.edition import RELEASE, SIZES, Edition
from figures.kit.finish import KeyEntry, finish
from figures.kit.save import Rendering, save
from figures.kit.style import ANSWER_COLOURS, SECTOR_COLOURS, house_style, new_figure
from figures.support.coverage import plot_coverage
from figures.support.trend import plot_trend

__all__ = [
    "ANSWER_COLOURS",
    "ENTRIES",
    "SECTOR_COLOURS",
    "SIZES",
    "Edition",
    "FittedPolls",
    "KeyEntry",
    "Rendering",
    "draw",
    "finish",
    "house_style",
    "new_figure",
    "plot_coverage",
    "plot_trend",
    "save",
]

__version__ = RELEASE
