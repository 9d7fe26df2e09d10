"""The chart of the front page answers the pointer, the keyboard and each of its controls."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from web.kit import Words

pytestmark = pytest.mark.long("a browser opens pages of the whole site")

DOTS = "#plot .mark-symbol path"
LINE = "#plot .mark-line path"


@pytest.fixture
def chart(tab: Page, site: Path) -> Page:
    """The front page with its chart drawn."""
    tab.goto((site / "index.html").as_uri())
    tab.wait_for_selector("#chart[data-ready]")
    return tab


def read_state(page: Page) -> tuple[str, int, str, str]:
    """Line, number of dots, height of the band, and what is said of the level."""
    page.wait_for_timeout(150)
    return (
        page.locator(LINE).first.get_attribute("d") or "",
        page.locator(DOTS).count(),
        page.locator("#plot .mark-area path").first.get_attribute("d") or "",
        page.locator("#level").inner_text(),
    )


def test_who_hears_the_chart_hears_its_name_and_level_in_the_language_of_the_page(
    tab: Page, site: Path
) -> None:
    tab.goto((site / "uk" / "index.html").as_uri())
    tab.wait_for_selector("#chart[data-ready]")
    plot = tab.get_by_role("application")
    said = plot.get_attribute("aria-label") or ""
    assert said == f"{Words('uk').t('chart.name')}. {tab.locator('#level').text_content()}"
    assert plot.get_attribute("aria-roledescription") is None


@pytest.mark.parametrize("width", [360, 1200])
def test_the_chart_is_as_wide_as_its_place_as_soon_as_it_is_there(
    browser: BrowserContext, site: Path, width: int
) -> None:
    tab = browser.new_page()
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto((site / "index.html").as_uri())
    tab.wait_for_selector("#chart[data-ready]")
    place, drawn = (
        tab.locator(name).bounding_box() or {"width": 0} for name in ("#plot", "#plot svg")
    )
    tab.close()
    assert 0.95 * place["width"] < drawn["width"] <= place["width"] + 1


def test_the_picture_stands_there_without_scripts_and_is_closed_beside_the_chart(
    chart: Page, site: Path
) -> None:
    assert '<details id="printed" open>' in (site / "index.html").read_text(encoding="utf-8")
    assert chart.locator("#printed").get_attribute("open") is None
    assert chart.locator(DOTS).count() > 0


def test_on_paper_the_picture_stands_in_place_of_the_chart(chart: Page) -> None:
    chart.emulate_media(media="print")
    chart.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not chart.locator("#chart").is_visible()
    assert chart.locator("#printed img").first.is_visible()
    chart.emulate_media(media="screen")
    chart.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert chart.locator(DOTS).count() > 0
    assert not chart.locator("#printed img").first.is_visible()


def test_a_dot_under_the_pointer_tells_its_poll_and_its_source(chart: Page) -> None:
    chart.locator(DOTS).first.scroll_into_view_if_needed()
    chart.locator(DOTS).nth(5).hover(force=True)
    chart.wait_for_selector("#vg-tooltip-element.visible")
    tip = chart.locator("#vg-tooltip-element").inner_text()
    assert all(word in tip for word in ("Pollster", "Days", "Interviews", "Mode", "Wording"))
    assert "undefined" not in tip
    told = dict(line.split("\t", 1) for line in tip.splitlines() if "\t" in line)
    assert chart.locator("#detail").inner_text().startswith(f"{told['Pollster']}, {told['Days']}")
    assert chart.locator("#detail a").get_attribute("href").startswith("http")


def test_kinds_of_pollsters_differ_without_colour(chart: Page) -> None:
    """Each kind of the key has a shape of its own, there and in the chart."""
    drawn = chart.evaluate(
        f"Array.from(document.querySelectorAll('{DOTS}'), dot => "
        "[dot.getAttribute('fill'), dot.getAttribute('d').replace(/-?[0-9.]+/g, '')])"
    )
    by_colour: dict[str, set[str]] = {}
    for colour, shape in drawn:
        by_colour.setdefault(colour, set()).add(shape)
    # Foreign and academic ones share a colour, a shape and a place in the key.
    assert all(len(shapes) == 1 for shapes in by_colour.values())
    assert len({shape for shapes in by_colour.values() for shape in shapes}) >= 3
    clips = chart.evaluate(
        "Array.from(document.querySelectorAll('.key .sector'), mark => "
        "getComputedStyle(mark, '::before').clipPath)"
    )
    assert len(clips) == len(set(clips)) >= 3


def test_arrow_keys_go_from_poll_to_poll(chart: Page) -> None:
    chart.locator("#plot").focus()
    chart.keyboard.press("ArrowRight")
    first = chart.locator("#detail").inner_text()
    chart.keyboard.press("ArrowRight")
    assert "%" in first
    assert chart.locator("#detail").inner_text() != first


def test_another_question_changes_line_and_dots(chart: Page) -> None:
    before = read_state(chart)
    chart.select_option("[name=question]", "talks")
    after = read_state(chart)
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_another_reference_moves_the_line_and_no_dot(chart: Page) -> None:
    before = read_state(chart)
    chart.select_option("[name=reference]", "levada")
    after = read_state(chart)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_sector_leaves_its_dots_and_the_line(chart: Page) -> None:
    before = read_state(chart)
    chart.select_option("[name=sector]", "state")
    after = read_state(chart)
    assert after[0] == before[0]
    assert 0 < after[1] < before[1]


def test_shares_of_those_with_an_opinion_are_higher(chart: Page) -> None:
    before = read_state(chart)
    chart.select_option("[name=measure]", "holders")
    after = read_state(chart)
    assert after[0] != before[0]
    assert after[3] != before[3]


def test_the_shared_error_widens_the_band_only(chart: Page) -> None:
    before = read_state(chart)
    chart.check("[name=shared]")
    after = read_state(chart)
    assert after[0] == before[0]
    assert after[2] != before[2]
