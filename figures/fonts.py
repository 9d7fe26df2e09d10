"""DejaVu Sans without the scripts that no figure writes, for PDF files.

A PDF holds the letters that it shows, and picking them out of all of DejaVu Sans takes
longer than drawing the figure. Picked out of its Latin and Cyrillic letters they are the
same letters, of the same widths.
"""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import matplotlib as mpl
from fontTools import subset
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

LEAN_FAMILY = "DejaVu Sans for figures"
FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
# Latin and Cyrillic letters, punctuation, arrows, minus and comparisons.
RANGES = ((0x20, 0x180), (0x400, 0x4A0), (0x2010, 0x2070), (0x2190, 0x2194), (0x2212, 0x2213),
          (0x2260, 0x2266))  # fmt: skip
LETTERS = {chr(code) for first, end in RANGES for code in range(first, end)} | {"\n"}
# Of all that a font can do with letters, what matplotlib asks for: kerning and ligatures.
FEATURES = ["kern", "liga"]
FAMILY_NAME_ID = 1


def lean_fonts(fig: Figure) -> AbstractContextManager[None]:
    """Context in which a figure is written with the lean font, if that has all its letters.

    Examples
    --------
    >>> fig = Figure()
    >>> _ = fig.text(0, 0, "Σ of all")
    >>> with lean_fonts(fig):
    ...     mpl.rcParams["font.sans-serif"][0]
    'DejaVu Sans'
    """
    if not {letter for text in fig.findobj(Text) for letter in text.get_text()} <= LETTERS:
        return nullcontext()
    _register()
    return mpl.rc_context({"font.sans-serif": [LEAN_FAMILY, *mpl.rcParams["font.sans-serif"]]})


@cache
def _register() -> None:
    """Make the lean font known to matplotlib, once."""
    folder = mkdtemp(prefix="figures-fonts-")
    # Unlike what atexit holds, this is also called at the end of each of several processes.
    Finalize(None, rmtree, (folder,), {"ignore_errors": True}, exitpriority=0)
    for name in FILES:
        path = Path(folder) / name
        _write_lean(Path(mpl.get_data_path(), "fonts", "ttf", name), path)
        font_manager.fontManager.addfont(path)


def _write_lean(whole: Path, path: Path) -> None:
    """Write a font with the letters of `RANGES` alone, under a name of its own."""
    options = subset.Options(
        layout_features=FEATURES, glyph_names=True, drop_tables=["FFTM", "MATH"]
    )
    with subset.load_font(whole, options) as font:
        picked = subset.Subsetter(options)
        picked.populate(text="".join(LETTERS))
        picked.subset(font)
        for record in font["name"].names:
            if record.nameID == FAMILY_NAME_ID:
                record.string = LEAN_FAMILY
        font.save(path)
