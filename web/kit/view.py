"""A page as one reader sees it: in a language, from a place, with its links."""

import posixpath
from typing import NamedTuple

from web.kit.words import LANGUAGE_NAMES, LANGUAGES, Words


class Tongue(NamedTuple):
    """A language to switch to, and the same page in it."""

    lang: str
    name: str
    href: str


class View(Words):
    """Words and links of one page in one language.

    Parameters
    ----------
    lang : {"en", "ru", "uk"}
    path : str
        Place of the page within its language, such as "pollster/levada.html".

    Examples
    --------
    >>> view = View("ru", "pollster/levada.html")
    >>> view.to("index.html"), view.file("static/site.css")
    ('../index.html', '../../static/site.css')
    """

    def __init__(self, lang: str, path: str) -> None:
        super().__init__(lang)
        self.path = path

    @property
    def place(self) -> str:
        """Place of the page within the site."""
        return locate(self.lang, self.path)

    def to(self, path: str, lang: str | None = None) -> str:
        """Link to a page of the same language, or of another one."""
        page, mark, fragment = path.partition("#")
        return self.file(locate(lang or self.lang, page)) + mark + fragment

    def file(self, path: str) -> str:
        """Link to a file of the site that all languages share."""
        return posixpath.relpath(path, posixpath.dirname(self.place) or ".")

    @property
    def tongues(self) -> list[Tongue]:
        """The languages, each with this page in it."""
        return [Tongue(lang, LANGUAGE_NAMES[lang], self.to(self.path, lang)) for lang in LANGUAGES]


def locate(lang: str, path: str) -> str:
    """Place of a page within the site: English at the top, the others in folders.

    Examples
    --------
    >>> locate("en", "polls.html"), locate("uk", "polls.html")
    ('polls.html', 'uk/polls.html')
    """
    return path if lang == "en" else f"{lang}/{path}"
