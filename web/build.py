"""Build the site: figures, pages, data to take away, all into one folder."""

from pathlib import Path

from figures.kit import ANSWER_COLOURS, SECTOR_COLOURS
from web.kit import Site
from web.kit.site import fresh_folder
from web.material import Material
from web.pages import FURTHER, KINDS, ROOMS, write_feeds
from web.pictures import render_pictures


def build_site(
    out: Path,
    *,
    address: str = "",
    data: Path | None = None,
    slugs: list[str] | None = None,
    jobs: int = 1,
) -> Path:
    """Build the site into a folder, which it replaces; a failure leaves it as it was.

    Parameters
    ----------
    out : Path
    address : str
        Where it will stand, ending in a slash; see :class:`web.kit.site.Site`.
    data : Path, optional
        Folder with the tables; those of the package by default.
    slugs : list of str, optional
        Figures to render; all by default.
    jobs : int
        Processes that render figures.

    Returns
    -------
    Path
        `out`.
    """
    material = Material(data)
    with fresh_folder(out) as folder:
        pictures = render_pictures(folder / "figures", slugs, data=data, jobs=jobs)
        shared = {
            "rooms": ROOMS,
            "further": FURTHER,
            "version": material.version,
            "front_card": pictures.get("trend-support"),
        }
        site = Site(folder, shared, address)
        site.copy_static()
        site.write("static/colours.css", write_colours())
        for list_pages in KINDS:
            for page in list_pages(material, pictures):
                site.write_page(page)
        write_feeds(site, material)
    return out


def write_colours() -> str:
    """Colours of answers and sectors, as the figures have them, for the style sheet.

    Examples
    --------
    >>> "--for: " in write_colours()
    True
    """
    names = {
        "for": ANSWER_COLOURS["for"],
        "against": ANSWER_COLOURS["against"],
        "none": ANSWER_COLOURS["refused"],
        "below": ANSWER_COLOURS["against"],
        "above": ANSWER_COLOURS["for"],
    }
    lines = [f"  --{name}: {colour};" for name, colour in names.items()]
    sectors = [
        f".sector.{name} {{ --sector: {colour}; }}" for name, colour in SECTOR_COLOURS.items()
    ]
    return "\n".join([":root {", *lines, "}", *sectors])
