"""The site, built once for all tests of its pages."""

from pathlib import Path

import pytest

from web import build_site

# Each figure has the same pages; these are the ones that the front page shows.
SLUGS = ["trend-support", "claim-april-2022", "talks-continue"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the site with a few figures."""
    return build_site(tmp_path_factory.mktemp("web") / "site", slugs=SLUGS)


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, str]:
    """Text of every page by its place."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*.html"))
    }
