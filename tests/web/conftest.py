"""The site, built once for all tests of its pages."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from web import build_site

# Each figure has the same pages; these are the ones that the front page shows.
SLUGS = ["trend-support", "claim-april-2022", "talks-continue", "two-pollsters-support"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the site with a few figures, or of the whole one that SITE names."""
    if whole := os.environ.get("SITE"):
        return Path(whole).resolve()
    return build_site(tmp_path_factory.mktemp("web") / "site", slugs=SLUGS)


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, str]:
    """Text of every page by its place."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*.html"))
    }


def find_browser() -> str | None:
    """Path of a Chromium of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A headless Chromium without a network of its own, with a profile of this run."""
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium is installed: the site is not read in a browser")
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=path,
            args=arguments,
            accept_downloads=True,
        )
        yield context
        context.close()


@pytest.fixture
def tab(browser: BrowserContext) -> Iterator[Page]:
    """A wide tab of the browser."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1200, "height": 900})
    yield page
    page.close()
