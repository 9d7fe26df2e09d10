"""Pages are valid HTML, and every link inside the site leads somewhere."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from figures.kit import LANGUAGES

pytestmark = pytest.mark.long("the whole site is built and parsed")

ATTRIBUTES = ("href", "src", "srcset", "data-src")


def parse(text: str) -> Element:
    """Tree of a page; an error is raised where the standard asks a browser to guess."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def list_targets(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        for name in ATTRIBUTES:
            if target := element.get(name):
                yield target


def find_dead_links(place: str, tree: Element, site: Path, ids: dict[str, set[str]]) -> list[str]:
    """Targets inside the site that are not there, or whose fragment is not."""
    dead = []
    for target in list_targets(tree):
        link = urlsplit(target)
        if link.scheme:
            continue
        folder = posixpath.dirname(place)
        path = (
            posixpath.normpath(posixpath.join(folder, unquote(link.path))) if link.path else place
        )
        is_there = (site / path).is_file()
        # A fragment with an equals sign is a filter for the script of the page.
        asks_id = link.fragment and "=" not in link.fragment and path.endswith(".html")
        if not is_there or (asks_id and link.fragment not in ids.get(path, set())):
            dead.append(target)
    return dead


@pytest.fixture(scope="module")
def trees(pages: dict[str, str]) -> dict[str, Element]:
    return {place: parse(text) for place, text in pages.items()}


def test_every_page_is_there_in_every_language(pages: dict[str, str]) -> None:
    own = {lang: {p.removeprefix(f"{lang}/") for p in pages if p.startswith(f"{lang}/")}
           for lang in LANGUAGES if lang != "en"}  # fmt: skip
    english = {page for page in pages if page.split("/")[0] not in own}
    assert english
    assert [lang for lang, found in own.items() if found != english] == []


def test_no_link_inside_the_site_is_dead(site: Path, trees: dict[str, Element]) -> None:
    ids = {place: {e.get("id") for e in tree.iter()} - {None} for place, tree in trees.items()}
    found = {place: find_dead_links(place, tree, site, ids) for place, tree in trees.items()}
    assert {place: dead for place, dead in found.items() if dead} == {}


def test_an_id_stands_once_in_a_page(trees: dict[str, Element]) -> None:
    for place, tree in trees.items():
        counts = Counter(e.get("id") for e in tree.iter() if e.get("id"))
        assert {name for name, count in counts.items() if count > 1} == set(), place


def test_a_page_names_its_language_and_leads_to_itself_in_the_others(
    trees: dict[str, Element],
) -> None:
    for place, tree in trees.items():
        lang = place.split("/")[0] if place.split("/")[0] in LANGUAGES else "en"
        assert tree.get("lang") == lang, place
        links = [e for e in tree.iter("link") if e.get("hreflang")]
        at = {
            posixpath.normpath(posixpath.join(posixpath.dirname(place), str(link.get("href"))))
            for link in links
        }
        bare = place.removeprefix(f"{lang}/") if lang != "en" else place
        assert at == {bare, f"ru/{bare}", f"uk/{bare}"}, place


def test_nothing_runs_or_is_styled_inside_a_page(pages: dict[str, str]) -> None:
    for place, text in pages.items():
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in unescape(text), place
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), place
        for script in re.findall(r"<script([^>]*)>", text):
            assert re.fullmatch(r' defer src="[^"]+"', script), place


@pytest.mark.quick
@pytest.mark.parametrize("text", ["<p>no doctype", "<!DOCTYPE html><html><b></html>"])
def test_a_page_with_a_planted_fault_is_refused(text: str) -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        parse(text)


@pytest.mark.quick
def test_a_planted_dead_link_is_found(tmp_path: Path) -> None:
    tree = parse(
        "<!DOCTYPE html><html><head><title>A</title></head><body>"
        '<a href="b.html">b</a><a href="#c">c</a><a href="https://example.org/">d</a></body></html>'
    )
    (tmp_path / "a.html").touch()
    assert find_dead_links("a.html", tree, tmp_path, {"a.html": set()}) == ["b.html", "#c"]


def test_the_front_page_shows_the_figures_that_are_its_own(
    site: Path, pages: dict[str, str]
) -> None:
    # The site of the tests holds these figures and no others.
    rendered = [path.name for path in (site / "figures").iterdir() if path.is_dir()]
    assert rendered
    assert [slug for slug in rendered if f"figures/{slug}/" not in pages["index.html"]] == []


def test_no_page_names_the_folder_of_the_machine_that_built_it(
    site: Path, pages: dict[str, str], root: Path
) -> None:
    assert [place for place in pages if str(root) in (site / place).read_text("utf-8")] == []
