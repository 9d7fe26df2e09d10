"""PDF with its fonts, in numbers that are the same on every processor."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from matplotlib.backends import _backend_pdf_ps, backend_pdf
from matplotlib.figure import Figure

from figures.kit.fonts import lean_fonts

# Matplotlib writes ten decimals, of which the last depend on the processor.
DECIMALS = 4


def write_pdf(fig: Figure, path: Path, title: str, author: str, subject: str) -> None:
    """Write a figure as PDF; call it inside `figures.kit.style.house_style`.

    Parameters
    ----------
    fig : Figure
        A finished one.
    path : Path
        Where to.
    title, author, subject : str
        What the file says of itself. Matplotlib marks neither language nor structure; those
        who do not see it are served by the SVG and by alt.txt.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as out:
    ...     write_pdf(Figure(), Path(out, "a.pdf"), "Title", "Author", "Subject")
    ...     Path(out, "a.pdf").read_bytes()[:5]
    b'%PDF-'
    """
    about = {"CreationDate": None, "Title": title, "Author": author, "Subject": subject}
    with lean_fonts(fig), _short_numbers(), _kept_letters():
        fig.savefig(path, backend="pdf", metadata=about)


@contextmanager
def _short_numbers() -> Iterator[None]:
    """Context in which matplotlib writes numbers of a PDF with four decimals."""
    whole: Callable[[object], bytes] = backend_pdf.pdfRepr

    def write(value: object) -> bytes:
        if isinstance(value, float):
            # Beside ties, as in `figures.kit.layout.settle`.
            value = round(value + 1e-3 * 10**-DECIMALS, DECIMALS)
        return whole(value)

    backend_pdf.pdfRepr = write
    try:
        yield
    finally:
        backend_pdf.pdfRepr = whole


_pick = _backend_pdf_ps.get_glyphs_subset
_save = cache(_backend_pdf_ps.font_as_file)


@lru_cache(maxsize=32)
def _pick_once(font: str, letters: frozenset[Any]) -> tuple[AbstractContextManager[Any], Any]:
    """The letters of a font that a file holds, open: other sizes of its figure hold the same."""
    held = _pick(font, set(letters))
    return held, held.__enter__()


@contextmanager
def _kept_letters() -> Iterator[None]:
    """Context in which matplotlib picks the same letters out of a font once, not file by file."""

    def pick(
        fontfile: str, glyphs: Iterable[Any]
    ) -> "AbstractContextManager[_backend_pdf_ps.SubsetResults]":
        return nullcontext(_pick_once(fontfile, frozenset(glyphs))[1])

    whole = _backend_pdf_ps.font_as_file
    _backend_pdf_ps.get_glyphs_subset, _backend_pdf_ps.font_as_file = pick, _save
    try:
        yield
    finally:
        _backend_pdf_ps.get_glyphs_subset, _backend_pdf_ps.font_as_file = _pick, whole
