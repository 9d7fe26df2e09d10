"""As a program: write parts of a built site anew, those that no model has to be fitted for."""

import sys
from pathlib import Path

import polls
from figures import SIZES
from figures.kit import FORMATS, LANGUAGES
from web.kit import Site
from web.material import Material
from web.pages import FURTHER, ROOMS, data, list_notebooks, list_reference, table, write_feeds
from web.pictures import Picture

CARD = "trend-support"


def write_parts(built: Path, folder: Path) -> None:
    """Write tables in all formats, feeds, notebooks, reference and the page of all polls.

    Parameters
    ----------
    built : Path
        The site, for the words of the picture that all pages name as their card.
    folder : Path
        Where to.
    """
    card = Picture(CARD, {}, {}, {})
    alts = {
        lang: (built / card.text("alt", lang)).read_text(encoding="utf-8").strip()
        for lang in LANGUAGES
    }
    slugs = [path.name for path in (built / "figures").iterdir() if path.is_dir()]
    material = Material()
    shared = {
        "rooms": ROOMS,
        "further": FURTHER,
        "version": material.version,
        "sizes": SIZES,
        "formats": FORMATS,
        "front_card": Picture(CARD, {}, alts, {}),
    }
    site = Site(folder, shared)
    for ending in data.ENDINGS:
        polls.export(folder / "data" / ending, ending)
    pages = (
        *table.list_pages(material, {}),
        *data.list_pages(material, {}),
        *list_notebooks(folder, slugs),
        *list_reference(),
    )
    for page in pages:
        site.write_page(page)
    write_feeds(site, material)


if __name__ == "__main__":
    write_parts(Path(sys.argv[1]), Path(sys.argv[2]))
