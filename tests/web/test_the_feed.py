"""The feeds are valid Atom (RFC 4287), one of a language, and lead to pages that are there."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest

from figures.kit import LANGUAGES
from web.kit import Site, View
from web.material import Material
from web.pages import write_feeds

pytestmark = pytest.mark.long("the whole site is built")

ATOM = "{http://www.w3.org/2005/Atom}"


def read_feed(site: Path, lang: str) -> Element:
    return ET.parse(site / ("" if lang == "en" else lang) / "feed.xml").getroot()


def find_text(element: Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_feed_and_entries_have_what_the_standard_asks(site: Path, lang: str) -> None:
    feed = read_feed(site, lang)
    assert feed.tag == f"{ATOM}feed"
    assert find_text(feed, f"author/{ATOM}name")
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for element in (feed, *entries):
        assert find_text(element, "id").startswith("urn:uuid:")
        assert find_text(element, "title")
        updated = find_text(element, "updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated)
        assert datetime.fromisoformat(updated)
        # What leads to a page has no relation or this one, once: more would need a type each.
        assert [link.get("rel", "alternate") for link in element.findall(f"{ATOM}link")] == [
            "alternate",
            *["self"] * (element is feed),
        ]
        assert element is feed or find_text(element, "summary")
    newest = max(find_text(entry, "updated") for entry in entries)
    assert find_text(feed, "updated") == newest


def test_an_id_stands_once_in_all_feeds(site: Path) -> None:
    feeds = [read_feed(site, lang) for lang in LANGUAGES]
    ids = [found.text for feed in feeds for found in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))


def test_where_the_address_is_known_every_link_is_whole(tmp_path: Path) -> None:
    address = "https://example.org/polls/"
    write_feeds(Site(tmp_path, {}, address), Material())
    for lang in LANGUAGES:
        feed = read_feed(tmp_path, lang)
        hrefs = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
        assert [href for href in hrefs if not href.startswith(address)] == []
        own = feed.find(f"{ATOM}link[@rel='self']")
        assert own is not None
        assert own.get("href") == address + View(lang, "feed.xml").place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_entries_lead_to_pages_that_are_there(site: Path, lang: str) -> None:
    feed = read_feed(site, lang)
    folder = site / ("" if lang == "en" else lang)
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links
    assert [link for link in links if not (folder / urlsplit(link).path).is_file()] == []
