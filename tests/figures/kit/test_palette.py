"""A colour means one thing in all figures, and a house is known by its marker."""

from collections import Counter

from helpers.figures_made import draw_coverage, draw_trend, make_houses, make_polls
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb

from figures.kit.style import (
    ANSWER_COLOURS,
    ESTIMATE,
    HOUSE_MARKERS,
    SECTOR_COLOURS,
    SPARE_MARKERS,
    house_markers,
)

# Okabe and Ito (2008), "Color universal design", with the grey that is set beside them.
OKABE_ITO = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]
GREYS = ["#999999", "#4D4D4D"]
# The sectors of houses.csv, as datapackage.json lists them.
SECTORS = {"state", "independent", "leaked", "foreign", "academic", "partisan"}


def test_areas_lines_and_markers_use_okabe_ito_and_greys() -> None:
    used = {ESTIMATE, *SECTOR_COLOURS.values(), *ANSWER_COLOURS.values()}
    assert used <= {*OKABE_ITO, *GREYS}


def test_a_colour_means_one_thing() -> None:
    meanings = {"estimate": ESTIMATE, **SECTOR_COLOURS, **ANSWER_COLOURS}
    # Both stand outside Russia, and are one group in every figure.
    assert meanings.pop("academic") == meanings["foreign"]
    assert {colour: n for colour, n in Counter(meanings.values()).items() if n > 1} == {}


def test_every_sector_and_every_answer_has_a_colour() -> None:
    assert set(SECTOR_COLOURS) == SECTORS
    assert set(ANSWER_COLOURS) == {"for", "against", "undecided", "refused"}


def test_dots_have_the_colour_of_their_sector_and_the_marker_of_their_house() -> None:
    lines = {line.get_gid(): line for line in draw_trend().axes[0].lines if line.get_gid()}
    sectors = make_houses().set_index("house_id")["sector"]
    for house in sectors.index:
        dots = lines[f"polls-{house}"]
        assert dots.get_color() == SECTOR_COLOURS[sectors[house]]
        assert dots.get_marker() == HOUSE_MARKERS.get(house, dots.get_marker())


def test_the_estimate_is_black_in_front_of_light_dots() -> None:
    lines = {line.get_gid(): line for line in draw_trend().axes[0].lines if line.get_gid()}
    dots = [line for name, line in lines.items() if name.startswith("polls-")]
    assert lines["estimate"].get_color() == ESTIMATE
    assert lines["estimate"].get_alpha() is None
    assert {line.get_alpha() for line in dots} == {0.6}
    order = list(lines)
    assert order.index("estimate") > max(order.index(line.get_gid()) for line in dots)


def test_no_two_houses_of_a_figure_share_a_marker() -> None:
    houses = [*HOUSE_MARKERS, "gallup"]
    assert len(set(house_markers(houses).values())) == len(houses)
    strangers = [f"house{i}" for i in range(len(SPARE_MARKERS))]
    assert len(set(house_markers(strangers).values())) == len(strangers)


def test_a_house_keeps_its_marker_whatever_else_is_in_the_figure() -> None:
    assert house_markers(["norc", "levada"])["levada"] == house_markers(["levada"])["levada"]


def test_cells_of_the_calendar_get_darker_with_more_polls_in_the_same_hue() -> None:
    polls = make_polls()
    march = polls["mid_date"].iloc[:6].index
    polls = polls.assign(house_id="levada")
    polls.loc[march, "mid_date"] = polls["mid_date"].iloc[0]
    (row,) = (
        row
        for row in draw_coverage(obs=polls).axes[0].collections
        if row.get_gid() == "polls-levada"
    )
    colours = [to_hex(colour).upper() for colour in row.get_facecolor()]
    full = SECTOR_COLOURS["independent"]
    assert colours[0] == full  # six polls
    assert colours.count(full) < len(colours)
    hues = {round(rgb_to_hsv(to_rgb(colour))[0], 1) for colour in colours}
    assert len(hues) == 1
