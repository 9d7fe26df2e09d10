"""Build the site: figures, pages, data to take away, all into one folder."""

from itertools import chain
from pathlib import Path

from figures import SIZES
from figures.kit import ANSWER_COLOURS, FORMATS, SECTOR_COLOURS
from web.chart import write_chart
from web.kit import SECTOR_SHAPES, Site
from web.kit.site import fresh_folder
from web.material import Material
from web.pages import FURTHER, KINDS, ROOMS, list_notebooks, list_reference, write_data, write_feeds
from web.pictures import FRONT, rendering


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
        Processes that render figures, beside this one; with one it renders them itself.

    Returns
    -------
    Path
        `out`.
    """
    material = Material(data)
    # Most figures and pages tell of it: fitted before other processes begin as copies of this one.
    material.fitted.trend()
    with (
        fresh_folder(out) as folder,
        rendering(
            folder / "figures", slugs, fitted=material.fitted, data=data, jobs=jobs
        ) as pictures,
    ):
        # What needs no picture is made while others draw.
        write_chart(folder, material)
        write_data(folder, material)
        read = [*list_notebooks(folder, set(pictures)), *list_reference()]
        shared = {
            "rooms": ROOMS,
            "further": FURTHER,
            "version": material.version,
            "sizes": SIZES,
            "formats": FORMATS,
            "front_card": pictures.get(FRONT),
        }
        site = Site(folder, shared, address)
        site.copy_static()
        site.write("static/colours.css", write_colours())
        made = (list_pages(material, pictures) for list_pages in KINDS)
        for page in chain(read, *made):
            site.write_page(page)
        write_feeds(site, material)
    return out


def write_colours() -> str:
    """Colours of answers and sectors, and shapes of these, as in the figures, for the style sheet.

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
    # On a dark ground the darkest of them give way to lighter ones of their kind.
    dark = {
        "for": SECTOR_COLOURS["state"],
        "above": SECTOR_COLOURS["state"],
        "none": ANSWER_COLOURS["undecided"],
        "partisan": ANSWER_COLOURS["undecided"],
    }
    by_day, by_night = (
        [f"  --{name}: {colour};" for name, colour in found.items()]
        for found in (names | dict(SECTOR_COLOURS), dark)
    )
    night = ["@media screen and (prefers-color-scheme: dark) {", ":root {", *by_night, "}", "}"]
    sectors = [f".sector.{name} {{ --sector: var(--{name}); }}" for name in SECTOR_COLOURS]
    shapes = [
        f".sector.{name}::before {{ border-radius: 0; clip-path: {shape.clip}; }}"
        for name, shape in SECTOR_SHAPES.items()
        if shape.clip
    ]
    return "\n".join([":root {", *by_day, "}", *night, *sectors, *shapes])
