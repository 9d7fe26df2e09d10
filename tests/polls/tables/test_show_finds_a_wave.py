"""`show` finds a wave by how its name begins, and tells second readings and kinds of sources."""

import pandas as pd
import pytest

import polls
from polls.__main__ import main
from polls.tables import _show


@pytest.mark.long("all tables are read several times")
def test_the_beginning_of_a_name_is_enough_if_no_other_begins_so():
    whole = polls.show("levada-2022-04-27")
    assert polls.show("levada-2022-04-2") == whole


def test_several_that_begin_alike_are_named():
    with pytest.raises(ValueError, match=r"waves begin with 'levada-2022': levada-2022-.* and \d"):
        polls.show("levada-2022")


def test_second_readings_and_kinds_of_sources_are_shown():
    tables = polls.load()
    twice = tables["confirmations"].query("subgroup == 'all'").iloc[0]
    text = polls.show(twice["poll_id"])
    source = tables["sources"].set_index("source_id").loc[twice["source_id"]]
    read = f"read a second time as {twice['seen_pct']:g}%"
    assert f"{read}: {source['url']} ({source['kind']})" in text


def test_a_series_is_printed_or_written_to_a_new_file(tmp_path, capsys):
    assert main(["series", "talks"]) == 0
    printed = capsys.readouterr().out
    out = tmp_path / "talks.csv"
    assert main(["series", "talks", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed
    assert f"{len(polls.series('talks'))} polls in" in capsys.readouterr().out
    out.write_text("mine", encoding="utf-8")
    assert main(["series", "talks", "--out", str(out)]) == 1
    assert out.read_text(encoding="utf-8") == "mine"
    assert "Nothing was written" in capsys.readouterr().err


def test_a_series_says_what_kind_of_source_each_poll_was_read_in():
    obs = polls.series("support")
    assert set(obs["source_kind"]) <= {"primary", "secondary"}
    assert obs["source_kind"].notna().all()


def test_an_unknown_construct_is_told(capsys):
    assert main(["series", "nothing"]) == 2
    assert "support" in capsys.readouterr().err


@pytest.mark.parametrize(("waves", "end"), [(2, "a2."), (12, "a12."), (13, "a12 and 1 more.")])
def test_twelve_waves_that_begin_alike_are_named(
    waves: int, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"polls": pd.DataFrame({"poll_id": [f"a{n}" for n in range(1, waves + 1)]})}
    monkeypatch.setattr(_show, "load", lambda _: made)
    with pytest.raises(ValueError, match=f"^{waves} waves begin with 'a': a1, .*{end}$"):
        _show.show("a")
