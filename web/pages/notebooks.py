"""The notebooks as pages: prose, tables and pictures as stored, the code behind a click."""

import base64
import html as markup
import re
import shutil
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from markupsafe import Markup
from nbconvert.filters import markdown2html
from nbconvert.preprocessors.sanitize import SanitizeHTML

from web.kit import Page, View
from web.pictures import NARROW, Picture

FOLDER = Path(__file__).parents[2] / "notebooks"
# Cells that set up or guard are for those who run a notebook.
AWAY = {"setup", "guard", "hide", "remove-cell", "remove-input", "hide-input"}
# What prose and tables of a notebook need, and nothing that runs, styles or loads.
TAGS = ["a", "b", "blockquote", "br", "caption", "code", "em", "h1", "h2", "h3", "h4", "hr", "i"]
TAGS += ["img", "li", "ol", "p", "pre", "small", "strong", "sub", "sup", "table", "tbody", "td"]
TAGS += ["th", "thead", "tr", "ul"]
ATTRIBUTES = {"a": ["href"], "img": ["src", "alt", "class"], "th": ["colspan", "rowspan", "scope"]}
ATTRIBUTES |= {"td": ["colspan", "rowspan"]}
ANCHOR = re.compile(r'\s*<a href="#[^"]*">(?:¶|&#182;)</a>')
# Its rules go with a style: without one they would be read as words.
STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
# The corner of a table heads nothing: pandas writes it as a heading without words.
CORNER = re.compile(r"<th>\s*</th>")
# What a notebook prints before all else; the foot of each page says it.
VERSION = re.compile(r"Tables of \S+ \(\w+\)\n")
# What is laid out in columns or under rules, or is a file of values, keeps its lines.
LAID_OUT = re.compile(r"\S {3,}\S|-{5}|\S;\S")
# A picture of the repository that prose shows.
PICTURE = re.compile(r'(<img[^>]*src=")([^":]+)("[^>]*>)')
LINK = re.compile(r'<a href="([^"]+)">(.*?)</a>', re.DOTALL)
# A name of code is no place to break a line, if it fits on one of a phone.
NAME = re.compile(r"<code>(?=[^\s<]{1,28}</code>)")
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</t[hd]>", re.DOTALL)
# A number, also with its interval or what it counts in brackets, or an interval.
NUMBER = re.compile(r"[<>+−-]?\d[\d.,]*%?( to [+−-]?\d[\d.,]*%?| \([^)]*\))?")
# Cells as short as a date stay on one line; a column of sentences is not squeezed.
SHORT, LONG = 14, 45
# A figure of the catalogue: as a file that prose shows, and as a cell draws it.
PUBLISHED = re.compile(r"\.\./figures/published/([\w-]+)/figure\.\w+")
DRAWN = re.compile(r'draw\(\s*"([\w-]+)"(?:[^)]*Edition\("(\w\w)"\))?')


def list_pages(folder: Path, slugs: Collection[str] = ()) -> Iterator[Page]:
    """Give the list of notebooks and the page of each; their pictures go into the folder.

    Parameters
    ----------
    folder : Path
        The folder of the site.
    slugs : collection of str
        Figures that the site has: a picture of one leads to its page, and has its narrow form.
    """
    names = []
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        heading = find_heading(notebook)
        number = path.stem.partition("_")[0]  # as notebooks name each other
        names.append({"name": path.stem, "number": number, "heading": heading})
        cells = [read_cell(cell, path.stem, place, folder, slugs)
                 for place, cell in enumerate(notebook.cells)]  # fmt: skip
        show = partial(_show, names[-1], cells, slugs)
        yield Page(f"notebooks/{path.stem}.html", "notebook", show, room="data")
    yield Page("notebooks.html", "notebooks", partial(_list, names), room="data")


def _list(names: list[dict[str, str]], view: View) -> dict[str, Any]:
    return {
        "title": view.t("room.notebooks"),
        "description": view.t("notebooks.intro"),
        "notebooks": names,
    }


def _show(
    name: dict[str, str], cells: list[dict[str, Any]], slugs: Collection[str], view: View
) -> dict[str, Any]:
    def link(part: dict[str, Any]) -> dict[str, Any]:
        return {**part, "html": Markup(relink(part["html"], slugs, view))}

    shown = [
        {**link(cell), "outputs": [link(output) for output in cell.get("outputs", ())]}
        for cell in cells
    ]
    description = view.t("notebook.description", title=name["heading"])
    return {
        "title": name["heading"],
        "number": name["number"],
        "description": description,
        "cells": shown,
    }


def find_heading(notebook: nbformat.NotebookNode) -> str:
    """First heading of a notebook."""
    lines = (line for cell in notebook.cells for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("# ")), "")


def read_cell(
    cell: nbformat.NotebookNode, name: str, number: int, folder: Path, slugs: Collection[str] = ()
) -> dict[str, Any]:
    """What a page shows of a cell: prose as HTML, or code and its stored outputs."""
    if cell.cell_type == "markdown":
        return {"kind": "markdown", "html": write_prose(cell.source, folder, slugs)}
    tags = set(cell.metadata.get("tags", ()))
    source = "" if tags & AWAY else cell.source
    outputs = [
        made
        for place, output in enumerate(cell.get("outputs", ()))
        if (made := _read_output(output, f"{name}-{number}-{place}", folder))
        and not VERSION.fullmatch(made["text"])
    ]
    told = cell.metadata.get("alt", "")  # of a picture that does not bring its own
    drawn = DRAWN.search(cell.source)
    known = drawn is not None and drawn[1] in slugs
    figure = {
        "slug": drawn[1] if drawn and known else "",
        "narrow": _narrow(drawn[1], drawn[2] or "en") if drawn and known else "",
    }
    outputs = [made | figure | {"alt": made["alt"] or told} for made in outputs]
    return {"kind": "code", "html": "", "source": source, "outputs": outputs}


def _narrow(slug: str, lang: str = "en") -> str:
    """Place of a figure as it is drawn for narrow pages."""
    return Picture(slug, {}, {}, {}).file("svg", lang, NARROW)


def write_prose(markdown: str, folder: Path, slugs: Collection[str] = ()) -> str:
    """Markdown as HTML that holds nothing but prose.

    Examples
    --------
    >>> write_prose("So *it* is<script>alert(1)</script>", Path())
    '<p>So <em>it</em> isalert(1)</p>'
    """
    html = NAME.sub('<code class="whole">', clean(markdown2html(markdown)).strip())
    html = html.replace("<pre>", '<pre tabindex="0">')  # long lines scroll, also by the keyboard
    return PICTURE.sub(partial(_take_picture, folder, slugs), html)


def _take_picture(folder: Path, slugs: Collection[str], match: re.Match[str]) -> str:
    """Copy a picture that stands beside the notebooks into the folder of the site."""
    place = PurePosixPath("notebooks", "pictures", match[2].replace("../", "").replace("/", "-"))
    source, target = FOLDER / match[2], folder / place
    if not source.is_file():
        return ""  # it has not been rendered yet
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    picture = f"{match[1]}{place}{match[3]}"
    published = PUBLISHED.fullmatch(match[2])
    if published is None or published[1] not in slugs:
        return picture
    narrow = f'<source media="(max-width: 480px)" srcset="{_narrow(published[1])}">'
    return f"<picture>{narrow}{picture}</picture>"


def clean(html: str) -> str:
    """Leave of HTML what prose and tables need.

    Examples
    --------
    >>> clean("<style>td {}</style><table style='color: red'><tr><th></th><th>a</th></tr></table>")
    '<table><tbody><tr><td></td><th>a</th></tr></tbody></table>'
    """
    cleaner = SanitizeHTML(tags=TAGS, attributes=ATTRIBUTES, strip=True)
    kept = ANCHOR.sub("", str(cleaner.sanitize_html_tags(STYLE.sub("", html))))
    return CORNER.sub("<td></td>", kept)


def mark_columns(html: str) -> str:
    """Say of the columns of tables which hold numbers, short words or sentences.

    Tables of pictures, and those with cells over several columns, stay as they are.

    Examples
    --------
    >>> mark_columns("<table><tr><th>n</th></tr><tr><td>16</td></tr><tr><td>9</td></tr></table>")
    ... # doctest: +NORMALIZE_WHITESPACE
    '<table><tr><th class="number">n</th></tr><tr><td class="number">16</td></tr><tr><td
    class="number">9</td></tr></table>'
    """
    return TABLE.sub(_mark_table, html)


def _mark_table(match: re.Match[str]) -> str:
    table = match[0]
    rows = [CELL.findall(row) for row in ROW.findall(table)]
    if "<img" in table or "span=" in table or len({len(row) for row in rows}) != 1:
        return table
    kinds = [
        _kind_of([markup.unescape(re.sub(r"<[^>]+>", "", text)).strip() for _, _, text in column])
        for column in zip(*rows[1:], strict=True)
    ] or [""] * len(rows[0])

    def mark_row(row: re.Match[str]) -> str:
        kind = iter(kinds)
        return CELL.sub(lambda cell: _mark_cell(cell, next(kind)), row[0])

    return ROW.sub(mark_row, table)


def _kind_of(texts: list[str]) -> str:
    filled = [text for text in texts if text]
    if 2 * sum(NUMBER.fullmatch(text) is not None for text in filled) > len(filled):
        return "number"
    longest = max(map(len, filled), default=0)
    return "short" if longest <= SHORT else "prose" if longest > LONG else ""


def _mark_cell(cell: re.Match[str], kind: str) -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<{cell[1]}{cell[2]}{named}>{cell[3]}</{cell[1]}>"


def relink(html: str, slugs: Collection[str], view: View) -> str:
    """Lead links between notebooks and to figures to their pages, pictures to their files."""

    def turn(match: re.Match[str]) -> str:
        target, words = match[1], match[2]
        if "://" in target or target.startswith("#"):
            return match[0]
        if target.endswith(".ipynb"):
            page = f"notebooks/{Path(target).stem}.html"
        elif target == "README.md":
            page = "notebooks.html"
        elif (figure := PUBLISHED.fullmatch(target)) and figure[1] in slugs:
            page = f"figures/{figure[1]}.html"
        else:
            return words  # a file of the repository that the site does not have
        return f'<a href="{view.to(page)}">{words}</a>'

    linked = LINK.sub(turn, html).replace('src="notebooks/', f'src="{view.file("notebooks")}/')
    return linked.replace('srcset="figures/', f'srcset="{view.file("figures")}/')


def _read_output(output: nbformat.NotebookNode, name: str, folder: Path) -> dict[str, Any]:
    made = {"picture": "", "alt": "", "html": "", "text": "", "is_prose": False}
    if output.output_type == "stream":
        return made | {"text": output.text, "is_prose": not LAID_OUT.search(output.text)}
    data = output.get("data", {})
    for mime, ending in (("image/svg+xml", "svg"), ("image/png", "png")):
        if mime in data:
            path = folder / "notebooks" / "pictures" / f"{name}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            content = data[mime]
            path.write_bytes(content.encode() if ending == "svg" else base64.b64decode(content))
            alt = output.metadata.get(mime, {}).get("alt") or output.metadata.get("alt") or ""
            return made | {"picture": path.relative_to(folder).as_posix(), "alt": alt}
    if "text/html" in data:
        return made | {"html": Markup(mark_columns(clean(data["text/html"])))}
    if "text/markdown" in data:
        return made | {"html": Markup(write_prose(data["text/markdown"], folder))}
    return made | {"text": data["text/plain"]} if "text/plain" in data else {}
