"""An SVG stands in the text of a page, beside others, and changes nothing there."""

import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from helpers.figures_made import draw_coverage, draw_trend, make_polls
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from figures import Rendering
from figures.kit.edition import Edition
from figures.kit.save import save_renderings
from figures.kit.svg import SEEN, _find_seen, _shorten

ID = re.compile(r'\bid="([^"]*)"')


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two figures, one of them in two languages and one size more."""
    out = tmp_path_factory.mktemp("page")
    editions = [Edition(), Edition("uk"), Edition(size="phone")]
    drawn = [Rendering(draw_trend(edition=e), "Alt.", "Caption.", e) for e in editions]
    save_renderings(drawn, out / "trend", make_polls(), formats=["svg"])
    save_renderings(
        [Rendering(draw_coverage(), "Alt.", "C.")], out / "calendar", make_polls(), formats=["svg"]
    )
    return [path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.svg"))]


@pytest.mark.long("figures are drawn and saved")
def test_no_two_parts_of_a_page_share_an_id(page: list[str]) -> None:
    ids = [name for svg in page for name in ID.findall(svg)]
    assert len(ids) > 400
    assert len(set(ids)) == len(ids)


@pytest.mark.long("figures are drawn and saved")
def test_what_is_referred_to_is_in_the_same_file(page: list[str]) -> None:
    for svg in page:
        named = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
        named += re.findall(r'aria-\w+="([^"]+)"', svg)
        assert len(named) > 50
        assert set(named) <= set(ID.findall(svg))


def test_there_is_no_style_for_the_page_and_no_doctype(page: list[str]) -> None:
    for svg in page:
        assert "<style" not in svg
        assert "DOCTYPE" not in svg
        assert 'figure_1" style="stroke-linejoin: round; stroke-linecap: butt"' in svg


def test_a_notebook_shows_the_picture_with_its_alt_text() -> None:
    fig = draw_trend()
    shown, about = Rendering(fig, "Alt.", "Caption.")._repr_mimebundle_()
    title = " ".join(fig.get_suptitle().split())
    assert shown["text/plain"] == f"{title}\nAlt."
    assert about == {"image/png": {"alt": "Alt.", "width": 640}}
    picture = Image.open(BytesIO(b64decode(shown["image/png"])))
    assert picture.size == (1280, 900)


def test_factors_of_a_place_are_not_shortened() -> None:
    assert _shorten('transform="scale(0.015625)"') == 'transform="scale(0.015625)"'
    assert _shorten("matrix(1 0 0 1 0.015625 0)") == "matrix(1 0 0 1 0.015625 0)"
    assert _shorten('x="0.015625"') == 'x="0.02"'


def test_a_voice_is_told_the_language(page: list[str]) -> None:
    said = [re.search(r'<svg[^>]* lang="(\w+)" xml:lang="(\w+)"', svg) for svg in page]
    assert sorted(found.groups() for found in said if found) == [("en", "en")] * 3 + [("uk", "uk")]


def test_places_have_two_decimals_and_long_lines_few_corners(page: list[str]) -> None:
    days = len(re.findall("L ", max(page, key=len)))
    assert days < 1321  # the line alone has a corner for each of so many days
    for svg in page:
        places = " ".join(re.findall(r' (?:d|x|y|transform)="([^"]*)"', svg))
        assert re.search(r"\.\d{3}", places) is None


@pytest.mark.long("figures are drawn and saved")
@given(st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999)), min_size=2, max_size=80))
def test_no_corner_that_is_left_out_lies_where_it_is_seen(points: list[tuple[int, int]]) -> None:
    kept = np.array(_find_seen(np.array(points)), dtype=float)
    assert kept[0].tolist() == list(points[0])
    assert kept[-1].tolist() == list(points[-1])
    starts, steps = kept[:-1], np.diff(kept, axis=0)
    lengths = (steps**2).sum(axis=1)
    for point in np.array(points, dtype=float):
        share = ((point - starts) * steps).sum(axis=1) / np.where(lengths, lengths, 1)
        near = starts + np.clip(share, 0, 1)[:, None] * steps
        # The distance of Douglas and Peucker is to the line through both ends.
        along = np.abs(np.cross(np.c_[steps, 0 * lengths], np.c_[point - starts, 0 * lengths]))
        far = along[:, 2] / np.sqrt(np.where(lengths, lengths, 1))
        assert min(np.hypot(*(point - near).T).min(), far.min()) <= SEEN + 1
