"""The published figures in all languages, sizes and formats, in the folder of the site."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from figures import ENTRIES, SIZES, Edition, FittedPolls
from figures.fitted_polls import Entry
from figures.kit import LANGUAGES, Rendering
from figures.kit.save import save_renderings
from web.material import fit_polls

# The size that pages show, the one in its place on a narrow page, and that of social media.
SHOWN, NARROW, CARD = "article", "phone", "card"


@dataclass(frozen=True)
class Picture:
    """A figure in the folder of the site.

    Parameters
    ----------
    slug : str
        Its folder is figures/<slug>.
    titles, alts, captions : mapping of str to str
        Its words by language.
    """

    slug: str
    titles: Mapping[str, str]
    alts: Mapping[str, str]
    captions: Mapping[str, str]

    def file(self, ending: str, lang: str = "en", size: str = SHOWN) -> str:
        """Place of a file within the site, such as "figures/events/figure-phone-ru.svg"."""
        form = "" if size == SHOWN else f"-{size}"
        tongue = "" if lang == "en" else f"-{lang}"
        return f"figures/{self.slug}/figure{form}{tongue}.{ending}"

    def text(self, name: str, lang: str) -> str:
        """Place of "alt" or "caption" in a language."""
        tongue = "" if lang == "en" else f"-{lang}"
        return f"figures/{self.slug}/{name}{tongue}.txt"

    def card(self, lang: str) -> str:
        """Place of the picture that social media show."""
        return self.file("png", lang, CARD)

    @property
    def data(self) -> str:
        """Place of the numbers behind it."""
        return f"figures/{self.slug}/data.csv"


@contextmanager
def rendering(
    folder: Path,
    slugs: Iterable[str] | None = None,
    *,
    fitted: FittedPolls,
    data: Path | None = None,
    jobs: int = 1,
) -> Iterator[Callable[[], dict[str, Picture]]]:
    """Context in which figures are rendered into a folder, beside what is done in it.

    Parameters
    ----------
    folder : Path
        Each figure gets a folder of its own in it.
    slugs : iterable of str, optional
        Which; all by default.
    fitted : FittedPolls
        Tables and models of this process, for one job.
    data : Path, optional
        Folder with the tables, for several; those of the package by default.
    jobs : int
        Processes; with one the figures are rendered here, when they are asked for.

    Yields
    ------
    callable
        Waits for the figures and gives them in the order of the catalogue.
    """
    chosen = [entry for entry in ENTRIES if slugs is None or entry.slug in set(slugs)]
    if jobs == 1:
        yield lambda: {entry.slug: _render(folder, entry, fitted) for entry in chosen}
        return
    groups = _group(chosen)
    pool = ProcessPoolExecutor(
        min(jobs, len(groups)) or 1,
        multiprocessing.get_context("spawn"),
        # On Ctrl-C this process says a line and clears away; the others just end.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        # Processes inherit this while they load.
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        waiting = [pool.submit(_render_group, folder, group, data) for group in groups]
        signal.signal(signal.SIGINT, heard)

        def wait() -> dict[str, Picture]:
            made = {picture.slug: picture for done in waiting for picture in done.result()}
            return {entry.slug: made[entry.slug] for entry in chosen}

        yield wait
    finally:
        pool.shutdown(cancel_futures=True)


def _group(entries: Sequence[Entry]) -> list[list[str]]:
    """Slugs of the figures of one model together, the longest work first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.model or entry.slug, []).append(entry)
    ordered = sorted(groups.values(), key=lambda group: -sum(entry.seconds for entry in group))
    return [[entry.slug for entry in group] for group in ordered]


def _render_group(folder: Path, slugs: Sequence[str], data: Path | None) -> list[Picture]:
    by_slug = {entry.slug: entry for entry in ENTRIES}
    return [_render(folder, by_slug[slug], _fit_once(data)) for slug in slugs]


# Figures that one process draws share its models.
_fit_once = cache(fit_polls)


def _render(folder: Path, entry: Entry, fitted: FittedPolls) -> Picture:
    shown, others = [], []
    for lang in LANGUAGES:
        article = entry.render(fitted, Edition(lang))
        shown.append(article)
        others += [
            entry.render(fitted, Edition(lang, size), article) for size in SIZES if size != SHOWN
        ]
    save_renderings([*shown, *others], folder / entry.slug, entry.make_data(fitted))
    return _describe(entry.slug, shown)


def _describe(slug: str, shown: Sequence[Rendering]) -> Picture:
    titles, alts, captions = {}, {}, {}
    for article in shown:
        lang = article.edition.lang
        # Lines are broken for the picture; a number stays with its unit.
        titles[lang] = article.fig.get_suptitle().replace("\n", " ")
        alts[lang], captions[lang] = article.alt, article.caption
    return Picture(slug, titles, alts, captions)
