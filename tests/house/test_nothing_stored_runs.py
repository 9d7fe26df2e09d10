"""A stored notebook or figure runs nothing and fetches nothing when somebody looks at it."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from helpers.paths import ROOT
from nbformat import NotebookNode

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PICTURES = sorted((ROOT / "figures" / "published").glob("*/*.svg"))
# Kinds of output that a viewer shows; others (JavaScript, widgets) it runs.
SHOWN = {"text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml"}
# A browser takes two slashes for an address of another host, too.
REMOTE = r"\s*=\s*[\"']?\s*(?:https?:)?//"
ACTIVE = {
    "a script": r"<\s*script\b|\bjavascript\s*:",
    "a frame": r"<\s*(?:iframe|frame|frameset|object|embed|applet|portal)\b",
    "a form": r"<\s*(?:form|input|button|textarea)\b",
    "a tag that fetches or redirects": r"<\s*(?:link|meta|base)\b|@import\b",
    "a handler": r"<[^>]*[\s/\"']on[a-z]+\s*=",
    "a remote picture": (
        rf"<[^>]*[\s\"'](?:src|srcset|poster|background|data){REMOTE}"
        rf"|<\s*(?:image|use|feimage)\b[^>]*href{REMOTE}"
        r"|url\(\s*[\"']?\s*(?:https?:)?//"
        r"|!\[[^\]]*\]\(\s*<?\s*(?:https?:)?//"
    ),
}
# Code in Markdown is shown as it stands.
QUOTED = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def find_active(text: str) -> list[str]:
    """What in a text of a page a browser would run or fetch."""
    return [name for name, pattern in ACTIVE.items() if re.search(pattern, text, re.IGNORECASE)]


def find_active_in(notebook: NotebookNode) -> list[str]:
    """What in the cells of a notebook a browser would run or fetch."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += find_active(QUOTED.sub("", cell.source))
        for output in cell.get("outputs", []):
            data: dict[str, Any] = output.get("data", {})
            found += [f"an output of kind {kind}" for kind in sorted(data.keys() - SHOWN)]
            # Plain text and the bytes of a picture are never read as a page.
            pages = data.keys() & SHOWN - {"text/plain", "image/png"}
            found += [fault for kind in sorted(pages) for fault in find_active(data[kind])]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_and_does_nothing(path: Path) -> None:
    assert find_active_in(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.parent.name)
def test_a_published_picture_shows_and_does_nothing(path: Path) -> None:
    assert find_active(path.read_text(encoding="utf-8")) == []


PLANTS = [
    ("<script>alert(1)</script>", "a script"),
    ("<SCRIPT src=x.js>", "a script"),
    ('<a href="javascript:alert(1)">trend</a>', "a script"),
    ("<div><iframe srcdoc='x'></iframe></div>", "a frame"),
    ("<object data='page.html'></object>", "a frame"),
    ("<form action='/'>", "a form"),
    ("<link rel=stylesheet href=style.css>", "a tag that fetches or redirects"),
    ("<meta http-equiv=refresh content='0'>", "a tag that fetches or redirects"),
    ("<style>@import 'style.css'</style>", "a tag that fetches or redirects"),
    ("<img src='x.png' onerror='alert(1)'>", "a handler"),
    ("<svg/onload=alert(1)>", "a handler"),
    ('<td style="color:red"\nONCLICK="alert(1)">', "a handler"),
    ('<img src="https://example.org/pixel.png">', "a remote picture"),
    ("<img alt='' src=//example.org/pixel.png>", "a remote picture"),
    ("<image xlink:href='http://example.org/pixel.png'/>", "a remote picture"),
    ("<td style='background: url(https://example.org/pixel.png)'>", "a remote picture"),
]


@pytest.mark.parametrize(("text", "fault"), PLANTS)
@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "image/svg+xml"])
def test_a_planted_fault_of_an_output_is_found(kind: str, text: str, fault: str) -> None:
    output = nbformat.v4.new_output("display_data", data={"text/plain": "a table", kind: text})
    cell = nbformat.v4.new_code_cell("show()", outputs=[output])
    assert find_active_in(nbformat.v4.new_notebook(cells=[cell])) == [fault]


@pytest.mark.parametrize(
    ("text", "fault"), [*PLANTS, ("![trend](https://example.org/pixel.png)", "a remote picture")]
)
def test_a_planted_fault_of_a_text_is_found(text: str, fault: str) -> None:
    cell = nbformat.v4.new_markdown_cell(f"The trend.\n\n{text}\n")
    assert find_active_in(nbformat.v4.new_notebook(cells=[cell])) == [fault]


@pytest.mark.parametrize(
    "kind", ["application/javascript", "application/vnd.jupyter.widget-view+json"]
)
def test_a_planted_output_that_a_viewer_runs_is_found(kind: str) -> None:
    output = nbformat.v4.new_output("display_data", data={kind: "show()"})
    cell = nbformat.v4.new_code_cell("show()", outputs=[output])
    assert find_active_in(nbformat.v4.new_notebook(cells=[cell])) == [f"an output of kind {kind}"]


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td>on 3 March = 81 percent</td></tr></table>",
        '<a href="https://www.levada.ru/en/">Levada</a>',
        "![trend](../figures/published/trend-support/figure.png)",
        "<img src='data:image/png;base64,AAAA'>",
        "Write `<script>` and it is shown, not run.",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_links_pictures_of_ours_and_quoted_code_may_stand(text: str) -> None:
    cell = nbformat.v4.new_markdown_cell(text)
    assert find_active_in(nbformat.v4.new_notebook(cells=[cell])) == []
