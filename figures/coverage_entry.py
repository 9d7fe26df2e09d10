"""The published calendar of polls."""

from figures.coverage import plot_coverage
from figures.coverage_words import coverage_alt, coverage_caption, coverage_data
from figures.material import Entry, Material
from figures.save import Rendering


def draw_coverage(material: Material, lang: str, size: str) -> Rendering:
    """Draw the calendar of the polls on support, with its words."""
    obs, houses, as_of = material.obs(), material.houses(lang), material.as_of
    return Rendering(
        plot_coverage(obs, houses, lang=lang, size=size, as_of=as_of),
        coverage_alt(obs, houses, lang),
        coverage_caption(obs, houses, lang, as_of=as_of),
        lang,
        size,
    )


ENTRIES = (
    Entry(
        "coverage-support",
        "Which house has a usable poll on support in which month.",
        draw_coverage,
        lambda material: coverage_data(material.obs(), material.houses()),
    ),
)
