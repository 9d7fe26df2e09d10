"""Parts of the site that no model has to be fitted for; as a program: write them into a folder."""

import sys
from pathlib import Path

import polls
from figures import SIZES
from figures.kit import FORMATS
from web.chart import bundle_libraries, draw_chart
from web.kit import Site
from web.material import Material
from web.pages import FURTHER, ROOMS, data, list_notebooks, list_reference, table, write_feeds


def write_parts(folder: Path, address: str = "") -> None:
    """Write tables in all formats, feeds, notebooks, reference and the pages of all polls."""
    material = Material()
    shared = {"rooms": ROOMS, "further": FURTHER, "sizes": SIZES, "formats": FORMATS}
    site = Site(folder, {**shared, "version": material.version, "front_card": None}, address)
    site.copy_static()
    for ending in data.ENDINGS:
        polls.export(folder / "data" / ending, ending)
    site.write("static/vega.js", bundle_libraries())
    site.write("static/chart.txt", repr(draw_chart(material)))
    for page in (
        *table.list_pages(material, {}),
        *data.list_pages(material, {}),
        *list_notebooks(folder),
        *list_reference(),
    ):
        site.write_page(page)
    write_feeds(site, material)


if __name__ == "__main__":
    write_parts(Path(sys.argv[1]))
