"""The table of polls filters and sorts, and files that are offered arrive as they are."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.long("a browser opens pages of the whole site")

ROWS = "#polls tbody tr:not([hidden])"


@pytest.fixture
def table(tab: Page, site: Path) -> Page:
    """The page of all polls."""
    tab.goto((site / "polls.html").as_uri())
    return tab


def list_values(page: Page, name: str) -> list[str]:
    """Values of what is shown, from the top."""
    script = "(rows, name) => rows.map((row) => row.dataset[name])"
    return page.locator(ROWS).evaluate_all(script, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("question", "talks"), ("house", "levada"), ("sector", "state"), ("mode", "cati")],
)
def test_a_filter_leaves_only_what_it_names(table: Page, name: str, value: str) -> None:
    everything = table.locator(ROWS).count()
    table.select_option(f"[name={name}]", value)
    assert set(list_values(table, name)) == {value}
    assert table.locator(ROWS).count() < everything


def test_words_and_the_box_filter_and_the_count_says_so(table: Page) -> None:
    everything = table.locator(ROWS).count()
    table.check("[name=used]")
    used = table.locator(ROWS).count()
    assert 0 < used < everything
    table.fill("[name=words]", "vciom")
    shown = table.locator(ROWS).count()
    assert 0 < shown < used
    assert table.locator("#count").inner_text() == f"{shown} of {everything} rows shown"


def test_a_click_on_a_head_sorts_and_a_second_one_turns_round(table: Page) -> None:
    table.click("th[data-key=n] button")
    first = [float(n) for n in list_values(table, "n")]
    assert first == sorted(first, reverse=True)
    assert table.locator("th[data-key=n]").get_attribute("aria-sort") == "descending"
    table.click("th[data-key=n] button")
    second = [float(n) for n in list_values(table, "n")]
    assert second == sorted(second)
    table.click("th[data-key=date] button")
    table.click("th[data-key=date] button")
    days = list_values(table, "date")
    assert days == sorted(days)


def test_a_link_comes_with_its_filter(tab: Page, site: Path) -> None:
    tab.goto((site / "uk" / "polls.html").as_uri() + "#question=success")
    assert set(list_values(tab, "question")) == {"success"}


def test_filters_are_kept_when_the_language_is_changed_and_words_are_not(
    tab: Page, site: Path
) -> None:
    tab.goto((site / "polls.html").as_uri() + "#question=talks")
    tab.check("[name=used]")
    shown = [list_values(tab, name) for name in ("date", "house", "question")]
    tab.fill("[name=words]", "Levada")
    tab.click(".tongues a[hreflang=ru]")
    tab.wait_for_url("**/ru/polls.html#*")
    assert [list_values(tab, name) for name in ("date", "house", "question")] == shown
    assert tab.locator("[name=used]").is_checked()
    tab.select_option("[name=question]", "")
    tab.uncheck("[name=used]")
    tab.click(".tongues a[hreflang=en]")
    tab.wait_for_url((site / "polls.html").as_uri())
    assert set(list_values(tab, "question")) > {"talks"}


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Address of the site on a host that serves files and nothing else, below a path."""
    handler = partial(Quiet, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A server that does not tell of each request."""

    def log_message(self, format: str, *args: object) -> None:
        del format, args


def test_below_a_path_of_a_host_a_figure_and_its_data_arrive_byte_by_byte(
    tab: Page, site: Path, address: str
) -> None:
    tab.goto(f"{address}/figures/trend-support.html")
    for name in ("data.csv", "figure-ru.svg", "figure.png", "figure-uk.pdf"):
        with tab.expect_download() as waiting:
            tab.click(f"a[download][href$='{name}']")
        arrived = Path(waiting.value.path())
        assert arrived.read_bytes() == (site / "figures/trend-support" / name).read_bytes()
