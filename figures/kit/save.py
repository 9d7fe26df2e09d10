"""Writing a finished figure: all of its files, or none."""

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import EEXIST, ENOTDIR, ENOTEMPTY
from io import BytesIO
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import credit_line
from figures.kit.pdf import write_pdf
from figures.kit.style import CSS_PIXELS, house_style
from figures.kit.svg import Description, clean_svg

FORMATS = ("svg", "png", "pdf")
ALT_WORDS = 40
PNG_SCALE = 2
# Of 9: plain colours and text take less room than with more effort, and less time.
PNG_EFFORT = 3


# Files of figures, and what systems leave in folders that somebody looked into.
OURS = re.compile(
    r"figure[a-z-]*\.(?:svg|png|pdf)|(?:alt|caption)(?:-[a-z]+)?\.txt|data\.csv"
    r"|\.DS_Store|Thumbs\.db|desktop\.ini"
)


@dataclass(frozen=True)
class Rendering:
    """A finished figure with its words, in one language and size.

    Parameters
    ----------
    fig : Figure
        As from `figures.kit.finish.finish`.
    alt : str
        What the picture shows, for those who do not see it; at most 40 words.
    caption : str
        Method, estimand and sources.
    edition : Edition
        Its language and size become part of the file names ("figure-wide-ru.svg",
        "alt-ru.txt"), except for the article in English.
    number : str
        The number that the finding is about, with its unit; a card shows it.
    """

    fig: Figure
    alt: str
    caption: str
    edition: Edition = DEFAULT
    number: str = ""

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, object]]:
        """Show the picture in a notebook, with its alt text."""
        file = BytesIO()
        with house_style():
            self.fig.savefig(file, format="png", dpi=PNG_SCALE * self.fig.dpi)
        title = " ".join(self.fig.get_suptitle().split())
        picture = b64encode(file.getvalue()).decode("ascii")
        alt = {"alt": self.alt, "width": round(self.fig.bbox.width)}
        return {"image/png": picture, "text/plain": f"{title}\n{self.alt}"}, {"image/png": alt}


def save(
    fig: Figure,
    folder: str | Path,
    data: pd.DataFrame,
    alt: str,
    caption: str,
    *,
    formats: Collection[str] = FORMATS,
) -> Path:
    """Write a finished figure into a folder: pictures, data, alt text, caption.

    The same figure gives the same bytes on every run.

    Parameters
    ----------
    fig : Figure
        As from `figures.kit.finish.finish`.
    folder : path-like
        Folder of this one figure, such as "published/trend-support". What was in it is
        replaced as a whole; a failure leaves it as it was.
    data : DataFrame
        The numbers behind the picture.
    alt : str
        What the picture shows, for those who do not see it; at most 40 words.
    caption : str
        Method, estimand and sources.
    formats : collection of {"svg", "png", "pdf"}
        Pictures to write.

    Returns
    -------
    Path
        The folder, with figure.svg, figure.png (at 2x), figure.pdf, data.csv, alt.txt
        and caption.txt.

    Raises
    ------
    ValueError
        Title or alt text is missing, the alt text is too long, or a format is unknown.
    OSError
        The folder cannot be written, or holds what no figure made: it is replaced as a whole.

    See Also
    --------
    save_renderings : several languages and sizes of one figure.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from figures.kit.finish import finish
    >>> from figures.kit.style import new_figure
    >>> with house_style():
    ...     fig, ax = new_figure()
    >>> day = pd.Timestamp("2022-04-18")
    >>> fig = finish(fig, "Nothing changed", "Percent", "Made up", day)
    >>> with TemporaryDirectory() as out:
    ...     made = save(fig, f"{out}/nothing", pd.DataFrame(), "Empty axes.", "Made up.")
    ...     sorted(path.name for path in made.iterdir())
    ['alt.txt', 'caption.txt', 'data.csv', 'figure.pdf', 'figure.png', 'figure.svg']
    """
    return save_renderings([Rendering(fig, alt, caption)], folder, data, formats=formats)


def save_renderings(
    renderings: Sequence[Rendering],
    folder: str | Path,
    data: pd.DataFrame,
    *,
    formats: Collection[str] = FORMATS,
) -> Path:
    """Write several renderings of one figure into its folder, all or none.

    Parameters
    ----------
    renderings : sequence of Rendering
        They differ in language or size.
    folder, data, formats
        As for `save`.

    Returns
    -------
    Path
        The folder.
    """
    for rendering in renderings:
        _check(rendering, formats)
    # A link stays a link: what is replaced is the folder behind it.
    named = Path(folder)
    target = Path(os.path.realpath(named)) if named.is_symlink() else named
    target.parent.mkdir(parents=True, exist_ok=True)
    # The process id keeps two runs apart; both names are hidden from a listing.
    made = target.with_name(f".{target.name}.new-{os.getpid()}")
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not the folder of a figure", str(target))
    if stranger := _find_stranger(target):
        raise OSError(ENOTEMPTY, f"holds {stranger}, which no figure made", str(target))
    shutil.rmtree(made, ignore_errors=True)
    try:
        made.mkdir()
        data.to_csv(made / "data.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
        for rendering in renderings:
            _write(rendering, made, named.name, formats)
        _keep_modes(target, made)
        _swap(made, target, old)
    except OSError as error:
        if error.filename is None:  # a full disk does not say where it is full
            raise OSError(error.errno, error.strerror, str(named)) from None
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return named


def _find_stranger(folder: Path) -> str:
    """Name of something in a folder that no figure made, and that would be lost; else empty."""
    with suppress(FileNotFoundError):  # the folder is new, or another process replaces it
        return min((p.name for p in folder.iterdir() if not OURS.fullmatch(p.name)), default="")
    return ""


def _check(rendering: Rendering, formats: Collection[str]) -> None:
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise ValueError(
            f"There is no format {', '.join(unknown)}. There are: {', '.join(FORMATS)}."
        )
    if not rendering.fig.get_suptitle():
        raise ValueError("The figure has no title: finish it first.")
    words = len(rendering.alt.split())
    if not 0 < words <= ALT_WORDS:
        raise ValueError(f"The alt text has {words} words; write 1 to {ALT_WORDS}.")


def _keep_modes(target: Path, made: Path) -> None:
    """Give a new folder and its files the modes of those that they replace."""
    if target.is_dir():
        shutil.copymode(target, made)
        for path in made.iterdir():
            if (target / path.name).is_file():
                shutil.copymode(target / path.name, path)


def _swap(made: Path, target: Path, old: Path) -> None:
    """Put a complete folder where another one may be, and put that one back on failure."""
    while True:
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            try:
                target.rename(old)
            except FileNotFoundError:
                continue  # another process is replacing it too, and was faster
        try:
            made.rename(target)
        except OSError as error:
            if error.errno in (EEXIST, ENOTEMPTY):
                continue  # another process put its own there; ours is later and replaces it
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return


def _write_png(fig: Figure, path: Path, title: str, alt: str) -> None:
    """Write a figure without the layer of transparency that it does not use."""
    drawn = BytesIO()
    fig.savefig(drawn, format="rgba", backend="agg", dpi=PNG_SCALE * fig.dpi)
    # Matplotlib counts whole pixels in the same way.
    size = (int(PNG_SCALE * fig.bbox.width), int(PNG_SCALE * fig.bbox.height))
    about = PngInfo()
    about.add_text("Title", title)
    about.add_text("Description", alt)
    # What the file says of itself: two pixels for each of a page, at any size.
    density = (PNG_SCALE * CSS_PIXELS, PNG_SCALE * CSS_PIXELS)
    picture = Image.frombuffer("RGBA", size, drawn.getvalue(), "raw", "RGBA", 0, 1)
    picture.convert("RGB").save(path, pnginfo=about, dpi=density, compress_level=PNG_EFFORT)


def _write(rendering: Rendering, folder: Path, slug: str, formats: Collection[str]) -> None:
    edition = rendering.edition
    tongue = "" if edition.lang == "en" else f"-{edition.lang}"
    end = ("" if edition.size == "article" else f"-{edition.size}") + tongue
    fig = rendering.fig
    title = " ".join(fig.get_suptitle().split())
    with house_style():
        if "svg" in formats:
            path = folder / f"figure{end}.svg"
            fig.savefig(
                path,
                backend="svg",
                metadata={"Creator": None, "Date": None, "Language": edition.lang},
            )
            width, height = (round(side) for side in fig.bbox.size)
            about = Description(slug + end, edition.lang, title, rendering.alt, width, height)
            drawn = path.read_text(encoding="utf-8")
            path.write_text(clean_svg(drawn, about), encoding="utf-8", newline="\n")
        if "png" in formats:
            _write_png(fig, folder / f"figure{end}.png", title, rendering.alt)
        if "pdf" in formats:
            path = folder / f"figure{end}.pdf"
            write_pdf(fig, path, title, credit_line(edition), rendering.alt)
    for name, words in (("alt", rendering.alt), ("caption", rendering.caption)):
        path = folder / f"{name}{tongue}.txt"
        path.write_text(words.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
