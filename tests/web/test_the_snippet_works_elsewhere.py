"""What the page of a figure gives to be copied shows the figure on a page of somebody else."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.long("a browser opens pages of the whole site")

PLACE = "figures/trend-support"


def test_beside_the_downloaded_file_the_copied_lines_show_the_figure(
    tab: Page, site: Path, tmp_path: Path
) -> None:
    tab.goto((site / "ru" / f"{PLACE}.html").as_uri())
    snippet = tab.locator("#snippet").input_value()
    shutil.copy(site / PLACE / "figure-ru.svg", tmp_path)
    (tmp_path / "post.html").write_text(f"<!DOCTYPE html><title>A</title>{snippet}", "utf-8")
    tab.goto((tmp_path / "post.html").as_uri())
    width = "document.images[0].decode().then(() => document.images[0].naturalWidth)"
    assert tab.evaluate(width) > 0
    assert tab.locator("img").get_attribute("alt") == (
        (site / PLACE / "alt-ru.txt").read_text(encoding="utf-8").strip()
    )
