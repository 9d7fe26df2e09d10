"""A colour means one thing in all figures, and a house is known by its marker."""

from collections import Counter
from itertools import pairwise

import pytest
from helpers.figures_made import draw_coverage, draw_trend, make_houses, make_polls
from matplotlib.colors import to_hex

from figures.kit.style import (
    ANSWER_COLOURS,
    ANSWER_LINES,
    ANSWER_MARKERS,
    ESTIMATE,
    HOUSE_MARKERS,
    OTHER,
    SECTOR_COLOURS,
    SPARE_MARKERS,
    contrast,
    house_markers,
)

# Okabe and Ito (2008), "Color universal design", with the grey that is set beside them.
OKABE_ITO = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]
GREYS = ["#999999", "#4D4D4D"]
# The sectors of houses.csv, as datapackage.json lists them.
SECTORS = {"state", "independent", "leaked", "foreign", "academic", "partisan"}


def test_sectors_use_okabe_ito_and_greys() -> None:
    assert {ESTIMATE, *SECTOR_COLOURS.values()} <= {*OKABE_ITO, *GREYS}


def test_lines_dots_and_answers_are_seen_on_white() -> None:
    # WCAG 2.2, success criterion 1.4.11.
    drawn = [ESTIMATE, OTHER, *SECTOR_COLOURS.values(), *ANSWER_COLOURS.values()]
    assert {colour: contrast(colour) for colour in drawn if contrast(colour) < 3} == {}


def test_answers_are_apart_without_colour() -> None:
    told = sorted(contrast(ANSWER_COLOURS[part]) for part in ("for", "against", "undecided"))
    assert min(b / a for a, b in pairwise(told)) > 1.5
    assert len({ANSWER_LINES[part] for part in ("for", "against", "undecided")}) == 3
    assert len({ANSWER_MARKERS[part] for part in ("for", "against", "undecided")}) == 3


def test_support_and_opposition_are_apart_in_grey_as_areas_have_to_be() -> None:
    # WCAG 2.2, success criterion 1.4.11, of the two that a reader compares.
    assert contrast(ANSWER_COLOURS["for"], ANSWER_COLOURS["against"]) >= 3


def test_the_darkest_grey_of_the_straight_part_is_light_in_proportion() -> None:
    # WCAG 2.2, "relative luminance": its two formulas differ by a millionth where they meet.
    assert contrast("0.04045") == pytest.approx(1.05 / (0.04045 / 12.92 + 0.05), rel=1e-9)


def test_a_colour_means_one_thing() -> None:
    meanings = {"estimate": ESTIMATE, **SECTOR_COLOURS, **ANSWER_COLOURS}
    # Both stand outside Russia, and are one group in every figure.
    assert meanings.pop("academic") == meanings["foreign"]
    assert {colour: n for colour, n in Counter(meanings.values()).items() if n > 1} == {}


def test_every_sector_and_every_answer_has_a_colour() -> None:
    assert set(SECTOR_COLOURS) == SECTORS
    assert set(ANSWER_COLOURS) == {"for", "against", "undecided", "refused"}


def test_pollsters_that_are_told_have_their_colour_and_marker_and_all_others_are_grey() -> None:
    lines = {line.get_gid(): line for line in draw_trend().axes[0].lines if line.get_gid()}
    houses = make_houses().set_index("house_id")["sector"]
    counts = make_polls()["house_id"].value_counts()
    for house, sector in houses.items():
        dots = lines[f"polls-{house}"]
        if counts[house] >= 4:
            assert dots.get_color() == SECTOR_COLOURS[sector]
            assert dots.get_marker() == HOUSE_MARKERS[house]
        else:
            assert (dots.get_color(), dots.get_marker()) == (OTHER, "o")


def test_the_polls_of_the_two_longest_series_alone_are_joined() -> None:
    lines = {line.get_gid(): line for line in draw_trend().axes[0].lines if line.get_gid()}
    joined = [name for name, line in lines.items() if line.get_linestyle() == "-"]
    assert sorted(name for name in joined if name.startswith("polls-")) == [
        "polls-chronicles",
        "polls-levada",
    ]


def test_the_estimate_is_black_and_nothing_that_is_drawn_is_pale() -> None:
    lines = {line.get_gid(): line for line in draw_trend().axes[0].lines if line.get_gid()}
    assert lines["estimate"].get_color() == ESTIMATE
    dots = [line for name, line in lines.items() if name.startswith("polls-")]
    assert {line.get_alpha() for line in [*dots, lines["estimate"]]} == {None}


def test_no_two_houses_of_a_figure_share_a_marker() -> None:
    houses = [*HOUSE_MARKERS, "gallup"]
    assert len(set(house_markers(houses).values())) == len(houses)
    strangers = [f"house{i}" for i in range(len(SPARE_MARKERS))]
    assert len(set(house_markers(strangers).values())) == len(strangers)


def test_a_house_keeps_its_marker_whatever_else_is_in_the_figure() -> None:
    assert house_markers(["norc", "levada"])["levada"] == house_markers(["levada"])["levada"]


def test_a_cell_of_the_calendar_has_a_slice_for_each_poll_in_the_colour_of_the_sector() -> None:
    polls = make_polls()
    march = polls["mid_date"].iloc[:6].index
    polls = polls.assign(house_id="levada")
    polls.loc[march, "mid_date"] = polls["mid_date"].iloc[0]
    (row,) = (
        row
        for row in draw_coverage(obs=polls).axes[0].collections
        if row.get_gid() == "polls-levada"
    )
    assert len(row.get_paths()) == len(polls)
    lefts = Counter(round(path.vertices[:, 0].min(), 6) for path in row.get_paths())
    assert max(lefts.values()) >= 6  # of one month
    colours = {to_hex(colour).upper() for colour in row.get_facecolor()}
    assert colours == {SECTOR_COLOURS["independent"]}
