"""Waves that are made up: of a new house, an extreme one, one years ahead; all that follows works.

What is computed from the tables must not hang on how many waves or houses there are, on the last
day, or on a value: a contributor adds a wave and edits nothing else. Here the waves go through the
rules, the series, the trend, the headline and `effect`; benchmarks/made_waves.py adds such waves to
copies of the repository, refreshes these, notebooks and figures included, and runs their tests.
"""

import importlib.util
import shutil
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from helpers.made_house import HOUSE, OPTIONS, QUESTION, write_file
from helpers.paths import ROOT
from helpers.small_data import make_small_data

import polls
import polls.rules.dates
from analysis import PollTrend
from analysis.__main__ import main as analyse
from analysis.findings import findings
from figures import FittedPolls
from polls.entry.add import Request, add

pytestmark = pytest.mark.long("a wave is added, and all rules and fits run after it")

SHARES = {
    "made_house.support": {"yes": "64", "no": "21", "hard_to_say": "15"},
    "levada.support_armed_forces": {
        "support_total": "20",
        "oppose_total": "70",
        "hard_to_say": "10",
    },
    "vciom.support_smo": {"rather_support": "65", "rather_oppose": "18", "hard_to_say": "17"},
}
# Days count from the last of the tables, so that no wave of the years to come stands in the way.
LAST = polls.load()["polls"]["latest"].max()
EXTREME_END, AHEAD_END, NEW_END = (LAST + pd.Timedelta(days=days) for days in (30, 1100, 1250))
EXTREME, AHEAD, NEW = (
    f"{house}-{end:%Y-%m-%d}"
    for house, end in (("levada", EXTREME_END), ("vciom", AHEAD_END), ("made_house", NEW_END))
)


class WhenAllAreThere(datetime):
    """A clock that shows a day after the last wave: no table takes a day to come."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "WhenAllAreThere":
        return cls(NEW_END.year + 1, 1, 1, tzinfo=tz)


def spell_out(question: str, end: pd.Timestamp) -> list[dict[str, str]]:
    """Rows of a flat file for the made wave of a question."""
    house = question.split(".")[0]
    wave = {
        "house_id": house,
        "question_id": question,
        "field_start": f"{end - pd.Timedelta(days=5):%Y-%m-%d}",
        "field_end": f"{end:%Y-%m-%d}",
        "published": f"{end + pd.Timedelta(days=5):%Y-%m-%d}",
        "mode": "cati",
        "sample_size": "1600",
        "population": "Russia, adults 18+",
        "source_url": f"https://{house.replace('_', '-')}.example/made",
    }
    shares = SHARES[question].items()
    return [{**wave, "subgroup": "", "option": name, "share_pct": share} for name, share in shares]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real tables, without most groups, which no model here reads."""
    return make_small_data(tmp_path_factory.mktemp("before") / "data")


@pytest.fixture(scope="module")
def after(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the three waves, as `python -m polls add` enters them."""
    folder = tmp_path_factory.mktemp("after")
    data = Path(shutil.copytree(before, folder / "data"))
    ends = zip(SHARES, (NEW_END, EXTREME_END, AHEAD_END), strict=True)
    rows = [row for question, end in ends for row in spell_out(question, end)]
    extra = {
        "houses": write_file(folder / "houses.csv", [HOUSE | {"publication_delay_days": "5"}]),
        "questions": write_file(folder / "questions.csv", [QUESTION]),
        "options": write_file(folder / "options.csv", OPTIONS),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polls.rules.dates, "datetime", WhenAllAreThere)
        # The effect is told by a Python of its own, which a test below calls in this one.
        patch.setattr("polls.entry.decide.find_constructs", lambda draft: [])
        request = Request(write_file(folder / "waves.csv", rows), extra)
        assert add(request, data, consent=lambda question: True, say=lambda text: None)
    return data


@pytest.fixture(scope="module")
def support(after: Path) -> pd.DataFrame:
    """Polls on support, the made ones among them."""
    return polls.series("support", data=after)


def test_no_rule_finds_an_error(after: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls.rules.dates, "datetime", WhenAllAreThere)
    assert [str(found) for found in polls.check(after) if found.level == "error"] == []


def test_the_waves_are_in_their_series_and_the_trend_fits(support: pd.DataFrame) -> None:
    assert set(support["poll_id"]) >= {NEW, EXTREME, AHEAD}
    results = PollTrend(support, drift=True).fit()
    assert results.diagnostics()["is_converged"]
    level = results.trend().iloc[-1]
    assert NEW_END - pd.Timedelta(days=5) < level["date"] < NEW_END
    assert level["lower"] < level["mean"] < level["upper"]


def test_the_headline_ends_where_its_panels_end(after: Path, support: pd.DataFrame) -> None:
    """No poll of another question or of a house that came later moves the end of a change."""
    talks = polls.series("talks", data=after)
    fitted = FittedPolls(polls.load(after), partial(polls.series, data=after))
    readme = load_readme()
    found = findings(fitted, readme.TOPICS).set_index("finding")
    still_ask = found.loc["fight_on.panel", "panel"].split(",")
    ends = (("support.panel", support, ["vciom"]), ("fight_on.panel", talks, still_ask))
    for finding, obs, houses in ends:
        asked = obs.loc[obs["house_id"].isin(houses), "mid_date"]
        assert found.loc[finding, "end_until"] == asked.max() + pd.offsets.MonthEnd(0)
    assert [name for name in found.index if ".house." in name] == ["support.house.vciom"]
    words = readme.write_headline(
        found.reset_index(),
        polls.load(after)["houses"].set_index("house_id")["name"].to_dict(),
    )
    assert f"the twelve months to {AHEAD_END - pd.Timedelta(days=3):%B %Y}" in words
    assert "at VCIOM, the one pollster that asked in both" in words


def load_readme() -> ModuleType:
    """notebooks/readme.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "notebooks" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_effect_of_the_waves_is_told(
    before: Path, after: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["effect", "--before", str(before), "--after", str(after)]
    assert analyse([*words, "--construct", "support", "talks"]) == 0
    told = capsys.readouterr().out
    for wave in (NEW, EXTREME, AHEAD):
        assert f"new {wave}: " in told
    unusual = told.split(f"new {EXTREME}: ")[1].splitlines()[1]
    assert "UNUSUAL" in unusual
