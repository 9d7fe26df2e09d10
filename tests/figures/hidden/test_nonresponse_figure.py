"""Ratios by house, and both sides of what is known, are drawn where they belong."""

from functools import cache
from types import SimpleNamespace

import pandas as pd
import pytest
from helpers.figures_made import EDITIONS, find_cut_texts, find_overlaps, make_houses, make_polls

from analysis.sensitivity import response_ratio
from figures.hidden import nonresponse
from figures.hidden.nonresponse import Found, nonresponse_title, plot_nonresponse
from figures.kit.edition import LANGUAGES, Edition
from figures.kit.labels import show_number

SHARES = {
    "levada": 78.0, "lord_ashcroft": 76.0, "fom": 72.0, "russian_field": 70.0, "vciom": 67.0,
    "pollytix_moweb": 54.0, "chronicles": 51.0, "propa": 43.0,
}  # fmt: skip


def make_ratios():
    frame = pd.DataFrame({"house_id": list(SHARES), "share_median": list(SHARES.values())})
    ends = {name: frame["share_median"] + d for name, d in (("lower", -3.0), ("upper", 3.0))}
    ratios = {name: response_ratio(share.to_numpy()) for name, share in ends.items()}
    median = response_ratio(frame["share_median"].to_numpy())
    return frame.assign(date=pd.Timestamp("2024-09-20"), median=median, **ratios)


RECONTACT = Found("recontact", 0.95, pd.Timestamp("2024-09-18"), {})
FEAR = Found("fear", 1.42, pd.Timestamp("2023-02-06"), {})
FOUND = (RECONTACT, FEAR)
ROWS = make_ratios()


def draw(rows=ROWS, **options):
    return plot_nonresponse(make_polls(), rows, make_houses(), **options)


@cache
def see():
    """A figure to look at; drawn once, so leave it as it is."""
    return draw(found=FOUND)


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), EDITIONS)
def test_no_text_is_cut_or_covered(lang, size):
    fig = draw(edition=Edition(lang, size), found=FOUND)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_dots_and_intervals_are_those_of_the_rows():
    (ax,) = see().axes
    lines = {line.get_gid(): line for line in ax.lines}
    for place, row in enumerate(ROWS.to_dict("records")):
        assert list(lines[f"interval-{place}"].get_xdata()) == [row["lower"], row["upper"]]


def test_what_is_drawn_is_what_is_stored_whatever_the_last_digits_of_the_fit(monkeypatch):
    """The kernels of two processors differ in the last digits."""
    fitted = SimpleNamespace(
        keep=lambda name, make: make() if name == "nonresponse" else FOUND,
        obs=make_polls,
        results=lambda: None,
    )
    found = []
    for noise in (1e-9, -1e-9):
        noisy = ROWS.assign(**{name: ROWS[name] + noise for name in ("median", "lower", "upper")})
        monkeypatch.setattr("analysis.sensitivity.house_ratios", lambda *_, rows=noisy, **__: rows)
        rows, data = nonresponse.make_rows(fitted), nonresponse.nonresponse_data(fitted)
        stored = data.iloc[: len(ROWS)][["ratio", "ratio_lower", "ratio_upper"]]
        assert rows[["median", "lower", "upper"]].to_numpy().tolist() == stored.to_numpy().tolist()
        assert data["ratio"].tolist()[len(ROWS) :] == [0.95, 1.42]
        found.append(data)
    pd.testing.assert_frame_equal(*found, check_exact=True)


def test_both_sides_are_drawn_and_only_where_they_are_known():
    ratios = {
        line.get_gid(): line.get_xdata()[0]
        for line in see().axes[0].lines
        if str(line.get_gid()).startswith("found")
    }
    assert ratios == {"found-recontact": 0.95, "found-fear": 1.42}
    assert not [line for line in draw().axes[0].lines if str(line.get_gid()).startswith("found")]


def test_the_two_sides_are_told_apart_by_their_lines():
    dashes = [
        str(line._dash_pattern)
        for line in see().axes[0].lines
        if str(line.get_gid()).startswith("found")
    ]
    assert len(set(dashes)) == 2


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ([3.5, 1.2], "1.2 (B) to 3.5 times (A) as readily"),
        ([3.5, 2.0, 0.7], "2.0 (B) to 3.5 times (A) as readily"),
        ([3.5, 0.7], "must answer polls 3.5 times as readily"),
        ([0.9, 0.7], "show no majority"),
        ([2.0], "must answer polls 2.0 times as readily"),
    ],
)
def test_the_title_follows_the_ratios_of_pollsters_with_a_majority(medians, words):
    names = {"a": "A", "b": "B", "c": "C"}
    rows = pd.DataFrame({"house_id": list(names)[: len(medians)], "median": medians})
    title = nonresponse_title(rows, names)
    assert words in title.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_leaves_out_names_that_make_it_too_long(lang):
    edition = Edition(lang)
    rows = pd.DataFrame({"house_id": ["a", "b"], "median": [5.4, 1.3]})
    assert "Ash" in nonresponse_title(rows, {"a": "Ash", "b": "Oak"}, edition)
    title = nonresponse_title(rows, {"a": "Institute of " * 5, "b": "Oak"}, edition)
    assert "Oak" not in title
    assert all(show_number(n, edition, digits=1) in title for n in (1.3, 5.4))


def test_frames_are_not_touched():
    rows = ROWS.copy()
    draw(rows)
    pd.testing.assert_frame_equal(rows, ROWS)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="`rows` lacks the column median"):
        draw(ROWS.drop(columns="median"))
