"""The feeds are valid Atom (RFC 4287), one of a language, and lead to pages that are there."""

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest

from figures.kit import LANGUAGES

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
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", find_text(element, "updated"))
    newest = max(find_text(entry, "updated") for entry in entries)
    assert find_text(feed, "updated") == newest


def test_an_id_stands_once_in_all_feeds(site: Path) -> None:
    feeds = [read_feed(site, lang) for lang in LANGUAGES]
    ids = [found.text for feed in feeds for found in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_entries_lead_to_pages_that_are_there(site: Path, lang: str) -> None:
    feed = read_feed(site, lang)
    folder = site / ("" if lang == "en" else lang)
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert links
    assert [link for link in links if not (folder / urlsplit(link).path).is_file()] == []
