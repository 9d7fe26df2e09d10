"""SVG with role, title, description and selectable text; PNG at 2x; PDF with its fonts."""

import re
import struct
import zlib
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from helpers.figures_made import draw_trend, make_polls
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from PIL import Image

from figures import SIZES, Rendering, finish, house_style, new_figure, save
from figures.kit.edition import Edition
from figures.kit.fonts import FILES, LEAN_FAMILY, lean_fonts
from figures.kit.labels import TABLE
from figures.kit.save import save_renderings

SVG = "{http://www.w3.org/2000/svg}"
ALT = 'Line chart of "made-up" polls & a trend < 70 percent.'


def read_streams(content: bytes) -> bytes:
    """Pages and tables of a PDF, unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, flags=re.DOTALL)
    # The last byte of a checksum can look like the end of a line.
    packed = [stream for stream in streams if stream[:1] == b"x"]
    return b"".join(zlib.decompressobj().decompress(stream) for stream in packed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished figure in its folder."""
    out = tmp_path_factory.mktemp("out") / "trend-support"
    return save(draw_trend(), out, make_polls(), ALT, "Caption.")


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in all sizes, without the slow PDF."""
    out = tmp_path_factory.mktemp("out") / "trend-support"
    drawn = [
        Rendering(draw_trend(edition=edition), ALT, "Caption.", edition)
        for edition in (Edition(size=size) for size in SIZES)
    ]
    return save_renderings(drawn, out, make_polls(), formats=["svg", "png"])


@pytest.fixture(scope="module")
def svg(folder: Path) -> ET.Element:
    return ET.parse(folder / "figure.svg").getroot()


def test_the_svg_has_a_role_a_title_and_a_description(svg: ET.Element) -> None:
    assert svg.get("role") == "img"
    title, desc = svg[0], svg[1]
    assert title.tag == f"{SVG}title"
    assert title.text.startswith("Support for the war has fallen since spring 2022: ")
    assert desc.tag == f"{SVG}desc"
    assert desc.text == ALT
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("aria-describedby") == desc.get("id")


def test_the_text_of_the_svg_can_be_selected_and_falls_back_to_common_fonts(
    svg: ET.Element,
) -> None:
    texts = {text.text for text in svg.iter(f"{SVG}text")}
    assert {"Levada Center: 73", "Average of 12: 62 (59–65)", "2024"} <= texts
    styles = {text.get("style") for text in svg.iter(f"{SVG}text")}
    assert all("'DejaVu Sans', 'Verdana', 'Geneva', sans-serif" in style for style in styles)


def test_the_svg_names_no_day_and_no_program(folder: Path) -> None:
    words = (folder / "figure.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in words
    assert "Matplotlib" not in words


@pytest.mark.parametrize("size", SIZES)
def test_the_svg_has_the_size_in_css_pixels(sizes: Path, size: str) -> None:
    name = "figure.svg" if size == "article" else f"figure-{size}.svg"
    root = ET.parse(sizes / name).getroot()
    width, height, _ = SIZES[size]
    assert (root.get("width"), root.get("height")) == (str(width), str(height))
    _, _, wide, high = map(float, root.get("viewBox").split())
    assert wide / high == pytest.approx(width / height, rel=1e-4)


@pytest.mark.parametrize("size", SIZES)
def test_the_png_has_twice_the_size_in_pixels(sizes: Path, size: str) -> None:
    name = "figure.png" if size == "article" else f"figure-{size}.png"
    header = (sizes / name).read_bytes()[16:24]
    assert struct.unpack(">II", header) == (2 * SIZES[size].width, 2 * SIZES[size].height)


@pytest.mark.parametrize("size", SIZES)
def test_the_png_says_two_pixels_for_each_of_a_page(sizes: Path, size: str) -> None:
    name = "figure.png" if size == "article" else f"figure-{size}.png"
    with Image.open(sizes / name) as picture:
        assert picture.info["dpi"] == pytest.approx((2 * 96, 2 * 96), abs=0.01)


def test_the_pdf_embeds_its_fonts_as_truetype_and_names_no_day(folder: Path) -> None:
    content = (folder / "figure.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Subtype /Type3" not in content
    assert b"CreationDate" not in content
    for key in (b"/Title", b"/Author", b"/Subject"):
        assert key in content


def test_the_text_of_the_pdf_is_text_that_can_be_searched(folder: Path) -> None:
    content = (folder / "figure.pdf").read_bytes()
    shown = re.findall(rb"T[jJ]\b", read_streams(content))
    assert len(shown) > 20
    assert b"/ToUnicode" in content


def test_alt_text_and_caption_stand_beside_the_pictures_once_for_all_sizes(sizes: Path) -> None:
    texts = sorted(path.name for path in sizes.glob("*.txt"))
    assert texts == ["alt.txt", "caption.txt"]
    assert (sizes / "alt.txt").read_text(encoding="utf-8") == ALT + "\n"


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    out = save(draw_trend(), tmp_path / "slug", make_polls(), "Alt.", "Caption.", formats=["svg"])
    names = {path.name for path in out.iterdir()}
    assert names == {"alt.txt", "caption.txt", "data.csv", "figure.svg"}


@pytest.fixture(scope="module")
def lean() -> dict[str, TTFont]:
    """The lean font by the name of its file, once matplotlib knows it."""
    with lean_fonts(Figure()):
        found = [entry.fname for entry in fontManager.ttflist if entry.name == LEAN_FAMILY]
    return {Path(path).name: TTFont(path) for path in found}


@pytest.mark.parametrize("name", FILES)
def test_the_lean_font_has_all_letters_of_the_labels_and_their_widths(
    lean: dict[str, TTFont], name: str
) -> None:
    whole = TTFont(Path(mpl.get_data_path(), "fonts", "ttf", name))
    words = pd.read_csv(TABLE, keep_default_na=False)[["en", "ru", "uk"]]
    letters = {
        ord(letter) for word in words.to_numpy().ravel() for letter in word if letter != "\n"
    }
    assert letters <= set(lean[name].getBestCmap())
    for code, glyph in lean[name].getBestCmap().items():
        assert lean[name]["hmtx"][glyph] == whole["hmtx"][whole.getBestCmap()[code]]


@pytest.mark.long("a figure is drawn and saved")
def test_a_figure_with_a_letter_that_the_lean_font_lacks_is_written_with_the_whole_one(
    tmp_path: Path,
) -> None:
    with house_style():
        fig, ax = new_figure()
    ax.set_title("Σ of all")
    fig = finish(fig, "Nothing changed", "Percent", "Made up", date(2022, 4, 18))
    save(fig, tmp_path / "sigma", pd.DataFrame(), "Empty axes.", "Made up.", formats=["pdf"])
    streams = read_streams((tmp_path / "sigma" / "figure.pdf").read_bytes())
    assert re.search(rb"<03a3>", streams, flags=re.IGNORECASE)
