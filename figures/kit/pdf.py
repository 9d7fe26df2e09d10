"""PDF with its fonts, in numbers that are the same on every processor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.backends import backend_pdf
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
    with lean_fonts(fig), _short_numbers():
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
