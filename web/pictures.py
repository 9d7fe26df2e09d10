"""The published figures in all languages and sizes, rendered into the folder of the site."""

import multiprocessing
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from figures import ENTRIES, SIZES, Edition
from figures.fitted_polls import Entry
from figures.kit import FORMATS, LANGUAGES, Rendering
from figures.kit.save import save_renderings
from web.material import fit_polls

# The size that pages show; it comes in all formats, the others as pictures to take away.
SHOWN = "article"
# What a narrow page shows in its place, and what social media show of a page.
NARROW, CARD = "phone", "card"


@dataclass(frozen=True)
class Picture:
    """A figure in the folder of the site.

    Parameters
    ----------
    slug : str
        Its folder is figures/<slug>, further sizes are in figures/<slug>/sizes.
    titles, alts, captions : mapping of str to str
        Its words by language.
    sizes : mapping of str to tuple
        Width and height in CSS pixels of each size.
    """

    slug: str
    titles: Mapping[str, str]
    alts: Mapping[str, str]
    captions: Mapping[str, str]
    sizes: Mapping[str, tuple[int, int]]

    def file(self, ending: str, lang: str = "en", size: str = SHOWN) -> str:
        """Place of a file within the site, such as "figures/events/figure-ru.svg"."""
        tongue = "" if lang == "en" else f"-{lang}"
        if ending in ("txt", "csv"):
            raise ValueError(f"{ending} is no picture: see `text` and `data`.")
        if size == SHOWN:
            return f"figures/{self.slug}/figure{tongue}.{ending}"
        return f"figures/{self.slug}/sizes/figure-{size}{tongue}.{ending}"

    def text(self, name: str, lang: str) -> str:
        """Place of "alt" or "caption" in a language."""
        tongue = "" if lang == "en" else f"-{lang}"
        return f"figures/{self.slug}/{name}{tongue}.txt"

    def has(self, size: str) -> bool:
        """Whether it was rendered in a size."""
        return size in self.sizes

    def card(self, lang: str) -> str:
        """Place of the picture that social media show."""
        return self.file("png", lang, CARD if self.has(CARD) else SHOWN)

    @property
    def data(self) -> str:
        """Place of the numbers behind it."""
        return f"figures/{self.slug}/data.csv"


def list_formats(size: str) -> tuple[str, ...]:
    """Formats in which a size is rendered: vector files of the sizes that pages show."""
    if size == SHOWN:
        return FORMATS
    return ("svg", "png") if size == NARROW else ("png",)


def render_pictures(
    folder: Path,
    slugs: Iterable[str] | None = None,
    *,
    data: Path | None = None,
    jobs: int = 1,
) -> dict[str, Picture]:
    """Render figures into a folder, those of one model in one process.

    Parameters
    ----------
    folder : Path
        Each figure gets a folder of its own in it.
    slugs : iterable of str, optional
        Which; all by default.
    data : Path, optional
        Folder with the tables; those of the package by default.
    jobs : int
        Processes.

    Returns
    -------
    dict of Picture
        In the order of the catalogue.
    """
    chosen = [entry for entry in ENTRIES if slugs is None or entry.slug in set(slugs)]
    groups = _group(chosen)
    if jobs == 1:
        made = [_render_group(folder, group, data) for group in groups]
    else:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
            waiting = [pool.submit(_render_group, folder, group, data) for group in groups]
            made = [done.result() for done in waiting]
    by_slug = {picture.slug: picture for pictures in made for picture in pictures}
    return {entry.slug: by_slug[entry.slug] for entry in chosen}


def _group(entries: Sequence[Entry]) -> list[list[str]]:
    """Slugs of the figures of one model together, the longest work first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.model or entry.slug, []).append(entry)
    ordered = sorted(groups.values(), key=lambda group: -sum(entry.seconds for entry in group))
    return [[entry.slug for entry in group] for group in ordered]


def _render_group(folder: Path, slugs: Sequence[str], data: Path | None) -> list[Picture]:
    fitted = fit_polls(data)
    by_slug = {entry.slug: entry for entry in ENTRIES}
    pictures = []
    for slug in slugs:
        entry = by_slug[slug]
        numbers = entry.make_data(fitted)
        shown = [entry.render(fitted, Edition(lang)) for lang in LANGUAGES]
        save_renderings(shown, folder / slug, numbers)
        for size in SIZES:
            if size != SHOWN:
                others = [entry.render(fitted, Edition(lang, size)) for lang in LANGUAGES]
                _add(others, folder / slug / "sizes", size)
        pictures.append(_describe(slug, shown))
    return pictures


def _add(renderings: Sequence[Rendering], folder: Path, size: str) -> None:
    """Put the pictures of a further size beside those of others; the words are the same."""
    made = save_renderings(
        renderings, folder.with_name(f".{size}"), pd.DataFrame(), formats=list_formats(size)
    )
    folder.mkdir(exist_ok=True)
    for path in made.glob("figure-*"):
        path.replace(folder / path.name)
    for path in made.iterdir():
        path.unlink()
    made.rmdir()


def _describe(slug: str, shown: Sequence[Rendering]) -> Picture:
    titles, alts, captions = {}, {}, {}
    for rendering in shown:
        lang = rendering.edition.lang
        titles[lang] = " ".join(rendering.fig.get_suptitle().split())
        alts[lang], captions[lang] = rendering.alt, rendering.caption
    sizes = {name: (size.width, size.height) for name, size in SIZES.items()}
    return Picture(slug, titles, alts, captions, sizes)
