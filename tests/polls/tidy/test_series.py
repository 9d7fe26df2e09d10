"""polls.series: one tidy row per poll, and a reason for every poll that is not there."""

from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import TESTS
from helpers.small_data import make_small_data

import polls
from polls.tidy._series import COLUMNS, _fill_dates, _shared_interviews, fill_size

GRADED = [
    "support",
    "talks",
    "undo",
    "peace_deal",
    "peace_deal_territory",
    "withdraw",
    "escalate",
    "success",
]


@pytest.mark.long("the series of each construct is made", quick=2)
@pytest.mark.parametrize("construct", GRADED)
def test_a_series_has_one_row_per_poll_with_all_it_needs(construct: str) -> None:
    """Unique polls, sorted by day, shares and sizes in range, no day after publication."""
    obs = polls.series(construct)
    assert list(obs.columns) == COLUMNS
    assert len(obs)
    assert obs["poll_id"].is_unique
    assert obs["mid_date"].is_monotonic_increasing
    assert obs["share_pct"].between(0, 100).all()
    assert (obs["sample_size"] > 0).all()
    assert (obs["share_pct"] == obs["for_pct"]).all()
    assert (obs["start_date"] <= obs["mid_date"]).all()
    assert (obs["mid_date"] <= obs["end_date"]).all()
    known = obs.dropna(subset="published")
    assert (known["end_date"] <= known["published"]).all()


@pytest.mark.long("the series of each construct is made", quick=2)
@pytest.mark.parametrize("construct", GRADED)
def test_sides_add_up_to_at_most_100(construct: str) -> None:
    """All sides of a poll together stay within rounding of 100."""
    obs = polls.series(construct)
    sides = ["for_pct", "against_pct", "undecided_pct", "refused_pct"]
    assert (obs[sides].sum(axis=1) <= 102).all()


@pytest.mark.long("the series of each construct is made", quick=3)
@pytest.mark.parametrize("construct", GRADED)
def test_every_poll_that_asked_is_in_or_out_with_a_reason(
    construct: str, frames: dict[str, pd.DataFrame]
) -> None:
    """Nothing is dropped in silence."""
    questions = frames["questions"].query("construct_id == @construct")["question_id"]
    answers = frames["answers"].query("subgroup == 'all'")
    asked = answers[answers["question_id"].isin(questions)]
    graded = asked.merge(frames["options"].dropna(subset="pole"), on=["question_id", "option"])
    pairs = set(zip(graded["poll_id"], graded["question_id"], strict=True))
    obs, out = polls.series(construct), polls.left_out(construct)
    inside = set(zip(obs["poll_id"], obs["question_id"], strict=True))
    outside = set(zip(out["poll_id"], out["question_id"], strict=True))
    assert inside | outside == pairs
    assert not inside & outside
    assert (out["reason"].str.len() > 10).all()


def test_a_question_that_is_left_out_says_why_in_its_own_words(
    frames: dict[str, pd.DataFrame],
) -> None:
    """Those that are no question of the series; of all others the reason is that of the wave."""
    own = frames["questions"].set_index("question_id")["in_series_reason"]
    out = polls.left_out("talks", include=["exclude", "context"])
    told = out["reason"].str.startswith("the question is not")
    assert told.sum() > 5
    for row in out.itertuples():
        assert str(row.reason).endswith(f": {own[row.question_id]}") == told[row.Index]


@pytest.mark.long("the series of each construct is made")
def test_no_interview_counts_twice(frames: dict[str, pd.DataFrame]) -> None:
    """No two waves of a series stand together in overlaps."""
    for construct in GRADED:
        present = set(polls.series(construct)["poll_id"])
        for pair in frames["overlaps"].itertuples():
            if pd.isna(pair.construct_id) or pair.construct_id == construct:
                assert not {pair.poll_id, pair.other_poll_id} <= present


def test_excluded_waves_come_back_only_on_demand() -> None:
    """include= brings back what is left out by default, and nothing else changes."""
    plain = set(polls.series("support")["poll_id"])
    more = polls.series("support", include=["exclude", "overlap"])
    assert "chapkovski_schaub-2022-04-06" not in plain  # preliminary figure of a study
    assert "chapkovski_schaub-2022-04-06" in set(more["poll_id"])
    assert plain <= set(more["poll_id"])


@pytest.mark.long("the series of each construct is made")
def test_raked_weights_change_the_chronicles_only() -> None:
    """weight="raked" moves shares of the Chronicles by at most 1.1 points, and no other house."""
    published = polls.series("support").set_index("poll_id")
    raked = polls.series("support", weight="raked").set_index("poll_id")
    gap = (raked["share_pct"] - published["share_pct"]).abs()
    chronicles = published["house_id"] == "chronicles"
    assert (gap[~chronicles] == 0).all()
    assert 0 < gap[chronicles].max() <= 1.15
    answers = polls.load()["answers"].query("subgroup == 'all' and option == 'support'")
    answers = answers[answers["question_id"] == "chronicles.support_svo"].set_index("poll_id")
    answers["raked"] = answers["share_raked_pct"].fillna(answers["share_pct"])
    for obs, column in ((published, "share_pct"), (raked, "raked")):
        assert (obs["share_pct"] == answers[column].reindex(obs.index))[chronicles].all()


def test_half_samples_count_half() -> None:
    """A question put to a random half of a wave carries about half of its interviews."""
    obs = polls.series("peace_deal").query("house_id == 'levada' and mid_date < '2025-10-01'")
    assert len(obs) == 5
    assert obs["sample_size"].between(700, 900).all()


def test_imputed_sizes_and_days_are_flagged(frames: dict[str, pd.DataFrame]) -> None:
    """A poll whose size or days were not printed says so."""
    obs = polls.series("support").merge(
        frames["polls"][["poll_id", "sample_size", "field_start", "field_end"]],
        on="poll_id",
        suffixes=("", "_printed"),
    )
    days = obs["field_start"].notna() & obs["field_end"].notna()
    assert (obs["date_imputed"] == ~days).all()
    assert (obs.loc[obs["n_imputed"], "sample_size_printed"].isna()).all()
    assert obs["n_imputed"].any()
    assert obs["date_imputed"].any()


def test_a_wave_is_known_when_published_or_after_its_house_s_usual_delay() -> None:
    rows = pd.DataFrame(
        {
            "usual_field_days": pd.Series([None] * 3, dtype="str"),
            "date_precision": ["day"] * 3,
            "earliest": pd.Timestamp("2022-04-01"),
            "latest": pd.Timestamp("2022-04-05"),
            "field_start": pd.Timestamp("2022-04-01"),
            "field_end": pd.Timestamp("2022-04-05"),
            "published": pd.to_datetime([None, None, "2022-04-28"]),
            "publication_delay_days": pd.Series([6, None, 6], dtype="Int64"),
        }
    )
    known = pd.to_datetime(["2022-04-11", "2022-04-05", "2022-04-28"])
    assert _fill_dates(rows)["available_from"].tolist() == known.tolist()


@pytest.mark.parametrize(
    ("usual", "precision", "bounds", "days"),
    [
        ("20-28", "month", (1, 30), (20, 28)),
        ("20-31", "month", (1, 30), (20, 30)),
        ("1-5", "month", (1, 30), (1, 5)),
        ("20-28", "month", (1, 28), (20, 28)),
        ("20-28", "month", (1, 20), (20, 20)),
        ("20-28", "month", (1, 19), (1, 19)),
        ("4-10", "month", (5, 30), (5, 30)),
        ("20-28", "window", (1, 30), (1, 30)),
        (None, "month", (1, 30), (1, 30)),
    ],
)
def test_the_usual_days_of_a_house_stand_in_within_the_bounds(
    usual: str | None, precision: str, bounds: tuple[int, int], days: tuple[int, int]
) -> None:
    """Of a poll of which nothing but the month was printed; of all others the bounds themselves."""
    early, late = (pd.Timestamp(2022, 4, day) for day in bounds)
    rows = pd.DataFrame(
        {
            "usual_field_days": pd.Series([usual], dtype="str"),
            "date_precision": [precision],
            "earliest": [early],
            "latest": [late],
            "field_start": [pd.NaT],
            "field_end": [pd.NaT],
            "published": [pd.NaT],
            "publication_delay_days": pd.Series([None], dtype="Int64"),
        }
    )
    row = _fill_dates(rows).iloc[0]
    assert (row["start_date"].day, row["end_date"].day) == days
    assert row["mid_date"] == pd.Timestamp(2022, 4, sum(days) // 2)
    assert row["date_imputed"]


def test_days_are_filled_in_where_either_was_not_printed() -> None:
    first, last = pd.Timestamp("2022-04-01"), pd.Timestamp("2022-04-06")
    rows = pd.DataFrame(
        {
            "usual_field_days": pd.Series([None] * 3, dtype="str"),
            "date_precision": ["day", "end_only", "window"],
            "earliest": first,
            "latest": last,
            "field_start": [first, pd.NaT, first],
            "field_end": [last, last, pd.NaT],
            "published": pd.NaT,
            "publication_delay_days": pd.Series([None] * 3, dtype="Int64"),
        }
    )
    filled = _fill_dates(rows)
    assert filled["date_imputed"].tolist() == [False, True, True]
    assert set(filled["mid_date"]) == {pd.Timestamp("2022-04-03")}


def test_interviews_are_the_base_or_half_or_all_of_the_wave_or_of_a_usual_one() -> None:
    rows = pd.DataFrame(
        {
            "base_n": pd.Series([212, None, None, None, None], dtype="Int64"),
            "sample_size": pd.Series([1600, 1601, 1602, None, None], dtype="Int64"),
            "usual_sample_size": pd.Series([1600, 1600, 1600, 1600, None], dtype="Int64"),
            "half_sample": [True, False, True, False, False],
            "answer_deff": [1.3, None, None, None, None],
            "stated_margin_pct": [3.4, 3.4, None, 4.9, 3.4],
        }
    )
    filled = fill_size(rows)
    assert filled["sample_size"].fillna(0).tolist() == [212, 1601, 801, 1600, 0]
    assert filled["n_imputed"].tolist() == [False, False, False, True, True]
    # 1,600 at random have 2.45 points.
    expected = [1.3, 1.9258, 1.0, 4.0, 1.0]
    assert filled["design_effect"].tolist() == pytest.approx(expected, abs=1e-3)


def test_the_stated_margin_becomes_a_design_effect() -> None:
    """Levada's 3.4 points at 1,600 interviews are a design effect of about 1.9."""
    obs = polls.series("support").query("house_id == 'levada'")
    assert obs["design_effect"].between(1.85, 2.0).all()


@pytest.mark.long("the series of each construct is made")
def test_decimals_are_those_of_the_share_for(tmp_path: Path) -> None:
    """37.6 and 21.2 percent make 58.8 with one decimal, whatever the other answers print."""
    data = make_small_data(tmp_path / "data")
    lines = (data / "answers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    total = "russian_field-2022-02-28,russian_field.support_5pt,all,support_total,"
    left = [line for line in lines if not line.startswith(total)]
    (data / "answers.csv").write_text("".join(left), encoding="utf-8", newline="\n")
    obs = polls.series("support", data=data).set_index("poll_id")
    row = obs.loc["russian_field-2022-02-28"]
    assert (row["share_pct"], row["decimals"], row["n_parts"]) == (58.8, 1, 2)


def test_an_instrument_is_a_question_and_what_sets_a_reading_apart() -> None:
    """Waves 3 to 5 of the Chronicles asked last; another instrument than that of the rest."""
    obs = polls.series("support").query("house_id == 'chronicles'").set_index("poll_id")
    last = obs.index[obs["instrument"] == "chronicles.support_svo:asked_last"]
    assert list(last) == ["chronicles-2022-03-30", "chronicles-2022-04-18", "chronicles-2022-05-19"]
    assert set(obs["instrument"].drop(last)) == {"chronicles.support_svo"}
    waves = polls.load()["microdata_waves"].set_index("poll_id")["support_question_position"]
    assert waves[last].str.contains("last").all()


def test_ratings_of_vciom_from_may_2026_are_another_instrument(
    frames: dict[str, pd.DataFrame],
) -> None:
    """Home interviews were added to the telephone, or replaced it; before that nothing is named."""
    day = frames["polls"].set_index("poll_id")["latest"]
    mine = frames["answers"].query("question_id == 'vciom.president_approval'")
    named = mine["instrument"].eq("from_may_2026").fillna(False)
    assert set(mine.loc[named, "poll_id"]) >= {"vciom-2026-05-31", "vciom-2026-06"}
    assert (mine.loc[named, "poll_id"].map(day) > "2026-05-15").all()


def test_unknown_words_are_told_what_there_is() -> None:
    """A wrong construct, include or weight lists the right ones."""
    with pytest.raises(ValueError, match=r"There are: .*support"):
        polls.series("suport")
    with pytest.raises(ValueError, match="Known: questions, context"):
        polls.series("support", include=["contxt"])
    with pytest.raises(ValueError, match="published, raked"):
        polls.series("support", weight="none")


def test_hand_checked_shares() -> None:
    """Shares for and against of poll-questions that were read by eye, in all houses."""
    from polls.tidy import derive_shares

    pins = pd.read_csv(TESTS / "data" / "pins.csv")
    assert len(pins) >= 60
    frames = polls.load()
    answers = frames["answers"].query("subgroup == 'all'")
    derived = derive_shares(answers, frames["options"])
    # What was corrected since counts no more as it was read; `check` holds it to its correction.
    keys = frames["corrections"].query("table == 'answers'")["key"].str.split("; subgroup").str[0]
    of_pin = "poll_id=" + pins["poll_id"] + "; question_id=" + pins["question_id"]
    pins = pins[~of_pin.isin(keys)]
    both = pins.merge(derived, on=["poll_id", "question_id"], suffixes=("", "_derived"), how="left")
    assert both["subgroup"].notna().all(), both[both["subgroup"].isna()]
    for side in ("for_pct", "against_pct"):
        same = (both[side] - both[f"{side}_derived"]).abs() < 1e-9
        missing = both[side].isna() & both[f"{side}_derived"].isna()
        assert (same | missing).all(), both[~(same | missing)]
    graded = frames["questions"].query("construct_id in @GRADED")
    named = set(pins.merge(graded, on="question_id")["construct_id"])
    assert named == set(GRADED)


@pytest.mark.long("the series of each construct is made")
def test_a_construct_that_nobody_asked_about_has_an_empty_series(tmp_path: Path) -> None:
    data = make_small_data(tmp_path / "data")
    table = data / "constructs.csv"
    header, *rows = table.read_text(encoding="utf-8").splitlines()
    empty = "," * (header.count(",") - 1)
    table.write_text("\n".join([header, *rows, f"new,New{empty}", ""]), encoding="utf-8")
    obs = polls.series("new", data=data)
    assert obs.empty
    assert obs.dtypes.equals(polls.series("support", data=data).dtypes)
    assert polls.left_out("new", data=data).empty


@pytest.mark.parametrize(
    ("present", "gone"),
    [(["p", "q"], {"q"}), (["p", "q", "r"], {"q"}), (["p"], set()), (["q", "r"], set())],
)
def test_of_two_waves_that_share_interviews_one_goes_where_both_are_there(
    present: list[str], gone: set[str]
) -> None:
    pair = {"poll_id": ["p"], "other_poll_id": ["q"], "keep": ["p"], "construct_id": [None]}
    rows = pd.DataFrame({"poll_id": present})
    assert _shared_interviews(rows, pd.DataFrame(pair), "support") == gone
