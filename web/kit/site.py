"""The pages of a site, written through templates into one folder, all or none."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jinja2

from web.kit.view import View, locate
from web.kit.words import LANGUAGES

HERE = Path(__file__).parents[1]
TEMPLATES, STATIC = HERE / "templates", HERE / "static"
# What each site has, and by which one is known.
MARK = Path("static/colours.css")
# Nothing from elsewhere, nothing inline: pages are safe even if a text were not escaped. Data and
# pictures stand in the folder; a page that is opened from disk has the origin of its files.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)


@dataclass(frozen=True)
class Page:
    """A page of the site, in all languages.

    Parameters
    ----------
    path : str
        Place within a language, such as "pollster/levada.html".
    template : str
        Name of its file in templates/, without the ending.
    values : callable
        Makes what the template shows, from the view of a reader: title and description, and more.
    room : str
        The part of the navigation that it belongs to.
    """

    path: str
    template: str
    values: Callable[[View], Mapping[str, Any]]
    room: str = ""


class Site:
    """Writes pages into a folder.

    Parameters
    ----------
    folder : Path
        Where to; see :func:`fresh_folder`.
    shared : mapping
        What all templates know, such as the version of the tables.
    address : str
        Where the site will stand, ending in a slash; pictures for cards in social media and the
        feed need it, pages do not. Empty if unknown.
    """

    def __init__(self, folder: Path, shared: Mapping[str, Any], address: str = "") -> None:
        self.folder = folder
        self.address = address
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(shared, policy=POLICY, address=address, link_file=self.link_file)

    def link_file(self, view: View, path: str) -> str:
        """Link to a file of the site: in full where the address is known."""
        return urljoin(self.address, path) if self.address else view.file(path)

    def link(self, view: View, path: str) -> str:
        """Link to a page in a view's language: in full where the address is known."""
        return self.link_file(view, locate(view.lang, path))

    def write_through(self, view: View, template: str, values: Mapping[str, Any]) -> None:
        """Write a file through a template in the language of a view."""
        made = self._env.get_template(template)
        self.write(view.place, made.render(v=view, t=view.t, rich=view.rich, **values))

    def write_page(self, page: Page) -> None:
        """Write a page in every language."""
        for lang in LANGUAGES:
            view = View(lang, page.path)
            self.write_through(view, f"{page.template}.html", {"page": page, **page.values(view)})

    def write(self, path: str, text: str) -> None:
        """Write a text file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")

    def copy_static(self) -> None:
        """Copy style sheets, scripts and icons."""
        shutil.copytree(STATIC, self.folder / "static", dirs_exist_ok=True)


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of `target` when all went well.

    Raises
    ------
    OSError
        It cannot be written, or `target` is no folder, or one that holds something else than a
        site: it is replaced as a whole.
    """
    target = Path(os.path.realpath(target))  # a link stays a link
    if target.is_symlink():  # still, where links lead in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(target))
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(20, "is a file, not the folder of a site", str(target))
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise OSError(errno.ENOTEMPTY, "holds something else than a site", str(target))
    made = target.with_name(f".{target.name}.new-{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    try:
        yield made
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
