"""The font of all figures: matplotlib's own copy of DejaVu Sans, and a lean one for PDF files.

Another copy on a machine, or what a machine's list of fonts says of it, changes no figure.

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

OWN_FAMILY = "DejaVu Sans of matplotlib"
LEAN_FAMILY = "DejaVu Sans for figures"
FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
WEIGHTS = (400, 700)
# Latin and Cyrillic letters, punctuation, arrows, minus and comparisons.
RANGES = ((0x20, 0x180), (0x400, 0x4A0), (0x2010, 0x2070), (0x2190, 0x2194), (0x2212, 0x2213),
          (0x2260, 0x2266))  # fmt: skip
LETTERS = {chr(code) for first, end in RANGES for code in range(first, end)} | {"\n"}
# Kerning is kept, in the plain table that these fonts have too: that is picked in a third of
# the time.  Ligatures go, as letters that a reader copies out of a PDF had better stay letters.
DROPPED_TABLES = ["FFTM", "GDEF", "GPOS", "GSUB", "MATH", "name"]
FAMILY_NAME_ID = 1


@cache
def pin_fonts() -> None:
    """Make matplotlib's own font known under a name that no other font has, once."""
    for name, weight in zip(FILES, WEIGHTS, strict=True):
        font_manager.fontManager.ttflist.append(
            font_manager.FontEntry(
                fname=str(Path(mpl.get_data_path(), "fonts", "ttf", name)),
                name=OWN_FAMILY,
                style="normal",
                variant="normal",
                weight=weight,
                stretch="normal",
                size="scalable",
            )
        )


def find_missing(text: str) -> list[str]:
    r"""Characters of a text that the font of the figures cannot draw, or that no file can hold.

    Examples
    --------
    >>> find_missing("Редакция"), find_missing("日本\x07")
    ([], ['日', '本', '\x07'])
    """
    font = font_manager.get_font(str(Path(mpl.get_data_path(), "fonts", "ttf", FILES[0])))
    there = font.get_charmap()
    return [c for c in dict.fromkeys(text) if not c.isprintable() or ord(c) not in there]


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
    options = subset.Options(legacy_kern=True, glyph_names=True)
    options.drop_tables += DROPPED_TABLES
    with subset.load_font(whole, options) as font:
        names = font["name"]
        # Further names, such as that of the typographic family, would make it DejaVu Sans again.
        names.names = [record for record in names.names if record.nameID in options.name_IDs]
        for record in names.names:
            if record.nameID == FAMILY_NAME_ID:
                record.string = LEAN_FAMILY
        picked = subset.Subsetter(options)
        picked.populate(text="".join(LETTERS))
        picked.subset(font)
        font["name"] = names
        font.save(path)
