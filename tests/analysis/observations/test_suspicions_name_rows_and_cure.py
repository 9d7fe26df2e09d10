"""What is allowed and yet looks like a slip is told, with its rows and the cure."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend
from analysis.base.names import find_alike, is_slip, is_summary, tell_apart
from analysis.composition.inputs import read_composition
from analysis.observations import find_past_suspicions, tell_to_come
from analysis.observations.frame import prepare_observations
from analysis.trend.solver.inputs import read_anchors

ROWS = [
    (house, f"2022-{month:02d}-{day:02d}", share)
    for month in range(3, 9)
    for house, day, share in (("levada", 3, 62), ("fom", 17, 66))
]


def good(**changes) -> pd.DataFrame:
    return make_polls(ROWS).assign(**changes)


def notes(frame, *covariates):
    return prepare_observations(frame, covariates).notes


def test_good_polls_give_no_note():
    frame = good(mode=["phone", "web"] * 6, poll_id=[f"p{i}" for i in range(12)])
    assert notes(frame.assign(published=frame["end_date"]), "mode") == ()


ALIKE = {
    "Cyrillic letters": "l\u0435v\u0430da",
    "a zero-width space": "levada\u200b",
    "a soft hyphen": "lev\u00adada",
    "full width": "\uff4cevada",
    "a stroke over a letter": "le\u0336vada",
    "an accent over a letter without one": "l\u0301evada",
    "a phonetic letter": "lev\u0251da",
    "a Greek letter": "lev\u03b1da",
    "a combining joiner": "lev\u034fada",
    "a selector of shapes": "levada\ufe0f",
    "a word joiner": "lev\u2060ada",
    "a full stop": "levada.",
}


@pytest.mark.parametrize("name", ALIKE)
def test_one_house_under_two_names_is_told_with_the_first_row_of_each(name):
    frame = good()
    frame.loc[4, "house_id"] = ALIKE[name]
    (note,) = notes(frame)
    assert note.startswith("houses that look alike count as different: ")
    assert "row 0" in note
    assert "row 4" in note
    assert note.endswith("write the name in one way")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "a\u00a0b"),
        ("a b", "a  b"),
        ("a-b", "a\u2013b"),
        ("a b", "a_b"),
        ("a/b", "a - b"),
        ("NORC", "\u039dORC"),
        ("VCIOM", "VCIO\u039c"),
        ("VCIOM", "VClOM"),
        ("VCIOM", "VC1OM"),
        ("VCIOM", "VCI0M"),
        ("b", "\u044c"),
        ("\u039d\u0395\u0391", "\u03bd\u03b5\u03b1"),
        ("\u0439", "\u0438\u0306"),
        ("\u0444\u043e\u043c", "\u0424\u041e\u041c"),
        ("fom", "\u00abfom\u00bb"),
        ("fom", '"fom"'),
        ("fom", "fom*"),
        ("fom", "[fom]"),
        ("fom", "fom\u2122"),
        ("fom", "fom\u2020"),
        ("fom & co", "fom &amp; co"),
        ("institut \u00e9l\u00e9", "Institut Ele"),
        ("\u0441\u0447\u0451\u0442", "\u0441\u0447\u0435\u0442"),
        ("Russian Field", "RussianField"),
        ("Russian Field", "russian-field"),
        ("7", "7.0"),
        ("7", "007"),
        ("wave 1", "wave 01"),
    ],
)
def test_names_that_look_alike_are_one_group(one, other):
    assert find_alike([one, other, "x"]) == [sorted([one, other])]


def test_names_that_a_reader_tells_apart_are_no_group():
    assert find_alike(["fom", "form", "vciom", "vciom2", "\u0439", "\u0438", "a b", "ab"]) == []
    assert find_alike(["wave 1-2", "wave 12", "wave 1 2", "+", "-", "yougov", "yougov+"]) == []
    assert (
        find_alike(["65", "65+", "<65", ">65", "-65", "1.5", "1.05", "1.50", "q1.1", "q1.10"]) == []
    )
    assert find_alike(["\u0915\u0940", "\u0915\u093e", "7", "70", "0.7", "1.0.0", "1.0.1"]) == []


def test_names_that_look_alike_in_different_ways_are_one_group():
    assert find_alike(["NORC", "norc", "\u039dORC"]) == [["NORC", "norc", "\u039dORC"]]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (
            ["a1", "A1", "\u212a1"],
            ["LATIN CAPITAL LETTER A", "LATIN SMALL LETTER A", "KELVIN SIGN"],
        ),
        (["ab", "AB"], [f"LATIN {size} LETTER {c}" for size in ("CAPITAL", "SMALL") for c in "AB"]),
        (["ak", "AK", "a\u212a"], ["capitals"]),  # five, with the sign of kelvins
        (["ab", "cd"], [f"LATIN SMALL LETTER {c}" for c in "ABCD"]),
        (
            ["ab", "cde"],
            [*(f"LATIN SMALL LETTER {c}" for c in "ABC"), "LATIN SMALL LETTER D and 1 more"],
        ),
    ],
)
def test_four_characters_that_names_differ_in_are_named_and_more_are_counted(names, told):
    assert tell_apart(names).split(", ") == told


def test_a_sector_in_capitals_is_told():
    sector = ["state", "independent"] * 6
    frame = good(sector=sector, house_id=["a", "b"] * 5 + ["c", "d"])
    frame.loc[10, "sector"] = "State"
    (note,) = notes(frame)
    assert "sectors that look alike count as different: 'State' and 'state'" in note
    assert "(first in row 10, row 0;" in note


def test_a_covariate_with_one_level_is_told():
    (note,) = notes(good(mode="phone"), "mode")
    assert note == (
        "covariate mode is 'phone' in all polls: there is nothing to estimate; leave it out"
    )


def test_a_covariate_named_twice_is_refused():
    with pytest.raises(PollInputError, match="covariate 'mode' is named twice; name it once"):
        notes(good(mode=["phone", "web"] * 6), "mode", "mode")


def test_rows_with_one_poll_id_are_told():
    frame = good(poll_id=[f"p{i}" for i in range(11)] + ["p3"])
    (note,) = notes(frame)
    assert note.startswith("2 rows are several of one poll")
    assert "(row 3 (p3), row 11 (p3))" in note


def test_two_questions_of_one_poll_are_no_slip():
    frame = good(poll_id=[f"p{i}" for i in range(11)] + ["p3"])
    assert notes(frame.assign(question_id=[*"abcdefghijkl"])) == ()
    assert len(notes(frame.assign(question_id="a"))) == 1


@pytest.mark.parametrize(("apart", "told"), [(1.0, True), (3.0, True), (3.1, False), (20, False)])
def test_rows_of_one_house_day_and_size_are_told_when_their_shares_are_near(apart, told):
    frame = pd.concat([good(), good().iloc[[5]]], ignore_index=True)
    frame["share_pct"] = frame["share_pct"].astype(float)
    frame.loc[12, "share_pct"] += apart
    assert any("several of one poll" in note for note in notes(frame)) is told


@pytest.mark.parametrize(
    ("size", "told"), [(1099, True), (1100, True), (1101, False), (910, True), (909, False)]
)
def test_rows_of_one_house_and_day_are_told_when_their_sizes_are_near(size, told):
    frame = pd.concat([good(sample_size=1000), good().iloc[[5]]], ignore_index=True)
    frame.loc[12, "sample_size"] = size
    frame.loc[12, "share_pct"] += 1
    assert any("several of one poll" in note for note in notes(frame)) is told


def test_ids_of_polls_that_differ_in_capitals_are_one():
    frame = good(poll_id=[f"p{i}" for i in range(11)] + ["P3"])
    (note,) = notes(frame)
    assert "(row 3 (p3), row 11 (P3))" in note


def test_fractions_among_percent_are_told_also_when_a_whole_house_has_them():
    frame = good()
    frame["share_pct"] = np.where(frame["house_id"] == "fom", 0.66, frame["share_pct"])
    (note,) = notes(frame)
    assert note == (
        "0.66 percent in row 1, row 3, row 5, row 7, row 9 and 1 more, where others have some 62: "
        "are these fractions? Give all shares in percent"
    )


@pytest.mark.parametrize(("share", "told"), [(0.07, True), (0.08, False), (0.01, True), (1, False)])
def test_a_small_share_is_a_fraction_when_that_is_nearer_to_the_others(share, told):
    """Others have 4 percent: 0.07 is nearer to them as 7 percent, 0.08 as it stands."""
    frame = good(share_pct=4.0)
    frame.loc[2, "share_pct"] = share
    assert any("fractions" in note for note in notes(frame)) is told


@pytest.mark.parametrize(
    ("year", "told"), [(1999, True), (2001, False), (2032, True), (2030, False)]
)
def test_a_poll_many_years_from_all_others_is_told(year, told):
    frame = make_polls([("a", f"{2010 + i}-05-03", 60 + i % 3) for i in range(12)])
    frame.loc[4, ["start_date", "end_date"]] = [f"{year}-05-03", f"{year}-05-05"]
    found = [note for note in notes(frame) if "from all other polls; correct the year" in note]
    assert len(found) == told
    if told:
        assert f"fieldwork of {year}-05-03 in row 4 lies 11 years from" in found[0]


def shift(frame, rows, days):
    for name in ("start_date", "end_date"):
        moved = pd.to_datetime(frame.loc[rows, name]) + pd.Timedelta(days, "D")
        frame.loc[rows, name] = moved.dt.strftime("%Y-%m-%d")
    return frame


@pytest.mark.long("each case is several tables of polls that are looked through", quick=4)
@pytest.mark.parametrize(("every", "days", "told"), [
    (10, 200, False), (10, 201, True), (30, 300, False), (30, 301, True),
])  # fmt: skip
@pytest.mark.parametrize("rows", [[0], [11], [0, 1], [10, 11], [0, 1, 2]])
def test_one_or_two_polls_before_or_after_all_others_are_told(every, days, told, rows):
    """In a series without such gaps: 200 days, or ten times the widest of the others."""
    start = pd.Timestamp("2022-03-01") + pd.to_timedelta(np.arange(12) * every, "D")
    frame = make_polls([("ab"[i % 2], str(day.date()), 60) for i, day in enumerate(start)])
    frame = shift(frame, rows, (days - every) * (-1 if rows[0] == 0 else 1))
    found = [note for note in notes(frame) if "from all other polls; correct the year" in note]
    assert len(found) == (len(rows) if told and len(rows) < 3 else 0)
    if found:
        assert f"in row {rows[0]} lies {days} days from all" in found[0]


def test_a_day_that_has_not_come_is_told_of_fieldwork_publication_and_anchors():
    frame = good()
    frame.loc[[3, 5], "end_date"] = "2099-01-01"
    assert "fieldwork of 2099-01-01 in row 3, row 5 has not come yet; correct the year" in notes(
        frame
    )
    shown = good().assign(published="2022-12-01")
    shown.loc[2, "published"] = "2222-12-01"
    (note,) = notes(shown)
    assert note.startswith("published in row 2 is no date that can be read; write dates as YYYY")
    shown.loc[2, "published"] = "2099-12-01"
    assert notes(shown) == ("published of 2099-12-01 in row 2 has not come yet; correct the year",)
    (note,) = read_anchors(anchors(("2022-05-01", 55, 2.0), ("2099-05-01", 55, 2.0))).notes
    assert note == "the anchor of 2099-05-01 has not come yet; correct the year"


@pytest.mark.parametrize(("days", "told"), [(0, False), (1, False), (2, True)])
def test_tomorrow_has_come_where_the_day_begins_first(days, told):
    day = np.array([np.datetime64("today") + np.timedelta64(days, "D")])
    assert bool(list(tell_to_come(pd.DataFrame(index=[0]), day, "fieldwork"))) is told


@pytest.mark.parametrize("shown", ["12.03.2022", "soon", "2022-W12-1"])
def test_a_day_of_publication_that_nobody_can_read_is_told(shown):
    frame = good().assign(published="2022-12-01")
    frame.loc[4, "published"] = shown
    (note,) = notes(frame)
    assert note.startswith("published in row 4 is no date that can be read; write dates as YYYY")


@pytest.mark.long("each case is several tables of polls that are looked through", quick=2)
@pytest.mark.parametrize(
    "name", ["nan", "NA", "#N/A", "None", "-", "?????", "Лев?да", "Лев\ufffdда"]
)
def test_a_name_that_is_none_or_has_lost_its_letters_is_told(name):
    frame = good()
    frame.loc[[4, 8], "house_id"] = name
    (told,) = [note for note in notes(frame) if "is no name" in note]
    assert told.startswith(f"house {name!r} in row 4, row 8 is no name: those without one, or with")
    sectors = good(sector=[name if house == "fom" else "x" for house in good()["house_id"]])
    assert [note.partition(" in ")[0] for note in notes(sectors)] == [f"sector {name!r}"]
    modes = good(mode=["x", name] * 6)
    assert [note.partition(" in ")[0] for note in notes(modes, "mode")] == [
        f"level of mode {name!r}"
    ]


@pytest.mark.parametrize("name", ["Average", "TOTAL:", "Итого", "poll of polls", "Election"])
def test_a_row_that_sums_up_others_is_told(name):
    frame = good()
    frame.loc[4, "house_id"] = name
    (note,) = notes(frame)
    assert note.startswith(f"house {name!r} in row 4 is called as an average, a total or an elec")


def test_a_sector_one_slip_from_another_is_told():
    frame = good(sector=["state", "independent"] * 6, house_id=["a", "b"] * 5 + ["c", "d"])
    frame.loc[10, "sector"] = "staet"
    (note,) = notes(frame)
    assert note == (
        "sectors 'staet' and 'state' (first in row 10, row 0) are one slip of the hand from each "
        "other and count as different; write the name in one way"
    )
    modes = good(mode=["phone", "hpone", "web"] * 4)
    assert "levels of mode 'hpone' and 'phone' (first in row 1, row 0)" in notes(modes, "mode")[0]
    assert notes(good(mode=["wave1", "wave12", "wave2"] * 4), "mode") == ()


def test_one_poll_under_two_houses_is_told():
    frame = pd.concat([good(), good().iloc[[5]].assign(house_id="sponsor")], ignore_index=True)
    (note,) = notes(frame)
    assert note == (
        "row 5, row 12 agree in days, size and share: if they are one poll under the names of fom "
        "and sponsor, keep one of them"
    )
    for column, other in {"share_pct": 65, "sample_size": 1001, "end_date": "2022-06-01"}.items():
        assert notes(frame.assign(**{column: [*frame[column][:-1], other]})) == ()


def test_three_rows_of_one_house_and_days_are_groups_of_one_poll():
    rows = pd.concat([good(), good().iloc[[5, 5]]], ignore_index=True)
    regions = rows.assign(
        share_pct=[*good()["share_pct"], 50.0, 75.0], sample_size=[1000] * 12 + [300, 500]
    )
    (note,) = notes(regions)
    assert note.startswith("3 rows are several of one poll")
    assert "(row 5, row 12, row 13)" in note
    assert notes(regions.iloc[:13]) == ()
    assert notes(regions.assign(poll_id=[f"p{i}" for i in range(14)])) == ()


@pytest.mark.parametrize(
    ("effect", "told"), [(10, False), (10.1, True), (0.1, False), (0.09, True)]
)
def test_a_design_effect_that_no_sample_has_is_told(effect, told):
    frame = good(design_effect=1.5)
    frame.loc[3, "design_effect"] = effect
    found = notes(frame)
    assert len(found) == told
    assert all(note.startswith(f"a design effect of {effect:g} in row 3: ") for note in found)


@pytest.mark.parametrize(
    ("variance", "told"),
    [(1.5, 0), (0.00024, 1), (0.0025, 0), (0.0024, 1), (83, 0), (84, 1), (0, 1)],
)
def test_a_variance_that_no_poll_has_is_told(variance, told):
    """50 percent of a million interviews has one of 0.0025 squared points, of 30 83.3."""
    frame = good(sampling_var=np.nan)
    frame.loc[2, ["share_pct", "sampling_var"]] = 50, variance
    found = [note for note in notes(frame) if "a sampling variance of" in note]
    assert len(found) == told
    assert all(f"of {variance:g} in row 2 is that of " in note for note in found)


@pytest.mark.parametrize(
    ("share", "variance", "told"),
    [(60, 79.9, 0), (60, 80, 0), (60, 80.1, 1), (0, 1.5, 0), (100, 1.5, 0), (99, 3.4, 1)],
)
def test_thirty_interviews_are_a_poll_and_nobody_and_all_tell_no_size(share, variance, told):
    """60 percent of 30 interviews has a variance of 80, and 99 percent one of 3.3."""
    frame = good(sampling_var=np.nan)
    frame.loc[2, ["share_pct", "sampling_var"]] = share, variance
    assert sum("a sampling variance of" in note for note in notes(frame)) == told


@pytest.mark.parametrize(("share", "told"), [(65.9, 0), (66.0, 0), (66.1, 1), (54.0, 0), (53.9, 1)])
def test_six_sampling_errors_from_the_others_of_its_election_are_the_limit(share, told):
    """2,500 interviews have a sampling error of one point."""
    polls = pd.DataFrame({"house_id": [*"abcde"], "share_pct": [60.0] * 4 + [share]})
    polls = polls.assign(election="r", sample_size=2500.0)
    columns = {str(name): polls[name].to_numpy() for name in polls}
    found = find_past_suspicions(polls, columns, np.full(5, 60.0))
    assert sum("where the others of its election have some 60" in note for note in found) == told


@pytest.mark.long("each case is several tables of polls that are looked through", quick=1)
@pytest.mark.parametrize(
    ("share", "told"), [(38, True), (35, True), (34.9, False), (42, True), (42.1, False)]
)
def test_a_house_with_what_the_others_lack_of_a_hundred_has_exchanged_answers(share, told):
    """The others have 61 and 62: they lack 38 and 39, give or take three points."""
    frame = good().iloc[:3].assign(house_id=["a", "b", "c"], share_pct=[61, 62, share])
    found = [note for note in notes(frame) if "look for exchanged answers" in note]
    assert len(found) == told
    assert all(f"house c has {share:g} percent, where the other 2 " in note for note in found)
    assert len(notes(frame.assign(share_pct=[57, 58, 42.9]))) == 0
    assert len(notes(frame.assign(share_pct=[58, 58, 43.0]))) == 0
    assert len(notes(frame.assign(share_pct=[58, 58, 42.9]))) == 1


def test_parts_of_a_house_are_held_against_those_of_others():
    columns = {"for_pct": [60.0, 61, 62] * 4, "against_pct": [20.0, 21, 22] * 4}
    frame = good(house_id=["a", "b", "c"] * 4, **columns).drop(columns="share_pct")
    frame.loc[frame["house_id"] == "c", ["for_pct", "against_pct"]] = 39.0, 61.0
    told = read_composition(frame, ("for", "against")).observations.notes
    assert [note.partition(",")[0] for note in told] == [
        "house c has 39 percent for",
        "both parts of house c add up to 100 percent",
    ]


def test_columns_of_lists_do_not_hide_a_row_that_stands_there_twice():
    frame = good(tags=[["x"]] * 12)
    assert notes(frame) == ()
    twice = pd.concat([frame, frame.iloc[[5]]], ignore_index=True)
    told = "1 rows repeat another row and count twice (first: row 12); keep one of each"
    assert notes(twice) == (told,)


@pytest.mark.parametrize(
    ("share", "told"), [(41.9, True), (42.0, False), (84.1, True), (84, False)]
)
def test_a_house_far_from_all_others_is_told(share, told):
    """The others have 62, 63 and 64: twenty points from the nearest is where it begins."""
    frame = good().iloc[:4].assign(house_id=["a", "b", "c", "d"], share_pct=[62, 63, 64, share])
    found = [note for note in notes(frame) if note.startswith("house d has ")]
    assert len(found) == told
    if told:
        assert f"house d has {share:g} percent, where the other 3 have 62 to 64: look" in found[0]


def test_houses_that_are_far_from_each_other_are_no_slip():
    frame = good().iloc[:4].assign(house_id=["a", "b", "c", "d"])
    assert len(notes(frame.assign(share_pct=[50, 55, 60, 81]))) == 1
    assert notes(frame.assign(share_pct=[50, 55, 60, 80])) == ()
    assert notes(frame.assign(share_pct=[40, 50, 60, 90])) == ()


def test_one_poll_id_in_all_rows_is_told():
    assert notes(good(poll_id="p")) == (
        "poll_id is 'p' in all rows; give each poll its own, or leave it out",
    )


def test_windows_that_overlap_are_told_with_what_they_share_and_how_many_do_not():
    start = pd.date_range("2022-03-01", periods=22, freq="D")
    frame = pd.DataFrame(
        {
            "house_id": "trk",
            "start_date": start,
            "end_date": start + pd.Timedelta(days=6),
            "sample_size": 3500,
            "share_pct": np.linspace(50, 53, 22),
        }
    )
    (note,) = notes(frame)
    assert "house trk overlaps in 21 of its 22 polls (first: row 1 with row 0)" in note
    assert "share 86 percent of their days" in note  # 6 of 7
    assert note.endswith("keep polls that do not overlap (there are 4)")
    assert notes(frame.iloc[::7]) == ()
    assert notes(frame.iloc[:1]) == ()
    (note,) = notes(frame.iloc[:2])
    assert "overlaps in 1 of its 2 polls" in note


def test_the_option_that_thins_is_named_where_a_model_has_it():
    frame = good(end_date="2022-09-01").iloc[::2]
    (note,) = prepare_observations(frame, is_thinned=False).notes
    assert note.endswith("(there are 1), as shared_interviews='thin' (--tracking thin) does")
    (note,) = prepare_observations(frame).notes
    assert "thin" not in note


@pytest.mark.parametrize(("n_polls", "days", "told"), [
    (2, 5, True), (2, 4, False), (3, 3, False), (4, 3, True), (5, 0, False),
])  # fmt: skip
def test_windows_that_share_half_or_less_are_told_once_they_go_on(n_polls, days, told):
    """Windows of eight days, of which the next begins some days before one ends."""
    start = pd.Timestamp("2022-03-01") + pd.to_timedelta(np.arange(n_polls) * (8 - days), "D")
    frame = make_polls([("trk", str(day.date()), 60) for day in start])
    frame["end_date"] = (start + pd.Timedelta(days=7)).astype(str)
    frame["share_pct"] = 50 + 5.0 * np.arange(n_polls)
    assert any("overlaps" in note for note in notes(frame)) is told


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1.6, "1.6 interviews in row 2: are these thousands?"),
        (29, "29 interviews in row 2"),
        (30, ""),
        (1_000_000, ""),
        (50_000_000, "50000000 interviews in row 2: no poll has so many"),
    ],
)
def test_a_size_that_no_poll_has_is_told(size, words):
    # Three polls of a house do not say which size is usual there.
    frame = good().iloc[:6].astype({"sample_size": float})
    frame.loc[2, "sample_size"] = size
    found = notes(frame)
    assert len(found) == bool(words)
    assert all(note.startswith(words) for note in found)


def test_a_poll_published_before_its_last_day_is_told():
    frame = good()
    frame["published"] = frame["end_date"]
    frame.loc[6, "published"] = "2022-01-01"
    assert notes(frame) == (
        "published lies before the end of fieldwork in row 6; correct one of the dates",
    )


def far(results):
    return [text for text in results.diagnostics()["warnings"] if "usual distance" in text]


@pytest.mark.parametrize("slip", [6.2, 26.0])
def test_a_slip_far_from_its_house_is_named_after_the_fit(slip):
    frame = good()
    frame["share_pct"] = frame["share_pct"] + np.array([0.4, -0.8, 1.1, 0.3, -0.9, 0.6] * 2)
    assert far(PollTrend(frame).fit("map")) == []
    frame.loc[4, "share_pct"] = slip
    results = PollTrend(frame).fit("map")
    (text,) = far(results)
    residual = results.residuals().set_index("share_pct").loc[slip]
    assert text.startswith(
        f"row 4: {slip:g} percent where its house is at {residual['fitted']:.1f}"
    )
    assert f"standardised residual {residual['standardised']:.1f}, " in text


def anchors(*rows):
    return pd.DataFrame(rows, columns=["date", "value", "sd"])


def test_anchors_in_fractions_are_told():
    results = PollTrend(good(), anchors=anchors(("2022-05-01", 0.55, 0.02))).fit("map")
    assert "no anchor is above 1 (the first: 0.55 on 2022-05-01): are these fractions" in " ".join(
        results.diagnostics()["warnings"]
    )


@pytest.mark.parametrize(("second", "told"), [(65.0, True), (60.0, False)])
def test_anchors_of_one_day_that_contradict_each_other_are_told(second, told):
    both = anchors(("2022-05-01", 55, 2.0), ("2022-05-01", second, 1.0))
    found = " ".join(PollTrend(good(), anchors=both).fit("map").diagnostics()["warnings"])
    assert ("anchors of 2022-05-01 contradict each other" in found) is told


@pytest.mark.parametrize(
    ("day", "second", "told"),
    [
        ("2022-05-11", 71.8, True),  # 3 sd of the difference are 6.7 points, ten days ten more
        ("2022-05-11", 71.7, False),
        ("2022-06-01", 93.0, True),
        ("2022-06-02", 93.0, False),  # more than a month later
    ],
)
def test_anchors_of_a_month_may_differ_by_a_point_a_day(day, second, told):
    both = read_anchors(anchors(("2022-05-01", 55, 2.0), (day, second, 1.0)))
    assert any(f"2022-05-01 and {day} contradict" in note for note in both.notes) is told


def test_an_anchor_that_stands_there_twice_is_told():
    (note,) = read_anchors(anchors(("2022-05-01", 55, 2.0), ("2022-05-01", 55, 2.0))).notes
    assert note == (
        "the anchor of 2022-05-01, 55 (sd 2), stands there twice and counts twice; keep one of them"
    )


@pytest.mark.parametrize(
    ("value", "sd", "common", "told"),
    [
        (41.9, 2.0, 2.4, True),  # the polls of that month have 62 to 66
        (42.0, 2.0, 2.4, False),
        (86.1, 2.0, 2.4, True),
        (86.0, 2.0, 2.4, False),
        (33.6, 8.0, 5.0, True),  # three sd of anchor and common error are 28.3 points
        (33.8, 8.0, 5.0, False),
    ],
)
def test_an_anchor_far_from_all_polls_of_its_month_is_told(value, sd, common, told):
    found = read_anchors(anchors(("2022-03-03", value, sd)))
    assert bool(found.tell_far(prepare_observations(good(), ()), common)) is told


def test_an_anchor_is_held_against_the_polls_of_its_month_and_else_against_all():
    moved = good(share_pct=[20.0] * 2 + [60.0] * 10)
    polls = prepare_observations(moved, ())
    of_july = read_anchors(anchors(("2022-07-03", 20, 2.0)))
    assert "within 31 days, which have 60 to 60" in of_july.tell_far(polls, 2.4)[0]
    of_last_year = read_anchors(anchors(("2021-07-03", 20, 2.0), ("2021-07-04", 85, 2.0)))
    (text,) = of_last_year.tell_far(polls, 2.4)
    assert text.startswith("the anchor of 2021-07-04, 85 (sd 2), lies 25 points from all polls of")


def test_a_summary_and_its_record_tell_of_a_far_anchor():
    results = PollTrend(good(), anchors=anchors(("2022-05-01", 30, 2.0))).fit("map")
    text = "the anchor of 2022-05-01, 30 (sd 2), lies 32 points from all polls within 31 days"
    assert any(note.startswith(text) for note in results.diagnostics()["warnings"])
    assert text in " ".join(str(results.summary()).split())


def test_one_anchor_that_is_a_fraction_among_others_is_told():
    (note,) = read_anchors(anchors(("2022-05-01", 55, 2.0), ("2023-05-01", 0.57, 2.0))).notes
    assert note.startswith("the anchor of 2023-05-01 is 0.57, where others are up to 55: is it a")


@pytest.mark.parametrize("value", [0, 100])
def test_an_anchor_without_a_logit_is_refused_on_logits_only(value):
    edge = anchors(("2022-05-01", value, 1.0))
    PollTrend(good(), anchors=edge)
    with pytest.raises(PollInputError, match=r"anchors: .* on 2022-05-01 has no logit"):
        PollTrend(good(), anchors=edge, scale="logit")


@pytest.mark.parametrize("name", ["levda", "leevada", "elvada", "levad"])
def test_a_house_of_one_poll_that_is_misspelt_is_told(name):
    frame = good()
    frame.loc[4, "house_id"] = name
    (note,) = notes(frame)
    assert note == (
        f"house {name!r} (row 4) has one poll and is one slip of the hand from 'levada'; "
        "write the name in one way"
    )


@pytest.mark.parametrize("name", ["nevada", "levada2", "leavad", "lvd", "fmo"])
def test_a_name_that_is_further_away_is_another_house(name):
    """Another letter, a digit, two slips; and short names are near to each other anyway."""
    frame = good()
    frame.loc[4, "house_id"] = name
    assert notes(frame) == ()


def test_a_name_that_two_polls_have_is_no_slip():
    frame = good()
    frame.loc[[4, 6], "house_id"] = "levda"
    assert notes(frame) == ()


@pytest.mark.parametrize(("size", "told"), [(8000, False), (8001, True), (125, False), (124, True)])
def test_a_size_eight_times_that_of_the_houses_other_polls_is_told(size, told):
    frame = good(sample_size=1000)
    frame.loc[4, "sample_size"] = size
    found = notes(frame)
    assert len(found) == told
    if told:
        assert found[0].startswith(
            f"{size} interviews in row 4, where house levada usually has 1000"
        )


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (29, "29 interviews in row 4: are these thousands?"),
        (30, "30 interviews in row 4, where house levada usually has 1000"),
        (1_000_000, "1000000 interviews in row 4, where house levada usually has 1000"),
        (1_000_001, "1000001 interviews in row 4: no poll has so many"),
    ],
)
def test_an_odd_size_is_told_once_on_both_sides_of_what_a_poll_can_have(size, words):
    frame = good(sample_size=1000)
    frame.loc[4, "sample_size"] = size
    (found,) = notes(frame)
    assert found.startswith(words)


@pytest.mark.parametrize(("days", "told"), [(40, False), (41, True)])
def test_fieldwork_much_longer_than_usual_is_told(days, told):
    """Of the two rows of a slip in a month only the one with it."""
    frame = good()
    start = pd.Timestamp(frame.loc[10, "start_date"])
    frame.loc[10, "end_date"] = f"{start + pd.Timedelta(days - 1, 'D'):%Y-%m-%d}"
    found = [note for note in notes(frame) if note.startswith("fieldwork of")]
    assert [f"{days} days in row 10" in note for note in found] == [True] * told
    assert [note for note in notes(frame.assign(date_imputed=True)) if "days in row" in note] == []


@pytest.mark.parametrize(("days", "told"), [(300, False), (301, True)])
def test_endless_fieldwork_is_told_of_a_house_without_habits(days, told):
    frame = good().iloc[:4]
    start = pd.Timestamp(frame.loc[1, "start_date"])
    frame.loc[1, "end_date"] = f"{start + pd.Timedelta(days - 1, 'D'):%Y-%m-%d}"
    words = f"fieldwork of {days} days in row 1; correct the year of one of the dates"
    assert (words in notes(frame)) is told
    assert words not in notes(frame.assign(date_imputed=True))


def test_three_other_polls_make_a_habit():
    frame = good(sample_size=1000).iloc[:8]
    frame.loc[0, "sample_size"] = 9000
    assert len(notes(frame)) == 1
    assert notes(frame.iloc[:6]) == ()


def test_houses_that_differ_in_capitals_are_told_with_rows_and_cure():
    frame = good()
    frame.loc[[2, 8], "house_id"] = "Levada"
    (note,) = [text for text in notes(frame) if "capitals" in text]
    assert note == (
        "houses that differ only in capitals count as different: Levada and levada (first in row "
        "2, row 0); write the name in one way"
    )


def test_a_level_of_none_is_a_name_and_of_a_program_it_is_none():
    small, capital = (good(near=["left", "right", none] * 4) for none in ("none", "None"))
    assert not [text for text in notes(small, "near") if "no name" in text]
    (told,) = [text for text in notes(capital, "near") if "no name" in text]
    assert told.startswith("level of near 'None' in row 2")


def test_levels_that_are_numbers_or_days_are_no_slips_of_each_other():
    frame = good(week=["2022-06-02", "2022-06-20", "2022-07-05"] * 4, form=["v12", "v21", "v9"] * 4)
    assert not [text for text in notes(frame, "week", "form") if "slip of the hand" in text]


@pytest.mark.parametrize(("value", "sd", "told"), [(62, 0.049, True), (62, 0.05, False)])
def test_an_anchor_without_doubt_is_told(value, sd, told):
    """As where its sd is a fraction: 0.02 in place of 2 points."""
    notes = read_anchors(anchors(("2022-05-01", value, sd))).notes
    words = f"the anchor of 2022-05-01 is 62 with an sd of {sd:g} points, and all polls give way"
    assert [note.startswith(words) for note in notes] == [True] * told


def test_an_anchor_that_is_a_fraction_is_told_once():
    (note,) = read_anchors(anchors(("2022-05-01", 0.55, 0.02))).notes
    assert note.endswith("are these fractions rather than percent?")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("States", "state", True),
        ("independant", "independent", True),
        ("independen7", "independent", False),
        ("independenz", "independent", False),  # the end of a word may be another one's
        ("\u043d\u0435\u0437\u0430\u0432\u0435\u0441\u0438\u043c\u044b\u0435",
         "\u043d\u0435\u0437\u0430\u0432\u0438\u0441\u0438\u043c\u044b\u0435", True),
        ("partixan", "partisan", True),
        ("foreign", "foreizn", False),  # seven letters
        ("house_a", "house_b", False),
        ("-0.33", "0.33", False),
        ("STATE", "state", False),  # told as capitals
        # Telephone and television; an office more; a Korean institute and another one.
        ("\u8ba1\u7b97\u673a\u8f85\u52a9\u7535\u8bdd\u8bbf\u95ee",
         "\u8ba1\u7b97\u673a\u8f85\u52a9\u7535\u89c6\u8bbf\u95ee", False),
        ("\u793e\u4f1a\u8c03\u67e5", "\u793e\u4f1a\u8c03\u67e5\u6240", False),
        ("\u65e5\u4e2d\u8c03\u67e5", "\u4e2d\u65e5\u8c03\u67e5", False),
        ("\ud55c\uad6d\uc0ac\ud68c\uc5ec\ub860\uc5f0\uad6c\uc18c",
         "\ud55c\uad6d\uc0ac\ud68c\uac74\ub860\uc5f0\uad6c\uc18c", False),
        ("\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc",
         "\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf", True),  # kana spell
    ],
)  # fmt: skip
def test_a_slip_has_no_capitals_and_another_letter_only_inside_of_a_long_word(one, other, told):
    assert is_slip(one, other) is told
    assert is_slip(other, one) is told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Election 2022", True),
        ("2024 presidential election", True),
        ("EXIT-POLL", True),
        ("Average (all)", True),
        ("\u0418\u0442\u043e\u0433\u0438 2018", True),
        ("Electionist", False),
        ("Median", False),  # a house
        ("Median of polls", True),
        ("Exit Polls Ltd", False),
        ("2022", False),
    ],
)
def test_elections_and_averages_are_no_polls_whatever_the_year(name, told):
    assert is_summary(name) is told


@pytest.mark.parametrize(("days", "told"), [(1826, False), (1827, True)])
def test_an_anchor_five_years_from_all_polls_is_told(days, told):
    polls = prepare_observations(good(), ())
    day = str(polls.first_date - np.timedelta64(days, "D"))
    found = read_anchors(anchors((day, 60, 2.0))).tell_far(polls, 2.4)
    assert ["years from the nearest poll" in text for text in found] == [True] * told
