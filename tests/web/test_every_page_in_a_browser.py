"""Every page of every language loads from disk, asks nothing from elsewhere, and fits a phone."""

import os
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from figures.kit import LANGUAGES
from web.kit.view import locate

pytestmark = pytest.mark.long("the whole site is built, and each of its pages opened in a browser")

# Which page of a kind is put before axe: the others come from the same template. Of a site that is
# named, as in SITE=build/site, every page is.
KINDS = [
    "index.html",
    "questions.html",
    "question/talks.html",
    "pollsters.html",
    "polls.html#question=escalate",
    "pollster/russian_field.html",
    "figures.html",
    "figures/trend-support.html",
    "claim.html",
    "trust.html",
    "data.html",
    "codebook.html",
    "changes.html",
    "cite.html",
    "r.html",
    "notebooks.html",
    "notebooks/04_the_claim.html",
    "api/index.html",
    "api/polls.html",
]
NARROW = {"width": 360, "height": 740}
SCHEMES = ("light", "dark")


def test_pages_load_without_a_complaint_ask_nothing_elsewhere_and_never_scroll_sideways(
    browser: BrowserContext, site: Path, pages: dict[str, str]
) -> None:
    tab = browser.new_page()
    tab.set_viewport_size(NARROW)
    complaints: list[str] = []
    asked: list[str] = []
    wide: list[str] = []
    tab.on("console", lambda said: complaints.append(f"{tab.url}: {said.text}"))
    tab.on("pageerror", lambda error: complaints.append(f"{tab.url}: {error}"))
    tab.on("request", lambda request: asked.append(request.url))
    for place in pages:
        tab.goto((site / place).as_uri())
        if tab.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
            wide.append(place)
    tab.close()
    home = site.as_uri() + "/"
    assert complaints == []
    assert [url for url in asked if not url.startswith(home)] == []
    assert wide == []


def list_views() -> list[tuple[str, str]]:
    """Pages and schemes: each kind in two languages by turns, of a whole site each page in both.

    Colours hang on the scheme, and words on the language.
    """
    if whole := os.environ.get("SITE"):
        places = sorted(path.relative_to(whole).as_posix() for path in Path(whole).rglob("*.html"))
        return [(place, scheme) for place in places for scheme in SCHEMES]
    return [
        (locate(LANGUAGES[(turn + step) % len(LANGUAGES)], kind), scheme)
        for turn, kind in enumerate(KINDS)
        for step, scheme in enumerate(SCHEMES)
    ]


@pytest.mark.parametrize(("place", "scheme"), list_views())
def test_axe_finds_nothing_by_day_and_by_night(
    place: str, scheme: Literal["light", "dark"], tab: Page, site: Path
) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(f"{site.as_uri()}/{place}")
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def test_a_planted_fault_is_found_by_axe(tab: Page, site: Path) -> None:
    tab.goto((site / "claim.html").as_uri())
    tab.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert Axe().run(tab).violations_count == 1


def test_the_keyboard_gets_to_the_content_first(tab: Page, site: Path) -> None:
    tab.goto((site / "ru" / "index.html").as_uri())
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"


def test_what_is_printed_is_dark_on_white_by_night_too(tab: Page, site: Path) -> None:
    tab.emulate_media(color_scheme="dark", media="print")
    tab.goto((site / "trust.html").as_uri())
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not tab.locator("nav.rooms").is_visible()


def test_all_pictures_of_the_front_page_are_there_for_a_printer(tab: Page, site: Path) -> None:
    """A printer does not scroll: what waits to be seen would be blank on paper."""
    tab.set_viewport_size(NARROW)
    tab.goto((site / "ru" / "index.html").as_uri())
    there = "[...document.images].map((image) => image.complete && image.naturalWidth > 0)"
    assert tab.evaluate(there) == [True] * 4


def test_the_front_page_is_light(site: Path, tab: Page) -> None:
    loaded: list[str] = []
    tab.on("request", lambda request: loaded.append(request.url))
    tab.goto((site / "uk" / "index.html").as_uri())
    tab.wait_for_selector("#chart[data-ready]")
    tab.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    files = {site / url.removeprefix(site.as_uri() + "/") for url in loaded}
    assert len(files) > 5
    assert sum(path.stat().st_size for path in files) < 1_500_000
