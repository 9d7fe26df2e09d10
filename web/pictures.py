"""The published figures in all languages, sizes and formats, in the folder of the site."""

import gc
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from figures import ENTRIES, SIZES, Edition, FittedPolls
from figures.fitted_polls import Entry
from figures.kit import LANGUAGES, Rendering
from figures.kit.save import save_renderings
from figures.processes import choose_start, group_by_model
from web.kit import let_break
from web.material import fit_polls

# The size that pages show, the one in its place on a narrow page, and that of social media.
SHOWN, NARROW, CARD = "article", "phone", "card"
# The figure whose card stands for every page that has none of its own.
FRONT = "trend-support"


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


class Pictures(Mapping[str, Picture]):
    """Pictures by slug, in the order of the catalogue; who asks for one waits until it is drawn.

    Parameters
    ----------
    makers : mapping of str to callable
        Each draws a figure, or waits for the process that does, and gives its picture.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Picture]]) -> None:
        self._makers = makers

    def __getitem__(self, slug: str) -> Picture:
        return self._makers[slug]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@contextmanager
def rendering(
    folder: Path,
    slugs: Iterable[str] | None = None,
    *,
    fitted: FittedPolls,
    data: Path | None = None,
    jobs: int = 1,
) -> Iterator[Pictures]:
    """Context in which figures are rendered into a folder, beside what is done in it.

    Parameters
    ----------
    folder : Path
        Each figure gets a folder of its own in it.
    slugs : iterable of str, optional
        Which; all by default.
    fitted : FittedPolls
        Tables and models of this process; those that are fitted serve the others too.
    data : Path, optional
        Folder with the tables; those of the package by default.
    jobs : int
        Processes; with one the figures are rendered here, when they are asked for.

    Yields
    ------
    Pictures
    """
    asked = None if slugs is None else set(slugs)
    chosen = [entry for entry in ENTRIES if asked is None or entry.slug in asked]
    if jobs == 1:
        yield Pictures(
            {entry.slug: cache(partial(_render, folder, entry, fitted)) for entry in chosen}
        )
        return
    # The figure that all pages name goes first, or none could be written before the last.
    groups = sorted(
        group_by_model(chosen),
        key=lambda entries: FRONT not in [entry.slug for entry in entries],
    )
    context = choose_start()
    inherited = fitted if context.get_start_method() == "fork" else None
    pool = ProcessPoolExecutor(
        min(jobs, len(groups)) or 1, context, initializer=_begin, initargs=(inherited, data)
    )
    # What is there now stays: to look for garbage in it, again and again, is work for nothing.
    gc.freeze()
    try:
        # Processes inherit this while they load.
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        waiting: dict[str, Callable[[], Picture]] = {}
        for entries in groups:
            names = [entry.slug for entry in entries]
            done = pool.submit(_render_group, folder, names)
            waiting.update((name, partial(_take, done, place)) for place, name in enumerate(names))
        signal.signal(signal.SIGINT, heard)
        yield Pictures({entry.slug: waiting[entry.slug] for entry in chosen})
    finally:
        gc.unfreeze()
        pool.shutdown(cancel_futures=True)


def _take(done: Future[list[Picture]], place: int) -> Picture:
    return done.result()[place]


# What a process draws of; its figures share the models.
_process: dict[str, FittedPolls] = {}


def _begin(inherited: FittedPolls | None, data: Path | None) -> None:
    """Begin as a process of several, with the models of the one that it is a copy of."""
    # On Ctrl-C that one says a line and clears away; the others just end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Figures are full of circles: what is left of one goes when it is saved, and not bit by bit.
    gc.disable()
    _process["fitted"] = fit_polls(data) if inherited is None else inherited


def _render_group(folder: Path, slugs: Sequence[str]) -> list[Picture]:
    by_slug = {entry.slug: entry for entry in ENTRIES}
    made = []
    for slug in slugs:
        made.append(_render(folder, by_slug[slug], _process["fitted"]))
        gc.collect()
    return made


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
        titles[lang] = let_break(article.fig.get_suptitle().replace("\n", " "))
        alts[lang], captions[lang] = article.alt, let_break(article.caption)
    return Picture(slug, titles, alts, captions)
